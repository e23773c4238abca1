package tiles

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"onemap/layers"
	"onemap/tiles/pmtiles"
)

// ArchiveOptions says what goes into an archive.
type ArchiveOptions struct {
	Layers           []string
	Bounds           *layers.Bounds // degrees; nil = all that the layers have
	MinZoom, MaxZoom int
	Since            int64 // only tiles that have changed after this position; 0 = all
	Properties       []string
	Progress         func(done, total int64)
}

// Archive is what has been written.
type Archive struct {
	Position int64 `json:"position"` // of the log; the tiles are those as of it
	Tiles    int64 `json:"tiles"`
	Bytes    int64 `json:"bytes"`
	Empty    int64 `json:"empty"` // places without data: left out, or, since a position, written as tiles of nothing
}

// mostArchived is how many places an archive may look at.
const mostArchived = 4 << 20

// WriteArchive writes tiles of some layers as a PMTiles archive, all as of one position of the log, which its metadata
// names. With Since, it holds only what has changed in between, and tiles without layers where nothing is left.
// Several tiles are drawn at a time; it takes its turn among other readers of tiles. Errors as of Find.
func (t *Tiles) WriteArchive(ctx context.Context, actor layers.Actor, w io.WriteSeeker, opt ArchiveOptions) (*Archive, error) {
	plan, err := t.planArchive(ctx, actor, opt)
	if err != nil {
		return nil, err
	}
	out, err := pmtiles.NewWriter(w)
	if err != nil {
		return nil, err
	}
	a := &Archive{Position: plan.position}
	err = t.drawAll(ctx, actor, plan, func(tile Tile, body *Body) error {
		if body.Empty() {
			a.Empty++
			if opt.Since == 0 {
				return nil
			}
		}
		zipped := body.gzip() // of nothing too: it says that there is nothing any more
		a.Tiles++
		a.Bytes += int64(len(zipped))
		return out.Add(tile.Z, tile.X, tile.Y, zipped)
	})
	if err != nil {
		return nil, err
	}
	if a.Tiles == 0 {
		if opt.Since != 0 {
			return a, fmt.Errorf("%w: nothing has changed there since position %d; the log is at %d", layers.ErrNotFound, opt.Since, a.Position)
		}
		return a, fmt.Errorf("%w: there is nothing in these bounds and zooms", layers.ErrNotFound)
	}
	return a, out.Close(plan.header(), plan.metadata())
}

// archivePlan is an archive before it is drawn.
type archivePlan struct {
	ArchiveOptions
	layers   []*layers.Layer
	position int64
	bounds   layers.Bounds // degrees
}

func (t *Tiles) planArchive(ctx context.Context, actor layers.Actor, opt ArchiveOptions) (*archivePlan, error) {
	if opt.MinZoom < 0 || opt.MaxZoom > MaxZoom || opt.MinZoom > opt.MaxZoom {
		return nil, fmt.Errorf("%w: zooms %d to %d; want some from 0 to %d", layers.ErrInvalid, opt.MinZoom, opt.MaxZoom, MaxZoom)
	}
	if len(opt.Layers) == 0 {
		return nil, fmt.Errorf("%w: no layer is named", layers.ErrInvalid)
	}
	p := &archivePlan{ArchiveOptions: opt}
	var all *layers.Bounds
	for _, name := range opt.Layers {
		l, err := t.store.Layer(ctx, actor, name)
		if err != nil {
			return nil, err
		}
		p.layers = append(p.layers, l)
		if l.Bounds != nil && all != nil {
			b := all.Extend(*l.Bounds)
			all = &b
		} else if l.Bounds != nil {
			all = l.Bounds
		}
	}
	switch {
	case opt.Bounds != nil:
		p.bounds = *opt.Bounds
		if p.bounds[0] > p.bounds[2] || p.bounds[1] > p.bounds[3] {
			return nil, fmt.Errorf("%w: bounds %v: want west, south, east, north in degrees", layers.ErrInvalid, p.bounds)
		}
	case all != nil:
		p.bounds = *all
	default:
		return nil, fmt.Errorf("%w: the layers are empty", layers.ErrNotFound)
	}
	if n := p.count(); n > mostArchived {
		return nil, fmt.Errorf("%w: that are %d tiles; want at most %d: fewer zooms or a smaller area", layers.ErrInvalid, n, mostArchived)
	}
	position, err := t.store.Position(ctx)
	if err != nil {
		return nil, err
	}
	if opt.Since > position {
		return nil, fmt.Errorf("%w: since %d: the log is only at %d", layers.ErrInvalid, opt.Since, position)
	}
	p.position = position
	return p, t.Await(ctx, position) // revisions must be as far
}

// ranges calls f for each zoom with the tiles that meet the bounds.
func (p *archivePlan) ranges(f func(zoom int, from, to block)) {
	m := mercator(p.bounds)
	for z := p.MinZoom; z <= p.MaxZoom; z++ {
		f(z, at(m[0], m[3], z), at(m[2], m[1], z))
	}
}

func (p *archivePlan) count() (n int64) {
	p.ranges(func(_ int, from, to block) { n += int64(to.x-from.x+1) * int64(to.y-from.y+1) })
	return n
}

// each yields the addresses in the order of their numbers. A quarter outside the range is passed over whole.
func (p *archivePlan) each(yield func(Tile) error) error {
	var failed error
	p.ranges(func(zoom int, from, to block) {
		if failed == nil {
			failed = descend(Tile{}, zoom, from, to, yield)
		}
	})
	return failed
}

// descend yields the tiles of a zoom below t that are in a range, along Hilbert's curve.
func descend(t Tile, zoom int, from, to block, yield func(Tile) error) error {
	down := zoom - t.Z
	if int32(t.X<<down) > to.x || int32((t.X+1)<<down-1) < from.x || int32(t.Y<<down) > to.y || int32((t.Y+1)<<down-1) < from.y {
		return nil
	}
	if down == 0 {
		return yield(t)
	}
	first := pmtiles.ID(t.Z+1, 2*t.X, 2*t.Y)
	for _, other := range [][2]int{{1, 0}, {0, 1}, {1, 1}} {
		first = min(first, pmtiles.ID(t.Z+1, 2*t.X+other[0], 2*t.Y+other[1]))
	}
	for i := range uint64(4) { // the four quarters are neighbours on the curve
		z, x, y := pmtiles.Address(first + i)
		if err := descend(Tile{z, x, y}, zoom, from, to, yield); err != nil {
			return err
		}
	}
	return nil
}

// drawAll draws the tiles of a plan, several at a time, and hands them on in order.
func (t *Tiles) drawAll(ctx context.Context, actor layers.Actor, p *archivePlan, write func(Tile, *Body) error) error {
	type drawnTile struct {
		tile Tile
		body chan *Body
	}
	group, ctx := errgroup.WithContext(ctx)
	atOnce := max(1, t.opt.Share/2)
	order, turn := make(chan drawnTile, 4*atOnce), make(chan struct{}, atOnce)
	group.Go(func() error {
		defer close(order)
		return p.each(func(tile Tile) error {
			d := drawnTile{tile, make(chan *Body, 1)}
			select {
			case turn <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			group.Go(func() error {
				defer func() { <-turn }()
				body, err := t.archived(ctx, actor, p, tile)
				d.body <- body
				return err
			})
			select {
			case order <- d:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	group.Go(func() error {
		total, done := p.count(), int64(0)
		for d := range order {
			body := <-d.body
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if done++; p.Progress != nil && (done%64 == 0 || done == total) {
				p.Progress(done, total)
			}
			if body == nil {
				continue
			}
			if err := write(d.tile, body); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

// archived draws a tile as of the plan's position, waiting for its turn; nil where it has not changed.
func (t *Tiles) archived(ctx context.Context, actor layers.Actor, p *archivePlan, tile Tile) (*Body, error) {
	r := Request{Layers: p.Layers, Tile: tile, Properties: p.Properties}
	changed := false
	for _, l := range p.layers {
		changed = changed || t.revisions(l.Name).of(tile) > p.Since
		if l.Tracked && tile.Z >= l.Drawing.MinZoom && t.revisions(l.Name).of(tile) > p.position {
			r.AsOf = p.position // it has changed since
		}
	}
	if p.Since != 0 && !changed {
		return nil, nil
	}
	for {
		a, err := t.Find(ctx, actor, r)
		if err != nil {
			return nil, err
		}
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

func (p *archivePlan) header() pmtiles.Header {
	b := p.bounds
	return pmtiles.Header{MinZoom: p.MinZoom, MaxZoom: p.MaxZoom, West: b[0], South: b[1], East: b[2], North: b[3],
		CenterLon: (b[0] + b[2]) / 2, CenterLat: (b[1] + b[3]) / 2, CenterZoom: min(max(12, p.MinZoom), p.MaxZoom)}
}

// metadata is what TileJSON says of the layers, as readers of PMTiles expect it, and the position.
func (p *archivePlan) metadata() map[string]any {
	doc := Describe(p.layers, "")
	m := map[string]any{
		"name": doc.Name, "description": doc.Description, "attribution": doc.Attribution, "type": "overlay", "version": "1.0.0",
		"vector_layers": doc.VectorLayers, "onemap:position": p.position, "onemap:layers": strings.Join(p.Layers, ","),
	}
	if p.Since != 0 {
		m["onemap:since"] = p.Since
	}
	return m
}
