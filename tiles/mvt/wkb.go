package mvt

import (
	"encoding/binary"
	"errors"
	"math"
)

var errWKB = errors.New("not a well-known binary geometry")

// reader reads (E)WKB, either byte order, any dimension, with or without SRID; and what Pack has written.
type reader struct {
	b      []byte
	big    bool
	packed bool
	x, y   int64 // packed: the place before
}

// header reads the head of one geometry: its type (1–7, 15–17) and how many bytes beyond x and y a point has.
func (r *reader) header() (kind uint32, more int, err error) {
	if len(r.b) > 2 && r.b[0] == packedMark {
		kind, r.packed, r.b = uint32(r.b[1]), true, r.b[2:]
		return kind, 0, nil
	}
	if len(r.b) < 5 || r.b[0] > 1 {
		return 0, 0, errWKB
	}
	r.big = r.b[0] == 0
	r.b = r.b[1:]
	code, err := r.uint32()
	if err != nil {
		return 0, 0, err
	}
	if code&0x20000000 != 0 { // EWKB: an SRID follows
		if _, err := r.uint32(); err != nil {
			return 0, 0, err
		}
	}
	if code&0x80000000 != 0 {
		more += 8
	}
	if code&0x40000000 != 0 {
		more += 8
	}
	code &= 0x0fffffff
	switch code / 1000 { // ISO: thousands tell the dimension
	case 1, 2:
		more += 8
	case 3:
		more += 16
	}
	return code % 1000, more, nil
}

func (r *reader) uint32() (uint32, error) {
	if r.packed {
		v, n := binary.Uvarint(r.b)
		if n <= 0 || v > math.MaxUint32 {
			return 0, errWKB
		}
		r.b = r.b[n:]
		return uint32(v), nil
	}
	if len(r.b) < 4 {
		return 0, errWKB
	}
	var v uint32
	if r.big {
		v = binary.BigEndian.Uint32(r.b)
	} else {
		v = binary.LittleEndian.Uint32(r.b)
	}
	r.b = r.b[4:]
	return v, nil
}

// has reports whether so many points of so many bytes are left, or, packed, may be.
func (r *reader) has(n uint32, stride int) bool {
	if r.packed {
		stride = 2
	}
	return uint64(n)*uint64(stride) <= uint64(len(r.b))
}

// place reads x and y of a point, and passes over more bytes.
func (r *reader) place(more int) (x, y float64) {
	if r.big {
		x, y = math.Float64frombits(binary.BigEndian.Uint64(r.b)), math.Float64frombits(binary.BigEndian.Uint64(r.b[8:]))
	} else {
		x, y = math.Float64frombits(binary.LittleEndian.Uint64(r.b)), math.Float64frombits(binary.LittleEndian.Uint64(r.b[8:]))
	}
	r.b = r.b[16+more:]
	return x, y
}

// step reads x and y of a packed point, in quanta.
func (r *reader) step() bool {
	dx, n := binary.Varint(r.b)
	if n <= 0 {
		return false
	}
	dy, m := binary.Varint(r.b[n:])
	if m <= 0 {
		return false
	}
	r.x, r.y, r.b = r.x+dx, r.y+dy, r.b[n+m:]
	return true
}

// points reads n points into units of the grid, and tells the box that holds them. Points that are no numbers are left out.
func (r *reader) points(g Grid, n uint32, more int, into []point) ([]point, box, error) {
	if !r.has(n, 16+more) {
		return into, box{}, errWKB
	}
	scale, bounds, steps := float64(g.Extent)/g.Side, nowhere, 1/g.Quantum
	for range n {
		var x, y float64
		switch {
		case !r.packed:
			if x, y = r.place(more); g.Quantum > 0 {
				x, y = math.Floor(x*steps+0.5)*g.Quantum, math.Floor(y*steps+0.5)*g.Quantum
			}
		case r.step():
			x, y = float64(r.x)*g.Quantum, float64(r.y)*g.Quantum
		default:
			return into, box{}, errWKB
		}
		if g.Shift != nil {
			x, y = g.Shift(x, y)
		}
		p := point{(x - g.West) * scale, (g.North - y) * scale}
		if !(math.Abs(p.x) < 1e15 && math.Abs(p.y) < 1e15) { // NaN too
			continue
		}
		bounds.minX, bounds.maxX = min(bounds.minX, p.x), max(bounds.maxX, p.x)
		bounds.minY, bounds.maxY = min(bounds.minY, p.y), max(bounds.maxY, p.y)
		into = append(into, p)
	}
	return into, bounds, nil
}
