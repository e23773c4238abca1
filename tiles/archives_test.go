package tiles_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"onemap/layers"
	"onemap/tiles"
	"onemap/tiles/pmtiles"
)

// folder is archives that a test puts there.
type folder struct {
	*testing.T
	dir string
	*tiles.Archives
}

func newFolder(t *testing.T) folder {
	dir := t.TempDir()
	return folder{t, dir, tiles.NewArchives(dir)}
}

// put writes an archive of one tile.
func (f folder) put(name string, metadata map[string]any, body []byte) {
	f.Helper()
	file, err := os.Create(filepath.Join(f.dir, name+".new"))
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	w, err := pmtiles.NewWriter(file)
	if err != nil {
		f.Fatal(err)
	}
	if err := w.Add(3, 4, 5, body); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(pmtiles.Header{MaxZoom: 9, West: 1, East: 2, South: 3, North: 4}, metadata); err != nil {
		f.Fatal(err)
	}
	if err := os.Rename(file.Name(), filepath.Join(f.dir, name+".pmtiles")); err != nil {
		f.Fatal(err)
	}
}

func zip(b []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // the level exists
	_, _ = w.Write(b)                                 // a buffer takes all
	_ = w.Close()
	return out.Bytes()
}

// body is a tile of an archive, plain.
func (f folder) body(name string) (string, error) {
	tile, err := f.Find(name, nil, tiles.Tile{Z: 3, X: 4, Y: 5})
	if err != nil {
		return "", err
	}
	b, _, err := tile.Bytes(false)
	return string(b), err
}

// Archives of others are served; one that is replaced or taken away is, within a second or so; names are no paths.
func TestArchivesInAFolder(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	for _, name := range []string{"python-gzip", "python-plain"} {
		raw, err := os.ReadFile(filepath.Join("pmtiles", "testdata", name+".pmtiles"))
		if err != nil {
			t.Fatal(err)
		}
		name = strings.ReplaceAll(name, "-", "_")
		if err := os.WriteFile(filepath.Join(f.dir, name+".pmtiles"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if body, err := f.body(name); err != nil || len(body) != 21 {
			t.Errorf("%s: % x, %v", name, body, err)
		}
		doc, err := f.Describe(name, nil, "http://x/{z}/{x}/{y}")
		if err != nil || doc.MaxZoom != 4 || len(doc.VectorLayers) != 1 || doc.VectorLayers[0].ID != "x" || strings.Contains(doc.Attribution, "<") || doc.Bounds == nil {
			t.Errorf("%s: %+v, %v", name, doc, err)
		}
	}
	f.put("one", nil, zip([]byte("first")))
	if body, err := f.body("one"); err != nil || body != "first" {
		t.Errorf("%q, %v", body, err)
	}
	before, err := f.Find("one", nil, tiles.Tile{Z: 3, X: 4, Y: 5})
	if err != nil {
		t.Fatal(err)
	}
	f.put("one", nil, zip([]byte("second, and longer")))
	until := time.Now().Add(5 * time.Second)
	for body := ""; body != "second, and longer"; body, _ = f.body("one") {
		if time.Now().After(until) {
			t.Fatalf("%q after five seconds", body)
		}
		time.Sleep(20 * time.Millisecond)
	}
	after, err := f.Find("one", nil, tiles.Tile{Z: 3, X: 4, Y: 5})
	if err != nil || after.ETag() == before.ETag() {
		t.Errorf("another file has the same names of tiles: %v", err)
	}
	if b, _, err := before.Bytes(false); err != nil || string(b) != "first" {
		t.Errorf("who has found the first reads %q, %v", b, err)
	}
	if names, err := f.Names(); err != nil || fmt.Sprint(names) != "[one python_gzip python_plain]" {
		t.Errorf("%v, %v", names, err)
	}
	for _, name := range []string{"", "none", "../one", "one.pmtiles", "One", "a/b", "\x00"} {
		if _, err := f.body(name); !errors.Is(err, layers.ErrNotFound) || f.Has(name) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for i := range 40 { // more than are kept open
		f.put(fmt.Sprintf("many_%d", i), nil, zip([]byte("x")))
		if body, err := f.body(fmt.Sprintf("many_%d", i)); err != nil || body != "x" {
			t.Errorf("%d: %q, %v", i, body, err)
		}
	}
}

// An archive of another set says so, and is asked for in that set alone.
func TestArchivesHaveTheirSet(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	f.put("degrees", map[string]any{"onemap:tileMatrixSet": "CGCS2000Quad"}, zip([]byte("x")))
	f.put("strange", map[string]any{"onemap:tileMatrixSet": "None"}, zip([]byte("x")))
	degrees, err := tiles.AnyMatrixSet("CGCS2000Quad")
	if err != nil {
		t.Fatal(err)
	}
	mercator, err := tiles.AnyMatrixSet("WebMercatorQuad")
	if err != nil {
		t.Fatal(err)
	}
	if doc, err := f.Describe("degrees", degrees, ""); err != nil || doc.TileMatrixSet != "CGCS2000Quad" {
		t.Errorf("%+v, %v", doc, err)
	}
	if _, err := f.Find("degrees", mercator, tiles.Tile{Z: 3, X: 4, Y: 2}); !errors.Is(err, layers.ErrNotFound) {
		t.Error(err)
	}
	if _, err := f.body("degrees"); !errors.Is(err, layers.ErrNotFound) { // there is no row 5
		t.Error(err)
	}
	if _, err := f.body("strange"); err == nil {
		t.Error("a set that nobody knows")
	}
}

// Files that are none, or mean harm, are errors, soon, and cost little.
func TestHostileArchives(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	write := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(f.dir, name+".pmtiles"), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f.put("good", map[string]any{"vector_layers": "none", "name": 7, "attribution": []any{1}}, zip([]byte("x")))
	good, err := os.ReadFile(filepath.Join(f.dir, "good.pmtiles"))
	if err != nil {
		t.Fatal(err)
	}
	if doc, err := f.Describe("good", nil, ""); err != nil || doc.Name != "good" || len(doc.VectorLayers) != 0 {
		t.Errorf("senseless metadata: %+v, %v", doc, err)
	}
	write("empty", nil)
	write("garbage", bytes.Repeat([]byte("PMTiles\x03"), 4000))
	write("short", good[:200])
	beyond := bytes.Clone(good)
	for i := range 8 {
		beyond[56+i] = 0xf0 // the tiles lie where no file is
	}
	write("beyond", beyond)
	f.put("bomb", nil, zip(make([]byte, 33<<20)))
	f.put("nozip", nil, []byte("this is not compressed, whatever the header says"))
	var many []any
	for i := range 100_000 {
		many = append(many, map[string]any{"id": fmt.Sprint(i), "fields": map[string]any{"a": "String"}})
	}
	f.put("talkative", map[string]any{"vector_layers": many, "name": strings.Repeat("梁", 10_000)}, zip([]byte("x")))
	if doc, err := f.Describe("talkative", nil, ""); err != nil || len(doc.VectorLayers) > 200 || len(doc.Name) > 5000 {
		t.Errorf("%d layers, a name of %d bytes, %v", len(doc.VectorLayers), len(doc.Name), err)
	}
	if err := os.Mkdir(filepath.Join(f.dir, "folder.pmtiles"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(f.dir, "pipe.pmtiles"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("loop.pmtiles", filepath.Join(f.dir, "loop.pmtiles")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"empty", "garbage", "short", "beyond", "bomb", "nozip", "folder", "pipe", "loop"} {
		if body, err := f.body(name); err == nil || errors.Is(err, layers.ErrNotFound) {
			t.Errorf("%s: %d bytes, %v", name, len(body), err)
		}
	}
	f.put("nothing", nil, zip(nil))
	if body, err := f.body("nothing"); err != nil || body != "" {
		t.Errorf("a tile of nothing: %q, %v", body, err)
	}
}
