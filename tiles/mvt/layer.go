// Package mvt encodes rows of a database as layers of Mapbox Vector Tiles (specification 2.1): WKB goes in, a tile's bytes
// come out, with no tree of geometries between. It clips, quantises, winds rings and drops what vanishes.
//
// A Grid says where a tile lies. A Layer takes features one by one and is written into the tile's bytes; a tile with
// several layers is their bytes, one after the other.
package mvt

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"sync"
)

// Layer is one layer of a tile under construction. The zero value is not usable: see NewLayer.
type Layer struct {
	grid     Grid
	name     string
	keys     []string
	values   values
	last     []uint32 // of each key, 1 + the place of the value it had last: neighbours have much in common
	features []byte   // the features, as fields of the layer
	count    int
	tags     []byte
	key      []byte
	shape    shape
}

// NewLayer returns an empty layer of that name, whose features have some of these properties.
func NewLayer(name string, grid Grid, keys []string) *Layer {
	l := spare.Get().(*Layer)
	l.grid, l.name, l.keys, l.count = grid, name, keys, 0
	l.values.reset()
	l.last = append(l.last[:0], make([]uint32, len(keys))...)
	l.features, l.tags = l.features[:0], l.tags[:0]
	l.shape.clip = grid.clip()
	return l
}

// spare are layers whose memory another one may use.
var spare = sync.Pool{New: func() any { return &Layer{} }}

// mostSpare is how large a layer may be that is kept for the next.
const mostSpare = 2 << 20

// Release gives the layer's memory to the next one. It must not be used any more.
func (l *Layer) Release() {
	if l.Size() <= mostSpare {
		spare.Put(l)
	}
}

// Count is how many features the layer has.
func (l *Layer) Count() int { return l.count }

// Size is about how many bytes the layer takes.
func (l *Layer) Size() int { return len(l.features) + len(l.values.encoded) + len(l.name) + 16 }

// Text sets the property at place key of the feature that Add adds next.
func (l *Layer) Text(key int, v []byte) {
	l.begin(tagString)
	l.key = binary.AppendUvarint(l.key, uint64(len(v)))
	l.end(key, v)
}

// Integer sets a property; see Text.
func (l *Layer) Integer(key int, v int64) {
	if v >= 0 {
		l.begin(tagUint)
		l.key = binary.AppendUvarint(l.key, uint64(v))
	} else {
		l.begin(tagSint)
		l.key = binary.AppendUvarint(l.key, uint64(v<<1)^uint64(v>>63))
	}
	l.end(key, nil)
}

// Number sets a property; see Text. A whole number is written as one: it is shorter. NaN and infinities have no place in
// JSON, which tiles are read with, and are left out.
func (l *Layer) Number(key int, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		l.Integer(key, int64(v))
		return
	}
	l.begin(tagDouble)
	l.key = binary.LittleEndian.AppendUint64(l.key, math.Float64bits(v))
	l.end(key, nil)
}

// Boolean sets a property; see Text.
func (l *Layer) Boolean(key int, v bool) {
	l.begin(tagBool)
	bit := byte(0)
	if v {
		bit = 1
	}
	l.key = append(l.key, bit)
	l.end(key, nil)
}

// Fields of the message Value, with their wire types.
const (
	tagString = 1<<3 | 2
	tagDouble = 3<<3 | 1
	tagUint   = 5 << 3
	tagSint   = 6 << 3
	tagBool   = 7 << 3
)

func (l *Layer) begin(tag byte) { l.key = append(l.key[:0], tag) }

// end finds or gives the value's place and tags the feature with it.
func (l *Layer) end(key int, tail []byte) {
	l.key = append(l.key, tail...)
	place := l.last[key] - 1
	if l.last[key] == 0 || !bytes.Equal(l.values.at(place), l.key) {
		place = l.values.place(l.key)
		l.last[key] = place + 1
	}
	l.tags = binary.AppendUvarint(l.tags, uint64(key))
	l.tags = binary.AppendUvarint(l.tags, uint64(place))
}

// Add adds a feature with the properties set since the last one. wkb is (E)WKB in the metres of the grid, of any type;
// heights are left out. Nothing is added, and false returned, where nothing of it is left in the tile. A negative id is
// none. It returns an error for bytes that are no WKB.
func (l *Layer) Add(id int64, wkb []byte) (bool, error) {
	defer func() { l.tags = l.tags[:0] }()
	kinds, err := l.shape.encode(l.grid, wkb)
	if err != nil {
		return false, err
	}
	for kind := kindPoint; kind <= kindPolygon; kind++ { // a collection may be several features with one id
		if part := kinds[kind]; len(part) > 0 {
			l.feature(id, kind, part)
		}
	}
	return kinds[kindPoint] != nil || kinds[kindLine] != nil || kinds[kindPolygon] != nil, nil
}

// feature writes one feature whose geometry is encoded.
func (l *Layer) feature(id int64, kind int, geometry []byte) {
	size := 2 + 1 + sizeUvarint(uint64(len(geometry))) + len(geometry)
	if id >= 0 {
		size += 1 + sizeUvarint(uint64(id))
	}
	if len(l.tags) > 0 {
		size += 1 + sizeUvarint(uint64(len(l.tags))) + len(l.tags)
	}
	b := append(l.features, 2<<3|2)
	b = binary.AppendUvarint(b, uint64(size))
	if id >= 0 {
		b = append(b, 1<<3)
		b = binary.AppendUvarint(b, uint64(id))
	}
	if len(l.tags) > 0 {
		b = append(b, 2<<3|2)
		b = binary.AppendUvarint(b, uint64(len(l.tags)))
		b = append(b, l.tags...)
	}
	b = append(b, 3<<3, byte(kind), 4<<3|2)
	b = binary.AppendUvarint(b, uint64(len(geometry)))
	l.features = append(b, geometry...)
	l.count++
}

// AppendTo appends the layer as a field of the message Tile; nothing where it has no features.
func (l *Layer) AppendTo(b []byte) []byte {
	if l.count == 0 {
		return b
	}
	var keys []byte
	for _, k := range l.keys {
		keys = append(keys, 3<<3|2)
		keys = binary.AppendUvarint(keys, uint64(len(k)))
		keys = append(keys, k...)
	}
	head := []byte{15 << 3, 2, 1<<3 | 2}
	head = binary.AppendUvarint(head, uint64(len(l.name)))
	head = append(head, l.name...)
	tail := binary.AppendUvarint([]byte{5 << 3}, uint64(l.grid.Extent))
	b = slices.Grow(b, 8+len(head)+len(l.features)+len(keys)+len(l.values.encoded)+len(tail))
	b = append(b, 3<<3|2)
	b = binary.AppendUvarint(b, uint64(len(head)+len(l.features)+len(keys)+len(l.values.encoded)+len(tail)))
	for _, part := range [][]byte{head, l.features, keys, l.values.encoded, tail} {
		b = append(b, part...)
	}
	return b
}

func sizeUvarint(v uint64) int {
	n := 1
	for v >= 0x80 {
		v >>= 7
		n++
	}
	return n
}
