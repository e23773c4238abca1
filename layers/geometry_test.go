package layers_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"
	"github.com/twpayne/go-geom/encoding/wkt"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// shapes are geometries of every kind, with every dimension, some of them empty or with empty parts.
var shapes = []string{
	"POINT (1 2)", "POINT Z (1 2 3)", "POINT M (1 2 3)", "POINT ZM (1 2 3 4)", "POINT EMPTY", "POINT Z EMPTY",
	"LINESTRING (1 2, 3 4.5)", "LINESTRING Z (1 2 3, 4 5 6)", "LINESTRING EMPTY", "LINESTRING M (1 2 3, 4 5 6)",
	"POLYGON ((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1))", "POLYGON Z ((0 0 1, 4 0 1, 4 4 1, 0 0 1))", "POLYGON EMPTY", "POLYGON ZM ((0 0 1 2, 4 0 1 2, 4 4 1 2, 0 0 1 2))",
	"MULTIPOINT ((1 2), (3 4))", "MULTIPOINT Z ((1 2 3), (3 4 5))", "MULTIPOINT EMPTY", "MULTIPOINT ((1 2), EMPTY, (3 4))", "MULTIPOINT (EMPTY)",
	"MULTILINESTRING ((0 0, 1 1), (2 2, 3 3, 4 4))", "MULTILINESTRING EMPTY", "MULTILINESTRING (EMPTY, (0 0, 1 1))",
	"MULTIPOLYGON (((0 0, 4 0, 4 4, 0 0)), ((10 0, 14 0, 14 4, 10 0), (11 1, 12 1, 12 2, 11 1)))", "MULTIPOLYGON EMPTY", "MULTIPOLYGON (EMPTY, ((0 0, 4 0, 4 4, 0 0)))",
	"MULTIPOLYGON Z (((0 0 9, 4 0 9, 4 4 9, 0 0 9)))",
	"GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1), GEOMETRYCOLLECTION (POLYGON ((0 0, 4 0, 4 4, 0 0))))", "GEOMETRYCOLLECTION EMPTY",
	"GEOMETRYCOLLECTION Z (POINT Z (1 2 3))", "GEOMETRYCOLLECTION (POINT EMPTY)", "GEOMETRYCOLLECTION Z EMPTY",
}

// encoded are the shapes as EWKB in an order of bytes.
func encoded(t testing.TB, order binary.ByteOrder) (all [][]byte) {
	t.Helper()
	for i, text := range shapes {
		g, err := wkt.Unmarshal(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if i%2 == 0 {
			if g, err = geom.SetSRID(g, 4490); err != nil {
				t.Fatal(err)
			}
		}
		b, err := ewkb.Marshal(g, order)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		all = append(all, b)
	}
	return all
}

// Geometries are read as go-geom's own reader reads them, whatever the order of their bytes.
func TestGeometriesAreReadAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, order := range []binary.ByteOrder{ewkb.NDR, ewkb.XDR} {
		for i, b := range encoded(t, order) {
			want, err := ewkb.Unmarshal(b)
			if err != nil {
				t.Fatalf("%s: %v", shapes[i], err)
			}
			got, err := layers.DecodeGeometry(b)
			if err != nil {
				t.Errorf("%s: %v", shapes[i], err)
				continue
			}
			sameGeometry(t, shapes[i], got, want)
			for cut := range b {
				if g, err := layers.DecodeGeometry(b[:cut]); err == nil && cut < len(b) && cut > 0 {
					t.Errorf("%s cut to %d of %d bytes: %v", shapes[i], cut, len(b), g)
				}
			}
		}
	}
	if g, err := layers.DecodeGeometry(nil); g != nil || err != nil {
		t.Errorf("null: %v, %v", g, err)
	}
}

func sameGeometry(t testing.TB, name string, got, want geom.T) {
	t.Helper()
	a, err := ewkb.Marshal(got, ewkb.NDR)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	b, err := ewkb.Marshal(want, ewkb.NDR)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if !bytes.Equal(a, b) || got.SRID() != want.SRID() || got.Layout() != want.Layout() || got.Empty() != want.Empty() {
		t.Errorf("%s: %T %v %d, want %T %v %d", name, got, got, got.SRID(), want, want, want.SRID())
	}
}

// Bytes that are no geometry are an error, of whatever length they claim to be; what go-geom reads of them is read alike.
func FuzzDecodeGeometry(f *testing.F) {
	for _, order := range []binary.ByteOrder{ewkb.NDR, ewkb.XDR} {
		for _, b := range encoded(f, order) {
			f.Add(b)
		}
	}
	f.Add([]byte("\x01\x02\x00\x00\x00\xff\xff\xff\xff"))
	f.Add(bytes.Repeat([]byte("\x01\x07\x00\x00\x00\x01\x00\x00\x00"), 1000))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := layers.DecodeGeometry(b)
		if err != nil || got == nil {
			return
		}
		if want, err := ewkb.Unmarshal(b); err == nil && !bytes.Contains(b, []byte("\xff")) && !bytes.Contains(b, []byte("\x7f")) { // numbers that are none
			sameGeometry(t, "fuzz", got, want)
		}
	})
}

func BenchmarkDecodeGeometry(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	flat := make([]float64, 24)
	for i := range flat {
		flat[i] = 116 + r.Float64()
	}
	raw, err := ewkb.Marshal(geom.NewMultiPolygonFlat(geom.XY, flat, [][]int{{24}}).SetSRID(4490), ewkb.NDR)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := layers.DecodeGeometry(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// A stream's features are made in the same memory, whatever kinds follow each other, and are right while they are looked at.
func TestStreamsMakeFeaturesInOnePlace(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	def := layers.Definition{Layer: layers.Layer{Name: "any", Title: "图形", GeometryType: "Geometry", SRID: 4490, Writable: true, Tracked: true, Grade: "L1", Theme: "other"},
		Columns: []layers.Column{{Property: layers.Property{Name: "text", Title: "文字"}, SQLType: "text"}, {Property: layers.Property{Name: "n", Title: "数"}, SQLType: "integer"}}}
	if _, err := store.Create(t.Context(), layers.Anonymous, def); err != nil {
		t.Fatal(err)
	}
	var want []string
	for round := range 3 {
		for i := range shapes {
			text := shapes[(i*7+round)%len(shapes)]
			if strings.Contains(text, "M (") || strings.Contains(text, "Z") { // the column is flat
				continue
			}
			want = append(want, text)
			var n any
			if i%3 > 0 {
				n = i
			}
			if _, err := pool.Exec(t.Context(), "insert into layer.any (geom, text, n) values (st_geomfromtext($1, 4490), $1, $2)", text, n); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
	}
	i := 0
	for f, err := range store.Stream(t.Context(), layers.Anonymous, "any", layers.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		again, err := store.Feature(t.Context(), layers.Anonymous, "any", f.ID, layers.Query{})
		if err != nil {
			t.Fatal(err)
		}
		sameGeometry(t, want[i], f.Geometry, again.Geometry)
		if f.Properties[0] != want[i] || !slices.Equal(f.Properties, again.Properties) {
			t.Errorf("%v, then %v, want %s", f.Properties, again.Properties, want[i])
		}
		i++
	}
	if i != len(want) {
		t.Errorf("%d features, want %d", i, len(want))
	}
}
