package api_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Where a class of work has no room the answer comes soon and says when to try again; the other classes go on, and
// what waited ends well. A client that leaves takes its query with it.
func TestFullClassAnswersSoonAndOthersGoOn(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	path := func(n int) string { // another tile each: the same one would be made once for all
		return fmt.Sprintf("/tiles/lane/14/13475/6445.mvt?as-of=%d", n+1)
	}
	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "lock table layer.lane in access exclusive mode"); err != nil {
		t.Fatal(err)
	}
	share := int(w.pool.Config().MaxConns) / 2
	leaving, leave := context.WithCancel(t.Context())
	codes := make(chan int, share)
	last, err := w.store.Position(t.Context())
	if err != nil || last <= int64(share) {
		t.Fatal(last, err)
	}
	for i := range share {
		ctx := t.Context()
		if i == 0 {
			ctx = leaving
		}
		go func() {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+path(i), nil)
			if err != nil {
				panic(err) // cannot happen
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				codes <- 0
				return
			}
			answer.Body.Close()
			codes <- answer.StatusCode
		}()
	}
	w.waiters(tx, share)
	begin := time.Now()
	r := w.ask(http.MethodGet, path(share))
	if took := time.Since(begin); r.StatusCode != 503 || r.Header.Get("Retry-After") == "" || took > 10*time.Second {
		t.Errorf("%d after %v, Retry-After %q\n%s", r.StatusCode, took, r.Header.Get("Retry-After"), r.body)
	}
	w.get("/ogc/collections/house/items/1")
	leave()
	if code := <-codes; code != 0 {
		t.Errorf("the client that left got %d", code)
	}
	w.waiters(tx, share-1)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range share - 1 {
		if code := <-codes; code != 200 && code != 204 {
			t.Errorf("a request that waited got %d", code)
		}
	}
	w.get("/tiles/lane/14/13475/6445.mvt")
}

// waiters asks PostgreSQL until so many queries wait for the lock.
func (w *town) waiters(tx pgx.Tx, want int) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 20*time.Second)
	defer cancel()
	for n := -1; n != want; {
		if err := tx.QueryRow(ctx, "select count(*) from pg_locks where not granted and relation = 'layer.lane'::regclass").Scan(&n); err != nil {
			w.Fatalf("%d wait for the lock, want %d: %v", n, want, err)
		}
	}
}
