package format

import (
	"encoding/binary"
	"math"
)

// Geometry types of WKB (OGC 06-103r4, 8.2.8) and EWKB's flags beside them.
const (
	wkbPoint uint32 = iota + 1
	wkbLineString
	wkbPolygon
	wkbMultiPoint
	wkbMultiLineString
	wkbMultiPolygon
	wkbCollection

	ewkbZ    = 0x80000000
	ewkbM    = 0x40000000
	ewkbSRID = 0x20000000
)

// ewkb is a geometry being written: EWKB, little end first, without SRID.
type ewkb []byte

// head begins a geometry. What follows is a count, or the coordinates of a point.
func (b *ewkb) head(kind uint32, z bool) {
	if z {
		kind |= ewkbZ
	}
	*b = binary.LittleEndian.AppendUint32(append(*b, 1), kind)
}

// count leaves room for a number of things that is known later, and tells where.
func (b *ewkb) count() (at int) {
	*b = append(*b, 0, 0, 0, 0)
	return len(*b) - 4
}

// setCount fills the room that count left.
func (b *ewkb) setCount(at, n int) { binary.LittleEndian.PutUint32((*b)[at:], uint32(n)) }

// ordinates writes the numbers of a coordinate.
func (b *ewkb) ordinates(numbers ...float64) {
	for _, v := range numbers {
		*b = binary.LittleEndian.AppendUint64(*b, math.Float64bits(v))
	}
}

// point writes a whole point; z may be nil.
func (b *ewkb) point(x, y float64, z *float64) {
	b.head(wkbPoint, z != nil)
	b.ordinates(x, y)
	if z != nil {
		b.ordinates(*z)
	}
}

// line writes a whole line.
func (b *ewkb) line(points [][2]float64) {
	b.head(wkbLineString, false)
	b.path(points)
}

// polygon writes a whole polygon, the outer ring first.
func (b *ewkb) polygon(rings [][][2]float64) {
	b.head(wkbPolygon, false)
	b.setCount(b.count(), len(rings))
	for _, ring := range rings {
		b.path(ring)
	}
}

// path writes a counted list of coordinates.
func (b *ewkb) path(points [][2]float64) {
	b.setCount(b.count(), len(points))
	for _, p := range points {
		b.ordinates(p[0], p[1])
	}
}

// eachCoordinate calls do with the bytes of every coordinate of a geometry that ewkb has written, and returns what
// follows the geometry.
func eachCoordinate(b []byte, do func(c []byte)) []byte {
	kind := binary.LittleEndian.Uint32(b[1:])
	size := 16
	if kind&ewkbZ != 0 {
		size = 24
	}
	b = b[5:]
	take := func() int {
		n := int(binary.LittleEndian.Uint32(b))
		b = b[4:]
		return n
	}
	points := func(n int) {
		for range n {
			do(b[:size])
			b = b[size:]
		}
	}
	switch kind & 0xff {
	case wkbPoint:
		points(1)
	case wkbLineString:
		points(take())
	case wkbPolygon:
		for range take() {
			points(take())
		}
	default:
		for range take() {
			b = eachCoordinate(b, do)
		}
	}
	return b
}
