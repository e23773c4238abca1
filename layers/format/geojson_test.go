package format_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/migrations/dbtest"
)

// PostGIS writes GeoJSON too: for every geometry both must write the same text.
func TestGeometryIsWrittenAsPostGISWritesIt(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	for _, wkt := range []string{
		"POINT(116.09 35.8)",
		"POINT Z (116.123456789 35.8 41.235)",
		"POINT EMPTY",
		"MULTIPOINT((116 35),(117 36))",
		"LINESTRING(116 35,117 36.5)",
		"LINESTRING M (116 35 1,117 36.5 2)",
		"LINESTRING ZM (116 35 1 9,117 36.5 2 9)",
		"MULTILINESTRING((116 35,117 36),(118 37,119 38,120 39))",
		"POLYGON((0 0,0 4,4 4,4 0,0 0),(1 1,2 1,2 2,1 2,1 1))",
		"POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 1,2 2,1 2,1 1))",
		"POLYGON EMPTY",
		"MULTIPOLYGON EMPTY",
		"MULTIPOLYGON(((0 0,0 4,4 4,4 0,0 0),(1 1,1 2,2 2,2 1,1 1)),((10 10,14 10,14 14,10 10)))",
		"MULTIPOLYGON Z (((116.1 35.8 40,116.1013 35.801 41,116.1012 35.8001 42,116.1 35.8 40)))",
		"GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4))",
	} {
		var wkb []byte
		var want string
		// ST_ForcePolygonCCW turns lines round too: only areas go through it.
		err := pool.QueryRow(t.Context(), `select g, ST_AsGeoJSON(case when ST_Dimension(g) = 2 then ST_ForcePolygonCCW(g) else g end, 7, 0)
			from ST_GeomFromText($1, 4490) g`, wkt).Scan(&wkb, &want)
		if err != nil {
			t.Fatalf("%s: %v", wkt, err)
		}
		g, err := ewkb.Unmarshal(wkb)
		if err != nil {
			t.Fatalf("%s: %v", wkt, err)
		}
		if got := string(format.AppendGeometry(nil, g, format.Degrees)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", wkt, got, want)
		}
	}
}

func TestPositionsAreWrittenAsTold(t *testing.T) {
	t.Parallel()
	p := geom.NewPointFlat(geom.XYZ, []float64{417743.27264, 3963733.36612, 41.5})
	for _, c := range []struct {
		how  format.Coordinates
		want string
	}{
		{format.Coordinates{Decimals: 4}, `{"type":"Point","coordinates":[417743.2726,3963733.3661,41.5]}`},
		{format.Coordinates{Decimals: 4, YX: true}, `{"type":"Point","coordinates":[3963733.3661,417743.2726,41.5]}`},
		{format.Coordinates{Decimals: 1}, `{"type":"Point","coordinates":[417743.3,3963733.4,41.5]}`},
		{format.Coordinates{}, `{"type":"Point","coordinates":[417743,3963733,42]}`},
	} {
		if got := string(format.AppendGeometry(nil, p, c.how)); got != c.want {
			t.Errorf("%+v: %s, want %s", c.how, got, c.want)
		}
	}
}

func TestFeatureKeepsEveryKindOfValue(t *testing.T) {
	t.Parallel()
	values := map[string]any{
		"text": "梁山\"\\\n<b>\u2028", "broken": "\xc1\xba", "empty": "", "zero": "0101", "whole": int64(math.MaxInt64), "decimal": 0.1,
		"tiny": 1e-12, "huge": 1e300, "nan": math.NaN(), "exact": json.Number("12345678901234567890.25"), "yes": true, "none": nil,
		"json": map[string]any{"a": []any{1.5, "b"}},
	}
	l := &layers.Layer{}
	f := layers.Feature{ID: "42"}
	for name, v := range values {
		l.Properties = append(l.Properties, layers.Property{Name: name})
		f.Properties = append(f.Properties, v)
	}
	raw := format.AppendGeoJSON(nil, l, f, format.Degrees)
	var got struct {
		Type, ID   string
		Geometry   any
		Properties map[string]any
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	if got.Type != "Feature" || got.ID != "42" || got.Geometry != nil {
		t.Errorf("type %q, id %q, geometry %v", got.Type, got.ID, got.Geometry)
	}
	want := map[string]any{}
	for name, v := range values {
		want[name] = v
	}
	want["broken"], want["nan"] = "\ufffd\ufffd", nil
	want["whole"], want["exact"] = float64(math.MaxInt64), 12345678901234567890.25
	if d := cmp.Diff(want, got.Properties); d != "" {
		t.Error(d)
	}
}

func BenchmarkAppendGeoJSON(b *testing.B) {
	ring := make([]float64, 0, 202)
	for i := range 101 {
		a := float64(i) / 100 * 2 * math.Pi
		ring = append(ring, 116+math.Cos(a)/100, 35.8+math.Sin(a)/100)
	}
	f := layers.Feature{ID: "1", Geometry: geom.NewMultiPolygonFlat(geom.XY, ring, [][]int{{len(ring)}}), Properties: []any{"0102", "水浇地", 1234.5}}
	l := &layers.Layer{Properties: []layers.Property{{Name: "dlbm"}, {Name: "dlmc"}, {Name: "tbmj"}}}
	var buf []byte
	for b.Loop() {
		buf = format.AppendGeoJSON(buf[:0], l, f, format.Degrees)
	}
	b.SetBytes(int64(len(buf)))
}
