package fes

import (
	"strconv"
	"strings"

	"onemap/api/ows/xmltree"
	"onemap/layers/cql"
)

func relates(op cql.Op) operator {
	return func(r *reader, n *xmltree.Node, depth int) (cql.Expr, error) {
		children, err := operands(n, 2)
		if err != nil {
			return nil, err
		}
		return r.spatial(op, depth, children...)
	}
}

func (r *reader) spatial(op cql.Op, depth int, nodes ...*xmltree.Node) (cql.Expr, error) {
	c := &cql.Call{Op: op}
	for _, n := range nodes {
		if inGML(n) != "" {
			return nil, refuse(InvalidParameterValue, "gml:%[1]s is no geometry that is kept", "gml:%[1]s 不是所存的几何图形", inGML(n))
		}
		e, err := r.shapeOf(n, depth)
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, e)
	}
	return c, nil
}

// bbox reads what is met by the geometry, where no property is named.
func (r *reader) bbox(n *xmltree.Node, depth int) (cql.Expr, error) {
	if len(n.Children) != 1 {
		return relates(cql.Intersects)(r, n, depth)
	}
	if r.Layer.Table.Geom == "" {
		return nil, refuse(OperationProcessingFailed, "the type has no geometry", "该类型没有几何图形")
	}
	e, err := r.spatial(cql.Intersects, depth, n.Children[0])
	if err != nil {
		return nil, err
	}
	c := e.(*cql.Call)
	c.Args = []cql.Expr{&cql.Property{Name: r.Layer.Table.Geom}, c.Args[0]}
	return c, nil
}

// units are lengths of them in metres.
var units = map[string]float64{
	"m": 1, "metre": 1, "metres": 1, "meter": 1, "meters": 1, "9001": 1, "km": 1000, "kilometre": 1000, "kilometres": 1000, "kilometer": 1000, "kilometers": 1000, "9036": 1000,
	"cm": 0.01, "mm": 0.001, "ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "9002": 0.3048, "mi": 1609.344, "mile": 1609.344, "miles": 1609.344, "nmi": 1852,
	"[ft_i]": 0.3048, "[mi_i]": 1609.344, "[nmi_i]": 1852, // as UCUM has them
}

// distance reads DWithin and Beyond.
func (r *reader) distance(n *xmltree.Node, depth int) (cql.Expr, error) {
	children, err := operands(n, 3)
	if err != nil {
		return nil, err
	}
	said := children[2]
	if said.Name.Local != "Distance" {
		return nil, unexpected(said, "Distance", " Distance")
	}
	uom := said.Attr("uom") + said.Attr("units")
	length, ok := units[strings.ToLower(uom[strings.LastIndexAny(uom, ":/#")+1:])]
	if !ok {
		return nil, refuse(InvalidParameterValue, "the unit %[1]q is not known; want m or km", "未知单位 %[1]q，应为 m 或 km", uom)
	}
	d, err := strconv.ParseFloat(strings.TrimSpace(said.Text), 64)
	metres, number := cql.NewLiteral(cql.Number, strconv.FormatFloat(d*length, 'g', -1, 64))
	if err != nil || !number || d < 0 {
		return nil, refuse(InvalidParameterValue, "%[1]q is no distance", "%[1]q 不是距离", said.Text)
	}
	e, err := r.spatial(cql.DWithin, depth, children[:2]...)
	if err != nil {
		return nil, err
	}
	c := e.(*cql.Call)
	if c.Args = append(c.Args, metres); n.Name.Local == "Beyond" {
		return &cql.Call{Op: cql.Not, Args: []cql.Expr{c}}, nil
	}
	return c, nil
}
