package mvt

import (
	"bytes"
	"hash/maphash"
	"math/bits"
)

// values are the distinct values of a layer, in the order in which they came. It is a hash table whose entries are the
// bytes as they will be written, so that nothing is allocated for one value.
type values struct {
	encoded []byte   // as fields of the layer
	spans   []extent // in encoded, by place
	table   []slot   // by hash; its length is a power of two
	spare   []slot   // memory for a larger one
	listed  int      // how many of the values the table has
}

// extent is where a value lies, without its field's head.
type extent struct{ from, to uint32 }

// slot is where a value may be found: 1 + its place, 0 = free, and its hash.
type slot struct{ found, hash uint32 }

// firstTable is how many slots a table begins with.
const firstTable = 256

var hashSeed = maphash.MakeSeed()

// reset forgets all values.
func (v *values) reset() {
	v.begin()
	v.empty(firstTable)
	v.listed = 0
}

// begin is reset for values that are only added, not looked for.
func (v *values) begin() { v.encoded, v.spans, v.listed = v.encoded[:0], v.spans[:0], unlisted }

// unlisted says that the table knows nothing.
const unlisted = -1

// at is the value at a place.
func (v *values) at(place uint32) []byte {
	s := v.spans[place]
	return v.encoded[s.from:s.to]
}

// place finds or gives a value its place.
func (v *values) place(value []byte) uint32 {
	if v.listed != len(v.spans) {
		v.list()
	}
	hash := uint32(maphash.Bytes(hashSeed, value))
	i := int(hash) & (len(v.table) - 1)
	for ; v.table[i].found > 0; i = (i + 1) & (len(v.table) - 1) {
		if s := v.table[i]; s.hash == hash && bytes.Equal(v.at(s.found-1), value) {
			return s.found - 1
		}
	}
	place := v.add(value)
	v.table[i] = slot{place + 1, hash}
	if v.listed++; 4*v.listed > 3*len(v.table) { // what fits into the processor's cache is worth more than few collisions
		v.grow()
	}
	return place
}

// add adds a value that there is not yet.
func (v *values) add(value []byte) (place uint32) {
	v.encoded = append(v.encoded, 4<<3|2)
	v.encoded = appendUvarint(v.encoded, uint32(len(value)))
	from := len(v.encoded)
	v.encoded = append(v.encoded, value...)
	v.spans = append(v.spans, extent{uint32(from), uint32(len(v.encoded))})
	return uint32(len(v.spans)) - 1
}

// list makes the table of values that have been added without.
func (v *values) list() {
	v.empty(max(firstTable, 2<<bits.Len(uint(len(v.spans)))))
	for place := range v.spans {
		v.put(slot{uint32(place) + 1, uint32(maphash.Bytes(hashSeed, v.at(uint32(place))))})
	}
	v.listed = len(v.spans)
}

// empty begins a table of so many slots. Most layers need few, and clearing many would take longer than all else.
func (v *values) empty(slots int) {
	if cap(v.spare) >= slots {
		v.table, v.spare = v.spare[:slots], v.table
		clear(v.table)
		return
	}
	v.table, v.spare = make([]slot, slots), v.table
}

func (v *values) grow() {
	old := v.table
	v.empty(2 * len(old))
	for _, s := range old {
		if s.found > 0 {
			v.put(s)
		}
	}
}

// put puts a slot where its hash belongs.
func (v *values) put(s slot) {
	i := int(s.hash) & (len(v.table) - 1)
	for v.table[i].found > 0 {
		i = (i + 1) & (len(v.table) - 1)
	}
	v.table[i] = s
}
