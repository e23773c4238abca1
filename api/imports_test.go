package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"onemap/api"
	"onemap/api/imports"
	"onemap/layers/intake"
)

// desk is a town where files are handed in.
type desk struct {
	*town
	service *imports.Service
	stop    func() // ends the worker and waits for it
}

// newDesk serves the town with a worker that imports by f.
func newDesk(t *testing.T, f imports.ImportFunc, change ...func(*api.Options)) *desk {
	t.Helper()
	d := &desk{}
	d.town = newTown(t, append([]func(*api.Options){func(o *api.Options) {
		d.service = newService(t, imports.Options{Store: o.Ground.Store, Pool: o.Ground.Pool, Import: f, Folder: t.TempDir(), Limit: 1 << 30, Log: o.Log})
		o.Ground.Imports = d.service
	}}, change...)...)
	d.stop = work(t, d.service)
	return d
}

func newService(t *testing.T, opt imports.Options) *imports.Service {
	t.Helper()
	service, err := imports.New(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Close)
	return service
}

// work lets a service do jobs; the returned function ends it.
func work(t *testing.T, service *imports.Service) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := service.Work(ctx); err != context.Canceled {
			t.Errorf("the worker ended with %v", err)
		}
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

// points is a GeoJSON file of n points; every tenth has no geometry.
func points(n int) string {
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		geometry := "null"
		if i%10 != 9 {
			geometry = fmt.Sprintf(`{"type":"Point","coordinates":[%.6f,%.6f]}`, 116.09+float64(i%1000)/1e5, 35.80+float64(i/1000)/1e5)
		}
		fmt.Fprintf(&b, `{"type":"Feature","geometry":%s,"properties":{"no":"P%d","depth":%d}}`, geometry, i, i%7)
	}
	b.WriteString(`]}`)
	return b.String()
}

// send sends a request with a body.
func (w *town) send(method, path string, body io.Reader, header ...string) reply {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, w.server.URL+path, body)
	if err != nil {
		w.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		w.Fatal(err)
	}
	return reply{answer, got}
}

// form is files as a form of a page sends them: name, content, name, content …
func form(files ...string) (body io.Reader, contentType string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		part, err := m.CreateFormFile("file", files[i])
		if err != nil {
			panic(err) // a buffer takes all
		}
		io.WriteString(part, files[i+1])
	}
	m.Close()
	return &b, m.FormDataContentType()
}

// upload hands files in and returns the id of the import.
func (d *desk) upload(files ...string) string {
	d.Helper()
	body, contentType := form(files...)
	r := d.send(http.MethodPost, "/imports", body, "Content-Type", contentType)
	if r.StatusCode != http.StatusCreated {
		d.Fatalf("upload: %d %s", r.StatusCode, r.body)
	}
	i := r.json(d)
	id, _ := i["id"].(string)
	if i["state"] != "looking" || r.Header.Get("Location") != d.server.URL+"/imports/"+id {
		d.Fatalf("upload: Location %q\n%s", r.Header.Get("Location"), r.body)
	}
	return id
}

// until waits for an import to come to one of the states.
func (d *desk) until(id string, states ...string) map[string]any {
	d.Helper()
	ctx, cancel := context.WithTimeout(d.Context(), 60*time.Second)
	defer cancel()
	for {
		i := d.get("/imports/" + id).json(d)
		if slices.Contains(states, i["state"].(string)) {
			return i
		}
		select {
		case <-ctx.Done():
			d.Fatalf("import %s does not come to %v: %v\n%s", id, states, i, d.log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// ask wants 202 of a look or a run.
func (d *desk) begin(id, what, options string) {
	d.Helper()
	r := d.send(http.MethodPost, "/imports/"+id+"/"+what, strings.NewReader(options), "Content-Type", "application/json")
	if r.StatusCode != http.StatusAccepted {
		d.Fatalf("%s: %d %s", what, r.StatusCode, r.body)
	}
}

func (d *desk) count(sql string, args ...any) (n int) {
	d.Helper()
	if err := d.pool.QueryRow(d.Context(), sql, args...).Scan(&n); err != nil {
		d.Fatal(err)
	}
	return n
}

func TestAFileBecomesALayer(t *testing.T) {
	t.Parallel()
	d := newDesk(t, intake.Import)
	id := d.upload("points.geojson", points(500))
	seen := d.until(id, "ready", "failed")
	report, _ := seen["report"].(map[string]any)
	if seen["state"] != "ready" || report == nil || seen["error"] != nil || seen["progress"] != nil || len(report["findings"].([]any)) != 0 {
		t.Fatalf("after the look: %v", seen)
	}
	if n := d.count("select count(*) from onemap.layer where layer = 'points'"); n != 0 {
		t.Fatal("a look has made the layer")
	}
	d.begin(id, "run", `{"layer": "points", "title": "点"}`)
	done := d.until(id, "done", "failed")
	if done["state"] != "done" || done["layer"] != "points" || done["result"].(map[string]any)["rows"].(map[string]any)["taken"] != 500.0 {
		t.Fatalf("after the run: %v", done)
	}
	if l := d.get("/layers/points").json(t); l["count"] != 500.0 || l["title"] != "点" {
		t.Errorf("the layer: %v", l)
	}
	if r := d.ask(http.MethodGet, "/tiles/points/14/13475/6445.mvt"); r.StatusCode != 200 || len(r.body) == 0 {
		t.Errorf("its tile: %d", r.StatusCode)
	}
	if n := d.count("select count(*) from onemap.import_part"); n != 0 {
		t.Errorf("%d parts of the upload are left", n)
	}
	for _, what := range []string{"look", "run"} {
		if r := d.send(http.MethodPost, "/imports/"+id+"/"+what, nil); r.StatusCode != http.StatusConflict {
			t.Errorf("%s again: %d", what, r.StatusCode)
		}
	}
}

func TestPreviewFindingsAndReport(t *testing.T) {
	t.Parallel()
	d := newDesk(t, intake.Import)
	id := d.upload("points.geojson", points(250))
	d.until(id, "ready")
	preview := d.get("/imports/" + id + "/preview")
	if shown := preview.json(t)["features"].([]any); len(shown) == 0 || len(shown) > 2000 || preview.Header.Get("Content-Type") != "application/geo+json" {
		t.Errorf("preview: %d features, %s", len(shown), preview.Header.Get("Content-Type"))
	}
	var whole struct {
		Findings []map[string]any
		Rules    []struct {
			Rule  string
			Count int
		}
	}
	r := d.get("/imports/" + id + "/report")
	if err := json.Unmarshal(r.body, &whole); err != nil || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("report: %v, %v", err, r.Header)
	}
	total := 0
	for _, rule := range whole.Rules {
		total += rule.Count
	}
	if len(whole.Findings) == 0 || len(whole.Findings) != total {
		t.Fatalf("%d findings, the rules count %d", len(whole.Findings), total)
	}
	// Page by page they are the same.
	var paged []map[string]any
	for path := "/imports/" + id + "/findings?limit=7"; path != ""; {
		page := d.get(path).json(t)
		if page["numberMatched"] != float64(total) {
			t.Fatalf("numberMatched %v, want %d", page["numberMatched"], total)
		}
		for _, f := range page["features"].([]any) {
			paged = append(paged, f.(map[string]any)["properties"].(map[string]any))
		}
		path = ""
		for _, l := range page["links"].([]any) {
			path = strings.TrimPrefix(l.(map[string]any)["href"].(string), d.server.URL)
		}
	}
	if fmt.Sprint(paged) != fmt.Sprint(whole.Findings) {
		t.Errorf("pages give\n%v\nthe report\n%v", paged, whole.Findings)
	}
	rule := whole.Rules[0]
	if page := d.get("/imports/" + id + "/findings?rule=" + rule.Rule).json(t); page["numberMatched"] != float64(rule.Count) {
		t.Errorf("rule %s: %v matched, want %d", rule.Rule, page["numberMatched"], rule.Count)
	}
	for path, want := range map[string]int{"/findings?rule=none": 200, "/findings?after=x": 400, "/findings?x=1": 400, "/nothing": 404} {
		if r := d.ask(http.MethodGet, "/imports/"+id+path); r.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, r.StatusCode, want)
		}
	}
}

func TestUploadsThatCanNotBe(t *testing.T) {
	t.Parallel()
	d := newDesk(t, intake.Import)
	many := []string{}
	for n := range 21 {
		many = append(many, fmt.Sprint(n), "x")
	}
	other := "--x\r\nContent-Disposition: form-data; name=\"options\"\r\n\r\n{}\r\n--x--\r\n"
	cut := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.geojson\"\r\n\r\nhalf"
	formOf := func(files ...string) (string, string) {
		b, contentType := form(files...)
		body, _ := io.ReadAll(b)
		return string(body), contentType
	}
	for name, c := range map[string]struct {
		query, body, contentType string
		want                     int
		says                     string
	}{
		"no name":     {body: "x", want: 400, says: "?name="},
		"no file":     {body: "--x--\r\n", contentType: "multipart/form-data; boundary=x", want: 400, says: "no file"},
		"no boundary": {body: "x", contentType: "multipart/form-data", want: 400, says: "boundary"},
		"other part":  {body: other, contentType: "multipart/form-data; boundary=x", want: 400, says: "options"},
		"cut":         {body: cut, contentType: "multipart/form-data; boundary=x", want: 400, says: "br"},
		"empty":       {query: "?name=a.shp", want: 400, says: "empty"},
		"dots":        {query: "?name=..", body: "x", want: 400, says: "no name"},
		"control":     {query: "?name=a%0Ab", body: "x", want: 400, says: "no name"},
		"long":        {query: "?name=" + strings.Repeat("a", 256), body: "x", want: 400, says: "256 bytes"},
		"unknown":     {query: "?nam=a", body: "x", want: 400, says: "nam"},
	} {
		r := d.send(http.MethodPost, "/imports"+c.query, strings.NewReader(c.body), "Content-Type", c.contentType)
		if r.StatusCode != c.want || !strings.Contains(fmt.Sprint(r.json(t)["detail"]), c.says) {
			t.Errorf("%s: %d %s, want %d and %q", name, r.StatusCode, r.body, c.want, c.says)
		}
	}
	for says, files := range map[string][]string{"20 files": many, "two files": {"a.shp", "x", "A.SHP", "y"}} {
		body, contentType := formOf(files...)
		if r := d.send(http.MethodPost, "/imports", strings.NewReader(body), "Content-Type", contentType); r.StatusCode != 400 || !strings.Contains(string(r.body), says) {
			t.Errorf("%s: %d %s", says, r.StatusCode, r.body)
		}
	}
	if n := d.count("select (select count(*) from onemap.import) + (select count(*) from onemap.import_part)"); n != 0 {
		t.Errorf("%d rows of broken uploads are left", n)
	}
	// A path is cut to its last part, a GBK name understood.
	id := d.upload(`C:\data\`+"\xb5\xd8\xbf\xe9.geojson", points(1))
	if name := d.until(id, "ready")["files"].([]any)[0].(map[string]any)["name"]; name != "地块.geojson" {
		t.Errorf("the file is called %v", name)
	}
}

func TestTooMuchIsRefusedAndNotKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t, intake.Import, func(o *api.Options) {
		o.Ground.Imports = newService(t, imports.Options{Store: o.Ground.Store, Pool: o.Ground.Pool, Import: intake.Import, Folder: t.TempDir(), Limit: 3 << 20, Log: o.Log})
	})
	body := strings.Repeat("x", 5<<20)
	for name, from := range map[string]io.Reader{"said": strings.NewReader(body), "not said": io.MultiReader(strings.NewReader(body))} {
		if r := d.send(http.MethodPost, "/imports?name=a.geojson", from); r.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(r.body), "3 MiB") || !strings.Contains(string(r.body), "上限") {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
	if n := d.count("select (select count(*) from onemap.import) + (select count(*) from onemap.import_part)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestAClientThatLeavesLeavesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t, intake.Import)
	ctx, cancel := context.WithCancel(t.Context())
	body, w := io.Pipe()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.server.URL+"/imports?name=a.geojson", body)
	if err != nil {
		t.Fatal(err)
	}
	sent := make(chan error, 1)
	go func() {
		_, err := http.DefaultClient.Do(r)
		sent <- err
	}()
	if _, err := w.Write(make([]byte, 3<<20)); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool { return d.count("select count(*) from onemap.import_part") > 0 })
	if i := d.get("/imports").json(t)["imports"].([]any)[0].(map[string]any); i["state"] != "uploading" {
		t.Errorf("while it comes in: %v", i)
	}
	cancel()
	w.CloseWithError(context.Canceled) // the client reads on before it sees that it is to leave
	<-sent
	wait(t, func() bool {
		return d.count("select (select count(*) from onemap.import) + (select count(*) from onemap.import_part)") == 0
	})
}

// wait polls until something is so.
func wait(t *testing.T, so func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !so(); {
		if time.Now().After(end) {
			t.Fatal("it does not come to be")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	d := newDesk(t, intake.Import)
	id := d.upload("points.geojson", points(3))
	d.until(id, "ready")
	for body, says := range map[string]string{
		`{"layr": "x", "dryRun": true, "layer": "x"}`: `"dryRun", "layr"`, `[]`: "JSON object", `null`: "JSON object", `{"srid": "x"}`: `"srid"`, `{`: "JSON object",
	} {
		for _, what := range []string{"look", "run"} {
			r := d.send(http.MethodPost, "/imports/"+id+"/"+what, strings.NewReader(body))
			if p := r.json(t); r.StatusCode != 400 || !strings.Contains(fmt.Sprint(p["detail"]), says) || p["detailZh"] == nil {
				t.Errorf("%s %s: %d %s", what, body, r.StatusCode, r.body)
			}
		}
	}
	if r := d.send(http.MethodPost, "/imports/"+id+"/run", strings.NewReader(`{"layer": "Not A Name"}`)); r.StatusCode != 400 {
		t.Errorf("a layer's name: %d", r.StatusCode)
	}
	d.begin(id, "look", `{"layer": "other", "mode": "create"}`)
	if i := d.until(id, "ready"); i["options"].(map[string]any)["layer"] != "other" {
		t.Errorf("options %v", i["options"])
	}
	d.begin(id, "run", "") // with the last ones
	if i := d.until(id, "done", "failed"); i["layer"] != "other" {
		t.Errorf("%v", i)
	}
	for path, method := range map[string]string{
		"/imports/none": "GET", "/imports/00000000-0000-0000-0000-000000000000": "DELETE", "/imports/00000000-0000-0000-0000-000000000000/run": "POST", "/imports/x/events": "GET",
	} {
		if r := d.send(method, path, nil); r.StatusCode != 404 || r.json(t)["detailZh"] == nil {
			t.Errorf("%s %s: %d %s", method, path, r.StatusCode, r.body)
		}
	}
}

func TestWhatFailsCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, intake.Import)
	id := d.upload("points.geojson", points(20))
	d.until(id, "ready")
	d.begin(id, "run", `{"layer": "house"}`) // is there already
	i := d.until(id, "failed", "done")
	failure, _ := i["error"].(map[string]any)
	if failure == nil || failure["title"] == "" || failure["titleZh"] == "" || failure["detail"] == "" || failure["detailZh"] == "" {
		t.Fatalf("%v", i)
	}
	d.begin(id, "run", `{"layer": "points"}`)
	if i := d.until(id, "failed", "done"); i["state"] != "done" || i["error"] != nil {
		t.Errorf("%v", i)
	}
}

func TestImportsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	d := newDesk(t, intake.Import)
	var ids []string
	for range 5 {
		ids = append([]string{d.upload("points.geojson", points(1))}, ids...)
	}
	var listed []string
	for path := "/imports?limit=2"; path != ""; {
		page := d.get(path).json(t)
		for _, i := range page["imports"].([]any) {
			listed = append(listed, i.(map[string]any)["id"].(string))
		}
		next, _ := page["next"].(string)
		path = strings.TrimPrefix(next, d.server.URL)
	}
	if !slices.Equal(listed, ids) {
		t.Errorf("%v, want %v", listed, ids)
	}
	if got := d.get("/metrics"); !strings.Contains(string(got.body), `onemap_imports{state="ready"}`) {
		t.Errorf("metrics:\n%s", got.body)
	}
}

func TestAnImportIsToldAsItGoes(t *testing.T) {
	t.Parallel()
	d := newDesk(t, intake.Import)
	id := d.upload("points.geojson", points(100))
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	next := d.listen(ctx, "/imports/"+id+"/events", "")
	state := func() string { return d.want(next, "import").data["state"].(string) }
	for s := state(); s != "ready"; s = state() {
		if s != "looking" {
			t.Fatalf("state %s before ready", s)
		}
	}
	d.begin(id, "run", `{"layer": "points"}`)
	var last event
	for last = d.want(next, "import"); last.data["state"] != "done"; last = d.want(next, "import") {
		if last.data["state"] != "importing" {
			t.Fatalf("%v, error %v: %v", last.data["state"], last.data["error"], last)
		}
	}
	if e, err := next(); err == nil {
		t.Errorf("after the end: %v", e)
	}
	if r := d.ask(http.MethodGet, "/imports/"+id+"/events", "Last-Event-ID", last.id); r.StatusCode != http.StatusNoContent {
		t.Errorf("who has seen the end and comes again: %d", r.StatusCode)
	}
	// The stream of one that is removed ends, too.
	id = d.upload("points.geojson", points(1))
	d.until(id, "ready")
	next = d.listen(ctx, "/imports/"+id+"/events", "")
	d.want(next, "import")
	if r := d.ask(http.MethodDelete, "/imports/"+id); r.StatusCode != http.StatusNoContent {
		t.Fatalf("delete: %d %s", r.StatusCode, r.body)
	}
	if e := d.want(next, "import"); e.data["state"] != "cancelled" {
		t.Errorf("%v", e)
	}
	if _, err := next(); err == nil {
		t.Error("the stream of a removed import goes on")
	}
}
