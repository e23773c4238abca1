package format_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/layers/format/xsdtest"
)

// validGML holds a file against the schema beside it, and that against the OGC's.
func validGML(t *testing.T, path string) {
	t.Helper()
	described, err := os.ReadFile(strings.TrimSuffix(path, ".gml") + ".xsd")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []*format.GML{format.GML32(), format.GML31(), format.GML2()} {
		if !bytes.Contains(described, []byte(g.Schema)) {
			continue
		}
		schema, namespace := strings.TrimPrefix(g.Schema, "http://schemas.opengis.net/"), g.Namespace
		if g.Version == "2.1.2" { // whose collections are those of WFS 1.0
			schema, namespace = "wfs/1.0.0/WFS-basic.xsd", "http://www.opengis.net/wfs"
		}
		xsdtest.New(t).Features(schema, namespace, described, file)
		return
	}
	t.Errorf("the schema of %s is of no version of GML", path)
}

// strange is a feature of values that XML stumbles over.
func strange() (*layers.Layer, *layers.Feature) {
	l := &layers.Layer{Name: "odd", GeometryType: "Point", SRID: 4490, Table: layers.Table{Geom: "geom"}, Properties: []layers.Property{
		{Name: "geom", Type: layers.String}, {Name: "Parcel No", Type: layers.Integer}, {Name: "2层", Type: layers.Number}, {Name: "day", Type: layers.Date},
		{Name: "j", Type: layers.JSON}, {Name: "inf", Type: layers.Number}, {Name: "none", Type: layers.String}, {Name: "m", Type: layers.Number}, {Name: "ok", Type: layers.Boolean},
	}}
	f := &layers.Feature{ID: "A/1 号", Geometry: geom.NewPointFlat(geom.XYZ, []float64{116.0899999999, 35.8, 40.25}), Properties: []any{
		"<a> & \"b\"\x00\x0b\r\n\xff\ufffe", int64(7), math.NaN(), "infinity", map[string]any{"a": "<"}, math.Inf(-1), nil, json.Number("1234567890.12"), true,
	}}
	return l, f
}

func TestGMLOfStrangeValues(t *testing.T) {
	t.Parallel()
	l, f := strange()
	w := format.NewGMLFeatures(format.GML32(), l, "urn:ogc:def:crs:EPSG::4490", format.Coordinates{Decimals: 9, YX: true})
	got := string(w.Append(nil, f))
	want := `<onemap:odd gml:id="odd.A_x002F_1_x0020_号">` +
		`<onemap:geom_><gml:Point gml:id="odd.A_x002F_1_x0020_号.g" srsName="urn:ogc:def:crs:EPSG::4490" srsDimension="3"><gml:pos>35.8 116.09 40.25</gml:pos></gml:Point></onemap:geom_>` +
		"<onemap:geom>&lt;a&gt; &amp; &#34;b&#34;&#13;\n\ufffd</onemap:geom><onemap:Parcel_x0020_No>7</onemap:Parcel_x0020_No><onemap:_x0032_层>NaN</onemap:_x0032_层>" +
		`<onemap:j>{&#34;a&#34;:&#34;\u003c&#34;}</onemap:j><onemap:inf>-INF</onemap:inf><onemap:m>1234567890.12</onemap:m><onemap:ok>true</onemap:ok></onemap:odd>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	w = format.NewGMLFeatures(format.GML2(), l, "EPSG:4490", format.Coordinates{Decimals: 9})
	got = string(w.Append(nil, f))
	if !strings.Contains(got, `fid="odd.A_x002F_1_x0020_号"><onemap:geom_><gml:Point srsName="EPSG:4490"><gml:coordinates>116.09,35.8,40.25</gml:coordinates></gml:Point>`) {
		t.Errorf("GML 2: %s", got)
	}
}

// A feature without an id still has one in the document, each another.
func TestGMLOfFeaturesWithoutIDs(t *testing.T) {
	t.Parallel()
	w := format.NewGMLFeatures(format.GML32(), &layers.Layer{Name: "v"}, "", format.Coordinates{})
	got := string(w.Append(w.Append(nil, &layers.Feature{}), &layers.Feature{}))
	if want := `<onemap:v gml:id="v._1"></onemap:v><onemap:v gml:id="v._2"></onemap:v>`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Writing takes no memory: what a feature needs is in the writer.
func TestGMLDoesNotAllocate(t *testing.T) {
	l, f := strange()
	f.ID, l.Properties, f.Properties = "17", l.Properties[:2], f.Properties[:2]
	f.Geometry = geom.NewPolygonFlat(geom.XY, []float64{116, 35, 116, 36, 117, 36, 116, 35}, []int{8})
	w := format.NewGMLFeatures(format.GML32(), l, "urn:ogc:def:crs:EPSG::4490", format.Coordinates{Decimals: 9})
	b := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() { b = w.Append(b[:0], f) }); n > 0 {
		t.Errorf("%v allocations for each feature", n)
	}
}
