// Package api is the doors of the map: every URL (routes.go), each parsed, asked of the rooms below, and rendered.
// Nothing is decided here.
//
// It follows OGC API - Features and Tiles (the classes are in ogc.go, what shows each in docs/conformance.md), OpenAPI 3.0,
// TileJSON 3.0.0, RFC 9457 (problem details) and the HTML standard's server-sent events.
package api

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"

	"onemap/api/exports"
	"onemap/api/imports"
	"onemap/layers"
	"onemap/layers/search"
	"onemap/tiles"
)

// Options is what a server needs to know from outside.
type Options struct {
	Ground     *Ground          // nil: the server says that it is starting until Open is called
	Page       fs.FS            // the built page: index.html, assets/…; nil: none
	PublicURL  string           // where clients reach the server, e.g. https://map.example/onemap; "" = as each request says
	TrustProxy bool             // believe Forwarded and X-Forwarded-* headers: set it only behind a proxy that sets them
	Log        *slog.Logger     // nil = slog.Default()
	Clock      func() time.Time // nil = time.Now
	Status     func() Status    // how far the start is; nil = nothing to tell
	Heartbeat  time.Duration    // of event streams; 0 = 15 s
	Silence    time.Duration    // that a sender of a body may keep, and a reader of an answer; 0 = 30 s
	ImportsFor Reach            // whom the doors of imports answer; "" = Local
	ExportsFor Reach            // whom those of archives of tiles; "" = Local
}

// Ground is what the doors ask, once the database is there.
type Ground struct {
	Store  *layers.Store
	Tiles  *tiles.Tiles
	Search *search.Index
	Pool   *pgxpool.Pool

	Archives *tiles.Archives // served beside the layers; nil = none

	Folder string // where files of exports are made; "" = the system's directory for temporary files

	Imports *imports.Service // nil = there are none, as with Options.ImportsFor Nobody
	Exports *exports.Service // nil = there are none, as with Options.ExportsFor Nobody
}

// Status is how far the start of the service has come.
type Status struct {
	Phase   string  `json:"phase"`   // e.g. database, migrate, demo
	Detail  string  `json:"detail"`  // for people
	Percent float64 `json:"percent"` // 0–100, of the phase
}

// Server is the doors. It serves from the moment it is made; before Open it answers that it is starting.
type Server struct {
	opt     Options
	base    *url.URL // PublicURL, nil when not set
	log     *slog.Logger
	now     func() time.Time
	echo    *echo.Echo
	metrics *metrics
	page    *page
	zips    sync.Pool // of *gzip.Writer
	cross   *http.CrossOriginProtection
	open    atomic.Pointer[ground]
	ctx     context.Context // ends streams
	close   context.CancelFunc
}

// ground is Ground while it is served: with the shares of its pool, and the stream of its changes.
type ground struct {
	*Ground
	shares shares
	feed   *feed
}

// New returns a server. Close ends what it runs in the background.
func New(opt Options) (*Server, error) {
	s := &Server{opt: opt, log: opt.Log, now: opt.Clock, metrics: newMetrics(), cross: http.NewCrossOriginProtection()}
	s.log = cmp.Or(s.log, slog.Default())
	if s.now == nil {
		s.now = time.Now
	}
	if s.opt.Status == nil {
		s.opt.Status = func() Status { return Status{} }
	}
	s.opt.Heartbeat = cmp.Or(s.opt.Heartbeat, 15*time.Second)
	s.opt.Silence = cmp.Or(s.opt.Silence, 30*time.Second)
	if opt.PublicURL != "" {
		u, err := url.Parse(strings.TrimRight(opt.PublicURL, "/"))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("public URL %q: want http(s)://host[:port][/path]", opt.PublicURL)
		}
		s.base = u
	}
	var err error
	if s.page, err = newPage(opt.Page); err != nil {
		return nil, err
	}
	s.ctx, s.close = context.WithCancel(context.Background())
	s.echo = echo.New()
	s.echo.HTTPErrorHandler = s.fail
	s.middleware()
	s.routes()
	if opt.Ground != nil {
		s.Open(*opt.Ground)
	}
	return s, nil
}

// Open begins to answer from the database, which is migrated and loaded. It is called once.
func (s *Server) Open(g Ground) {
	served := &ground{Ground: &g, shares: newShares(int(g.Pool.Config().MaxConns)), feed: newFeed(g.Store, g.Tiles.Await, s.log)}
	s.metrics.watch(g.Pool)
	s.metrics.watchTiles(g.Tiles)
	s.metrics.watchMosaics(g.Tiles)
	s.metrics.watchSearch(g.Search)
	if g.Imports != nil {
		s.metrics.watchImports(g.Imports)
	}
	g.Tiles.OnRemade(served.feed.remade)
	go served.feed.run(s.ctx)
	s.open.Store(served)
}

// ObserveTile measures a stage of drawing a tile: hand it to tiles.Options.
func (s *Server) ObserveTile(stage tiles.Stage, took time.Duration) {
	s.metrics.stages.WithLabelValues(string(stage)).Observe(took.Seconds())
}

// Handler answers all requests.
func (s *Server) Handler() http.Handler { return s.echo }

// Close ends event streams, which a graceful shutdown would wait for: hand it to http.Server.RegisterOnShutdown.
func (s *Server) Close() { s.close() }

// ground is what to ask; only doors behind the guard `started` may call it.
func (s *Server) ground() *ground { return s.open.Load() }
