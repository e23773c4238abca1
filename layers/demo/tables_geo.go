package demo

import (
	"slices"
	"strings"
)

// placeTables are areas of administration, roads, ditches, buildings, facilities and names.
func (w *World) placeTables() []Table {
	ditches := w.ditches()
	built := slices.DeleteFunc(slices.Clone(w.Villages), func(v Village) bool { return len(v.Built) == 0 })
	return []Table{
		{"building", []string{"village", "floors", "height_m", "use", "structure", "built", "geom"}, rows(len(w.Buildings), func(i int) []any {
			b := w.Buildings[i]
			geom, _ := polygonsWKB(b.Area)
			return []any{b.Village, b.Floors, b.Height, b.Use, b.Structure, b.Year, geom}
		})},
		{"ditch", []string{"name", "class", "width_m", "geom"}, rows(len(ditches), func(i int) []any {
			d := ditches[i]
			return []any{d.Name, "ditch", cents(d.Width), linesWKB(d.Line)}
		})},
		{"road", []string{"road_id", "name", "class", "width_m", "from_node", "to_node", "lowest_m", "geom"}, rows(len(w.Roads), func(i int) []any {
			r := w.Roads[i]
			return []any{r.ID, r.Name, r.Class, r.Width, r.From, r.To, r.Lowest, linesWKB(r.Line)}
		})},
		{"grid_cell", []string{"wgdm", "wgmc", "kind", "village", "town", "households", "population", "mj", "geom"}, rows(len(w.cells), func(i int) []any {
			c := w.cells[i]
			geom, area := polygonsWKB(polygon(c.area))
			return []any{c.code, c.name, "basic", c.village, c.village[:9] + "000", c.households, c.people, cents(area), geom}
		})},
		{"resa", []string{"xzqdm", "name", "dlbm", "cxfl", "mj", "geom"}, rows(len(built), func(i int) []any {
			v := built[i]
			geom, area := polygonsWKB(v.Built...)
			class := "0702"
			if v.Urban {
				class = "0701"
			}
			return []any{v.Code, v.Name, class, v.class(), cents(area), geom}
		})},
		{"xzq_village", []string{"xzqdm", "xzqmc", "town", "townmc", "cxfl", "households", "population", "mj", "geom"}, rows(len(w.Villages), func(i int) []any {
			v := w.Villages[i]
			geom, area := polygonsWKB(v.Area)
			return []any{v.Code, v.Name, v.Town + "000", w.townName(v.Town), v.class(), v.Households, v.Population, cents(area), geom}
		})},
		{"xzq_town", []string{"xzqdm", "xzqmc", "villages", "households", "population", "mj", "geom"}, rows(len(w.Towns), func(i int) []any {
			t := w.Towns[i]
			geom, area := polygonsWKB(t.Area)
			n, households, people := w.census(t.Code)
			return []any{t.Code + "000", t.Name, n, households, people, cents(area), geom}
		})},
		{"xzq_county", []string{"xzqdm", "xzqmc", "villages", "households", "population", "mj", "geom"}, rows(1, func(int) []any {
			geom, area := polygonsWKB(w.Boundary)
			n, households, people := w.census("370832")
			return []any{"370832", "梁山县", n, households, people, cents(area), geom}
		})},
		{"xzhq", []string{"name", "kind", "mj", "geom"}, rows(len(w.Zones), func(i int) []any {
			z := w.Zones[i]
			geom, area := polygonsWKB(z.Area)
			return []any{z.Name, z.Kind, cents(area), geom}
		})},
		{"facility", []string{"name", "class", "town", "village", "capacity", "geom"}, rows(len(w.Facilities), func(i int) []any {
			f := w.Facilities[i]
			var capacity any
			if f.Capacity > 0 {
				capacity = f.Capacity
			}
			return []any{f.Name, f.Class, f.Town + "000", f.Village, capacity, pointWKB(f.At)}
		})},
		{"place_name", []string{"name", "class", "code", "rank", "geom"}, rows(len(w.Places), func(i int) []any {
			p := w.Places[i]
			return []any{p.Name, p.Class, p.Code, p.Rank, pointWKB(p.At)}
		})},
	}
}

func (w *World) townName(code string) string {
	for _, t := range w.Towns {
		if t.Code == code {
			return t.Name
		}
	}
	return ""
}

// census sums villages, households and people of all villages whose code begins with prefix.
func (w *World) census(prefix string) (villages, households, people int) {
	for _, v := range w.Villages {
		if strings.HasPrefix(v.Code, prefix) {
			villages, households, people = villages+1, households+v.Households, people+v.Population
		}
	}
	return villages, households, people
}

// class is the village's urban-rural class.
func (v Village) class() string {
	switch {
	case v.Urban:
		return "111"
	case strings.HasSuffix(v.Code, "901") && v.Code[6] == '2':
		return "210"
	case strings.HasSuffix(v.Code, "901"):
		return "121"
	}
	return "220"
}

// ditches are the middles of drains, bounds ditches and field ditches.
func (w *World) ditches() []Water {
	var out []Water
	for _, d := range w.Waters {
		if d.Kind == "drain" {
			out = append(out, d)
		}
	}
	for i := range w.land.units {
		for _, l := range w.land.units[i].lines {
			out = append(out, Water{"ditch", "", []Point{l.a, l.b}, l.width})
		}
	}
	return out
}
