// Package dbtest gives a test a fresh migrated database on a real PostgreSQL with PostGIS.
//
// The test processes of all packages share one private server (postgres.Share): the first starts it, and it ends with
// the last of them, killed or not. Its files stay in the temporary directory, so that the next run finds the migrated
// template made. ONEMAP_TEST_DATABASE_URL, a superuser's URL, uses another server instead.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/migrations/postgres"
)

// New is a pool on the test's own database. The database is a clone of the migrated template and is dropped when the
// test ends. New and URL of one test mean the same database; a subtest has its own.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool, err := layers.Connect(t.Context(), URL(t))
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(func() { closePool(t, pool) })
	return pool
}

// URL is the libpq URL of the test's own database: for psql, ogr2ogr, or a second pool.
func URL(t testing.TB) string {
	t.Helper()
	if name, ok := databases.Load(t); ok {
		return name.(string)
	}
	server, err := shared()
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), count.Add(1))
	if err := server.clone(t.Context(), name); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(func() {
		databases.Delete(t)
		if err := server.drop(name); err != nil {
			t.Errorf("dbtest: %v", err)
		}
	})
	databases.Store(t, server.url(name))
	return server.url(name)
}

// What the tests of one process share: the server, and which test has which database.
var (
	shared    = sync.OnceValues(open)
	databases sync.Map // testing.TB → URL
	count     atomic.Int64
)

// server is the place of templates and clones.
type server struct {
	url      func(database string) string
	template string
}

func open() (*server, error) {
	// Several processes may have to wait while one of them runs initdb and migrates.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s := &server{}
	if foreign := os.Getenv("ONEMAP_TEST_DATABASE_URL"); foreign != "" {
		base, err := url.Parse(foreign)
		if err != nil {
			return nil, fmt.Errorf("ONEMAP_TEST_DATABASE_URL: %w", err)
		}
		s.url = func(database string) string {
			own := *base
			own.Path = "/" + database
			return own.String()
		}
	} else {
		// The process's share is never given up: it ends with the process.
		private, err := postgres.Share(ctx, postgres.Options{Data: dataDir(), Throwaway: true})
		if err != nil {
			return nil, err
		}
		s.url = private.DatabaseURL
	}
	return s, s.prepare(ctx)
}

func dataDir() string {
	return filepath.Join(os.TempDir(), "onemap-test-"+strconv.Itoa(os.Getuid()))
}

func (s *server) clone(ctx context.Context, name string) error {
	return s.exec(ctx, fmt.Sprintf("create database %s template %s", pgx.Identifier{name}.Sanitize(), pgx.Identifier{s.template}.Sanitize()))
}

// drop also throws out whoever is still connected: a psql, a follower that a test forgot.
func (s *server) drop(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return s.exec(ctx, fmt.Sprintf("drop database if exists %s with (force)", pgx.Identifier{name}.Sanitize()))
}

func (s *server) exec(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, statement)
	return err
}

// closePool waits for borrowed connections, but not for ever: a test that keeps one would hang here.
func closePool(t testing.TB, pool *pgxpool.Pool) {
	closed := make(chan struct{})
	go func() {
		pool.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Errorf("dbtest: %d connections were never released", pool.Stat().AcquiredConns())
	}
}
