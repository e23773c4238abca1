package format

import (
	"encoding/binary"
	"math"
)

// Types of curves of WKB (OGC 06-103r4, 8.2.8; ISO 13249-3).
const (
	wkbCircularString uint32 = iota + 8
	wkbCompoundCurve
	wkbCurvePolygon
	wkbMultiCurve
	wkbMultiSurface
)

const (
	arcStep     = 4 * math.Pi / 180 // between the vertices of an arc, as GDAL has it
	maxStraight = 4_000_000         // vertices that the arcs of one geometry may become
)

// curved writes a curve as lines: arcs become vertices, whose heights lie evenly between those that are given.
func (p *plainer) curved(order binary.ByteOrder, kind uint32, z, m bool, depth int) bool {
	switch kind {
	case wkbCircularString, wkbCompoundCurve:
		path, ok := p.curve(order, kind, z, m, depth)
		p.out.head(wkbLineString, z && p.z)
		p.vertices(path, z)
		return ok
	case wkbCurvePolygon:
		p.out.head(wkbPolygon, z && p.z)
		n, ok := p.count(order)
		for i := 0; ok && i < n; i++ {
			var path [][3]float64
			if path, ok = p.part(depth); ok {
				p.vertices(path, z)
			}
		}
		return ok
	}
	p.out.head(map[uint32]uint32{wkbMultiCurve: wkbMultiLineString, wkbMultiSurface: wkbMultiPolygon}[kind], z && p.z)
	n, ok := p.count(order)
	for i := 0; ok && i < n; i++ {
		ok = p.geometry(depth + 1)
	}
	return ok
}

// part reads a whole curve: a ring, or a piece of a compound one.
func (p *plainer) part(depth int) ([][3]float64, bool) {
	order, kind, z, m, ok := p.header()
	if !ok || depth > flatDepth {
		return nil, false
	}
	return p.curve(order, kind, z, m, depth+1)
}

// curve reads the vertices of a line, of arcs, or of both joined.
func (p *plainer) curve(order binary.ByteOrder, kind uint32, z, m bool, depth int) (path [][3]float64, ok bool) {
	if kind == wkbLineString || kind == wkbCircularString {
		n, ok := p.number(order)
		if !ok {
			return nil, false
		}
		given, ok := p.read(order, n, z, m)
		if kind == wkbLineString || !ok {
			return given, ok
		}
		return p.stroked(given)
	}
	if kind != wkbCompoundCurve {
		return nil, false
	}
	n, ok := p.number(order)
	for i := 0; ok && i < n; i++ {
		var piece [][3]float64
		if piece, ok = p.part(depth); len(piece) > 0 && len(path) > 0 && piece[0] == path[len(path)-1] {
			piece = piece[1:]
		}
		path = append(path, piece...)
	}
	return path, ok
}

// number reads a number of things, each of which needs 4 bytes at least.
func (p *plainer) number(order binary.ByteOrder) (int, bool) {
	if len(p.in) < 4 {
		return 0, false
	}
	n := int64(order.Uint32(p.in))
	p.in = p.in[4:]
	return int(n), 4*n <= int64(len(p.in))
}

// read takes n vertices.
func (p *plainer) read(order binary.ByteOrder, n int, z, m bool) ([][3]float64, bool) {
	size := 16 + 8*bit(z) + 8*bit(m)
	if len(p.in)/size < n {
		return nil, false
	}
	path := make([][3]float64, n)
	for i := range path {
		for j := range 2 + bit(z) {
			path[i][j] = math.Float64frombits(order.Uint64(p.in[8*j:]))
		}
		p.high = p.high || path[i][2] != 0
		p.in = p.in[size:]
	}
	return path, true
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// vertices writes a path, its number first.
func (p *plainer) vertices(path [][3]float64, z bool) {
	p.out.setCount(p.out.count(), len(path))
	for _, v := range path {
		p.out.ordinates(v[:2+bit(z && p.z)]...)
	}
}

// stroked makes lines of arcs: each goes from one given vertex through the next to the one after.
func (p *plainer) stroked(given [][3]float64) (path [][3]float64, ok bool) {
	if len(given) == 0 {
		return nil, true
	}
	path = append(path, given[0])
	for i := 0; i+2 < len(given); i += 2 {
		a, b, c := given[i], given[i+1], given[i+2]
		centre, turn, ok := circle(a, b, c)
		if !ok {
			path = append(path, b, c)
			continue
		}
		path = append(append(path, stroke(a, b, centre, turn)...), b)
		path = append(append(path, stroke(b, c, centre, turn)...), c)
		if p.strokes += len(path); p.strokes > maxStraight {
			return nil, false
		}
	}
	return path, len(given)%2 == 1
}

// circle is the centre of the circle through three points, and which way it turns: 1 is counterclockwise. Where the
// first is the last, the second lies opposite. ok is false for points on a line.
func circle(a, b, c [3]float64) (centre [2]float64, turn float64, ok bool) {
	if a[0] == c[0] && a[1] == c[1] {
		return [2]float64{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}, 1, a[0] != b[0] || a[1] != b[1]
	}
	// relative to a, where numbers are small
	bx, by, cx, cy := b[0]-a[0], b[1]-a[1], c[0]-a[0], c[1]-a[1]
	d := 2 * (bx*cy - by*cx)
	x := (cy*(bx*bx+by*by) - by*(cx*cx+cy*cy)) / d
	y := (bx*(cx*cx+cy*cy) - cx*(bx*bx+by*by)) / d
	if d == 0 || math.Hypot(x, y) > 1e5*math.Hypot(cx, cy) || math.IsNaN(x+y) {
		return centre, 0, false
	}
	return [2]float64{a[0] + x, a[1] + y}, math.Copysign(1, d), true
}

// stroke is what lies on an arc between two vertices, neither of them included.
func stroke(from, to [3]float64, centre [2]float64, turn float64) (path [][3]float64) {
	start := math.Atan2(from[1]-centre[1], from[0]-centre[0])
	sweep := turn * (math.Atan2(to[1]-centre[1], to[0]-centre[0]) - start)
	if sweep <= 0 {
		sweep += 2 * math.Pi
	}
	radius := math.Hypot(from[0]-centre[0], from[1]-centre[1])
	n := int(math.Ceil(sweep / arcStep))
	for i := 1; i < n; i++ {
		share := float64(i) / float64(n)
		sin, cos := math.Sincos(start + turn*sweep*share)
		path = append(path, [3]float64{centre[0] + radius*cos, centre[1] + radius*sin, from[2] + share*(to[2]-from[2])})
	}
	return path
}
