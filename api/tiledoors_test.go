package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The doors that tiles can be had at: each makes the address of one tile of layers, with more in its query.
var tileDoors = map[string]func(set, layers string, z, x, y int, more url.Values) string{
	"xyz": func(set, layers string, z, x, y int, more url.Values) string {
		return fmt.Sprintf("/tiles/%s/%s/%d/%d/%d.mvt?%s", set, layers, z, x, y, more.Encode())
	},
	"map": func(set, layers string, z, x, y int, more url.Values) string {
		return fmt.Sprintf("/ogc/tiles/%s/%d/%d/%d?collections=%s&%s", set, z, y, x, layers, more.Encode())
	},
	"wmts": func(set, layers string, z, x, y int, more url.Values) string {
		return fmt.Sprintf("/wmts?service=WMTS&request=GetTile&version=1.0.0&style=default&format=application/vnd.mapbox-vector-tile&layer=%s&tilematrixset=%s&tilematrix=%d&tilerow=%d&tilecol=%d&%s",
			layers, set, z, y, x, more.Encode())
	},
	"wmts at its address": func(set, layers string, z, x, y int, more url.Values) string {
		return fmt.Sprintf("/wmts/1.0.0/%s/default/%s/%d/%d/%d.mvt?%s", layers, set, z, y, x, more.Encode())
	},
}

// A tile is the same bytes under the same name at every door, in every matrix set, whatever is chosen; and what a client
// has is not sent again, in no coding.
func TestAllDoorsNameTheSameTile(t *testing.T) {
	t.Parallel()
	w := newTown(t, shifted)
	for _, of := range []struct {
		set     string
		z, x, y int
		layers  string
		more    url.Values
	}{
		{"WebMercatorQuad", 14, 13475, 6444, "house", nil},
		{"WebMercatorQuad", 14, 13475, 6444, "lane,house,station", url.Values{"properties": {"floors,name"}}},
		{"WebMercatorQuad", 14, 13475, 6444, "house", url.Values{"filter": {"floors > 1 OR use = '01'"}}},
		{"WebMercatorQuad", 14, 13475, 6444, "house", url.Values{"as-of": {"1"}}},
		{"WorldCRS84Quad", 13, 13475, 2466, "house,lane", nil},
		{"CGCS2000Quad", 14, 13475, 2466, "house,lane", nil},
		{"WebMercatorQuadGCJ02", 14, 13475, 6445, "house", nil},
	} {
		plain := w.ask(http.MethodGet, tileDoors["xyz"](of.set, of.layers, of.z, of.x, of.y, of.more))
		if want := map[bool]int{true: 204, false: 200}[of.more.Has("as-of")]; plain.StatusCode != want {
			t.Errorf("%v: %d\n%s", of, plain.StatusCode, plain.body)
		}
		for door, address := range tileDoors {
			path := address(of.set, of.layers, of.z, of.x, of.y, of.more)
			r, want := w.ask(http.MethodGet, path), plain.StatusCode
			if strings.HasPrefix(path, "/ogc/") {
				want = http.StatusOK // also where nothing is
			}
			if string(r.body) != string(plain.body) || r.StatusCode != want || r.Header.Get("ETag") != plain.Header.Get("ETag") || r.Header.Get("ETag") == "" {
				t.Errorf("%s: %s: %d, %d bytes, %s; want %d, %d bytes, %s", door, path, r.StatusCode, len(r.body), r.Header.Get("ETag"), want, len(plain.body), plain.Header.Get("ETag"))
			}
			w.sentOnce(t, path, want, len(r.body) == 0)
		}
	}
	// TianDiTu's c is one level deeper than WorldCRS84Quad for the same tile; its coordinates agree with those of WGS 84.
	crs84 := w.get(tileDoors["map"]("WorldCRS84Quad", "house", 13, 13475, 2466, nil))
	if c := w.get(tileDoors["wmts"]("CGCS2000Quad", "house", 14, 13475, 2466, nil)); string(c.body) != string(crs84.body) {
		t.Error("level 14 of CGCS2000Quad is not level 13 of WorldCRS84Quad")
	}
}

// sentOnce asks for a tile by HEAD and again, in every coding.
func (w *town) sentOnce(t *testing.T, path string, status int, empty bool) {
	t.Helper()
	seen := map[string]string{}
	for _, coding := range []string{"gzip", "br", "zstd", "identity"} {
		r := w.ask(http.MethodGet, path, "Accept-Encoding", coding, "Origin", "http://elsewhere")
		tag, want := r.Header.Get("ETag"), coding
		if coding == "identity" || empty {
			want = ""
		}
		if r.StatusCode != status || r.Header.Get("Content-Encoding") != want || r.Header.Get("Access-Control-Allow-Origin") != "*" || r.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s as %s: %d %v", path, coding, r.StatusCode, r.Header)
		}
		if other, ok := seen[tag]; ok {
			t.Errorf("%s: %s and %s have the tag %s", path, coding, other, tag)
		}
		seen[tag] = coding
		head := w.ask(http.MethodHead, path, "Accept-Encoding", coding)
		if head.StatusCode != status || head.Header.Get("ETag") != tag || len(head.body) > 0 || head.Header.Get("Content-Encoding") != want {
			t.Errorf("HEAD %s as %s: %d %v", path, coding, head.StatusCode, head.Header)
		}
		again := w.ask(http.MethodGet, path, "Accept-Encoding", coding, "If-None-Match", tag)
		if again.StatusCode != 304 || len(again.body) > 0 {
			t.Errorf("%s as %s again: %d", path, coding, again.StatusCode)
		}
	}
}
