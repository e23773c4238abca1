package intake

import (
	"encoding/binary"
	"errors"
	"math"
)

// Geometry types of EWKB, without flags.
const (
	wkbPoint                  = 1
	wkbLineString             = 2
	wkbPolygon                = 3
	wkbMultiPoint             = 4
	wkbMultiLineString        = 5
	wkbMultiPolygon           = 6
	wkbCollection             = 7
	wkbCircularString         = 8
	wkbCompoundCurve          = 9
	wkbCurvePolygon           = 10
	wkbMultiCurve             = 11
	wkbMultiSurface           = 12
	wkbPolyhedralSurface      = 15
	wkbTIN                    = 16
	wkbTriangle               = 17
	ewkbZ                     = 0x80000000
	ewkbM                     = 0x40000000
	ewkbSRID                  = 0x20000000
	maxDepth                  = 16 // of collections within collections
	storageSRID               = 4490
	minGeometryBytes          = 9 // the least a part takes: order, type, count
	headerBytes               = 5 // order and type
	bytesOfOrdinate           = 8
	littleEndian         byte = 1
)

// errBroken says that bytes are no EWKB, little end first.
var errBroken = errors.New("the bytes are no geometry")

// cursor reads EWKB. Whatever the bytes, it reads none beyond their end and believes no count that they can not hold.
type cursor struct {
	b  []byte
	at int
}

// header is the beginning of one geometry.
type header struct {
	kind   uint32 // wkbPoint …
	stride int    // bytes of one vertex
	z      bool   // its third ordinate is a height
}

func (c *cursor) uint32() (uint32, bool) {
	if len(c.b)-c.at < 4 {
		return 0, false
	}
	n := binary.LittleEndian.Uint32(c.b[c.at:])
	c.at += 4
	return n, true
}

// header reads order, type and SRID.
func (c *cursor) header() (h header, ok bool) {
	if len(c.b)-c.at < headerBytes || c.b[c.at] != littleEndian {
		return h, false
	}
	c.at++
	word, _ := c.uint32()
	if word&ewkbSRID != 0 {
		if _, ok := c.uint32(); !ok {
			return h, false
		}
	}
	h.kind, h.z, h.stride = word&^(ewkbZ|ewkbM|ewkbSRID), word&ewkbZ != 0, 2*bytesOfOrdinate
	if h.z {
		h.stride += bytesOfOrdinate
	}
	if word&ewkbM != 0 {
		h.stride += bytesOfOrdinate
	}
	return h, true
}

// count reads how many things of at least the given size follow.
func (c *cursor) count(size int) (int, bool) {
	n, ok := c.uint32()
	if !ok || int64(n)*int64(size) > int64(len(c.b)-c.at) {
		return 0, false
	}
	return int(n), true
}

// run reads n vertices.
func (c *cursor) run(n, stride int) ([]byte, bool) {
	if n > (len(c.b)-c.at)/stride {
		return nil, false
	}
	run := c.b[c.at : c.at+n*stride : c.at+n*stride]
	c.at += n * stride
	return run, true
}

// vertices reads a count and as many vertices.
func (c *cursor) vertices(stride int) ([]byte, bool) {
	n, ok := c.count(stride)
	if !ok {
		return nil, false
	}
	return c.run(n, stride)
}

// walk calls f with the vertices of every point, line and ring of the geometry, in order; the empty point is left out.
// f may change the vertices.
func walk(ewkb []byte, f func(h header, run []byte) error) error {
	c := cursor{b: ewkb}
	return c.walk(f, 0)
}

func (c *cursor) walk(f func(h header, run []byte) error, depth int) error {
	h, ok := c.header()
	if !ok || depth > maxDepth {
		return errBroken
	}
	switch h.kind {
	case wkbPoint:
		run, ok := c.run(1, h.stride)
		if !ok {
			return errBroken
		}
		if emptyPoint(run) {
			return nil
		}
		return f(h, run)
	case wkbLineString, wkbCircularString:
		run, ok := c.vertices(h.stride)
		if !ok {
			return errBroken
		}
		return f(h, run)
	case wkbPolygon, wkbTriangle:
		n, ok := c.count(4)
		if !ok {
			return errBroken
		}
		for range n {
			run, ok := c.vertices(h.stride)
			if !ok {
				return errBroken
			}
			if err := f(h, run); err != nil {
				return err
			}
		}
		return nil
	}
	if !manifold(h.kind) {
		return errBroken
	}
	n, ok := c.count(minGeometryBytes)
	if !ok {
		return errBroken
	}
	for range n {
		if err := c.walk(f, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// manifold reports whether geometries of the kind consist of geometries.
func manifold(kind uint32) bool {
	switch kind {
	case wkbMultiPoint, wkbMultiLineString, wkbMultiPolygon, wkbCollection, wkbCompoundCurve, wkbCurvePolygon,
		wkbMultiCurve, wkbMultiSurface, wkbPolyhedralSurface, wkbTIN:
		return true
	}
	return false
}

// vertex is the place of the i-th vertex of a run.
func vertex(run []byte, stride, i int) (x, y float64) {
	return ordinate(run[i*stride:]), ordinate(run[i*stride+bytesOfOrdinate:])
}

func ordinate(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

func setOrdinate(b []byte, v float64) { binary.LittleEndian.PutUint64(b, math.Float64bits(v)) }

// emptyPoint: PostGIS and GDAL write POINT EMPTY with ordinates that are no numbers.
func emptyPoint(run []byte) bool {
	return math.IsNaN(ordinate(run)) && math.IsNaN(ordinate(run[bytesOfOrdinate:]))
}
