package cql

import (
	"bytes"
	"fmt"
	"strings"
)

// String writes the filter as CQL2 text, in one spelling: reading it again gives the same tree. Coordinates are written
// with x, east, first. A few values have no spelling in CQL2 text; see Written.
func (f *Filter) String() string { return write(f.Root) }

// Written is String, and whether reading it gives the same filter. It does not where a text that came as JSON or XML holds a
// backslash that CQL2 text would take together with what follows it: a quote, a letter such as the t of a tab, or the end.
func (f *Filter) Written() (string, bool) {
	text := f.String()
	again, err := Parse(text)
	if err != nil {
		return text, false
	}
	a, errA := f.MarshalJSON()
	b, errB := again.MarshalJSON()
	return text, errA == nil && errB == nil && bytes.Equal(a, b)
}

func write(e Expr) string {
	switch e := e.(type) {
	case *Call:
		if o, ok := operators[e.Op]; ok {
			return o.text(e, "")
		}
		return called(e, "")
	case *Property:
		return writeName(e.Name)
	case *Literal:
		return e.text()
	case *List:
		return "(" + writeAll(e.Items) + ")"
	case *Interval:
		return "INTERVAL(" + writeEnd(e.Start) + ", " + writeEnd(e.End) + ")"
	case *Geometry:
		return e.text()
	case *Box:
		return "BBOX(" + writeNumbers(e.numbers(), ", ") + ")"
	}
	panic(fmt.Sprintf("a filter holds a %T", e))
}

func writeAll(es []Expr) string {
	var items []string
	for _, e := range es {
		items = append(items, write(e))
	}
	return strings.Join(items, ", ")
}

// writeEnd writes an end of an interval: moments there are only quoted.
func writeEnd(e Expr) string {
	if e == nil {
		return "'..'"
	}
	if l, ok := e.(*Literal); ok {
		return "'" + l.Value + "'"
	}
	return write(e)
}

func (l *Literal) text() string {
	switch l.Kind {
	case Text:
		return "'" + strings.ReplaceAll(l.Value, "'", "''") + "'"
	case Date:
		return "DATE('" + l.Value + "')"
	case Timestamp:
		return "TIMESTAMP('" + l.Value + "')"
	case Boolean:
		return strings.ToUpper(l.Value)
	}
	return l.Value
}

// writeName quotes what could be taken for something else.
func writeName(name string) string {
	for i, r := range name {
		if !begins(r) && (i == 0 || !continues(r)) {
			return quotedName(name)
		}
	}
	if name == "" || reserved[strings.ToUpper(name)] {
		return quotedName(name)
	}
	return name
}

func quotedName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// infix writes an operator that stands between two values. Of equals the left one comes first.
func infix(c *Call, negated string) string {
	o := operators[c.Op]
	left, right := o.binds, o.binds+1
	if o.binds == predicates || o.binds == powers {
		left++ // these are not chained
	}
	return inside(c.Args[0], left) + " " + negated + o.spelling + " " + inside(c.Args[1], right)
}

func writeBetween(c *Call, negated string) string {
	return inside(c.Args[0], sums) + " " + negated + "BETWEEN " + inside(c.Args[1], sums) + " AND " + inside(c.Args[2], sums)
}

func writeIsNull(c *Call, negated string) string {
	return inside(c.Args[0], sums) + " IS " + negated + "NULL"
}

// called writes an operator or a function by its name, with its arguments behind it.
func called(c *Call, _ string) string {
	name := writeName(string(c.Op))
	if o, ok := operators[c.Op]; ok {
		name = o.spelling
	}
	return name + "(" + writeAll(c.Args) + ")"
}

// joined writes conditions with a word between them; those that bind less go into parentheses.
func joined(c *Call, _ string) string {
	o := operators[c.Op]
	var parts []string
	for _, a := range c.Args {
		parts = append(parts, inside(a, o.binds+1))
	}
	return strings.Join(parts, " "+o.spelling+" ")
}

// inside writes a part of what binds so tight.
func inside(e Expr, binds int) string {
	if c, ok := e.(*Call); ok {
		if o, ok := operators[c.Op]; ok && o.binds < binds {
			return "(" + write(e) + ")"
		}
	}
	return write(e)
}

// negate writes NOT where the operator has it.
func negate(e Expr) string {
	if c, ok := e.(*Call); ok && (c.Op == Like || c.Op == Between || c.Op == In || c.Op == IsNull) {
		return operators[c.Op].text(c, "NOT ")
	}
	return "NOT " + inside(e, negations)
}
