package intake

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/migrations/dbtest"
)

// shapeOf is EWKB of rings or of a line, two ordinates a vertex.
func shapeOf(kind uint32, rings ...[][2]float64) []byte {
	b := binary.LittleEndian.AppendUint32([]byte{littleEndian}, kind)
	if kind == wkbPolygon {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(rings)))
	}
	for _, ring := range rings {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(ring)))
		for _, v := range ring {
			b = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, math.Float64bits(v[0])), math.Float64bits(v[1]))
		}
	}
	return b
}

// anyRing is a closed ring of a coarse grid, where corners meet, edges touch and lie upon each other; sometimes a round one.
func anyRing(rng *rand.Rand) [][2]float64 {
	n, grid := 3+rng.IntN(7), 2+rng.IntN(6)
	if rng.IntN(8) == 0 {
		n = 55 + rng.IntN(20)
	}
	step := []float64{1e-3, 1e-7, 1. / 3e5}[rng.IntN(3)]
	var ring [][2]float64
	round := rng.IntN(3) == 0
	for i := range n {
		x, y := float64(rng.IntN(grid)), float64(rng.IntN(grid))
		if round {
			a := 2 * math.Pi * float64(i) / float64(n)
			x, y = 50*math.Cos(a)+rng.Float64(), 50*math.Sin(a)+rng.Float64()
		}
		ring = append(ring, [2]float64{116 + step*x, 35.8 + step*y})
		switch rng.IntN(25) {
		case 0: // twice
			ring = append(ring, ring[len(ring)-1])
		case 1: // a spike
			ring = append(ring, [2]float64{116 + step*x + 9*step, 35.8 + step*y}, ring[len(ring)-1])
		case 2: // on the edge before
			if k := len(ring); k > 1 {
				ring = append(ring, [2]float64{(ring[k-1][0] + ring[k-2][0]) / 2, (ring[k-1][1] + ring[k-2][1]) / 2})
			}
		}
	}
	if rng.IntN(40) > 0 {
		ring = append(ring, ring[0])
	}
	return ring
}

// What is called valid here PostGIS calls valid, too. The other way round it may be more careful.
func TestWhatIsSurelyValidIsValid(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	rng := rand.New(rand.NewPCG(5, 6))
	called, valid, wrong := 0, 0, 0
	for range 20 {
		var lot [][]byte
		for range 1000 {
			switch rng.IntN(6) {
			case 0:
				lot = append(lot, shapeOf(wkbPolygon, anyRing(rng), anyRing(rng)))
			case 1:
				lot = append(lot, shapeOf(wkbLineString, anyRing(rng)[:2+rng.IntN(2)]))
			case 2:
				multi := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32([]byte{littleEndian}, wkbMultiPolygon), 1)
				lot = append(lot, append(multi, shapeOf(wkbPolygon, anyRing(rng))...))
			default:
				lot = append(lot, shapeOf(wkbPolygon, anyRing(rng)))
			}
		}
		var judged []bool
		err := pool.QueryRow(t.Context(), `select array_agg(st_isvalid(st_geomfromewkb(b)) order by n) from (
			select b, n from unnest($1::bytea[]) with ordinality as u(b, n)) u`, lot).Scan(&judged)
		if err != nil { // rings that are not closed can not even be read: one at a time
			judged = make([]bool, len(lot))
			for i, b := range lot {
				if err := pool.QueryRow(t.Context(), "select st_isvalid(st_geomfromewkb($1))", b).Scan(&judged[i]); err != nil {
					judged[i] = false
				}
			}
		}
		for i, b := range lot {
			sure := surelyValid(b)
			if judged[i] {
				valid++
			}
			if sure {
				called++
			}
			if sure && !judged[i] {
				if wrong++; wrong < 5 {
					t.Errorf("called valid: %x", b)
				}
			}
		}
	}
	t.Logf("%d of 20,000 are valid, %d are called so", valid, called)
	if called < 1000 {
		t.Errorf("only %d of %d valid ones are known", called, valid)
	}
}

// A place of the county, however a file writes it, is found again to a metre by what is told or proposed; and nothing is
// proposed for a file that is right.
func TestPlacesAreFoundHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 9))
	county := layers.Bounds{115.87 - margin, 35.61 - margin, 116.37 + margin, 35.98 + margin}
	project := func(srid int) func(lon, lat float64) (float64, float64) {
		gk, ok := layers.GaussKrugerOf(srid)
		if !ok {
			t.Fatal(srid)
		}
		return gk.Project
	}
	swapped := func(f func(lon, lat float64) (float64, float64)) func(lon, lat float64) (float64, float64) {
		return func(lon, lat float64) (float64, float64) {
			x, y := f(lon, lat)
			return y, x
		}
	}
	plain := func(lon, lat float64) (float64, float64) { return lon, lat }
	screen := func(lon, lat float64) (float64, float64) {
		const radius = 6378137
		return radius * lon * degree, radius * math.Asinh(math.Tan(lat*degree))
	}
	for _, c := range []struct {
		what  string
		says  int // EPSG code of the file; 0 = none
		write func(lon, lat float64) (float64, float64)
		fix   string
	}{
		{"degrees", 4490, plain, ""}, {"WGS 84", 4326, plain, ""}, {"4548", 4548, project(4548), ""}, {"4527", 4527, project(4527), ""},
		{"6° zone 20", 4498, project(4498), ""}, {"6°, 117°E", 4509, project(4509), ""}, {"3857", 3857, screen, ""},
		{"latitude first", 4490, swapped(plain), "swap-axes"}, {"latitude first, nothing said", 0, swapped(plain), "swap-axes+degrees"},
		{"degrees, nothing said", 0, plain, "degrees"},
		{"4548 north first", 4548, swapped(project(4548)), "swap-axes"}, {"4527 north first", 4527, swapped(project(4527)), "swap-axes"},
		{"4548 for 4527", 4548, project(4527), "zone"}, {"4527 for 4548", 4527, project(4548), "no-zone"},
		{"4548 for 4527, north first", 4548, swapped(project(4527)), "swap-axes+zone"},
		{"zone 38 for 39, numbered", 4526, project(4527), "other-zone"}, {"zone 40 for 39, numbered", 4528, project(4527), "other-zone"},
		{"CM 114 for 117", 4547, project(4548), "other-zone"}, {"CM 120 for 117", 4549, project(4548), "other-zone"},
		{"degrees in a plane's .prj", 4548, plain, "degrees"}, {"degrees, latitude first, in a plane's .prj", 4527, swapped(plain), "swap-axes+degrees"},
		{"a plane in degrees' .prj", 4490, project(4548), "other-zone"}, {"a numbered plane in degrees' .prj", 4326, project(4527), "other-zone"},
		{"3857 in degrees' .prj", 4326, screen, "mercator"}, {"a numbered plane, nothing said", 0, project(4527), "other-zone"},
		{"a 6° numbered zone in degrees' .prj", 4490, project(4498), "other-zone"},
	} {
		var truth [][2]float64
		j := &judging{county: county, known: true, src: &format.Source{CRS: format.CRS{EPSG: c.says}}}
		if c.says != 0 {
			j.src.CRS.Name = fmt.Sprintf("EPSG:%d", c.says)
		}
		for range 300 {
			lon, lat := 115.87+0.5*rng.Float64(), 35.61+0.37*rng.Float64()
			truth = append(truth, [2]float64{lon, lat})
			x, y := c.write(lon, lat)
			j.sample = append(j.sample, [2]float64{x, y})
		}
		crs, _, _ := j.settle()
		got := ""
		if crs.Fix != nil {
			got = crs.Fix.Name
		}
		if got != c.fix {
			t.Errorf("%s: %q, want %q", c.what, got, c.fix)
		}
		for i, p := range j.sample {
			if j.as == nil {
				t.Errorf("%s: nobody knows where it lies", c.what)
				break
			}
			lon, lat, ok := j.as.lonLat(p[0], p[1])
			if m := math.Hypot((lon-truth[i][0])*90300, (lat-truth[i][1])*111000); !ok || m > 1 {
				t.Errorf("%s: %v is %v, %v, %.1f m off", c.what, truth[i], lon, lat, m)
				break
			}
		}
	}
}

// The first file of a county, which no layer tells of yet: the zone that it names is enough.
func TestAZoneThatIsNamedNeedsNoCounty(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ says, is int }{{4527, 4548}, {4548, 4527}, {4526, 4547}, {4549, 4549}, {4490, 4548}} {
		written, _ := layers.GaussKrugerOf(c.is)
		named, _ := layers.GaussKrugerOf(c.says)
		j := &judging{county: china, src: &format.Source{CRS: format.CRS{EPSG: c.says, Name: "said"}}}
		for i := range 50 {
			x, y := written.Project(written.Meridian+0.01*float64(i), 35.7)
			j.sample = append(j.sample, [2]float64{x, y})
		}
		crs, _, _ := j.settle()
		switch {
		case c.says == c.is || named.Meridian != written.Meridian:
			if crs.Fix != nil {
				t.Errorf("%d for %d: %+v", c.says, c.is, crs.Fix)
			}
		case crs.Fix == nil || crs.Fix.EPSG != c.is:
			t.Errorf("%d for %d: %+v", c.says, c.is, crs.Fix)
		}
	}
}

// Geometries become those of their layer as PostGIS would make them.
func TestPromotedGeometriesAreThoseOfPostGIS(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	for _, c := range []struct {
		from, layer string
		z           bool
		want        string // SQL of g
	}{
		{"POINT(1 2)", "Point", false, "g"}, {"POINT Z (1 2 3)", "Point", false, "st_force2d(g)"}, {"POINT(1 2)", "Point", true, "st_force3dz(g)"},
		{"POINT M (1 2 3)", "Point", true, "st_force3dz(g)"}, {"POINT ZM (1 2 3 4)", "Point", true, "st_force3dz(g)"}, {"POINT ZM (1 2 3 4)", "MultiPoint", false, "st_multi(st_force2d(g))"},
		{"POINT(1 2)", "MultiPoint", false, "st_multi(g)"}, {"MULTIPOINT((1 2))", "Point", false, "st_geometryn(g, 1)"}, {"MULTIPOINT((1 2),(3 4))", "MultiPoint", false, "g"},
		{"LINESTRING(1 2,3 4)", "MultiLineString", false, "st_multi(g)"}, {"LINESTRING Z (1 2 5,3 4 6)", "MultiLineString", true, "st_multi(g)"},
		{"LINESTRING M (1 2 5,3 4 6)", "MultiLineString", false, "st_multi(st_force2d(g))"}, {"MULTILINESTRING((1 2,3 4))", "LineString", false, "st_geometryn(g, 1)"},
		{"POLYGON((0 0,4 0,4 4,0 0),(1 0.5,2 1,2 1.5,1 0.5))", "MultiPolygon", false, "st_multi(g)"}, {"POLYGON Z ((0 0 1,4 0 2,4 4 3,0 0 1))", "MultiPolygon", true, "st_multi(g)"},
		{"MULTIPOLYGON(((0 0,4 0,4 4,0 0)),((10 10,14 10,14 14,10 10)))", "MultiPolygon", false, "g"},
		{"MULTIPOLYGON(((0 0,4 0,4 4,0 0)))", "Polygon", false, "st_geometryn(g, 1)"}, {"TRIANGLE((0 0,4 0,4 4,0 0))", "MultiPolygon", false, "st_multi(st_geomfromtext('POLYGON((0 0,4 0,4 4,0 0))'))"},
		{"TIN(((0 0,4 0,4 4,0 0)),((0 0,4 4,0 4,0 0)))", "MultiPolygon", false, "st_geomfromtext('MULTIPOLYGON(((0 0,4 0,4 4,0 0)),((0 0,4 4,0 4,0 0)))')"},
		{"GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4))", "Geometry", false, "g"}, {"GEOMETRYCOLLECTION Z (POINT Z (1 2 3))", "Geometry", false, "st_force2d(g)"},
		{"GEOMETRYCOLLECTION(MULTIPOINT((1 2)),GEOMETRYCOLLECTION(POINT(1 1)))", "Geometry", true, "st_force3dz(g)"},
		{"POLYGON EMPTY", "MultiPolygon", false, "null::geometry"}, {"MULTIPOLYGON EMPTY", "MultiPolygon", false, "g"}, {"LINESTRING EMPTY", "LineString", false, "g"}, {"GEOMETRYCOLLECTION EMPTY", "Geometry", false, "g"},
	} {
		var from, want []byte
		query := "select st_asewkb(g), st_asewkb(st_setsrid(" + c.want + ", 4490)) from st_setsrid(st_geomfromtext($1), 4490) g"
		if err := pool.QueryRow(t.Context(), query, c.from).Scan(&from, &want); err != nil {
			t.Errorf("%s: %v", c.from, err)
			continue
		}
		if got := promote(nil, from, c.layer, c.z); string(got) != string(want) && want != nil {
			t.Errorf("%s as %s, heights %v:\n%x, want\n%x", c.from, c.layer, c.z, got, want)
		} else if want == nil && !empty(got) {
			t.Errorf("%s as %s: %x, want nothing", c.from, c.layer, got)
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"图斑面积(亩)", "ＤＬＢＭ", "a\";--", "_", "\xff", "１２３", "fid"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		once := safeName(title)
		if again := safeName(once); again != once {
			t.Errorf("%q: %q, and then %q", title, once, again)
		}
		initials(title)
		names := safeNames([]string{title, title, ""})
		if names[0] == names[1] || names[0] == "" || len(names[1]) > 63 {
			t.Errorf("%q: %q", title, names)
		}
	})
}
