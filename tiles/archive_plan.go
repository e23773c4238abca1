package tiles

import (
	"cmp"
	"context"
	"slices"
	"time"

	"onemap/layers"
)

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
		return layers.Refuse(layers.ErrInvalid, "zooms %d to %d; want some from %d to %d", "级别 %d 至 %d 有误；应在 %d 至 %d 之间", opt.MinZoom, opt.MaxZoom, set.MinZoom, set.MaxZoom)
	}
	if columns, _ := set.Size(opt.MinZoom); columns > 1<<opt.MinZoom {
		return layers.Refuse(layers.ErrInvalid, "an archive has no numbers for the tiles of %s; CGCS2000Quad has the same grid one zoom deeper", "瓦片包无法为 %s 的瓦片编号；CGCS2000Quad 深一级的网格与之相同", set.ID)
	}
	if len(opt.Layers) == 0 {
		return layers.Refuse(layers.ErrInvalid, "no layer is named", "未指定图层")
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
		return nil, layers.Refuse(layers.ErrInvalid, "as of %d, since %d: want positions in this order; the log is at %d", "as-of %d、since %d 有误：since 应不大于 as-of；当前位置为 %d", cmp.Or(opt.AsOf, position), opt.Since, position)
	}
	p := &archivePlan{ArchiveOptions: opt, position: cmp.Or(opt.AsOf, position)}
	for i, name := range opt.Layers {
		if slices.Contains(opt.Layers[:i], name) {
			return nil, layers.Refuse(layers.ErrInvalid, "layer %q is named twice", "图层“%s”重复", name)
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
		return nil, layers.Refuse(layers.ErrInvalid, "that are more than %d tiles: ask for fewer zooms or a smaller area", "瓦片超过 %d 个：请减少级别或缩小范围", mostArchived)
	}
	return p, nil
}

// mostUnsettled is how long an archive waits for the commits before it to get their positions.
const mostUnsettled = 10 * time.Second

// lastPosition is the last position: with all that was committed before, and a catalogue that is as new, and so what is known of
// the places that have nothing.
func (t *Tiles) lastPosition(ctx context.Context) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, mostUnsettled)
	defer cancel()
	position, err := t.store.Settle(ctx)
	if err != nil {
		return 0, err
	}
	if err := t.store.Await(ctx, position); err != nil {
		return 0, err
	}
	return position, t.Await(ctx, position)
}

// learnChanged learns which tiles have changed since Since. It returns a layer that was emptied in between, if one was.
func (p *archivePlan) learnChanged(ctx context.Context, store *layers.Store) (emptied string, err error) {
	p.changed = map[string]*revisions{}
	for _, l := range p.layers {
		if !l.Tracked {
			return "", layers.Refuse(layers.ErrInvalid, "the changes of layer %q are not logged, so that nobody knows what has changed since %d", "图层“%s”未记录变更，无法得知自 %d 以来的变化", l.Name, p.Since)
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
		return layers.Refuse(layers.ErrInvalid, "layer %q was emptied since position %d: give the bounds of the archive of that position", "图层“%s”自位置 %d 以来曾被清空：请给出当时瓦片包的范围", emptied, p.Since)
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
				return layers.Refuse(layers.ErrInvalid, "where layer %q has data is not logged: give bounds", "图层“%s”的数据范围未记录，请给出 bounds", l.Name)
			}
		}
		return layers.Refuse(layers.ErrNotFound, "the layers are empty", "所选图层没有数据")
	}
	p.bounds = *all
	return nil
}
