package format

import (
	"strconv"

	"github.com/twpayne/go-geom"
)

// appendWKT appends a geometry as well-known text (OGC 06-103r4, 7.2), every number to the last bit: POINT Z (…) where
// it has heights. nil appends nothing.
func appendWKT(b []byte, g geom.T) []byte {
	switch g := g.(type) {
	case *geom.Point:
		return appendWKTPart(b, "POINT", g, func(b []byte) []byte { return wktLine(b, g.FlatCoords(), g) })
	case *geom.LineString:
		return appendWKTPart(b, "LINESTRING", g, func(b []byte) []byte { return wktLine(b, g.FlatCoords(), g) })
	case *geom.Polygon:
		return appendWKTPart(b, "POLYGON", g, func(b []byte) []byte { return wktLines(b, 0, g.Ends(), g) })
	case *geom.MultiPoint:
		return appendWKTPart(b, "MULTIPOINT", g, func(b []byte) []byte {
			return wktList(b, g.NumPoints(), func(b []byte, i int) []byte {
				return wktLine(b, g.Point(i).FlatCoords(), g)
			})
		})
	case *geom.MultiLineString:
		return appendWKTPart(b, "MULTILINESTRING", g, func(b []byte) []byte { return wktLines(b, 0, g.Ends(), g) })
	case *geom.MultiPolygon:
		return appendWKTPart(b, "MULTIPOLYGON", g, func(b []byte) []byte {
			start, endss := 0, g.Endss()
			return wktList(b, len(endss), func(b []byte, i int) []byte {
				b = wktLines(b, start, endss[i], g)
				if n := len(endss[i]); n > 0 {
					start = endss[i][n-1]
				}
				return b
			})
		})
	case *geom.GeometryCollection:
		return appendWKTPart(b, "GEOMETRYCOLLECTION", g, func(b []byte) []byte {
			return wktList(b, g.NumGeoms(), func(b []byte, i int) []byte { return appendWKT(b, g.Geom(i)) })
		})
	}
	return b
}

func appendWKTPart(b []byte, name string, g geom.T, body func([]byte) []byte) []byte {
	b = append(b, name...)
	if g.Layout().ZIndex() >= 0 {
		b = append(b, " Z"...)
	}
	if g.Empty() {
		return append(b, " EMPTY"...)
	}
	return body(append(b, ' '))
}

func wktList(b []byte, n int, item func([]byte, int) []byte) []byte {
	b = append(b, '(')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(b, i)
	}
	return append(b, ')')
}

func wktLines(b []byte, start int, ends []int, g geom.T) []byte {
	return wktList(b, len(ends), func(b []byte, i int) []byte {
		b = wktLine(b, g.FlatCoords()[start:ends[i]], g)
		start = ends[i]
		return b
	})
}

func wktLine(b []byte, flat []float64, g geom.T) []byte {
	stride, z := g.Stride(), g.Layout().ZIndex()
	return wktList(b, len(flat)/stride, func(b []byte, i int) []byte {
		at := flat[i*stride : (i+1)*stride]
		b = strconv.AppendFloat(b, at[0], 'f', -1, 64)
		b = strconv.AppendFloat(append(b, ' '), at[1], 'f', -1, 64)
		if z >= 0 {
			b = strconv.AppendFloat(append(b, ' '), at[z], 'f', -1, 64)
		}
		return b
	})
}
