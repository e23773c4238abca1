package format

import "encoding/binary"

// Kinds of geometry of FlatGeobuf beyond those of WKB that are written as another.
const (
	flatPolyhedralSurface = 15
	flatTIN               = 16
	flatTriangle          = 17
	flatDepth             = 16 // of collections in collections
)

// Slots of FlatGeobuf's table Geometry.
const (
	flatEnds = iota
	flatXY
	flatZ
	_ // m
	_ // t
	_ // tm
	flatType
	flatParts
)

// flatGeometry writes geometries of FlatGeobuf as EWKB, little end first, without SRID.
type flatGeometry struct {
	z    bool // the stream has heights
	high bool // of the one written last: a height is not zero
	out  ewkb
	ok   bool
}

// write replaces out by a geometry. It returns false for curves, and for bytes that are no geometry.
// Surfaces and triangles become polygons.
func (g *flatGeometry) write(t flatTable) bool {
	g.out, g.ok, g.high = g.out[:0], true, false
	g.geometry(t, t.byte(flatType), 0)
	return g.ok
}

func (g *flatGeometry) geometry(t flatTable, kind byte, depth int) {
	if depth > flatDepth || len(g.out) > 4*len(t.b)+64 { // tables may be shared, but not to make much of little
		g.ok = false
		return
	}
	switch kind {
	case byte(wkbPoint), byte(wkbLineString), byte(wkbPolygon), byte(wkbMultiPoint), byte(wkbMultiLineString), flatTriangle:
		g.simple(t, kind)
	case byte(wkbMultiPolygon), flatPolyhedralSurface:
		g.parts(t, wkbMultiPolygon, byte(wkbPolygon), depth)
	case byte(wkbCollection):
		g.parts(t, wkbCollection, 0, depth)
	case flatTIN:
		g.simple(t, kind)
	default:
		g.ok = false
	}
}

// parts writes a geometry of geometries; kind 0 leaves each its own.
func (g *flatGeometry) parts(t flatTable, as uint32, kind byte, depth int) {
	n, part, ok := t.tables(flatParts)
	if !ok {
		g.ok = false
		return
	}
	g.out.head(as, g.z)
	g.out.setCount(g.out.count(), n)
	for i := range n {
		p, ok := part(i)
		if !ok || !g.ok {
			g.ok = false
			return
		}
		k := kind
		if k == 0 {
			k = p.byte(flatType)
		}
		g.geometry(p, k, depth+1)
	}
}

// simple writes a geometry that has its coordinates itself.
func (g *flatGeometry) simple(t flatTable, kind byte) {
	xy, _, ok1 := t.vector(flatXY, 8)
	z, _, ok2 := t.vector(flatZ, 8)
	ends, _, ok3 := t.vector(flatEnds, 4)
	n := len(xy) / 16
	if !g.z {
		z = nil
	}
	if !ok1 || !ok2 || !ok3 || len(xy)%16 != 0 || g.z && len(z) != 8*n {
		g.ok = false
		return
	}
	switch kind {
	case byte(wkbPoint):
		if n != 1 {
			g.ok = false
			return
		}
		g.out.head(wkbPoint, g.z)
		g.coordinates(xy, z, 0, 1)
	case byte(wkbLineString):
		g.out.head(wkbLineString, g.z)
		g.path(xy, z, 0, n)
	case byte(wkbPolygon), flatTriangle:
		g.out.head(wkbPolygon, g.z)
		g.split(xy, z, ends, 0)
	case byte(wkbMultiPoint):
		g.out.head(wkbMultiPoint, g.z)
		g.out.setCount(g.out.count(), n)
		for i := range n {
			g.out.head(wkbPoint, g.z)
			g.coordinates(xy, z, i, i+1)
		}
	case byte(wkbMultiLineString):
		g.out.head(wkbMultiLineString, g.z)
		g.split(xy, z, ends, wkbLineString)
	case flatTIN:
		g.out.head(wkbMultiPolygon, g.z)
		g.split(xy, z, ends, wkbPolygon)
	}
}

// split writes the paths that ends part the coordinates into: bare, or each as a geometry of its own.
func (g *flatGeometry) split(xy, z, ends []byte, as uint32) {
	n, count := len(xy)/16, len(ends)/4
	end := func(i int) int { return int(binary.LittleEndian.Uint32(ends[4*i:])) }
	if count == 0 {
		count, end = 1, func(int) int { return n }
	}
	g.out.setCount(g.out.count(), count)
	from := 0
	for i := range count {
		to := end(i)
		if to < from || to > n {
			g.ok = false
			return
		}
		if as != 0 {
			g.out.head(as, g.z)
		}
		if as == wkbPolygon {
			g.out.setCount(g.out.count(), 1)
		}
		g.path(xy, z, from, to)
		from = to
	}
}

func (g *flatGeometry) path(xy, z []byte, from, to int) {
	g.out.setCount(g.out.count(), to-from)
	g.coordinates(xy, z, from, to)
}

// coordinates are the same bytes on both sides; only heights have to be put in between.
func (g *flatGeometry) coordinates(xy, z []byte, from, to int) {
	if z == nil {
		g.out = append(g.out, xy[16*from:16*to]...)
		return
	}
	for i := from; i < to; i++ {
		g.out = append(g.out, xy[16*i:16*i+16]...)
		g.out = append(g.out, z[8*i:8*i+8]...)
		g.high = g.high || binary.LittleEndian.Uint64(z[8*i:])<<1 != 0
	}
}
