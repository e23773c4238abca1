package format

import (
	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// Coordinates says how positions are written.
type Coordinates struct {
	Decimals int  // 7 for degrees (1 cm), 4 for metres
	YX       bool // north before east, as the definition of the CRS has it
}

// Degrees is how RFC 7946 wants positions: east, north in degrees.
var Degrees = Coordinates{Decimals: 7}

// AppendGeoJSON appends one feature of a layer as a GeoJSON Feature and returns the longer slice.
// Rings are written as RFC 7946 asks, outer ones counterclockwise; a position has z where the geometry has one.
// The id is text, whatever the key column's type.
func AppendGeoJSON(b []byte, l *layers.Layer, f layers.Feature, c Coordinates) []byte {
	b = append(b, `{"type":"Feature"`...)
	if f.ID != "" {
		b = append(b, `,"id":`...)
		b = appendString(b, f.ID)
	}
	b = append(b, `,"geometry":`...)
	b = AppendGeometry(b, f.Geometry, c)
	b = append(b, `,"properties":`...)
	return append(AppendProperties(b, l, f), '}')
}

// AppendProperties appends the properties of a feature as a JSON object.
func AppendProperties(b []byte, l *layers.Layer, f layers.Feature) []byte {
	b = append(b, '{')
	for i, v := range f.Properties {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, l.Properties[i].Name)
		b = append(b, ':')
		b = appendValue(b, v)
	}
	return append(b, '}')
}

// AppendGeometry appends a geometry as GeoJSON; nil is null.
func AppendGeometry(b []byte, g geom.T, c Coordinates) []byte {
	if g == nil {
		return append(b, "null"...)
	}
	w := positions{c: c, stride: g.Stride(), z: g.Layout().ZIndex()}
	switch g := g.(type) {
	case *geom.Point:
		b = append(b, `{"type":"Point","coordinates":`...)
		if g.Empty() {
			b = append(b, "[]"...)
		} else {
			b = w.position(b, g.FlatCoords())
		}
	case *geom.MultiPoint:
		b = append(b, `{"type":"MultiPoint","coordinates":`...)
		b = w.line(b, g.FlatCoords(), false)
	case *geom.LineString:
		b = append(b, `{"type":"LineString","coordinates":`...)
		b = w.line(b, g.FlatCoords(), false)
	case *geom.MultiLineString:
		b = append(b, `{"type":"MultiLineString","coordinates":`...)
		b = w.lines(b, g.FlatCoords(), 0, g.Ends(), false)
	case *geom.Polygon:
		b = append(b, `{"type":"Polygon","coordinates":`...)
		b = w.lines(b, g.FlatCoords(), 0, g.Ends(), true)
	case *geom.MultiPolygon:
		b = append(b, `{"type":"MultiPolygon","coordinates":`...)
		b = w.polygons(b, g.FlatCoords(), g.Endss())
	case *geom.GeometryCollection:
		b = append(b, `{"type":"GeometryCollection","geometries":[`...)
		for i, part := range g.Geoms() {
			if i > 0 {
				b = append(b, ',')
			}
			b = AppendGeometry(b, part, c)
		}
		b = append(b, ']')
	default:
		return append(b, "null"...)
	}
	return append(b, '}')
}

// positions writes the flat coordinates of one geometry.
type positions struct {
	c      Coordinates
	stride int
	z      int // place of z in a position, -1 = none
}

func (w *positions) position(b []byte, xyz []float64) []byte {
	x, y := xyz[0], xyz[1]
	if w.c.YX {
		x, y = y, x
	}
	b = append(b, '[')
	b = appendDecimal(b, x, w.c.Decimals)
	b = append(b, ',')
	b = appendDecimal(b, y, w.c.Decimals)
	if w.z >= 0 {
		b = append(b, ',')
		b = appendDecimal(b, xyz[w.z], w.c.Decimals)
	}
	return append(b, ']')
}

// line appends the positions of a line, from its end if backwards.
func (w *positions) line(b []byte, flat []float64, backwards bool) []byte {
	b = append(b, '[')
	i, step := 0, w.stride
	if backwards {
		i, step = len(flat)-w.stride, -w.stride
	}
	for n := len(flat); n > 0; n -= w.stride {
		if n < len(flat) {
			b = append(b, ',')
		}
		b = w.position(b, flat[i:i+w.stride])
		i += step
	}
	return append(b, ']')
}

// lines writes the parts that end at ends; as rings, the first goes round counterclockwise and the others clockwise.
func (w *positions) lines(b []byte, flat []float64, start int, ends []int, rings bool) []byte {
	b = append(b, '[')
	for i, end := range ends {
		if i > 0 {
			b = append(b, ',')
		}
		part := flat[start:end]
		b = w.line(b, part, rings && w.counterclockwise(part) != (i == 0))
		start = end
	}
	return append(b, ']')
}

func (w *positions) polygons(b []byte, flat []float64, endss [][]int) []byte {
	b = append(b, '[')
	start := 0
	for i, ends := range endss {
		if i > 0 {
			b = append(b, ',')
		}
		b = w.lines(b, flat, start, ends, true)
		if len(ends) > 0 {
			start = ends[len(ends)-1]
		}
	}
	return append(b, ']')
}

// counterclockwise tells by the sign of the area, reckoned from the ring's first point to keep the digits.
func (w *positions) counterclockwise(ring []float64) bool {
	var twice float64
	for i := w.stride; i+w.stride < len(ring); i += w.stride {
		ax, ay := ring[i]-ring[0], ring[i+1]-ring[1]
		bx, by := ring[i+w.stride]-ring[0], ring[i+w.stride+1]-ring[1]
		twice += ax*by - bx*ay
	}
	return twice > 0
}
