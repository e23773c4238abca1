package cql

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"onemap/layers"
)

// spatial makes a predicate of two shapes. In the SQL %[1]s and %[2]s are the shapes and %[3]s is what an index answers: that
// their bounds meet. A constant is brought into the coordinates of the layer, never the column into others.
func spatial(sql string) func(*compiler, *Call) (string, error) {
	return func(c *compiler, e *Call) (string, error) {
		shapes, err := c.shapes(e.Args)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf(sql, shapes[0].sql, shapes[1].sql, meets(shapes[0], shapes[1])), nil
	}
}

// intersects compiles S_INTERSECTS. Most of what meets a box lies within it, and needs no look at its coordinates.
func (c *compiler) intersects(e *Call) (string, error) {
	shapes, err := c.shapes(e.Args)
	if err != nil {
		return "", err
	}
	sql := fmt.Sprintf("onemap.s_intersects(%s, %s)", shapes[0].sql, shapes[1].sql)
	for i, a := range e.Args {
		box, ok := a.(*Box)
		if !ok {
			continue
		}
		for _, part := range box.parts() {
			if in, ok := layers.Inner(part, box.SRID, c.layer.SRID); ok {
				inner, err := c.constant(c.outline(in, c.layer.SRID))
				if err != nil {
					return "", err
				}
				sql = fmt.Sprintf("(%s @ %s) is true or %s", shapes[1-i].sql, inner, sql)
			}
		}
	}
	return fmt.Sprintf("(%s and (%s))", meets(shapes[0], shapes[1]), sql), nil
}

func (c *compiler) disjoint(e *Call) (string, error) {
	sql, err := c.intersects(e)
	return "not " + sql, err
}

// shapes compiles arguments that are geometries.
func (c *compiler) shapes(es []Expr) ([]value, error) {
	var all []value
	for _, e := range es {
		v, err := c.value(e)
		if err != nil {
			return nil, err
		}
		if v.kind != Shape {
			return nil, wrong(e.Column(), "%[1]s stands where %[2]s is wanted; one is written POINT(116.1 35.8) or BBOX(116, 35, 117, 36)", "此处为%[3]s，应为%[4]s，写作 POINT(116.1 35.8) 或 BBOX(116, 35, 117, 36)", v.kind, Shape, kindsZh[v.kind], kindsZh[Shape])
		}
		all = append(all, v)
	}
	return all, nil
}

// meets asks whether bounds meet: those of a constant in each of its parts, so that a box across the antimeridian is not the
// whole world.
func meets(a, b value) string {
	if len(a.boxes) > 1 {
		a, b = b, a
	}
	if len(b.boxes) <= 1 {
		return a.sql + " && " + b.sql
	}
	var any []string
	for _, box := range b.boxes {
		any = append(any, a.sql+" && "+box)
	}
	return "(" + strings.Join(any, " or ") + ")"
}

func (c *compiler) geometry(e *Geometry) (value, error) {
	sql, err := c.constant(e.T)
	switch e.T.(type) {
	case *geom.Polygon, *geom.MultiPolygon, *geom.GeometryCollection:
		sql = "st_makevalid(" + sql + ")"
	}
	return value{sql: sql, kind: Shape, boxes: []string{sql}}, err
}

// box compiles bounds as a polygon, of two parts where it crosses the antimeridian; where sides have no length, as what is left.
func (c *compiler) box(e *Box) (value, error) {
	var boxes []string
	for _, b := range e.parts() {
		sql, err := c.constant(c.outline(b, e.SRID))
		if err != nil {
			return value{}, err
		}
		boxes = append(boxes, sql)
	}
	if len(boxes) == 1 {
		return value{sql: boxes[0], kind: Shape, boxes: boxes}, nil
	}
	return value{sql: fmt.Sprintf("st_collect(%s, %s)", boxes[0], boxes[1]), kind: Shape, boxes: boxes}, nil
}

// edgeSteps is how many pieces the sides of a box are cut into before a projection bends them.
const edgeSteps = 32

// outline is a box as a geometry. What a projected layer can not express is cut off.
func (c *compiler) outline(b layers.Bounds, srid int) geom.T {
	steps := edgeSteps
	if srid == c.layer.SRID || layers.Geographic(srid) && layers.Geographic(c.layer.SRID) {
		steps = 1
	} else if layers.Geographic(srid) {
		b = layers.Bounds{b[0], max(b[1], -85.05), b[2], min(b[3], 85.05)}
	}
	switch {
	case b[0] == b[2] && b[1] == b[3]:
		return geom.NewPointFlat(geom.XY, []float64{b[0], b[1]}).SetSRID(srid)
	case b[0] == b[2] || b[1] == b[3]:
		return geom.NewLineStringFlat(geom.XY, append(side(b[0], b[1], b[2], b[3], steps), b[2], b[3])).SetSRID(srid)
	}
	var ring []float64
	ring = append(ring, side(b[0], b[1], b[2], b[1], steps)...)
	ring = append(ring, side(b[2], b[1], b[2], b[3], steps)...)
	ring = append(ring, side(b[2], b[3], b[0], b[3], steps)...)
	ring = append(ring, side(b[0], b[3], b[0], b[1], steps)...)
	ring = append(ring, b[0], b[1])
	return geom.NewPolygonFlat(geom.XY, ring, []int{len(ring)}).SetSRID(srid)
}

// side is a line in so many pieces, without its end.
func side(x0, y0, x1, y1 float64, steps int) []float64 {
	var flat []float64
	for i := range steps {
		t := float64(i) / float64(steps)
		flat = append(flat, x0+(x1-x0)*t, y0+(y1-y0)*t)
	}
	return flat
}

// constant binds a geometry and brings it into the layer's coordinates. Degrees of CGCS2000 and of WGS 84 stand for each other.
func (c *compiler) constant(g geom.T) (string, error) {
	srid, to := g.SRID(), c.layer.SRID
	same := srid == to || layers.Geographic(srid) && layers.Geographic(to)
	if same {
		var err error
		if g, err = relabelled(g, to); err != nil {
			return "", err
		}
	}
	b, err := ewkb.Marshal(g, ewkb.NDR)
	if err != nil {
		return "", fmt.Errorf("encode a geometry of a filter: %w", err)
	}
	sql := c.bind(hex.EncodeToString(b), "geometry")
	if !same {
		sql = fmt.Sprintf("onemap.bring(%s, %d)", sql, to)
	}
	return sql, nil
}

// relabelled is a copy of g with another SRID: a filter may be compiled for several layers at once.
func relabelled(g geom.T, srid int) (geom.T, error) {
	switch g := g.(type) {
	case *geom.Point:
		return g.Clone().SetSRID(srid), nil
	case *geom.LineString:
		return g.Clone().SetSRID(srid), nil
	case *geom.MultiPoint:
		return g.Clone().SetSRID(srid), nil
	case *geom.Polygon:
		return g.Clone().SetSRID(srid), nil
	case *geom.MultiLineString:
		return g.Clone().SetSRID(srid), nil
	case *geom.MultiPolygon:
		return g.Clone().SetSRID(srid), nil
	case *geom.GeometryCollection:
		c := geom.NewGeometryCollection().SetSRID(srid)
		return c, c.Push(g.Geoms()...)
	}
	return nil, fmt.Errorf("a filter holds a %T", g)
}

// withinDistance compiles dwithin(a, b, metres): on the ellipsoid where the layer is in degrees, else in the plane.
func (c *compiler) withinDistance(e *Call) (string, error) {
	shapes, err := c.shapes(e.Args[:2])
	if err != nil {
		return "", err
	}
	metres, ok := e.Args[2].(*Literal)
	if !ok || metres.Kind != Number || strings.HasPrefix(metres.Value, "-") {
		return "", wrong(e.Args[2].Column(), "a distance is a number of metres, 0 or more", "距离应为不小于 0 的米数")
	}
	d := c.bind(metres.Value, "float8")
	a, b := shapes[0], shapes[1]
	if !layers.Geographic(c.layer.SRID) {
		return fmt.Sprintf("st_dwithin(%s, %s, %s)", a.sql, b.sql, d), nil
	}
	if len(a.boxes) > 0 {
		a, b = b, a
	}
	near := fmt.Sprintf("st_dwithin(%s::geography, %s::geography, %s)", a.sql, b.sql, d)
	if len(b.boxes) == 0 {
		return near, nil
	}
	return fmt.Sprintf("(%s && onemap.reach(%s, %s) and %s)", a.sql, b.sql, d, near), nil
}
