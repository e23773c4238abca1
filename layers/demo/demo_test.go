package demo_test

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"strings"
	"sync"
	"testing"

	"onemap/layers/demo"
)

// county is the small county of a seed. Tests only read it, and all that want the same one share it.
func county(seed uint64) *demo.World {
	made, _ := counties.LoadOrStore(seed, sync.OnceValue(func() *demo.World { return demo.Make(seed, demo.Small) }))
	return made.(func() *demo.World)()
}

var counties sync.Map // seed → func() *demo.World

// seeds are counties no one has looked at.
var seeds = []uint64{1, 2, 7, 987654321, 1 << 60}

func TestTheSameSeedMakesTheSameCountyToTheByte(t *testing.T) {
	t.Parallel()
	first, again, other := digest(county(1)), digest(demo.Make(1, demo.Small)), digest(county(2))
	if first != again {
		t.Errorf("two counties of seed 1 differ: %x, %x", first, again)
	}
	if first == other {
		t.Error("seeds 1 and 2 make the same county")
	}
}

func digest(w *demo.World) uint64 {
	h := fnv.New64a()
	for _, table := range w.Tables() {
		for row := range table.Rows {
			for _, v := range row {
				if b, ok := v.([]byte); ok {
					_, _ = h.Write(b)
				} else {
					_, _ = fmt.Fprint(h, v, "|")
				}
			}
		}
	}
	return h.Sum64()
}

func TestEverySeedMakesASoundCounty(t *testing.T) {
	t.Parallel()
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := county(seed)
			tables := map[string]table{}
			for _, made := range w.Tables() {
				tables[made.Layer] = read(made)
			}
			county := tables["xzq_county"].sum("mj")
			if math.Abs(county-964e6) > 3e6 {
				t.Errorf("the county has %.1f km², want about 964", county/1e6)
			}
			for layer, area := range map[string]string{"dltb": "tbmj", "ydyhgh": "tbmj", "grid_cell": "mj", "xzq_village": "mj", "xzq_town": "mj"} {
				covers(t, layer, tables[layer], area, county)
			}
			nests(t, w, tables)
			connected(t, w)
			counts(t, w, tables)
		})
	}
}

// covers checks that a layer tiles the county: within it, every edge is had once from each side, and the areas add up.
func covers(t *testing.T, layer string, rows table, area string, county float64) {
	t.Helper()
	type edge struct{ a, b [2]float64 }
	edges := map[edge]int{}
	for _, g := range rows.geometries() {
		for _, ring := range g {
			for i := 1; i < len(ring); i++ {
				edges[edge{ring[i-1], ring[i]}]++
			}
		}
	}
	open, double := 0, 0
	boundary := map[[2]float64]int{}
	for e, n := range edges {
		if n > 1 {
			double++
		}
		if edges[edge{e.b, e.a}] == 0 {
			open++
			boundary[e.a]++
			boundary[e.b]--
		}
	}
	if double > 0 {
		t.Errorf("%s: %d edges are had twice from one side: parcels overlap", layer, double)
	}
	for v, n := range boundary {
		if n != 0 {
			t.Errorf("%s: the outline is not closed at %v: there is a gap", layer, v)
			break
		}
	}
	if open == 0 || open > 40_000 {
		t.Errorf("%s: %d edges on the outline", layer, open)
	}
	if sum := rows.sum(area); math.Abs(sum-county) > 0.005*float64(len(rows.rows))+1e-7*county {
		t.Errorf("%s: areas add up to %.2f m², the county has %.2f", layer, sum, county)
	}
}

// nests checks codes and sums from cell to village to town.
func nests(t *testing.T, w *demo.World, tables map[string]table) {
	t.Helper()
	towns, villages := map[string]float64{}, map[string]float64{}
	cells, people := map[string]float64{}, map[string]int{}
	grid := tables["grid_cell"]
	for _, row := range grid.rows {
		code, village := grid.text(row, "wgdm"), grid.text(row, "village")
		if len(code) != 15 || !strings.HasPrefix(code, village) {
			t.Errorf("grid cell %s of village %s", code, village)
		}
		cells[village] += grid.number(row, "mj")
		people[village] += int(grid.number(row, "population"))
	}
	names := map[string]bool{}
	for _, row := range tables["xzq_village"].rows {
		v := tables["xzq_village"]
		code, town := v.text(row, "xzqdm"), v.text(row, "town")
		if len(code) != 12 || code[:9] != town[:9] || code[9] != '9' {
			t.Errorf("village %s of town %s", code, town)
		}
		if key := town + v.text(row, "xzqmc"); names[key] {
			t.Errorf("two villages %s", key)
		} else {
			names[key] = true
		}
		villages[code] = v.number(row, "mj")
		towns[town] += v.number(row, "mj")
		if d := cells[code] - villages[code]; math.Abs(d) > 1 {
			t.Errorf("cells of %s have %.2f m² more than it", code, d)
		}
		if people[code] != int(v.number(row, "population")) {
			t.Errorf("cells of %s have %d people, it has %v", code, people[code], v.number(row, "population"))
		}
	}
	if len(villages) != len(w.Villages) {
		t.Errorf("%d village codes for %d villages", len(villages), len(w.Villages))
	}
	for _, row := range tables["xzq_town"].rows {
		v := tables["xzq_town"]
		code := v.text(row, "xzqdm")
		if d := towns[code] - v.number(row, "mj"); math.Abs(d) > 1 || towns[code] == 0 {
			t.Errorf("villages of %s have %.2f m² more than it", code, d)
		}
	}
}

// connected checks that one road graph reaches every village.
func connected(t *testing.T, w *demo.World) {
	t.Helper()
	group := make([]int, len(w.RoadNodes))
	for i := range group {
		group[i] = i
	}
	find := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	for _, r := range w.Roads {
		a, b := find(r.From), find(r.To)
		group[max(a, b)] = min(a, b)
		if w.RoadNodes[r.From] != r.Line[0] || w.RoadNodes[r.To] != r.Line[len(r.Line)-1] {
			t.Errorf("road %s does not run between its nodes", r.ID)
		}
	}
	for i := range group {
		if find(i) != find(0) {
			t.Fatal("the road graph is not connected")
		}
	}
	for _, v := range w.Villages {
		near := math.Inf(1)
		for _, n := range w.RoadNodes {
			near = math.Min(near, math.Hypot(n.X-v.Centre.X, n.Y-v.Centre.Y))
		}
		if near > 1 && !(near < 420 && (v.Urban || strings.HasSuffix(v.Code, "901"))) {
			t.Errorf("%s is %.0f m from the nearest road", v.Name, near)
		}
	}
}

// counts checks that there is what a county has.
func counts(t *testing.T, w *demo.World, tables map[string]table) {
	t.Helper()
	if len(w.Towns) != 14 || len(w.Villages) != 60+21 {
		t.Errorf("%d towns, %d villages and communities", len(w.Towns), len(w.Villages))
	}
	land := tables["dltb"]
	if n := len(land.rows); n < 10_000 || n > 20_000 {
		t.Errorf("%d parcels, want about 12 to 16 thousand", n)
	}
	arable, all, protected := 0.0, land.sum("tbmj"), tables["yjjbntbhtb"].sum("yjjbntmj")
	for _, row := range land.rows {
		if strings.HasPrefix(land.text(row, "dlbm"), "01") {
			arable += land.number(row, "tbmj")
		}
	}
	if s := arable / all; s < 0.55 || s > 0.82 {
		t.Errorf("%.0f %% of the land is arable", 100*s)
	}
	if s := protected / arable; s < 0.78 || s > 0.97 {
		t.Errorf("%.0f %% of arable land is protected", 100*s)
	}
	for layer, least := range map[string]int{"building": 4000, "facility": 150, "place_name": 90, "river": 15, "czkfbj": 13, "stbhhx": 5, "xzhq": 2, "dyhhxjkq": 1, "road": 800, "ditch": 100} {
		if n := len(tables[layer].rows); n < least {
			t.Errorf("%d rows of %s, want at least %d", n, layer, least)
		}
	}
	for _, p := range w.RoadNodes[:50] {
		if g := w.Ground(p); g < 36 || g > 46 {
			t.Errorf("ground %.1f m at %v", g, p)
		}
	}
}

// table is a demo.Table read into memory.
type table struct {
	columns map[string]int
	rows    [][]any
}

func read(d demo.Table) table {
	out := table{columns: map[string]int{}}
	for i, c := range d.Columns {
		out.columns[c] = i
	}
	for row := range d.Rows {
		out.rows = append(out.rows, row)
	}
	return out
}

func (d table) text(row []any, column string) string { return row[d.columns[column]].(string) }

func (d table) number(row []any, column string) float64 {
	switch v := row[d.columns[column]].(type) {
	case int:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

func (d table) sum(column string) float64 {
	s := 0.0
	for _, row := range d.rows {
		s += d.number(row, column)
	}
	return s
}

// geometries decodes the rings of MultiPolygons.
func (d table) geometries() [][][][2]float64 {
	var out [][][][2]float64
	for _, row := range d.rows {
		b := row[d.columns["geom"]].([]byte)
		at := 9
		count := func() int { n := int(binary.LittleEndian.Uint32(b[at:])); at += 4; return n }
		var rings [][][2]float64
		for range count() {
			at += 5
			for range count() {
				ring := make([][2]float64, count())
				for i := range ring {
					for k := range 2 {
						ring[i][k] = math.Float64frombits(binary.LittleEndian.Uint64(b[at:]))
						at += 8
					}
				}
				rings = append(rings, ring)
			}
		}
		out = append(out, rings)
	}
	return out
}
