package demo

import (
	"iter"
	"strings"
	"sync"
	"time"
)

// networks is everything below the streets, and the evacuation.
type networks struct {
	w      *World
	drains []*drainNet
	pipes  []*pipeNet
	evac   *evacuation
	faults []Fault
}

// networks makes the nets and seeds their faults.
func (w *World) networks() *networks {
	n := &networks{w: w, evac: evacuate(w)}
	for i, s := range netSeats(w) {
		part := string(rune('a' + i))
		d := drains(w, s, w.Rand("drains "+part))
		n.drains = append(n.drains, d)
		n.pipes = append(n.pipes, pipes(w, s, d, w.Rand("pipes "+part)))
	}
	n.seed()
	return n
}

// networkTables are the tables of pipes, drains and evacuation, ready to load.
func (w *World) networkTables() []Table {
	get := sync.OnceValue(w.networks) // the first table that is read pays for all
	return []Table{
		netTable("pipe_point", "exp_no map_no prj_no class subclass code x y high feature subsid address belong mdate sunit sdate ustatus wellneck wellshape wellsize wellmaterial geom", func(yield netYield) { get().pipePoints(yield) }),
		netTable("pipe_line", "lno s_exp e_exp class subclass code s_deep e_deep s_high e_high material psize embed pressure voltage temperature cabnum totalhole usedhole flowdir belong mdate address ustatus sunit sdate geom", func(yield netYield) { get().pipeLines(yield) }),
		netTable("ps_manhole", netNodeColumns+" manhole_type wellshape wellsize wellmaterial wellpipes geom", func(yield netYield) { get().drainNodes("manhole", yield) }),
		netTable("ps_comb", netNodeColumns+" inlet_type comb_type geom", func(yield netYield) { get().drainNodes("comb", yield) }),
		netTable("ps_outfall", netNodeColumns+" bottom_elev outfalltype outfallshape psize flap flap_diameter flap_topele flap_botele flap_material receivewater water_level geom", func(yield netYield) { get().drainNodes("outfall", yield) }),
		netTable("ps_pump", netNodeColumns+" name design_flow units head start_level stop_level pool_bottom geom", func(yield netYield) { get().drainNodes("pump", yield) }),
		netTable("ps_pipe", netPipeColumns+" pressure_type invert_silphon servicelife shapetype psize pipelength embed interface plan pipe_type geom", func(yield netYield) { get().drainPipes(yield) }),
		netTable("ps_conduit", netPipeColumns+" conduit_style shape_data1 shape_data2 shape_data3 shape_data4 pipelength geom", func(yield netYield) { get().drainChannels(yield) }),
		netTable("ps_catchment", "code name type stormsystem_id outlet area_ha runoff geom", func(yield netYield) { get().catchments(yield) }),
		netTable("transfer_unit", "code name town town_name zone ground_min ground_mean platform_elev datum design_level households population vulnerable vehicles livestock mode leader phone geom", func(yield netYield) { get().units(yield) }),
		netTable("household", "code unit head members vulnerable vehicle livestock phone shelter mode geom", func(yield netYield) { get().households(yield) }),
		netTable("shelter", "code name town town_name kind capacity area elevation datum assigned status dept phone geom", func(yield netYield) { get().shelters(yield) }),
		netTable("pairing", "code unit unit_name shelter shelter_name people households mode route_km ordinal geom", func(yield netYield) { get().pairings(yield) }),
		netTable("evac_route", "code road name class from_node to_node length width lowest datum bridge_limit direction units people geom", func(yield netYield) { get().evacRoutes(yield) }),
		netTable("dike", "code name kind grade crest_elev crest_width design_level warning_level datum length dept geom", func(yield netYield) { get().dikes(yield) }),
		netTable("demo_fault", "rule layer key note", func(yield netYield) { get().faultRows(yield) }),
	}
}

type netYield = func(...any) bool

func netTable(layer, columns string, rows func(netYield)) Table {
	return Table{Layer: layer, Columns: strings.Fields(columns), Rows: iter.Seq[[]any](func(yield func([]any) bool) {
		done := false
		rows(func(v ...any) bool {
			done = done || !yield(v)
			return !done
		})
	})}
}

func netDay(year, i int) time.Time {
	return time.Date(year, time.Month(1+i%12), 1+i%28, 0, 0, 0, 0, time.UTC)
}

// netSurvey is the day on which the i-th object was surveyed: within three weeks.
func netSurvey(i int) time.Time {
	return time.Date(2024, 10, 8+i%21, 0, 0, 0, 0, time.UTC)
}

const netSurveyor = "示例勘测院"

func netNil[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

func (n *networks) pipePoints(yield netYield) {
	for _, net := range n.pipes {
		for i, p := range net.points {
			if p.gone {
				continue
			}
			var x, high any = p.at.Y, p.high
			if p.noX {
				x = nil
			}
			if p.noHigh {
				high = nil
			}
			var neck, shape, size, material any
			switch p.subsid {
			case "人孔", "手孔", "检修井", "阀门", "窨井":
				neck, shape, size, material = 300+10*(i%20), "圆", "700", "球墨铸铁"
			}
			if !yield(netNil(p.id), p.mapID, "LS2024", p.kind.class, p.kind.sub, p.code, x, p.at.X, high, netNil(p.feature), netNil(p.subsid), netNil(p.address), p.kind.owner,
				netDay(p.year, i), netSurveyor, netSurvey(i), "0", neck, shape, size, material, netWKBPoint(p.at, p.high)) {
				return
			}
		}
	}
}

func (n *networks) pipeLines(yield netYield) {
	for _, net := range n.pipes {
		for i, l := range net.lines {
			k := l.kind
			a, b := l.a.id, l.b.id
			if l.aID != "" {
				a = l.aID
			}
			if l.bID != "" {
				b = l.bID
			}
			var sd, ed any = l.aDeep, l.bDeep
			if l.noDeep {
				sd, ed = nil, nil
			}
			var cab, total, usedHole, flow any
			if k.ducts > 0 {
				cab, total, usedHole = k.cables, k.ducts, min(k.ducts, k.cables)
			}
			if k.flow {
				flow = "+"
				if k.temperature == "60" {
					flow = "-"
				}
			}
			state := "0"
			if i%97 == 50 && k.sub == "BM" {
				state = "1"
			}
			line := []Point{l.a.at, l.b.at}
			if l.end != nil {
				line[1] = *l.end
			}
			if !yield(l.id, a, b, k.class, k.sub, k.lineCode(), sd, ed, l.aHigh, l.bHigh, l.material, l.size, l.embed, netNil(k.pressure), netNil(k.voltage), netNil(k.temperature),
				cab, total, usedHole, flow, k.owner, netDay(l.year, i), netNil(l.address), state, netSurveyor, netSurvey(i), netWKBLine(line, []float64{l.aHigh, l.bHigh})) {
				return
			}
		}
	}
}

func (n *networks) faultRows(yield netYield) {
	for _, f := range n.faults {
		if !yield(f.Rule, f.Layer, f.Key, f.Note) {
			return
		}
	}
}
