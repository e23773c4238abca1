package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/migrations"
	"onemap/migrations/postgres"
)

// database is the PostGIS a command works on.
type database struct {
	URL  string
	stop func() error
	gone <-chan struct{} // closed when a private server ends by itself; nil otherwise
}

// await returns when the context ends, or with an error when the private server is gone before.
func (d *database) await(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-d.gone:
		return errors.New("the private PostgreSQL has ended; its last words are in postgres.log of the data directory")
	}
}

// Close lets go of the database: a private server that this process started is stopped.
func (d *database) Close() error { return d.stop() }

// open finds the database a short command works on: the one the URL names, that of a running onemap on the data
// directory, or a private server started for the time of the command.
func (c *config) open(ctx context.Context, log *slog.Logger) (*database, error) {
	if c.DatabaseURL != "" {
		return &database{URL: c.DatabaseURL, stop: func() error { return nil }}, nil
	}
	server, err := postgres.Attach(ctx, postgres.Options{Data: c.Data, Log: log})
	if err != nil {
		return nil, err
	}
	return &database{URL: server.URL(), stop: server.Stop}, nil
}

// with lets a short command work on a store in the database in use, and lets go of both.
func (c *config) with(ctx context.Context, work func(store *layers.Store, db *database) error) error {
	return c.withPool(ctx, func(store *layers.Store, _ *pgxpool.Pool, db *database) error { return work(store, db) })
}

// withPool is with, for those who need the store's pool too.
func (c *config) withPool(ctx context.Context, work func(store *layers.Store, pool *pgxpool.Pool, db *database) error) (err error) {
	db, err := c.open(ctx, c.logger())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	store, pool, err := db.store(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	return work(store, pool, db)
}

// own is open for the process that serves: nobody else may hold the data directory. It waits for a foreign server.
func (c *config) own(ctx context.Context, log *slog.Logger, say func(detail string)) (*database, error) {
	if c.DatabaseURL != "" {
		if err := await(ctx, c.DatabaseURL, log, say); err != nil {
			return nil, err
		}
		return &database{URL: c.DatabaseURL, stop: func() error { return nil }}, nil
	}
	server, err := postgres.Start(ctx, postgres.Options{Data: c.Data, Log: log})
	if err != nil {
		return nil, err
	}
	return &database{URL: server.URL(), stop: server.Stop, gone: server.Done()}, nil
}

// await returns when the server at url answers. Every failure is logged when it differs from the one before.
func await(ctx context.Context, url string, log *slog.Logger, say func(string)) error {
	if _, err := pgx.ParseConfig(url); err != nil {
		return fmt.Errorf("database URL: %w", err)
	}
	said := ""
	for {
		conn, err := pgx.Connect(ctx, url)
		if err == nil {
			return conn.Close(ctx)
		}
		if text := err.Error(); text != said {
			said = text
			log.Warn("waiting for the database", "error", text)
			say("the database does not answer yet")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// store migrates the database and opens a store on it, over a pool that the caller closes.
func (d *database) store(ctx context.Context) (*layers.Store, *pgxpool.Pool, error) {
	if err := migrations.Up(ctx, d.URL); err != nil {
		return nil, nil, err
	}
	pool, err := layers.Connect(ctx, d.URL)
	if err != nil {
		return nil, nil, err
	}
	return layers.New(pool), pool, nil
}
