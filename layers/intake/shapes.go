package intake

import (
	"encoding/binary"
	"math"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
)

// The kinds of geometry that people tell apart, as Options.Only names them.
const (
	points = "point"
	lines  = "line"
	areas  = "area"
)

// kindOf is the type of a geometry, without its dimension; 0 for none.
func kindOf(ewkb []byte) uint32 {
	c := cursor{b: ewkb}
	h, ok := c.header()
	if !ok {
		return 0
	}
	return h.kind
}

// dimensionName is point, line or area; "" for collections and nothing.
func dimensionName(ewkb []byte) string {
	switch kindOf(ewkb) {
	case wkbPoint, wkbMultiPoint:
		return points
	case wkbLineString, wkbMultiLineString, wkbCircularString, wkbCompoundCurve, wkbMultiCurve:
		return lines
	case wkbPolygon, wkbMultiPolygon, wkbCurvePolygon, wkbMultiSurface, wkbPolyhedralSurface, wkbTIN, wkbTriangle:
		return areas
	}
	return ""
}

// kindName is what a type of geometry is called.
func kindName(ewkb []byte) string {
	names := map[uint32]string{wkbPoint: "Point", wkbLineString: "LineString", wkbPolygon: "Polygon", wkbMultiPoint: "MultiPoint",
		wkbMultiLineString: "MultiLineString", wkbMultiPolygon: "MultiPolygon", wkbCollection: "GeometryCollection"}
	if name, ok := names[kindOf(ewkb)]; ok {
		return name
	}
	return "Surface"
}

// fits reports whether a geometry can be one of a layer's type.
func fits(ewkb []byte, geometryType string) bool {
	switch geometryType {
	case "Point":
		return kindOf(ewkb) == wkbPoint || kindOf(ewkb) == wkbMultiPoint && count(ewkb) == 1
	case "MultiPoint":
		return dimensionName(ewkb) == points
	case "LineString":
		return kindOf(ewkb) == wkbLineString || kindOf(ewkb) == wkbMultiLineString && count(ewkb) == 1
	case "MultiLineString":
		return dimensionName(ewkb) == lines
	case "Polygon":
		return kindOf(ewkb) == wkbPolygon || kindOf(ewkb) == wkbMultiPolygon && count(ewkb) == 1
	case "MultiPolygon":
		return dimensionName(ewkb) == areas
	}
	return true
}

// count is how many parts a geometry of parts has.
func count(ewkb []byte) uint32 {
	c := cursor{b: ewkb}
	c.header()
	n, _ := c.uint32()
	return n
}

// empty reports whether no vertex is there.
func empty(ewkb []byte) bool {
	found := false
	err := walk(ewkb, func(_ header, run []byte) error {
		found = found || len(run) > 0
		return nil
	})
	return err == nil && !found
}

// somewhere is the first vertex.
func somewhere(ewkb []byte) *[2]float64 {
	var at *[2]float64
	_ = walk(ewkb, func(h header, run []byte) error {
		if at == nil && len(run) >= h.stride {
			x, y := vertex(run, h.stride, 0)
			at = &[2]float64{x, y}
		}
		return nil
	})
	return at
}

// boxes are the bounds of geometries.
type boxes struct {
	bounds layers.Bounds
	any    bool
}

// add extends the bounds by a geometry.
func (b *boxes) add(ewkb []byte) {
	own := layers.Bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	_ = walk(ewkb, func(h header, run []byte) error {
		for at := 0; at+h.stride <= len(run); at += h.stride {
			x, y := ordinate(run[at:]), ordinate(run[at+8:])
			own = layers.Bounds{min(own[0], x), min(own[1], y), max(own[2], x), max(own[3], y)}
		}
		return nil
	})
	if own[0] > own[2] {
		return
	}
	if b.any {
		own = b.bounds.Extend(own)
	}
	b.bounds, b.any = own, true
}

func (b *boxes) get() *layers.Bounds {
	if !b.any {
		return nil
	}
	bounds := b.bounds
	return &bounds
}

// kinds counts what geometries there are, to choose the layer's type.
type kinds struct {
	points, lines, areas, others int64
	several                      bool // a multipoint of more than one
	declared, heights            int64
	boxes                        boxes
}

func (k *kinds) add(ewkb []byte) {
	switch dimensionName(ewkb) {
	case points:
		k.points++
		k.several = k.several || kindOf(ewkb) == wkbMultiPoint && count(ewkb) > 1
	case lines:
		k.lines++
	case areas:
		k.areas++
	default:
		k.others++
	}
	high := false
	_ = walk(ewkb, func(h header, run []byte) error {
		if !h.z {
			return nil
		}
		high = true
		for at := 0; at+h.stride <= len(run) && k.heights == 0; at += h.stride {
			if ordinate(run[at+16:]) != 0 {
				k.heights++
			}
		}
		return nil
	})
	if high {
		k.declared++
	}
	k.boxes.add(ewkb)
}

func (k *kinds) bounds() *layers.Bounds { return k.boxes.get() }

// settle chooses the layer's type: lines and areas are always Multi; several kinds share the type Geometry. Heights that
// are 0 everywhere are none.
func (k *kinds) settle() (geometryType string, hasZ bool, doubts []Doubt) {
	full := k.points + k.lines + k.areas + k.others
	switch {
	case full == 0:
		geometryType = "Geometry"
		doubts = append(doubts, Doubt{Rule: "geometry.none", Severity: format.Warning,
			Words: layers.Say("no feature has a geometry: there is nothing to draw", "没有任何要素含有图形，无法在地图上显示")})
	case k.lines == full:
		geometryType = "MultiLineString"
	case k.areas == full:
		geometryType = "MultiPolygon"
	case k.points == full && k.several:
		geometryType = "MultiPoint"
	case k.points == full:
		geometryType = "Point"
	default:
		geometryType = "Geometry"
		doubts = append(doubts, Doubt{Rule: "geometry.mixed", Severity: format.Warning, Words: layers.Say(
			"the file mixes points (%d), lines (%d), areas (%d) and others (%d): they share one layer, but are better kept apart, by --only point, line or area",
			"文件混有点（%d）、线（%d）、面（%d）和其他图形（%d）：将存入同一图层，建议分开导入（--only point、line 或 area）", k.points, k.lines, k.areas, k.others)})
	}
	if k.declared > 0 && k.heights == 0 {
		doubts = append(doubts, Doubt{Rule: "geometry.flat", Severity: format.Info,
			Words: layers.Say("all heights are 0: they are left out", "高程全部为 0，不予保留")})
	}
	return geometryType, k.heights > 0, doubts
}

// promote appends a geometry as one of the layer's type: EWKB of EPSG:4490, Multi where the type is, with heights or
// without. Triangles and surfaces become polygons. Bytes that are no geometry give nothing.
func promote(dst, ewkb []byte, geometryType string, z bool) []byte {
	c := &cursor{b: ewkb}
	h, ok := c.header()
	if !ok {
		return dst
	}
	start := len(dst)
	w := promoter{z: z, srid: true}
	multi, single := strings.HasPrefix(geometryType, "Multi"), geometryType == "Point" || geometryType == "LineString" || geometryType == "Polygon"
	switch {
	case multi && (h.kind <= wkbPolygon || h.kind == wkbTriangle):
		kind := h.kind
		if kind == wkbTriangle {
			kind = wkbPolygon
		}
		dst = w.head(dst, kind+3)
		dst = binary.LittleEndian.AppendUint32(dst, 1)
		dst, ok = w.body(dst, c, h, 0)
	case single && h.kind >= wkbMultiPoint && h.kind <= wkbMultiPolygon:
		if n, fine := c.uint32(); !fine || n != 1 {
			return dst
		}
		if h, ok = c.header(); ok {
			dst, ok = w.body(dst, c, h, 0)
		}
	default:
		dst, ok = w.body(dst, c, h, 0)
	}
	if !ok {
		return dst[:start]
	}
	return dst
}

// promoter writes geometries; the first head has the SRID.
type promoter struct{ z, srid bool }

func (w *promoter) head(dst []byte, kind uint32) []byte {
	if w.z {
		kind |= ewkbZ
	}
	if w.srid {
		kind |= ewkbSRID
	}
	dst = append(dst, littleEndian)
	dst = binary.LittleEndian.AppendUint32(dst, kind)
	if w.srid {
		w.srid = false
		dst = binary.LittleEndian.AppendUint32(dst, storageSRID)
	}
	return dst
}

// body writes a geometry whose header has been read.
func (w *promoter) body(dst []byte, c *cursor, h header, depth int) ([]byte, bool) {
	if depth > maxDepth {
		return dst, false
	}
	kind := h.kind
	switch kind {
	case wkbTriangle:
		kind = wkbPolygon
	case wkbPolyhedralSurface, wkbTIN:
		kind = wkbMultiPolygon
	}
	dst = w.head(dst, kind)
	if kind == wkbPoint {
		run, ok := c.run(1, h.stride)
		if !ok {
			return dst, false
		}
		return w.run(dst, h, run), true
	}
	n, ok := c.uint32()
	if !ok {
		return dst, false
	}
	dst = binary.LittleEndian.AppendUint32(dst, n)
	switch kind {
	case wkbLineString:
		run, ok := c.run(int(n), h.stride)
		if !ok {
			return dst, false
		}
		return w.run(dst, h, run), true
	case wkbPolygon:
		for range n {
			run, ok := c.vertices(h.stride)
			if !ok {
				return dst, false
			}
			dst = binary.LittleEndian.AppendUint32(dst, uint32(len(run)/h.stride))
			dst = w.run(dst, h, run)
		}
		return dst, true
	}
	for range n {
		part, ok := c.header()
		if !ok {
			return dst, false
		}
		if dst, ok = w.body(dst, c, part, depth+1); !ok {
			return dst, false
		}
	}
	return dst, true
}

func (w *promoter) run(dst []byte, h header, run []byte) []byte {
	if h.stride == 16 && !w.z || h.stride == 24 && h.z && w.z {
		return append(dst, run...)
	}
	for at := 0; at+h.stride <= len(run); at += h.stride {
		dst = append(dst, run[at:at+16]...)
		switch {
		case w.z && h.z:
			dst = append(dst, run[at+16:at+24]...)
		case w.z:
			dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
		}
	}
	return dst
}
