package api_test

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/api"
	"onemap/layers"
	"onemap/layers/search"
	"onemap/migrations/dbtest"
	"onemap/tiles"
)

var update = flag.Bool("update", false, "write the golden files anew")

//go:embed testdata/codes.sql
var codesSQL string

//go:embed testdata/town.sql
var townSQL string

// town is a server over the invented town.
type town struct {
	testing.TB
	server *httptest.Server
	api    *api.Server
	pool   *pgxpool.Pool
	store  *layers.Store
	log    *logbook
}

// logbook is a log that a test reads while the server writes.
type logbook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func column(name string, kind layers.Type, sqlType string) layers.Column {
	return layers.Column{Property: layers.Property{Name: name, Title: name, Type: kind}, SQLType: sqlType}
}

func townLayers() []layers.Definition {
	def := func(name, title, titleEn, geometry string, columns ...layers.Column) layers.Definition {
		return layers.Definition{Layer: layers.Layer{Name: name, Title: title, TitleEn: titleEn, Theme: "base", Grade: "L2", GeometryType: geometry, SRID: 4490, Writable: true, Tracked: true}, Columns: columns}
	}
	house := def("house", "房屋", "Houses", "MultiPolygon",
		column("no", layers.String, "text"), column("use", layers.String, "text"), column("floors", layers.Integer, "integer"),
		column("area", layers.Number, "numeric(10,2)"), column("built", layers.Date, "date"),
		column("checked", layers.DateTime, "timestamptz"), column("listed", layers.Boolean, "boolean"))
	house.Columns[0].Role, house.Columns[1].Scheme = "search", "town_use"
	house.IDField, house.TimeField, house.Ordinal = "no", "checked", 1
	house.Style = layers.Style{Kind: "fill", Label: "no", LabelAt: 14}
	house.Drawing = layers.Drawing{Properties: []string{"use", "area", "checked"}, Rules: []layers.Rule{{MinZoom: 0, MaxZoom: 13, MinSize: 2, Where: &layers.Equal{Property: "use", Values: []string{"01"}}}}}
	lane := def("lane", "街巷", "Lanes", "MultiLineString", column("name", layers.String, "text"), column("width", layers.Number, "double precision"))
	lane.Ordinal, lane.Drawing.Properties = 2, []string{"width"}
	well := def("well", "水井", "Wells", "Point", column("no", layers.String, "text"), column("depth", layers.Number, "double precision"))
	well.Ordinal, well.HasZ, well.Drawing.MinZoom = 3, true, 10
	odd := def("odd", "怪形", "Odd shapes", "Geometry", column("name", layers.String, "text"))
	odd.Ordinal = 4
	field := def("field", "空图层", "Empty layer", "MultiPolygon", column("name", layers.String, "text"))
	field.Ordinal = 5
	return []layers.Definition{house, lane, well, odd, field}
}

// newTown serves the invented town from a database of its own. The log is followed, as in the product.
func newTown(t testing.TB, change ...func(*api.Options)) *town {
	t.Helper()
	pool := dbtest.New(t)
	store := layers.New(pool)
	if _, err := pool.Exec(t.Context(), codesSQL); err != nil {
		t.Fatal(err)
	}
	for _, def := range townLayers() {
		if _, err := store.Create(t.Context(), layers.Anonymous, def); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pool.Exec(t.Context(), townSQL); err != nil {
		t.Fatal(err)
	}
	w := &town{TB: t, pool: pool, store: store, log: &logbook{}}
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = layers.NewSequencer(store, log).Run(ctx) // ends with the test
	}()
	t.Cleanup(func() { stop(); <-done })
	w.wait(func(l *layers.Layer) bool { return l.Name == "odd" && l.Count == 6 })
	drawn := tiles.New(pool, store, tiles.Options{})
	w.follow(store.Watch)
	w.followed()
	opt := api.Options{
		Ground: &api.Ground{Store: store, Tiles: drawn, Search: search.New(pool, store), Pool: pool}, Page: fstest.MapFS{
			"index.html":            {Data: []byte("<!doctype html><title>map</title>")},
			"assets/app-1a2b.js":    {Data: []byte("export {}")},
			"assets/app-1a2b.js.gz": {Data: []byte("\x1f\x8bzipped")},
			".keep":                 {Data: []byte{}},
		},
		Log: log, Clock: func() time.Time { return time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC) },
	}
	for _, f := range change {
		f(&opt)
	}
	drawn = opt.Ground.Tiles
	w.follow(drawn.Follow)
	for position, _ := drawn.Freshness(); position == 0; position, _ = drawn.Freshness() {
		time.Sleep(time.Millisecond)
	}
	var err error
	if w.api, err = api.New(opt); err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewUnstartedServer(w.api.Handler())
	w.server.Listener = api.Direct(w.server.Config, w.server.Listener)
	w.server.Start()
	t.Cleanup(w.server.Close)
	t.Cleanup(w.api.Close) // before the server's, which waits for streams
	return w
}

// shifted has tiles in the GCJ-02 variant too.
func shifted(o *api.Options) {
	o.Ground.Tiles = tiles.New(o.Ground.Pool, o.Ground.Store, tiles.Options{GCJ02: true})
}

// follow has f follow the log until the test ends, again and again as the product does.
func (w *town) follow(f func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_ = f(ctx) // the database may come back
			time.Sleep(20 * time.Millisecond)
		}
	}()
	w.Cleanup(func() { stop(); <-done })
}

// wait follows the log until a layer of the catalogue is as wanted.
func (w *town) wait(wanted func(*layers.Layer) bool) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 30*time.Second)
	defer cancel()
	for _, err := range w.store.Follow(ctx, 0) {
		if err != nil {
			w.Fatal(err)
		}
		ls, err := w.store.Layers(ctx, layers.Anonymous)
		if err != nil {
			w.Fatal(err)
		}
		for _, l := range ls {
			if wanted(l) {
				return
			}
		}
	}
	w.Fatal("the log ended before the town was in it")
}

// followed waits until the catalogue is answered from memory: it is the same thing twice.
func (w *town) followed() {
	w.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		one, err := w.store.Layer(w.Context(), layers.Anonymous, "odd")
		if err != nil {
			w.Fatal(err)
		}
		if two, err := w.store.Layer(w.Context(), layers.Anonymous, "odd"); err == nil && one == two {
			return
		}
		if time.Now().After(end) {
			w.Fatal("nobody follows the catalogue")
		}
	}
}

// reply is an answer, read.
type reply struct {
	*http.Response
	body []byte
}

func (r reply) json(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(r.body, &v); err != nil {
		t.Fatalf("%s: not JSON: %v\n%s", r.Request.URL, err, r.body)
	}
	return v
}

// ask sends a request; header is pairs of name and value. Redirects are not followed, nothing is decompressed.
func (w *town) ask(method, path string, header ...string) reply {
	w.Helper()
	if !strings.HasPrefix(path, "http") {
		path = w.server.URL + path
	}
	r, err := http.NewRequestWithContext(w.Context(), method, path, nil)
	if err != nil {
		w.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		w.Fatalf("%s: %v", path, err)
	}
	got := reply{answer, body}
	if got.StatusCode >= http.StatusBadRequest && method != http.MethodHead {
		w.saysWhy(path, got)
	}
	return got
}

// get wants 200.
func (w *town) get(path string, header ...string) reply {
	w.Helper()
	r := w.ask(http.MethodGet, path, header...)
	if r.StatusCode != http.StatusOK {
		w.Fatalf("GET %s: status %d\n%s", path, r.StatusCode, r.body)
	}
	return r
}

// anyCursor is a cursor in a link: positions of the log are in it, which differ from run to run.
var anyCursor = regexp.MustCompile(`cursor=[A-Za-z0-9_-]+`)

// golden compares a body with testdata/name; the server's address is written as http://town.
func (w *town) golden(name string, body []byte) {
	w.Helper()
	body = bytes.ReplaceAll(body, []byte(w.server.URL), []byte("http://town"))
	body = anyCursor.ReplaceAll(body, []byte("cursor=CURSOR"))
	var pretty bytes.Buffer
	if json.Indent(&pretty, body, "", "  ") == nil {
		body = pretty.Bytes()
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, body, 0o644); err != nil {
			w.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		w.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(body)); diff != "" {
		w.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
