package tiles

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"onemap/layers"
	"onemap/tiles/pmtiles"
)

// ArchiveOptions says what goes into an archive.
type ArchiveOptions struct {
	Layers           []string
	Set              *MatrixSet       // nil = WebMercatorQuad, the only one that all readers of archives expect
	Bounds           *layers.Bounds   // degrees; nil = all that the layers have
	Area             orb.MultiPolygon // degrees; only tiles that meet it, too; nil = all of the bounds
	MinZoom, MaxZoom int
	AsOf             int64 // the position whose tiles it holds; 0 = the last
	Since            int64 // only tiles that have changed after this position; 0 = all
	Properties       []string
	Progress         func(done, total int64)
}

// Archive is what has been written.
type Archive struct {
	Position int64         `json:"position"` // of the log; the tiles are those as of it
	Since    int64         `json:"since,omitempty"`
	Bounds   layers.Bounds `json:"bounds"`
	MinZoom  int           `json:"minZoom"`
	MaxZoom  int           `json:"maxZoom"`
	Tiles    int64         `json:"tiles"`
	Bytes    int64         `json:"bytes"` // of tiles, before equal ones are stored once
	Empty    int64         `json:"empty"` // places without data: left out, or, since a position, written as tiles of nothing
}

// mostArchived is how many places an archive may look at.
const mostArchived = 4 << 20

// WriteArchive writes tiles of some layers as a PMTiles archive, all as of one position of the log, which its metadata
// names. With Since, it holds only what has changed in between, and tiles without layers where nothing is left: put over an
// archive of that position, the same layers, bounds and zooms, it makes the one of this position.
//
// Tiles are drawn anew, several at a time, and nothing of it is kept in the cache; it takes its turn among other readers of
// tiles. Layers may be written to meanwhile. What is not logged, or keeps no past, is as it is when it is drawn; a change of
// the second kind meanwhile, or of how a layer is described, is ErrConflict. Other errors are as of Find.
func (t *Tiles) WriteArchive(ctx context.Context, actor layers.Actor, w io.WriteSeeker, opt ArchiveOptions) (*Archive, error) {
	plan, err := t.planArchive(ctx, actor, opt)
	if err != nil {
		return nil, err
	}
	out, err := pmtiles.NewWriter(w)
	if err != nil {
		return nil, err
	}
	a := &Archive{Position: plan.position, Since: opt.Since, Bounds: plan.bounds, MinZoom: opt.MinZoom, MaxZoom: opt.MaxZoom}
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

// CheckArchive returns the errors that WriteArchive would begin with, or how many places it would look at.
func (t *Tiles) CheckArchive(ctx context.Context, actor layers.Actor, opt ArchiveOptions) (places int64, err error) {
	plan, err := t.planArchive(ctx, actor, opt)
	if err != nil {
		return 0, err
	}
	return plan.cover.Count(0), nil
}

// archivePlan is an archive before it is drawn.
type archivePlan struct {
	ArchiveOptions
	layers   []*layers.Layer
	position int64
	bounds   layers.Bounds         // degrees
	changed  map[string]*revisions // by layer, since Since; nil = all is to be drawn
	late     *lateChanges
	cover    Cover
}

// check returns ErrInvalid for what can be no archive, whatever is in the layers.
func (opt ArchiveOptions) check() error {
	set := opt.Set
	if opt.MinZoom < set.MinZoom || opt.MaxZoom > set.MaxZoom || opt.MinZoom > opt.MaxZoom {
		return fmt.Errorf("%w: zooms %d to %d; want some from %d to %d", layers.ErrInvalid, opt.MinZoom, opt.MaxZoom, set.MinZoom, set.MaxZoom)
	}
	if columns, _ := set.Size(opt.MinZoom); columns > 1<<opt.MinZoom {
		return fmt.Errorf("%w: an archive has no numbers for the tiles of %s; CGCS2000Quad has the same grid one zoom deeper", layers.ErrInvalid, set.ID)
	}
	if len(opt.Layers) == 0 {
		return fmt.Errorf("%w: no layer is named", layers.ErrInvalid)
	}
	if opt.Area != nil {
		return checkArea(opt.Area)
	}
	return nil
}

func (t *Tiles) planArchive(ctx context.Context, actor layers.Actor, opt ArchiveOptions) (*archivePlan, error) {
	opt.Set = cmp.Or(opt.Set, matrixSets[0])
	if err := opt.check(); err != nil {
		return nil, err
	}
	position, err := t.lastPosition(ctx)
	if err != nil {
		return nil, err
	}
	if opt.AsOf > position || opt.Since > cmp.Or(opt.AsOf, position) || opt.AsOf < 0 || opt.Since < 0 {
		return nil, fmt.Errorf("%w: as of %d, since %d: want positions in this order; the log is at %d", layers.ErrInvalid, cmp.Or(opt.AsOf, position), opt.Since, position)
	}
	p := &archivePlan{ArchiveOptions: opt, position: cmp.Or(opt.AsOf, position)}
	for i, name := range opt.Layers {
		if slices.Contains(opt.Layers[:i], name) {
			return nil, fmt.Errorf("%w: layer %q is named twice", layers.ErrInvalid, name)
		}
		l, err := t.store.Layer(ctx, actor, name)
		if err != nil {
			return nil, err
		}
		if err := (&key{}).carry(l, opt.Properties, len(opt.Layers)); err != nil {
			return nil, err
		}
		p.layers = append(p.layers, l)
	}
	if p.late, err = newLateChanges(ctx, t.store, p.position, opt.Layers); err != nil {
		return nil, err
	}
	emptied := ""
	if opt.Since != 0 {
		if emptied, err = p.learnChanged(ctx, t.store); err != nil {
			return nil, err
		}
	}
	if err := p.settleBounds(emptied); err != nil {
		return nil, err
	}
	p.cover = Cover{Set: opt.Set, MinZoom: opt.MinZoom, MaxZoom: opt.MaxZoom, Bounds: p.bounds, Area: opt.Area}
	if n := p.cover.Count(mostArchived); n > mostArchived {
		return nil, fmt.Errorf("%w: that are more than %d tiles: ask for fewer zooms or a smaller area", layers.ErrInvalid, mostArchived)
	}
	return p, nil
}

// mostUnsettled is how long an archive waits for the commits before it to get their positions.
const mostUnsettled = 10 * time.Second

// lastPosition is the last position: with all that was committed before, and a catalogue that is as new.
func (t *Tiles) lastPosition(ctx context.Context) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, mostUnsettled)
	defer cancel()
	position, err := t.store.Settle(ctx)
	if err != nil {
		return 0, err
	}
	return position, t.store.Await(ctx, position)
}

// learnChanged learns which tiles have changed since Since. It returns a layer that was emptied in between, if one was.
func (p *archivePlan) learnChanged(ctx context.Context, store *layers.Store) (emptied string, err error) {
	p.changed = map[string]*revisions{}
	for _, l := range p.layers {
		if !l.Tracked {
			return "", fmt.Errorf("%w: the changes of layer %q are not logged, so that nobody knows what has changed since %d", layers.ErrInvalid, l.Name, p.Since)
		}
		p.changed[l.Name] = &revisions{}
	}
	err = eachChange(ctx, store, p.Since, func(c layers.Change) bool {
		r := p.changed[c.Layer]
		switch {
		case c.Position > p.position:
			return false
		case r == nil:
		case whole(c):
			r.begin(c.Position, false, false)
			if c.Op == "truncate" || c.Op == "drop" {
				emptied = c.Layer
			}
		default:
			r.touch(c.Position, c.Old, c.New)
			r.extend(c.Old)
		}
		return true
	})
	return emptied, err
}

// settleBounds finds the bounds where none are given: of all that is there, and of what was there.
func (p *archivePlan) settleBounds(emptied string) error {
	if p.Bounds != nil {
		p.bounds = *p.Bounds
		return checkBounds(p.bounds)
	}
	if p.Area != nil {
		p.bounds = boundsOf(p.Area)
		return nil
	}
	if emptied != "" {
		return fmt.Errorf("%w: layer %q was emptied since position %d: give the bounds of the archive of that position", layers.ErrInvalid, emptied, p.Since)
	}
	var all *layers.Bounds
	extend := func(b *layers.Bounds) {
		switch {
		case b == nil:
		case all == nil:
			all = b
		default:
			both := all.Extend(*b)
			all = &both
		}
	}
	extend(p.late.was)
	for _, l := range p.layers {
		extend(l.Bounds)
		if r := p.changed[l.Name]; r != nil && r.bounds != nil {
			b := degrees(*r.bounds)
			extend(&b)
		}
	}
	if all == nil {
		for _, l := range p.layers {
			if !l.Tracked {
				return fmt.Errorf("%w: where layer %q has data is not logged: give bounds", layers.ErrInvalid, l.Name)
			}
		}
		return fmt.Errorf("%w: the layers are empty", layers.ErrNotFound)
	}
	p.bounds = *all
	return nil
}

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
			return nil, fmt.Errorf("%w: layer %q was written to after position %d and keeps no past: write the archive again while nobody does", layers.ErrConflict, name, p.position)
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

// pastless is a layer that has been written to after the plan's position and keeps no past; "" = none.
func (p *archivePlan) pastless() string {
	for _, l := range p.layers { // foreign tables keep none
		if l.Table.Schema != "layer" && p.late.wrote(l.Name) {
			return l.Name
		}
	}
	return ""
}

// lateChanges is what has been committed beyond a position.
type lateChanges struct {
	last      int64 // that has been read
	layers    []string
	touched   revisions
	mu        sync.Mutex
	written   map[string]bool
	was       *layers.Bounds // of what has been changed or taken away, before it was; degrees
	described bool           // the layers may not be described anew from now on
}

func newLateChanges(ctx context.Context, store *layers.Store, position int64, names []string) (*lateChanges, error) {
	l := &lateChanges{last: position, layers: names, written: map[string]bool{}}
	err := l.learn(ctx, store)
	l.described = true
	return l, err
}

// learn reads what has been committed until now: what has no position yet, and then, so that nothing is passed over that is
// given one meanwhile, what has.
func (l *lateChanges) learn(ctx context.Context, store *layers.Store) error {
	pending, err := store.Pending(ctx)
	if err != nil {
		return err
	}
	for _, c := range pending {
		if err := l.add(c); err != nil {
			return err
		}
	}
	var failed error
	err = eachChange(ctx, store, l.last, func(c layers.Change) bool {
		l.last = c.Position
		failed = l.add(c)
		return failed == nil
	})
	return cmp.Or(failed, err)
}

func (l *lateChanges) add(c layers.Change) error {
	if !slices.Contains(l.layers, c.Layer) {
		return nil
	}
	if l.described && (c.Op == "schema" || c.Op == "drop") {
		return fmt.Errorf("%w: layer %q is described anew since the archive was begun: write it again", layers.ErrConflict, c.Layer)
	}
	l.mu.Lock()
	l.written[c.Layer] = true
	l.mu.Unlock()
	if c.Old != nil && !l.described { // read when bounds are settled
		was := *c.Old
		if l.was != nil {
			was = was.Extend(*l.was)
		}
		l.was = &was
	}
	if whole(c) {
		l.touched.begin(1, false, false)
		return nil
	}
	l.touched.touch(1, c.Old, c.New)
	return nil
}

func (l *lateChanges) wrote(layer string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written[layer]
}

// eachChange calls f with the changes beyond a position, in order, until it says no.
func eachChange(ctx context.Context, store *layers.Store, after int64, f func(layers.Change) bool) error {
	const most = 10_000
	for {
		changes, err := store.Changes(ctx, after, most)
		if err != nil {
			return err
		}
		for _, c := range changes {
			if !f(c) {
				return nil
			}
			after = c.Position
		}
		if len(changes) < most {
			return nil
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
	doc := DescribeRequest(p.layers, Request{Set: p.Set}, "")
	m := map[string]any{
		"name": doc.Name, "description": doc.Description, "attribution": doc.Attribution, "type": "overlay", "version": "1.0.0",
		"vector_layers": doc.VectorLayers, "onemap:position": p.position, "onemap:layers": strings.Join(p.Layers, ","),
	}
	if p.Since != 0 {
		m["onemap:since"] = p.Since
	}
	if doc.TileMatrixSet != "" {
		m["onemap:tileMatrixSet"], m["onemap:crs"] = doc.TileMatrixSet, doc.CRS
	}
	return m
}
