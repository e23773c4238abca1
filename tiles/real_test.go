package tiles_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/planar"

	"onemap/layers"
	"onemap/layers/intake"
	"onemap/migrations/dbtest"
	"onemap/tiles"
)

// people's files: real ones, and ones that are odd on purpose. They are in the tiles as they came: nothing is mended.
var peoples = []struct {
	file string
	opt  intake.Options
}{
	{"1-admin/boundaries/shan1_dong1_ji4_ning2.geojson", intake.Options{}},
	{"1-admin/grid-cells/gridcells_A.gpkg.zip", intake.Options{From: "cell_code1"}},
	{"2-osm/guixi-jiangxi.osm", intake.Options{From: "lines"}},
	{"2-osm/guixi-jiangxi.osm", intake.Options{From: "multipolygons"}},
	{"3-landuse/dc/land-use-planned-2006.geojson", intake.Options{}},
	{"3-landuse/dc/storm-sewer-system.geojson", intake.Options{}},
	{"3-landuse/dc/sewers-inlets.geojson", intake.Options{}},
	{"5-nasty/fiona/coutwildrnp.zip", intake.Options{}},
	{"5-nasty/fiona/grenada.geojson", intake.Options{}},
	{"5-nasty/pyogrio/naturalearth_lowres", intake.Options{}},
	{"5-nasty/flatgeobuf/poly00.fgb", intake.Options{SRID: 32631}},
	{"5-nasty/shapelib/multipnt.shp", intake.Options{SRID: 32631}},
}

// data is where people's files are, beside the tree.
func data(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if path := filepath.Join(dir, "shared", "data"); exists(path) {
			return path
		}
	}
	t.Skip("shared/data is not beside this tree: there are no files of people to draw")
	return ""
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// many is how many tiles are compared, of all files; 0 = a few of some.
var many, _ = strconv.Atoi(os.Getenv("ONEMAP_TEST_TILES")) // what is no number asks for none

// gallery is layers of people's files.
type gallery struct {
	*testing.T
	pool  *pgxpool.Pool
	store *layers.Store
	drawn *tiles.Tiles
	names []string
	seen  map[string]int
}

func newGallery(t *testing.T) *gallery {
	dir := data(t)
	g := &gallery{T: t, pool: dbtest.New(t), seen: map[string]int{}}
	g.store = layers.New(g.pool)
	for i, p := range peoples {
		if many == 0 && i%2 == 1 { // by default every other file, for time
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(p.file))
		if !exists(path) {
			t.Logf("%s is not there", p.file)
			continue
		}
		opt := p.opt
		opt.Layer, opt.Title, opt.Invalid, opt.Folder = fmt.Sprintf("real_%d", i), p.file, intake.Keep, t.TempDir()
		if _, err := intake.Import(t.Context(), g.store, layers.Anonymous, []string{path}, opt); err != nil {
			t.Errorf("%s: %v", p.file, err)
			continue
		}
		g.names = append(g.names, opt.Layer)
	}
	for _, sql := range []string{"select onemap.sequence()", `update onemap.layer set drawing = '{}', style = '{"kind": "line"}'`} {
		if _, err := g.pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = g.store.Watch(ctx) }() // ends with the test
	t.Cleanup(func() { stop(); <-done })
	g.drawn = tiles.New(g.pool, g.store, tiles.Options{Bytes: -1})
	return g
}

// Tiles of real and odd files, at random places where there is something, in three sets, hold the features and properties
// that ST_AsMVT's do, their geometries within a unit of the grid, and polygons are valid.
func TestRealTilesAgreeWithPostGIS(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	var sets []*tiles.MatrixSet
	for _, set := range g.drawn.MatrixSets() {
		if !set.Approximate {
			sets = append(sets, set)
		}
	}
	if len(sets) != 3 {
		t.Fatalf("%d sets", len(sets))
	}
	r := rand.New(rand.NewPCG(11, 12))
	features, count := 0, cmp.Or(many, 24)
	for n := range count {
		features += g.compare(g.names[n%len(g.names)], sets[n/len(g.names)%3], r)
	}
	t.Logf("%d tiles with %d features: %v", count, features, g.seen)
	if features < count {
		t.Errorf("only %d features were compared", features)
	}
}

// place is a corner of one of a layer's features, in degrees.
func (g *gallery) place(name string, r *rand.Rand) (x, y float64) {
	g.Helper()
	err := g.pool.QueryRow(g.Context(), fmt.Sprintf(`select st_x(p), st_y(p) from (select (st_dumppoints(geom)).geom p from (
		select geom from layer.%s where not st_isempty(geom) and st_ymax(geom) < 85 and st_ymin(geom) > -85 order by hashint8(fid # $1) limit 1) one) all_points
		order by hashfloat8(st_x(p) * $2) limit 1`, name), int64(r.Uint32()), r.Float64()).Scan(&x, &y)
	if err != nil {
		g.Fatal(err)
	}
	return x, y
}

// compare compares a tile of a layer at a random place.
func (g *gallery) compare(name string, set *tiles.MatrixSet, r *rand.Rand) (features int) {
	g.Helper()
	l, err := g.store.Layer(g.Context(), layers.Anonymous, name)
	if err != nil {
		g.Fatal(err)
	}
	x, y := g.place(name, r)
	z := 5 + r.IntN(14)
	var tile tiles.Tile
	for ; ; z++ { // so deep that nothing is thinned out
		for tile = range (tiles.Cover{Set: set, MinZoom: z, MaxZoom: z, Bounds: layers.Bounds{x, y, x, y}}).Tiles() {
			break
		}
		var rows, points int
		b := set.Buffered(tile)
		if err := g.pool.QueryRow(g.Context(), fmt.Sprintf("select count(*), coalesce(sum(st_npoints(geom)), 0) from layer.%s where %s && st_makeenvelope($1, $2, $3, $4, %d)", name, column(set), srid(set)),
			b[0], b[1], b[2], b[3]).Scan(&rows, &points); err != nil {
			g.Fatal(err)
		}
		if rows <= 2000 && points <= 50_000 || z >= set.MaxZoom {
			break
		}
	}
	where := fmt.Sprintf("%s %s %s", l.Title, set.ID, tile)
	ours, theirs := g.ours(l, set, tile), g.theirs(l, set, tile)
	truth, whole := g.truth(name, set, tile)
	for id, want := range theirs {
		got, ok := ours[id]
		if !ok {
			if !slight(want.shapes) && !needle(want.shapes) {
				g.Errorf("%s: feature %d is missing: %v", where, id, brief(want.shapes))
			}
			continue
		}
		if fmt.Sprint(got.properties) != fmt.Sprint(want.properties) {
			g.Errorf("%s: feature %d has %v, want %v", where, id, got.properties, want.properties)
		}
		if d := apart(got.shapes, []orb.Geometry{truth[id]}); d > 1 && whole[id] {
			g.Errorf("%s: feature %d is off the truth by %.2f units: %v", where, id, d, brief(got.shapes))
		}
		if d := apart(broad(want.shapes), got.shapes); d > 1.5 && whole[id] {
			g.Errorf("%s: feature %d is off by %.2f units: %v, want %v", where, id, d, brief(got.shapes), brief(want.shapes))
		}
		if d := planar.Area(orb.Collection(got.shapes)) - planar.Area(orb.Collection(want.shapes)); whole[id] && math.Abs(d) > 2+max(rim(want.shapes), rim(got.shapes)) {
			g.Errorf("%s: feature %d has another area by %v: %v, want %v", where, id, d, brief(got.shapes), brief(want.shapes))
		}
		features++
		g.seen[l.Title]++
	}
	for id, got := range ours {
		if _, ok := theirs[id]; !ok && whole[id] && !slight(got.shapes) && !(needle(got.shapes) && apart(got.shapes, []orb.Geometry{truth[id]}) <= 1) {
			g.Errorf("%s: feature %d should not be there: %v", where, id, brief(got.shapes))
		}
	}
	polygons := map[string][]orb.Geometry{}
	for id, h := range ours {
		polygons[fmt.Sprint(l.Title, " ", id)] = h.shapes
	}
	valid(g.T, g.pool, tile, polygons)
	return features
}

// needle: polygons less than a unit wide on average, and lines there and back. Either may make nothing of them.
func needle(shapes []orb.Geometry) bool {
	area := planar.Area(orb.Collection(shapes))
	return (area > 0 || retraced(shapes)) && area <= rim(shapes)/2
}

func retraced(shapes []orb.Geometry) bool {
	for _, g := range shapes {
		if l, ok := g.(orb.LineString); !ok || l[0] != l[len(l)-1] {
			return false
		}
	}
	return true
}

// broad are the parts that are no needles.
func broad(shapes []orb.Geometry) (out []orb.Geometry) {
	for _, g := range shapes {
		parts := []orb.Geometry{g}
		if m, ok := g.(orb.MultiPolygon); ok {
			parts = parts[:0]
			for _, p := range m {
				parts = append(parts, p)
			}
		}
		for _, p := range parts {
			if !needle([]orb.Geometry{p}) {
				out = append(out, p)
			}
		}
	}
	return out
}

func brief(shapes []orb.Geometry) string {
	text := fmt.Sprint(shapes)
	return text[:min(len(text), 300)]
}

// column is the geometry as a set has it; degrees of 4490 are taken for those of 4326.
func column(set *tiles.MatrixSet) string {
	if set.SRID == 3857 {
		return "geom_3857"
	}
	return "geom"
}

func srid(set *tiles.MatrixSet) int {
	if set.SRID == 3857 {
		return 3857
	}
	return 4490
}

// held is a feature of a tile.
type held struct {
	properties map[string]any
	shapes     []orb.Geometry
}

// held reads a tile.
func (g *gallery) held(body []byte) map[uint64]held {
	g.Helper()
	out := map[uint64]held{}
	if len(body) == 0 {
		return out
	}
	ls, err := mvt.Unmarshal(body)
	if err != nil {
		g.Fatal(err)
	}
	for _, f := range ls[0].Features {
		id, ok := f.ID.(float64)
		if !ok {
			g.Fatalf("a feature has the id %v", f.ID)
		}
		h := out[uint64(id)]
		h.properties = f.Properties
		h.shapes = append(h.shapes, f.Geometry)
		out[uint64(id)] = h
	}
	return out
}

func (g *gallery) ours(l *layers.Layer, set *tiles.MatrixSet, tile tiles.Tile) map[uint64]held {
	g.Helper()
	var names []string
	for _, p := range l.Properties {
		names = append(names, p.Name)
	}
	return g.held(plainTile(g, g.drawn, tiles.Request{Layers: []string{l.Name}, Set: set, Tile: tile, Properties: names}))
}

// theirs is ST_AsMVT's tile.
func (g *gallery) theirs(l *layers.Layer, set *tiles.MatrixSet, tile tiles.Tile) map[uint64]held {
	g.Helper()
	var columns strings.Builder
	for _, p := range l.Properties {
		name := pgx.Identifier{p.Name}.Sanitize()
		as := map[layers.Type]string{layers.Integer: "::bigint", layers.Number: "::float8", layers.Boolean: ""}
		kind, ok := as[p.Type]
		if !ok {
			kind = "::text"
		}
		if p.Type == layers.DateTime {
			fmt.Fprintf(&columns, ", to_json(%s) #>> '{}' as %s", name, name)
			continue
		}
		fmt.Fprintf(&columns, ", %s%s as %s", name, kind, name)
	}
	m, b := set.Bounds(tile), set.Buffered(tile)
	var body []byte
	err := g.pool.QueryRow(g.Context(), fmt.Sprintf(`select coalesce(st_asmvt(drawn, 'x', 4096, 'g_', 'fid'), ''::bytea) from (
		select * from (select fid %s, st_asmvtgeom(%s, st_makeenvelope($1, $2, $3, $4, %d), 4096, 64, true) as g_
			from layer.%s where %s && st_makeenvelope($5, $6, $7, $8, %d) order by fid) a where g_ is not null) drawn`,
		columns.String(), column(set), srid(set), l.Name, column(set), srid(set)), m[0], m[1], m[2], m[3], b[0], b[1], b[2], b[3]).Scan(&body)
	if err != nil {
		g.Fatal(err)
	}
	return g.held(body)
}

// truth is what there is in units of the tile's grid, before anything is rounded or cut; and which of it is valid: of the rest
// each makes something else.
func (g *gallery) truth(name string, set *tiles.MatrixSet, tile tiles.Tile) (shapes map[uint64]orb.Geometry, whole map[uint64]bool) {
	g.Helper()
	m, b := set.Bounds(tile), set.Buffered(tile)
	scale := 4096 / (m[2] - m[0])
	rows, err := g.pool.Query(g.Context(), fmt.Sprintf(`select fid, st_asbinary(st_force2d(st_affine(%s, $1::float8, 0, 0, -($1::float8), -($2::float8 * $1::float8), $3::float8 * $1::float8))), st_isvalid(%s)
		from layer.%s where %s && st_makeenvelope($4, $5, $6, $7, %d)`, column(set), column(set), name, column(set), srid(set)), scale, m[0], m[3], b[0], b[1], b[2], b[3])
	if err != nil {
		g.Fatal(err)
	}
	shapes, whole = map[uint64]orb.Geometry{}, map[uint64]bool{}
	var id uint64
	var raw []byte
	var valid bool
	_, err = pgx.ForEachRow(rows, []any{&id, &raw, &valid}, func() error {
		shape, err := wkb.Unmarshal(raw)
		shapes[id], whole[id] = shape, valid
		return err
	})
	if err != nil {
		g.Fatal(err)
	}
	return shapes, whole
}
