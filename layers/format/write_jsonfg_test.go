package format_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"onemap/layers"
	"onemap/layers/format"
)

// jsonFG is what is written of features in a system.
func jsonFG(t *testing.T, crs layers.CRS, fs ...layers.Feature) (string, error) {
	t.Helper()
	as, err := format.ForWriting("jsonfg", "")
	if err != nil {
		t.Fatal(err)
	}
	l := &layers.Layer{Name: "well", GeometryType: "MultiPoint", TimeField: "dug", Properties: []layers.Property{{Name: "no", Type: layers.String}, {Name: "dug", Type: layers.Date}}}
	var out strings.Builder
	w, err := as.Writing.Stream(&out, format.Sheet{Layer: l, CRS: crs})
	if err != nil {
		return "", err
	}
	for i := range fs {
		if err := w.Write(&fs[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), nil
}

func TestJSONFGSaysWhereAndWhen(t *testing.T) {
	at := func(x, y float64) geom.T { return geom.NewMultiPointFlat(geom.XY, []float64{x, y}) }
	degrees, err := jsonFG(t, layers.CRS{SRID: 4490, Authority: "EPSG", Code: 4490, Degrees: true},
		layers.Feature{ID: "甲", Geometry: at(116.1, 35.8), Properties: []any{"甲", "2021-03-05"}},
		layers.Feature{ID: "2", Properties: []any{nil, "2021-03-05T01:00:00+08:00"}},
		layers.Feature{ID: "3", Geometry: at(116, 35), Properties: []any{"丙", "infinity"}})
	if err != nil {
		t.Fatal(err)
	}
	const head = `"type":"FeatureCollection","conformsTo":["http://www.opengis.net/spec/json-fg-1/1.0/conf/core","http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas"],"featureType":"well","geometryDimension":0,`
	want := `{` + head + `"features":[
		{"type":"Feature","id":"甲","time":{"date":"2021-03-05"},"geometry":{"type":"MultiPoint","coordinates":[[116.1,35.8]]},"place":null,"properties":{"no":"甲","dug":"2021-03-05"}},
		{"type":"Feature","id":"2","time":{"timestamp":"2021-03-04T17:00:00Z"},"geometry":null,"place":null,"properties":{"no":null,"dug":"2021-03-05T01:00:00+08:00"}},
		{"type":"Feature","id":"3","time":null,"geometry":{"type":"MultiPoint","coordinates":[[116,35]]},"place":null,"properties":{"no":"丙","dug":"infinity"}}]}`
	sameJSON(t, degrees, want)

	// In EPSG:4548 north is first, in EPSG:3857 east.
	for code, place := range map[int]string{4548: "[3963000.5,419000.25]", 3857: "[419000.25,3963000.5]"} {
		plane, err := jsonFG(t, layers.CRS{SRID: code, Authority: "EPSG", Code: code}, layers.Feature{ID: "1", Geometry: at(419000.25, 3963000.5), Properties: []any{"甲", nil}})
		if err != nil {
			t.Fatal(err)
		}
		uri, _ := json.Marshal("http://www.opengis.net/def/crs/EPSG/0/" + map[int]string{4548: "4548", 3857: "3857"}[code])
		sameJSON(t, plane, `{`+head+`"coordRefSys":`+string(uri)+`,"features":[{"type":"Feature","id":"1","time":null,"geometry":null,"place":{"type":"MultiPoint","coordinates":[`+place+`]},"properties":{"no":"甲","dug":null}}]}`)
	}

	nothing, err := jsonFG(t, layers.CRS{SRID: 4490})
	if err != nil {
		t.Fatal(err)
	}
	sameJSON(t, nothing, `{`+head+`"features":[]}`)
	if _, err := jsonFG(t, layers.CRS{SRID: 900001, Name: "local grid"}); !errors.Is(err, layers.ErrInvalid) || !strings.Contains(err.Error(), "local grid") {
		t.Errorf("a system without a code: %v", err)
	}
}

// sameJSON compares two JSON texts.
func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal([]byte(got), &a); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatalf("%v in %s", err, want)
	}
	if diff := cmp.Diff(b, a); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
