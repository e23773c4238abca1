// Package tiles draws layers: the address of a tile, its bytes, and the documents that tell clients how to ask for it
// and how to paint it.
//
// A tile is an address z/x/y of the matrix set WebMercatorQuad (OGC 2D Tile Matrix Set 2.0, annex D.1; 512-pixel
// tiles, so that zoom 0 is the whole world in one); its body is a Mapbox Vector Tile 2.1 with one layer per layer of
// the catalogue, extent 4096, and for polygons with labels a second one, <layer>_label, of one point per feature.
// Rows come from PostGIS in the order of their key, so that the same rows always make the same bytes.
package tiles

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
)

// Tiles makes the bodies of tiles. It is safe for concurrent use.
type Tiles struct {
	pool  *pgxpool.Pool
	store *layers.Store
}

// New returns the tiles of the layers in store; pool is a pool on the same database, made by layers.Connect.
func New(pool *pgxpool.Pool, store *layers.Store) *Tiles {
	return &Tiles{pool: pool, store: store}
}
