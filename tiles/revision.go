package tiles

import (
	"math"
	"slices"
	"sync"

	"onemap/layers"
)

// blockZoom is the deepest zoom whose tiles have a revision of their own; deeper ones have their ancestor's.
const blockZoom = 16

// mostBlocks is how many blocks a change may touch one by one. One that touches more is kept as bounds.
const mostBlocks = 512

// mostWide is how many changes are kept as bounds. When there are more, all of them count for the whole layer.
const mostWide = 64

// revisions says for each tile of a layer which change touched it last. What it says depends on nothing but the log, so
// that all nodes name a tile alike.
type revisions struct {
	mu      sync.RWMutex
	base    int64                          // the whole layer changed
	defined int64                          // how it is described changed
	wide    []wideChange                   // changes of large areas, oldest first
	blocks  [blockZoom + 1]map[block]int64 // others, by tile
	bounds  *layers.Bounds                 // of the data, never smaller; metres of EPSG:3857
	bare    map[Tile]int64                 // tiles that had no rows at all, and their revision then
}

// block is a tile of a known zoom.
type block struct{ x, y int32 }

type wideChange struct {
	bounds   layers.Bounds // metres of EPSG:3857
	position int64
}

// of is the revision of a tile of WebMercatorQuad.
func (r *revisions) of(t Tile) int64 {
	if t.Z > blockZoom {
		up := t.Z - blockZoom
		t = Tile{blockZoom, t.X >> up, t.Y >> up}
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.last(t)
}

// last is of, of a tile that has a revision of its own.
func (r *revisions) last(t Tile) int64 {
	revision := max(r.base, r.blocks[t.Z][block{int32(t.X), int32(t.Y)}])
	if len(r.wide) > 0 {
		buffered := t.Buffered()
		for _, w := range r.wide {
			if w.position > revision && meet(w.bounds, buffered) {
				revision = w.position
			}
		}
	}
	return revision
}

// in is the revision of a tile of any set.
func (r *revisions) in(set *MatrixSet, t Tile) int64 {
	if set == matrixSets[0] {
		return r.of(t)
	}
	return r.within(set.mercator(t), set.Zoom(t))
}

// within is the last revision of any tile of a zoom that meets bounds, in metres of EPSG:3857.
func (r *revisions) within(b layers.Bounds, zoom int) int64 {
	zoom = min(zoom, blockZoom)
	from, to := at(b[0], b[3], zoom), at(b[2], b[1], zoom)
	if n := (int64(to.x-from.x) + 1) * (int64(to.y-from.y) + 1); n > mostBlocks {
		return r.within(b, max(0, zoom-2))
	}
	var last int64
	for x := from.x; x <= to.x; x++ {
		for y := from.y; y <= to.y; y++ {
			last = max(last, r.of(Tile{zoom, int(x), int(y)}))
		}
	}
	return last
}

// description is the position of the last change of how the layer is described.
func (r *revisions) description() int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.defined
}

// meets reports whether the layer has data in bounds, in metres of EPSG:3857.
func (r *revisions) meets(b layers.Bounds) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.bounds != nil && meet(*r.bounds, b)
}

// mostBare is how many tiles are known to have no rows. When there are more, all of them are forgotten.
const mostBare = 8192

// sawNothing notes that a tile of WebMercatorQuad, its buffer included, had no rows at this revision or a little later.
func (r *revisions) sawNothing(t Tile, revision int64) {
	if t.Z > blockZoom {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bare == nil || len(r.bare) >= mostBare {
		r.bare = map[Tile]int64{}
	}
	r.bare[t] = revision
}

// nothing reports whether a tile is known to have no rows: it had none, or one above it had none, and nothing has touched
// that since. The buffer of a tile above is the wider one.
func (r *revisions) nothing(t Tile) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for len(r.bare) > 0 && t.Z >= 0 {
		if revision, ok := r.bare[t]; ok && revision == r.last(t) {
			return true
		}
		t = Tile{t.Z - 1, t.X >> 1, t.Y >> 1}
	}
	return false
}

// begin is a change of everything: what was known of parts is worth nothing any more.
func (r *revisions) begin(position int64, described, empty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.base, r.wide = position, nil
	if described {
		r.defined = position
	}
	for z := range r.blocks {
		r.blocks[z] = nil
	}
	if empty {
		r.bounds = nil
	}
}

// touch is a change of what lies in the old and the new bounds, in degrees; nil = nothing.
func (r *revisions) touch(position int64, old, new *layers.Bounds) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.extend(new)
	for _, b := range []*layers.Bounds{old, new} {
		if b != nil {
			r.mark(position, mercator(*b))
		}
	}
}

func (r *revisions) extend(b *layers.Bounds) {
	if b == nil {
		return
	}
	m := mercator(*b)
	if r.bounds != nil {
		m = r.bounds.Extend(m)
	}
	r.bounds = &m
}

func (r *revisions) mark(position int64, b layers.Bounds) {
	from, to := touched(b, blockZoom)
	if int64(to.x-from.x+1)*int64(to.y-from.y+1) > mostBlocks {
		r.keep(wideChange{b, position})
		return
	}
	for z := range r.blocks {
		if r.blocks[z] == nil {
			r.blocks[z] = map[block]int64{}
		}
		from, to := touched(b, z)
		for x := from.x; x <= to.x; x++ {
			for y := from.y; y <= to.y; y++ {
				r.blocks[z][block{x, y}] = position
			}
		}
	}
}

func (r *revisions) keep(w wideChange) {
	r.wide = slices.DeleteFunc(r.wide, func(o wideChange) bool { return contains(w.bounds, o.bounds) })
	r.wide = append(r.wide, w)
	if len(r.wide) > mostWide {
		r.base, r.wide = w.position, nil
		for z := range r.blocks {
			r.blocks[z] = nil
		}
	}
}

// touched returns the first and the last tile of a zoom whose buffered bounds meet b, in metres of EPSG:3857.
func touched(b layers.Bounds, zoom int) (from, to block) {
	margin := circumference / float64(int(1)<<zoom) * Buffer / Extent
	return at(b[0]-margin, b[3]+margin, zoom), at(b[2]+margin, b[1]-margin, zoom)
}

// at is the tile of a zoom at a place in metres of EPSG:3857; beyond the world's edge, the last before it.
func at(x, y float64, zoom int) block {
	n := float64(int(1) << zoom)
	place := func(v float64) int32 { return int32(min(max(math.Floor(v*n), 0), n-1)) }
	return block{place(x/circumference + 0.5), place(0.5 - y/circumference)}
}

// mercator turns bounds in degrees into metres of EPSG:3857, a millimetre wider, so that rounding loses nothing.
func mercator(b layers.Bounds) layers.Bounds {
	const margin = 0.001
	return layers.Bounds{xOf(b[0]) - margin, yOf(b[1]) - margin, xOf(b[2]) + margin, yOf(b[3]) + margin}
}

func contains(a, b layers.Bounds) bool {
	return a[0] <= b[0] && a[1] <= b[1] && a[2] >= b[2] && a[3] >= b[3]
}
