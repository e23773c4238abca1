package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/migrations"
	"onemap/migrations/postgres"
)

// bed is what a measurement lies on: a directory that goes with it, a private PostGIS with the settings that users
// have (it flushes to disk), and the onemap of this source tree.
type bed struct {
	dir    string
	server *postgres.Server
	pool   *pgxpool.Pool
	store  *layers.Store
	onemap string
}

// makeBed builds and starts everything. dir is where the directory is made; "" is the system's for temporary files.
func makeBed(ctx context.Context, dir string) (b *bed, err error) {
	b = &bed{}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	if err := b.makeDir(ctx, dir); err != nil {
		return b, err
	}
	return b, b.start(ctx, filepath.Join(b.dir, "data"))
}

// makeDir makes the directory, with onemap in it.
func (b *bed) makeDir(ctx context.Context, dir string) (err error) {
	if b.dir, err = os.MkdirTemp(dir, "onemap-bench-"); err != nil {
		return err
	}
	if err := os.Chmod(b.dir, 0o755); err != nil { // started as root, the server runs as another user
		return err
	}
	b.onemap = filepath.Join(b.dir, "onemap")
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", b.onemap, "./cmd/onemap")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build onemap (run this in the source tree): %w\n%s", err, said)
	}
	return nil
}

// What ours makes in the background after a start, as a question whether it is made: it takes processors from what is measured.
const (
	mosaicsMade = "select count(*) > 0 and bool_and(ready) from onemap.mosaic"
	searchMade  = "select count(*) > 0 and bool_and(since is null and not gone) from onemap.search_index"
)

// until waits until the answer to a question is yes.
func (b *bed) until(ctx context.Context, question string, args ...any) error {
	for {
		var yes bool
		if err := b.pool.QueryRow(ctx, question, args...).Scan(&yes); err != nil || yes {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// start starts the server on its files, in the form this version wants.
func (b *bed) start(ctx context.Context, data string) (err error) {
	if b.server, err = postgres.Start(ctx, postgres.Options{Data: data}); err != nil {
		return err
	}
	if err := migrations.Up(ctx, b.server.URL()); err != nil {
		return err
	}
	if b.pool, err = layers.Connect(ctx, b.server.URL()); err != nil {
		return err
	}
	b.store = layers.New(b.pool)
	return nil
}

// close stops the server and removes all files.
func (b *bed) close() error {
	if b.pool != nil {
		b.pool.Close()
	}
	var err error
	if b.server != nil {
		err = b.server.Stop()
	}
	if b.dir != "" {
		err = errors.Join(err, os.RemoveAll(b.dir))
	}
	return err
}
