package tiles

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// mosaics is what a node knows of the mosaics: which can be read, and the numbers of their tiles. Its zero value knows none.
type mosaics struct {
	mu     sync.RWMutex
	ready  map[string]*viewed // by layer
	all    []Mosaic
	tell   []func([]Remade)
	keeps  atomic.Bool // this node makes them, and wakes itself
	called chan struct{}
	once   sync.Once
}

// viewed is a mosaic that can be read.
type viewed struct {
	id          int64
	by          string
	first, last int
	position    int64
	made        int64
	tiles       map[Tile]int64
}

// Mosaic is how far a mosaic is.
type Mosaic struct {
	Layer    string `json:"layer"`
	Zooms    [2]int `json:"zooms"`
	Position int64  `json:"position"` // of the log, up to which changes are in
	Done     int    `json:"done"`     // steps of making it
	Total    int    `json:"total"`
	Ready    bool   `json:"ready"` // it is read; a layer may have another that is being made
}

// viewEvery is how soon a node hears of what another has made; viewAnyway how often it looks for what it should have been told of.
const (
	viewEvery  = 250 * time.Millisecond
	viewAnyway = time.Second
)

// WatchMosaics learns which mosaics there are, and what of them is new, until the context ends or the database fails.
func (t *Tiles) WatchMosaics(ctx context.Context) error {
	wait := time.NewTimer(viewEvery)
	defer wait.Stop()
	for {
		if err := t.mosaics.look(ctx, t.pool); err != nil {
			return fmt.Errorf("mosaics: %w", err)
		}
		if wait.Reset(viewEvery); t.mosaics.keeps.Load() {
			wait.Reset(viewAnyway)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wait.C:
		case <-t.mosaics.bell():
		}
	}
}

// Mosaics are all there are, as this node knows them.
func (t *Tiles) Mosaics() []Mosaic {
	t.mosaics.mu.RLock()
	defer t.mosaics.mu.RUnlock()
	return t.mosaics.all
}

func (v *mosaics) bell() chan struct{} {
	v.once.Do(func() { v.called = make(chan struct{}, 1) })
	return v.called
}

// wake has a node look at once at what it has made itself.
func (v *mosaics) wake() {
	select {
	case v.bell() <- struct{}{}:
	default:
	}
}

// look reads what is new, and tells it.
func (v *mosaics) look(ctx context.Context, q querier) error {
	ms, err := readMosaics(ctx, q)
	if err != nil {
		return err
	}
	v.mu.RLock()
	known := v.ready
	v.mu.RUnlock()
	ready, all := map[string]*viewed{}, make([]Mosaic, 0, len(ms))
	var remade []Remade
	for _, m := range ms {
		first, last := int(m.zooms[0]), int(m.zooms[1])
		all = append(all, Mosaic{m.layer, [2]int{first, last}, m.position, m.done, m.total, m.ready})
		if !m.ready {
			continue
		}
		now := &viewed{id: m.id, by: m.by, first: first, last: last, position: m.position, made: m.made, tiles: map[Tile]int64{}}
		old := known[m.layer]
		var fresh []Tile
		switch {
		case old != nil && old.id == m.id && old.made == m.made:
			now.tiles = old.tiles
		case old != nil && old.id == m.id:
			for t, made := range old.tiles {
				now.tiles[t] = made
			}
			fresh, err = now.learn(ctx, q, old.made)
			remade = append(remade, remadeOf(m.layer, fresh)...)
		default:
			_, err = now.learn(ctx, q, 0)
			remade = append(remade, now.whole(m.layer)...)
		}
		if err != nil {
			return err
		}
		ready[m.layer] = now
	}
	for layer, old := range known {
		if ready[layer] == nil { // it is drawn from rows now
			remade = append(remade, old.whole(layer)...)
		}
	}
	v.mu.Lock()
	v.ready, v.all = ready, all
	tell := v.tell
	v.mu.Unlock()
	for i := 0; i < len(tell) && len(remade) > 0; i++ {
		tell[i](remade)
	}
	return nil
}

// learn reads the numbers of the tiles made after one, and returns the tiles.
func (v *viewed) learn(ctx context.Context, q querier, after int64) (fresh []Tile, err error) {
	rows, err := q.Query(ctx, "select zoom, x, y, made from onemap.mosaic_tile where mosaic = $1 and made > $2", v.id, after)
	if err != nil {
		return nil, err
	}
	var t Tile
	var made int64
	_, err = pgx.ForEachRow(rows, []any{&t.Z, &t.X, &t.Y, &made}, func() error {
		v.tiles[t] = made
		v.made = max(v.made, made)
		fresh = append(fresh, t)
		return nil
	})
	return fresh, err
}

// number is that of a tile of a layer's mosaic, 0 where nothing is in it. There is none where the mosaic is not made yet, or
// of other classes than those that are drawn.
func (v *mosaics) number(layer, by string, t Tile) (made int64, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	m := v.ready[layer]
	if m == nil || m.by != by || t.Z < m.first || t.Z > m.last {
		return 0, false
	}
	return m.tiles[t], true
}

// drawMosaic reads a tile that the keeper has made.
func (t *Tiles) drawMosaic(ctx context.Context, k key) (body []byte, err error) {
	err = t.pool.QueryRow(ctx, `select t.body from onemap.mosaic m join onemap.mosaic_tile t using (mosaic)
		where m.layer = $1 and m.ready and t.zoom = $2 and t.x = $3 and t.y = $4`, k.layer, k.tile.Z, k.tile.X, k.tile.Y).Scan(&body)
	if errors.Is(err, pgx.ErrNoRows) { // it has been replaced since it was named
		return nil, layers.Refuse(ErrBusy, "the mosaic has just been made anew; try again", "概览图刚刚更新，请重试")
	}
	return body, err
}
