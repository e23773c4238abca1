package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"onemap/api"
	"onemap/api/exports"
	"onemap/api/imports"
	"onemap/layers/intake"
	"onemap/tiles"
	"onemap/tiles/pmtiles"
)

// archivist is a town where archives of tiles are made.
type archivist struct {
	*town
	service *exports.Service
	stop    func() // ends the worker and waits for it
}

func newArchivist(t *testing.T, change ...func(*exports.Settings, *api.Options)) *archivist {
	t.Helper()
	a := &archivist{}
	var desk *imports.Service
	a.town = newTown(t, func(o *api.Options) {
		set := exports.Settings{Pool: o.Ground.Pool, Tiles: o.Ground.Tiles, Folder: t.TempDir(), Log: o.Log}
		for _, c := range change {
			c(&set, o)
		}
		a.service = exports.New(set)
		desk = newService(t, imports.Options{Store: o.Ground.Store, Pool: o.Ground.Pool, Import: intake.Import, Folder: t.TempDir(), Log: o.Log, Idle: true, Jobs: []imports.Jobs{a.service}})
		o.Ground.Exports = a.service
	})
	a.stop = work(t, desk)
	return a
}

// ask posts options.
func (a *archivist) ask(options string) reply {
	a.Helper()
	return a.send(http.MethodPost, "/tiles/export", strings.NewReader(options), "Content-Type", "application/json")
}

func (a *archivist) status(path string) int {
	a.Helper()
	return a.send(http.MethodGet, path, nil).StatusCode
}

// ended waits until an archive is done, or has failed.
func (a *archivist) ended(at string) map[string]any {
	a.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		e := a.get(strings.TrimPrefix(at, a.server.URL)).json(a)
		if e["state"] == "done" || e["state"] == "failed" {
			return e
		}
		if time.Now().After(end) {
			a.Fatalf("it does not end: %v\n%s", e, a.log)
		}
	}
}

// An archive is asked for, made, fetched whole and in ranges, and removed; its tiles are the door's.
func TestTilesAreExported(t *testing.T) {
	t.Parallel()
	a := newArchivist(t)
	r := a.ask(`{"layers":["house","lane"],"minZoom":10,"maxZoom":15,"properties":["no"]}`)
	if r.StatusCode != http.StatusAccepted {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	at := r.Header.Get("Location")
	if e := r.json(a); e["self"] != at || e["state"] != "queued" || e["progress"] == nil {
		t.Errorf("%s", r.body)
	}
	e := a.ended(at)
	if e["state"] != "done" || e["file"] != at+"/file" || e["archive"].(map[string]any)["position"].(float64) <= 0 {
		t.Fatalf("%v\n%s", e, a.log)
	}
	path := strings.TrimPrefix(at, a.server.URL)
	file := a.get(path + "/file")
	if file.StatusCode != 200 || file.Header.Get("Content-Type") != "application/vnd.pmtiles" || float64(len(file.body)) != e["bytes"] {
		t.Errorf("%d %v, %d bytes of %v", file.StatusCode, file.Header, len(file.body), e["bytes"])
	}
	read, err := pmtiles.NewReader(bytes.NewReader(file.body), int64(len(file.body)))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for id := range read.IDs() {
		z, x, y := pmtiles.Address(id)
		body, err := read.Tile(z, x, y)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := tiles.Plain(body)
		if err != nil {
			t.Fatal(err)
		}
		if door := a.get("/tiles/house,lane/"+(tiles.Tile{Z: z, X: x, Y: y}).String()+".mvt?properties=no", "Accept-Encoding", "identity"); !bytes.Equal(door.body, plain) {
			t.Errorf("%d/%d/%d is not the door's: %d", z, x, y, door.StatusCode)
		}
		n++
	}
	if n == 0 || float64(n) != e["archive"].(map[string]any)["tiles"] {
		t.Errorf("%d tiles; %v", n, e)
	}
	part := a.send(http.MethodGet, path+"/file", nil, "Range", "bytes=5-104", "Accept-Encoding", "gzip")
	if part.StatusCode != http.StatusPartialContent || !bytes.Equal(part.body, file.body[5:105]) {
		t.Errorf("a range: %d, %d bytes", part.StatusCode, len(part.body))
	}
	if all := a.get("/tiles/export").json(a)["exports"].([]any); len(all) != 1 {
		t.Errorf("%v", all)
	}
	if gone := a.send(http.MethodDelete, path, nil); gone.StatusCode != http.StatusNoContent || a.status(path) != 404 || a.status(path+"/file") != 404 {
		t.Errorf("removed: %d", gone.StatusCode)
	}
	var parts int
	if err := a.pool.QueryRow(t.Context(), "select count(*) from onemap.tile_export_part").Scan(&parts); err != nil || parts != 0 {
		t.Errorf("%d parts are left, %v", parts, err)
	}
}

// What can not be made is said at once, in both languages or in the door's words.
func TestExportsThatCanNotBe(t *testing.T) {
	t.Parallel()
	a := newArchivist(t)
	for options, want := range map[string]int{
		``: 400, `[]`: 400, `{"layers":["house"],"minZoom":1,"maxZoom":2,"colour":1}`: 400, `{} {}`: 400,
		`{"layers":[],"minZoom":1,"maxZoom":2}`:                                                                    400,
		`{"layers":["none"],"minZoom":1,"maxZoom":2}`:                                                              404,
		`{"layers":["house","house"],"minZoom":1,"maxZoom":2}`:                                                     400,
		`{"layers":["house"],"minZoom":3,"maxZoom":2}`:                                                             400,
		`{"layers":["house"],"minZoom":0,"maxZoom":22,"bounds":[-180,-85,180,85]}`:                                 400,
		`{"layers":["house"],"minZoom":1,"maxZoom":2,"area":"lane/1"}`:                                             400,
		`{"layers":["house"],"minZoom":1,"maxZoom":2,"area":"house/999999"}`:                                       404,
		`{"layers":["house"],"minZoom":1,"maxZoom":2,"area":{"type":"Point","coordinates":[1,2]}}`:                 400,
		`{"layers":["house"],"minZoom":1,"maxZoom":2,"set":"None"}`:                                                404,
		`{"layers":["house"],"minZoom":1,"maxZoom":2,"set":"WorldCRS84Quad"}`:                                      400,
		`{"layers":["house"],"minZoom":1,"maxZoom":2,"since":99999999}`:                                            400,
		`{"layers":["house"],"minZoom":1,"maxZoom":2,"properties":["none"]}`:                                       400,
		`{"layers":["` + strings.Repeat(`house","`, 60) + `house"],"minZoom":1,"maxZoom":2}`:                       400,
		`{"layers":["house"],"minZoom":1,"maxZoom":2,"bounds":[0,0,1,1],"padding":"` + string(make([]byte, 1<<24)): 413,
	} {
		if r := a.ask(options); r.StatusCode != want || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%.100s: %d %s, want %d", options, r.StatusCode, r.body, want)
		}
	}
	for _, path := range []string{"/tiles/export/1", "/tiles/export/00000000-0000-0000-0000-000000000000", "/tiles/export/x/file"} {
		if r := a.send(http.MethodGet, path, nil); r.StatusCode != 404 || !strings.Contains(string(r.body), "瓦片包") {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
	}
	// What is found out only when it is made is told then.
	e := a.ended(a.ask(`{"layers":["house"],"minZoom":5,"maxZoom":6,"bounds":[1,1,2,2]}`).Header.Get("Location"))
	if told, _ := json.Marshal(e["error"]); e["state"] != "failed" || !strings.Contains(string(told), "没有") || !strings.Contains(string(told), "nothing in these bounds") {
		t.Errorf("%v", e)
	}
	if code := a.status(strings.TrimPrefix(e["self"].(string), a.server.URL) + "/file"); code != 409 {
		t.Errorf("the file of one that failed: %d", code)
	}
}

// Size, time and number are bounded; what runs is ended by its removal.
func TestExportsAreBounded(t *testing.T) {
	t.Parallel()
	const long = `{"layers":["house"],"minZoom":0,"maxZoom":17,"bounds":[115,35,116.2,36]}`
	for name, change := range map[string]func(*exports.Settings, *api.Options){
		"过大": func(s *exports.Settings, _ *api.Options) { s.Limit = 16_500 },
		"超时": func(s *exports.Settings, _ *api.Options) { s.Most = 300 * time.Millisecond },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newArchivist(t, change)
			options := long
			if name == "过大" {
				options = `{"layers":["house","lane"],"minZoom":10,"maxZoom":17}`
			}
			if e := a.ended(a.ask(options).Header.Get("Location")); e["state"] != "failed" || !strings.Contains(e["error"].(map[string]any)["titleZh"].(string), name) {
				t.Errorf("%v", e)
			}
		})
	}
	a := newArchivist(t)
	var at []string
	for len(at) < 8 {
		r := a.ask(long)
		if r.StatusCode != http.StatusAccepted {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
		at = append(at, strings.TrimPrefix(r.Header.Get("Location"), a.server.URL))
	}
	if r := a.ask(long); r.StatusCode != 503 || r.Header.Get("Retry-After") == "" {
		t.Errorf("the ninth: %d %s", r.StatusCode, r.body)
	}
	for a.get(at[0]).json(a)["state"] != "running" {
		time.Sleep(20 * time.Millisecond)
	}
	if code := a.status(at[0] + "/file"); code != 409 {
		t.Errorf("the file of one that runs: %d", code)
	}
	for _, path := range at {
		if r := a.send(http.MethodDelete, path, nil); r.StatusCode != 204 {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
	}
	if e := a.ended(a.ask(`{"layers":["house"],"minZoom":10,"maxZoom":12}`).Header.Get("Location")); e["state"] != "done" {
		t.Errorf("after all were removed: %v", e)
	}
}

// A job whose process dies is begun again; one that is stopped goes on when the server is back.
func TestExportsSurvive(t *testing.T) {
	t.Parallel()
	a := newArchivist(t)
	path := strings.TrimPrefix(a.ask(`{"layers":["house"],"minZoom":0,"maxZoom":17,"bounds":[115,35,116.2,36]}`).Header.Get("Location"), a.server.URL)
	for a.get(path).json(a)["state"] != "running" {
		time.Sleep(20 * time.Millisecond)
	}
	a.stop()
	if e := a.get(path).json(a); e["state"] != "queued" {
		t.Errorf("stopped: %v", e)
	}
	// As after a crash: the row says that it runs, its job does not.
	if _, err := a.pool.Exec(t.Context(), `update onemap.tile_export set state = 'running', options = options || '{"maxZoom": 12}'`); err != nil {
		t.Fatal(err)
	}
	if err := a.service.Tidy(t.Context(), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	desk := newService(t, imports.Options{Store: a.store, Pool: a.pool, Import: intake.Import, Folder: t.TempDir(), Idle: true, Jobs: []imports.Jobs{a.service}})
	work(t, desk)
	if e := a.ended(path); e["state"] != "done" {
		t.Errorf("%v", e)
	}
	if err := a.service.Tidy(t.Context(), time.Now().Add(25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if code := a.status(path); code != 404 {
		t.Errorf("after a day: %d", code)
	}
}

// Whom the door answers is the operator's choice; pages of other sites are never answered.
func TestWhoMayExportTiles(t *testing.T) {
	t.Parallel()
	a := newArchivist(t)
	for header, want := range map[string]int{"X-Forwarded-For: 10.1.1.1": 403, "Host: map.example": 403, "Origin: http://evil.example": 403, "X-Plain: yes": 200} {
		name, value, _ := strings.Cut(header, ": ")
		if r := a.send(http.MethodGet, "/tiles/export", io.Reader(nil), name, value, "Sec-Fetch-Site", map[bool]string{true: "cross-site", false: "none"}[name == "Origin"]); r.StatusCode != want {
			t.Errorf("%s: %d, want %d", header, r.StatusCode, want)
		}
	}
	t.Run("off", func(t *testing.T) {
		t.Parallel()
		off := newArchivist(t, func(_ *exports.Settings, o *api.Options) { o.ExportsFor = api.Nobody })
		if r := off.send(http.MethodGet, "/tiles/export", nil); r.StatusCode != 403 || !strings.Contains(string(r.body), "关闭") {
			t.Errorf("switched off: %d %s", r.StatusCode, r.body)
		}
		if code := off.status("/imports"); code != 403 {
			t.Errorf("imports of a server without: %d", code)
		}
	})
}
