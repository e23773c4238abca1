package fes

import (
	"slices"
	"strings"

	"onemap/api/ows/gml"
	"onemap/api/ows/xmltree"
	"onemap/layers/cql"
	"onemap/layers/format"
)

func isLiteral(n *xmltree.Node) bool { return n.Name.Local == "Literal" }

// alike reads values that are compared with each other. A literal says nothing of its kind: it is of the others'.
func (r *reader) alike(depth int, nodes ...*xmltree.Node) ([]cql.Expr, cql.Kind, error) {
	values := make([]cql.Expr, len(nodes))
	kind := cql.Text
	for i, n := range nodes {
		if isLiteral(n) {
			continue
		}
		e, err := r.value(n, "", depth)
		if err != nil {
			return nil, "", err
		}
		values[i] = e
		if kind, err = cql.KindOf(r.Layer, e); err != nil {
			return nil, "", err
		}
	}
	for i, n := range nodes {
		if values[i] != nil {
			continue
		}
		e, err := r.value(n, kind, depth)
		if err != nil {
			return nil, "", err
		}
		values[i] = e
	}
	return values, kind, nil
}

// value reads any value; a literal is of the kind.
func (r *reader) value(n *xmltree.Node, kind cql.Kind, depth int) (cql.Expr, error) {
	if depth > cql.MaxDepth {
		return nil, refuse(OperationParsingFailed, "it is nested deeper than %[1]d levels", "嵌套超过 %[1]d 层", cql.MaxDepth)
	}
	switch n.Name.Local {
	case "ValueReference", "PropertyName":
		return r.property(n)
	case "Literal":
		return r.literal(n, kind)
	case "Function":
		return r.function(n, depth)
	case "Add", "Sub", "Mul", "Div":
		return r.arithmetic(n, depth)
	}
	return nil, unexpected(n, "a ValueReference, Literal or Function", " ValueReference、Literal 或 Function")
}

// property reads a path to a property: its name, or that behind the name of the feature's type. Each may have a prefix.
func (r *reader) property(n *xmltree.Node) (cql.Expr, error) {
	text := strings.TrimSpace(n.Text)
	steps := strings.Split(strings.TrimPrefix(text, "/"), "/")
	name := format.FromXMLName(n.Resolve(strings.TrimSuffix(steps[len(steps)-1], "[1]")).Local)
	known := len(steps) == 1 || len(steps) == 2 && r.names(n.Resolve(steps[0]).Local)
	if format.XMLName(name) == format.GMLGeometryName(r.Layer) && r.Layer.Table.Geom != "" {
		name = r.Layer.Table.Geom
	}
	if !known || name == "" {
		return nil, refuse(InvalidParameterValue, "%[1]q is no property; want its name, or type/name", "%[1]q 不是属性，应为属性名或 类型/属性名", text)
	}
	e := &cql.Property{Name: name}
	_, err := cql.KindOf(r.Layer, e)
	return e, err
}

// names reports whether an element stands for the layer: by its own name, or by the one that the query gives it.
func (r *reader) names(element string) bool {
	return format.FromXMLName(element) == r.Layer.Name || r.Alias != "" && element == r.Alias
}

// inGML is the local name of a property that GML gives every feature; "" is another.
func inGML(n *xmltree.Node) string {
	if n.Name.Local != "ValueReference" && n.Name.Local != "PropertyName" {
		return ""
	}
	text := strings.TrimSpace(n.Text)
	name := n.Resolve(strings.TrimSuffix(text[strings.LastIndex(text, "/")+1:], "[1]"))
	if strings.HasPrefix(name.Space, "http://www.opengis.net/gml") || name.Space == "gml" {
		return name.Local
	}
	return ""
}

// standard reports whether one of the values is a property that GML gives every feature, and no feature here has.
func standard(nodes ...*xmltree.Node) bool {
	return slices.ContainsFunc(nodes, func(n *xmltree.Node) bool {
		return slices.Contains([]string{"name", "description", "descriptionReference", "identifier", "metaDataProperty"}, inGML(n))
	})
}

// unreadable reports whether one of the values is gml:boundedBy.
func unreadable(nodes ...*xmltree.Node) bool {
	return slices.ContainsFunc(nodes, func(n *xmltree.Node) bool { return inGML(n) == "boundedBy" })
}

func (r *reader) literal(n *xmltree.Node, kind cql.Kind) (cql.Expr, error) {
	if len(n.Children) == 1 {
		child := n.Children[0]
		if isTime(child) {
			return r.time(child)
		}
		return r.shape(child)
	}
	if len(n.Children) > 1 {
		return nil, unexpected(n.Children[1], "one value", "一个值")
	}
	e, ok := cql.NewLiteral(kind, n.Text)
	if !ok {
		return nil, refuse(InvalidParameterValue, "%[1]q is no %[2]s", "%[1]q 不是%[3]s", strings.TrimSpace(n.Text), kind, cql.KindZh(kind))
	}
	return e, nil
}

func (r *reader) function(n *xmltree.Node, depth int) (cql.Expr, error) {
	f, ok := cql.Lookup(n.Attr("name"))
	if !ok {
		return nil, refuse(InvalidParameterValue, "the function %[1]q is not offered; the list is in the capabilities", "不支持函数 %[1]q；清单见服务能力文档", n.Attr("name"))
	}
	children, err := operands(n, len(f.Args))
	if err != nil {
		return nil, err
	}
	c := &cql.Call{Op: cql.Op(f.Name)}
	for i, child := range children {
		var e cql.Expr
		var err error
		if f.Args[i] == cql.Shape {
			e, err = r.shapeOf(child, depth+1)
		} else {
			e, err = r.value(child, f.Args[i], depth+1)
		}
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, e)
	}
	return c, nil
}

var calculations = map[string]cql.Op{"Add": cql.Plus, "Sub": cql.Minus, "Mul": cql.Times, "Div": cql.DividedBy}

// arithmetic reads what FES 1.1 has for it.
func (r *reader) arithmetic(n *xmltree.Node, depth int) (cql.Expr, error) {
	children, err := operands(n, 2)
	if err != nil {
		return nil, err
	}
	c := &cql.Call{Op: calculations[n.Name.Local]}
	for _, child := range children {
		e, err := r.value(child, cql.Number, depth+1)
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, e)
	}
	return c, nil
}

// shapeOf reads a geometry, a property that is one, or a function that gives one.
func (r *reader) shapeOf(n *xmltree.Node, depth int) (cql.Expr, error) {
	switch n.Name.Local {
	case "ValueReference", "PropertyName", "Function", "Literal":
		return r.value(n, cql.Shape, depth)
	}
	return r.shape(n)
}

// shape reads a geometry or an envelope.
func (r *reader) shape(n *xmltree.Node) (cql.Expr, error) {
	crs, err := gml.CRSOf(n, r.CRS)
	if err == nil && r.Known != nil && crs.SRID != r.CRS.SRID {
		err = r.Known(crs.SRID)
	}
	if err != nil {
		return nil, err
	}
	if gml.IsBox(n) {
		numbers, err := gml.Box(n)
		if err != nil {
			return nil, err
		}
		return expr(cql.NewBox(numbers, crs, 0))
	}
	g, err := gml.Geometry(n)
	if err != nil {
		return nil, err
	}
	return expr(cql.NewGeometry(g, crs, 0))
}

func expr[E cql.Expr](e E, err error) (cql.Expr, error) {
	if err != nil {
		return nil, err
	}
	return e, nil
}
