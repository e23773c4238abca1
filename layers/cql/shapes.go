package cql

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"
)

// shape is a kind of geometry: how its coordinates are read after its name, in WKT and in GeoJSON.
type shape struct {
	text func(p *parser) (geom.T, error)
	json func(coordinates json.RawMessage) (geom.T, error)
}

// shapes are the kinds of geometries by their names in WKT, which are those of GeoJSON in capitals. A GEOMETRYCOLLECTION
// holds the others and is read apart.
var shapes map[string]*shape

const collection = "GEOMETRYCOLLECTION"

func init() { // a collection looks into the table
	line, lines := listed(position), listed(listed(position))
	shapes = map[string]*shape{
		"POINT":      shapeOf(inParentheses(position), func(c geom.Coord) (geom.T, error) { return geom.NewPoint(layout(c)).SetCoords(c) }),
		"LINESTRING": shapeOf(line, func(c []geom.Coord) (geom.T, error) { return geom.NewLineString(layout(c...)).SetCoords(c) }),
		"MULTIPOINT": shapeOf(listed(bare), func(c []geom.Coord) (geom.T, error) { return geom.NewMultiPoint(layout(c...)).SetCoords(c) }),
		"POLYGON":    shapeOf(lines, func(c [][]geom.Coord) (geom.T, error) { return geom.NewPolygon(layout(first(c)...)).SetCoords(c) }),
		"MULTILINESTRING": shapeOf(lines, func(c [][]geom.Coord) (geom.T, error) {
			return geom.NewMultiLineString(layout(first(c)...)).SetCoords(c)
		}),
		"MULTIPOLYGON": shapeOf(listed(lines), func(c [][][]geom.Coord) (geom.T, error) {
			return geom.NewMultiPolygon(layout(first(first(c))...)).SetCoords(c)
		}),
		collection: {text: collected},
	}
}

func shapeOf[C any](read func(*parser) (C, error), build func(C) (geom.T, error)) *shape {
	return &shape{
		text: func(p *parser) (geom.T, error) {
			c, err := read(p)
			if err != nil {
				return nil, err
			}
			return build(c)
		},
		json: func(coordinates json.RawMessage) (geom.T, error) {
			var c C
			if err := json.Unmarshal(coordinates, &c); err != nil {
				return nil, err
			}
			return build(c)
		},
	}
}

// layout is that of the first position; others of another one are refused when they are put into the geometry.
func layout(cs ...geom.Coord) geom.Layout {
	if len(cs) > 0 && len(cs[0]) > 2 {
		return geom.XYZ
	}
	return geom.XY
}

func first[C any](cs []C) (c C) {
	if len(cs) > 0 {
		return cs[0]
	}
	return c
}

// shapeNamed is the shape that a word names, which may say that there are heights: POINTZ is POINT Z. nil = it names none.
func shapeNamed(word string) *shape {
	name := strings.ToUpper(word)
	if s := shapes[name]; s != nil {
		return s
	}
	return shapes[strings.TrimSuffix(name, "Z")]
}

// geometry reads the WKT that begins with the name of a shape.
func (p *parser) geometry(t token, s *shape) (Expr, error) {
	p.next()
	p.accept("Z")
	g, err := s.text(p)
	return newGeometry(g, err, p.crs, t.column)
}

// newGeometry makes a node of what a shape has read.
func newGeometry(g geom.T, err error, crs CRS, at int) (Expr, error) {
	var own *Error
	if errors.As(err, &own) {
		return nil, err
	}
	if err != nil {
		return nil, wrong(at, "the positions of a geometry all have two numbers, or all three, nested as its kind wants", "几何图形的坐标点应全为二维或全为三维，并按其类型嵌套")
	}
	e, err := NewGeometry(g, crs, at)
	if err != nil {
		return nil, err
	}
	return e, nil
}

func collected(p *parser) (geom.T, error) {
	part := func(p *parser) (geom.T, error) {
		t := p.peek()
		s := shapeNamed(t.text)
		if t.kind != word || s == nil || s == shapes[collection] {
			return nil, p.unexpected("a geometry such as POINT", "几何图形，例如 POINT")
		}
		p.next()
		p.accept("Z")
		return s.text(p)
	}
	parts, err := listed(part)(p)
	if err != nil {
		return nil, err
	}
	return collect(parts)
}

func collect(parts []geom.T) (geom.T, error) {
	c := geom.NewGeometryCollection()
	return c, c.Push(parts...)
}

// position reads numbers up to the next comma or parenthesis.
func position(p *parser) (geom.Coord, error) {
	var c geom.Coord
	for len(c) < 3 && (len(c) < 2 || !p.is(",") && !p.is(")")) {
		n, err := p.signed()
		if err != nil {
			return nil, err
		}
		c = append(c, n)
	}
	return c, nil
}

// bare reads a position of a MULTIPOINT, where parentheses are often left out.
func bare(p *parser) (geom.Coord, error) {
	if p.is("(") {
		return inParentheses(position)(p)
	}
	return position(p)
}

func inParentheses[C any](item func(*parser) (C, error)) func(*parser) (C, error) {
	return func(p *parser) (c C, err error) {
		if err = p.expect("("); err != nil {
			return c, err
		}
		if c, err = item(p); err != nil {
			return c, err
		}
		return c, p.expect(")")
	}
}

// listed reads one or more items in parentheses.
func listed[C any](item func(*parser) (C, error)) func(*parser) ([]C, error) {
	return inParentheses(func(p *parser) ([]C, error) {
		var all []C
		for {
			c, err := item(p)
			if err != nil {
				return nil, err
			}
			all = append(all, c)
			if !p.accept(",") {
				return all, nil
			}
		}
	})
}

// signed reads a number with or without a sign.
func (p *parser) signed() (float64, error) {
	t := p.peek()
	if p.is("-") || p.is("+") {
		p.next()
	}
	if p.peek().kind != number {
		return 0, p.unexpected("a number", "数值")
	}
	l, err := p.number(t)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(l.Value, 64)
}

// box reads BBOX(…).
func (p *parser) box(t token) (Expr, error) {
	p.next()
	numbers, err := listed((*parser).signed)(p)
	if err != nil {
		return nil, err
	}
	return newBox(numbers, p.crs, t.column)
}

func newBox(numbers []float64, crs CRS, at int) (Expr, error) {
	b, err := NewBox(numbers, crs, at)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// text writes the geometry as WKT.
func (e *Geometry) text() string { return wkt(e.T) }

func wkt(g geom.T) string {
	z := ""
	if g.Stride() > 2 && g.Layout() == geom.XYZ {
		z = " Z"
	}
	switch g := g.(type) {
	case *geom.Point:
		return "POINT" + z + "(" + writePosition(g.Coords()) + ")"
	case *geom.LineString:
		return "LINESTRING" + z + writeLine(g.Coords())
	case *geom.MultiPoint:
		return "MULTIPOINT" + z + writeList(g.Coords(), func(c geom.Coord) string { return "(" + writePosition(c) + ")" })
	case *geom.Polygon:
		return "POLYGON" + z + writeList(g.Coords(), writeLine)
	case *geom.MultiLineString:
		return "MULTILINESTRING" + z + writeList(g.Coords(), writeLine)
	case *geom.MultiPolygon:
		return "MULTIPOLYGON" + z + writeList(g.Coords(), func(c [][]geom.Coord) string { return writeList(c, writeLine) })
	case *geom.GeometryCollection:
		return collection + writeList(g.Geoms(), wkt)
	}
	panic("a filter holds a geometry of no kind")
}

func writeLine(cs []geom.Coord) string { return writeList(cs, writePosition) }

func writePosition(c geom.Coord) string { return writeNumbers(c, " ") }

func writeList[C any](cs []C, item func(C) string) string {
	var parts []string
	for _, c := range cs {
		parts = append(parts, item(c))
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func writeNumbers(n []float64, between string) string {
	var parts []string
	for _, v := range n {
		parts = append(parts, strconv.FormatFloat(v, 'g', -1, 64))
	}
	return strings.Join(parts, between)
}
