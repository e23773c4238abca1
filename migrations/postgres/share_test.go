package postgres_test

import (
	"errors"
	"sync"
	"testing"

	"onemap/migrations/postgres"
)

func TestSharedServerEndsWithItsLastUser(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	first := spawn(t, "share", data)
	second := spawn(t, "share", data)
	if first.url != second.url {
		t.Fatalf("two servers: %s and %s", first.url, second.url)
	}
	pid := postmaster(t, data)
	first.kill(t) // the one that started it
	if got := query(t, second.url, "select 1"); got != "1" || !running(pid) {
		t.Fatal("the server ended though it still has a user")
	}
	if _, err := postgres.Start(t.Context(), options(data)); !errors.Is(err, postgres.ErrInUse) {
		t.Fatalf("Start on a shared directory: %v, want ErrInUse", err)
	}
	second.kill(t)
	await(t, "the server to end with its last user", func() bool { return !running(pid) })
}

// Sharers that come just as the last one goes must get a server that stays.
func TestSharersComeAndGo(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 5 {
				s, err := postgres.Share(t.Context(), options(data))
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := ask(s.URL(), "select 1"); err != nil {
					t.Error(err)
				}
				if err := s.Stop(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	await(t, "the server to end", func() bool { return postmasterOf(data) == 0 })
}
