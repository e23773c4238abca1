package api_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"onemap/api"
	"onemap/layers/intake"
)

func TestOnlyThisMachineImports(t *testing.T) {
	t.Parallel()
	trust := api.Options{TrustProxy: true}
	public := api.Options{PublicURL: "https://map.example"}
	for name, c := range map[string]struct {
		opt        api.Options
		peer, host string
		header     []string
		proto      string
		want       int // 503: let in, where the service is only starting
	}{
		"local":                     {peer: "127.0.0.1:9", host: "127.0.0.1:8080", want: 503},
		"local by name":             {peer: "[::1]:9", host: "localhost:8080", want: 503},
		"local, IPv6":               {peer: "[::1]:9", host: "[::1]:8080", want: 503},
		"other machine":             {peer: "192.168.1.7:9", host: "127.0.0.1:8080", want: 403},
		"DNS rebinding":             {peer: "127.0.0.1:9", host: "evil.example:8080", want: 403},
		"looks like localhost":      {peer: "127.0.0.1:9", host: "localhost.evil.example", want: 403},
		"through a proxy":           {peer: "127.0.0.1:9", host: "localhost", header: []string{"X-Forwarded-For", "127.0.0.1"}, want: 403},
		"through a proxy, by Via":   {peer: "127.0.0.1:9", host: "localhost", header: []string{"Via", "1.1 squid"}, want: 403},
		"as nginx speaks":           {peer: "127.0.0.1:9", host: "localhost", proto: "HTTP/1.0", want: 403},
		"trusted proxy, local":      {opt: trust, peer: "127.0.0.1:9", host: "localhost", header: []string{"X-Forwarded-For", "127.0.0.1", "X-Forwarded-Host", "localhost:8080"}, want: 503},
		"trusted proxy, client":     {opt: trust, peer: "127.0.0.1:9", host: "localhost", header: []string{"X-Forwarded-For", "10.1.2.3"}, want: 403},
		"trusted proxy, lying":      {opt: trust, peer: "127.0.0.1:9", host: "localhost", header: []string{"X-Forwarded-For", "127.0.0.1, 10.1.2.3"}, want: 403},
		"trusted proxy, Forwarded":  {opt: trust, peer: "127.0.0.1:9", host: "localhost", header: []string{"Forwarded", `for="[2001:db8::1]";host=localhost`}, want: 403},
		"trusted proxy, loopback":   {opt: trust, peer: "127.0.0.1:9", host: "localhost", header: []string{"Forwarded", `for="[::1]:4711";host=localhost`}, want: 503},
		"trusted proxy, other name": {opt: trust, peer: "127.0.0.1:9", host: "localhost", header: []string{"X-Forwarded-Host", "map.example"}, want: 403},
		"public, proxy untrusted":   {opt: public, peer: "127.0.0.1:9", host: "localhost", want: 403},
		"all":                       {opt: api.Options{ImportsFor: api.All}, peer: "192.168.1.7:9", host: "map.example", want: 503},
		"off":                       {opt: api.Options{ImportsFor: api.Nobody}, peer: "127.0.0.1:9", host: "localhost", want: 403},
		"page of another site":      {peer: "127.0.0.1:9", host: "localhost", header: []string{"Sec-Fetch-Site", "cross-site"}, want: 403},
		"other origin":              {peer: "127.0.0.1:9", host: "localhost:8080", header: []string{"Origin", "http://evil.example"}, want: 403},
		"other origin, all":         {opt: api.Options{ImportsFor: api.All}, peer: "192.168.1.7:9", host: "map.example", header: []string{"Origin", "http://evil.example"}, want: 403},
		"own page":                  {peer: "127.0.0.1:9", host: "localhost:8080", header: []string{"Origin", "http://localhost:8080", "Sec-Fetch-Site", "same-origin"}, want: 503},
		"own page, old browser":     {peer: "127.0.0.1:9", host: "localhost:8080", header: []string{"Origin", "http://localhost:8080"}, want: 503},
	} {
		s, err := api.New(c.opt)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for _, ask := range []string{"GET /imports", "POST /imports?name=a.shp", "DELETE /imports/x", "POST /imports/x/run", "GET /imports/x/events", "GET /imports/x/preview"} {
			method, path, _ := strings.Cut(ask, " ")
			r := httptest.NewRequest(method, path, strings.NewReader("x"))
			r.RemoteAddr, r.Host = c.peer, c.host
			if c.proto != "" {
				r.Proto, r.ProtoMajor, r.ProtoMinor = c.proto, 1, 0
			}
			for i := 0; i < len(c.header); i += 2 {
				r.Header.Set(c.header[i], c.header[i+1])
			}
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("%s: %s: %d, want %d\n%s", name, ask, w.Code, c.want, w.Body)
			}
			if w.Header().Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s: %s may be read by pages of other origins", name, ask)
			}
			if c.want == 403 && (!strings.Contains(w.Body.String(), `"detailZh"`) || !strings.Contains(w.Body.String(), "无权访问")) {
				t.Errorf("%s: %s says %s", name, ask, w.Body)
			}
		}
	}
}

func TestMethodsOfImportsAreSaid(t *testing.T) {
	t.Parallel()
	d := newDesk(t, intake.Import)
	for path, want := range map[string]string{"/imports": "POST", "/imports/x": "DELETE", "/imports/x/run": "POST"} {
		r := d.send(http.MethodOptions, path, nil, "Origin", "http://elsewhere")
		if allow := r.Header.Get("Allow"); r.StatusCode != 200 || !strings.Contains(allow, want) || r.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("OPTIONS %s: %d %v", path, r.StatusCode, r.Header)
		}
		if r := d.send(http.MethodPut, path, nil); r.StatusCode != 405 || !strings.Contains(r.Header.Get("Allow"), want) {
			t.Errorf("PUT %s: %d %v", path, r.StatusCode, r.Header)
		}
	}
	if r := d.send(http.MethodPost, "/imports/x/run", strings.NewReader(strings.Repeat(" ", 2<<20))); r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("options of 2 MiB: %d", r.StatusCode)
	}
}

// A sender may be slow, for longer than silence is borne; one that says nothing is left.
func TestASlowUploadIsTakenAndASilentOneIsNot(t *testing.T) {
	t.Parallel()
	d := newDesk(t, intake.Import, func(o *api.Options) { o.Silence = time.Second })
	body := points(20)
	begin := func() net.Conn {
		conn, err := net.Dial("tcp", d.server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		fmt.Fprintf(conn, "POST /imports?name=a.geojson HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", len(body))
		return conn
	}
	slow := begin()
	for part := range strings.SplitSeq(body, `{"type":"Feature"`) {
		if part != strings.Split(body, `{"type":"Feature"`)[0] {
			part = `{"type":"Feature"` + part
		}
		if _, err := io.WriteString(slow, part); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond) // the pace of the sender is what is tested
	}
	if got, _ := io.ReadAll(slow); !strings.HasPrefix(string(got), "HTTP/1.1 201") {
		t.Errorf("slow: %s", got)
	}
	silent := begin()
	if _, err := io.WriteString(silent, body[:10]); err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(silent); !strings.HasPrefix(string(got), "HTTP/1.1 408") {
		t.Errorf("silent: %s", got)
	}
	wait(t, func() bool { return d.count("select count(*) from onemap.import") == 1 })
}
