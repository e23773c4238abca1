package demo

import (
	"fmt"
	"iter"
	"math"
	"slices"
)

// Table is the rows of one layer; the column geom is EWKB in EPSG:4490.
type Table struct {
	Layer   string
	Columns []string
	Rows    iter.Seq[[]any]
}

// Tables gives the rows of every layer of the county, the largest first.
func (w *World) Tables() []Table {
	return slices.Concat(w.landTables(), w.placeTables(), w.networkTables())
}

// rows makes a sequence of n rows.
func rows(n int, row func(i int) []any) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range n {
			if !yield(row(i)) {
				return
			}
		}
	}
}

// parcels walks over all parcels in order.
func (w *World) parcels(visit func(i int, u *unit, p parcel) bool) {
	for i := range w.land.units {
		u := &w.land.units[i]
		for _, p := range u.parcels {
			if !visit(i, u, p) {
				return
			}
		}
	}
}

// landTables are the survey, the plan and the lines.
func (w *World) landTables() []Table {
	return []Table{
		{"dltb", []string{"bsm", "ysdm", "tbybh", "tbbh", "dlbm", "dlmc", "qsxz", "qsdwdm", "qsdwmc", "zldwdm", "zldwmc", "tbmj", "kcxs", "kcmj", "tbdlmj", "gdpdjb", "xzdwkd", "zzsxdm", "zzsxmc", "frdbs", "czcsxm", "sjnf", "geom"}, w.dltb},
		{"ydyhgh", []string{"bsm", "ysdm", "xzqdm", "xzqmc", "ydyhfldm", "ydyhflmc", "tbmj", "geom"}, w.ydyhgh},
		{"yjjbntbhtb", []string{"bsm", "ysdm", "yjjbnttbbh", "xzqdm", "xzqmc", "dlbm", "dlmc", "qsxz", "zldwdm", "zldwmc", "yjjbnttbmj", "yjjbntmj", "gdpdjb", "sjnf", "wdgd", "geom"}, w.yjjbnt},
		w.shapes("stbhhx", w.plan.red, "lhlx"),
		w.shapes("czkfbj", w.plan.urban, "ghfqdm"),
		w.shapes("lswhbhx", w.plan.heritage, "bhjb"),
		w.shapes("dyhhxjkq", w.plan.canal, ""),
		w.shapes("hlfxkzx", w.plan.risk, ""),
		w.shapes("river", w.plan.water, "class"),
	}
}

// dltb yields the land-use parcels.
func (w *World) dltb(yield func([]any) bool) {
	serial := make([]int, len(w.Villages))
	n := 0
	w.parcels(func(_ int, u *unit, p parcel) bool {
		n++
		serial[u.site]++
		v, c := w.Villages[u.site], classes[p.class]
		geom, area := polygonsWKB(polygon(w.land.rings(p.piece, u.chords)))
		area = cents(area)
		number := fmt.Sprintf("%05d", serial[u.site])
		owner, owned := v.Code+"0000000", v.Name+"农民集体"
		ownership := "30"
		switch p.class {
		case cRiver, cLake, cShoal, cDike, cHighway, cRail, cTown, cOffice, cUtility, cPark, cSquare, cPort, cStation:
			ownership, owned = "20", "国有"
		}
		if v.Urban && (u.kind == urban || u.kind == street) { // land of a city belongs to the state
			ownership, owned = "20", "国有"
		}
		var slope, grows, growsName, wide, settled any
		switch p.class {
		case cPaddy, cWheat, cDry:
			slope, grows, growsName = "1", "LS", "种植粮食作物"
		case cOrchard, cSapling:
			grows, growsName = "JKHF", "即可恢复"
		case cLane, cDitch, cHighway, cRail:
			wide = math.Round(10*area/math.Max(1, longSide(p.piece))) / 10
		}
		switch {
		case u.kind == settlement:
			settled = "203"
		case u.kind == urban && v.Urban, u.kind == street && v.Urban:
			settled = "201"
		case u.kind == urban, u.kind == street:
			settled = "202"
		}
		return yield([]any{code18(1000, n), "2001010100", number, number, c.code, c.name, ownership, owner, owned, owner, v.Name, area, 0.0, 0.0, area, slope, wide, grows, growsName, "0", settled, 2025, geom})
	})
}

// longSide is half a piece's perimeter, m: the length of a thin one.
func longSide(p piece) float64 {
	s := 0.0
	for _, r := range p.rings {
		for i, n := range r {
			m := r[(i+1)%len(r)].v
			s += math.Hypot(float64(m.x-n.v.x), float64(m.y-n.v.y))
		}
	}
	return s / 2000
}

// ydyhgh yields planned use: parcels of one unit with the same planned class made one.
func (w *World) ydyhgh(yield func([]any) bool) {
	n := 0
	for i := range w.land.units {
		u := &w.land.units[i]
		names := map[string]int{}
		var list [][2]string
		keys, shapes := w.land.dissolve(u, func(k int) int {
			code, name := w.planned(u, u.parcels[k])
			j, ok := names[code]
			if !ok {
				j = len(list)
				names[code], list = j, append(list, [2]string{code, name})
			}
			return j
		})
		v := w.Villages[u.site]
		for k, rings := range shapes {
			n++
			geom, area := polygonsWKB(polygon(rings))
			if !yield([]any{code18(2090, n), "2090020210", v.Code, v.Name, list[keys[k]][0], list[keys[k]][1], cents(area), geom}) {
				return
			}
		}
	}
}

// yjjbnt yields permanent basic farmland: the protected strips between field roads made one.
func (w *World) yjjbnt(yield func([]any) bool) {
	n := 0
	for i := range w.land.units {
		u := &w.land.units[i]
		if u.kind != open {
			continue
		}
		keys, shapes := w.land.dissolve(u, func(k int) int {
			if p := u.parcels[k]; w.protected(i, u, p) {
				return int(p.class)
			}
			return -1
		})
		v := w.Villages[u.site]
		for k, rings := range shapes {
			geom, area := polygonsWKB(polygon(rings))
			if area < 400 {
				continue
			}
			n++
			c := classes[keys[k]]
			if !yield([]any{code18(2005, n), "2005010300", fmt.Sprintf("%s%05d", v.Code[:9], n%100000), v.Code, v.Name, c.code, c.name, "30", v.Code + "0000000", v.Name, cents(area), cents(area), "1", 2025, "1", geom}) {
				return
			}
		}
	}
}

// shapes is a layer of plan shapes; class names the column that holds the shape's code, if any.
func (w *World) shapes(layer string, list []shape, class string) Table {
	columns := []string{"bsm", "xzqdm", "xzqmc", "name", "mj", "geom"}
	if class != "" {
		columns = append(columns, class)
	}
	return Table{layer, columns, rows(len(list), func(i int) []any {
		s := list[i]
		geom, area := polygonsWKB(s.area)
		code, name := "370832", "梁山县"
		if k := slices.IndexFunc(w.Towns, func(t Town) bool { return t.Code == s.of }); k >= 0 {
			code, name = s.of+"000", w.Towns[k].Name
		}
		row := []any{code18(int(hash(0, int64(len(layer)), int64(layer[0]), int64(layer[1]))%5000)+3000, i+1), code, name, s.name, cents(area), geom}
		if class != "" {
			row = append(row, s.code)
		}
		return row
	})}
}
