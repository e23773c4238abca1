package api_test

import (
	"encoding/csv"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onemap/layers/format"
)

var nextLink = regexp.MustCompile(`<([^>]*)>; rel="next"; type="([^"]*)"`)

// next is where the next page of a file is, and of what type it says to be.
func (r reply) next() (at, media string) {
	for _, l := range r.Header.Values("Link") {
		if m := nextLink.FindStringSubmatch(l); m != nil {
			return m[1], m[2]
		}
	}
	return "", ""
}

func TestPagesOfItemsAsFiles(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	var ids []string
	pages := 0
	for at := w.server.URL + "/ogc/collections/house/items?f=csv&limit=2&sortby=-no"; at != ""; pages++ {
		r := w.get(at)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(r.body), "\ufeff"))).ReadAll()
		if err != nil || r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/csv; charset=utf-8" || r.Header.Get("Content-Crs") != "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>" {
			t.Fatalf("%s: %d %v %v\n%s", at, r.StatusCode, r.Header, err, r.body)
		}
		if r.Header.Get("OGC-NumberMatched") != "3" && pages == 0 {
			t.Errorf("matched %q", r.Header.Get("OGC-NumberMatched"))
		}
		no := slices.Index(rows[0], "no")
		for _, row := range rows[1:] {
			ids = append(ids, row[no])
		}
		if next, media := r.next(); next != "" && media != "text/csv" {
			t.Errorf("the next page is said to be %q", media)
		}
		at, _ = r.next()
	}
	var want []string
	for _, f := range w.get("/ogc/collections/house/items?sortby=-no").json(t)["features"].([]any) {
		want = append(want, f.(map[string]any)["properties"].(map[string]any)["no"].(string))
	}
	if !slices.Equal(ids, want) || pages != 2 {
		t.Errorf("%d pages of %v, want %v", pages, ids, want)
	}

	listed := map[string]string{}
	for _, l := range linksIn(w.get("/ogc/collections/house/items?limit=1&filter=floors%3E1").json(t)) {
		if l["rel"] == "alternate" {
			listed[l["href"].(string)] = l["type"].(string)
		}
	}
	for _, f := range format.Writable() {
		if f.Name == "geojson" || f.Name == "gpx" { // houses are areas
			continue
		}
		r := w.get("/ogc/collections/house/items?filter=floors%3E1&limit=1&f=" + f.Name)
		media := listed[w.server.URL+"/ogc/collections/house/items?f="+f.Name+"&filter=floors%3E1&limit=1"]
		if got := r.Header.Get("Content-Type"); r.StatusCode != 200 || len(r.body) == 0 || media == "" || !strings.HasPrefix(got, media) || r.Header.Get("OGC-NumberReturned") != "1" {
			t.Errorf("%s: %d %q, %d bytes; linked as %q\n%.300s", f.Name, r.StatusCode, got, len(r.body), media, r.body)
		}
		if next, _ := r.next(); next == "" {
			t.Errorf("%s: no next page in %v", f.Name, r.Header.Values("Link"))
		}
	}
}

func TestFileOfItemsIsNegotiated(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, c := range []struct {
		query, accept string
		status        int
		media         string
	}{
		{"", "text/csv", 200, "text/csv; charset=utf-8"},
		{"", "text/csv;q=0.5, application/geo+json;q=0.4", 200, "text/csv; charset=utf-8"},
		{"", "application/vnd.google-earth.kml+xml", 200, "application/vnd.google-earth.kml+xml"},
		{"", "application/gml+xml", 200, "application/gml+xml; version=3.2"},
		{"?f=geojson", "", 200, "application/geo+json"},
		{"?f=kml&crs=http://www.opengis.net/def/crs/EPSG/0/4548", "", 400, "application/problem+json"},
		{"?f=csv&properties=no,nothing", "", 400, "application/problem+json"},
		{"?f=csv&cursor=x", "", 400, "application/problem+json"},
		{"?f=tiff", "", 400, "application/problem+json"},
		{"?f=csv&properties=no&skipGeometry=true&filter=floors%3E99", "", 200, "text/csv; charset=utf-8"},
	} {
		r := w.ask(http.MethodGet, "/ogc/collections/house/items"+c.query, "Accept", c.accept)
		if r.StatusCode != c.status || r.Header.Get("Content-Type") != c.media {
			t.Errorf("%s Accept %q: %d %q, want %d %q\n%.300s", c.query, c.accept, r.StatusCode, r.Header.Get("Content-Type"), c.status, c.media, r.body)
		}
	}
	if r := w.get("/ogc/collections/house/items?f=csv&properties=no&skipGeometry=true&filter=floors%3E99"); strings.TrimSpace(string(r.body)) != "\ufeffno" {
		t.Errorf("a page of nothing is %q", r.body)
	}
	r := w.get("/ogc/collections/house/items?f=csv&crs=http://www.opengis.net/def/crs/EPSG/0/4490&limit=1")
	if r.Header.Get("Content-Crs") != "" || !strings.Contains(string(r.body), "116.") {
		t.Errorf("a file has east first, and says no other: %v %s", r.Header, r.body)
	}
	if r := w.ask(http.MethodHead, "/ogc/collections/house/items?f=gpkg"); r.StatusCode != 200 || len(r.body) > 0 {
		t.Errorf("HEAD: %d", r.StatusCode)
	}
	if r := w.ask(http.MethodGet, "/ogc/collections/lane/items?f=boundary"); r.StatusCode != 400 {
		t.Errorf("lines as boundary points: %d", r.StatusCode)
	}
}
