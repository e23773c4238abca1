package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/api"
	"onemap/migrations/dbtest"
	"onemap/tiles"
)

// counted is how often each status was answered; 0 = no answer.
type counted struct {
	sync.Mutex
	of map[int]int
}

func (c *counted) add(status int) {
	c.Lock()
	defer c.Unlock()
	if c.of == nil {
		c.of = map[int]int{}
	}
	c.of[status]++
}

// readers ask for tiles that path names until the context ends, and count the answers.
func (w *town) readers(ctx context.Context, n int, path func(reader, i int) string) (*counted, *sync.WaitGroup) {
	var c counted
	var all sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: n}, Timeout: 20 * time.Second}
	for reader := range n {
		all.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				answer, err := client.Get(w.server.URL + path(reader, i))
				if err != nil {
					c.add(0)
					w.Log(err)
					continue
				}
				answer.Body.Close()
				c.add(answer.StatusCode)
				if answer.StatusCode == 503 && answer.Header.Get("Retry-After") == "" {
					w.Error("503 without Retry-After")
				}
			}
		})
	}
	return &c, &all
}

// heap is how much memory is in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// Two hundred readers who ask for nothing that is known get tiles or are told to come again; when they have gone, the
// next tile comes at once, and memory is as before.
func TestTwoHundredColdReaders(t *testing.T) {
	t.Parallel()
	w := newTown(t, func(o *api.Options) { // which keeps nothing: every tile is drawn
		o.Ground.Tiles = tiles.New(o.Ground.Pool, o.Ground.Store, tiles.Options{Bytes: -1})
	})
	before := heap()
	rush := 5 * time.Second
	if d, err := time.ParseDuration(os.Getenv("ONEMAP_TEST_PRESSURE")); err == nil { // the bar is a minute
		rush = d
	}
	ctx, cancel := context.WithTimeout(t.Context(), rush)
	defer cancel()
	var most atomic.Uint64 // bytes in use meanwhile
	go func() {
		for ctx.Err() == nil {
			most.Store(max(most.Load(), heap()))
			time.Sleep(rush / 20)
		}
	}()
	answers, all := w.readers(ctx, 200, func(reader, i int) string { // hardly two of them the same tile
		carried := []string{"no"}
		for bit, name := range []string{"use", "floors", "area", "built", "checked", "listed"} {
			if (reader+i)>>bit&1 == 1 {
				carried = append(carried, name)
			}
		}
		return fmt.Sprintf("/tiles/house/%d/%d/%d.mvt?properties=%s", 14, 13475-i%2, 6445-reader%2, strings.Join(carried, ","))
	})
	all.Wait()
	for status := range answers.of {
		if status != 200 && status != 204 && status != 503 {
			t.Errorf("%d answers of status %d", answers.of[status], status)
		}
	}
	begin := time.Now()
	if r := w.ask(http.MethodGet, "/tiles/house/15/26950/12890.mvt"); r.StatusCode != 200 && r.StatusCode != 204 {
		t.Errorf("after the rush: %d", r.StatusCode)
	}
	t.Logf("after the rush a tile takes %v", time.Since(begin))
	http.DefaultClient.CloseIdleConnections()
	if after := heap(); after > before+64<<20 || most.Load() > before+200<<20 {
		t.Errorf("%d MiB in use, at most %d, %d before", after>>20, most.Load()>>20, before>>20)
	}
	t.Logf("%v; heap before %d MiB, at most %d", answers.of, before>>20, most.Load()>>20)
}

// While the database is away tiles that are known go on being served, /readyz says that they may be old, and when it is
// back everything is as it was, with what has changed in between.
func TestTheDatabaseGoesAndComesBack(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	const known = "/tiles/house/14/13475/6445.mvt"
	last, err := w.store.Settle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settled := func() bool { // what is drawn before that is called something else after it
		var state struct{ Tiles struct{ Position int64 } }
		return json.Unmarshal(w.get("/readyz").body, &state) == nil && state.Tiles.Position >= last
	}
	for end := time.Now().Add(10 * time.Second); !settled() && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	w.get(known)
	db, err := url.Parse(dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	name := w.pool.Config().ConnConfig.Database
	db.Path = "/postgres"
	q := db.Query()
	q.Del("dbname")
	db.RawQuery = q.Encode()
	admin, err := pgx.Connect(t.Context(), db.String())
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	exec := func(sql string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	ident := pgx.Identifier{name}.Sanitize()
	ctx, stop := context.WithCancel(t.Context())
	answers, all := w.readers(ctx, 8, func(int, int) string { return known })
	exec("alter database " + ident + " with allow_connections false")
	back := func() {
		_, _ = admin.Exec(context.Background(), "alter database "+ident+" with allow_connections true")
	}
	defer back()
	exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'")
	ready := func() (state struct {
		Status string
		Tiles  struct {
			Position   int64
			StaleSince *time.Time
		}
	}) {
		r := w.ask(http.MethodGet, "/readyz")
		if err := json.Unmarshal(r.body, &state); err != nil {
			t.Fatal(err)
		}
		return state
	}
	for end := time.Now().Add(10 * time.Second); ready().Tiles.StaleSince == nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody notices that the database is away")
		}
	}
	w.get(known)
	if r := w.ask(http.MethodGet, "/tiles/lane/16/53902/25781.mvt"); r.StatusCode != 503 && r.StatusCode != 204 {
		t.Errorf("an unknown tile: %d %s", r.StatusCode, r.body)
	}
	if s := ready(); s.Status == "ready" {
		t.Errorf("ready without a database: %+v", s)
	}
	back()
	for end := time.Now().Add(20 * time.Second); ready().Tiles.StaleSince != nil || ready().Status != "ready"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the database is back, and nobody notices")
		}
	}
	stop()
	all.Wait()
	for status := range answers.of {
		if status != 200 {
			t.Errorf("%d readers of a known tile got %d", answers.of[status], status)
		}
	}
}
