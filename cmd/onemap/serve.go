package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"onemap/api"
	"onemap/api/exports"
	"onemap/api/imports"
	"onemap/frontend"
	"onemap/layers"
	"onemap/layers/demo"
	"onemap/layers/intake"
	"onemap/layers/search"
	"onemap/migrations"
	"onemap/tiles"
)

type serveCmd struct {
	Listen     string        `default:"127.0.0.1:8080" env:"ONEMAP_LISTEN" help:"Address and port (${env})."`
	Demo       string        `enum:"small,county,large,none" default:"county" env:"ONEMAP_DEMO" help:"Synthetic county to load when the database has no layers (${enum})."`
	Seed       uint64        `default:"370832" help:"Seed of the synthetic county."`
	PublicURL  string        `placeholder:"URL" env:"ONEMAP_PUBLIC_URL" help:"Where clients reach the server; links are built from it (${env})."`
	TrustProxy bool          `env:"ONEMAP_TRUST_PROXY" help:"Believe Forwarded and X-Forwarded headers (${env})."`
	Grace      time.Duration `default:"10s" help:"How long running requests may go on after Ctrl-C."`
	Cache      int64         `placeholder:"MIB" default:"96" env:"ONEMAP_CACHE" help:"Memory for tiles that have been drawn and for the rows they were drawn from, in MiB (${env})."`
	GCJ02      bool          `name:"gcj02" env:"ONEMAP_GCJ02" help:"Offer tiles that are shifted, approximately, for base maps in GCJ-02 (Gaode, Tencent) as the set WebMercatorQuadGCJ02, for display only (${env})."`

	Archives string `placeholder:"DIR" type:"path" env:"ONEMAP_ARCHIVES" help:"Serve the PMTiles archives in this directory too: the tiles of NAME.pmtiles at /tiles/NAME/{z}/{x}/{y}.mvt (${env})."`

	PeerListen  string `placeholder:"HOST:PORT" env:"ONEMAP_PEER_LISTEN" help:"Share tiles with the other servers on the same database: address on the inner network where they ask this one (${env})."`
	PeerAddress string `placeholder:"HOST:PORT" env:"ONEMAP_PEER_ADDRESS" help:"Where other servers reach --peer-listen, if not there (${env})."`

	Imports      api.Reach `enum:"local,off,all" default:"local" env:"ONEMAP_IMPORTS" help:"Whom the import by upload answers: requests from this machine itself, nobody, or everybody who reaches the server (${env})."`
	ImportLimit  int64     `placeholder:"MIB" default:"4096" env:"ONEMAP_IMPORT_LIMIT" help:"Largest upload of one import, in MiB (${env})."`
	Exports      api.Reach `enum:"local,off,all" default:"local" env:"ONEMAP_EXPORTS" help:"Whom archives of tiles by request answer: requests from this machine itself, nobody, or everybody who reaches the server (${env})."`
	ExportLimit  int64     `placeholder:"MIB" default:"4096" env:"ONEMAP_EXPORT_LIMIT" help:"Largest archive of tiles by request, in MiB (${env})."`
	ImportFolder string    `placeholder:"DIR" type:"path" env:"ONEMAP_IMPORT_FOLDER" help:"Where imports, exports and archives of tiles keep their files while they are made; the system's directory for temporary files if not given (${env})."`
}

// Run serves until the context ends. The port is open at once: what asks before the database is there hears so.
func (s serveCmd) Run(ctx context.Context, cfg *config) error {
	log := cfg.logger()
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (another program there? choose with --listen)", s.Listen, err)
	}
	start := newStart(log)
	server, err := api.New(api.Options{
		Page: frontend.Files(), PublicURL: s.PublicURL, TrustProxy: s.TrustProxy, Log: log, Status: start.status, ImportsFor: s.Imports, ExportsFor: s.Exports,
	})
	if err != nil {
		return err
	}
	s.bound()
	web := &http.Server{
		Handler: server.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	web.RegisterOnShutdown(server.Close)

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := web.Serve(api.Direct(web, listener)); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error { // the database outlives the last request
		return s.ground(ctx, cfg, log, start, server, func() error {
			grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Grace)
			defer cancel()
			if err := web.Shutdown(grace); err != nil {
				log.Warn("some requests did not end in time", "error", err)
				return web.Close()
			}
			return nil
		})
	})
	err = group.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// besideCache is the memory that the collector lets everything but the cache of tiles take before it works harder.
const besideCache = 160 << 20

// bound keeps garbage from doubling what the cache takes; GOMEMLIMIT overrules it.
func (s serveCmd) bound() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(s.Cache<<20 + besideCache)
	}
}

// ground brings the database up, opens the doors on it and stays until the context ends; then it has the web server
// shut and lets go of the database, in this order.
func (s serveCmd) ground(ctx context.Context, cfg *config, log *slog.Logger, start *start, server *api.Server, shut func() error) (err error) {
	defer func() { err = errors.Join(err, shut()) }()
	start.set("database", "starting PostGIS")
	db, err := cfg.own(ctx, log, func(detail string) { start.set("database", detail) })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	start.set("migrate", "bringing the schemas up to date")
	store, pool, err := db.store(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()

	var desk *imports.Service
	defer func() {
		if desk != nil {
			desk.Close()
		}
	}()
	follow, ctx := errgroup.WithContext(ctx)
	follow.Go(func() error { return db.await(ctx) })
	follow.Go(func() error { return layers.NewSequencer(store, log).Run(ctx) })
	follow.Go(func() error {
		if err := s.populate(ctx, store, start); err != nil {
			return cmp.Or(ctx.Err(), err) // interrupted, a load fails in many ways that are none
		}
		ground, err := s.furnish(ctx, follow, store, pool, server, log)
		if err != nil {
			return err
		}
		if desk, err = s.desk(ctx, &ground, log); err != nil {
			return err
		}
		if desk != nil {
			follow.Go(func() error { return desk.Work(ctx) })
		}
		if err := ground.Tiles.Ready(ctx); err != nil { // what is drawn before is not kept
			return err
		}
		server.Open(ground)
		log.Info("ready", "url", "http://"+s.Listen, "migrations", migrations.Fingerprint())
		return nil
	})
	err = follow.Wait()
	if shutErr := shut(); shutErr != nil { // before the pool closes under the last requests
		err = errors.Join(err, shutErr)
	}
	return err
}

// furnish makes what the doors ask, and has it follow the log.
func (s serveCmd) furnish(ctx context.Context, follow *errgroup.Group, store *layers.Store, pool *pgxpool.Pool, server *api.Server, log *slog.Logger) (api.Ground, error) {
	drawn, names := tiles.New(pool, store, tiles.Options{Bytes: s.Cache << 20, GCJ02: s.GCJ02, Observe: server.ObserveTile}), search.New(pool, store)
	for _, one := range []struct {
		what string
		run  func(context.Context) error
	}{
		{"the catalogue", store.Watch}, {"the tiles' log", drawn.Follow}, {"the mosaics' tiles", drawn.WatchMosaics}, {"the mosaics", drawn.KeepMosaics},
		{"the search index", names.Keep},
	} {
		follow.Go(func() error { return again(ctx, log, one.what, one.run) })
	}
	if s.PeerListen != "" {
		follow.Go(func() error { return s.share(ctx, store, drawn, log) })
	}
	ground := api.Ground{Store: store, Tiles: drawn, Search: names, Pool: pool, Folder: s.ImportFolder}
	if s.Archives == "" {
		return ground, nil
	}
	ground.Archives = tiles.NewArchives(s.Archives)
	served, err := ground.Archives.Names()
	if err == nil {
		log.Info("archives are served", "names", served)
	}
	return ground, err
}

// desk makes the imports by upload and the archives of tiles by request, whose jobs one queue has; nil where both are switched off.
func (s serveCmd) desk(ctx context.Context, ground *api.Ground, log *slog.Logger) (*imports.Service, error) {
	opt := imports.Options{
		Store: ground.Store, Pool: ground.Pool, Import: intake.Import, Folder: s.ImportFolder, Limit: s.ImportLimit << 20, Log: log, Idle: s.Imports == api.Nobody,
	}
	if s.Exports != api.Nobody {
		ground.Exports = exports.New(exports.Settings{Pool: ground.Pool, Tiles: ground.Tiles, Folder: s.ImportFolder, Limit: s.ExportLimit << 20, Log: log})
		opt.Jobs = []imports.Jobs{ground.Exports}
	} else if s.Imports == api.Nobody {
		return nil, nil
	}
	desk, err := imports.New(ctx, opt)
	if err == nil && s.Imports != api.Nobody {
		ground.Imports = desk
	}
	return desk, err
}

// again follows the log in the way of f until the context ends: a database that fails is tried again, for it may come back.
func again(ctx context.Context, log *slog.Logger, what string, f func(context.Context) error) error {
	for {
		err := f(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		log.Warn("the log is followed again", "what", what, "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// populate loads the synthetic county into a database without layers, or anew where a load was cut short.
func (s serveCmd) populate(ctx context.Context, store *layers.Store, start *start) error {
	if s.Demo == "none" {
		return nil
	}
	have, err := store.Layers(ctx, layers.Anonymous)
	if err != nil {
		return err
	}
	short, err := cutShort(ctx, store, have)
	if err != nil || len(have) > 0 && !short {
		return err
	}
	start.set("demo", "generating the synthetic county")
	total := demo.Size(s.Demo).Rows()
	return loadDemo(ctx, store, s.Seed, demo.Size(s.Demo), newProgress(os.Stderr, func(layer string, rows int) {
		start.progress("demo", layer, 100*float64(rows)/float64(total))
	}))
}

// cutShort reports whether a load of the synthetic county did not come to its end: each of its layers is made empty and
// then loaded in one transaction, and none stays empty.
func cutShort(ctx context.Context, store *layers.Store, have []*layers.Layer) (bool, error) {
	for _, l := range have {
		if !l.Synthetic {
			continue
		}
		page, err := store.Find(ctx, layers.Anonymous, l.Name, layers.Query{Limit: 1})
		if err != nil || len(page.Features) == 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// start is how far a start has come, told by one goroutine and asked by requests.
type start struct {
	now atomic.Pointer[api.Status]
	log *slog.Logger
}

func newStart(log *slog.Logger) *start {
	s := &start{log: log}
	s.now.Store(&api.Status{})
	return s
}

func (s *start) status() api.Status { return *s.now.Load() }

func (s *start) set(phase, detail string) {
	s.log.Info(detail, "phase", phase)
	s.now.Store(&api.Status{Phase: phase, Detail: detail})
}

func (s *start) progress(phase, detail string, percent float64) {
	s.now.Store(&api.Status{Phase: phase, Detail: detail, Percent: min(percent, 100)})
}
