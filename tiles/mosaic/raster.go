package mosaic

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

// Raster samples polygons for one Field of the deepest zoom.
type Raster struct {
	west, north float64 // of its first sample's corner
	sample      float64 // side of a sample
	cells       []uint8
	hits        []hit
}

// hit is where an edge crosses the middle of a row of samples.
type hit struct {
	row int32
	x   float64
}

// rasterSide is how many samples a raster has on a side.
const rasterSide = Chunk * Samples

// NewRaster returns an empty raster whose corner is at west, north; side is its side, in the same units.
func NewRaster(west, north, side float64) *Raster {
	return &Raster{west: west, north: north, sample: side / rasterSide, cells: make([]uint8, rasterSide*rasterSide)}
}

// Reset empties the raster and moves it.
func (r *Raster) Reset(west, north float64) {
	r.west, r.north = west, north
	clear(r.cells)
}

var errWKB = errors.New("not a well-known binary geometry")

// Fill gives a class all samples in the polygons of an (E)WKB geometry (even-odd rule by the middle of a sample). What was
// there before is painted over. It returns an error for bytes that are no WKB; other geometries than polygons fill nothing.
func (r *Raster) Fill(wkb []byte, class uint8) error {
	_, err := r.geometry(wkb, class, 0)
	return err
}

func (r *Raster) geometry(b []byte, class uint8, depth int) ([]byte, error) {
	if len(b) < 9 || b[0] > 1 || depth > 32 {
		return nil, errWKB
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 0 {
		order = binary.BigEndian
	}
	code := order.Uint32(b[1:])
	b = b[5:]
	if code&0x20000000 != 0 {
		b = b[4:]
	}
	stride := 16
	for _, flag := range []uint32{0x80000000, 0x40000000} {
		if code&flag != 0 {
			stride += 8
		}
	}
	code &= 0x0fffffff
	stride += []int{0, 8, 8, 16}[code/1000%4]
	if len(b) < 4 {
		return nil, errWKB
	}
	n := order.Uint32(b)
	switch code % 1000 {
	case 3:
		return r.polygon(b[4:], order, n, stride, class)
	case 6, 7:
		b = b[4:]
		var err error
		for range n {
			if b, err = r.geometry(b, class, depth+1); err != nil {
				return nil, err
			}
		}
		return b, nil
	}
	return nil, nil
}

func (r *Raster) polygon(b []byte, order binary.ByteOrder, n uint32, stride int, class uint8) ([]byte, error) {
	r.hits = r.hits[:0]
	for range n {
		if len(b) < 4 {
			return nil, errWKB
		}
		points := order.Uint32(b)
		b = b[4:]
		if uint64(points)*uint64(stride) > uint64(len(b)) {
			return nil, errWKB
		}
		var px, py float64
		for i := range points {
			at := b[int(i)*stride:]
			x := (math.Float64frombits(order.Uint64(at)) - r.west) / r.sample
			y := (r.north - math.Float64frombits(order.Uint64(at[8:]))) / r.sample
			if i > 0 {
				r.edge(px, py, x, y)
			}
			px, py = x, y
		}
		b = b[int(points)*stride:]
	}
	r.paint(class)
	return b, nil
}

// edge notes where an edge crosses the middles of rows.
func (r *Raster) edge(x0, y0, x1, y1 float64) {
	if y0 > y1 {
		x0, y0, x1, y1 = x1, y1, x0, y0
	}
	from, to := math.Ceil(y0-0.5), math.Ceil(y1-0.5)
	if !(from < to) || to <= 0 || from >= rasterSide {
		return
	}
	slope := (x1 - x0) / (y1 - y0)
	for row := max(0, int(from)); row < min(rasterSide, int(to)); row++ {
		r.hits = append(r.hits, hit{int32(row), x0 + (float64(row)+0.5-y0)*slope})
	}
}

func (r *Raster) paint(class uint8) {
	slices.SortFunc(r.hits, func(a, b hit) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.x, b.x)) })
	for i := 0; i+1 < len(r.hits); i += 2 {
		a, b := r.hits[i], r.hits[i+1]
		if a.row != b.row { // the hits of a row are even in number unless a ring is open
			i--
			continue
		}
		from, to := max(0, math.Ceil(a.x-0.5)), min(rasterSide, math.Ceil(b.x-0.5))
		if !(from < to) { // nor where a coordinate is no number
			continue
		}
		row := r.cells[int(a.row)*rasterSide:]
		for x := int(from); x < int(to); x++ {
			row[x] = class
		}
	}
}

// Field counts the samples.
func (r *Raster) Field() *Field {
	f := newField(Chunk, Chunk)
	var count tally
	for y := range Chunk {
		for x := range Chunk {
			for j := range Samples {
				at := (y*Samples+j)*rasterSide + x*Samples
				for _, class := range r.cells[at : at+Samples] {
					if class != Nothing {
						count.add(class, 1)
					}
				}
			}
			f.end(&count, 1)
		}
	}
	return f
}
