// Package mvt encodes rows of a database as layers of Mapbox Vector Tiles (specification 2.1): WKB goes in, a tile's bytes
// come out, with no tree of geometries between. It clips, quantises, winds rings and drops what vanishes.
//
// A Grid says where a tile lies. A Layer takes features one by one, in any order, and is written into the tile's bytes; a
// tile with several layers is their bytes, one after the other. What is too much for a tile is thinned: the smallest
// features go first.
package mvt

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"sync"
)

// Layer is one layer of a tile under construction. The zero value is not usable: see NewLayer.
type Layer struct {
	grid     Grid
	name     string
	keys     []string
	values   values
	last     []uint32  // of each key, 1 + the place of the value it had last: neighbours have much in common
	features []feature // as they came, or in order
	bytes    []byte    // of the features: tags and geometry
	tidy     bool      // the features are in order, and so are the values
	pending  pending   // properties of the feature that comes next
	shape    shape
	floor    int            // rank below which features are left out
	weight   int            // of the features, about their bytes; the same in whatever order they come
	weights  [ranks + 1]int // by rank
	spare    []byte         // memory to write bytes and values anew
	other    values
	moved    []uint32 // 1 + where a value is now, by where it was
	sorting  []uint64
	sorted   []feature
}

// feature is one feature of a layer: where its tags and its geometry lie.
type feature struct {
	id                   int64
	tags, geometry, last uint32 // ends where the next begins
	kind, rank           uint8
}

// pending are properties whose feature is not known to be in the tile yet.
type pending struct {
	bytes []byte // the values, as the message Value
	keys  []int
	ends  []int
}

// NewLayer returns an empty layer of that name, whose features have some of these properties.
func NewLayer(name string, grid Grid, keys []string) *Layer {
	l := spare.Get().(*Layer)
	l.grid, l.name, l.keys = grid, name, keys
	l.values.reset()
	l.last = append(l.last[:0], make([]uint32, len(keys))...)
	l.features, l.bytes, l.tidy = l.features[:0], l.bytes[:0], true
	l.pending.reset()
	l.floor, l.weight, l.weights = 0, 0, [ranks + 1]int{}
	l.shape.clip = grid.clip()
	return l
}

// spare are layers whose memory another one may use.
var spare = sync.Pool{New: func() any { return &Layer{} }}

// mostSpare is how large a layer may be that is kept for the next.
const mostSpare = 6 << 20

// Release gives the layer's memory to the next one. It must not be used any more.
func (l *Layer) Release() {
	if cap(l.bytes)+cap(l.spare)+cap(l.values.encoded) <= mostSpare {
		spare.Put(l)
	}
}

// Count is how many features the layer has.
func (l *Layer) Count() int { return len(l.features) }

// Text sets the property at place key of the feature that Add adds next.
func (l *Layer) Text(key int, v []byte) {
	b := append(l.pending.bytes, tagString)
	b = binary.AppendUvarint(b, uint64(len(v)))
	l.pending.end(key, append(b, v...))
}

// Integer sets a property; see Text.
func (l *Layer) Integer(key int, v int64) {
	b := l.pending.bytes
	if v >= 0 {
		b = binary.AppendUvarint(append(b, tagUint), uint64(v))
	} else {
		b = binary.AppendUvarint(append(b, tagSint), uint64(v<<1)^uint64(v>>63))
	}
	l.pending.end(key, b)
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
	l.pending.end(key, binary.LittleEndian.AppendUint64(append(l.pending.bytes, tagDouble), math.Float64bits(v)))
}

// Boolean sets a property; see Text.
func (l *Layer) Boolean(key int, v bool) {
	bit := byte(0)
	if v {
		bit = 1
	}
	l.pending.end(key, append(l.pending.bytes, tagBool, bit))
}

// Fields of the message Value, with their wire types.
const (
	tagString = 1<<3 | 2
	tagDouble = 3<<3 | 1
	tagUint   = 5 << 3
	tagSint   = 6 << 3
	tagBool   = 7 << 3
)

// end notes a property whose value has been appended.
func (p *pending) end(key int, b []byte) {
	p.bytes, p.keys, p.ends = b, append(p.keys, key), append(p.ends, len(b))
}

func (p *pending) reset() { p.bytes, p.keys, p.ends = p.bytes[:0], p.keys[:0], p.ends[:0] }

// Add adds a feature with the properties set since the last one. wkb is (E)WKB in the coordinates of the grid, of any type;
// heights are left out. Nothing is added, and false returned, where nothing of it is left in the tile. A negative id is
// none: such features stay in the order in which they come, others are written in the order of their ids. It returns an
// error for bytes that are no WKB.
func (l *Layer) Add(id int64, wkb []byte) (bool, error) {
	defer l.pending.reset()
	kinds, err := l.shape.encode(l.grid, wkb)
	if err != nil {
		return false, err
	}
	rank := l.shape.rank(id, wkb)
	if int(rank) < l.floor || kinds[kindPoint] == nil && kinds[kindLine] == nil && kinds[kindPolygon] == nil {
		return false, nil
	}
	for kind := kindPoint; kind <= kindPolygon; kind++ { // a collection may be several features with one id
		if part := kinds[kind]; len(part) > 0 {
			l.add(feature{id: id, kind: uint8(kind), rank: rank}, part)
		}
	}
	if l.weight > mostWeight {
		l.lighten()
	}
	return true, nil
}

// Bounds is where the geometry that Add was given last lies, all of it, in units of the grid; min is beyond max where it lies
// nowhere.
func (l *Layer) Bounds() (minX, minY, maxX, maxY float64) {
	b := l.shape.all
	return b.minX, b.minY, b.maxX, b.maxY
}

// Place is a place on the grid: x to the east, y to the south.
type Place struct{ X, Y int32 }

// AddRings adds a feature without an id, of polygons that are on the grid already and as tiles want them: valid, each outer
// ring, clockwise on the screen, followed by its holes, all without their last corners. It has the properties set since the
// last feature.
func (l *Layer) AddRings(rings [][]Place) {
	defer l.pending.reset()
	var c commands
	var cells []cell
	for _, ring := range rings {
		cells = cells[:0]
		for _, p := range ring {
			cells = append(cells, cell{p.X, p.Y})
		}
		c.path(cells, true)
	}
	if len(rings) > 0 {
		l.add(feature{id: -1, kind: kindPolygon, rank: ranks}, c.b)
	}
}

// add notes a feature with what is pending.
func (l *Layer) add(f feature, geometry []byte) {
	if n := len(l.features); n > 0 && l.features[n-1].id > f.id {
		l.tidy = false
	}
	f.tags = uint32(len(l.bytes))
	from := 0
	for i, key := range l.pending.keys {
		value := l.pending.bytes[from:l.pending.ends[i]]
		from = l.pending.ends[i]
		place := l.last[key] - 1
		if l.last[key] == 0 || !bytes.Equal(l.values.at(place), value) {
			place = l.values.place(value)
			l.last[key] = place + 1
		}
		l.bytes = appendUvarint(appendUvarint(l.bytes, uint32(key)), place)
	}
	f.geometry = uint32(len(l.bytes))
	l.bytes = append(l.bytes, geometry...)
	f.last = uint32(len(l.bytes))
	l.features = append(l.features, f)
	weight := featureWeight + len(l.pending.bytes) + len(geometry)
	l.weight += weight
	l.weights[f.rank] += weight
}

// AppendTo appends the layer as a field of the message Tile; nothing where it has no features.
func (l *Layer) AppendTo(b []byte) []byte {
	if len(l.features) == 0 {
		return b
	}
	if !l.tidy {
		l.order()
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
	size := len(head) + len(keys) + len(l.values.encoded) + len(tail)
	for _, f := range l.features {
		size += fieldSize(f.size())
	}
	b = slices.Grow(b, 8+size)
	b = append(b, 3<<3|2)
	b = binary.AppendUvarint(b, uint64(size))
	b = append(b, head...)
	for _, f := range l.features {
		b = f.appendTo(b, l.bytes)
	}
	b = append(b, keys...)
	b = append(b, l.values.encoded...)
	return append(b, tail...)
}

// size is how long the message Feature is.
func (f feature) size() (size int) {
	if f.id >= 0 {
		size = 1 + sizeUvarint(uint64(f.id))
	}
	if f.geometry > f.tags {
		size += fieldSize(int(f.geometry - f.tags))
	}
	return size + 2 + fieldSize(int(f.last-f.geometry))
}

// appendTo appends a feature, whose parts lie in held, as a field of the layer.
func (f feature) appendTo(b, held []byte) []byte {
	b = append(b, 2<<3|2)
	b = binary.AppendUvarint(b, uint64(f.size()))
	if f.id >= 0 {
		b = append(b, 1<<3)
		b = binary.AppendUvarint(b, uint64(f.id))
	}
	if f.geometry > f.tags {
		b = append(b, 2<<3|2)
		b = appendUvarint(b, f.geometry-f.tags)
		b = append(b, held[f.tags:f.geometry]...)
	}
	b = append(b, 3<<3, f.kind, 4<<3|2)
	b = appendUvarint(b, f.last-f.geometry)
	return append(b, held[f.geometry:f.last]...)
}

// fieldSize is how long a field of so many bytes is, with its head.
func fieldSize(n int) int { return 1 + sizeUvarint(uint64(n)) + n }

func sizeUvarint(v uint64) int {
	return (bits.Len64(v|1) + 6) / 7
}

// appendUvarint is binary.AppendUvarint for small numbers: most take one byte.
func appendUvarint(b []byte, v uint32) []byte {
	if v < 0x80 {
		return append(b, byte(v))
	}
	return binary.AppendUvarint(b, uint64(v))
}
