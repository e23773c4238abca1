package intake

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// Vertices coincide within the share that is given: as they stand, with each shift taken back, and moved aside.
func TestOffsetsAreJudgedOnEvidenceOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what          string
		n             int
		none, gcj, bd float64 // share near
		aside         float64 // share near, of all when moved aside
		metres        float64 // how near
		want          string
	}{
		{"a copy, shifted", 150, 0, 1, 0, 0, 0.2, "gcj02 1"},
		{"a copy, shifted twice", 150, 0, 0, 1, 0, 0.2, "bd09 1"},
		{"another survey, shifted", 150, 0.02, 0.8, 0.05, 0.1, 8, "gcj02 15"},
		{"as it should be", 150, 1, 0.1, 0.1, 0.1, 0.2, " 1"},
		{"dense, and nothing to do with it", 150, 0.5, 0.52, 0.48, 0.55, 4, ""},
		{"denser still", 150, 0.97, 1, 1, 0.95, 4, ""},
		{"sparse", 150, 0, 0.03, 0, 0, 4, ""},
		{"half of it", 150, 0, 0.49, 0, 0, 4, ""},
		{"a single straight road", 150, 0, 1, 0, 1, 4, ""},
		{"one parcel", 4, 0, 1, 0, 0, 0.2, ""},
		{"a few points", 7, 0, 1, 0, 0, 0.2, "gcj02 1"},
		{"nothing", 0, 0, 0, 0, 0, 0, ""},
	} {
		near := make([][][]float64, 3)
		for d, share := range []float64{c.none, c.gcj, c.bd} {
			for a := range asides {
				if a > 0 {
					share = c.aside
				}
				distances := make([]float64, c.n)
				for i := range distances {
					distances[i] = math.Inf(1)
					if float64(i) < share*float64(c.n) {
						distances[i] = c.metres
					}
				}
				near[d] = append(near[d], distances)
			}
		}
		e, ok := judgeOffset(near)
		got := ""
		if ok {
			got = fmt.Sprintf("%s %.0f", e.datum, e.radius)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

// In a county with many layers the one that a shifted file is a copy of is among those it is compared with.
func TestTheLayerThatReachesAsFarIsComparedFirst(t *testing.T) {
	t.Parallel()
	var all []*layers.Layer
	for i := range 40 {
		l := &layers.Layer{Name: fmt.Sprint("l", i), GeometryType: "MultiPolygon", SRID: 4490, Bounds: &layers.Bounds{115.8, 35.6, 116.4, 36}}
		l.Table.Geom, l.Table.Key = "geom", "fid"
		all = append(all, l)
	}
	all[37].Bounds = &layers.Bounds{116, 35.7, 116.1, 35.8}
	shifted := [][2]float64{{116.006, 35.7}, {116.106, 35.8}, {116.05, 35.75}}
	if found := comparable(all, "", "polygon", shifted); len(found) != comparedLayers || found[0].layer.Name != "l37" {
		t.Errorf("%d layers, the first is %s", len(found), found[0].layer.Name)
	}
}

func TestChanceIsComputed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		k, n    int
		p, want float64
	}{{0, 5, 0.3, 1}, {5, 5, 0.5, 1. / 32}, {1, 2, 0.5, 0.75}, {3, 4, 0.5, 5. / 16}} {
		if got := atLeast(c.k, c.n, c.p); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d of %d at %v: %v, want %v", c.k, c.n, c.p, got, c.want)
		}
	}
}

// invented is a small country by the county's place: parcels that share outlines, roads, wells, and the outline of towns.
type invented struct {
	parcels, towns [][][2]float64 // rings
	roads          [][][2]float64
	wells          [][2]float64
}

func invent(seed uint64) invented {
	rng := rand.New(rand.NewPCG(seed, 7))
	var w invented
	const size = 24
	corner := func(i, j int) [2]float64 { // the same whoever asks
		r := rand.New(rand.NewPCG(seed, uint64(i*1000+j)))
		return [2]float64{116.05 + 0.0011*float64(i) + 0.0004*r.Float64(), 35.78 + 0.0009*float64(j) + 0.0003*r.Float64()}
	}
	for i := range size {
		for j := range size {
			w.parcels = append(w.parcels, [][2]float64{corner(i, j), corner(i+1, j), corner(i+1, j+1), corner(i, j+1), corner(i, j)})
		}
	}
	for range 4 {
		x, y, r := 116.03+0.1*rng.Float64(), 35.76+0.08*rng.Float64(), 0.02+0.02*rng.Float64()
		var ring [][2]float64
		for k := range 240 {
			a := float64(k) / 240 * 2 * math.Pi
			d := r * (1 + 0.2*math.Sin(5*a) + 0.05*rng.Float64())
			ring = append(ring, [2]float64{x + d*math.Cos(a), y + d*math.Sin(a)})
		}
		w.towns = append(w.towns, append(ring, ring[0]))
	}
	for range 25 {
		x, y, a := 116.04+0.05*rng.Float64(), 35.77+0.04*rng.Float64(), 2*math.Pi*rng.Float64()
		var line [][2]float64
		for range 20 {
			line = append(line, [2]float64{x, y})
			a += 0.4 * (rng.Float64() - 0.5)
			x, y = x+0.001*math.Cos(a), y+0.001*math.Sin(a)
		}
		w.roads = append(w.roads, line)
	}
	for range 300 {
		w.wells = append(w.wells, [2]float64{116.04 + 0.06*rng.Float64(), 35.77 + 0.05*rng.Float64()})
	}
	return w
}

// geoJSON writes features of one kind, each vertex moved.
func geoJSON(kind string, parts [][][2]float64, move func(lon, lat float64) (float64, float64)) string {
	var features []string
	for i, part := range parts {
		var vertices []string
		for _, v := range part {
			x, y := move(v[0], v[1])
			vertices = append(vertices, fmt.Sprintf("[%.9f,%.9f]", x, y))
		}
		coordinates := map[string]string{
			"Polygon": "[[" + strings.Join(vertices, ",") + "]]", "LineString": "[" + strings.Join(vertices, ",") + "]", "Point": vertices[0],
		}[kind]
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"n":%d},"geometry":{"type":"%s","coordinates":%s}}`, i, kind, coordinates))
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func single(points [][2]float64) (parts [][][2]float64) {
	for _, p := range points {
		parts = append(parts, [][2]float64{p})
	}
	return parts
}

func TestFilesOfInternetMapsAreFoundByTheLayersHere(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "in.geojson")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	bring := func(opt Options, text string) *Report {
		t.Helper()
		r, err := Import(t.Context(), store, layers.Anonymous, []string{file(text)}, opt)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	as := func(lon, lat float64) (float64, float64) { return lon, lat }
	moved := func(dx, dy float64) func(lon, lat float64) (float64, float64) {
		return func(lon, lat float64) (float64, float64) { return lon + dx/90300, lat + dy/111000 }
	}
	rng := rand.New(rand.NewPCG(3, 4))
	rough := func(metres float64, then func(lon, lat float64) (float64, float64)) func(lon, lat float64) (float64, float64) {
		return func(lon, lat float64) (float64, float64) {
			return then(lon+metres/90300*rng.NormFloat64(), lat+metres/111000*rng.NormFloat64())
		}
	}
	w, other := invent(1), invent(2)
	for name, text := range map[string]string{
		"parcels": geoJSON("Polygon", w.parcels, as), "towns": geoJSON("Polygon", w.towns, as), "roads": geoJSON("LineString", w.roads, as),
		"wells": geoJSON("Point", single(w.wells), as),
	} {
		bring(Options{Layer: name}, text)
	}
	if _, err := pool.Exec(t.Context(), "select onemap.sequence()"); err != nil {
		t.Fatal(err)
	}
	gcj, bd := GCJ02.shift, BD09.shift
	for _, c := range []struct{ what, text, want string }{
		{"parcels of GCJ-02", geoJSON("Polygon", w.parcels, gcj), "gcj02"},
		{"parcels of BD-09", geoJSON("Polygon", w.parcels, bd), "bd09"},
		{"a few parcels of GCJ-02", geoJSON("Polygon", w.parcels[30:36], gcj), "gcj02"},
		{"towns of GCJ-02", geoJSON("Polygon", w.towns, gcj), "gcj02"},
		{"one town of BD-09", geoJSON("Polygon", w.towns[:1], bd), "bd09"},
		{"towns of GCJ-02, drawn by hand", geoJSON("Polygon", w.towns, rough(8, gcj)), "gcj02"},
		{"roads of GCJ-02, drawn by hand", geoJSON("LineString", w.roads, rough(3, gcj)), "gcj02"},
		{"wells of BD-09", geoJSON("Point", single(w.wells), rough(2, bd)), "bd09"},
		{"wells of GCJ-02 among others", geoJSON("Point", append(single(w.wells[:200]), single(other.wells[:100])...), gcj), "gcj02"},
		{"parcels", geoJSON("Polygon", w.parcels, as), ""},
		{"parcels, surveyed again", geoJSON("Polygon", w.parcels, rough(4, as)), ""},
		{"towns", geoJSON("Polygon", w.towns, rough(10, as)), ""},
		{"wells", geoJSON("Point", single(w.wells), rough(10, as)), ""},
		{"other parcels", geoJSON("Polygon", other.parcels, as), ""},
		{"other parcels of GCJ-02", geoJSON("Polygon", other.parcels, gcj), ""},
		{"other towns", geoJSON("Polygon", other.towns, as), ""},
		{"other roads", geoJSON("LineString", other.roads, as), ""},
		{"other wells", geoJSON("Point", single(other.wells), as), ""},
		{"parcels 100 m off", geoJSON("Polygon", w.parcels, moved(60, -80)), ""},
		{"parcels 527 m off, westward", geoJSON("Polygon", w.parcels, moved(-527, -14)), ""},
		{"parcels 527 m off, northward", geoJSON("Polygon", w.parcels, moved(14, 527)), ""},
		{"roads of the older datum", geoJSON("LineString", w.roads, moved(-115, 4)), ""},
		{"wells of the neighbours", geoJSON("Point", single(w.wells), moved(30000, 0)), ""},
	} {
		r := bring(Options{DryRun: true}, c.text)
		got := ""
		if r.CRS.Fix != nil {
			got = r.CRS.Fix.Name
		}
		if got != c.want || r.CRS.Fix != nil && strings.Contains(r.CRS.Fix.Words.Zh+r.CRS.Fix.Words.En, "%!") {
			t.Errorf("%s: %q, want %q: %+v", c.what, got, c.want, r.CRS.Fix)
		}
	}
	t.Run("proposals", func(t *testing.T) {
		shifted := geoJSON("Polygon", w.towns, gcj)
		r, err := Import(t.Context(), store, layers.Anonymous, []string{file(shifted)}, Options{Layer: "again"})
		if err == nil || !strings.Contains(err.Error(), "--gcj02") || !strings.Contains(r.Doubts[0].Words.Zh, "GCJ-02") || r.CRS.Fix.Applied {
			t.Errorf("%v, %+v", err, r.Doubts)
		}
		if r = bring(Options{Layer: "as_told", SRID: 4490}, shifted); r.CRS.Fix != nil || r.Doubts[0].Rule != "crs.told" || !strings.Contains(r.Doubts[0].Words.Zh, "个顶点") {
			t.Errorf("told: %+v", r)
		}
		r = bring(Options{Layer: "again", FixCRS: true}, shifted)
		var apart float64
		if err := pool.QueryRow(t.Context(), "select max(st_distance(a.geom, b.geom)) from layer.again a join layer.towns b using (n)").Scan(&apart); err != nil || apart > 1e-8 || !r.CRS.Fix.Applied {
			t.Errorf("accepted: %v degrees apart, %v, %+v", apart, err, r.CRS)
		}
		var csv strings.Builder
		csv.WriteString("name,x,y\n")
		for i, p := range w.wells {
			lon, lat := bd(p[0], p[1])
			x, y := layers.ToGK(lon, lat)
			fmt.Fprintf(&csv, "w%d,%.3f,%.3f\n", i, y, x)
		}
		path := filepath.Join(t.TempDir(), "wells.csv")
		if err := os.WriteFile(path, []byte(csv.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err = Import(t.Context(), store, layers.Anonymous, []string{path}, Options{Layer: "wells2", FixCRS: true})
		if err != nil || r.CRS.Fix.Name != "swap-axes+other-zone+bd09" {
			t.Fatalf("%v, %+v", err, r.CRS)
		}
		if err := pool.QueryRow(t.Context(), "select max(apart) from (select min(st_distance(a.geom, b.geom)) as apart from layer.wells2 a, layer.wells b group by a.fid) d").
			Scan(&apart); err != nil || apart > 2e-8 {
			t.Errorf("wells: %v degrees apart, %v", apart, err)
		}
	})
}

// outlined is a database with the true outlines of counties, and the file they come from, which is of GCJ-02.
func outlined(t *testing.T) (*pgxpool.Pool, *layers.Store, string) {
	t.Helper()
	path := shared(t, "data/1-admin/boundaries/shan1_dong1_ji4_ning2.geojson")
	pool := dbtest.New(t)
	store := layers.New(pool)
	if _, err := Import(t.Context(), store, layers.Anonymous, []string{path}, Options{Layer: "xzq_county", Standard: "none", Datum: GCJ02}); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "select onemap.sequence()"); err != nil {
		t.Fatal(err)
	}
	return pool, store, path
}

// The outlines of common GeoJSON sets of counties are of GCJ-02, and say nothing of it.
func TestPublicOutlinesAreFoundToBeShifted(t *testing.T) {
	t.Parallel()
	_, store, path := outlined(t)
	neighbours := shared(t, "data/1-admin/boundaries/shan1_dong1_tai4_an1.geojson") // one side of theirs is one of ours
	for _, file := range []string{path, neighbours} {
		r, err := Import(t.Context(), store, layers.Anonymous, []string{file}, Options{DryRun: true})
		if err != nil || r.CRS.Fix == nil || r.CRS.Fix.Name != "gcj02" {
			t.Errorf("%v, %+v", err, r.CRS)
		}
	}
}

// Who cannot compare says so: a layer that a change holds locked keeps the import from knowing, not from going on.
func TestLayersThatCouldNotBeComparedAreNamed(t *testing.T) {
	t.Parallel()
	pool, store, path := outlined(t)
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(t.Context()))
	if _, err := tx.Exec(t.Context(), "lock table layer.xzq_county in access exclusive mode"); err != nil {
		t.Fatal(err)
	}
	r, err := Import(t.Context(), store, layers.Anonymous, []string{path}, Options{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Doubts, func(d Doubt) bool {
		return d.Rule == "crs.uncompared" && strings.Contains(d.Words.En, "xzq_county") && strings.Contains(d.Words.Zh, "xzq_county")
	}) {
		t.Errorf("nobody says that nothing was compared: %+v, %+v", r.CRS, r.Doubts)
	}
}

// shared is a file under ../shared, found by walking up from the working directory.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "shared", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
		if dir == filepath.Dir(dir) {
			t.Skipf("there is no shared/%s here", name)
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	store := layers.New(dbtest.New(b))
	w := invent(1)
	path := filepath.Join(b.TempDir(), "in.geojson")
	as := func(lon, lat float64) (float64, float64) { return lon, lat }
	if err := os.WriteFile(path, []byte(geoJSON("Polygon", w.parcels, as)), 0o600); err != nil {
		b.Fatal(err)
	}
	if _, err := Import(context.Background(), store, layers.Anonymous, []string{path}, Options{Layer: "parcels"}); err != nil {
		b.Fatal(err)
	}
	l, err := store.Layer(context.Background(), layers.Anonymous, "parcels")
	if err != nil {
		b.Fatal(err)
	}
	var vertices [][2]float64
	for _, p := range w.parcels {
		vertices = append(vertices, p...)
	}
	for b.Loop() {
		if _, err := compare(b.Context(), store, layers.Anonymous, l, vertices); err != nil {
			b.Fatal(err)
		}
	}
}
