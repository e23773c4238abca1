package api_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// What the suite ogcapi-features-1.0 checks, the way it checks it: every collection, every CRS it lists, its boxes, its numbers.

// page is a feature collection as the suite reads it.
type page struct {
	Type     string
	Features []struct {
		ID       *string
		Type     string
		Geometry *struct {
			Type        string
			Coordinates json.RawMessage
		}
	}
	NumberMatched  *int
	NumberReturned int
	TimeStamp      time.Time
	Links          []map[string]string
}

func (w *town) page(address string) (p page, r reply) {
	w.Helper()
	r = w.get(address, "Accept", "application/geo+json")
	if err := json.Unmarshal(r.body, &p); err != nil {
		w.Fatalf("%s: %v", address, err)
	}
	if p.Type != "FeatureCollection" || p.NumberReturned != len(p.Features) || p.TimeStamp.IsZero() {
		w.Errorf("%s: type %q, %d of %d, %v", address, p.Type, p.NumberReturned, len(p.Features), p.TimeStamp)
	}
	rels := map[string]bool{}
	for _, l := range p.Links {
		rels[l["rel"]+" "+l["type"]] = true
	}
	if !rels["self application/geo+json"] || !rels["alternate text/html"] {
		w.Errorf("%s: links %v", address, p.Links)
	}
	return p, r
}

// suiteCollection is an entry of /collections.
type suiteCollection struct {
	ID     string
	CRS    []string
	Extent struct {
		Spatial  struct{ BBox [][]float64 }
		Temporal *struct{ Interval [][]*time.Time }
	}
}

func (w *town) suite() (out []suiteCollection) {
	w.Helper()
	var doc struct{ Collections []suiteCollection }
	if err := json.Unmarshal(w.get("/ogc/collections", "Accept", "application/json").body, &doc); err != nil {
		w.Fatal(err)
	}
	return doc.Collections
}

// suiteNumber is how the suite formats numbers: seven decimals, no zero in front.
func suiteNumber(v float64) string {
	text := fmt.Sprintf("%.7f", v)
	text = strings.Replace(text, "-0.", "-.", 1)
	return strings.TrimPrefix(text, map[bool]string{true: "0"}[strings.HasPrefix(text, "0.")])
}

func TestSuiteFollowsAllPages(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, c := range w.suite() {
		items := "/ogc/collections/" + c.ID + "/items"
		first, _ := w.page(items)
		sum := len(first.Features)
		for at, pages := next(first.Links), 0; at != "" && pages < 5; pages++ {
			u, err := url.Parse(at)
			if err != nil {
				t.Fatal(err)
			}
			// The suite takes the query apart at & and = and sends all of it again, with another limit behind.
			again := w.server.URL + items + "?"
			decoded, err := url.QueryUnescape(u.RawQuery)
			if err != nil {
				t.Fatal(err)
			}
			for _, pair := range strings.Split(decoded, "&") {
				name, value, ok := strings.Cut(pair, "=")
				if !ok {
					t.Errorf("%s: %q in the link next has no value", items, pair)
				}
				again += url.QueryEscape(name) + "=" + url.QueryEscape(value) + "&"
			}
			more, _ := w.page(again + "limit=10000")
			sum, at = sum+len(more.Features), next(more.Links)
		}
		if first.NumberMatched == nil || *first.NumberMatched != sum {
			t.Errorf("%s: numberMatched %v, the pages have %d", items, first.NumberMatched, sum)
		}
		for _, limit := range []int{1, 5, 100} {
			if p, _ := w.page(fmt.Sprintf("%s?limit=%d", items, limit)); len(p.Features) > limit {
				t.Errorf("%s: %d features for a limit of %d", items, len(p.Features), limit)
			}
		}
		for _, wrong := range []string{"limit=unlimited", "bbox=1,2,3", "aNameThatNobodyKnows=1", "crs=http://www.opengis.net/def/crs/0/unsupported", "bbox=0,0,1,1&bbox-crs=http://www.opengis.net/def/crs/0/unsupported"} {
			if r := w.ask(http.MethodGet, items+"?"+wrong); r.StatusCode != 400 {
				t.Errorf("%s?%s: %d", items, wrong, r.StatusCode)
			}
		}
		if len(first.Features) > 0 && first.Features[0].ID != nil {
			one := w.get(items+"/"+url.PathEscape(*first.Features[0].ID), "Accept", "application/geo+json").json(t)
			rels := map[string]bool{}
			for _, l := range linksIn(one) {
				rels[l["rel"].(string)] = true
			}
			if !rels["self"] || !rels["alternate"] || !rels["collection"] {
				t.Errorf("%s: the first feature has the links %v", items, rels)
			}
		}
	}
}

func TestSuiteAsksByItsBoxesAndSystems(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	boxes := [][4]float64{{-1.5, 50, 1.5, 53}, {-80, -5, -70, 5}, {177, 65, -177, 70}, {-180, 85, 180, 90}, {-180, -90, 180, -85}}
	for _, c := range w.suite() {
		items := "/ogc/collections/" + c.ID + "/items"
		own := boxes
		for _, b := range c.Extent.Spatial.BBox {
			if len(b) != 4 || b[0] < -180 || b[2] > 180 || b[1] < -90 || b[3] > 90 {
				t.Errorf("%s: extent %v", c.ID, b)
				continue
			}
			own = append([][4]float64{{b[0], b[1], b[2], b[3]}}, own...)
		}
		for _, b := range own {
			at := items + "?limit=100&bbox="
			for i, v := range b {
				at += map[bool]string{true: ","}[i > 0] + suiteNumber(v)
			}
			found, _ := w.page(at)
			for _, f := range found.Features {
				if f.Geometry != nil && f.Geometry.Coordinates != nil && !meets(f.Geometry.Coordinates, b) {
					t.Errorf("%s: %s lies elsewhere: %s", at, *f.ID, f.Geometry.Coordinates)
				}
			}
		}
		if t := c.Extent.Temporal; t != nil && (len(t.Interval) != 1 || len(t.Interval[0]) != 2 || t.Interval[0][0] == nil || t.Interval[0][1] == nil) {
			w.Errorf("%s: times of the extent %v", c.ID, t.Interval) // the suite reads two times, or none
		}
		if len(c.CRS) == 0 {
			continue
		}
		if c.CRS[0] != "http://www.opengis.net/def/crs/OGC/1.3/CRS84" {
			t.Errorf("%s: the first CRS is %s", c.ID, c.CRS[0])
		}
		first, r := w.page(items)
		if got := r.Header.Get("Content-Crs"); got != "<"+c.CRS[0]+">" {
			t.Errorf("%s: Content-Crs %q", items, got)
		}
		for _, crs := range c.CRS {
			asked := []string{items}
			if len(first.Features) > 0 && first.Features[0].ID != nil {
				asked = append(asked, items+"/"+url.PathEscape(*first.Features[0].ID))
			}
			for _, path := range asked {
				if got := w.get(path + "?crs=" + url.QueryEscape(crs)).Header.Get("Content-Crs"); got != "<"+crs+">" {
					t.Errorf("%s in %s: Content-Crs %q", path, crs, got)
				}
			}
			w.get(items + "?bbox=-5,-5,5,5&bbox-crs=" + url.QueryEscape(crs)) // whatever the axes, and whatever lies there
		}
	}
}

// meets reports whether the bounds of coordinates meet a box, which may cross the antimeridian.
func meets(coordinates json.RawMessage, box [4]float64) bool {
	var v any
	if json.Unmarshal(coordinates, &v) != nil {
		return false
	}
	b := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	var walk func(any)
	walk = func(v any) {
		list, _ := v.([]any)
		if len(list) >= 2 {
			if x, ok := list[0].(float64); ok {
				y := list[1].(float64)
				b = [4]float64{min(b[0], x), min(b[1], y), max(b[2], x), max(b[3], y)}
				return
			}
		}
		for _, part := range list {
			walk(part)
		}
	}
	walk(v)
	across := box[0] > box[2] && (b[2] >= box[0] || b[0] <= box[2])
	along := box[0] <= box[2] && b[2] >= box[0] && b[0] <= box[2]
	return math.IsInf(b[0], 1) || (across || along) && b[3] >= box[1] && b[1] <= box[3]
}

func TestSuiteReadsTheDefinition(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	parameters := w.get("/ogc/api", "Accept", typeOpenAPI).json(t)["components"].(map[string]any)["parameters"].(map[string]any)
	for _, name := range []string{"limit", "bbox", "datetime", "crs", "bbox-crs", "filter", "sortby", "properties"} {
		p := parameters[name].(map[string]any)
		if p["in"] != "query" || p["required"] != false || p["style"] != "form" || p["explode"] != false || p["schema"].(map[string]any)["type"] == nil {
			t.Errorf("%s is declared as %v", name, p)
		}
	}
	for name, format := range map[string]string{"crs": "uri", "bbox-crs": "uri"} {
		if schema := parameters[name].(map[string]any)["schema"].(map[string]any); schema["type"] != "string" || schema["format"] != format {
			t.Errorf("%s: %v", name, schema)
		}
	}
}
