package layers

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/twpayne/go-geom"
)

// DecodeGeometry reads EWKB as PostGIS sends it (its doc/ZMSgeoms.txt); nil is the null geometry. It knows the seven kinds of
// simple features, which each take as few pieces of memory as they have parts: most of what a feature costs is its geometry.
func DecodeGeometry(b []byte) (geom.T, error) {
	if b == nil {
		return nil, nil
	}
	r := ewkbReader{b: b}
	g, err := r.geometry(0)
	if err != nil {
		return nil, fmt.Errorf("decode geometry: %w", err)
	}
	return g, nil
}

// Kinds of geometry, and what is added to them.
const (
	ewkbPoint = iota + 1
	ewkbLineString
	ewkbPolygon
	ewkbMultiPoint
	ewkbMultiLineString
	ewkbMultiPolygon
	ewkbCollection

	ewkbZ    = 0x80000000
	ewkbM    = 0x40000000
	ewkbSRID = 0x20000000

	ewkbDepth = 200 // of collections in collections, as PostGIS has it
)

// errShort is told of what ends too soon.
var errShort = errors.New("EWKB ends before its geometry")

// ewkbReader reads what is left of b.
type ewkbReader struct {
	b     []byte
	order binary.ByteOrder
}

// ewkbHead is what every geometry begins with.
type ewkbHead struct {
	kind   uint32
	layout geom.Layout
	srid   int
}

func (r *ewkbReader) head() (h ewkbHead, err error) {
	if len(r.b) < 5 {
		return h, errShort
	}
	switch r.b[0] {
	case 0:
		r.order = binary.BigEndian
	case 1:
		r.order = binary.LittleEndian
	default:
		return h, fmt.Errorf("EWKB has byte order %d", r.b[0])
	}
	r.b = r.b[1:]
	flags, _ := r.uint32()
	h.kind = flags &^ (ewkbZ | ewkbM | ewkbSRID)
	h.layout = geom.XY
	switch flags & (ewkbZ | ewkbM) {
	case ewkbZ:
		h.layout = geom.XYZ
	case ewkbM:
		h.layout = geom.XYM
	case ewkbZ | ewkbM:
		h.layout = geom.XYZM
	}
	if flags&ewkbSRID != 0 {
		var srid uint32
		srid, err = r.uint32()
		h.srid = int(srid)
	}
	return h, err
}

func (r *ewkbReader) uint32() (uint32, error) {
	if len(r.b) < 4 {
		return 0, errShort
	}
	v := r.order.Uint32(r.b)
	r.b = r.b[4:]
	return v, nil
}

// count reads how many things follow, which take so many bytes each at least.
func (r *ewkbReader) count(least int) (int, error) {
	n, err := r.uint32()
	if err == nil && int64(n)*int64(least) > int64(len(r.b)) {
		err = errShort
	}
	return int(n), err
}

// positions appends the coordinates of a line or a ring.
func (r *ewkbReader) positions(flat []float64, stride int) ([]float64, error) {
	n, err := r.count(8 * stride)
	if err != nil {
		return flat, err
	}
	return r.numbers(flat, n*stride), nil
}

// numbers appends n coordinates, which are there.
func (r *ewkbReader) numbers(flat []float64, n int) []float64 {
	b := r.b[:8*n]
	r.b = r.b[8*n:]
	if r.order == binary.LittleEndian {
		for ; len(b) >= 8; b = b[8:] {
			flat = append(flat, math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
		return flat
	}
	for ; len(b) >= 8; b = b[8:] {
		flat = append(flat, math.Float64frombits(binary.BigEndian.Uint64(b)))
	}
	return flat
}

// room is for all coordinates that can follow.
func (r *ewkbReader) room() []float64 { return make([]float64, 0, len(r.b)/8) }

func (r *ewkbReader) geometry(depth int) (geom.T, error) {
	h, err := r.head()
	if err != nil {
		return nil, err
	}
	switch h.kind {
	case ewkbPoint:
		flat, err := r.point(nil, h.layout)
		if err == nil && hollow(flat) {
			return geom.NewPointEmpty(h.layout).SetSRID(h.srid), nil
		}
		return geom.NewPointFlat(h.layout, flat).SetSRID(h.srid), err
	case ewkbLineString:
		flat, err := r.positions(r.room(), h.layout.Stride())
		return geom.NewLineStringFlat(h.layout, flat).SetSRID(h.srid), err
	case ewkbPolygon:
		flat, ends, err := r.rings(r.room(), h.layout.Stride())
		return geom.NewPolygonFlat(h.layout, flat, ends).SetSRID(h.srid), err
	case ewkbCollection:
		return r.collection(h, depth)
	case ewkbMultiPoint, ewkbMultiLineString, ewkbMultiPolygon:
		return r.many(h)
	}
	return nil, fmt.Errorf("EWKB has kind %d, which is none of simple features", h.kind)
}

// point appends a position.
func (r *ewkbReader) point(flat []float64, layout geom.Layout) ([]float64, error) {
	stride := layout.Stride()
	if len(r.b) < 8*stride {
		return nil, errShort
	}
	if flat == nil {
		flat = make([]float64, 0, stride)
	}
	return r.numbers(flat, stride), nil
}

// rings appends those of a polygon, and where each ends.
func (r *ewkbReader) rings(flat []float64, stride int) ([]float64, []int, error) {
	n, err := r.count(4)
	if err != nil {
		return flat, nil, err
	}
	ends := make([]int, n)
	for i := range ends {
		if flat, err = r.positions(flat, stride); err != nil {
			return flat, nil, err
		}
		ends[i] = len(flat)
	}
	return flat, ends, nil
}

// many reads a geometry of several points, lines or polygons.
func (r *ewkbReader) many(h ewkbHead) (geom.T, error) {
	n, err := r.count(9)
	if err != nil {
		return nil, err
	}
	flat, stride := r.room(), h.layout.Stride()
	var ends []int
	var endss [][]int
	for range n {
		part, err := r.head()
		switch {
		case err != nil:
			return nil, err
		case part.kind != h.kind-3 || part.layout != h.layout:
			return nil, fmt.Errorf("EWKB has kind %d with %v in a geometry of kind %d with %v", part.kind, part.layout, h.kind, h.layout)
		}
		switch part.kind {
		case ewkbPoint:
			if flat, err = r.point(flat, h.layout); err == nil && hollow(flat[len(flat)-stride:]) {
				flat = flat[:len(flat)-stride]
			}
			ends = append(ends, len(flat))
		case ewkbLineString:
			flat, err = r.positions(flat, stride)
			ends = append(ends, len(flat))
		case ewkbPolygon:
			var rings []int
			flat, rings, err = r.rings(flat, stride)
			endss = append(endss, rings)
		}
		if err != nil {
			return nil, err
		}
	}
	switch h.kind {
	case ewkbMultiPoint:
		return geom.NewMultiPointFlat(h.layout, flat, geom.NewMultiPointFlatOptionWithEnds(ends)).SetSRID(h.srid), nil
	case ewkbMultiLineString:
		return geom.NewMultiLineStringFlat(h.layout, flat, ends).SetSRID(h.srid), nil
	}
	return geom.NewMultiPolygonFlat(h.layout, flat, endss).SetSRID(h.srid), nil
}

// hollow reports whether a position is that of an empty point.
func hollow(position []float64) bool {
	for _, v := range position {
		if !math.IsNaN(v) {
			return false
		}
	}
	return true
}

func (r *ewkbReader) collection(h ewkbHead, depth int) (geom.T, error) {
	if depth == ewkbDepth {
		return nil, fmt.Errorf("EWKB has collections %d deep", depth)
	}
	n, err := r.count(9)
	if err != nil {
		return nil, err
	}
	all := geom.NewGeometryCollection().SetSRID(h.srid)
	for range n {
		part, err := r.geometry(depth + 1)
		if err != nil {
			return nil, err
		}
		if err := all.Push(part); err != nil {
			return nil, err
		}
	}
	if n == 0 {
		err = all.SetLayout(h.layout) // which its parts tell otherwise
	}
	return all, err
}
