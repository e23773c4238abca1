package fes

import (
	"strings"
	"unicode/utf8"

	"onemap/api/ows/xmltree"
	"onemap/layers/cql"
)

func compares(op cql.Op) operator {
	return func(r *reader, n *xmltree.Node, depth int) (cql.Expr, error) {
		switch n.Attr("matchAction") { // properties have one value, so that any, all and one of them are the same
		case "", "Any", "All", "One":
		default:
			return nil, refuse(OperationParsingFailed, "matchAction is %[1]q; want Any, All or One", "matchAction 为“%[1]s”，应为 Any、All 或 One", n.Attr("matchAction"))
		}
		children, err := operands(n, 2)
		if err != nil {
			return nil, err
		}
		if unreadable(children...) {
			return nil, refuse(OperationProcessingFailed, "gml:boundedBy is made of the geometry, and not compared", "gml:boundedBy 由几何图形得出，不能用于比较")
		}
		if standard(children...) {
			return unknown(), nil
		}
		values, kind, err := r.alike(depth, children...)
		if err != nil {
			return nil, err
		}
		if kind == cql.Text {
			values = folded(n, values...)
		}
		return &cql.Call{Op: op, Args: values}, nil
	}
}

// folded has a comparison disregard case where it says so.
func folded(n *xmltree.Node, values ...cql.Expr) []cql.Expr {
	if v := n.Attr("matchCase"); v != "false" && v != "0" {
		return values
	}
	var all []cql.Expr
	for _, v := range values {
		all = append(all, &cql.Call{Op: cql.CaseI, Args: []cql.Expr{v}})
	}
	return all
}

func (r *reader) between(n *xmltree.Node, depth int) (cql.Expr, error) {
	children, err := operands(n, 3)
	if err != nil {
		return nil, err
	}
	for i, name := range []string{"LowerBoundary", "UpperBoundary"} {
		boundary := children[i+1]
		if boundary.Name.Local != name || len(boundary.Children) != 1 {
			return nil, unexpected(boundary, name+" with one value", name+"，且含一个值")
		}
		children[i+1] = boundary.Children[0]
	}
	if standard(children...) {
		return unknown(), nil
	}
	values, _, err := r.alike(depth, children...)
	return &cql.Call{Op: cql.Between, Args: values}, err
}

func (r *reader) isNull(n *xmltree.Node, depth int) (cql.Expr, error) {
	children, err := operands(n, 1)
	if err != nil {
		return nil, err
	}
	if standard(children...) || unreadable(children...) { // none of them is ever written
		return &cql.Literal{Kind: cql.Boolean, Value: "true"}, nil
	}
	e, err := r.value(children[0], cql.Text, depth)
	return &cql.Call{Op: cql.IsNull, Args: []cql.Expr{e}}, err
}

// isNil is true where isNull is: whichever way an answer says that there is no value.
func (r *reader) isNil(n *xmltree.Node, depth int) (cql.Expr, error) {
	e, err := r.isNull(n, depth)
	if call, ok := e.(*cql.Call); ok {
		if p, ok := call.Args[0].(*cql.Property); ok {
			r.nils = append(r.nils, p.Name)
		}
	}
	return e, err
}

// unknown is neither true nor false.
func unknown() cql.Expr {
	one := &cql.Literal{Kind: cql.Number, Value: "1"}
	nothing := &cql.Call{Op: cql.DividedBy, Args: []cql.Expr{one, &cql.Literal{Kind: cql.Number, Value: "0"}}}
	return &cql.Call{Op: cql.Equal, Args: []cql.Expr{nothing, one}}
}

func (r *reader) like(n *xmltree.Node, depth int) (cql.Expr, error) {
	children, err := operands(n, 2)
	if err != nil {
		return nil, err
	}
	if standard(children...) {
		return unknown(), nil
	}
	subject, said := children[0], children[1]
	if isLiteral(subject) {
		subject, said = said, subject
	}
	if !isLiteral(said) {
		return nil, unexpected(said, "a Literal", "Literal")
	}
	value, err := r.value(subject, cql.Text, depth)
	if err != nil {
		return nil, err
	}
	pattern, err := patternOf(n, said.Text)
	if err != nil {
		return nil, err
	}
	return &cql.Call{Op: cql.Like, Args: folded(n, value, pattern)}, nil
}

// patternOf writes a pattern with the wild cards of CQL2.
func patternOf(n *xmltree.Node, text string) (*cql.Literal, error) {
	any, one, escape := n.Attr("wildCard"), n.Attr("singleChar"), n.Attr("escapeChar")+n.Attr("escape")
	if any == "" || one == "" || escape == "" {
		return nil, refuse(OperationParsingFailed, "PropertyIsLike has wildCard, singleChar and escapeChar", "PropertyIsLike 应有 wildCard、singleChar 和 escapeChar")
	}
	var pattern strings.Builder
	for text != "" {
		escaped := strings.HasPrefix(text, escape) && len(text) > len(escape)
		if escaped {
			text = text[len(escape):]
		}
		switch {
		case !escaped && strings.HasPrefix(text, any):
			pattern.WriteByte('%')
			text = text[len(any):]
			continue
		case !escaped && strings.HasPrefix(text, one):
			pattern.WriteByte('_')
			text = text[len(one):]
			continue
		}
		c, size := utf8.DecodeRuneInString(text)
		if strings.ContainsRune(`%_\`, c) {
			pattern.WriteByte('\\')
		}
		pattern.WriteRune(c)
		text = text[size:]
	}
	return &cql.Literal{Kind: cql.Text, Value: pattern.String()}, nil
}
