// Package mosaic draws polygon layers at zooms where their features are too small to be told apart: as a mosaic of classes
// that keeps how much there is of each.
//
// What is drawn is sampled, never cut together from the features' edges, so that overlaps, gaps and edges that do not meet
// do no harm. A Field tells for each pixel of a zoom how many samples of it each class has; a cell is given to the class
// whose share, times the class's price, is the greatest (Label); prices are such that every class keeps the area it has (Fit).
// Borders run between the cells' centres, where two classes are worth the same; they are made straighter without ever passing
// a centre, so that they can not cross, and become polygons in the units of a tile (Trace).
//
// Everything is decided per zoom, from what lies within a few cells of a place: two tiles agree about their common edge to
// the last bit, and a tile that is made again from the same data is the same.
package mosaic

// The grid of a tile's polygons: Extent units on a side; they reach Buffer units beyond each side.
const (
	Extent = 4096
	Buffer = 64
)

// Side is how many pixels a tile has on a side.
const Side = 512

// Chunk is how many pixels a Field of a map has on a side: a tile has four of them.
const Chunk = 256

// Samples is how many samples a pixel of the deepest zoom has on a side.
const Samples = 4

// Nothing is the class of places without data.
const Nothing = 0

// MostClasses is how many classes there can be besides Nothing.
const MostClasses = 254

// outside is the label of what lies beyond the frame of a tile.
const outside = 255

// Recipe is how a zoom is made.
type Recipe struct {
	Scale  int          // cells a pixel has on a side: 1, 2 or 4. Fields are those of the zoom as many cells deeper
	Full   uint32       // samples of a cell
	Prices [256]float64 // by class; that of Nothing is the share from which a cell is empty
}

// Even is a recipe in which all classes have one price.
func Even(scale int, full uint32) *Recipe {
	r := &Recipe{Scale: scale, Full: full}
	for i := range r.Prices {
		r.Prices[i] = 1
	}
	r.Prices[Nothing] = 0.5
	return r
}

// Cells is how many cells a tile has on a side.
func (r *Recipe) Cells() int { return Side * r.Scale }

// Margin is how many cells beyond each side of a tile have to be known to make it: those that are drawn, and what can change
// them.
func (r *Recipe) Margin() int { return r.frame() + r.reach() }

// unit is the distance between the centres of two cells in units of the tile.
func (r *Recipe) unit() int { return Extent / r.Cells() }

// frame is how many cells beyond each side of a tile are drawn.
func (r *Recipe) frame() int { return Buffer / r.unit() }

// reach is how far from a cell lies what can change it.
func (r *Recipe) reach() int { return r.speck() + fillRounds + 3 }

// speck is the largest island that is given to its surroundings, in cells.
func (r *Recipe) speck() int { return []int{5, 9, 5}[r.Scale/2] }
