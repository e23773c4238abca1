package tiles

import (
	"fmt"

	"onemap/layers"
	"onemap/tiles/mosaic"
)

// mosaicEncoding counts the ways in which the same rows have been made mosaics of. Whoever changes what bytes the same rows
// give counts on.
const mosaicEncoding = 2

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

// chunks is where the layer's data is: first column and row, last column and row of the fields of the last zoom.
func (d design) chunks() []int32 {
	b := mercator(*d.layer.Bounds)
	from, to := at(b[0], b[3], d.last+1), at(b[2], b[1], d.last+1) // chunks are half a tile
	return []int32{from.x, from.y, to.x, to.y}
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
	over := func(kind jobKind, zoom, x0, y0, x1, y1 int) {
		for y := y0; y <= y1; y++ {
			for x := x0; x <= x1; x++ {
				all = append(all, job{kind, zoom, x, y})
			}
		}
	}
	first, last := int(m.zooms[0]), int(m.zooms[1])
	x0, y0, x1, y1 := int(m.chunks[0]), int(m.chunks[1]), int(m.chunks[2]), int(m.chunks[3])
	over(jobSample, last, x0, y0, x1, y1)
	for z := last - 1; z >= m.shallowest(); z-- {
		up := last - z
		over(jobShrink, z, x0>>up, y0>>up, x1>>up, y1>>up)
	}
	for z := last; z >= first; z-- {
		all = append(all, job{kind: jobPrices, zoom: z})
		tiles := m.tilesAround(z, pixels{x0 * mosaic.Chunk, y0 * mosaic.Chunk, (x1 + 1) * mosaic.Chunk, (y1 + 1) * mosaic.Chunk})
		for _, t := range tiles {
			all = append(all, job{jobTile, z, t.X, t.Y})
		}
	}
	return all
}

// sampled is how many of the jobs come first, which read rows.
func (m *mosaicRow) sampled() int {
	return int(m.chunks[2]-m.chunks[0]+1) * int(m.chunks[3]-m.chunks[1]+1)
}

// scale is how many cells a pixel of a zoom has: the smaller a layer is on the screen, the more.
func (m *mosaicRow) scale(zoom int) int {
	up := int(m.zooms[1]) - zoom
	side := mosaic.Chunk * (1 + int(max(m.chunks[2]-m.chunks[0], m.chunks[3]-m.chunks[1]))) >> up
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
	return mosaic.Even(scale, mosaic.Samples*mosaic.Samples<<(2*(int(m.zooms[1])-zoom-deeper(scale))))
}

// pixels is a rectangle of the last zoom's pixels, up to x1, y1.
type pixels struct{ x0, y0, x1, y1 int }

// tilesAround are the tiles of a zoom that a change of pixels can change.
func (m *mosaicRow) tilesAround(zoom int, p pixels) (tiles []Tile) {
	r := m.recipe(zoom)
	up := int(m.zooms[1]) - zoom - deeper(r.Scale)
	n, margin, last := r.Cells(), r.Margin(), 1<<zoom-1
	for y := max(0, (p.y0>>up-margin)/n); y <= min(last, (p.y1>>up+margin)/n); y++ {
		for x := max(0, (p.x0>>up-margin)/n); x <= min(last, (p.x1>>up+margin)/n); x++ {
			tiles = append(tiles, Tile{zoom, x, y})
		}
	}
	return tiles
}
