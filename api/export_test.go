package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"onemap/api"
	"onemap/layers/format"
)

// Every format of the table, read back by GDAL where it reads the format.
func TestLayerIsExported(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ogrinfo"); err != nil {
		t.Skip("no ogrinfo here")
	}
	folder := t.TempDir()
	w := newTown(t, func(o *api.Options) { o.Ground.Folder = folder })
	for _, f := range format.Writable() {
		if f.Name == "gpx" { // houses are areas
			continue
		}
		r := w.get("/layers/house/export?f=" + f.Name + "&filter=use%3D%2701%27")
		name := f.OneFile("house")
		_, params, err := mime.ParseMediaType(r.Header.Get("Content-Disposition"))
		if err != nil || params["filename"] != strings.Replace(name, "house", "房屋", 1) || !strings.Contains(r.Header.Get("Content-Disposition"), `filename="`+name+`"`) {
			t.Errorf("%s: Content-Disposition %q", f.Name, r.Header.Get("Content-Disposition"))
		}
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, r.body, 0o600); err != nil {
			t.Fatal(err)
		}
		if f.Name == "boundary" { // GDAL does not know it
			if !strings.Contains(string(r.body), "\xb5\xd8\xbf\xe9\xd7\xf8\xb1\xea") || r.Header.Get("Content-Type") != "text/plain; charset=gbk" {
				t.Errorf("boundary: %s %q", r.Header.Get("Content-Type"), r.body[:min(len(r.body), 200)])
			}
			continue
		}
		if strings.HasSuffix(name, ".zip") {
			file = "/vsizip/" + file
			if reader, err := zip.NewReader(bytes.NewReader(r.body), int64(len(r.body))); err != nil || len(reader.File) == 0 {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
		out, err := exec.Command("ogrinfo", "-ro", "-so", "-al", file).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "Feature Count: 2") && f.Name != "dxf" {
			t.Errorf("%s: %v\n%s", f.Name, err, out)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestExportHasWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	w, at := edited(t)
	for _, c := range []struct{ query, has, lacks string }{
		{"f=csv&properties=use&codes=both&names=title&sortby=-no", "住宅", "甲1"},
		{"f=csv&codes=name&id=number", "number", ""},
		{"f=csv&encoding=GB18030", "\xbc\xd71", "甲"},
		{"f=geojsonl&bbox=116.1,35.81,116.2,35.9", "乙", "甲1"},
		{"f=geojson&ids=1&crs=" + epsg + "4490", "[116.091", "[35.8"},
		{"f=csv&as-of=" + strconv.FormatInt(at[0], 10), "甲2", "丙"},
		{"", `"FeatureCollection"`, ""},
	} {
		r := w.get("/layers/house/export?" + c.query)
		if !strings.Contains(string(r.body), c.has) || c.lacks != "" && strings.Contains(string(r.body), c.lacks) {
			t.Errorf("%s: %s", c.query, r.body)
		}
	}
	if got := w.get("/layers/house/export?f=csv&encoding=GB18030").Header.Get("Content-Type"); got != "text/csv; charset=gb18030" {
		t.Errorf("Content-Type %q", got)
	}
	for query, status := range map[string]int{"f=doc": 400, "f=geojson&crs=" + epsg + "3857": 400, "f=csv&properties=colour": 400, "f=csv&names=both": 400, "limit=3": 400, "filter=x": 400} {
		if r := w.ask(http.MethodGet, "/layers/house/export?"+query); r.StatusCode != status || r.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %d\n%s", query, r.StatusCode, r.body)
		}
	}
	var doc map[string]any
	if r := w.get("/layers/field/export"); json.Unmarshal(r.body, &doc) != nil || len(doc["features"].([]any)) != 0 {
		t.Errorf("an empty layer: %s", r.body)
	}
}

// A client that leaves gives back its place.
func TestClientThatLeavesEndsTheExport(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	_, err := w.pool.Exec(t.Context(), "insert into layer.well (no, geom) select 'n' || n, st_setsrid(st_makepoint(116 + n / 1e6, 35, 0), 4490) from generate_series(1, 200000) n")
	if err != nil {
		t.Fatal(err)
	}
	for range 8 { // more often than there are places
		ctx, leave := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+"/layers/well/export", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(answer.Body, make([]byte, 1000)); err != nil || answer.StatusCode != 200 {
			t.Fatalf("%d, %v", answer.StatusCode, err)
		}
		leave()
		answer.Body.Close()
		for begin := time.Now(); w.pool.Stat().AcquiredConns() > 2; time.Sleep(5 * time.Millisecond) { // the log is followed all the time
			if time.Since(begin) > 20*time.Second {
				t.Fatalf("%d connections are still in use", w.pool.Stat().AcquiredConns())
			}
		}
	}
}
