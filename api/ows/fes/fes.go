// Package fes reads OGC filter encoding (2.0: 09-026r2, and 1.1 and 1.0: 04-095, 02-059) into the tree of package cql: the
// filters of WFS are compiled and checked as those of every other door.
//
// Elements are known by their local names, in whichever version's namespace and under whichever prefix.
package fes

import (
	"errors"
	"fmt"
	"strings"

	"onemap/api/ows/xmltree"
	"onemap/layers"
	"onemap/layers/cql"
)

// Options say what a filter is about.
type Options struct {
	Layer *layers.Layer        // whose properties it names
	Alias string               // another name of the layer, in paths; "" = none
	CRS   cql.CRS              // of geometries that name none
	Known func(srid int) error // whether there is such a system, for geometries that name theirs; nil = it is not asked
	Scope map[string]string    // prefixes that stand for namespaces besides those that the filter declares
}

// Query is what a filter selects: the features that it is true of, or those with one of the ids, as gml:id has them.
type Query struct {
	Filter *cql.Filter // nil = all
	IDs    []string    // nil = all
	Nil    []string    // properties that PropertyIsNil asks about: an answer says xsi:nil of them
}

// Codes of exceptions (09-025r2, table 3; 06-121r3).
const (
	OperationParsingFailed    = "OperationParsingFailed"
	OperationProcessingFailed = "OperationProcessingFailed"
	InvalidParameterValue     = "InvalidParameterValue"
)

// Locator is the parameter that an Error is about.
const Locator = "filter"

// Error is what is wrong with a filter, under a code. It is layers.ErrInvalid.
type Error struct {
	Code  string
	words layers.Words
}

func (e *Error) Error() string { return "invalid: " + e.words.En }

// Unwrap makes it layers.ErrInvalid.
func (e *Error) Unwrap() error { return layers.ErrInvalid }

// Words are those for the sender.
func (e *Error) Words() layers.Words { return e.words }

func refuse(code, en, zh string, args ...any) error {
	words := layers.Say(en, zh, args...)
	return &Error{code, layers.Words{En: "filter: " + words.En, Zh: "过滤条件：" + words.Zh}}
}

// coded gives a code to what another package says of the filter.
func coded(code string, err error) error {
	var own *Error
	if err == nil || errors.As(err, &own) || !errors.Is(err, layers.ErrInvalid) {
		return err
	}
	if said, ok := layers.WordsOf(err); ok {
		return &Error{code, said}
	}
	return refuse(code, "%[1]s", "%[1]s", strings.TrimPrefix(err.Error(), layers.ErrInvalid.Error()+": "))
}

// Parse reads the text of a filter. It returns an *Error for one that can not be read, or does not fit the layer.
func Parse(text string, opt Options) (Query, error) {
	root, err := xmltree.Parse([]byte(text), opt.Scope)
	if err != nil {
		return Query{}, coded(OperationParsingFailed, err)
	}
	return Read(root, opt)
}

// Read reads the element of a filter. It returns an *Error for one that can not be read, or does not fit the layer.
func Read(root *xmltree.Node, opt Options) (Query, error) {
	if root.Name.Local != "Filter" {
		return Query{}, refuse(OperationParsingFailed, "its root is %[1]s; want Filter", "根元素为 %[1]s，应为 Filter", root.Name.Local)
	}
	if len(root.Children) == 0 {
		return Query{}, refuse(OperationParsingFailed, "it is empty", "内容为空")
	}
	if idElements[root.Children[0].Name.Local] {
		ids, err := readIDs(root)
		return Query{IDs: ids}, err
	}
	if len(root.Children) > 1 {
		return Query{}, refuse(OperationParsingFailed, "Filter has %[1]d conditions; want one, joined by And or Or", "Filter 有 %[1]d 个条件，应以 And 或 Or 合并为一个", len(root.Children))
	}
	r := &reader{Options: opt}
	condition, err := r.condition(root.Children[0], 1)
	if err != nil {
		return Query{}, coded(InvalidParameterValue, err)
	}
	filter, err := cql.New(condition)
	if err == nil {
		err = filter.Check(opt.Layer)
	}
	return Query{Filter: filter, Nil: r.nils}, coded(InvalidParameterValue, err)
}

// idElements name features by their ids, in the three versions.
var idElements = map[string]bool{"ResourceId": true, "GmlObjectId": true, "FeatureId": true}

func readIDs(root *xmltree.Node) ([]string, error) {
	ids := []string{}
	for _, child := range root.Children {
		if !idElements[child.Name.Local] {
			return nil, refuse(OperationParsingFailed, "%[1]s stands beside ids; want one or the other", "%[1]s 与标识并列，两者只能有一种", child.Name.Local)
		}
		for _, name := range []string{"version", "previousRid", "startDate", "endDate"} {
			if child.Attr(name) != "" {
				return nil, refuse(InvalidParameterValue, "ResourceId by %[1]s is not offered", "不支持按 %[1]s 指定 ResourceId", name)
			}
		}
		id := ""
		for _, name := range []string{"rid", "id", "fid"} {
			id += child.Attr(name)
		}
		if id == "" {
			return nil, refuse(OperationParsingFailed, "%[1]s has no id", "%[1]s 没有标识", child.Name.Local)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// reader reads the conditions of a filter.
type reader struct {
	Options
	nils []string // properties that were asked about by PropertyIsNil
}

// operator reads one kind of condition.
type operator func(r *reader, n *xmltree.Node, depth int) (cql.Expr, error)

// operators are the conditions by their elements.
var operators map[string]operator

func init() { // logical operators look into the table
	operators = map[string]operator{
		"And": joins(cql.And), "Or": joins(cql.Or), "Not": (*reader).not,

		"PropertyIsEqualTo": compares(cql.Equal), "PropertyIsNotEqualTo": compares(cql.NotEqual),
		"PropertyIsLessThan": compares(cql.Less), "PropertyIsLessThanOrEqualTo": compares(cql.AtMost),
		"PropertyIsGreaterThan": compares(cql.Greater), "PropertyIsGreaterThanOrEqualTo": compares(cql.AtLeast),
		"PropertyIsLike": (*reader).like, "PropertyIsBetween": (*reader).between,
		"PropertyIsNull": (*reader).isNull, "PropertyIsNil": (*reader).isNil,

		"BBOX": (*reader).bbox, "DWithin": (*reader).distance, "Beyond": (*reader).distance,
		"Equals": relates(cql.Equals), "Disjoint": relates(cql.Disjoint), "Touches": relates(cql.Touches), "Within": relates(cql.Within),
		"Overlaps": relates(cql.Overlaps), "Crosses": relates(cql.Crosses), "Intersects": relates(cql.Intersects), "Contains": relates(cql.Contains),

		"After": times(cql.After), "Before": times(cql.Before), "TEquals": times(cql.TEquals), "AnyInteracts": times(cql.TIntersects),
		"Begins": spans(cql.Starts), "BegunBy": spans(cql.StartedBy), "TContains": spans(cql.TContains), "During": spans(cql.During),
		"EndedBy": spans(cql.FinishedBy), "Ends": spans(cql.Finishes), "Meets": spans(cql.Meets), "MetBy": spans(cql.MetBy),
		"TOverlaps": spans(cql.TOverlaps), "OverlappedBy": spans(cql.OverlappedBy),
	}
}

func (r *reader) condition(n *xmltree.Node, depth int) (cql.Expr, error) {
	if depth > cql.MaxDepth {
		return nil, refuse(OperationParsingFailed, "it is nested deeper than %[1]d levels", "嵌套超过 %[1]d 层", cql.MaxDepth)
	}
	if n.Name.Local == "Function" {
		return r.function(n, depth)
	}
	read := operators[n.Name.Local]
	if read == nil {
		return nil, refuse(OperationParsingFailed, "the operator %[1]s is not offered; the list is in the capabilities", "不支持运算符 %[1]s；清单见服务能力文档", n.Name.Local)
	}
	return read(r, n, depth)
}

func joins(op cql.Op) operator {
	return func(r *reader, n *xmltree.Node, depth int) (cql.Expr, error) {
		var all []cql.Expr
		for _, child := range n.Children {
			e, err := r.condition(child, depth+1)
			if err != nil {
				return nil, err
			}
			all = append(all, e)
		}
		switch len(all) {
		case 0:
			return nil, refuse(OperationParsingFailed, "%[1]s is empty", "%[1]s 内容为空", n.Name.Local)
		case 1:
			return all[0], nil
		}
		return cql.Join(op, all...), nil
	}
}

func (r *reader) not(n *xmltree.Node, depth int) (cql.Expr, error) {
	if len(n.Children) != 1 {
		return nil, refuse(OperationParsingFailed, "Not has %[1]d conditions; want one", "Not 有 %[1]d 个条件，应为一个", len(n.Children))
	}
	e, err := r.condition(n.Children[0], depth+1)
	return &cql.Call{Op: cql.Not, Args: []cql.Expr{e}}, err
}

// operands are the elements of a comparison, as many as it has.
func operands(n *xmltree.Node, count int) ([]*xmltree.Node, error) {
	if len(n.Children) != count {
		return nil, refuse(OperationParsingFailed, "%[1]s has %[2]d operands; want %[3]d", "%[1]s 有 %[2]d 个操作数，应为 %[3]d 个", n.Name.Local, len(n.Children), count)
	}
	return n.Children, nil
}

func unexpected(n *xmltree.Node, en, zh string) error {
	return refuse(OperationParsingFailed, "%[1]s stands where %[2]s is wanted", "此处为 %[1]s，应为%[3]s", fmt.Sprintf("%s in %s", n.Name.Local, n.Parent.Name.Local), en, zh)
}
