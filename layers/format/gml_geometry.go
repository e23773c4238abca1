package format

import (
	"strconv"

	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// appendGeometry appends a geometry that is not empty; top is the outermost, which names the CRS. Rings go round as GML 3.2
// wants them: outer ones counterclockwise, seen from above.
func (w *GMLFeatures) appendGeometry(b []byte, g geom.T, top bool) []byte {
	at := positions{c: w.c, stride: g.Stride(), z: g.Layout().ZIndex()}
	if many, ok := g.(*geom.GeometryCollection); ok {
		return w.collection(b, many, at, top)
	}
	flat := g.FlatCoords()
	switch g := g.(type) {
	case *geom.Point:
		return w.point(b, at, flat, top)
	case *geom.LineString:
		return w.line(b, at, flat, top)
	case *geom.Polygon:
		return w.polygon(b, at, flat, 0, g.Ends(), top)
	case *geom.MultiPoint:
		b = w.start(b, "gml:MultiPoint", at, top)
		for i := 0; i < len(flat); i += at.stride {
			b = w.point(append(b, "<gml:pointMember>"...), at, flat[i:i+at.stride], false)
			b = append(b, "</gml:pointMember>"...)
		}
		return end(b, "gml:MultiPoint")
	case *geom.MultiLineString:
		b = w.start(b, w.gml.multiLine, at, top)
		from := 0
		for _, to := range g.Ends() {
			if to > from {
				b = w.line(open(b, w.gml.lineMember), at, flat[from:to], false)
				b = end(b, w.gml.lineMember)
			}
			from = to
		}
		return end(b, w.gml.multiLine)
	case *geom.MultiPolygon:
		b = w.start(b, w.gml.multiArea, at, top)
		from := 0
		for _, ends := range g.Endss() {
			if len(ends) > 0 {
				b = w.polygon(open(b, w.gml.areaMember), at, flat, from, ends, false)
				b = end(b, w.gml.areaMember)
				from = ends[len(ends)-1]
			}
		}
		return end(b, w.gml.multiArea)
	}
	return b
}

func (w *GMLFeatures) collection(b []byte, g *geom.GeometryCollection, at positions, top bool) []byte {
	b = w.start(b, "gml:MultiGeometry", at, top)
	for _, part := range g.Geoms() {
		if !part.Empty() {
			b = w.appendGeometry(append(b, "<gml:geometryMember>"...), part, false)
			b = append(b, "</gml:geometryMember>"...)
		}
	}
	return end(b, "gml:MultiGeometry")
}

func open(b []byte, element string) []byte {
	return append(append(append(b, '<'), element...), '>')
}

func end(b []byte, element string) []byte {
	return append(append(append(b, "</"...), element...), '>')
}

// start opens a geometry.
func (w *GMLFeatures) start(b []byte, element string, at positions, top bool) []byte {
	b = append(append(b, '<'), element...)
	if w.gml.geometryIDs {
		b = append(append(b, ` gml:id="`...), w.id...)
		b = append(b, ".g"...)
		if w.shapes > 0 {
			b = strconv.AppendInt(append(b, '.'), int64(w.shapes), 10)
		}
		b = append(b, '"')
		w.shapes++
	}
	if top && at.z >= 0 {
		b = append(b, w.space...)
	} else if top {
		b = append(b, w.plane...)
	}
	return append(b, '>')
}

func (w *GMLFeatures) point(b []byte, at positions, xyz []float64, top bool) []byte {
	b = open(w.start(b, "gml:Point", at, top), w.gml.position)
	b = w.coordinate(b, at, xyz)
	return end(end(b, w.gml.position), "gml:Point")
}

func (w *GMLFeatures) line(b []byte, at positions, flat []float64, top bool) []byte {
	b = w.list(w.start(b, "gml:LineString", at, top), at, flat, false)
	return end(b, "gml:LineString")
}

func (w *GMLFeatures) polygon(b []byte, at positions, flat []float64, from int, ends []int, top bool) []byte {
	b = w.start(b, "gml:Polygon", at, top)
	side := w.gml.exterior
	for i, to := range ends {
		ring := flat[from:to]
		b = append(open(b, side), "<gml:LinearRing>"...)
		b = w.list(b, at, ring, at.counterclockwise(ring) != (i == 0))
		b = end(append(b, "</gml:LinearRing>"...), side)
		from, side = to, w.gml.interior
	}
	return end(b, "gml:Polygon")
}

// list appends the coordinates of a line or a ring, from its end if backwards.
func (w *GMLFeatures) list(b []byte, at positions, flat []float64, backwards bool) []byte {
	b = open(b, w.gml.positions)
	i, step := 0, at.stride
	if backwards {
		i, step = len(flat)-at.stride, -at.stride
	}
	for n := len(flat) / at.stride; n > 0; n-- {
		b = w.coordinate(b, at, flat[i:i+at.stride])
		if n > 1 {
			b = append(b, ' ')
		}
		i += step
	}
	return end(b, w.gml.positions)
}

func (w *GMLFeatures) coordinate(b []byte, at positions, xyz []float64) []byte {
	x, y := xyz[0], xyz[1]
	if w.c.YX {
		x, y = y, x
	}
	b = append(appendDecimal(b, x, w.c.Decimals), w.gml.comma)
	b = appendDecimal(b, y, w.c.Decimals)
	if at.z >= 0 {
		b = appendDecimal(append(b, w.gml.comma), xyz[at.z], w.c.Decimals)
	}
	return b
}

// AppendBounds appends the element gml:boundedBy of all features, where there is something to say: readers learn the CRS
// from it.
func (w *GMLFeatures) AppendBounds(b []byte, bounds *layers.Bounds) []byte {
	if bounds == nil {
		if w.gml.null == "" {
			return b
		}
		return end(end(append(open(open(b, "gml:boundedBy"), w.gml.null), "unknown"...), w.gml.null), "gml:boundedBy")
	}
	at := positions{stride: 2, z: -1}
	b = append(append(append(b, "<gml:boundedBy><"...), w.gml.envelope...), w.plane...)
	b = append(b, '>')
	if w.gml.null != "" { // a list of the two
		b = w.list(b, at, bounds[:], false)
	} else {
		b = end(w.coordinate(open(b, "gml:lowerCorner"), at, bounds[:2]), "gml:lowerCorner")
		b = end(w.coordinate(open(b, "gml:upperCorner"), at, bounds[2:]), "gml:upperCorner")
	}
	return end(end(b, w.gml.envelope), "gml:boundedBy")
}
