package mvt

import "math"

// Grid is where a tile lies and how fine it is: columns go east from West, rows south from North, in units of which the
// tile's side has Extent. Geometries are kept for Buffer units beyond each side.
type Grid struct {
	West, North float64 // corner, in the coordinates of the geometries
	Side        float64 // of the tile, in the same
	Extent      int
	Buffer      int
	Quantum     float64 // coordinates are rounded to this before anything else; a power of two; 0 = they are not. See Pack.

	Shift func(x, y float64) (float64, float64) // moves each place before it is drawn; nil = not at all
}

// box is a rectangle in units of a grid.
type box struct{ minX, minY, maxX, maxY float64 }

func (g Grid) clip() box {
	low, high := float64(-g.Buffer), float64(g.Extent+g.Buffer)
	return box{low, low, high, high}
}

func (b box) contains(o box) bool {
	return o.minX >= b.minX && o.maxX <= b.maxX && o.minY >= b.minY && o.maxY <= b.maxY
}

func (b box) meets(o box) bool {
	return o.minX <= b.maxX && o.maxX >= b.minX && o.minY <= b.maxY && o.maxY >= b.minY
}

// nowhere is the box that holds nothing.
var nowhere = box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}

// with is the box around both.
func (b box) with(o box) box {
	return box{min(b.minX, o.minX), min(b.minY, o.minY), max(b.maxX, o.maxX), max(b.maxY, o.maxY)}
}

// point is a place in units of a grid: x to the east, y to the south.
type point struct{ x, y float64 }
