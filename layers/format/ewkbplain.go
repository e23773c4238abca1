package format

import "encoding/binary"

// plainer rewrites EWKB of either byte order as our rows have it: little end first, no SRID, no measures, surfaces and
// triangles as polygons, curves as lines. Whatever the bytes, nothing beyond them is read.
type plainer struct {
	in      []byte
	out     ewkb
	z       bool // write heights
	high    bool // a height is not zero
	hollow  bool // some part of it has no vertex
	strokes int  // vertices that arcs became
}

// write replaces out. It returns false for bytes that are no geometry.
func (p *plainer) write(b []byte) bool {
	p.in, p.out, p.z, p.high, p.hollow, p.strokes = b, p.out[:0], true, false, false, 0
	if !p.geometry(0) || len(p.in) > 0 {
		return false
	}
	return true
}

// flat is write without heights.
func (p *plainer) flat(b []byte) bool {
	p.in, p.out, p.z, p.strokes = b, p.out[:0], false, 0
	return p.geometry(0)
}

// header reads what a geometry begins with.
func (p *plainer) header() (order binary.ByteOrder, kind uint32, z, m, ok bool) {
	if len(p.in) < 5 {
		return nil, 0, false, false, false
	}
	order = binary.BigEndian
	if p.in[0] == 1 {
		order = binary.LittleEndian
	}
	kind = order.Uint32(p.in[1:])
	p.in = p.in[5:]
	if kind&ewkbSRID != 0 {
		if len(p.in) < 4 {
			return nil, 0, false, false, false
		}
		p.in = p.in[4:]
	}
	z, m = kind&ewkbZ != 0, kind&ewkbM != 0
	kind &= 0xffff
	return order, kind % 1000, z || kind/1000 == 1 || kind/1000 == 3, m || kind/1000 >= 2, true
}

func (p *plainer) geometry(depth int) bool {
	order, kind, z, m, ok := p.header()
	if !ok || depth > flatDepth {
		return false
	}
	if kind >= wkbCircularString && kind <= wkbMultiSurface {
		return p.curved(order, kind, z, m, depth)
	}
	switch kind {
	case flatTriangle:
		kind = wkbPolygon
	case flatTIN, flatPolyhedralSurface:
		kind = wkbMultiPolygon
	}
	if kind < wkbPoint || kind > wkbCollection {
		return false
	}
	p.out.head(kind, z && p.z)
	switch kind {
	case wkbPoint:
		return p.points(order, 1, z, m)
	case wkbLineString:
		return p.path(order, z, m)
	}
	n, ok := p.count(order)
	for i := 0; ok && i < n; i++ {
		if kind == wkbPolygon {
			ok = p.path(order, z, m)
		} else {
			ok = p.geometry(depth + 1)
		}
	}
	return ok
}

// count copies a number of things, each of which needs 4 bytes at least.
func (p *plainer) count(order binary.ByteOrder) (int, bool) {
	n, ok := p.number(order)
	if ok {
		p.out.setCount(p.out.count(), n)
		p.hollow = p.hollow || n == 0
	}
	return n, ok
}

func (p *plainer) path(order binary.ByteOrder, z, m bool) bool {
	n, ok := p.count(order)
	return ok && p.points(order, n, z, m)
}

func (p *plainer) points(order binary.ByteOrder, n int, z, m bool) bool {
	size := 16
	if z {
		size += 8
	}
	if m {
		size += 8
	}
	if len(p.in)/size < n {
		return false
	}
	if size == 16 && order == binary.LittleEndian { // as most files have them
		p.out, p.in = append(p.out, p.in[:16*n]...), p.in[16*n:]
		return true
	}
	for ; n > 0; n-- {
		for i := range 3 {
			if i == 2 && !z {
				break
			}
			bits := order.Uint64(p.in[8*i:])
			if i == 2 && bits<<1 != 0 {
				p.high = true
			}
			if i < 2 || p.z {
				p.out = binary.LittleEndian.AppendUint64(p.out, bits)
			}
		}
		p.in = p.in[size:]
	}
	return true
}
