package format

import "encoding/binary"

// plainer rewrites EWKB of either byte order as our rows have it: little end first, no SRID, no measures, surfaces and
// triangles as polygons. Whatever the bytes, nothing beyond them is read.
type plainer struct {
	in   []byte
	out  ewkb
	z    bool // write heights
	high bool // a height is not zero
}

// write replaces out. It returns false for curves, and for bytes that are no geometry.
func (p *plainer) write(b []byte) bool {
	p.in, p.out, p.z, p.high = b, p.out[:0], true, false
	if !p.geometry(0) || len(p.in) > 0 {
		return false
	}
	return true
}

// flat is write without heights.
func (p *plainer) flat(b []byte) bool {
	p.in, p.out, p.z = b, p.out[:0], false
	return p.geometry(0)
}

func (p *plainer) geometry(depth int) bool {
	if len(p.in) < 5 || depth > flatDepth {
		return false
	}
	var order binary.ByteOrder = binary.BigEndian
	if p.in[0] == 1 {
		order = binary.LittleEndian
	}
	kind := order.Uint32(p.in[1:])
	p.in = p.in[5:]
	if kind&ewkbSRID != 0 {
		if len(p.in) < 4 {
			return false
		}
		p.in = p.in[4:]
	}
	z, m := kind&ewkbZ != 0, kind&ewkbM != 0
	kind &= 0xffff
	z, m, kind = z || kind/1000 == 1 || kind/1000 == 3, m || kind/1000 >= 2, kind%1000
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
	if len(p.in) < 4 {
		return 0, false
	}
	n := int64(order.Uint32(p.in))
	p.in = p.in[4:]
	p.out.setCount(p.out.count(), int(n))
	return int(n), 4*n <= int64(len(p.in))
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
