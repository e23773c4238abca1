package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

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
	if b.dir, err = os.MkdirTemp(dir, "onemap-bench-"); err != nil {
		return b, err
	}
	if err := os.Chmod(b.dir, 0o755); err != nil { // started as root, the server runs as another user
		return b, err
	}
	b.onemap = filepath.Join(b.dir, "onemap")
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", b.onemap, "./cmd/onemap")
	if said, err := build.CombinedOutput(); err != nil {
		return b, fmt.Errorf("build onemap (run this in the source tree): %w\n%s", err, said)
	}
	if b.server, err = postgres.Start(ctx, postgres.Options{Data: filepath.Join(b.dir, "data")}); err != nil {
		return b, err
	}
	if err := migrations.Up(ctx, b.server.URL()); err != nil {
		return b, err
	}
	if b.pool, err = layers.Connect(ctx, b.server.URL()); err != nil {
		return b, err
	}
	b.store = layers.New(b.pool)
	return b, nil
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
