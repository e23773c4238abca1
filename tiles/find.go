package tiles

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"onemap/layers"
	"onemap/layers/cql"
)

// Request is a tile as it is asked for.
type Request struct {
	Layers     []string   // in the order in which they lie in the tile
	Set        *MatrixSet // nil = WebMercatorQuad
	Tile       Tile
	AsOf       int64    // as of this position of the log; 0 = now
	Filter     string   // only features that match
	Properties []string // carried besides those that drawing needs
}

// Answer is a tile that can be had: what it is called is known, what is in it is not yet.
type Answer struct {
	tiles    *Tiles
	keys     []key
	etag     string
	uncached bool   // a layer that the log does not know is in it, or the log is not followed yet
	making   error  // it can not be had until a mosaic is made
	key      [1]key // memory of keys, enough for one layer
}

// Find says what a tile is called. It asks no database while the log is followed. It returns ErrNotFound for a layer or a
// tile that is not there, and ErrInvalid for a filter that can not be read, a property that a layer does not have, or a past
// that is not kept.
func (t *Tiles) Find(ctx context.Context, actor layers.Actor, r Request) (*Answer, error) {
	r.Set = cmp.Or(r.Set, WebMercatorQuad)
	if err := r.Set.Check(r.Tile); err != nil {
		return nil, err
	}
	filter, err := readFilter(r.Filter)
	if err != nil {
		return nil, err
	}
	a := &Answer{tiles: t, uncached: !t.log.begun.Load()}
	a.keys = a.key[:0]
	for _, name := range r.Layers {
		k := key{layer: name, audience: everyone, set: r.Set, tile: r.Tile, asOf: r.AsOf}
		revisions := t.revisions(name)
		k.revision = revisions.description()
		empty := false
		if r.AsOf == 0 { // the revision is read before the layer: what is read after it is at least as new
			k.revision = t.revision(revisions, r.Set, r.Tile)
			empty = !a.uncached && !revisions.meets(r.Set.mercator(r.Tile))
			k.bare = !a.uncached && r.Set == WebMercatorQuad && revisions.nothing(r.Tile)
		}
		l, err := t.store.Layer(ctx, actor, name)
		if err != nil {
			return nil, err
		}
		if err := k.carry(l, r.Properties, len(r.Layers)); err != nil {
			return nil, err
		}
		if err := k.sift(l, filter); err != nil {
			return nil, err
		}
		a.uncached = a.uncached || !l.Tracked
		if !drawn(l, r.Set.Zoom(r.Tile)) || empty && l.Tracked {
			continue
		}
		if made, ok := t.mosaicTile(l, k); ok && made == 0 {
			continue
		} else if ok {
			k.mosaic, k.revision, k.properties = true, made, ""
		} else if tooMany(l, k.tile) {
			a.making = cmp.Or(a.making, t.making(l, k))
		}
		a.keys = append(a.keys, k)
	}
	if a.uncached {
		return a, nil
	}
	database, err := t.name(ctx)
	if err != nil {
		return nil, err
	}
	names := make([]byte, 0, 256)
	for _, k := range a.keys {
		names = k.append(append(names, '\n'))
	}
	a.etag = etag(database, names)
	return a, nil
}

// mosaicTile is the number of a key's tile in its layer's mosaic; there is none where it is drawn from the rows.
func (t *Tiles) mosaicTile(l *layers.Layer, k key) (made int64, ok bool) {
	if !ofMosaic(l, k) {
		return 0, false
	}
	return t.mosaics.number(l.Name, design{layer: l}.by(), k.tile)
}

// ofMosaic reports whether a key's tile is drawn from its layer's mosaic, if there is one.
func ofMosaic(l *layers.Layer, k key) bool {
	return k.set == WebMercatorQuad && k.asOf == 0 && k.filter == "" && k.audience == everyone && dissolved(l, k.tile.Z)
}

// revision is that of a tile of any set.
func (t *Tiles) revision(r *revisions, set *MatrixSet, tile Tile) int64 {
	if set == WebMercatorQuad {
		return r.of(tile)
	}
	return r.within(set.mercator(tile), set.Zoom(tile))
}

// Fits returns the errors of Find that are not of a tile: layers that are not there, a filter or properties that do not fit.
func (t *Tiles) Fits(ctx context.Context, actor layers.Actor, r Request) error {
	filter, err := readFilter(r.Filter)
	if err != nil {
		return err
	}
	for _, name := range r.Layers {
		l, err := t.store.Layer(ctx, actor, name)
		if err != nil {
			return err
		}
		k := key{}
		if err := k.carry(l, r.Properties, len(r.Layers)); err != nil {
			return err
		}
		if err := k.sift(l, filter); err != nil {
			return err
		}
	}
	return nil
}

// carry notes the properties asked for besides those that are carried anyway. Of several layers each has those it has.
func (k *key) carry(l *layers.Layer, properties []string, of int) error {
	var more []string
	for _, name := range properties {
		if p, ok := l.Property(name); !ok || p.Role == "hidden" {
			if of > 1 {
				continue
			}
			return layers.Refuse(layers.ErrInvalid, "layer %q has no property %q; what it has is at /layers/%s", "图层“%s”没有属性“%s”；现有属性见 /layers/%s", l.Name, name, l.Name)
		}
		if !slices.Contains(l.Drawing.Properties, name) && !slices.Contains(more, name) {
			more = append(more, name)
		}
	}
	slices.Sort(more)
	k.properties = strings.Join(more, ",")
	return nil
}

// readFilter reads CQL2 text; "" is no filter.
func readFilter(text string) (*cql.Filter, error) {
	if text == "" {
		return nil, nil
	}
	return cql.Parse(text)
}

// sift notes a filter, which has to fit every layer that is asked for, in its one spelling.
func (k *key) sift(l *layers.Layer, filter *cql.Filter) error {
	if filter == nil {
		return nil
	}
	k.filter = filter.String()
	return filter.Check(l)
}

// drawn reports whether a layer is in tiles of a zoom at all.
func drawn(l *layers.Layer, zoom int) bool { return l.Table.Geom != "" && zoom >= l.Drawing.MinZoom }

// ETag names the bytes of the tile, in the quotes of HTTP: an equal one means equal bytes, before they have been made. It is
// "" where nothing is known before: the bytes are then to be named by themselves.
func (a *Answer) ETag() string { return a.etag }

// Body makes the tile or finds it made. It returns ErrBusy when too many others are being made, and Making where it is of a mosaic
// that is.
func (a *Answer) Body(ctx context.Context) (*Body, error) {
	if a.making != nil {
		return nil, a.making
	}
	body := &Body{}
	body.parts = body.one[:0]
	for _, k := range a.keys {
		v, err := a.part(ctx, k)
		if err != nil {
			return nil, fmt.Errorf("tile %s of %s: %w", k.tile, k.layer, err)
		}
		body.add(v)
	}
	return body, nil
}

// part is one layer of the tile.
func (a *Answer) part(ctx context.Context, k key) (p part, err error) {
	switch {
	case a.uncached:
		p.drawn, err = a.tiles.draw(ctx, k)
	case !k.bare:
		p.kept, err = a.tiles.cache.Get(ctx, k.String())
	}
	return p, err
}

// fill makes what the cache has not.
func (t *Tiles) fill(ctx context.Context, text string) ([]byte, error) {
	k, err := parseKey(text)
	if err != nil {
		return nil, err
	}
	if err := t.catchUp(ctx, k); err != nil {
		return nil, err
	}
	return t.draw(ctx, k)
}

// mostBehind is how long a node that knows the log less far than the one that asks it waits to learn the rest.
const mostBehind = 2 * time.Second

// catchUp waits until this node knows what a key speaks of: the revision that another node has named, and the description
// of the layer.
func (t *Tiles) catchUp(ctx context.Context, k key) error {
	if k.mosaic { // what is read is at least as new
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, mostBehind)
	defer cancel()
	if err := t.Await(ctx, max(k.revision, k.asOf)); err != nil {
		return fmt.Errorf("the log is not followed to %d: %w", max(k.revision, k.asOf), err)
	}
	return t.store.Await(ctx, t.revisions(k.layer).description())
}

// Body returns the body of a tile with the named layers, compressed by gzip; nil when nothing is in it. It returns
// ErrNotFound for a layer that is not there. Layers are in the order asked for.
func (t *Tiles) Body(ctx context.Context, actor layers.Actor, names []string, tile Tile) ([]byte, error) {
	a, err := t.Find(ctx, actor, Request{Layers: names, Tile: tile})
	if err != nil {
		return nil, err
	}
	body, err := a.Body(ctx)
	if err != nil {
		return nil, err
	}
	return body.Gzip(), nil
}
