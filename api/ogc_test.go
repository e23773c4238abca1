package api_test

import (
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

const typeOpenAPI = "application/vnd.oai.openapi+json;version=3.0"

// itemsFile is the address of a page of items that is neither GeoJSON nor to be read.
var itemsFile = regexp.MustCompile(`/items\?(.*&)?f=(csv|dxf|fgb|gdb|geojson.|gml|gpkg|kml|mif|shp|tab|boundary|xlsx)`)

func TestEveryLinkAnswersWithItsType(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	seen := map[string]bool{}
	queue := []string{w.server.URL + "/ogc"}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if seen[at] || len(seen) > 400 {
			continue
		}
		seen[at] = true
		r := w.get(at)
		if !strings.Contains(r.Header.Get("Content-Type"), "json") {
			continue
		}
		for _, l := range linksIn(r.json(t)) {
			if l["href"] == nil || l["rel"] == nil || l["type"] == nil {
				t.Errorf("%s: link without href, rel or type: %v", at, l)
				continue
			}
			href := l["href"].(string)
			if l["templated"] == true {
				continue // filled in by TestTilesAsTheSuiteAsks
			}
			if !strings.HasPrefix(href, w.server.URL+"/") {
				t.Errorf("%s: link %q is not absolute", at, href)
				continue
			}
			if l["rel"] == "enclosure" || itemsFile.MatchString(href) { // TestLayerIsExported and TestPagesOfItemsAsFiles read them
				if r := w.ask(http.MethodHead, href); r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), l["type"].(string)) {
					t.Errorf("%s: %s is %d %q, the link says %q", at, href, r.StatusCode, r.Header.Get("Content-Type"), l["type"])
				}
				continue
			}
			got := w.get(href, "Accept", l["type"].(string)).Header.Get("Content-Type")
			if media, _, _ := strings.Cut(got, "; charset"); media != l["type"] {
				t.Errorf("%s: %s is %q, the link says %q", at, href, got, l["type"])
			}
			queue = append(queue, href)
		}
	}
	if !seen[w.server.URL+"/ogc/collections/house"] {
		t.Errorf("the walk did not reach the collections: %v", seen)
	}
}

func linksIn(v any) []map[string]any {
	var out []map[string]any
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if list, ok := member.([]any); ok && name == "links" {
				for _, l := range list {
					out = append(out, l.(map[string]any))
				}
			} else if name != "paths" && name != "components" {
				out = append(out, linksIn(member)...)
			}
		}
	case []any:
		for _, member := range v {
			out = append(out, linksIn(member)...)
		}
	}
	return out
}

func TestLandingPageHasWhatClientsLookFor(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, path := range []string{"/ogc", "/ogc/"} {
		types := map[string]string{}
		for _, l := range linksIn(w.get(path, "Accept", "application/json").json(t)) {
			types[l["rel"].(string)] = l["type"].(string)
		}
		for rel, want := range map[string]string{"self": "application/json", "alternate": "text/html", "service-desc": typeOpenAPI, "service-doc": "text/html", "conformance": "application/json", "data": "application/json", relTilesets: "application/json", "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes": "application/json"} {
			if types[rel] != want {
				t.Errorf("%s: rel %s has type %q, want %q", path, rel, types[rel], want)
			}
		}
	}
	w.golden("landing.json.golden", w.get("/ogc").body)
	w.golden("conformance.json.golden", w.get("/ogc/conformance").body)
}

func TestCollectionIsTheSameListedAndAlone(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	list := w.get("/ogc/collections").json(t)["collections"].([]any)
	if len(list) != 8 {
		t.Fatalf("%d collections, want 8", len(list))
	}
	for _, entry := range list {
		c := entry.(map[string]any)
		alone := w.get("/ogc/collections/" + c["id"].(string)).json(t)
		for _, member := range []string{"id", "title", "description", "extent", "itemType", "crs", "storageCrs"} {
			if !reflect.DeepEqual(c[member], alone[member]) {
				t.Errorf("%s: %s is %v listed, %v alone", c["id"], member, c[member], alone[member])
			}
		}
		items := map[string]bool{}
		for _, l := range linksIn(alone) {
			if l["rel"] == "items" {
				items[l["type"].(string)] = true
			}
		}
		if !items["application/geo+json"] || !items["text/html"] {
			t.Errorf("%s: items links have types %v", c["id"], items)
		}
		page := linksIn(w.get("/ogc/collections/" + c["id"].(string) + "/items?f=json").json(t))
		for _, l := range page {
			if l["rel"] == "alternate" && !items[l["type"].(string)] {
				t.Errorf("%s: items are offered as %s, and no link leads there", c["id"], l["type"])
			}
		}
		if crs, ok := c["crs"].([]any); ok && (crs[0] != "http://www.opengis.net/def/crs/OGC/1.3/CRS84" || !slices.Contains(crs, c["storageCrs"])) {
			t.Errorf("%s: crs %v, storageCrs %v", c["id"], crs, c["storageCrs"])
		}
	}
	w.golden("house.json.golden", w.get("/ogc/collections/house").body)
	if e, ok := w.get("/ogc/collections/field").json(t)["extent"]; ok {
		t.Errorf("an empty layer has the extent %v", e)
	}
}

func TestDefinitionIsValidAndWhole(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	r := w.get("/ogc/api", "Accept", typeOpenAPI)
	if got := r.Header.Get("Content-Type"); got != typeOpenAPI {
		t.Errorf("Content-Type %q", got)
	}
	loader := openapi3.NewLoader() // refuses references that leave the document
	doc, err := loader.LoadFromData(r.body)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if doc.Servers[0].URL != w.server.URL+"/ogc" {
		t.Errorf("server %q", doc.Servers[0].URL)
	}
	items := doc.Paths.Value("/collections/house/items").Get
	for _, name := range []string{"limit", "bbox", "datetime", "crs", "bbox-crs", "cursor", "f", "use", "floors"} {
		p := items.Parameters.GetByInAndName("query", name)
		if p == nil || p.Required || p.Style != "form" || p.Explode == nil || *p.Explode || p.Schema == nil {
			t.Errorf("parameter %s is declared as %+v", name, p)
		}
	}
	limit := doc.Components.Parameters["limit"].Value.Schema.Value
	if *limit.Min != 1 || *limit.Max != 10000 || limit.Default != 10.0 {
		t.Errorf("limit: %v %v %v", *limit.Min, *limit.Max, limit.Default)
	}
	bbox := doc.Components.Parameters["bbox"].Value.Schema.Value
	if !bbox.Type.Is("array") || bbox.MinItems != 4 || *bbox.MaxItems != 6 || !bbox.Items.Value.Type.Is("number") {
		t.Errorf("bbox: %+v", bbox)
	}
	if doc.Paths.Value("/collections/house/items/{featureId}") == nil {
		t.Error("no path of an item")
	}
}

func TestFormatIsChosenByFAndAccept(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	browser := "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
	for _, c := range []struct {
		path, accept string
		status       int
		media        string
	}{
		{"/ogc", browser, 200, "text/html; charset=utf-8"},
		{"/ogc", "*/*", 200, "application/json"},
		{"/ogc", "text/*", 200, "text/html; charset=utf-8"},
		{"/ogc?f=json", browser, 200, "application/json"},
		{"/ogc?f=html", "application/json", 200, "text/html; charset=utf-8"},
		{"/ogc", "application/json;q=0.1,text/html;q=0.9", 200, "text/html; charset=utf-8"},
		{"/ogc", "application/json;q=0,*/*", 200, "text/html; charset=utf-8"},
		{"/ogc", "image/png", 406, "application/problem+json"},
		{"/ogc?f=xml", "*/*", 400, "application/problem+json"},
		{"/ogc/collections/house/items", "application/json", 200, "application/geo+json"},
		{"/ogc/collections/house/items", "application/geo+json", 200, "application/geo+json"},
		{"/ogc/collections/house/items/1", browser, 200, "text/html; charset=utf-8"},
		{"/ogc/api", "application/json", 200, typeOpenAPI},
		{"/ogc/collections/none", browser, 404, "text/html; charset=utf-8"},
	} {
		r := w.ask(http.MethodGet, c.path, "Accept", c.accept)
		if r.StatusCode != c.status || r.Header.Get("Content-Type") != c.media {
			t.Errorf("%s with %q: %d %s, want %d %s", c.path, c.accept, r.StatusCode, r.Header.Get("Content-Type"), c.status, c.media)
		}
		if !slices.ContainsFunc(r.Header.Values("Vary"), func(v string) bool { return v == "Accept" }) {
			t.Errorf("%s: Vary is %v", c.path, r.Header.Values("Vary"))
		}
	}
}

func TestPagesForPeopleStayOnTheMachine(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for path, says := range map[string]string{
		"/ogc?f=html": "图层", "/ogc/collections?f=html": "房屋", "/ogc/collections/house?f=html": "town_use", "/ogc/conformance?f=html": "features-1",
		"/ogc/collections/house/items?f=html": "住宅", "/ogc/collections/house/items/3?f=html": "乙&#34;1", "/ogc/collections/lane_name/items?f=html": "长街",
		"/ogc/api.html": "bbox-crs", "/ogc/collections/field/items?f=html": "没有符合条件的要素", "/ogc/collections/odd/items/1?f=html": "无 None",
		"/ogc/collections/odd/items?f=html": "bow tie", "/ogc/collections/odd/items/3?f=html": "GeometryCollection",
	} {
		r := w.get(path)
		if !strings.Contains(string(r.body), says) {
			t.Errorf("%s does not say %s:\n%s", path, says, r.body)
		}
		for _, part := range []string{` src="http`, "@import", "url(http", `<link rel="stylesheet"`, "<script"} {
			if strings.Contains(string(r.body), part) {
				t.Errorf("%s has %s", path, part)
			}
		}
		if r.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s has no policy", path)
		}
	}
}

func TestSchemasTellWhatCanBeAsked(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for path, want := range map[string]string{
		"house/schema":     "area built checked fid floors geom listed no use",
		"house/queryables": "area built checked floors geom listed no use",
		"house/sortables":  "area built checked floors listed no use",
	} {
		r := w.get("/ogc/collections/" + path)
		doc := r.json(t)
		properties := doc["properties"].(map[string]any)
		if got := strings.Join(slices.Sorted(maps.Keys(properties)), " "); got != want || r.Header.Get("Content-Type") != "application/schema+json" {
			t.Errorf("%s: %s of %s", path, got, r.Header.Get("Content-Type"))
		}
		if doc["$id"] != w.server.URL+"/ogc/collections/"+path || doc["additionalProperties"] != false || doc["type"] != "object" {
			t.Errorf("%s: %v", path, doc)
		}
		if geometry, ok := properties["geom"].(map[string]any); ok && (geometry["format"] != "geometry-multipolygon" || geometry["type"] != nil || geometry["$ref"] != nil) {
			t.Errorf("%s: geometry %v", path, geometry)
		}
		if w.get("/ogc/collections/" + path + "?profile=whatever&f=html"); properties["checked"].(map[string]any)["format"] != "date-time" {
			t.Errorf("%s: %v", path, properties["checked"])
		}
		for name := range properties { // what is listed can be asked
			query := "house/items?sortby=" + name
			if strings.HasSuffix(path, "queryables") {
				query = "house/items?filter=" + name + "%20IS%20NOT%20NULL"
			}
			if path != "house/schema" {
				w.get("/ogc/collections/" + query)
			}
		}
	}
	roles := map[string]string{}
	for name, p := range w.get("/ogc/collections/house/schema").json(t)["properties"].(map[string]any) {
		if role, ok := p.(map[string]any)["x-ogc-role"].(string); ok {
			roles[role] = name
		}
	}
	if want := map[string]string{"id": "fid", "primary-geometry": "geom", "primary-instant": "checked"}; !reflect.DeepEqual(roles, want) {
		t.Errorf("roles %v", roles)
	}
	if all := w.get("/ogc/queryables").json(t)["properties"].(map[string]any); len(all) != 0 {
		t.Errorf("what every layer has: %v", all)
	}
	functions := w.get("/ogc/functions").json(t)["functions"].([]any)
	if len(functions) < 10 {
		t.Errorf("functions %v", functions)
	}
}
