package tiles_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"onemap/layers"
	"onemap/tiles"
)

func styled(name, geometry string, s layers.Style, properties ...layers.Property) *layers.Layer {
	return &layers.Layer{Name: name, GeometryType: geometry, Style: s, Properties: properties, Drawing: layers.Drawing{MinZoom: 8}}
}

func code(name, scheme string) layers.Property {
	return layers.Property{Name: name, Scheme: scheme, Type: layers.String}
}

var codeLists = map[string][]layers.Code{
	"dlbm": {
		{Code: "01", Colour: "#FCEA9E"}, {Code: "0102", Parent: "01"}, {Code: "0701", Colour: "#E56766"},
		{Code: "round", Parent: "about"}, {Code: "about", Parent: "round"}, // a list that bites its tail
	},
	"pipe_class":     {{Code: "JS", Colour: "#0097B8"}, {Code: "GY", Colour: "#333333"}},
	"ps_kind":        {{Code: "WS", Colour: "#5F4326"}, {Code: "HS", Colour: "#7A5C3A"}},
	"facility_class": {{Code: "school", Colour: "#2F6FB5"}},
}

// county has one layer of every kind.
func county() []*layers.Layer {
	return []*layers.Layer{
		styled("place_name", "Point", layers.Style{Kind: "label", Order: 100, Label: "name"}, code("class", "place_class")),
		styled("facility", "Point", layers.Style{Kind: "icon", Order: 90, By: "class", Label: "name"}, code("class", "facility_class")),
		styled("manhole", "Point", layers.Style{Kind: "circle", Order: 62, By: "type"}, code("type", "ps_kind")),
		styled("sewer", "MultiLineString", layers.Style{Kind: "pipe", Order: 60, By: "type", Width: "psize", Flow: "flow"}, code("type", "ps_kind")),
		styled("pipe", "MultiLineString", layers.Style{Kind: "pipe", Order: 60, By: "class"}, code("class", "pipe_class")),
		styled("road", "MultiLineString", layers.Style{Kind: "line", Order: 50, By: "class", Label: "name"}, code("class", "road_class")),
		styled("building", "MultiPolygon", layers.Style{Kind: "building", Order: 40}),
		styled("yjjbntbhtb", "MultiPolygon", layers.Style{Kind: "fill", Order: 30, Colour: "#E7B70E", Opacity: "0.22", Outline: "#9A7400"}),
		styled("stbhhx", "MultiPolygon", layers.Style{Kind: "hatch", Order: 31, Colour: "#2F7D4F", Outline: "#2F7D4F"}),
		styled("czkfbj", "MultiPolygon", layers.Style{Kind: "line", Order: 70, Colour: "#C8372D", Label: "name"}),
		styled("dltb", "MultiPolygon", layers.Style{Kind: "fill", Order: 10, By: "dlbm", Label: "dlmc"}, code("dlbm", "dlbm")),
		styled("xzq_county", "MultiPolygon", layers.Style{Kind: "line", Order: 80}),
		styled("register", "", layers.Style{Kind: "fill"}),
		styled("hidden", "Point", layers.Style{Kind: "none"}),
	}
}

type drawnLayer struct {
	ID, Type    string
	Source      string
	SourceLayer string `json:"source-layer"`
	MinZoom     int
	Paint       map[string]any
	Layout      map[string]any
	Filter      []any
	Metadata    struct {
		Layer  string `json:"onemap:layer"`
		Legend bool   `json:"onemap:legend"`
	}
}

type document struct {
	Version int
	Sources map[string]map[string]any
	Layers  []drawnLayer
}

func draw(t *testing.T, theme string) document {
	t.Helper()
	return drawAll(t, county(), theme)
}

func drawAll(t *testing.T, ls []*layers.Layer, theme string) document {
	t.Helper()
	body, err := json.Marshal(tiles.StyleDocument(ls, func(s string) []layers.Code { return codeLists[s] }, tiles.StyleOptions{Theme: theme, Base: "http://map"}))
	if err != nil {
		t.Fatal(err)
	}
	var doc document
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func (d document) layer(t *testing.T, id string) drawnLayer {
	t.Helper()
	for _, l := range d.Layers {
		if l.ID == id {
			return l
		}
	}
	t.Fatalf("no style layer %q", id)
	return drawnLayer{}
}

func TestStyleDrawsEveryKindFromItsOwnSource(t *testing.T) {
	t.Parallel()
	doc := draw(t, "light")
	if doc.Version != 8 || len(doc.Sources) != 12 {
		t.Errorf("version %d with %d sources, want 8 with 12: a layer without geometry or of kind none has none", doc.Version, len(doc.Sources))
	}
	if got := doc.Sources["dltb"]["tiles"].([]any)[0]; got != "http://map/tiles/dltb/{z}/{x}/{y}.mvt" {
		t.Errorf("tiles of dltb at %v", got)
	}
	legends := map[string]int{}
	ids := map[string]bool{}
	for _, l := range doc.Layers[1:] {
		if ids[l.ID] {
			t.Errorf("%s twice", l.ID)
		}
		ids[l.ID] = true
		if l.Source != l.Metadata.Layer || doc.Sources[l.Source] == nil {
			t.Errorf("%s draws source %q for layer %q", l.ID, l.Source, l.Metadata.Layer)
		}
		if l.Metadata.Legend {
			legends[l.Metadata.Layer]++
		}
	}
	for name := range doc.Sources {
		if legends[name] != 1 {
			t.Errorf("%s has %d legends, want 1", name, legends[name])
		}
	}
}

func TestStyleKeepsTheDrawingOrder(t *testing.T) {
	t.Parallel()
	doc := draw(t, "light")
	at := func(id string) int {
		return slices.IndexFunc(doc.Layers, func(l drawnLayer) bool { return l.ID == id })
	}
	order := []string{
		"ground", "xzq_county:ground", "dltb:fill", "dltb:edge", "yjjbntbhtb:fill", "stbhhx:fill", "building:fill", "road:case", "road:line",
		"sewer:line", "czkfbj:line", "yjjbntbhtb:edge", "xzq_county:edge", "facility:icon", "road:label", "place_name:label",
	}
	for i := 1; i < len(order); i++ {
		if at(order[i-1]) < 0 || at(order[i-1]) >= at(order[i]) {
			t.Errorf("%s (%d) is not under %s (%d)", order[i-1], at(order[i-1]), order[i], at(order[i]))
		}
	}
}

func TestStyleOfTheThreeControlLines(t *testing.T) {
	t.Parallel()
	doc := draw(t, "light")
	farmland := doc.layer(t, "yjjbntbhtb:fill").Paint
	if farmland["fill-color"] != "#E7B70E" || farmland["fill-opacity"] != 0.22 {
		t.Errorf("permanent basic farmland is %v", farmland)
	}
	if c := doc.layer(t, "yjjbntbhtb:edge").Paint["line-color"]; c != "#9A7400" {
		t.Errorf("its line is %v", c)
	}
	if p := doc.layer(t, "stbhhx:fill").Paint["fill-pattern"]; p != "hatch-2F7D4F" {
		t.Errorf("the ecological red line is filled with %v", p)
	}
	urban := doc.layer(t, "czkfbj:line").Paint
	if dash, _ := json.Marshal(urban["line-dasharray"]); urban["line-color"] != "#C8372D" || string(dash) != "[4,1.5]" {
		t.Errorf("the urban boundary is %v dashed %s", urban["line-color"], dash)
	}
}

func TestStyleSoftensLandInBothThemes(t *testing.T) {
	t.Parallel()
	for theme, want := range map[string]string{"light": "#FDF3CA", "dark": "#65634C"} {
		fill := draw(t, theme).layer(t, "dltb:fill").Paint["fill-color"].([]any)
		at := slices.Index(fill, any("0102"))
		if at < 0 || fill[at+1] != want {
			t.Errorf("%s: irrigated land, whose colour is its parent's, is %v, want %s", theme, fill, want)
		}
	}
}

func TestStyleLabelsAreasFromPointsAndLinesAlongThem(t *testing.T) {
	t.Parallel()
	doc := draw(t, "light")
	if l := doc.layer(t, "dltb:label"); l.SourceLayer != "dltb_label" {
		t.Errorf("areas are labelled from %q", l.SourceLayer)
	}
	if l := doc.layer(t, "road:label"); l.SourceLayer != "road" || l.Layout["symbol-placement"] != "line" {
		t.Errorf("roads are labelled from %q, %v", l.SourceLayer, l.Layout["symbol-placement"])
	}
}

// passes reads a filter that steps by zoom and asks for one property.
func passes(t *testing.T, filter []any, zoom int, class string) bool {
	t.Helper()
	at := filter[2]
	for i := 3; i < len(filter) && filter[i].(float64) <= float64(zoom); i += 2 {
		at = filter[i+1]
	}
	match, ok := at.([]any)
	if !ok {
		return at.(bool)
	}
	if slices.Contains(match[2].([]any), any(class)) {
		return match[3].(bool)
	}
	return match[4].(bool)
}

func TestStyleNamesTheGreatFirstAndNotThePlaceOneIsIn(t *testing.T) {
	t.Parallel()
	doc := draw(t, "light")
	for _, c := range []struct {
		layer, class string
		from, until  int // the zooms that name it
	}{
		{"place_name", "county", 7, 13}, {"place_name", "town", 9, 16}, {"place_name", "village", 12, 20}, {"place_name", "of no class", 14, 20},
		{"road", "national", 12, 20}, {"road", "street_main", 13, 20}, {"road", "village", 15, 20}, {"road", "field", 16, 20}, {"road", "of no class", 14, 20},
	} {
		filter := doc.layer(t, c.layer+":label").Filter
		for zoom := 6; zoom <= 20; zoom++ {
			if want := c.from <= zoom && zoom <= c.until; passes(t, filter, zoom, c.class) != want {
				t.Errorf("%s %s at z%d: named %t, want %t", c.layer, c.class, zoom, !want, want)
			}
		}
	}
}

func TestStyleShowsFlowFromZoom17AndCombinedSewersDashed(t *testing.T) {
	t.Parallel()
	doc := draw(t, "light")
	if l := doc.layer(t, "sewer:flow"); l.MinZoom != 17 || !strings.HasPrefix(l.Layout["icon-image"].(string), "arrow-") {
		t.Errorf("flow from %d with %v", l.MinZoom, l.Layout["icon-image"])
	}
	if doc.layer(t, "sewer:line").Paint["line-dasharray"] == nil {
		t.Error("combined sewers are not told from others")
	}
	if doc.layer(t, "pipe:line").Paint["line-dasharray"] != nil {
		t.Error("pipes are dashed")
	}
}

func TestStyleOfADarkMapLiftsWhatWouldBeLost(t *testing.T) {
	t.Parallel()
	colour := draw(t, "dark").layer(t, "pipe:line").Paint["line-color"].([]any)
	if got := colour[slices.Index(colour, any("GY"))+1]; got == "#333333" {
		t.Error("industrial pipes are as dark as the ground")
	}
}

func TestStyleRoadsOfADarkMapAreBrighterThanLandAndNotAsBlueAsWater(t *testing.T) {
	t.Parallel()
	colours := draw(t, "dark").layer(t, "road:line").Paint["line-color"].([]any)
	for i := 3; i < len(colours); i += 2 {
		var r, g, b int
		if _, err := fmt.Sscanf(colours[i].(string), "#%02X%02X%02X", &r, &g, &b); err != nil {
			t.Fatal(colours[i], err)
		}
		if r+g+b < 0x65+0x63+0x4C || b > r {
			t.Errorf("%s is drawn %s", colours[i-1], colours[i])
		}
	}
}

func TestStyleWritesIntoClustersHowManyTheyAre(t *testing.T) {
	t.Parallel()
	tree := styled("tree", "Point", layers.Style{Kind: "circle", Order: 62})
	tree.Drawing.Rules = []layers.Rule{{MaxZoom: 11, Cluster: 24}}
	count := drawAll(t, []*layers.Layer{tree}, "light").layer(t, "tree:count")
	if count.Type != "symbol" || fmt.Sprint(count.Layout["text-field"]) != "[to-string [get count]]" || fmt.Sprint(count.Filter) != "[has count]" {
		t.Errorf("%+v", count)
	}
	if n := len(drawAll(t, []*layers.Layer{styled("tree", "Point", layers.Style{Kind: "circle"})}, "light").Layers); n != 2 {
		t.Errorf("points that are not clustered have %d layers, the ground among them; want 2", n)
	}
}
