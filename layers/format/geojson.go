package format

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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
	w := positions{c: c}
	switch g := g.(type) {
	case *geom.Point:
		return w.in(b, "Point", g, func(b []byte) []byte {
			if len(g.FlatCoords()) == 0 {
				return append(b, "[]"...)
			}
			return w.position(b, g.FlatCoords())
		})
	case *geom.MultiPoint:
		return w.in(b, "MultiPoint", g, func(b []byte) []byte { return w.line(b, g.FlatCoords()) })
	case *geom.LineString:
		return w.in(b, "LineString", g, func(b []byte) []byte { return w.line(b, g.FlatCoords()) })
	case *geom.MultiLineString:
		return w.in(b, "MultiLineString", g, func(b []byte) []byte { return w.lines(b, g.FlatCoords(), 0, g.Ends(), false) })
	case *geom.Polygon:
		return w.in(b, "Polygon", g, func(b []byte) []byte { return w.lines(b, g.FlatCoords(), 0, g.Ends(), true) })
	case *geom.MultiPolygon:
		return w.in(b, "MultiPolygon", g, func(b []byte) []byte { return w.polygons(b, g.FlatCoords(), g.Endss()) })
	case *geom.GeometryCollection:
		b = append(b, `{"type":"GeometryCollection","geometries":[`...)
		for i, part := range g.Geoms() {
			if i > 0 {
				b = append(b, ',')
			}
			b = AppendGeometry(b, part, c)
		}
		return append(b, "]}"...)
	}
	return append(b, "null"...)
}

// positions writes the flat coordinates of one geometry.
type positions struct {
	c      Coordinates
	stride int
	z      int // place of z in a position, -1 = none
}

func (w *positions) in(b []byte, name string, g geom.T, coordinates func([]byte) []byte) []byte {
	w.stride, w.z = g.Stride(), g.Layout().ZIndex()
	b = append(b, `{"type":"`...)
	b = append(b, name...)
	b = append(b, `","coordinates":`...)
	return append(coordinates(b), '}')
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

func (w *positions) line(b []byte, flat []float64) []byte {
	b = append(b, '[')
	for i := 0; i < len(flat); i += w.stride {
		if i > 0 {
			b = append(b, ',')
		}
		b = w.position(b, flat[i:i+w.stride])
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
		if rings && w.counterclockwise(part) != (i == 0) {
			part = w.reversed(part)
		}
		b = w.line(b, part)
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

func (w *positions) reversed(ring []float64) []float64 {
	r := make([]float64, 0, len(ring))
	for i := len(ring) - w.stride; i >= 0; i -= w.stride {
		r = append(r, ring[i:i+w.stride]...)
	}
	return r
}

// appendDecimal writes v with at most so many decimals and no zeros at the end. Coordinates go by whole numbers: strconv
// takes a hundred times the steps for a fixed number of decimals, and its digits differ, if at all, by one in the last place.
func appendDecimal(b []byte, v float64, decimals int) []byte {
	if scale := math.Pow10(decimals); math.Abs(v)*scale < 1e15 {
		return appendScaled(b, v < 0, uint64(math.Abs(v)*scale+0.5), uint64(scale))
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	start := len(b)
	b = strconv.AppendFloat(b, v, 'f', decimals, 64)
	if decimals > 0 {
		b = bytes.TrimRight(b, "0")
		b = bytes.TrimSuffix(b, []byte("."))
	}
	if string(b[start:]) == "-0" {
		b = append(b[:start], '0')
	}
	return b
}

// appendScaled writes n / scale, a power of ten.
func appendScaled(b []byte, negative bool, n, scale uint64) []byte {
	if negative && n > 0 {
		b = append(b, '-')
	}
	b = strconv.AppendUint(b, n/scale, 10)
	rest := n % scale
	if rest == 0 {
		return b
	}
	for b = append(b, '.'); rest > 0; {
		scale /= 10
		b = append(b, byte('0'+rest/scale))
		rest %= scale
	}
	return b
}

// appendValue writes a property in JSON.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendString(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case bool:
		return strconv.AppendBool(b, v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(b, "null"...)
		}
		if math.Abs(v) >= 1e21 || v != 0 && math.Abs(v) < 1e-6 {
			return strconv.AppendFloat(b, v, 'e', -1, 64)
		}
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	case json.Number:
		return append(b, v...)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return append(b, "null"...) // what PostgreSQL keeps as JSON can be written as JSON
	}
	return append(b, raw...)
}

// appendString writes s in JSON; bytes that are no UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r == '\u2028' || r == '\u2029' }) {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return append(b, `""`...) // a string can always be written
	}
	return append(b, bytes.TrimSuffix(slices.Clip(buf.Bytes()), []byte("\n"))...)
}
