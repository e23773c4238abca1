package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"onemap/layers"
	"onemap/tiles"
)

func TestTileListsAreTheSameAgain(t *testing.T) {
	t.Parallel()
	bounds := layers.Bounds{115.85, 35.6, 116.35, 36.05}
	for _, zoom := range []int{0, 8, 12, 16} {
		a, b := newTileList(bounds, zoom, 50, 1), newTileList(bounds, zoom, 50, 1)
		if !slices.Equal(a.Tiles, b.Tiles) || a.Count != min(50, a.Of) {
			t.Errorf("zoom %d: %d tiles of %d, then %d", zoom, a.Count, a.Of, b.Count)
		}
		for _, tile := range a.Tiles {
			if m := tile.Bounds(); m[0] > bounds[2] || m[2] < bounds[0] || m[1] > bounds[3] || m[3] < bounds[1] {
				t.Errorf("tile %s lies outside", tile)
			}
		}
	}
}

func TestZooms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"8-10,14": "[8 9 10 14]", "12": "[12]", "9,8": "[8 9]", "8-": "", "x": "", "12-8": "", "40": ""} {
		zooms, err := parseZooms(text)
		if got := fmt.Sprint(zooms); (err == nil) != (want != "") || err == nil && got != want {
			t.Errorf("%q: %s, %v, want %s", text, got, err, want)
		}
	}
}

// What every server may answer is read to its end, so that the next answer on the connection is the next one.
func TestWireReadsAnswers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"a"`)
		switch r.URL.Path {
		case "/chunks":
			for range 3 {
				_, _ = w.Write([]byte(strings.Repeat("x", 5000)))
				w.(http.Flusher).Flush()
			}
		case "/close":
			w.Header().Set("Connection", "close")
			_, _ = w.Write([]byte("bye"))
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		case "/length":
			if r.Header.Get("If-None-Match") == `"a"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = w.Write([]byte("0123456789"))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{address: u.Host}
	defer w.close()
	for _, ask := range []struct {
		path, etag   string
		status, size int
	}{{"/chunks", "", 200, 15000}, {"/none", "", 204, 0}, {"/length", "", 200, 10}, {"/length", `"a"`, 304, 0}, {"/close", "", 200, 3}, {"/chunks", "", 200, 15000}, {"/no", "", 404, 19}} {
		u.Path = ask.path
		a, err := w.ask(request(u, ask.etag), true)
		if err != nil || a.status != ask.status || a.size != ask.size || len(a.body) != ask.size || string(a.etag) != `"a"` {
			t.Errorf("%s %s: %d, %d bytes, %d kept, %s, %v", ask.path, ask.etag, a.status, a.size, len(a.body), a.etag, err)
		}
	}
}

func TestDriveCounts(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/0"):
			w.WriteHeader(http.StatusNoContent)
		case strings.HasSuffix(r.URL.Path, "/1"): // MapServer's way to say that something is wrong
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>"))
		default:
			w.Header().Set("Content-Type", "application/vnd.mapbox-vector-tile")
			_, _ = w.Write([]byte("tile"))
		}
	}))
	t.Cleanup(server.Close)
	list := []tiles.Tile{{Z: 2, X: 1, Y: 0}, {Z: 2, X: 1, Y: 1}, {Z: 2, X: 1, Y: 2}, {Z: 2, X: 1, Y: 3}}
	f, err := drive{connections: 2, limit: time.Minute}.run(t.Context(), &target{name: "x", template: server.URL + "/{z}/{x}/{y}"}, list)
	if err != nil || f.Requests != 4 || f.Empty != 1 || f.Errors != 1 || f.Bytes != 14 || f.Largest != 6 {
		t.Errorf("%+v, %v", f, err)
	}
}
