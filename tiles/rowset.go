package tiles

import (
	"bytes"
	lru "container/list"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"

	"onemap/layers"
	"onemap/tiles/mvt"
)

// rowset is the rows that a tile was drawn from, kept to draw those below it from: whoever has looked at a place looks
// closer next, and what a tile of zoom 16 shows is in its ancestor of zoom 14. It never changes.
type rowset struct {
	sql      string // what they are the answer to
	position int64  // every change of the log up to it is in them
	fields   []pgconn.FieldDescription
	boxes    []rowBox
	ends     []uint32 // of each row in data
	data     []byte   // see gathering.value
}

// rowBox holds a row's geometry: minX, minY, maxX, maxY in units of the grid of the tile it was read for.
type rowBox [4]int16

// farthest is a place on the grid far beyond a tile's buffer: a rowBox says no more of what lies beyond it.
const farthest = 2 * Extent

// rowsetKey names what a rowset is good for.
type rowsetKey struct {
	layer, audience, properties string
	tile                        Tile // of WebMercatorQuad
}

// levelsBelow is how many zooms below its tile a rowset is used for: deeper ones would look at too many rows for too few.
const levelsBelow = 6

// rowsets are those that have been used last, as many as a budget allows. Nothing in them is taken out when rows change: a
// tile says from which position on rows are good for it. They are safe for concurrent use.
type rowsets struct {
	budget int64 // of bytes; 0 = none are kept

	mu    sync.Mutex
	bytes int64
	last  lru.List // of *keptRowset, the last used in front
	kept  map[rowsetKey]*lru.Element
}

type keptRowset struct {
	key  rowsetKey
	rows *rowset
}

// shares reports whether a drawing may have its rows from a tile above: of a layer whose changes the log has, asked for by place
// alone.
func (q *question) shares(d drawing) bool {
	byPlace := !slices.ContainsFunc(d.args, func(a any) bool { _, ok := a.(side); return !ok })
	return byPlace && q.layer.Tracked && q.set == WebMercatorQuad && !d.points && d.beyond == 0
}

// What is expected of rows before they are read: about the bytes of one, and how many times as many as in the mean tile are in
// a dense one.
const (
	rowBytes = 100
	dense    = 4
)

// worth reports whether the rows of a zoom are kept: in its dense tiles they are not too many, else packing them would be for
// nothing, and not so few that one zoom above would do as well for a quarter of the memory. That leaves one zoom or two.
func (r *rowsets) worth(l *layers.Layer, zoom int) bool {
	if l.Bounds == nil {
		return false
	}
	b, side := mercator(*l.Bounds), circumference/float64(int(1)<<zoom)
	tiles := max(1, (b[2]-b[0])/side) * max(1, (b[3]-b[1])/side)
	bytes := int64(float64(l.Count) / tiles * dense * rowBytes)
	return bytes <= r.most() && bytes > r.most()/12
}

// above finds the rows of the nearest tile above one whose rows are as new as the key says.
func (r *rowsets) above(d drawing, k key) (*rowset, Tile) {
	if r.budget == 0 || !d.shared {
		return nil, Tile{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	tile := k.tile
	for range min(levelsBelow, tile.Z) {
		tile = Tile{tile.Z - 1, tile.X >> 1, tile.Y >> 1}
		e := r.kept[rowsetKey{k.layer, k.audience, k.properties, tile}]
		if e == nil {
			continue
		}
		if rows := e.Value.(*keptRowset).rows; rows.sql == d.sql && rows.position >= k.revision {
			r.last.MoveToFront(e)
			return rows, tile
		}
	}
	return nil, Tile{}
}

// size is about what a rowset takes, with its places in the list and the map.
func (r *rowset) size() int64 { return int64(len(r.data) + 12*len(r.boxes) + 512) }

// most is the size of the largest rowset that is kept.
func (r *rowsets) most() int64 { return r.budget / 32 }

// keep keeps rows, in place of those of the same name.
func (r *rowsets) keep(key rowsetKey, rows *rowset) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept == nil {
		r.kept = map[rowsetKey]*lru.Element{}
	}
	if e := r.kept[key]; e != nil {
		r.drop(e)
	}
	r.kept[key] = r.last.PushFront(&keptRowset{key, rows})
	r.bytes += rows.size()
	for r.bytes > r.budget {
		r.drop(r.last.Back())
	}
}

func (r *rowsets) drop(e *lru.Element) {
	kept := r.last.Remove(e).(*keptRowset)
	delete(r.kept, kept.key)
	r.bytes -= kept.rows.size()
}

// gathering is a rowset that is being read. A nil one gathers nothing.
type gathering struct {
	into *rowsets
	key  rowsetKey
	rows rowset
	last []span // where in data the last value of each column is, that others may be like

	packed []byte // the last geometry
}

// span is a part of a rowset's data.
type span struct{ from, to int }

// gatherings are those whose memory another one may use.
var gatherings = sync.Pool{New: func() any { return &gathering{} }}

// gather begins a rowset; nil where it would not be kept. It is called before the rows are asked for.
func (t *Tiles) gather(d drawing, k key) *gathering {
	if t.rowsets.budget == 0 || k.tile.Z >= MaxZoom || !t.log.begun.Load() || !d.kept {
		return nil
	}
	g := gatherings.Get().(*gathering)
	g.into, g.key = &t.rowsets, rowsetKey{k.layer, k.audience, k.properties, k.tile}
	g.rows = rowset{sql: d.sql, position: t.log.position.Load(), boxes: g.rows.boxes[:0], ends: g.rows.ends[:0], data: g.rows.data[:0]}
	return g
}

// of says what the columns are.
func (g *gathering) of(fields []pgconn.FieldDescription) {
	if g != nil {
		g.rows.fields = slices.Clone(fields)
		g.last = append(g.last[:0], make([]span, len(fields))...)
	}
}

// add notes the row that a layer has been given last; one that lies nowhere is in no tile. It returns nil once it is known
// that the rows are not kept: they are too many, have no number by which they are put in order, or can't be packed.
func (g *gathering) add(values [][]byte, layer *mvt.Layer) *gathering {
	if g == nil || values[1] == nil {
		return g
	}
	minX, minY, maxX, maxY := layer.Bounds()
	if !(minX <= maxX && minY <= maxY) {
		return g
	}
	r, ok := &g.rows, values[0] != nil
	for i, v := range values {
		if i == 1 && ok {
			g.packed, ok = mvt.Pack(g.packed[:0], v, quantum)
			v = g.packed
		}
		g.value(i, v)
	}
	r.boxes = append(r.boxes, rowBox{low(minX), low(minY), high(maxX), high(maxY)})
	r.ends = append(r.ends, uint32(len(r.data)))
	if !ok || r.size() > g.into.most() {
		gatherings.Put(g)
		return nil
	}
	return g
}

// value notes a value: its length and inlineValue more, and its bytes; 0 for null; or likeLast, and the place of one before it.
func (g *gathering) value(column int, v []byte) {
	r, last := &g.rows, &g.last[column]
	switch {
	case v == nil:
		r.data = append(r.data, nullValue)
	case len(v) > 4 && bytes.Equal(v, r.data[last.from:last.to]):
		r.data = binary.AppendUvarint(append(r.data, likeLast), uint64(last.from))
		r.data = binary.AppendUvarint(r.data, uint64(len(v)))
	default:
		r.data = binary.AppendUvarint(r.data, uint64(len(v))+inlineValue)
		*last = span{len(r.data), len(r.data) + len(v)}
		r.data = append(r.data, v...)
	}
}

// How a value in a rowset begins.
const (
	nullValue = iota
	likeLast
	inlineValue
)

// low and high are whole units around a place.
func low(v float64) int16 { return int16(min(max(v-1, -farthest), farthest)) }

func high(v float64) int16 { return int16(min(max(v+1, -farthest), farthest)) }

// end keeps the rows, all of which have been added.
func (g *gathering) end() {
	if g == nil {
		return
	}
	rows := g.rows
	rows.boxes, rows.ends, rows.data = slices.Clone(rows.boxes), slices.Clone(rows.ends), slices.Clone(rows.data)
	g.into.keep(g.key, &rows)
	gatherings.Put(g)
}

// in calls see with the values of each row that may lie in a tile below the one the rows were read for, or in its buffer.
func (r *rowset) in(of, tile Tile, see func(values [][]byte) error) (n int, err error) {
	near := below(of, tile)
	values := make([][]byte, len(r.fields))
	for i, b := range r.boxes {
		if b[0] > near[2] || b[2] < near[0] || b[1] > near[3] || b[3] < near[1] {
			continue
		}
		at := 0
		if i > 0 {
			at = int(r.ends[i-1])
		}
		r.split(at, values)
		n++
		if err := see(values); err != nil {
			return n, err
		}
	}
	return n, nil
}

// below is where a tile lies in one above it, with its buffer and a unit more.
func below(of, tile Tile) rowBox {
	down := tile.Z - of.Z
	side, buffer := Extent>>down, Buffer>>down+2
	x, y := (tile.X-of.X<<down)*side, (tile.Y-of.Y<<down)*side
	return rowBox{int16(x - buffer), int16(y - buffer), int16(x + side + buffer), int16(y + side + buffer)}
}

// split finds the values of the row that begins at a place.
func (r *rowset) split(at int, values [][]byte) {
	number := func() int {
		n, size := binary.Uvarint(r.data[at:])
		at += size
		return int(n)
	}
	for i := range values {
		switch n := number(); n {
		case nullValue:
			values[i] = nil
		case likeLast:
			from := number()
			values[i] = r.data[from : from+number()]
		default:
			values[i], at = r.data[at:at+n-inlineValue], at+n-inlineValue
		}
	}
}
