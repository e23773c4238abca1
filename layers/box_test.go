package layers_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/cql"
	"onemap/migrations/dbtest"
)

// What a box holds is what PostGIS says by coordinates, however near the edge something lies: boxes of an index are of single
// precision, half a metre here.
func TestBoxesAreExact(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	def := layers.Definition{Layer: layers.Layer{Name: "speck", Title: "点", GeometryType: "Geometry", SRID: 4490, Writable: true, Tracked: true, Grade: "L1", Theme: "other"}}
	l, err := store.Create(t.Context(), layers.Anonymous, def)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var boxes []layers.Bounds
	for range 20 {
		x, y := 115.9+r.Float64()*0.1, -0.05+r.Float64()*0.1
		boxes = append(boxes, layers.Bounds{x, y, x + r.Float64()*0.05, y + r.Float64()*0.05})
	}
	boxes = append(boxes, layers.Bounds{116, 0.01, 116, 0.02}, layers.Bounds{116, 0, 116.0000001, 0.0000001}, layers.Bounds{-170, -80, 170, 80})
	var rows [][]any
	for _, b := range boxes {
		for range 100 {
			near := func(v float64) float64 { return v + (r.Float64()-0.5)*[]float64{0, 1e-12, 1e-9, 1e-6, 2e-5}[r.IntN(5)] }
			x, y := near(b[r.IntN(2)*2]), b[1]+r.Float64()*(b[3]-b[1])
			if r.IntN(2) == 0 {
				x, y = b[0]+r.Float64()*(b[2]-b[0]), near(b[1+r.IntN(2)*2])
			}
			size := []float64{0, 1e-7, 1e-3}[r.IntN(3)]
			text := fmt.Sprintf("SRID=4490;POINT(%.17g %.17g)", x, y)
			if size > 0 {
				text = fmt.Sprintf("SRID=4490;LINESTRING(%.17g %.17g, %.17g %.17g)", x, y, x+size, y+size)
			}
			rows = append(rows, []any{text})
		}
	}
	rows = append(rows, []any{nil}, []any{"SRID=4490;POINT EMPTY"}, []any{"SRID=4490;POLYGON EMPTY"})
	for _, row := range rows {
		if _, err := pool.Exec(t.Context(), "insert into layer.speck (geom) values ($1::text::geometry)", row...); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range boxes {
		got, err := store.Count(t.Context(), layers.Anonymous, l.Name, layers.Query{Bounds: &b})
		if err != nil {
			t.Fatal(err)
		}
		var want int64
		if err := pool.QueryRow(t.Context(), "select count(*) from layer.speck where geom is null or st_intersects(geom, st_makeenvelope($1, $2, $3, $4, 4490))",
			b[0], b[1], b[2], b[3]).Scan(&want); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%v: %d, want %d", b, got, want)
		}
		filter, err := cql.Parse(fmt.Sprintf("S_INTERSECTS(geom, BBOX(%.17g, %.17g, %.17g, %.17g))", b[0], b[1], b[2], b[3]))
		if err != nil {
			t.Fatal(err)
		}
		if got, err = store.Count(t.Context(), layers.Anonymous, l.Name, layers.Query{Filter: filter}); err != nil || got != want-1 { // which has no geometry
			t.Errorf("%v as a filter: %d, %v, want %d", b, got, err, want-1)
		}
		onePage(t, store, l.Name, b, want)
	}
}

// onePage holds that a page is the same, and is followed by the same, whether it is had by one look at a box or by walking along the
// key, and that all are counted.
func onePage(t *testing.T, store *layers.Store, layer string, b layers.Bounds, want int64) {
	t.Helper()
	looked := onePageAfter(t, store, layer, b, 0, want)
	for _, offset := range []int{7, int(want) - 1, int(want), int(want) + 5} {
		onePageAfter(t, store, layer, b, max(offset, 0), want)
	}
	if looked.Next == "" {
		return
	}
	next, err := store.Find(t.Context(), layers.Anonymous, layer, layers.Query{Bounds: &b, Limit: 20, Count: true, After: looked.Next})
	if err != nil {
		t.Fatal(err)
	}
	if next.Matched != want || next.Features[0].ID == looked.Features[19].ID {
		t.Errorf("%v: the next page begins with %s, of %d", b, next.Features[0].ID, next.Matched)
	}
}

func onePageAfter(t *testing.T, store *layers.Store, layer string, b layers.Bounds, offset int, want int64) *layers.Page {
	t.Helper()
	looked, err := store.Find(t.Context(), layers.Anonymous, layer, layers.Query{Bounds: &b, Limit: 20, Offset: offset, Count: true})
	if err != nil {
		t.Fatal(err)
	}
	walked, err := store.Find(t.Context(), layers.Anonymous, layer, layers.Query{Bounds: &b, Limit: 20, Offset: offset})
	if err != nil {
		t.Fatal(err)
	}
	if looked.Matched != want || !slices.EqualFunc(looked.Features, walked.Features, func(a, b layers.Feature) bool { return reflect.DeepEqual(a, b) }) {
		t.Errorf("%v after %d: a page of %d of %d, want %d of %d, the same", b, offset, len(looked.Features), looked.Matched, len(walked.Features), want)
	}
	if (looked.Next == "") != (walked.Next == "") {
		t.Errorf("%v after %d: next is %q, want %q", b, offset, looked.Next, walked.Next)
	}
	return looked
}

// Features without geometry are in every box; to find that there are none takes no look at the whole spatial index.
func TestBoxesLeanOnIndexes(t *testing.T) {
	t.Parallel()
	store, pool := town(t)
	if _, err := pool.Exec(t.Context(), `insert into layer.parcel (code, geom)
		select 'n' || i, st_multi(st_makeenvelope(116 + i * 1e-5, 35.6, 116 + (i + 1) * 1e-5, 35.6001, 4490)) from generate_series(1, 20000) i`); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "analyze layer.parcel"); err != nil {
		t.Fatal(err)
	}
	l, err := store.Layer(t.Context(), layers.Anonymous, "parcel")
	if err != nil {
		t.Fatal(err)
	}
	var all int64 // too many for one look
	if err := pool.QueryRow(t.Context(), "select count(*) from layer.parcel").Scan(&all); err != nil {
		t.Fatal(err)
	}
	onePage(t, store, "parcel", layers.Bounds{110, 30, 120, 40}, all)
	asked, err := store.Rows(t.Context(), l, layers.Query{Bounds: &layers.Bounds{116, 35.6, 116.01, 35.61}})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pool.Query(t.Context(), "explain select fid from "+asked.From+" as source where "+asked.Where, asked.Args)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := pgx.CollectRows(lines, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	scans := 0
	for _, line := range plan {
		if strings.Contains(line, "Index Cond: (geom IS NULL)") || strings.Contains(line, "Seq Scan") {
			t.Errorf("%s\n%s", line, strings.Join(plan, "\n"))
		}
		if strings.Contains(line, "Index Scan on parcel_geom_idx") {
			scans++
		}
	}
	if scans != 1 {
		t.Errorf("the spatial index is scanned %d times, want once\n%s", scans, strings.Join(plan, "\n"))
	}
}
