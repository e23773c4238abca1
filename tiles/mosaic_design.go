package tiles

import (
	"fmt"

	"onemap/layers"
	"onemap/tiles/mosaic"
)

// mosaicEncoding counts the ways in which the same rows have been made mosaics of. Whoever changes what bytes the same rows
// give counts on.
const mosaicEncoding = 3

// deepestMosaic is the deepest zoom of any mosaic.
const deepestMosaic = 15

// design is what a layer's mosaic is made by.
type design struct {
	layer       *layers.Layer
	first, last int           // zooms
	where       *layers.Equal // rows that are in it; nil = all
}

// designOf returns the design of a layer that is drawn as a mosaic somewhere. Only what the log follows can be: a mosaic is
// kept true by it.
func designOf(l *layers.Layer) (d design, ok bool) {
	if l.GeometryType != "Polygon" && l.GeometryType != "MultiPolygon" || !l.Tracked || l.Table.Mercator == "" || l.Table.Key == "" || l.Bounds == nil {
		return d, false
	}
	d.layer = l
	for _, r := range l.Drawing.Rules {
		if !r.Dissolve || ok && r.MinZoom > d.last+1 {
			continue
		}
		if !ok {
			d.first, d.where, ok = r.MinZoom, r.Where, true
		}
		d.last = min(r.MaxZoom, deepestMosaic)
	}
	return d, ok && d.first <= d.last
}

// ruleOf is the rule for a zoom: the first that has it.
func ruleOf(l *layers.Layer, zoom int) (r layers.Rule, ok bool) {
	for _, r := range l.Drawing.Rules {
		if zoom >= r.MinZoom && (zoom <= r.MaxZoom || r.MaxZoom == 0) {
			return r, true
		}
	}
	return r, false
}

// dissolved reports whether a layer is drawn as a mosaic at a zoom of WebMercatorQuad.
func dissolved(l *layers.Layer, zoom int) bool {
	r, ok := ruleOf(l, zoom)
	d, can := designOf(l)
	return ok && can && r.Dissolve && zoom >= d.first && zoom <= d.last
}

// String names the design: another makes another mosaic.
func (d design) String() string {
	where := ""
	if d.where != nil {
		where = fmt.Sprintf(" %s=%q", d.where.Property, d.where.Values)
	}
	return fmt.Sprintf("%d.%d %s.%s by %q at %d-%d%s", encoding, mosaicEncoding, d.layer.Table.Schema, d.layer.Table.Name, d.by(), d.first, d.last, where)
}

// by is the property whose values are the classes; "" = there is one.
func (d design) by() string {
	if _, ok := d.layer.Property(d.layer.Style.By); ok {
		return d.layer.Style.By
	}
	return ""
}

// job is a part of making a mosaic: each is done once, in their order, whoever does it.
type job struct {
	kind       jobKind
	zoom, x, y int
}

type jobKind int

const (
	jobSample jobKind = iota // rows become a field of the last zoom
	jobShrink                // a field of a zoom of those of the next
	jobPrices                // of a zoom
	jobTile
)

// jobs is all that has to be done for a mosaic.
func (m *mosaicRow) jobs() (all []job) {
	first, last := int(m.zooms[0]), int(m.zooms[1])
	if last < first {
		return nil
	}
	boxes := boxesOf(m.chunks)
	for _, b := range boxes {
		for at := range b.all() {
			all = append(all, job{jobSample, last, at[0], at[1]})
		}
	}
	for z := last - 1; z >= m.shallowest(); z-- {
		for _, at := range union(boxes, func(b box) box { return b.above(last - z) }) {
			all = append(all, job{jobShrink, z, at[0], at[1]})
		}
	}
	for z := last; z >= first; z-- {
		all = append(all, job{kind: jobPrices, zoom: z})
		for _, t := range m.tiles(z) {
			all = append(all, job{jobTile, z, t.X, t.Y})
		}
	}
	return all
}

// sampled is how many of the jobs come first, which read rows.
func (m *mosaicRow) sampled() (n int) {
	for _, b := range boxesOf(m.chunks) {
		n += b.count()
	}
	return n
}

// scale is how many cells a pixel of a zoom has: the smaller a layer is on the screen, the more.
func (m *mosaicRow) scale(zoom int) int {
	up := int(m.zooms[1]) - zoom
	around := around(boxesOf(m.chunks))
	side := mosaic.Chunk * (1 + max(around.x1-around.x0, around.y1-around.y0)) >> up
	scale := 1
	for _, most := range []int{512, 128} {
		if side <= most && deeper(scale) < up {
			scale *= 2
		}
	}
	return scale
}

// shallowest is the zoom of the fields that nothing is made of but tiles.
func (m *mosaicRow) shallowest() int { return int(m.zooms[0]) + deeper(m.scale(int(m.zooms[0]))) }

// deeper is how many zooms deeper cells of a scale are pixels.
func deeper(scale int) int { return scale / 2 } // 1, 2, 4: 0, 1, 2

// recipe is that of a zoom before it has prices.
func (m *mosaicRow) recipe(zoom int) *mosaic.Recipe {
	scale := m.scale(zoom)
	return mosaic.Even(scale, mosaic.Full(int(m.zooms[1])-zoom-deeper(scale)))
}

// pixels is a rectangle of the last zoom's pixels, up to x1, y1.
type pixels struct{ x0, y0, x1, y1 int }

// tiles are those of a zoom.
func (m *mosaicRow) tiles(zoom int) (tiles []Tile) {
	for _, at := range union(boxesOf(m.chunks), func(b box) box { return m.around(zoom, b.pixels()) }) {
		tiles = append(tiles, Tile{zoom, at[0], at[1]})
	}
	return tiles
}

// around is the tiles of a zoom that a change of pixels can change, first and last.
func (m *mosaicRow) around(zoom int, p pixels) box {
	r := m.recipe(zoom)
	up := int(m.zooms[1]) - zoom - deeper(r.Scale)
	n, margin, last := r.Cells(), r.Margin(), 1<<zoom-1
	return box{max(0, (p.x0>>up-margin)/n), max(0, (p.y0>>up-margin)/n), min(last, (p.x1>>up+margin)/n), min(last, (p.y1>>up+margin)/n)}
}
