package api_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// line is one connection to a server, which is asked again and again.
type line struct {
	testing.TB
	conn net.Conn
	r    *bufio.Reader
}

func newLine(t testing.TB, server *httptest.Server) *line {
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &line{t, conn, bufio.NewReader(conn)}
}

// ask returns an answer as text: all of it but what no two have in common.
func (l *line) ask(path string, headers ...string) (text, etag string) {
	l.Helper()
	question := "GET " + path + " HTTP/1.1\r\nHost: map.example\r\nX-Request-Id: same\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n"
	if _, err := io.WriteString(l.conn, question); err != nil {
		l.Fatal(err)
	}
	r, err := http.ReadResponse(l.r, nil)
	if err != nil {
		l.Fatal(path, headers, err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		l.Fatal(path, headers, err)
	}
	if r.Header.Get("Date") == "" {
		l.Errorf("%s %v: %v", path, headers, r.Header)
	}
	r.Header.Del("Date")
	r.Header.Del("Content-Length") // or chunks tell it
	return fmt.Sprintln(r.Status, r.Header, len(body), string(body)), r.Header.Get("ETag")
}

// A tile comes from the connection as it comes from net/http, and is counted once.
func TestTilesAreTheSameFromTheConnection(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	plain := httptest.NewServer(w.api.Handler())
	t.Cleanup(plain.Close)
	ours, theirs := newLine(t, w.server), newLine(t, plain)
	const tile = "/tiles/house/14/13475/6445.mvt"
	_, zipped := theirs.ask(tile, "Accept-Encoding: gzip")
	_, bare := theirs.ask(tile)
	if zipped == bare || zipped == "" {
		t.Fatalf("ETags %s and %s", zipped, bare)
	}
	before, asked := w.counted(), 0
	for _, path := range []string{tile, "/tiles/house,lane,station/13/6737/3222.mvt", "/tiles/house/14/0/0.mvt", "/tiles/WorldCRS84Quad/house/13/13475/2469.pbf",
		"/tiles/none/0/0/0.mvt", "/tiles/house/99/0/0.mvt", "/tiles/house/a/0/0.mvt", "/tiles/house,house/0/0/0.mvt", "/tiles/station/14/13475/6445.mvt",
		"/tiles/house/14/13475/6445.mvt?properties=no", "/tiles/house.mvt", "/tiles/a.mvt"} {
		for _, headers := range [][]string{
			nil, {"Accept-Encoding: gzip"}, {"accept-encoding: br;q=1, gzip;q=0"}, {"Accept-Encoding: zstd"}, {"Accept-Encoding: *"},
			{"Accept-Encoding: gzip", "If-None-Match: " + zipped}, {"Accept-Encoding: gzip", "If-None-Match: " + bare}, {"If-None-Match: " + bare},
			{"If-None-Match: \"a\", W/" + bare + ", \"b\""}, {"If-None-Match: *"}, {"If-None-Match: \"a\""}, {"Range: bytes=0-9", "Accept-Encoding: gzip"},
			{"Accept: text/html", "Accept-Language: en", "User-Agent: one", "Referer: http://map.example/"}, {"Accept-Encoding: gzip", "Cookie: a=b"},
		} {
			for range 2 {
				got, _ := ours.ask(path, headers...)
				want, _ := theirs.ask(path, headers...)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%s %v (-net/http +connection):\n%s", path, headers, diff)
				}
				asked += 2
			}
			if len(headers) > 0 && strings.HasPrefix(headers[len(headers)-1], "Cookie") || strings.HasPrefix(strings.Join(headers, ""), "Range") {
				ours = newLine(t, w.server) // the connection answers nothing by itself any more
			}
		}
	}
	after := w.counted()
	sum := 0
	for n := range maps.Values(after) {
		sum += n
	}
	for n := range maps.Values(before) {
		sum -= n
	}
	if sum != asked {
		t.Errorf("%d requests are counted as %d", asked, sum)
	}
}

// counted is how many requests for tiles there were, by route and status.
func (w *town) counted() map[string]int {
	w.Helper()
	out := map[string]int{}
	for line := range strings.Lines(string(w.get("/metrics").body)) {
		if rest, ok := strings.CutPrefix(line, "onemap_requests_total{"); ok && strings.Contains(rest, "/tiles/") {
			of, number, _ := strings.Cut(strings.TrimSpace(rest), " ")
			n, err := strconv.Atoi(number)
			if err != nil {
				w.Fatal(err)
			}
			out[of] = n
		}
	}
	return out
}

// A sender's own id comes back from the connection, and what is no sane one does not.
func TestRequestIDsFromTheConnection(t *testing.T) {
	t.Parallel()
	l := newLine(t, newTown(t).server)
	for range 5 {
		for _, id := range []string{"mine-1", strings.Repeat("x", 65), "a b"} {
			question := "GET /tiles/house/14/13475/6445.mvt HTTP/1.1\r\nHost: h\r\nX-Request-Id: " + id + "\r\n\r\n"
			if _, err := io.WriteString(l.conn, question); err != nil {
				t.Fatal(err)
			}
			r, err := http.ReadResponse(l.r, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, r.Body) // it is the head that is looked at
			r.Body.Close()
			if got := r.Header.Get("X-Request-Id"); (got == id) != (id == "mine-1") || got == "" {
				t.Errorf("%q is answered as %q", id, got)
			}
		}
	}
}
