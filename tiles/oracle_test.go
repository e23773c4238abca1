package tiles_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/planar"

	"onemap/layers"
	"onemap/migrations/dbtest"
	"onemap/tiles"
)

// shapes are of every kind, size and awkwardness, around one place; PostGIS makes them.
const shapes = `
	with seed as (select setseed(0.37)),
	place as materialized (
		select i, st_makepoint(116.0 + 0.2 * random(), 35.75 + 0.2 * random()) as p, 10 ^ (-5 + 4 * random()) as size, i % 8 as kind
		from seed, generate_series(1, 4000) i)
	insert into layer.shapes (kind, share, geom)
	select kind, size, st_setsrid(case kind
		when 0 then p
		when 1 then st_collect(p, st_translate(p, size, size / 3))
		when 2 then st_makeline(array[p, st_translate(p, size, size), st_translate(p, 3 * size, -size), st_translate(p, 0, 2 * size)])
		when 3 then st_collect(st_makeline(p, st_translate(p, size, 0)), st_makeline(st_translate(p, 0, size), st_translate(p, 2 * size, size)))
		when 4 then st_buffer(p, size, 3)
		when 5 then st_difference(st_buffer(p, size, 8), st_buffer(p, size / 2, 5))
		when 6 then st_collect(st_buffer(p, size, 2), st_buffer(st_translate(p, 3 * size, 0), size, 6))
		else st_difference(st_buffer(p, 2 * size, 12), st_buffer(st_translate(p, 0, size), size * 1.5, 4)) end, 4490)
	from place`

// oracle is the same tile by ST_AsMVT.
const oracle = `
	select coalesce(st_asmvt(drawn, 'shapes', 4096, 'g', 'fid'), ''::bytea) from (
		select * from (
			select fid, kind, share, st_asmvtgeom(geom_3857, st_makeenvelope($1, $2, $3, $4, 3857), 4096, 64, true) as g
			from layer.shapes where geom_3857 && st_makeenvelope($5, $6, $7, $8, 3857) order by fid) a
		where g is not null) drawn`

// exact is what is in the tile, in units of its grid, before anything is rounded or cut.
const exact = `
	select fid::text, st_asbinary(st_affine(geom_3857, 4096 / ($3::float8 - $1::float8), 0, 0, 4096 / ($2::float8 - $4::float8), -$1 * 4096 / ($3 - $1), -$4 * 4096 / ($2 - $4)))
	from layer.shapes where geom_3857 && st_makeenvelope($5, $6, $7, $8, 3857)`

func TestTilesAgreeWithPostGIS(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	def := layers.Definition{
		Layer: layers.Layer{Name: "shapes", Title: "Shapes", GeometryType: "Geometry", Writable: true, Tracked: true,
			Drawing: layers.Drawing{Properties: []string{"kind", "share"}}},
		Columns: []layers.Column{
			{Property: layers.Property{Name: "kind", Type: layers.Integer}, SQLType: "integer"},
			{Property: layers.Property{Name: "share", Type: layers.Number}, SQLType: "double precision"},
		},
	}
	if _, err := store.Create(t.Context(), layers.Anonymous, def); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), shapes); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "select onemap.sequence()"); err != nil {
		t.Fatal(err)
	}
	drawn := tiles.New(pool, store, tiles.Options{})
	r := rand.New(rand.NewPCG(3, 7))
	seen := 0
	for range cmp.Or(many, 50) {
		z := 8 + r.IntN(12)
		lon, lat := 116+0.2*r.Float64(), 35.75+0.2*r.Float64()
		tile := tileAt(lon, lat, z)
		body, err := drawn.Body(t.Context(), layers.Anonymous, []string{"shapes"}, tile)
		if err != nil {
			t.Fatal(err)
		}
		ours := features(t, body, true)
		m, b := tile.Mercator(), tile.Buffered()
		rows, err := pool.Query(t.Context(), oracle, m[0], m[1], m[2], m[3], b[0], b[1], b[2], b[3])
		if err != nil {
			t.Fatal(err)
		}
		drawnThere, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[[]byte])
		if err != nil {
			t.Fatal(err)
		}
		theirs := features(t, drawnThere, false)
		seen += len(theirs)
		compare(t, tile, ours, theirs, truth(t, pool, m, b))
		valid(t, pool, tile, ours)
	}
	if seen < 2000 {
		t.Errorf("only %d features were compared", seen)
	}
}

// truth is what exact says, by id.
func truth(t *testing.T, pool *pgxpool.Pool, m, b layers.Bounds) map[string]orb.Geometry {
	t.Helper()
	rows, err := pool.Query(t.Context(), exact, m[0], m[1], m[2], m[3], b[0], b[1], b[2], b[3])
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]orb.Geometry{}
	var id string
	var raw []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &raw}, func() error {
		g, err := wkb.Unmarshal(raw)
		out[id] = g
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// valid asks PostGIS about our polygons, all at once.
func valid(t *testing.T, pool *pgxpool.Pool, tile tiles.Tile, ours map[string][]orb.Geometry) {
	t.Helper()
	var ids []string
	var shapes [][]byte
	for id, parts := range ours {
		for _, g := range parts {
			raw, err := wkb.Marshal(g)
			if err != nil {
				t.Fatal(err)
			}
			ids, shapes = append(ids, id), append(shapes, raw)
		}
	}
	rows, err := pool.Query(t.Context(), "select id, st_isvalidreason(g) from (select id, st_geomfromwkb(shape) g from unnest($1::text[], $2::bytea[]) s (id, shape)) s where not st_isvalid(g)", ids, shapes)
	if err != nil {
		t.Fatal(err)
	}
	var id, reason string
	if _, err := pgx.ForEachRow(rows, []any{&id, &reason}, func() error {
		t.Errorf("%s: %s: %s: %v", tile, id, reason, ours[id])
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func tileAt(lon, lat float64, z int) tiles.Tile {
	n := float64(int(1) << z)
	rad := lat * math.Pi / 180
	return tiles.Tile{Z: z, X: int((lon + 180) / 360 * n), Y: int((1 - math.Asinh(math.Tan(rad))/math.Pi) / 2 * n)}
}

// features are those of a tile by id, in units of its grid.
func features(t *testing.T, body []byte, packed bool) map[string][]orb.Geometry {
	t.Helper()
	out := map[string][]orb.Geometry{}
	if len(body) == 0 {
		return out
	}
	if packed {
		var err error
		if body, err = tiles.Plain(body); err != nil {
			t.Fatal(err)
		}
	}
	ls, err := mvt.Unmarshal(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ls[0].Features {
		id := fmt.Sprintf("%v kind %v share %.9v", f.ID, f.Properties["kind"], f.Properties["share"])
		out[id] = append(out[id], f.Geometry)
	}
	return out
}

// compare allows what rounding to the grid explains: a unit on every edge, and features that are hardly there. PostGIS
// besides simplifies by half a unit and cuts off needles, so that our corners are held against what there is.
func compare(t *testing.T, tile tiles.Tile, ours, theirs map[string][]orb.Geometry, truth map[string]orb.Geometry) {
	t.Helper()
	for id, want := range theirs {
		got := ours[id]
		if len(got) == 0 {
			if !slight(want) {
				t.Errorf("%s: %s is missing: %v", tile, id, want)
			}
			continue
		}
		if d := planar.Area(orb.Collection(got)) - planar.Area(orb.Collection(want)); math.Abs(d) > 2+rim(want) {
			t.Errorf("%s: %s has another area by %v: %v, want %v", tile, id, d, got, want)
		}
		if d := apart(want, got); d > 1.5 {
			t.Errorf("%s: %s is off by %.2f units: %v, want %v", tile, id, d, got, want)
		}
		fid, _, _ := strings.Cut(id, " ")
		if d := apart(got, []orb.Geometry{truth[fid]}); d > 1 {
			t.Errorf("%s: %s is off the truth by %.2f units: %v, want %v", tile, id, d, got, truth[fid])
		}
	}
	for id, got := range ours {
		if len(theirs[id]) == 0 && !slight(got) {
			t.Errorf("%s: %s should not be there: %v", tile, id, got)
		}
	}
}

func slight(gs []orb.Geometry) bool {
	b := orb.Collection(gs).Bound()
	return b.Right()-b.Left() <= 2 && b.Top()-b.Bottom() <= 2 || planar.Area(orb.Collection(gs)) == 0 && edge(b) || edge(b)
}

// edge: it lies along the end of the buffer, a unit in or out of it.
func edge(b orb.Bound) bool {
	return b.Left() >= 4159 || b.Right() <= -63 || b.Bottom() >= 4159 || b.Top() <= -63
}

func rim(gs []orb.Geometry) float64 { return planar.Length(orb.Collection(gs)) }

// apart is how far the corners of a lie from b, at most. How the buffer's end is followed is each one's own.
func apart(a, b []orb.Geometry) float64 {
	far := 0.0
	for _, p := range corners(orb.Collection(a)) {
		if p[0] <= -62 || p[1] <= -62 || p[0] >= 4158 || p[1] >= 4158 {
			continue
		}
		near := math.Inf(1)
		for _, g := range b {
			near = math.Min(near, distance(g, p))
		}
		far = math.Max(far, near)
	}
	return far
}

func distance(g orb.Geometry, p orb.Point) float64 {
	switch g := g.(type) {
	case orb.Polygon:
		d := math.Inf(1)
		for _, ring := range g {
			d = math.Min(d, planar.DistanceFrom(orb.LineString(ring), p))
		}
		return d
	case orb.MultiPolygon:
		d := math.Inf(1)
		for _, part := range g {
			d = math.Min(d, distance(part, p))
		}
		return d
	}
	return planar.DistanceFrom(g, p)
}

func corners(g orb.Geometry) []orb.Point {
	var out []orb.Point
	switch g := g.(type) {
	case orb.Point:
		out = append(out, g)
	case orb.MultiPoint:
		out = append(out, g...)
	case orb.LineString:
		out = append(out, g...)
	case orb.MultiLineString:
		for _, l := range g {
			out = append(out, l...)
		}
	case orb.Polygon:
		for _, r := range g {
			out = append(out, r...)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			out = append(out, corners(p)...)
		}
	case orb.Collection:
		for _, p := range g {
			out = append(out, corners(p)...)
		}
	}
	return out
}
