package api

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// echoing answers with what it has been asked. What is slow is not answered at once.
func echoing(direct *atomic.Int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if once, ok := r.Context().(*atOnce); ok {
			if strings.Contains(r.URL.Path, "slow") {
				once.declined = true
				return
			}
			direct.Add(1)
		}
		if strings.Contains(r.URL.Path, "abort") {
			panic(http.ErrAbortHandler)
		}
		body, err := io.ReadAll(r.Body)
		var names []string
		for name := range r.Header {
			names = append(names, name)
		}
		slices.Sort(names)
		text := fmt.Sprintf("%s %s %s %s %q %q %v", r.Method, r.RequestURI, r.URL, r.Host, names, body, err)
		w.Header().Set("Etag", `"x"`)
		if r.Header.Get("If-None-Match") == `"x"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		if !strings.Contains(r.URL.Path, "unsaid") {
			w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		}
		_, _ = io.WriteString(w, text) // who leaves is no error
	})
}

// serveDirect serves a handler over connections that answer by themselves, where plain is false.
func serveDirect(tb testing.TB, handler http.Handler, plain bool) string {
	server := httptest.NewUnstartedServer(handler)
	server.Config.IdleTimeout = time.Minute
	if !plain {
		server.Listener = Direct(server.Config, server.Listener)
	}
	server.Start()
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

var aDate = regexp.MustCompile(`Date: [^\r]*`)

// told sends the pieces of a script, which "|" divides, and returns what comes back until the server hangs up. It reports
// whether that is all: a server that hangs up on what it does not read may cut its own words short.
func told(tb testing.TB, address, script string) (answer string, all bool) {
	tb.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		tb.Fatal(err)
	}
	for piece := range strings.SplitSeq(script, "|") {
		if _, err = io.WriteString(c, piece); err != nil {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	_ = c.(*net.TCPConn).CloseWrite() // it may be closed
	said, readErr := io.ReadAll(c)
	return aDate.ReplaceAllString(string(said), "Date: "), err == nil && readErr == nil
}

const (
	warmTile = "GET /tiles/a/1/0/0.mvt HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n"
	hadTile  = "GET /tiles/a/1/0/0.mvt HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"x\"\r\n\r\n"
	slowTile = "GET /tiles/slow/1/0/0.mvt HTTP/1.1\r\nHost: h\r\n\r\n"
	wholeMap = "GET /map HTTP/1.1\r\nHost: h\r\n\r\n"
)

// scripts are conversations, some of them of those who would have a request seen by one and not by another.
var scripts = []string{
	warmTile + "|" + warmTile + "|" + hadTile + "|" + warmTile,
	warmTile + "|" + slowTile + "|" + hadTile + "|" + wholeMap + "|" + warmTile,
	"GET /tiles/unsaid.mvt HTTP/1.1\r\nHost: h\r\n\r\n|GET /tiles/unsaid.mvt HTTP/1.1\r\nHost: h\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/abort.mvt HTTP/1.1\r\nHost: h\r\n\r\n|" + warmTile,
	warmTile + warmTile + hadTile + "|" + warmTile,
	warmTile + "|" + warmTile + hadTile + "|" + warmTile,
	warmTile + "|" + warmTile[:30] + "|" + warmTile[30:] + "|" + warmTile,
	warmTile + "|X|" + warmTile + "|" + warmTile,
	warmTile + "|" + wholeMap + "X|" + warmTile,
	warmTile + "|\r\n|" + warmTile + "|" + warmTile,
	warmTile + "|POST /map HTTP/1.1\r\nHost: h\r\nContent-Length: " + strconv.Itoa(len(warmTile)) + "\r\n\r\n|" + warmTile + "|" + warmTile,
	warmTile + "|GET /map HTTP/1.1\r\nHost: h\r\nContent-Length: " + strconv.Itoa(len(warmTile)) + "\r\n\r\n|" + warmTile + "|" + warmTile,
	warmTile + "|GET /map HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n|5\r\nabcde\r\n0\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n|abc|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\nHost: h\n\nGET /tiles/b.mvt HTTP/1.1\r\nHost: h\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nAccept: a\r\n b\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: \r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h/i\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.0\r\nHost: h\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nAccept: \x01\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nAccept: \x80\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nCookie: who=me\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nACCEPT: a\r\naccept-ENCODING:gzip\r\n\r\n|" + warmTile,
	warmTile + "|GET http://i/tiles/a.mvt HTTP/1.1\r\nHost: h\r\n\r\n|" + warmTile,
	warmTile + "|GET //tiles/a.mvt HTTP/1.1\r\nHost: h\r\n\r\n|GET /tiles/../a.mvt HTTP/1.1\r\nHost: h\r\n\r\n|GET /tiles/%61.mvt HTTP/1.1\r\nHost: h\r\n\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt?f=x HTTP/1.1\r\nHost: h\r\n\r\n|GET /tiles/a b.mvt HTTP/1.1\r\nHost: h\r\n\r\n|" + warmTile,
	warmTile + "|HEAD /tiles/a.mvt HTTP/1.1\r\nHost: h\r\n\r\n|" + warmTile,
	warmTile + "|PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n|" + warmTile,
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n|" + warmTile,
	"GET\r\n\r\n", "", "\r\n\r\n", warmTile[:20], "|" + warmTile + "|",
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\n" + strings.Repeat("X-Request-Id: a\r\n", 40) + "\r\n|" + warmTile,
	warmTile + "|GET /tiles/a.mvt HTTP/1.1\r\nHost: h\r\nUser-Agent: " + strings.Repeat("a", 5000) + "\r\n\r\n|" + warmTile,
}

// Whatever is sent in whatever pieces, the same comes back as from net/http alone.
func FuzzDirect(f *testing.F) {
	var direct atomic.Int64
	ours, plain := serveDirect(f, echoing(&direct), false), serveDirect(f, echoing(&direct), true)
	for _, script := range scripts {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script string) {
		if strings.Count(script, "|") > 20 {
			t.Skip()
		}
		got, all := told(t, ours, script)
		want, allToo := told(t, plain, script)
		if got != want && (all && allToo || !strings.HasPrefix(got, want) && !strings.HasPrefix(want, got)) {
			t.Errorf("%q is answered\n%s\nand by net/http\n%s", script, got, want)
		}
	})
}

// Tiles are answered by the connection from the second request on, other addresses and what is slow by net/http.
func TestConnectionsAnswerByThemselves(t *testing.T) {
	t.Parallel()
	headTile := strings.Replace(warmTile, "GET", "HEAD", 1)
	for _, c := range []struct {
		pieces []string // before many warm tiles
		direct bool     // some of which the connection answers: those that come when net/http is done with the one before
	}{
		{nil, true},
		{[]string{hadTile, wholeMap}, true},
		{[]string{slowTile}, true},
		{[]string{warmTile[:30], warmTile[30:]}, true},
		{[]string{warmTile + warmTile}, false},
		{[]string{headTile}, false},
	} {
		var direct atomic.Int64
		conn, err := net.Dial("tcp", serveDirect(t, echoing(&direct), false))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		read := bufio.NewReader(conn)
		for _, piece := range append(c.pieces, slices.Repeat([]string{warmTile}, 50)...) {
			if _, err := io.WriteString(conn, piece); err != nil {
				t.Fatal(err)
			}
			for range strings.Count(piece, headEnd) {
				answer, err := http.ReadResponse(read, &http.Request{Method: strings.Fields(piece)[0]})
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, answer.Body) // it is the fuzz test that looks at bodies
				answer.Body.Close()
			}
		}
		if got := direct.Load(); got > 0 != c.direct {
			t.Errorf("after %q: %d answers by the connection", c.pieces, got)
		}
	}
}

// A server that is shut down finishes an answer that net/http knows nothing of.
func TestShutdownWaitsForTheConnectionsOwnAnswer(t *testing.T) {
	t.Parallel()
	var first sync.Once
	began, goOn := make(chan bool), make(chan bool)
	body := bytes.Repeat([]byte("x"), 100_000)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, once := r.Context().(*atOnce); once {
			first.Do(func() { close(began) })
			<-goOn
		}
		_, _ = w.Write(body) // who leaves is no error
	}))
	server.Listener = Direct(server.Config, server.Listener)
	server.Start()
	defer server.Close()
	get := func() (int, error) {
		answer, err := server.Client().Get(server.URL + "/tiles/a.mvt")
		if err != nil {
			return 0, err
		}
		defer answer.Body.Close()
		got, err := io.ReadAll(answer.Body)
		return len(got), err
	}
	shut := make(chan error, 1)
	go func() {
		<-began
		go func() { shut <- server.Config.Shutdown(t.Context()) }()
		time.Sleep(20 * time.Millisecond)
		close(goOn)
	}()
	for own := false; !own; { // a request that comes before net/http is done with the one before is net/http's
		if n, err := get(); err != nil || n != len(body) {
			t.Fatalf("%d bytes of %d: %v", n, len(body), err)
		}
		select {
		case <-began:
			own = true
		default:
		}
	}
	if err := <-shut; err != nil {
		t.Error(err)
	}
}
