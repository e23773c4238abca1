package cache_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onemap/tiles/cache"
)

func get(t *testing.T, c *cache.Cache, key string) string {
	t.Helper()
	view, err := c.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return view.String()
}

// A key is filled once however many ask, and again only when the budget has pushed it out.
func TestOneFillForAll(t *testing.T) {
	t.Parallel()
	var fills atomic.Int64
	release := make(chan struct{})
	c := cache.New(cache.Options{Bytes: 1 << 20, Fill: func(ctx context.Context, key string) ([]byte, error) {
		fills.Add(1)
		<-release
		return []byte("value of " + key), nil
	}})
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if got := get(t, c, "a"); got != "value of a" {
				t.Error(got)
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	close(release)
	all.Wait()
	if fills.Load() != 1 || get(t, c, "a") != "value of a" || fills.Load() != 1 {
		t.Errorf("%d fills", fills.Load())
	}
}

// Who asks when their context has ended gets what is here and has nothing made, neither here nor by a fill that others wait for.
func TestWhatIsHere(t *testing.T) {
	t.Parallel()
	var fills atomic.Int64
	release := make(chan struct{})
	c := cache.New(cache.Options{Bytes: 1 << 20, Fill: func(ctx context.Context, key string) ([]byte, error) {
		fills.Add(1)
		<-release
		return []byte(key), nil
	}})
	ended, end := context.WithCancel(t.Context())
	end()
	nothing := func() {
		t.Helper()
		if view, err := c.Get(ended, "a"); !errors.Is(err, context.Canceled) || view.Len() != 0 {
			t.Errorf("%q, %v", view, err)
		}
	}
	nothing()
	if fills.Load() != 0 {
		t.Error("it was made")
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { get(t, c, "a") })
		all.Go(func() {
			for range 200 {
				_, _ = c.Get(ended, "a") // it is the others that must not see it
			}
		})
	}
	for fills.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	nothing()
	close(release)
	all.Wait()
	if view, err := c.Get(ended, "a"); err != nil || view.String() != "a" || fills.Load() != 1 {
		t.Errorf("%q, %v after %d fills", view, err, fills.Load())
	}
}

// An empty value is a value.
func TestEmptyValues(t *testing.T) {
	t.Parallel()
	var fills atomic.Int64
	c := cache.New(cache.Options{Bytes: 1 << 20, Fill: func(context.Context, string) ([]byte, error) { fills.Add(1); return nil, nil }})
	for range 2 {
		if got := get(t, c, "a"); got != "" || fills.Load() != 1 {
			t.Errorf("%q after %d fills", got, fills.Load())
		}
	}
}

// Tiny values take no more memory than the budget allows them.
func TestBudget(t *testing.T) {
	t.Parallel()
	c := cache.New(cache.Options{Bytes: 1 << 16, Fill: func(_ context.Context, key string) ([]byte, error) { return []byte{1}, nil }})
	for i := range 2000 {
		get(t, c, fmt.Sprint(i))
	}
	if s := c.Stats(); s.Bytes > 1<<16 || s.Items > 1<<16/192 || s.Evictions == 0 {
		t.Errorf("%+v", s)
	}
}

// The first who asked may leave: the fill goes on for the second. When all have left it ends, and who comes then is served.
func TestAFillBelongsToAllWhoWait(t *testing.T) {
	t.Parallel()
	began, ended := make(chan struct{}, 4), make(chan error, 4)
	release := make(chan struct{})
	c := cache.New(cache.Options{Bytes: 1 << 20, Fill: func(ctx context.Context, key string) ([]byte, error) {
		began <- struct{}{}
		select {
		case <-ctx.Done():
			ended <- ctx.Err()
			return nil, ctx.Err()
		case <-release:
			return []byte("done"), nil
		}
	}})
	first, leave := context.WithCancel(t.Context())
	hasty, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := c.Get(first, "a"); !errors.Is(err, context.Canceled) {
			t.Errorf("the first: %v", err)
		}
	})
	<-began
	if _, err := c.Get(hasty, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("who joins and leaves: %v", err)
	}
	second, leaveToo := context.WithCancel(t.Context())
	all.Go(func() { _, _ = c.Get(second, "a") })
	time.Sleep(20 * time.Millisecond)
	leave()
	select {
	case err := <-ended:
		t.Fatalf("the fill ended with the first who asked: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	leaveToo()
	select {
	case <-ended:
	case <-time.After(2 * time.Second):
		t.Fatal("nobody waits, and the fill goes on")
	}
	all.Wait()
	close(release)
	if got := get(t, c, "a"); got != "done" {
		t.Error(got)
	}
}

// A fill that fails, panics or takes too long is an error for who waits, and the next is tried.
func TestFailures(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	c := cache.New(cache.Options{Bytes: 1 << 20, Limit: 50 * time.Millisecond, Fill: func(ctx context.Context, key string) ([]byte, error) {
		switch n.Add(1) {
		case 1:
			return nil, errors.New("no luck")
		case 2:
			panic("no sense")
		case 3:
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return []byte("at last"), nil
	}})
	for _, want := range []string{"no luck", "panic: no sense", "deadline exceeded"} {
		if _, err := c.Get(t.Context(), "a"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if got := get(t, c, "a"); got != "at last" {
		t.Error(got)
	}
}

// node is one of several, on loopback.
type node struct {
	*cache.Cache
	fills  atomic.Int64
	server *httptest.Server
}

func start(t *testing.T, secret string, fill func(key string) []byte) *node {
	n := &node{}
	n.Cache = cache.New(cache.Options{Bytes: 1 << 20, Fill: func(_ context.Context, key string) ([]byte, error) {
		n.fills.Add(1)
		return fill(key), nil
	}})
	n.server = httptest.NewServer(n.Handler())
	t.Cleanup(n.server.Close)
	return n
}

func (n *node) address() string { return n.server.Listener.Addr().String() }

// Three nodes fill each key once between them; when one dies the others answer all the same.
func TestPeers(t *testing.T) {
	t.Parallel()
	value := func(key string) []byte { return bytes.Repeat([]byte(key), 100) }
	nodes := []*node{start(t, "s", value), start(t, "s", value), start(t, "s", value)}
	var at []string
	for _, n := range nodes {
		at = append(at, n.address())
	}
	for _, n := range nodes {
		p := cache.NewPeers(n.address(), "s")
		p.Set(at)
		n.Join(p)
	}
	const keys = 300
	ask := func(n *node) {
		t.Helper()
		for i := range keys {
			key := fmt.Sprintf("layer@%d/all/Set/1/2/3?filter=%%20a/b&x=y", i)
			if got := get(t, n.Cache, key); got != string(value(key)) {
				t.Fatalf("%s: %d bytes", key, len(got))
			}
		}
	}
	total := func() (sum int64) {
		for _, n := range nodes {
			sum += n.fills.Load()
		}
		return sum
	}
	for _, n := range nodes {
		ask(n)
	}
	if total() != keys {
		t.Errorf("%d fills of %d keys", total(), keys)
	}
	for i, n := range nodes { // how many depends on the ports that they have been given
		if n.fills.Load() == 0 {
			t.Errorf("node %d has filled nothing", i)
		}
	}
	nodes[1].server.CloseClientConnections()
	nodes[1].server.Close()
	ask(nodes[0])
	ask(nodes[2])
	// What was the dead node's each of the others makes for itself, once; everything else is where it was.
	if most := keys + 2*nodes[1].fills.Load(); total() > most {
		t.Errorf("%d fills after one has died that had made %d; want at most %d", total(), nodes[1].fills.Load(), most)
	}
}

// Who does not know the secret gets nothing; nodes that see each other differently do not wait for each other.
func TestPeersAreCareful(t *testing.T) {
	t.Parallel()
	value := func(key string) []byte { return []byte(key) }
	a, b := start(t, "s", value), start(t, "s", value)
	for _, n := range []*node{a, b} {
		p := cache.NewPeers("127.0.0.1:1"+n.address()[len(n.address())-1:], "s") // neither knows itself by the name that the other does
		p.Set([]string{a.address(), b.address()})
		n.Join(p)
	}
	begin := time.Now()
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() { get(t, a.Cache, fmt.Sprint(i)) })
		all.Go(func() { get(t, b.Cache, fmt.Sprint(i)) })
	}
	all.Wait()
	if took := time.Since(begin); took > 60*time.Second {
		t.Errorf("it took %v", took)
	}
	for _, secret := range []string{"", "Bearer ", "Bearer t"} {
		r := httptest.NewRequest(http.MethodGet, "/cache/1", nil)
		r.Header.Set("Authorization", secret)
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("%q: %d", secret, w.Code)
		}
	}
}

func BenchmarkHit(b *testing.B) {
	c := cache.New(cache.Options{Bytes: 1 << 20, Fill: func(context.Context, string) ([]byte, error) { return make([]byte, 4000), nil }})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Get(b.Context(), "layer@123/all/WebMercatorQuad/14/13475/6444"); err != nil {
			b.Fatal(err)
		}
	}
	runtime.KeepAlive(c)
}
