package api

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// geoJSON writes features as GeoJSON (RFC 7946) in the axis order of a CRS, onto bytes that are used again.
type geoJSON struct {
	layer    *layers.Layer
	crs      CRS
	decimals int      // of x and y: a tenth of a millimetre
	names    []string // of the properties, encoded; "" is not shown
}

func newGeoJSON(l *layers.Layer, crs CRS) *geoJSON {
	w := &geoJSON{layer: l, crs: crs, decimals: 4, names: make([]string, len(l.Properties))}
	if crs.Geographic {
		w.decimals = 9
	}
	for i, p := range l.Properties {
		if p.Role != "hidden" {
			w.names[i] = string(quoted(p.Name))
		}
	}
	return w
}

// feature appends a feature. More are members after its own, e.g. `,"links":[…]`.
func (w *geoJSON) feature(b []byte, f layers.Feature, more string) ([]byte, error) {
	b = append(b, `{"type":"Feature"`...)
	if f.ID != "" {
		b = append(append(b, `,"id":`...), idOf(w.layer, f.ID)...)
	}
	b = append(b, `,"geometry":`...)
	b, err := w.geometry(b, f.Geometry)
	if err != nil {
		return b, err
	}
	b = append(b, `,"properties":{`...)
	first := true
	for i, v := range f.Properties {
		if w.names[i] == "" {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(append(b, w.names[i]...), ':')
		if b, err = appendValue(b, v); err != nil {
			return b, err
		}
	}
	b = append(append(append(b, '}'), more...), '}')
	return b, nil
}

// idOf is a number where the key is one that JSON's readers hold exactly.
func idOf(l *layers.Layer, id string) string {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil && strings.HasSuffix(l.Table.KeyType, "int") || err == nil && l.Table.KeyType == "integer" {
		if n <= 1<<53 && n >= -1<<53 {
			return id
		}
	}
	return string(quoted(id))
}

func quoted(text string) []byte {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // text always marshals
	}
	return b
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(b, "null"...), nil
		}
		return strconv.AppendFloat(b, v, 'g', -1, 64), nil
	case json.Number:
		return append(b, v...), nil
	}
	text, err := json.Marshal(v)
	return append(b, text...), err
}

// geometry appends a geometry object, null for none. M is dropped: GeoJSON has none.
func (w *geoJSON) geometry(b []byte, g geom.T) ([]byte, error) {
	open := func(kind string) { b = append(append(append(b, `{"type":"`...), kind...), `","coordinates":`...) }
	switch g := g.(type) {
	case nil:
		return append(b, "null"...), nil
	case *geom.Point:
		open("Point")
		if g.Empty() {
			b = append(b, "[]"...)
		} else {
			b = w.position(b, g.FlatCoords(), g.Layout())
		}
	case *geom.LineString:
		open("LineString")
		b = w.positions(b, g.FlatCoords(), g.Layout(), false)
	case *geom.Polygon:
		open("Polygon")
		b = w.polygon(b, g)
	case *geom.MultiPoint:
		open("MultiPoint")
		b = many(b, g.NumPoints(), func(b []byte, i int) []byte { return w.position(b, g.Point(i).FlatCoords(), g.Layout()) })
	case *geom.MultiLineString:
		open("MultiLineString")
		b = many(b, g.NumLineStrings(), func(b []byte, i int) []byte {
			return w.positions(b, g.LineString(i).FlatCoords(), g.Layout(), false)
		})
	case *geom.MultiPolygon:
		open("MultiPolygon")
		b = many(b, g.NumPolygons(), func(b []byte, i int) []byte { return w.polygon(b, g.Polygon(i)) })
	case *geom.GeometryCollection:
		return w.collection(b, g)
	default:
		return b, fmt.Errorf("GeoJSON has no %T", g)
	}
	return append(b, '}'), nil
}

func (w *geoJSON) collection(b []byte, g *geom.GeometryCollection) ([]byte, error) {
	b = append(b, `{"type":"GeometryCollection","geometries":[`...)
	for i, part := range g.Geoms() {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = w.geometry(b, part); err != nil {
			return b, err
		}
	}
	return append(b, "]}"...), nil
}

// polygon appends rings, the outer one counter-clockwise as seen with x to the east (RFC 7946, 3.1.6).
func (w *geoJSON) polygon(b []byte, g *geom.Polygon) []byte {
	return many(b, g.NumLinearRings(), func(b []byte, i int) []byte {
		ring := g.LinearRing(i)
		counterClockwise := area(ring.FlatCoords(), ring.Stride()) >= 0
		return w.positions(b, ring.FlatCoords(), ring.Layout(), counterClockwise != (i == 0))
	})
}

func many(b []byte, n int, one func([]byte, int) []byte) []byte {
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, i)
	}
	return append(b, ']')
}

func (w *geoJSON) positions(b []byte, flat []float64, layout geom.Layout, backward bool) []byte {
	stride := layout.Stride()
	n := len(flat) / stride
	return many(b, n, func(b []byte, i int) []byte {
		if backward {
			i = n - 1 - i
		}
		return w.position(b, flat[i*stride:(i+1)*stride], layout)
	})
}

func (w *geoJSON) position(b []byte, p []float64, layout geom.Layout) []byte {
	x, y := p[0], p[1]
	if w.crs.NorthFirst {
		x, y = y, x
	}
	b = appendDecimal(append(b, '['), x, w.decimals)
	b = appendDecimal(append(b, ','), y, w.decimals)
	if z := layout.ZIndex(); z >= 0 {
		b = appendDecimal(append(b, ','), p[z], 4)
	}
	return append(b, ']')
}

// appendDecimal writes at most so many decimals, and no zeros at the end.
func appendDecimal(b []byte, v float64, decimals int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, '0')
	}
	b = strconv.AppendFloat(b, v, 'f', decimals, 64)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	if len(b) >= 2 && string(b[len(b)-2:]) == "-0" && (len(b) == 2 || b[len(b)-3] == '[' || b[len(b)-3] == ',') {
		b = append(b[:len(b)-2], '0')
	}
	return b
}

// area is twice the signed area of a ring, positive when it runs counter-clockwise; taken from its first point, so
// that large coordinates do not swallow it.
func area(flat []float64, stride int) float64 {
	sum := 0.0
	for i := stride; i+stride < len(flat); i += stride {
		ax, ay := flat[i]-flat[0], flat[i+1]-flat[1]
		bx, by := flat[i+stride]-flat[0], flat[i+stride+1]-flat[1]
		sum += ax*by - bx*ay
	}
	return sum
}
