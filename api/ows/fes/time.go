package fes

import (
	"regexp"
	"slices"
	"strings"

	"onemap/api/ows/xmltree"
	"onemap/layers/cql"
)

// times makes a predicate that takes instants and intervals.
func times(op cql.Op) operator {
	return func(r *reader, n *xmltree.Node, depth int) (cql.Expr, error) {
		children, err := operands(n, 2)
		if err != nil {
			return nil, err
		}
		c := &cql.Call{Op: op}
		for _, child := range children {
			e, err := r.timeOf(child, depth)
			if err != nil {
				return nil, err
			}
			c.Args = append(c.Args, e)
		}
		return c, nil
	}
}

// spans makes a predicate of intervals; an instant, which FES takes here too, starts and ends at once.
func spans(op cql.Op) operator {
	return func(r *reader, n *xmltree.Node, depth int) (cql.Expr, error) {
		e, err := times(op)(r, n, depth)
		if err != nil {
			return nil, err
		}
		c := e.(*cql.Call)
		for i, a := range c.Args {
			if _, ok := a.(*cql.Interval); !ok {
				c.Args[i] = &cql.Interval{Start: a, End: a}
			}
		}
		return c, nil
	}
}

// timeOf reads an instant or a period, a property that is one, or a function that gives one.
func (r *reader) timeOf(n *xmltree.Node, depth int) (cql.Expr, error) {
	if isTime(n) {
		return r.time(n)
	}
	return r.value(n, cql.Timestamp, depth)
}

func isTime(n *xmltree.Node) bool {
	return n.Name.Local == "TimeInstant" || n.Name.Local == "TimePeriod"
}

// time reads a gml:TimeInstant or gml:TimePeriod.
func (r *reader) time(n *xmltree.Node) (cql.Expr, error) {
	if n.Name.Local == "TimeInstant" {
		e, err := r.position(n.Child("timePosition"))
		if err == nil && e == nil {
			err = refuse(InvalidParameterValue, "the instant is not determined", "时刻未确定")
		}
		return e, err
	}
	var ends [2]cql.Expr
	for i, names := range [][]string{{"beginPosition", "begin"}, {"endPosition", "end"}} {
		end := n.Child(names...)
		if end != nil && end.Child("TimeInstant") != nil {
			end = end.Child("TimeInstant").Child("timePosition")
		}
		e, err := r.position(end)
		if err != nil {
			return nil, err
		}
		ends[i] = e
	}
	return expr(cql.NewInterval(ends[0], ends[1], 0))
}

// toTheMinute is a time without seconds, which ISO 8601 allows and Java writes where they are none.
var toTheMinute = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)?$`)

// position reads a moment; nil is an open one.
func (r *reader) position(n *xmltree.Node) (cql.Expr, error) {
	if n == nil {
		return nil, refuse(OperationParsingFailed, "a time has a position", "时间应有位置")
	}
	text := strings.TrimSpace(n.Text)
	switch open := n.Attr("indeterminatePosition"); {
	case slices.Contains([]string{"unknown", "before", "after"}, open) && text == "":
		return nil, nil
	case open == "now":
		return nil, refuse(InvalidParameterValue, "indeterminatePosition now is not offered; say the time", "不支持 indeterminatePosition now，应给出时间")
	}
	e, ok := cql.NewLiteral(cql.Timestamp, toTheMinute.ReplaceAllString(text, "$1:00$2"))
	if !ok {
		return nil, refuse(InvalidParameterValue, "%[1]q is no time; want 2026-05-01T08:00:00+08:00", "%[1]q 不是时间，应形如 2026-05-01T08:00:00+08:00", text)
	}
	return e, nil
}
