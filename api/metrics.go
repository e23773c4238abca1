package api

import (
	"cmp"
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"onemap/api/imports"
	"onemap/tiles"
	"onemap/tiles/cache"
)

// metrics are a server's own: two servers in one process do not mix theirs.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	streams  prometheus.Gauge
	stages   *prometheus.HistogramVec
	serve    echo.HandlerFunc

	mu    sync.RWMutex
	known map[outcome]counted
}

// outcome is a route and the status it was answered with.
type outcome struct {
	route  string
	status int
}

// counted is where an outcome is counted: looking that up by labels costs more than a tile from memory.
type counted struct {
	requests prometheus.Counter
	took     prometheus.Observer
}

func newMetrics() *metrics {
	m := &metrics{
		known:    map[outcome]counted{},
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onemap_requests_total", Help: "Requests by door and status.",
		}, []string{"door", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "onemap_request_seconds", Help: "Time to answer, by door.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"door"}),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{Name: "onemap_event_streams", Help: "Open event streams."}),
	}
	m.stages = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "onemap_tile_stage_seconds", Help: "Time of each stage of drawing a layer of a tile: wait, select, turn, encode, compress; kept in place of select and encode, from rows of a tile above; and of making a block of a mosaic again.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
	}, []string{"stage"})
	m.registry.MustRegister(m.requests, m.took, m.streams, m.stages, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.serve = echo.WrapHandler(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{DisableCompression: true}))
	return m
}

// request counts one answered request of a route; an address without a route counts as "none".
func (m *metrics) request(route string, status int, took time.Duration) {
	of := outcome{cmp.Or(route, "none"), status}
	m.mu.RLock()
	c, ok := m.known[of]
	m.mu.RUnlock()
	if !ok {
		c = counted{m.requests.WithLabelValues(of.route, strconv.Itoa(status)), m.took.WithLabelValues(of.route)}
		m.mu.Lock()
		m.known[of] = c
		m.mu.Unlock()
	}
	c.requests.Inc()
	c.took.Observe(took.Seconds())
}

// watch adds the database pool.
func (m *metrics) watch(pool *pgxpool.Pool) {
	gauge := func(name, help string, value func(*pgxpool.Stat) float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "onemap_db_" + name, Help: help},
			func() float64 { return value(pool.Stat()) }))
	}
	gauge("connections", "Open connections.", func(s *pgxpool.Stat) float64 { return float64(s.TotalConns()) })
	gauge("connections_busy", "Connections at work.", func(s *pgxpool.Stat) float64 { return float64(s.AcquiredConns()) })
	gauge("connections_max", "Most connections.", func(s *pgxpool.Stat) float64 { return float64(s.MaxConns()) })
	gauge("waits", "Times a connection had to be waited for.", func(s *pgxpool.Stat) float64 { return float64(s.EmptyAcquireCount()) })
}

// watchTiles adds what the cache of tiles does, and how true it is.
func (m *metrics) watchTiles(drawn *tiles.Tiles) {
	number := func(name, help string, value func(cache.Stats) int64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "onemap_tile_cache_" + name + "_total", Help: help},
			func() float64 { return float64(value(drawn.Cache().Stats())) }))
	}
	number("gets", "Layers of tiles asked for.", func(s cache.Stats) int64 { return s.Gets })
	number("hits", "Found in memory.", func(s cache.Stats) int64 { return s.Hits })
	number("fills", "Drawn here.", func(s cache.Stats) int64 { return s.Fills })
	number("from_peers", "Got from other nodes.", func(s cache.Stats) int64 { return s.FromPeers })
	number("peer_errors", "Other nodes that did not answer.", func(s cache.Stats) int64 { return s.PeerErrors })
	number("for_peers", "Asked for by other nodes.", func(s cache.Stats) int64 { return s.ForPeers })
	number("evictions", "Pushed out by others.", func(s cache.Stats) int64 { return s.Evictions })
	gauge := func(name, help string, value func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	gauge("onemap_tile_cache_items", "Layers of tiles in memory.", func() float64 { return float64(drawn.Cache().Stats().Items) })
	gauge("onemap_tile_cache_bytes", "Memory they take.", func() float64 { return float64(drawn.Cache().Stats().Bytes) })
	gauge("onemap_tiles_position", "Position of the log up to which tiles are true.", func() float64 {
		position, _ := drawn.Freshness()
		return float64(position)
	})
	gauge("onemap_tiles_stale_seconds", "How long the log could not be followed by now; 0 = it is.", func() float64 {
		if _, broken := drawn.Freshness(); !broken.IsZero() {
			return time.Since(broken).Seconds()
		}
		return 0
	})
}

// watchMosaics adds how far the mosaics are.
func (m *metrics) watchMosaics(drawn *tiles.Tiles) {
	labels := []string{"layer", "ready"}
	m.registry.MustRegister(mosaicStates{drawn,
		prometheus.NewDesc("onemap_mosaic_done_ratio", "Part of the steps of making a layer's mosaic that are done; ready: it is the one that is read.", labels, nil),
		prometheus.NewDesc("onemap_mosaic_position", "Position of the log up to which changes are in a layer's mosaic.", labels, nil)})
}

// mosaicStates is what a node knows of the mosaics.
type mosaicStates struct {
	drawn          *tiles.Tiles
	done, position *prometheus.Desc
}

// Describe is prometheus.Collector's.
func (s mosaicStates) Describe(to chan<- *prometheus.Desc) { to <- s.done; to <- s.position }

// Collect is prometheus.Collector's.
func (s mosaicStates) Collect(to chan<- prometheus.Metric) {
	for _, m := range s.drawn.Mosaics() {
		ready := strconv.FormatBool(m.Ready)
		to <- prometheus.MustNewConstMetric(s.done, prometheus.GaugeValue, float64(m.Done)/float64(max(m.Total, 1)), m.Layer, ready)
		to <- prometheus.MustNewConstMetric(s.position, prometheus.GaugeValue, float64(m.Position), m.Layer, ready)
	}
}

// watchImports adds how many imports there are in each state.
func (m *metrics) watchImports(service *imports.Service) {
	m.registry.MustRegister(importStates{service, prometheus.NewDesc("onemap_imports", "Imports by state, of all nodes.", []string{"state"}, nil)})
}

// importStates asks the database when it is read; one that does not answer in time leaves the numbers out.
type importStates struct {
	service *imports.Service
	desc    *prometheus.Desc
}

// Describe is prometheus.Collector's.
func (i importStates) Describe(to chan<- *prometheus.Desc) { to <- i.desc }

// Collect is prometheus.Collector's.
func (i importStates) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	counts, err := i.service.Counts(ctx)
	if err != nil {
		return
	}
	for _, state := range imports.States() {
		to <- prometheus.MustNewConstMetric(i.desc, prometheus.GaugeValue, float64(counts[state]), string(state))
	}
}
