package api_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"onemap/api"
	"onemap/layers"
	"onemap/tiles"
)

// An archive in the folder is served by the doors of tiles, as a layer is; one that was written here is byte for byte what the
// doors had. A layer goes before an archive of its name.
func TestArchivesAreServed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var drawn *tiles.Tiles
	w := newTown(t, func(o *api.Options) { o.Ground.Archives, drawn = tiles.NewArchives(dir), o.Ground.Tiles })
	file, err := os.Create(filepath.Join(dir, "old.pmtiles"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	opt := tiles.ArchiveOptions{Layers: []string{"house", "lane"}, MinZoom: 12, MaxZoom: 15}
	if _, err := drawn.WriteArchive(t.Context(), layers.Anonymous, file, opt); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "house.pmtiles"), []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	doc := w.get("/tiles/old.json").json(w)
	if doc["maxzoom"] != 15.0 || doc["tiles"].([]any)[0] != w.server.URL+"/tiles/old/{z}/{x}/{y}.mvt" || len(doc["vector_layers"].([]any)) < 2 {
		t.Errorf("%v", doc)
	}
	n := 0
	for tile := range (tiles.Cover{MinZoom: 12, MaxZoom: 15, Bounds: layers.Bounds{116.08, 35.79, 116.11, 35.82}}).Tiles() {
		for _, coding := range []string{"gzip", "identity", "br"} {
			path := "/" + tile.String() + ".mvt"
			live, kept := w.send(http.MethodGet, "/tiles/house,lane"+path, nil, "Accept-Encoding", "identity"), w.send(http.MethodGet, "/tiles/old"+path, nil, "Accept-Encoding", coding)
			body := kept.body
			if kept.Header.Get("Content-Encoding") == "gzip" {
				if body, err = tiles.Plain(body); err != nil {
					t.Fatal(err)
				}
			}
			if live.StatusCode != kept.StatusCode || !bytes.Equal(live.body, body) || kept.StatusCode == 200 && (kept.Header.Get("Content-Encoding") == "gzip") != (coding == "gzip") {
				t.Errorf("%s as %s: %d with %d bytes, the door's %d with %d", tile, coding, kept.StatusCode, len(body), live.StatusCode, len(live.body))
			}
			if kept.StatusCode != 200 {
				continue
			}
			n++
			if again := w.send(http.MethodGet, "/tiles/old"+path, nil, "Accept-Encoding", coding, "If-None-Match", kept.Header.Get("ETag")); again.StatusCode != 304 {
				t.Errorf("%s again: %d", tile, again.StatusCode)
			}
		}
	}
	if n == 0 {
		t.Error("nothing is in the archive")
	}
	if doc := w.get("/tiles/house.json").json(w); doc["name"] != "房屋" {
		t.Errorf("the layer's document is %v", doc)
	}
	for path, want := range map[string]int{"/tiles/older.json": 404, "/tiles/old/23/0/0.mvt": 404, "/tiles/old/3/9/0.mvt": 404, "/tiles/old/a/0/0.mvt": 400,
		"/tiles/old/12/0/0.mvt": 204, "/tiles/old.json?x=1": 400, "/tiles/old,house/12/0/0.mvt": 404, "/tiles/old/12/0/0.mvt?filter=a=1": 400} {
		if r := w.send(http.MethodGet, path, nil); r.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, r.StatusCode, want)
		}
	}
}
