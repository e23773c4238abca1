package tiles

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"onemap/layers"
)

// drawnTile is a tile that is being drawn.
type drawnTile struct {
	tile Tile
	past bool // it is drawn as of the plan's position, because it is known to have changed since
	body chan *Body
}

// drawAll draws the tiles of a plan, several at a time, and hands them on in order.
func (t *Tiles) drawAll(ctx context.Context, actor layers.Actor, p *archivePlan, write func(Tile, *Body) error) error {
	group, ctx := errgroup.WithContext(ctx)
	atOnce := max(1, t.opt.Share/2)
	order, turn := make(chan drawnTile, 4*atOnce), make(chan struct{}, atOnce)
	group.Go(func() error {
		defer close(order)
		for tile := range p.cover.Tiles() {
			d := drawnTile{tile, p.lateTouched(tile), make(chan *Body, 1)}
			if !p.touched(tile) {
				close(d.body)
			} else {
				select {
				case turn <- struct{}{}:
				case <-ctx.Done():
					return ctx.Err()
				}
				group.Go(func() error {
					defer func() { <-turn }()
					body, err := t.archived(ctx, actor, p, tile, d.past)
					if err == nil {
						d.body <- body
					}
					return err
				})
			}
			select {
			case order <- d:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	group.Go(func() error { return t.handOn(ctx, actor, p, order, write) })
	return group.Wait()
}

// Tiles are handed on in heaps of so many, or so many bytes: after each the log is asked what has been committed meanwhile.
const (
	heapTiles = 256
	heapBytes = 16 << 20
)

// handOn writes tiles as of the plan's position. What has been drawn shows all that was committed before; so what was
// committed beyond the position is asked for afterwards, and the tiles that it touches are drawn again as they were.
func (t *Tiles) handOn(ctx context.Context, actor layers.Actor, p *archivePlan, order <-chan drawnTile, write func(Tile, *Body) error) error {
	type ready struct {
		drawnTile
		body *Body
	}
	var heap []ready
	size, done, total := 0, int64(0), p.cover.Count(0)
	flush := func() error {
		if len(heap) == 0 {
			return nil
		}
		if err := p.late.learn(ctx, t.store); err != nil {
			return err
		}
		for _, r := range heap {
			if !r.past && p.lateTouched(r.tile) {
				var err error
				if r.body, err = t.archived(ctx, actor, p, r.tile, true); err != nil {
					return err
				}
			}
			if err := write(r.tile, r.body); err != nil {
				return err
			}
		}
		clear(heap)
		heap, size = heap[:0], 0
		return nil
	}
	for d := range order {
		var body *Body
		select {
		case body = <-d.body: // nil where it has not changed
		case <-ctx.Done():
			return ctx.Err()
		}
		if done++; p.Progress != nil && (done%64 == 0 || done == total) {
			p.Progress(done, total)
		}
		if body == nil {
			continue
		}
		heap = append(heap, ready{d, body})
		if size += body.GzipLen(); len(heap) >= heapTiles || size >= heapBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return flush()
}

// touched reports whether a tile belongs into the archive: all do, or those that have changed.
func (p *archivePlan) touched(tile Tile) bool {
	if p.changed == nil {
		return true
	}
	for _, r := range p.changed {
		if r.in(p.Set, tile) > 0 {
			return true
		}
	}
	return false
}

// lateTouched reports whether a tile has changed beyond the plan's position.
func (p *archivePlan) lateTouched(tile Tile) bool { return p.late.touched.in(p.Set, tile) > 0 }

// archived draws a tile, waiting for its turn: as it is, or as of the plan's position.
func (t *Tiles) archived(ctx context.Context, actor layers.Actor, p *archivePlan, tile Tile, past bool) (*Body, error) {
	r := Request{Layers: p.Layers, Set: p.Set, Tile: tile, Properties: p.Properties}
	if past {
		if name := p.pastless(); name != "" {
			return nil, layers.Refuse(layers.ErrConflict, "layer %q was written to after position %d and keeps no past: write the archive again while nobody does", "图层“%s”在位置 %d 之后被写入，且不保留历史：请在无人写入时重新制作瓦片包", name, p.position)
		}
		r.AsOf = p.position
	}
	for {
		a, err := t.Find(ctx, actor, r)
		if err != nil {
			return nil, err
		}
		a.uncached = true // what is cached may show more than its name says, and readers need the room
		body, err := a.Body(ctx)
		if !errors.Is(err, ErrBusy) {
			return body, err
		}
		select { // readers who wait for an answer go first
		case <-time.After(t.opt.Patience):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
