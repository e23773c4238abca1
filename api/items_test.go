package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"onemap/api"
	"onemap/layers"
)

const epsg = "http://www.opengis.net/def/crs/EPSG/0/"

// ids asks for items and returns their ids, and the document.
func (w *town) ids(path string) ([]string, map[string]any) {
	w.Helper()
	doc := w.get(path).json(w)
	ids := []string{}
	for _, f := range doc["features"].([]any) {
		id, _ := f.(map[string]any)["id"].(string)
		ids = append(ids, id)
	}
	if int(doc["numberReturned"].(float64)) != len(ids) {
		w.Errorf("%s: numberReturned is %v of %d", path, doc["numberReturned"], len(ids))
	}
	return ids, doc
}

func TestItemsAreTheRows(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.golden("house-items.json.golden", w.get("/ogc/collections/house/items").body)
	w.golden("well-items.json.golden", w.get("/ogc/collections/well/items?limit=2").body)
	w.golden("odd-items.json.golden", w.get("/ogc/collections/odd/items").body)
	w.golden("old-parcel-items.json.golden", w.get("/ogc/collections/old_parcel/items").body)
	w.golden("lane-name-items.json.golden", w.get("/ogc/collections/lane_name/items").body)
	w.golden("house-item.json.golden", w.get("/ogc/collections/house/items/1").body)
}

func TestParametersSelect(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, c := range []struct {
		query string
		want  string
	}{
		{"house/items", "1 2 3"},
		{"house/items?use=01", "1 2"},
		{"house/items?use=01&floors=3", "2"},
		{"house/items?floors=2", "1"},
		{"house/items?area=120.5", "1"},
		{"house/items?listed=true", "1"},
		{"house/items?built=2004-09-30", "2"},
		{"house/items?no=" + url.QueryEscape(`乙"1`), "3"},
		{"house/items?no=" + url.QueryEscape(`' or true --`), ""},
		{"house/items?filter=" + url.QueryEscape("floors > 2 or use = '02'"), "2 3"},
		{"house/items?filter=floors%3E2&use=01&filter-lang=cql2-text&filter-crs=" + epsg + "4490", "2"},
		{"house/items?filter-lang=cql2-json&filter=" + url.QueryEscape(`{"op":"or","args":[{"op":">","args":[{"property":"floors"},2]},{"op":"=","args":[{"property":"use"},"02"]}]}`), "2 3"},
		{"house/items?filter=" + url.QueryEscape("S_INTERSECTS(geom, BBOX(116.09, 35.80, 116.095, 35.805))"), "1 2"},
		{"house/items?filter=" + url.QueryEscape("S_INTERSECTS(geometry, BBOX(35.80, 116.09, 35.805, 116.095))") + "&filter-crs=" + epsg + "4490", "1 2"},
		{"house/items?ids=3,1,9,x", "1 3"},
		{"house/items?ids=", ""},
		{"house/items?ids=2,3&use=01", "2"},
		{"station/items?ids=A/1%20%E5%8F%B7", "A/1 号"},
		{"house/items?sortby=-no", "2 1 3"}, // 甲 has the greater code point
		{"house/items?sortby=use,-floors", "2 1 3"},
		{"house/items?sortby=%2Bfloors", "1 2 3"},
		{"house/items?sortby=+floors", "1 2 3"},
		{"house/items?sortby=-floors", "2 1 3"},
		{"house/items?sortby=-fid", "3 2 1"},
		{"house/items?bbox=116.09,35.80,116.095,35.805", "1 2"},
		{"house/items?bbox=116.0900,35.8000,116.0900,35.8000", "1"}, // a point, on the corner
		{"house/items?bbox=116.09,35.80,-50,116.095,35.805,50", "1 2"},
		{"house/items?bbox=1.16095e%2B2,35.8,116.2,35.9", "3"},
		{"house/items?bbox=-180.0000000,-90.0000000,180.0000000,90.0000000", "1 2 3"},
		{"house/items?bbox=177.0000000,65.0000000,-177.0000000,70.0000000", ""},
		{"house/items?bbox=-1.5000000,-.5000000,.5000000,53.0000000", ""},
		{"house/items?bbox=-180.0000000,85.0000000,180.0000000,90.0000000", ""},
		{"house/items?bbox=116,35,117,36&bbox=0,0,1,1", ""}, // the last one counts
		{"odd/items?bbox=177,65,-177,70", "1 6"},            // what has no geometry matches everywhere
		{"odd/items?bbox=116.0,35.7,116.2,35.9", "1 3 4"},
		{"house/items?bbox=35.80,116.09,35.805,116.095&bbox-crs=" + epsg + "4490", "1 2"},
		{"house/items?bbox=35.80,116.09,35.805,116.095&bbox-crs=" + epsg + "4326", "1 2"},
		{"house/items?bbox=35.80,116.09,35.805,116.095&bbox-crs=urn:ogc:def:crs:EPSG::4326", "1 2"},
		{"house/items?bbox=3963700,417700,3964200,418300&bbox-crs=" + epsg + "4548", "1 2"},
		{"house/items?bbox=12923000,4273100,12923700,4273700&bbox-crs=" + epsg + "3857", "1 2"},
		{"house/items?bbox=116.09,35.80,116.095,35.805&crs=" + epsg + "3857", "1 2"}, // bbox stays CRS84
		{"house/items?datetime=2026-03-01", "1 2"},                                   // 00:30 in Shanghai; what has no time matches
		{"house/items?datetime=2026-02-28T16:30:00Z", "1 2"},
		{"house/items?datetime=2026-03-01T00:30:00%2B08:00", "1 2"},
		{"house/items?datetime=2026-03-01T00:30:00+08:00", "1 2"}, // a + that was not encoded
		{"house/items?datetime=2026-03-02/..", "2 3"},
		{"house/items?datetime=/2026-03-01T12:00:00Z", "1 2"},
		{"house/items?datetime=../..", "1 2 3"},
		{"house/items?datetime=0000-01-01T00:00:00Z/9999-12-31T00:00:00Z", "1 2 3"},
		{"house/items?datetime=2026-03-02T", "2 3"},
		{"well/items?datetime=2001-01-01", "1 2 3 4 5 6 7 8 9 10"}, // a layer without time
		{"old_parcel/items?bbox=116.09,35.80,116.2,35.9", "7"},
		{"station/items?bbox=116.0899,35.7999,116.0901,35.8001", "A/1 号"},
	} {
		ids, doc := w.ids("/ogc/collections/" + c.query)
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.query, got, c.want)
		}
		if matched := int(doc["numberMatched"].(float64)); matched < len(ids) || matched > len(ids) && len(ids) < 10 {
			t.Errorf("%s: numberMatched %d of %d", c.query, matched, len(ids))
		}
		if _, err := time.Parse(time.RFC3339, doc["timeStamp"].(string)); err != nil {
			t.Errorf("%s: %v", c.query, err)
		}
	}
}

func TestBadParametersAreRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for path, says := range map[string]string{
		"house/items?unknown=1":                                             `unknown parameter \"unknown\"`,
		"house/items?Limit=1":                                               "unknown parameter",
		"house/items?limit=0":                                               "limit",
		"house/items?limit=-1":                                              "limit",
		"house/items?limit=unlimited":                                       "limit",
		"house/items?limit=1.5":                                             "limit",
		"house/items?limit=":                                                "limit",
		"house/items?bbox=1,2,3":                                            "3 numbers",
		"house/items?bbox=1,2,3,4,5":                                        "5 numbers",
		"house/items?bbox=":                                                 "bbox",
		"house/items?bbox=a,2,3,4":                                          "not a number",
		"house/items?bbox=NaN,2,3,4":                                        "not a number",
		"house/items?bbox=1,2,Inf,4":                                        "not a number",
		"house/items?bbox=0x1,2,3,4":                                        "not a number",
		"house/items?bbox=1,5,3,4":                                          "south",
		"house/items?bbox=1,2,9,3,4,5":                                      "height",
		"house/items?bbox=5,1,1,2&bbox-crs=" + epsg + "3857":                "west",
		"house/items?crs=http://www.opengis.net/def/crs/0/unsupported":      "not offered",
		"house/items?bbox-crs=http://www.opengis.net/def/crs/0/unsupported": "not offered",
		"house/items/1?crs=" + epsg + "2000":                                "not offered",
		"house/items?datetime=yesterday":                                    "datetime",
		"house/items?datetime=":                                             "datetime",
		"house/items?datetime=2026-03-02/2026-03-01":                        "ends before",
		"house/items?datetime=2026-13-01":                                   "datetime",
		"house/items?floors=two":                                            "does not fit",
		"house/items?listed=perhaps":                                        "does not fit",
		"house/items?filter=floors%20%3E":                                   "filter",
		"house/items?filter=storeys%3D1":                                    "storeys",
		"house/items?filter-lang=sql":                                       "filter-lang",
		"house/items?filter-lang=cql2-json&filter=floors%3D1":               "no JSON",
		"house/items?filter=S_WITHIN(geom,POINT(90+180))":                   "not on the Earth",
		"house/items?filter=floors%3D1&filter-crs=" + epsg + "2000":         "not offered",
		"house/items?sortby=colour":                                         "sort by",
		"house/items?sortby=":                                               "sort by",
		"house/items?properties=colour":                                     "no property",
		"house/items/1?properties=colour":                                   "no property",
		"house/items?skipGeometry=perhaps":                                  "true or false",
		"house/items?as-of=yesterday":                                       "as-of",
		"house/items?as-of=99999999":                                        "as-of",
		"lane_name/items?ids=1":                                             "no ids",
		"house/items?ids=" + strings.Repeat("1,", 1000):                     "at most 1000",
		"house/items?cursor=xx":                                             "cursor",
		"house/items?use=%FF":                                               "UTF-8",
		"house/items?use=%00":                                               "UTF-8",
		"house/items?use=%zz":                                               "percent-encoded",
		"house/items/1?limit=3":                                             "unknown parameter",
		"house?x":                                                           "unknown parameter",
	} {
		r := w.ask(http.MethodGet, "/ogc/collections/"+path)
		if r.StatusCode != 400 || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s\n%s", path, r.StatusCode, r.Header.Get("Content-Type"), r.body)
			continue
		}
		if p := r.json(t); !strings.Contains(string(r.body), says) || p["titleZh"] == "" || p["requestId"] == "" {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	for _, id := range []string{"99", "0", "x", "1.5", "99999999999999999999999", "%00", "-1", "1%2F2", "%E5%8F%B7"} {
		if r := w.ask(http.MethodGet, "/ogc/collections/house/items/"+id); r.StatusCode != 404 {
			t.Errorf("item %s: %d\n%s", id, r.StatusCode, r.body)
		}
	}
}

func TestAnswerHasThePropertiesAskedFor(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for path, want := range map[string]string{
		"house/items/1?properties=use,no&skipGeometry=true":             `"geometry":null,"properties":{"no":"甲1","use":"01"}`,
		"house/items?ids=1&properties=floors&skipGeometry=true":         `"geometry":null,"properties":{"floors":2}}]`,
		"house/items?limit=1&properties=&skipGeometry=true":             `"geometry":null,"properties":{}}]`,
		"house/items?ids=1&properties=use&filter=floors%3D2&sortby=-no": `,"properties":{"use":"01"}}]`,
	} {
		if r := w.get("/ogc/collections/" + path); !strings.Contains(string(r.body), want) {
			t.Errorf("%s lacks %s:\n%s", path, want, r.body)
		}
	}
	if page := w.get("/ogc/collections/house/items?f=html&properties=use"); strings.Contains(string(page.body), "甲1") || !strings.Contains(string(page.body), "住宅") {
		t.Errorf("the page has other properties than use:\n%s", page.body)
	}
}

// What was, at every door of features: the town before and after an edit.
func TestItemsOfThePast(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	before, err := w.store.Settle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.pool.Exec(t.Context(), "update layer.house set floors = 9 where fid = 1; delete from layer.house where fid = 2"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	past := fmt.Sprintf("as-of=%d", before)
	for query, want := range map[string]string{"": "1 3", past: "1 2 3", "floors=9": "1", "floors=9&" + past: "", "floors=2&" + past: "1", past + "&limit=2&sortby=-floors": "2 1"} {
		if ids, _ := w.ids("/ogc/collections/house/items?" + query); strings.Join(ids, " ") != want {
			t.Errorf("%s: %v, want %s", query, ids, want)
		}
	}
	if r := w.get("/ogc/collections/house/items/2?" + past); !strings.Contains(string(r.body), `"floors":3`) {
		t.Errorf("what is gone, as it was: %s", r.body)
	}
	if r := w.ask(http.MethodGet, "/ogc/collections/house/items/2"); r.StatusCode != http.StatusNotFound {
		t.Errorf("what is gone: %d", r.StatusCode)
	}
}

func TestLimitIsClampedNotRefused(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for query, want := range map[string]int{"": 10, "?limit=1": 1, "?limit=7": 7, "?limit=010": 10, "?limit=10000": 25, "?limit=99999999999999999999": 25, "?limit=3&limit=4": 4} {
		if ids, _ := w.ids("/ogc/collections/well/items" + query); len(ids) != want {
			t.Errorf("%q: %d features, want %d", query, len(ids), want)
		}
	}
}

func TestPagesFollowOneAnother(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, query := range []string{
		"well/items?limit=4", "well/items?limit=25", "well/items?limit=5&crs=" + epsg + "4548", "lane_name/items?limit=1",
		"well/items?limit=3&bbox=35.8,116.0,35.9,116.11&bbox-crs=" + epsg + "4490", "house/items?limit=1&use=01",
	} {
		seen, pages := 0, 0
		at := w.server.URL + "/ogc/collections/" + query
		for at != "" {
			ids, doc := w.ids(at)
			seen += len(ids)
			if pages++; pages > 30 || len(ids) == 0 {
				t.Fatalf("%s: page %d has %d features", query, pages, len(ids))
			}
			next := ""
			for _, l := range linksIn(doc) {
				if l["rel"] == "next" {
					next = l["href"].(string)
				}
			}
			if (next == "") != (seen == int(doc["numberMatched"].(float64))) {
				t.Errorf("%s: after %d of %v features next is %q", query, seen, doc["numberMatched"], next)
			}
			if u, _ := url.Parse(next); next != "" && strings.Trim(u.Query().Get("cursor"), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
				t.Errorf("cursor %q", u.Query().Get("cursor"))
			}
			at = next
		}
	}
	// A cursor holds for another limit, and for no other filter.
	_, doc := w.ids("/ogc/collections/well/items?limit=4")
	var next string
	for _, l := range linksIn(doc) {
		if l["rel"] == "next" {
			next = l["href"].(string)
		}
	}
	if ids, _ := w.ids(next + "&limit=10000"); len(ids) != 21 {
		t.Errorf("the rest is %d features", len(ids))
	}
	if r := w.ask(http.MethodGet, next+"&no=W5"); r.StatusCode != 400 {
		t.Errorf("a cursor of another filter: %d", r.StatusCode)
	}
}

func TestCoordinatesAreInTheOrderOfTheirCRS(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for crs, want := range map[string][2]float64{
		"": {116.09, 35.80},
		"http://www.opengis.net/def/crs/OGC/1.3/CRS84":  {116.09, 35.80},
		"https://www.opengis.net/def/crs/OGC/1.3/CRS84": {116.09, 35.80},
		epsg + "4326": {35.80, 116.09},
		epsg + "4490": {35.80, 116.09},
		epsg + "3857": {12923079.6862, 4273136.4624},
		epsg + "4548": {3963733.3661, 417743.2726},
	} {
		for _, layer := range []string{"house/items", "house/items/1", "station/items", "station/items/A%2F1%20%E5%8F%B7"} {
			r := w.get("/ogc/collections/" + layer + "?crs=" + url.QueryEscape(crs))
			var doc struct {
				Geometry struct{ Coordinates json.RawMessage }
				Features []struct {
					Geometry struct{ Coordinates json.RawMessage }
				}
			}
			if err := json.Unmarshal(r.body, &doc); err != nil {
				t.Fatal(err)
			}
			raw := doc.Geometry.Coordinates
			if raw == nil {
				raw = doc.Features[0].Geometry.Coordinates
			}
			var x, y float64
			if _, err := fmt.Sscanf(strings.TrimLeft(string(raw), "["), "%g,%g", &x, &y); err != nil {
				t.Fatalf("%s: %v", raw, err)
			}
			if diff := max(abs(x-want[0]), abs(y-want[1])); diff > 2e-4 {
				t.Errorf("%s in %s: %v %v, want %v", layer, crs, x, y, want)
			}
			said := strings.Replace(crs, "https", "http", 1)
			if crs == "" {
				said = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
			}
			if got := r.Header.Get("Content-Crs"); got != "<"+said+">" {
				t.Errorf("%s in %s: Content-Crs %q", layer, crs, got)
			}
		}
	}
}

func abs(v float64) float64 { return max(v, -v) }

func TestHeadIsGetWithoutBody(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, path := range []string{"/", "/ogc", "/ogc/collections", "/ogc/collections/house/items", "/ogc/collections/house/items/1", "/layers", "/tiles/house.json", "/tiles/lane/14/13475/6445.mvt", "/healthz"} {
		get, head := w.get(path), w.ask(http.MethodHead, path)
		for _, name := range []string{"Content-Type", "ETag", "Content-Crs", "Cache-Control"} {
			if !reflect.DeepEqual(get.Header.Get(name), head.Header.Get(name)) {
				t.Errorf("%s: %s is %q by GET, %q by HEAD", path, name, get.Header.Get(name), head.Header.Get(name))
			}
		}
		if head.StatusCode != 200 || len(head.body) > 0 {
			t.Errorf("HEAD %s: %d, %d bytes", path, head.StatusCode, len(head.body))
		}
	}
}

func FuzzParseBBox(f *testing.F) {
	for _, text := range []string{"1,2,3,4", ".5,-.1,1e2,3", "177,65,-177,70", "1,2,3,4,5,6", "NaN,1,2,3", ",,,", "1_0,2,3,4"} {
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, northFirst bool) {
		b, err := api.ParseBBox(text, api.CRS{NorthFirst: northFirst, Geographic: true})
		if err == nil && !(b[1] <= b[3]) {
			t.Errorf("%q gives %v", text, b)
		}
		swapped, again := api.ParseBBox(text, api.CRS{NorthFirst: !northFirst, Geographic: true})
		if err == nil && again == nil && swapped != (layers.Bounds{b[1], b[0], b[3], b[2]}) {
			t.Errorf("%q gives %v and %v", text, b, swapped)
		}
	})
}

func FuzzParseDatetime(f *testing.F) {
	for _, text := range []string{"2026-03-01", "../2026-03-01T00:00:00Z", "0000-01-01T00:00:00Z/..", "2026-03-01T", "/"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		span, err := api.ParseDatetime(text, time.UTC)
		if err == nil && span.Start != nil && span.End != nil && span.Start.After(*span.End) {
			t.Errorf("%q gives %v", text, span)
		}
	})
}
