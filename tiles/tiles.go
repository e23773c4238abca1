// Package tiles draws layers: the address of a tile, its bytes, and the documents that tell clients how to ask for it
// and how to paint it.
//
// A tile is an address z/x/y of a tile matrix set (OGC 2D Tile Matrix Set 2.0; tiles are meant for 512 pixels, so that zoom 0
// of WebMercatorQuad is the whole world in one); its body is a Mapbox Vector Tile 2.1 with one layer per layer of
// the catalogue, extent 4096, and for polygons with labels a second one, <layer>_label, of one point per feature.
// Features are in the order of their ids, so that the same rows always make the same bytes.
//
// Every tile of a layer has a revision: the position of the last change that touched it, known from the log in memory
// (Follow). The revision is part of the key under which its bytes are kept, so that nothing expires, nothing is purged, and
// nothing can be stale: what was drawn before a change has another name than what is asked for after it.
package tiles

import (
	"cmp"
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/tiles/cache"
)

// Options says what tiles may take of their machine.
type Options struct {
	Bytes    int64         // of memory for tiles that have been drawn, and for rows they were drawn from; 0 = DefaultBytes, below 0 = nothing is kept
	Share    int           // connections of the pool that may draw at once; 0 = half of them
	Patience time.Duration // how long a tile waits for one of them before it is refused; 0 = 800 ms
	Limit    time.Duration // that drawing one layer of a tile may take; 0 = 15 s
	GCJ02    bool          // there are tiles shifted for base maps in GCJ-02, too
	Observe  func(stage Stage, took time.Duration)
}

// Stage is a part of the way of a tile's layer from the table to the cache.
type Stage string

// The stages, in order.
const (
	StageWait     Stage = "wait"     // for a connection
	StageSelect   Stage = "select"   // until the first row comes
	StageTurn     Stage = "turn"     // until no more encode than there are processors
	StageEncode   Stage = "encode"   // rows are read and encoded as they come
	StageKept     Stage = "kept"     // in place of select and encode: rows that a tile above was drawn from are encoded
	StageCompress Stage = "compress" //
	StageMosaic   Stage = "mosaic"   // apart from these: a block of a mosaic is made again, from rows to a field or from fields to a tile
)

// DefaultBytes is the memory for what is kept where nothing is said.
const DefaultBytes = 96 << 20

// Tiles makes the bodies of tiles and keeps them. It is safe for concurrent use.
type Tiles struct {
	pool     *pgxpool.Pool
	store    *layers.Store
	opt      Options
	cache    *cache.Cache
	rowsets  rowsets
	plans    plans
	mosaics  mosaics
	log      following
	shares   chan struct{}
	turns    chan struct{}
	naming   sync.Mutex
	database string // its name, once it has been asked
}

// New returns the tiles of the layers in store; pool is a pool on the same database, made by layers.Connect.
// Nothing is kept until Follow runs.
func New(pool *pgxpool.Pool, store *layers.Store, opt Options) *Tiles {
	opt.Bytes = cmp.Or(opt.Bytes, DefaultBytes)
	opt.Share = cmp.Or(opt.Share, max(1, int(pool.Config().MaxConns)/2))
	opt.Patience = cmp.Or(opt.Patience, 800*time.Millisecond)
	opt.Limit = cmp.Or(opt.Limit, 15*time.Second)
	if opt.Observe == nil {
		opt.Observe = func(Stage, time.Duration) {}
	}
	t := &Tiles{pool: pool, store: store, opt: opt, shares: make(chan struct{}, opt.Share), turns: make(chan struct{}, runtime.GOMAXPROCS(0))}
	t.log.ready = make(chan struct{})
	t.rowsets.budget = max(0, opt.Bytes/2)
	t.cache = cache.New(cache.Options{Bytes: max(0, opt.Bytes-t.rowsets.budget), Limit: 2 * opt.Limit, Fill: t.fill})
	return t
}

// Cache is where bodies are kept, for those who measure it or have other nodes share it.
func (t *Tiles) Cache() *cache.Cache { return t.cache }

// name is what the database is called in ETags.
func (t *Tiles) name(ctx context.Context) (string, error) {
	t.naming.Lock()
	defer t.naming.Unlock()
	if t.database == "" {
		id, _, err := t.store.Database(ctx)
		if err != nil {
			return "", err
		}
		t.database = id
	}
	return t.database, nil
}
