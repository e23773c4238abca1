package mvt

import (
	"bytes"
	"hash/maphash"
)

// values are the distinct values of a layer, in the order in which they came. It is a hash table whose entries are the
// bytes as they will be written, so that nothing is allocated for one value.
type values struct {
	encoded []byte   // as fields of the layer
	spans   []extent // in encoded, by place
	table   []slot   // by hash; its length is a power of two
}

// extent is where a value lies, without its field's head.
type extent struct{ from, to uint32 }

// slot is where a value may be found: 1 + its place, 0 = free, and its hash.
type slot struct{ found, hash uint32 }

// firstTable is how many slots a table begins with.
const firstTable = 256

var hashSeed = maphash.MakeSeed()

func (v *values) reset() {
	v.encoded, v.spans = v.encoded[:0], v.spans[:0]
	if v.table == nil {
		v.table = make([]slot, firstTable)
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
	hash := uint32(maphash.Bytes(hashSeed, value))
	i := int(hash) & (len(v.table) - 1)
	for ; v.table[i].found > 0; i = (i + 1) & (len(v.table) - 1) {
		if s := v.table[i]; s.hash == hash && bytes.Equal(v.at(s.found-1), value) {
			return s.found - 1
		}
	}
	v.encoded = append(v.encoded, 4<<3|2)
	v.encoded = appendUvarint(v.encoded, uint32(len(value)))
	from := len(v.encoded)
	v.encoded = append(v.encoded, value...)
	v.spans = append(v.spans, extent{uint32(from), uint32(len(v.encoded))})
	v.table[i] = slot{uint32(len(v.spans)), hash}
	if 2*len(v.spans) > len(v.table) {
		v.grow()
	}
	return uint32(len(v.spans)) - 1
}

func (v *values) grow() {
	table := make([]slot, 4*len(v.table))
	for _, s := range v.table {
		if s.found == 0 {
			continue
		}
		i := int(s.hash) & (len(table) - 1)
		for table[i].found > 0 {
			i = (i + 1) & (len(table) - 1)
		}
		table[i] = s
	}
	v.table = table
}
