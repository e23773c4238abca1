package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// node is one server process on a database.
type node struct {
	url     string
	process *exec.Cmd
}

// startNode runs a server, with more flags if there are any; it is ready when this returns, and is killed when the test ends.
func startNode(t *testing.T, binary, database string, more ...string) *node {
	t.Helper()
	at := freePort(t)
	n := &node{url: "http://" + at}
	n.process = exec.Command(binary, append([]string{"serve", "--demo", "none", "--listen", at, "--peer-listen", freePort(t), "--imports", "off", "--exports", "off", "--log-level", "warn"}, more...)...)
	n.process.Env = append(os.Environ(), "ONEMAP_DATABASE_URL="+database)
	n.process.Stderr = os.Stderr
	if err := n.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.kill)
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get(n.url + "/readyz"); err == nil {
			var state struct{ Tiles struct{ Position int64 } }
			err := json.NewDecoder(answer.Body).Decode(&state)
			answer.Body.Close()
			if err == nil && answer.StatusCode == 200 && state.Tiles.Position > 0 {
				return n
			}
		}
		if time.Now().After(end) {
			t.Fatal("the node is not ready")
		}
	}
}

func (n *node) kill() {
	_ = n.process.Process.Kill() // it may have been killed before
	_ = n.process.Wait()
}

// build makes the program, for all tests of it together.
func build(t *testing.T) string {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

var built = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(folder, "onemap")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return binary, nil
})

// folder is where the program is built; it goes when the tests are through.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "onemap-test-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(folder) // what is left is in the directory for temporary files
	os.Exit(code)
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// get returns status, ETag and size of an answer; 0 when there was none.
func get(ctx context.Context, url string) (int, string, int) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		panic(err) // the address is one of ours
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", 0
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err != nil {
		return 0, "", 0
	}
	return answer.StatusCode, answer.Header.Get("ETag"), int(n)
}

// metric is the value of a metric without labels.
func metric(t *testing.T, n *node, name string) (value float64) {
	t.Helper()
	answer, err := http.Get(n.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			if _, err := fmt.Sscan(rest, &value); err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// Three nodes draw each tile once between them and name it alike. One is killed while all are read: no reader of another
// sees an error. An edit shows on the two that are left within a second.
func TestThreeNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts three servers")
	}
	t.Parallel()
	binary := build(t)
	pool := dbtest.New(t)
	store := layers.New(pool)
	_, err := store.Create(t.Context(), layers.Anonymous, layers.Definition{
		Layer:   layers.Layer{Name: "spot", Title: "Spots", GeometryType: "Point", Writable: true, Tracked: true, Drawing: layers.Drawing{Properties: []string{"stamp"}}},
		Columns: []layers.Column{{Property: layers.Property{Name: "stamp", Type: layers.Integer}, SQLType: "bigint"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `insert into layer.spot (stamp, geom) select 0, st_setsrid(st_makepoint(115.95 + 0.0033 * (i % 100), 35.65 + 0.003 * (i / 100)), 4490)
		from generate_series(0, 9999) i`); err != nil {
		t.Fatal(err)
	}
	var nodes []*node
	for range 3 {
		nodes = append(nodes, startNode(t, binary, dbtest.URL(t)))
	}
	time.Sleep(3 * time.Second) // until all have heard of each other
	var paths []string
	for x := 13470; x < 13480; x++ {
		for y := 6446; y < 6456; y++ {
			paths = append(paths, fmt.Sprintf("/tiles/spot/14/%d/%d.mvt", x, y))
		}
	}
	names := map[string]string{}
	for _, n := range nodes {
		for _, path := range paths {
			code, tag, _ := get(t.Context(), n.url+path)
			if code != 200 && code != 204 {
				t.Fatalf("%s: %d", path, code)
			}
			if names[path] != "" && names[path] != tag {
				t.Errorf("%s is %s and %s", path, names[path], tag)
			}
			names[path] = tag
		}
	}
	fills := 0.0
	for _, n := range nodes {
		fills += metric(t, n, "onemap_tile_cache_fills_total")
	}
	if fills > float64(len(paths)) {
		t.Errorf("%v fills of %d tiles", fills, len(paths))
	}

	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var read, failed atomic.Int64
	for i := range 8 {
		n := nodes[i%2]
		all.Go(func() {
			for j := i; ctx.Err() == nil; j += 7 {
				path := fmt.Sprintf("/tiles/spot/%d/%d/%d.mvt", 15, 26940+j%20, 12892+j/20%20)
				if code, _, _ := get(ctx, n.url+path); code != 200 && code != 204 && ctx.Err() == nil {
					failed.Add(1)
					t.Errorf("%s: %d", path, code)
				}
				read.Add(1)
			}
		})
	}
	time.Sleep(500 * time.Millisecond)
	nodes[2].kill()
	time.Sleep(1500 * time.Millisecond)
	var slowest time.Duration
	for stamp := 1; stamp <= 20; stamp++ {
		before := map[*node]string{}
		path := fmt.Sprintf("/tiles/spot/14/%d/%d.mvt", 13475, 6450)
		for _, n := range nodes[:2] {
			_, before[n], _ = get(t.Context(), n.url+path)
		}
		if _, err := pool.Exec(t.Context(), `update layer.spot set stamp = $1 where fid = (select fid from layer.spot
			where geom && st_transform(st_tileenvelope(14, 13475, 6450), 4490) order by fid limit 1)`, stamp); err != nil {
			t.Fatal(err)
		}
		committed := time.Now()
		for _, n := range nodes[:2] {
			for _, tag, _ := get(t.Context(), n.url+path); tag == before[n]; _, tag, _ = get(t.Context(), n.url+path) {
				if time.Since(committed) > 20*time.Second {
					t.Fatalf("edit %d does not show", stamp)
				}
			}
			slowest = max(slowest, time.Since(committed))
		}
	}
	stop()
	all.Wait()
	t.Logf("%d tiles read, %d failed; an edit shows after %v at most", read.Load(), failed.Load(), slowest)
}
