package gml

import (
	"github.com/twpayne/go-geom"

	"onemap/api/ows/xmltree"
	"onemap/layers"
)

// readers are the kinds of geometries, by their elements.
var readers map[string]func(*xmltree.Node) (geom.T, error)

func init() { // a collection looks into the table
	lines := multi("lineStringMember", "curveMember", "curveMembers")
	surfaces := multi("polygonMember", "surfaceMember", "surfaceMembers")
	readers = map[string]func(*xmltree.Node) (geom.T, error){
		"Point":              point,
		"LineString":         lineString,
		"Curve":              curve,
		"CompositeCurve":     curve,
		"Polygon":            polygon,
		"Surface":            patches,
		"PolyhedralSurface":  patches,
		"CompositeSurface":   surfaces,
		"MultiPoint":         multi("pointMember", "pointMembers"),
		"MultiLineString":    lines,
		"MultiCurve":         lines,
		"MultiPolygon":       surfaces,
		"MultiSurface":       surfaces,
		"MultiGeometry":      collection,
		"GeometryCollection": collection,
	}
}

// layout is that of all positions; ErrInvalid where they differ, or have another number of numbers.
func layout(n *xmltree.Node, lines ...[]geom.Coord) (geom.Layout, error) {
	size := 0
	for _, line := range lines {
		for _, c := range line {
			if size == 0 {
				size = len(c)
			}
			if len(c) != size || size < 2 || size > 3 {
				return geom.NoLayout, broken(n, "has positions that all have two numbers, or all three", "的各坐标应都是两个数，或都是三个数")
			}
		}
	}
	switch size {
	case 2:
		return geom.XY, nil
	case 3:
		return geom.XYZ, nil
	}
	return geom.NoLayout, broken(n, "has no position", "没有坐标")
}

func point(n *xmltree.Node) (geom.T, error) {
	cs, err := positions(n)
	if err != nil {
		return nil, err
	}
	if len(cs) != 1 {
		return nil, broken(n, "has one position", "应有一个坐标")
	}
	l, err := layout(n, cs)
	if err != nil {
		return nil, err
	}
	return geom.NewPoint(l).SetCoords(cs[0])
}

func lineString(n *xmltree.Node) (geom.T, error) {
	cs, err := positions(n)
	if err != nil {
		return nil, err
	}
	return line(n, cs)
}

func line(n *xmltree.Node, cs []geom.Coord) (geom.T, error) {
	l, err := layout(n, cs)
	if err != nil {
		return nil, err
	}
	return geom.NewLineString(l).SetCoords(cs)
}

func curve(n *xmltree.Node) (geom.T, error) {
	cs, err := path(n)
	if err != nil {
		return nil, err
	}
	return line(n, cs)
}

// path reads the positions of a line, a curve of straight segments, or several of them end to end.
func path(n *xmltree.Node) ([]geom.Coord, error) {
	switch n.Name.Local {
	case "LineString", "LinearRing", "LineStringSegment":
		return positions(n)
	case "Curve", "CompositeCurve", "Ring", "segments", "curveMember", "curveMembers":
		var all []geom.Coord
		for _, child := range n.Children {
			cs, err := path(child)
			if err != nil {
				return nil, err
			}
			if len(all) > 0 && len(cs) > 0 && all[len(all)-1].Equal(geom.XY, cs[0]) {
				cs = cs[1:]
			}
			all = append(all, cs...)
		}
		return all, nil
	}
	return nil, layers.Refuse(layers.ErrInvalid, "gml:%s is not offered; curves are of straight segments", "不支持 gml:%s；曲线只能由直线段组成", n.Name.Local)
}

// rings reads a polygon's, the outer first.
func rings(n *xmltree.Node) ([][]geom.Coord, error) {
	outer := n.All("exterior", "outerBoundaryIs")
	if len(outer) != 1 {
		return nil, broken(n, "has one outer ring", "应有一个外边界")
	}
	var all [][]geom.Coord
	for _, boundary := range append(outer, n.All("interior", "innerBoundaryIs")...) {
		if len(boundary.Children) == 0 {
			return nil, broken(n, "has an empty boundary", "的边界为空")
		}
		for _, ring := range boundary.Children {
			cs, err := path(ring)
			if err != nil {
				return nil, err
			}
			all = append(all, cs)
		}
	}
	return all, nil
}

func polygon(n *xmltree.Node) (geom.T, error) {
	cs, err := rings(n)
	if err != nil {
		return nil, err
	}
	l, err := layout(n, cs...)
	if err != nil {
		return nil, err
	}
	return geom.NewPolygon(l).SetCoords(cs)
}

// patches reads a surface: one patch is a polygon, several are one of many parts.
func patches(n *xmltree.Node) (geom.T, error) {
	var all []geom.T
	for _, list := range n.All("patches", "polygonPatches") {
		for _, patch := range list.Children {
			if patch.Name.Local != "PolygonPatch" {
				return nil, layers.Refuse(layers.ErrInvalid, "gml:%s is not offered; surfaces are of plane patches", "不支持 gml:%s；曲面只能由平面片组成", patch.Name.Local)
			}
			g, err := polygon(patch)
			if err != nil {
				return nil, err
			}
			all = append(all, g)
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return many(n, all)
}

// multi reads the members of a geometry of many parts of one kind.
func multi(members ...string) func(*xmltree.Node) (geom.T, error) {
	return func(n *xmltree.Node) (geom.T, error) {
		parts, err := within(n, members...)
		if err != nil {
			return nil, err
		}
		return many(n, parts)
	}
}

func within(n *xmltree.Node, members ...string) ([]geom.T, error) {
	var parts []geom.T
	for _, member := range n.All(members...) {
		for _, child := range member.Children {
			g, err := Geometry(child)
			if err != nil {
				return nil, err
			}
			parts = append(parts, g)
		}
	}
	return parts, nil
}

// many makes one geometry of parts of one kind.
func many(n *xmltree.Node, parts []geom.T) (geom.T, error) {
	if len(parts) == 0 {
		return nil, broken(n, "has no members", "没有成员")
	}
	l := parts[0].Layout()
	points, lines, polygons := geom.NewMultiPoint(l), geom.NewMultiLineString(l), geom.NewMultiPolygon(l)
	for _, part := range parts {
		if err := push(points, lines, polygons, part); err != nil {
			return nil, broken(n, "has members of one kind, which all have two dimensions, or all three", "的成员应同类，且维数相同")
		}
	}
	for _, whole := range []geom.T{points, lines, polygons} {
		if !whole.Empty() && len(whole.FlatCoords()) == len(points.FlatCoords())+len(lines.FlatCoords())+len(polygons.FlatCoords()) {
			return whole, nil
		}
	}
	return nil, broken(n, "has members of one kind", "的成员应同类")
}

func push(points *geom.MultiPoint, lines *geom.MultiLineString, polygons *geom.MultiPolygon, part geom.T) error {
	switch part := part.(type) {
	case *geom.Point:
		return points.Push(part)
	case *geom.LineString:
		return lines.Push(part)
	case *geom.Polygon:
		return polygons.Push(part)
	case *geom.MultiPolygon:
		for i := range part.NumPolygons() {
			if err := polygons.Push(part.Polygon(i)); err != nil {
				return err
			}
		}
		return nil
	}
	return layers.ErrInvalid
}

func collection(n *xmltree.Node) (geom.T, error) {
	parts, err := within(n, "geometryMember", "geometryMembers", "pointMember", "lineStringMember", "polygonMember")
	if err != nil {
		return nil, err
	}
	c := geom.NewGeometryCollection()
	return c, c.Push(parts...)
}
