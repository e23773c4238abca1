package demo

import "fmt"

const (
	netNodeColumns = "exp_no prj_no prj_name sewagesystem_id stormsystem_id type x y high welldeep code address datasource sunit sdate updatetime mdate status belong operator"
	netPipeColumns = "lno prj_no sewagesystem_id stormsystem_id grade s_point e_point s_deep e_deep in_elev out_elev type code flowdir address belong operator mdate datasource sunit sdate updatetime status material"
	netDrainOwner  = "梁山县综合行政执法局"
	netDrainKeeper = "梁山县排水管理所"
)

// drainSystems puts a system's number where its kind belongs: sewage and combined first, storm second.
func drainSystems(sys, id string) (sewage, storm any) {
	if sys == "YS" {
		return nil, netNil(id)
	}
	return netNil(id), nil
}

// drainCode is the feature code of a node (CJJ 61-2017 annex F).
func drainCode(n *drainNode) string {
	sub := map[string]int{"YS": 1, "WS": 2, "HS": 3}[n.sys]
	return fmt.Sprintf("52%02d22%02d", sub, map[string]int{"manhole": 2, "comb": 4, "outfall": 5, "pump": 19}[n.kind])
}

func (n *networks) drainNodes(kind string, yield netYield) {
	for _, d := range n.drains {
		for i, v := range d.nodes {
			if v.kind != kind {
				continue
			}
			sewage, storm := drainSystems(v.sys, v.system)
			owner := any(netDrainOwner)
			if v.owner == "-" {
				owner = nil
			}
			row := []any{v.id, "LSPS2024", "梁山县城区排水设施普查", sewage, storm, v.sys, v.at.Y, v.at.X, v.high, v.deep, drainCode(v), netNil(v.address), "1", netSurveyor, netSurvey(i), netSurvey(i),
				netDay(v.year, i), "4", owner, netDrainKeeper}
			switch kind {
			case "manhole":
				row = append(row, v.well, "圆", "700", "球墨铸铁", len(v.in)+len(v.out))
			case "comb":
				row = append(row, [3]string{"平箅", "立箅", "联合"}[i%3], v.style)
			case "outfall":
				bottom, size := v.high-v.deep, 0
				if len(v.in) > 0 {
					size = v.in[0].size
				}
				row = append(row, netRound(bottom, 3), v.style, "圆形", netNil(size), v.flap)
				if v.flap {
					row = append(row, size, netRound(bottom+float64(size)/1000, 3), netRound(bottom, 3), "铸铁")
				} else {
					row = append(row, nil, nil, nil, nil)
				}
				row = append(row, netNil(v.water), netNil(v.level))
			case "pump":
				bottom := v.high - v.deep
				row = append(row, v.name, netRound(0.05+0.1*float64(i%9), 2), 2+i%2, netRound(v.deep, 1), netRound(bottom+0.6, 2), netRound(bottom+0.2, 2), netRound(bottom-0.8, 2))
			}
			if !yield(append(row, netWKBPoint(v.at, v.high))...) {
				return
			}
		}
	}
}

// drainRow is what pipes and channels have in common, and their geometry.
func drainRow(p *drainPipe, i int) (row []any, geom []byte, metres float64) {
	sewage, storm := drainSystems(p.sys, p.system)
	s, e, sd, ed, in, out, flow := p.a, p.b, p.aDeep, p.bDeep, p.aBottom, p.bBottom, "+"
	if p.reversed {
		s, e, sd, ed, in, out, flow = e, s, ed, sd, out, in, "-"
	}
	if p.turned {
		flow = map[string]string{"+": "-", "-": "+"}[flow]
	}
	material := any("2")
	if p.plastic {
		material = "5"
	} else if p.pressure {
		material = "9"
	}
	if p.noMaterial {
		material = nil
	}
	code := fmt.Sprintf("52%02d1000", map[string]int{"YS": 1, "WS": 2, "HS": 3}[p.sys])
	return []any{p.id, "LSPS2024", sewage, storm, p.grade, s.id, e.id, sd, ed, in, out, p.sys, code, flow, netNil(p.address), netDrainOwner, netDrainKeeper, netDay(p.year, i), "1", netSurveyor, netSurvey(i), netSurvey(i), "4", material},
		netWKBLine([]Point{s.at, e.at}, []float64{in, out}), netRound(dist(s.at, e.at), 2)
}

func (n *networks) drainPipes(yield netYield) {
	for _, d := range n.drains {
		for i, p := range d.pipes {
			if p.channel {
				continue
			}
			row, geom, metres := drainRow(p, i)
			pressure, joint := "重力", "1"
			if p.pressure {
				pressure, joint = "压力", "2"
			}
			if !yield(append(row, pressure, false, 50, "1", p.size, metres, "开槽", joint, "0", "1", geom)...) {
				return
			}
		}
	}
}

func (n *networks) drainChannels(yield netYield) {
	for _, d := range n.drains {
		for i, p := range d.pipes {
			if !p.channel {
				continue
			}
			row, geom, metres := drainRow(p, i)
			if !yield(append(row, "明渠", 1.5, 5.5, 2.0, 1.0, metres, geom)...) {
				return
			}
		}
	}
}

// catchments are the blocks of the seats, each with the storm or combined manhole nearest to its middle.
func (n *networks) catchments(yield netYield) {
	serial := 0
	for _, d := range n.drains {
		for _, b := range netBlocks(d.w) {
			if dist(b.Area[0][0], d.seat.town.Seat) > 4000 {
				continue
			}
			c, count := Point{}, float64(len(b.Area[0])-1)
			for _, p := range b.Area[0][1:] {
				c.X, c.Y = c.X+p.X/count, c.Y+p.Y/count
			}
			var best *drainNode
			near := 260.0
			for _, v := range d.nodes {
				if v.kind == "manhole" && v.sys != "WS" && v.system != "" && dist(v.at, c) < near {
					best, near = v, dist(v.at, c)
				}
			}
			if best == nil {
				continue
			}
			serial++
			area := 0.0
			for _, r := range b.Area {
				area += planar(r)
			}
			code := fmt.Sprintf("%sH%04d", d.seat.prefix, serial)
			_, storm := drainSystems(best.sys, best.system)
			runoff := 0.5 + 0.05*float64(serial%6)
			if !yield(code, best.address+"汇水区", best.sys, storm, best.id, netRound(area/10000, 3), runoff, netWKBArea(b.Area)) {
				return
			}
		}
	}
}

// netBlocks are the built-up blocks between the streets of seats.
func netBlocks(w *World) []Block {
	if len(w.Blocks) > 0 || w.land == nil {
		return w.Blocks
	}
	var out []Block
	for i := range w.land.units {
		if u := &w.land.units[i]; u.kind == urban {
			if a := polygon(w.land.rings(u.whole, nil)); len(a) > 0 && planar(a[0]) > 2500 {
				out = append(out, Block{Area: a})
			}
		}
	}
	return out
}
