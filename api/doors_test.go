package api_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"onemap/api"
)

func TestEveryAnswerCanBeReadFromOtherPages(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for path, want := range map[string]int{
		"/": 200, "/anywhere/in/the/page": 200, "/layers": 200, "/layers/none": 404, "/codes/none": 404, "/ogc/none": 404, "/changes/none": 404, "/search/none": 404, "/tiles/none.json": 404,
		"/tiles/house/99/0/0.mvt": 404, "/tiles/house/a/0/0.mvt": 400, "/tiles/field/5/0/0.mvt": 204, "/styles/none.json": 404,
		"/search?q=x&y=1": 400, "/search?q=x&near=116": 400, "/search?q=x&near=a,b": 400, "/search?q=x&near=117,35,116,36": 400, "/search?q=x&limit=0": 400, "/search?q=x&as-of=99999999": 400, "/search?q=x&layers=none": 404, "/search?q=%FF": 400, "/search": 200, "/search?q=x&near=116,35.8": 200,
		"/missing.js": 404, "/healthz": 200, "/readyz": 200, "/metrics": 200, "/wfs": 400, "/.keep": 404, "/assets/../index.html": 200,
	} {
		r := w.ask(http.MethodGet, path)
		if r.StatusCode != want {
			t.Errorf("%s: %d, want %d\n%s", path, r.StatusCode, want, r.body)
		}
		if r.Header.Get("Access-Control-Allow-Origin") != "*" || r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: headers %v", path, r.Header)
		}
		if want >= 400 && path != "/wfs" && r.Header.Get("Content-Type") != "application/problem+json" { // /wfs has reports of its own
			t.Errorf("%s: Content-Type %q", path, r.Header.Get("Content-Type"))
		}
	}
}

func TestMethodsAreSaid(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, path := range []string{"/ogc", "/ogc/collections/house/items", "/ogc/collections/house/items/1", "/tiles/house/14/0/0.mvt", "/layers", "/"} {
		r := w.ask(http.MethodOptions, path, "Origin", "http://elsewhere", "Access-Control-Request-Method", "GET")
		if allow := r.Header.Get("Allow"); r.StatusCode != 200 || !strings.Contains(allow, "GET") || !strings.Contains(allow, "HEAD") || r.Header.Get("Access-Control-Allow-Methods") != allow {
			t.Errorf("OPTIONS %s: %d %v", path, r.StatusCode, r.Header)
		}
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
			r := w.ask(method, path)
			if allow := r.Header.Get("Allow"); r.StatusCode != 405 || !strings.Contains(allow, "GET") || r.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s %s: %d, Allow %q", method, path, r.StatusCode, allow)
			}
		}
	}
}

func TestRequestIDIsTakenWhenSane(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for given, kept := range map[string]bool{"abc-123": true, "": false, strings.Repeat("x", 65): false, `a"b`: false, "a b": false} {
		r := w.get("/layers", "X-Request-Id", given)
		if got := r.Header.Get("X-Request-Id"); (got == given) != kept || got == "" {
			t.Errorf("%q becomes %q", given, got)
		}
	}
	if !strings.Contains(w.log.String(), `"request":"abc-123"`) {
		t.Error("the log does not have the request's id")
	}
}

func TestInternalErrorsAreLoggedAndNotTold(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	if _, err := w.pool.Exec(t.Context(), `drop view "Old Survey".names; create view "Old Survey".names as select (1 / (length(name) - length(name)))::text as name from layer.lane`); err != nil {
		t.Fatal(err)
	}
	r := w.ask(http.MethodGet, "/ogc/collections/lane_name/items", "X-Request-Id", "find-me")
	if r.StatusCode != 500 || !strings.Contains(string(r.body), "find-me") {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	for _, secret := range []string{"division", "SQL", "pgx", "panic", "Old Survey", "select"} {
		if strings.Contains(string(r.body), secret) {
			t.Errorf("the answer tells %q: %s", secret, r.body)
		}
	}
	if n := strings.Count(w.log.String(), "division by zero"); n != 1 {
		t.Errorf("the log has the cause %d times", n)
	}
}

func TestKnownContentIsNotSentAgain(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, path := range []string{"/", "/assets/app-1a2b.js", "/ogc", "/ogc/collections", "/ogc/api", "/ogc/collections/house/items/1", "/layers", "/layers/house", "/codes/town_use", "/styles/onemap.json", "/tiles/house.json", "/tiles/house/14/13475/6445.mvt"} {
		for _, coding := range []string{"gzip", "identity"} {
			first := w.get(path, "Accept-Encoding", coding)
			tag := first.Header.Get("ETag")
			again := w.ask(http.MethodGet, path, "Accept-Encoding", coding, "If-None-Match", `"other", `+tag)
			if again.StatusCode != 304 || len(again.body) > 0 || again.Header.Get("Etag") != tag || again.Header.Get("Content-Encoding") != "" {
				t.Errorf("%s: %d, ETag %q then %q", path, again.StatusCode, tag, again.Header.Get("ETag"))
			}
			if other := w.ask(http.MethodGet, path, "If-None-Match", `"other"`); other.StatusCode != 200 {
				t.Errorf("%s: %d for another tag", path, other.StatusCode)
			}
		}
	}
}

func TestTextIsCompressedOnce(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, path := range []string{"/ogc", "/ogc/collections/house/items", "/layers", "/ogc?f=html", "/tiles/house/14/13475/6445.mvt"} {
		plain, zipped := w.get(path, "Accept-Encoding", "gzip;q=0"), w.get(path, "Accept-Encoding", "br, gzip")
		if plain.Header.Get("Content-Encoding") != "" || zipped.Header.Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s: %q and %q", path, plain.Header.Get("Content-Encoding"), zipped.Header.Get("Content-Encoding"))
		}
		r, err := gzip.NewReader(strings.NewReader(string(zipped.body)))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil || string(body) != string(plain.body) {
			t.Errorf("%s: %v, %d and %d bytes", path, err, len(body), len(plain.body))
		}
		if !slices.Contains(plain.Header.Values("Vary"), "Accept-Encoding") {
			t.Errorf("%s: Vary %v", path, plain.Header.Values("Vary"))
		}
	}
}

func TestPageAndItsFiles(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, path := range []string{"/", "/share/abc", "/index.html"} {
		r := w.get(path)
		if !strings.Contains(string(r.body), "<title>map") || r.Header.Get("Cache-Control") != "no-cache" || !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'self'") {
			t.Errorf("%s: %v\n%s", path, r.Header, r.body)
		}
	}
	asset := w.get("/assets/app-1a2b.js", "Accept-Encoding", "gzip")
	if asset.Header.Get("Content-Encoding") != "gzip" || string(asset.body) != "\x1f\x8bzipped" || !strings.Contains(asset.Header.Get("Cache-Control"), "immutable") || asset.Header.Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("%v\n%q", asset.Header, asset.body)
	}
	if plain := w.get("/assets/app-1a2b.js"); string(plain.body) != "export {}" {
		t.Errorf("%q", plain.body)
	}
}

func TestLinksBeginWhereClientsReachUs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		opt    api.Options
		header []string
		want   string
	}{
		{"host", api.Options{}, nil, "http://inner:8080"},
		{"proxy not trusted", api.Options{}, []string{"X-Forwarded-Host", "evil", "Forwarded", "host=evil"}, "http://inner:8080"},
		{"x-forwarded", api.Options{TrustProxy: true}, []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "map.example", "X-Forwarded-Port", "8443", "X-Forwarded-Prefix", "/county/"}, "https://map.example:8443/county"},
		{"forwarded", api.Options{TrustProxy: true}, []string{"Forwarded", `for=1.2.3.4;proto=https;host="map.example", for=5.6.7.8;host=second`}, "https://map.example"},
		{"configured", api.Options{PublicURL: "https://map.example/one/", TrustProxy: true}, []string{"X-Forwarded-Host", "other"}, "https://map.example/one"},
	} {
		s, err := api.New(c.opt)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		r := httptest.NewRequest(http.MethodGet, "http://inner:8080/ogc", nil)
		r.Header.Set("Accept", "text/html")
		for i := 0; i < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), `href="`+c.want+`/ogc?f=html"`) {
			t.Errorf("%s: want %s in\n%s", c.name, c.want, w.Body)
		}
	}
	for _, bad := range []string{"map.example", "ftp://x", "https://", "https://x/?a=b", "::"} {
		if _, err := api.New(api.Options{PublicURL: bad}); err == nil {
			t.Errorf("public URL %q is accepted", bad)
		}
	}
}

func TestBeforeTheDatabaseIsThere(t *testing.T) {
	t.Parallel()
	s, err := api.New(api.Options{Status: func() api.Status { return api.Status{Phase: "demo", Detail: "loading dltb", Percent: 41.7} }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ask := func(path, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w
	}
	for path, want := range map[string]int{"/healthz": 200, "/metrics": 200, "/readyz": 503, "/": 503, "/ogc": 503, "/layers": 503, "/events": 503, "/tiles/a/0/0/0.mvt": 503} {
		w := ask(path, "*/*")
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
		if want == 503 && (w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "loading dltb")) {
			t.Errorf("%s: %v %s", path, w.Header(), w.Body)
		}
	}
	if w := ask("/", "text/html"); w.Code != 503 || !strings.Contains(w.Body.String(), `http-equiv="refresh"`) || !strings.Contains(w.Body.String(), `value="42"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestCatalogueForThePage(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	doc := w.get("/layers").json(t)
	names := []string{}
	for _, l := range doc["layers"].([]any) {
		names = append(names, l.(map[string]any)["name"].(string))
	}
	if got := strings.Join(names, " "); got != "house lane well odd field lane_name old_parcel station" {
		t.Errorf("layers %s", got)
	}
	if doc["synthetic"] != false || doc["position"].(float64) < 1 {
		t.Errorf("synthetic %v, position %v", doc["synthetic"], doc["position"])
	}
	if _, ok := doc["themes"].([]any); !ok {
		t.Errorf("themes %v", doc["themes"])
	}
	if l := w.get("/layers/house").json(t); l["count"] != 3.0 || l["bounds"] == nil {
		t.Errorf("house: %v", l)
	}
	if codes := w.get("/codes/town_use").json(t); codes["title"] != "用途" || len(codes["codes"].([]any)) != 2 {
		t.Errorf("codes: %v", codes)
	}
	hits := w.get("/search?q=%E7%94%B2").json(t)["hits"].([]any)
	if len(hits) != 2 || hits[0].(map[string]any)["title"] != "甲1" {
		t.Errorf("hits: %v", hits)
	}
	style := w.get("/styles/onemap.json?theme=dark&layers=house,lane").json(t)
	if style["version"] != 8.0 || len(style["sources"].(map[string]any)) != 1 { // lanes have no style
		t.Errorf("style: %v", style)
	}
	if got := w.get("/metrics"); !strings.Contains(string(got.body), `onemap_requests_total{door="/codes/:scheme",status="200"} 1`) || !strings.Contains(string(got.body), "onemap_db_connections") {
		t.Errorf("metrics:\n%s", got.body)
	} else if !strings.Contains(string(got.body), "onemap_search_behind") {
		t.Errorf("metrics say nothing of the index of search:\n%s", got.body)
	}
	if got := w.get("/readyz"); !strings.Contains(string(got.body), `"search":{"position":`) {
		t.Errorf("ready: %s", got.body)
	}
}
