package api_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	relTilesets = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	relScheme   = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
)

// matrixSetFiles is where the OGC keeps schemas and definitions of tile matrix sets, seen from this folder.
const matrixSetFiles = "../../shared/data/6-conformance/tms/tms/2.0/json"

// linkOf is the first link of a relation; nil where there is none.
func linkOf(doc any, rel string) map[string]any {
	for _, l := range doc.(map[string]any)["links"].([]any) {
		if l := l.(map[string]any); l["rel"] == rel {
			return l
		}
	}
	return nil
}

// at fills in the address of a tile.
func at(template any, matrix any, row, column float64) string {
	return strings.NewReplacer("{tileMatrix}", fmt.Sprint(matrix), "{tileRow}", fmt.Sprint(int(row)), "{tileCol}", fmt.Sprint(int(column))).Replace(template.(string))
}

// What the executable test suite ogcapi-tiles-1.0 (version 1.2) asks of a server, class by class.
func TestTilesAsTheSuiteAsks(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	landing := w.get("/ogc", "Accept", "application/json").json(t)
	conforms := fmt.Sprint(w.get("/ogc/conformance").json(t)["conformsTo"])
	if !strings.Contains(conforms, "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core") {
		t.Errorf("conformance: %s", conforms)
	}
	lists := []string{linkOf(landing, relTilesets)["href"].(string)}
	for _, c := range w.get("/ogc/collections").json(t)["collections"].([]any) {
		l := linkOf(c, relTilesets)
		if (l == nil) != (c.(map[string]any)["id"] == "lane_name") { // it has no geometry
			t.Errorf("%v: link to tilesets %v", c.(map[string]any)["id"], l)
		}
		if l != nil {
			lists = append(lists, l["href"].(string))
		}
	}
	for _, list := range lists {
		if !strings.HasSuffix(list, "/tiles") {
			t.Errorf("a list of tilesets is at %s", list)
		}
		tilesets := w.get(list, "Accept", "application/json").json(t)["tilesets"].([]any)
		if len(tilesets) != 3 {
			t.Errorf("%s: %d tilesets", list, len(tilesets))
		}
		for _, one := range tilesets {
			w.listedTileset(t, list, one.(map[string]any))
		}
	}
	w.suiteCore(t)
	w.suiteDefinition(t, linkOf(landing, "service-desc"))
}

// listedTileset holds one entry of a list of tilesets.
func (w *town) listedTileset(t *testing.T, list string, one map[string]any) {
	if one["tileMatrixSetId"] == nil || one["tileMatrixSetURI"] == nil || one["dataType"] != "vector" || one["crs"] == nil {
		t.Errorf("%s: a tileset is %v", list, one)
	}
	self, item := linkOf(one, "self"), linkOf(one, "item")
	if self["type"] != "application/json" || item["templated"] != true || item["type"] != "application/vnd.mapbox-vector-tile" || !strings.HasPrefix(item["href"].(string), w.server.URL+"/ogc/") {
		t.Errorf("%s: links %v", list, one["links"])
	}
	if left := at(item["href"], "", 0, 0); strings.ContainsAny(left, "{}") {
		t.Errorf("%s: the address of a tile wants more than matrix, row and column: %s", list, item["href"])
	}
	limits := one["tileMatrixSetLimits"].([]any)
	first := limits[0].(map[string]any)
	row, column := first["maxTileRow"].(float64), first["minTileCol"].(float64)
	if r := w.ask(http.MethodGet, at(item["href"], first["tileMatrix"], row, column)); r.StatusCode != 200 && r.StatusCode != 204 {
		t.Errorf("%s: tile in the limits: %d\n%s", list, r.StatusCode, r.body)
	}
	for _, limit := range limits { // the suite asks the first alone
		limit := limit.(map[string]any)
		for _, outside := range [][2]float64{{limit["maxTileRow"].(float64) + 1, column}, {row, limit["maxTileCol"].(float64) + 1}} {
			if r := w.ask(http.MethodGet, at(item["href"], limit["tileMatrix"], outside[0], outside[1])); r.StatusCode != 404 {
				t.Errorf("%s: tile %v outside the limits %v: %d", list, outside, limit, r.StatusCode)
			}
		}
	}
}

// suiteCore is the class core, which knows a template and a range of tiles that have data: each is exactly 200.
func (w *town) suiteCore(t *testing.T) {
	const template = "/ogc/collections/house/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"
	for row := 6444.0; row <= 6445; row++ {
		w.get(at(template, 14, row, 13475))
	}
	for _, far := range []string{"2147483647", "2147483648", "9223372036854775808", "99999999999999999999999"} {
		for _, path := range []string{"14/" + far + "/13475", "14/6444/" + far, far + "/0/0"} {
			if r := w.ask(http.MethodGet, "/ogc/collections/house/tiles/WebMercatorQuad/"+path); r.StatusCode != 404 {
				t.Errorf("tile %s: %d", path, r.StatusCode)
			}
		}
	}
}

// suiteDefinition is the class oas30.
func (w *town) suiteDefinition(t *testing.T, desc map[string]any) {
	if desc["type"] != typeOpenAPI {
		t.Errorf("service-desc has type %q", desc["type"])
	}
	doc, err := openapi3.NewLoader().LoadFromData(w.get(desc["href"].(string), "Accept", typeOpenAPI).body)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	ids := map[string]int{}
	for _, path := range doc.Paths.Map() {
		ids[path.Get.OperationID]++
	}
	for _, of := range []string{"onemap.dataset", "house.collection", "odd.collection"} {
		for _, what := range []string{"getTileSetsList", "getTileSet", "getTile"} {
			if id := of + ".vector." + what; ids[id] != 1 {
				t.Errorf("operation %s is there %d times", id, ids[id])
			}
		}
	}
	if ids["lane_name.collection.vector.getTile"] != 0 {
		t.Error("a layer without geometry has tiles")
	}
	tile := doc.Paths.Value("/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}").Get
	for _, name := range []string{"collections", "filter", "filter-lang", "properties", "as-of", "f"} {
		if tile.Parameters.GetByInAndName("query", name) == nil {
			t.Errorf("the definition does not know the parameter %s", name)
		}
	}
}

// schema is one of the OGC's schemas of tile matrix sets.
func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	if _, err := os.Stat(matrixSetFiles); err != nil {
		t.Skip("no schemas of tile matrix sets here: ", err)
	}
	path, err := filepath.Abs(filepath.Join(matrixSetFiles, name))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler() // reads files, never the web
	c.DefaultDraft(jsonschema.Draft2019)
	s, err := c.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTilesetsAndMatrixSetsAreValidByTheirSchemas(t *testing.T) {
	t.Parallel()
	tileset, matrixSet := schema(t, "tileSet.json"), schema(t, "tileMatrixSet.json")
	w := newTown(t, shifted)
	for _, id := range []string{"WebMercatorQuad", "WorldCRS84Quad", "CGCS2000Quad", "WebMercatorQuadGCJ02"} {
		for path, s := range map[string]*jsonschema.Schema{
			"/ogc/tileMatrixSets/" + id: matrixSet, "/ogc/tiles/" + id: tileset, "/ogc/tiles/" + id + "?collections=house,odd": tileset,
			"/ogc/collections/house/tiles/" + id: tileset, "/ogc/collections/field/tiles/" + id: tileset,
		} {
			if err := s.Validate(any(w.get(path).json(t))); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	for _, one := range w.get("/ogc/tiles").json(t)["tilesets"].([]any) {
		if err := tileset.Validate(one); err != nil {
			t.Errorf("listed: %v", err)
		}
	}
	for _, id := range []string{"WebMercatorQuad", "WorldCRS84Quad"} {
		body, err := os.ReadFile(filepath.Join(matrixSetFiles, "examples/tilematrixset", id+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]any
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatal(err)
		}
		sameMatrixSet(t, id, w.get("/ogc/tileMatrixSets/"+id).json(t), want)
	}
}

// sameMatrixSet compares a set with its published definition, numbers to a part in 10⁹.
func sameMatrixSet(t *testing.T, id string, got, want map[string]any) {
	for _, member := range []string{"id", "uri", "crs", "orderedAxes", "wellKnownScaleSet"} {
		if fmt.Sprint(got[member]) != fmt.Sprint(want[member]) {
			t.Errorf("%s: %s is %v, published %v", id, member, got[member], want[member])
		}
	}
	ours, theirs := got["tileMatrices"].([]any), want["tileMatrices"].([]any)
	if len(ours) != len(theirs) {
		t.Fatalf("%s: %d matrices, published %d", id, len(ours), len(theirs))
	}
	near := func(a, b any) bool {
		x, y := a.(float64), b.(float64)
		return math.Abs(x-y) <= 1e-9*math.Abs(y)
	}
	for i := range theirs {
		a, b := ours[i].(map[string]any), theirs[i].(map[string]any)
		for _, member := range []string{"scaleDenominator", "cellSize", "tileWidth", "tileHeight", "matrixWidth", "matrixHeight"} {
			if !near(a[member], b[member]) {
				t.Errorf("%s %v: %s is %v, published %v", id, a["id"], member, a[member], b[member])
			}
		}
		p, q := a["pointOfOrigin"].([]any), b["pointOfOrigin"].([]any)
		if a["id"] != b["id"] || !near(p[0], q[0]) || !near(p[1], q[1]) {
			t.Errorf("%s: %v at %v, published %v at %v", id, a["id"], p, b["id"], q)
		}
	}
}

func TestTilesetSaysWhatItIsOf(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.golden("house.tileset.json.golden", w.get("/ogc/collections/house/tiles/CGCS2000Quad").body)
	doc := w.get("/ogc/tiles/WebMercatorQuad?collections=well,house&properties=floors&filter=no%20%3C%3E%20%27x%27").json(t)
	item, scheme := linkOf(doc, "item")["href"].(string), linkOf(doc, relScheme)["href"].(string)
	if !strings.HasSuffix(item, "?collections=well%2Chouse&filter=no+%3C%3E+%27x%27&properties=floors") || scheme != w.server.URL+"/ogc/tileMatrixSets/WebMercatorQuad" {
		t.Errorf("tiles at %s by %s", item, scheme)
	}
}

func TestOGCTilesAnswer(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	const house, all = "/ogc/collections/house/tiles", "/ogc/tiles"
	for path, want := range map[string]int{
		house + "/WebMercatorQuad/14/6444/13475": 200, house + "/WebMercatorQuad/14/13475/6444": 404, house + "/WorldCRS84Quad/13/2466/13475": 200,
		house + "/CGCS2000Quad/14/2466/13475": 200, house + "/CGCS2000Quad/0/0/0": 404, house + "/WebMercatorQuad/14/6444/13475?f=mvt": 200, house + "/WebMercatorQuad/14/6444/13475?f=png": 400,
		house + "/none": 404, house + "/none/0/0/0": 404, house + "/WebMercatorQuadGCJ02": 404, "/ogc/tileMatrixSets/none": 404, "/ogc/tileMatrixSets/WebMercatorQuadGCJ02": 404,
		house + "/WebMercatorQuad/x/0/0": 400, house + "/WebMercatorQuad/14/-1/0": 400, house + "/WebMercatorQuad/14/1e3/0": 400, house + "/WebMercatorQuad/25/0/0": 404,
		house + "?collections=lane": 400, house + "?filter=floors%20%3E": 400, house + "?filter=none%20%3D%201": 400, house + "?properties=none": 400, house + "?as-of=tomorrow": 400, house + "?filter-lang=cql2-json&filter=%7B%7D": 400,
		house + "/WebMercatorQuad/14/6444/13475?filter=floors%20%3D%2099": 200, house + "/WebMercatorQuad/14/6444/13475?properties=floors,no": 200, house + "/WebMercatorQuad/14/6444/13475?as-of=1": 200,
		all + "/WebMercatorQuad/14/6444/13475": 200, all + "/WebMercatorQuad/14/6444/13475?collections=house,lane": 200, all + "/WebMercatorQuad/14/6444/13475?collections=none": 404,
		all + "/WebMercatorQuad/14/6444/13475?collections=house,house": 400, all + "/WebMercatorQuad/14/6444/13475?collections=": 400, all + "/WebMercatorQuad/14/6444/13475?collections=lane_name": 400,
		all + "?collections=" + w.server.URL + "/ogc/collections/house": 200, all + "/CGCS2000Quad": 200,
		"/ogc/collections/lane_name/tiles": 404, "/ogc/collections/none/tiles": 404, "/ogc/collections/none/tiles/WebMercatorQuad/0/0/0": 404,
		"/tiles/CGCS2000Quad/house/14/13475/2466.mvt": 200, "/tiles/CGCS2000Quad/house.json": 200, "/tiles/none/house.json": 404, "/tiles/none/house/0/0/0.mvt": 404,
		"/tiles/house.json?properties=none": 400, "/tiles/house.json?filter=floors%20%3E%201": 200,
	} {
		r := w.ask(http.MethodGet, path)
		if r.StatusCode != want {
			t.Errorf("%s: %d, want %d\n%s", path, r.StatusCode, want, r.body)
		}
		if media := r.Header.Get("Content-Type"); want >= 400 && (media != "application/problem+json" || r.json(t)["detail"] == "") {
			t.Errorf("%s: %s %s", path, media, r.body)
		}
	}
	for path, want := range map[string]string{
		"/ogc/tiles": "CGCS2000Quad", "/ogc/tileMatrixSets": "天地图", "/ogc/tileMatrixSets/CGCS2000Quad": "0.703125", house + "/CGCS2000Quad": "{tileMatrix}/{tileRow}/{tileCol}", house: "WorldCRS84Quad",
	} {
		r := w.get(path, "Accept", "text/html")
		if body := string(r.body); !strings.Contains(body, want) || !strings.Contains(body, "<h1>") || strings.Contains(body, "ZgotmplZ") {
			t.Errorf("the page of %s does not say %s:\n%s", path, want, body)
		}
	}
}
