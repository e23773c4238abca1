package mvt

import (
	"encoding/binary"
	"math"
)

// packedMark is where WKB has 0 or 1 for the order of its bytes.
const packedMark = 2

// mostPacked is how far from the origin a packed coordinate may lie.
const mostPacked = 1 << 32

// Pack appends a geometry in less than half of its bytes, in a form that Add takes like WKB and makes the same bytes of, on any grid
// that has its Quantum. It is WKB with heights and SRID left out, numbers of variable length and, for each coordinate, the
// steps of the quantum from the one before. What WKB can say and that can't returns false: curves, and coordinates that are no
// numbers or beyond any world.
func Pack(b, wkb []byte, quantum float64) ([]byte, bool) {
	p := packer{b: b, from: reader{b: wkb}, quantum: quantum}
	ok := p.geometry(0)
	return p.b, ok
}

type packer struct {
	b       []byte
	from    reader
	quantum float64
	x, y    int64 // of the place before
}

func (p *packer) geometry(depth int) bool {
	kind, more, err := p.from.header()
	if err != nil || p.from.packed || depth > deepest {
		return false
	}
	p.b = append(p.b, packedMark, byte(kind))
	switch kind {
	case 1:
		return p.points(1, more)
	case 2:
		return p.line(more)
	case 3, 17:
		n, ok := p.count()
		for ; ok && n > 0; n-- {
			ok = p.line(more)
		}
		return ok
	case 4, 5, 6, 7, 15, 16:
		n, ok := p.count()
		for ; ok && n > 0; n-- {
			ok = p.geometry(depth + 1)
		}
		return ok
	}
	return false
}

func (p *packer) count() (uint32, bool) {
	n, err := p.from.uint32()
	p.b = binary.AppendUvarint(p.b, uint64(n))
	return n, err == nil
}

func (p *packer) line(more int) bool {
	n, ok := p.count()
	return ok && p.points(n, more)
}

func (p *packer) points(n uint32, more int) bool {
	if !p.from.has(n, 16+more) {
		return false
	}
	for range n {
		x, y := p.from.place(more)
		if !(math.Abs(x) < mostPacked && math.Abs(y) < mostPacked) { // NaN too
			return false
		}
		steps := 1 / p.quantum
		qx, qy := int64(math.Floor(x*steps+0.5)), int64(math.Floor(y*steps+0.5))
		p.b = binary.AppendVarint(binary.AppendVarint(p.b, qx-p.x), qy-p.y)
		p.x, p.y = qx, qy
	}
	return true
}
