package layers

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/twpayne/go-geom"
)

// decodeGeometry reads EWKB as PostGIS sends it (its doc/ZMSgeoms.txt); nil is the null geometry. It knows the seven kinds of
// simple features, which each take as few pieces of memory as they have parts: most of what a feature costs is its geometry. It
// may use memory of the geometry before, which is lost then; nil: each has its own.
func decodeGeometry(b []byte, kept *keptGeometry) (geom.T, error) {
	if b == nil {
		return nil, nil
	}
	if kept != nil {
		kept.ends = kept.ends[:0]
	}
	r := ewkbReader{b: b, kept: kept}
	g, err := r.geometry(0)
	if err != nil {
		return nil, fmt.Errorf("decode geometry: %w", err)
	}
	return g, nil
}

// Kinds of geometry, and what is added to them.
const (
	ewkbPoint = iota + 1
	ewkbLineString
	ewkbPolygon
	ewkbMultiPoint
	ewkbMultiLineString
	ewkbMultiPolygon
	ewkbCollection

	ewkbZ    = 0x80000000
	ewkbM    = 0x40000000
	ewkbSRID = 0x20000000

	ewkbDepth = 200 // of collections in collections, as PostGIS has it
)

// errShort is told of what ends too soon.
var errShort = errors.New("EWKB ends before its geometry")

// ewkbReader reads what is left of b.
type ewkbReader struct {
	b     []byte
	order binary.ByteOrder
	kept  *keptGeometry // nil = every geometry has memory of its own
}

// keptGeometry is memory for one geometry after the other, of the kinds that most layers have.
type keptGeometry struct {
	flat  []float64
	ends  []int
	endss [][]int

	point        geom.Point
	line         geom.LineString
	polygon      geom.Polygon
	multiLine    geom.MultiLineString
	multiPolygon geom.MultiPolygon
}

// ewkbHead is what every geometry begins with.
type ewkbHead struct {
	kind   uint32
	layout geom.Layout
	srid   int
}

func (r *ewkbReader) head() (h ewkbHead, err error) {
	if len(r.b) < 5 {
		return h, errShort
	}
	switch r.b[0] {
	case 0:
		r.order = binary.BigEndian
	case 1:
		r.order = binary.LittleEndian
	default:
		return h, fmt.Errorf("EWKB has byte order %d", r.b[0])
	}
	r.b = r.b[1:]
	flags, _ := r.uint32()
	h.kind = flags &^ (ewkbZ | ewkbM | ewkbSRID)
	h.layout = geom.XY
	switch flags & (ewkbZ | ewkbM) {
	case ewkbZ:
		h.layout = geom.XYZ
	case ewkbM:
		h.layout = geom.XYM
	case ewkbZ | ewkbM:
		h.layout = geom.XYZM
	}
	if flags&ewkbSRID != 0 {
		var srid uint32
		srid, err = r.uint32()
		h.srid = int(srid)
	}
	return h, err
}

func (r *ewkbReader) uint32() (uint32, error) {
	if len(r.b) < 4 {
		return 0, errShort
	}
	v := r.order.Uint32(r.b)
	r.b = r.b[4:]
	return v, nil
}

// count reads how many things follow, which take so many bytes each at least.
func (r *ewkbReader) count(least int) (int, error) {
	n, err := r.uint32()
	if err == nil && int64(n)*int64(least) > int64(len(r.b)) {
		err = errShort
	}
	return int(n), err
}

// positions appends the coordinates of a line or a ring.
func (r *ewkbReader) positions(flat []float64, stride int) ([]float64, error) {
	n, err := r.count(8 * stride)
	if err != nil {
		return flat, err
	}
	return r.numbers(flat, n*stride), nil
}

// numbers appends n coordinates, which are there.
func (r *ewkbReader) numbers(flat []float64, n int) []float64 {
	b := r.b[:8*n]
	r.b = r.b[8*n:]
	if r.order == binary.LittleEndian {
		for ; len(b) >= 8; b = b[8:] {
			flat = append(flat, math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
		return flat
	}
	for ; len(b) >= 8; b = b[8:] {
		flat = append(flat, math.Float64frombits(binary.BigEndian.Uint64(b)))
	}
	return flat
}

// room is for all coordinates that can follow.
func (r *ewkbReader) room() []float64 {
	n := len(r.b) / 8
	if r.kept == nil {
		return make([]float64, 0, n)
	}
	if cap(r.kept.flat) < n {
		r.kept.flat = make([]float64, 0, n)
	}
	return r.kept.flat[:0]
}

// marks is for where n parts end.
func (r *ewkbReader) marks(n int) []int {
	if r.kept == nil {
		return make([]int, n)
	}
	all := append(r.kept.ends, make([]int, n)...)
	r.kept.ends = all
	return all[len(all)-n : len(all) : len(all)]
}

func (r *ewkbReader) geometry(depth int) (geom.T, error) {
	h, err := r.head()
	if err != nil {
		return nil, err
	}
	switch h.kind {
	case ewkbPoint, ewkbLineString, ewkbPolygon:
		return r.one(h)
	case ewkbMultiPoint, ewkbMultiLineString, ewkbMultiPolygon:
		return r.many(h)
	case ewkbCollection:
		r.kept = nil // each part has to have its own
		return r.collection(h, depth)
	}
	return nil, fmt.Errorf("EWKB has kind %d, which is none of simple features", h.kind)
}

// one reads a geometry of one point, line or polygon.
func (r *ewkbReader) one(h ewkbHead) (geom.T, error) {
	flat, ends, err := r.part(h.kind, h.layout, r.room())
	if err != nil {
		return nil, err
	}
	k := r.kept
	switch {
	case h.kind == ewkbPoint && len(flat) == 0:
		return geom.NewPointEmpty(h.layout).SetSRID(h.srid), nil
	case h.kind == ewkbPoint && k == nil:
		return geom.NewPointFlat(h.layout, flat).SetSRID(h.srid), nil
	case h.kind == ewkbPoint:
		k.point = *geom.NewPointFlat(h.layout, flat).SetSRID(h.srid)
		return &k.point, nil
	case h.kind == ewkbLineString && k == nil:
		return geom.NewLineStringFlat(h.layout, flat).SetSRID(h.srid), nil
	case h.kind == ewkbLineString:
		k.line = *geom.NewLineStringFlat(h.layout, flat).SetSRID(h.srid)
		return &k.line, nil
	case k == nil:
		return geom.NewPolygonFlat(h.layout, flat, ends).SetSRID(h.srid), nil
	}
	k.polygon = *geom.NewPolygonFlat(h.layout, flat, ends).SetSRID(h.srid)
	return &k.polygon, nil
}

// part appends the coordinates of a point, a line or a polygon; of a polygon it says where its rings end.
func (r *ewkbReader) part(kind uint32, layout geom.Layout, flat []float64) ([]float64, []int, error) {
	stride := layout.Stride()
	switch kind {
	case ewkbLineString:
		flat, err := r.positions(flat, stride)
		return flat, nil, err
	case ewkbPolygon:
		return r.rings(flat, stride)
	}
	if len(r.b) < 8*stride {
		return nil, nil, errShort
	}
	if at := r.numbers(flat, stride); !hollow(at[len(flat):]) {
		flat = at
	}
	return flat, nil, nil
}

// rings appends those of a polygon, and says where each ends.
func (r *ewkbReader) rings(flat []float64, stride int) ([]float64, []int, error) {
	n, err := r.count(4)
	if err != nil {
		return flat, nil, err
	}
	ends := r.marks(n)
	for i := range ends {
		if flat, err = r.positions(flat, stride); err != nil {
			return flat, nil, err
		}
		ends[i] = len(flat)
	}
	return flat, ends, nil
}

// many reads a geometry of several points, lines or polygons.
func (r *ewkbReader) many(h ewkbHead) (geom.T, error) {
	n, err := r.count(9)
	if err != nil {
		return nil, err
	}
	flat := r.room()
	var ends []int
	var endss [][]int // of polygons
	switch {
	case h.kind != ewkbMultiPolygon:
		ends = r.marks(n)
	case r.kept != nil:
		endss = r.kept.endss[:0]
	}
	for i := range n {
		part, err := r.head()
		switch {
		case err != nil:
			return nil, err
		case part.kind != h.kind-3 || part.layout != h.layout:
			return nil, fmt.Errorf("EWKB has kind %d with %v in a geometry of kind %d with %v", part.kind, part.layout, h.kind, h.layout)
		}
		var rings []int
		if flat, rings, err = r.part(part.kind, part.layout, flat); err != nil {
			return nil, err
		}
		if h.kind == ewkbMultiPolygon {
			endss = append(endss, rings)
		} else {
			ends[i] = len(flat)
		}
	}
	k := r.kept
	switch {
	case h.kind == ewkbMultiPoint:
		return geom.NewMultiPointFlat(h.layout, flat, geom.NewMultiPointFlatOptionWithEnds(ends)).SetSRID(h.srid), nil
	case h.kind == ewkbMultiLineString && k == nil:
		return geom.NewMultiLineStringFlat(h.layout, flat, ends).SetSRID(h.srid), nil
	case h.kind == ewkbMultiLineString:
		k.multiLine = *geom.NewMultiLineStringFlat(h.layout, flat, ends).SetSRID(h.srid)
		return &k.multiLine, nil
	case k == nil:
		return geom.NewMultiPolygonFlat(h.layout, flat, endss).SetSRID(h.srid), nil
	}
	k.endss = endss
	k.multiPolygon = *geom.NewMultiPolygonFlat(h.layout, flat, endss).SetSRID(h.srid)
	return &k.multiPolygon, nil
}

// hollow reports whether a position is that of an empty point.
func hollow(position []float64) bool {
	for _, v := range position {
		if !math.IsNaN(v) {
			return false
		}
	}
	return true
}

func (r *ewkbReader) collection(h ewkbHead, depth int) (geom.T, error) {
	if depth == ewkbDepth {
		return nil, fmt.Errorf("EWKB has collections %d deep", depth)
	}
	n, err := r.count(9)
	if err != nil {
		return nil, err
	}
	all := geom.NewGeometryCollection().SetSRID(h.srid)
	for range n {
		part, err := r.geometry(depth + 1)
		if err != nil {
			return nil, err
		}
		if err := all.Push(part); err != nil {
			return nil, err
		}
	}
	if n == 0 {
		err = all.SetLayout(h.layout) // which its parts tell otherwise
	}
	return all, err
}

// Straight is the SQL for a geometry of the layer with lines instead of arcs, which nobody here knows, where its column may hold some.
func (l *Layer) Straight(geometry string) string {
	switch l.GeometryType {
	case "Geometry", "GeometryCollection": // a column of arcs alone is of the first as well
		return "st_curvetoline(" + geometry + ")"
	}
	return geometry
}
