package mvt

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
)

// values are the distinct values of a layer, in the order in which they came. It is a hash table whose entries are the
// bytes as they will be written, so that nothing is allocated for one value.
type values struct {
	encoded []byte   // as fields of the layer
	spans   []extent // in encoded, by place
	table   []uint32 // 1 + place, by hash; 0 = free. Its length is a power of two
}

// extent is where a value lies, without its field's head.
type extent struct{ from, to uint32 }

// firstTable is how many places a table begins with.
const firstTable = 256

var hashSeed = maphash.MakeSeed()

func (v *values) reset() {
	v.encoded, v.spans = v.encoded[:0], v.spans[:0]
	if v.table == nil {
		v.table = make([]uint32, firstTable)
	}
	clear(v.table)
}

// at is the value at a place.
func (v *values) at(place uint32) []byte {
	s := v.spans[place]
	return v.encoded[s.from:s.to]
}

// place finds or gives a value its place.
func (v *values) place(value []byte) uint32 {
	slot := v.slot(value)
	if found := v.table[slot]; found > 0 {
		return found - 1
	}
	v.encoded = append(v.encoded, 4<<3|2)
	v.encoded = binary.AppendUvarint(v.encoded, uint64(len(value)))
	from := len(v.encoded)
	v.encoded = append(v.encoded, value...)
	v.spans = append(v.spans, extent{uint32(from), uint32(len(v.encoded))})
	v.table[slot] = uint32(len(v.spans))
	if 2*len(v.spans) > len(v.table) {
		v.grow()
	}
	return uint32(len(v.spans)) - 1
}

// slot is where a value is in the table, or may be put.
func (v *values) slot(value []byte) int {
	mask := len(v.table) - 1
	for i := int(maphash.Bytes(hashSeed, value)) & mask; ; i = (i + 1) & mask {
		if found := v.table[i]; found == 0 || bytes.Equal(v.at(found-1), value) {
			return i
		}
	}
}

func (v *values) grow() {
	v.table = make([]uint32, 4*len(v.table))
	for place := range v.spans {
		v.table[v.slot(v.at(uint32(place)))] = uint32(place) + 1
	}
}
