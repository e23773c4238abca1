package cql

import (
	"fmt"
	"strings"
	"unicode"
)

// Op is an operator, by its name in CQL2 JSON.
type Op string

// The operators.
const (
	And      Op = "and"
	Or       Op = "or"
	Not      Op = "not"
	Equal    Op = "="
	NotEqual Op = "<>"
	Less     Op = "<"
	AtMost   Op = "<="
	Greater  Op = ">"
	AtLeast  Op = ">="
	Like     Op = "like"
	Between  Op = "between"
	In       Op = "in"
	IsNull   Op = "isNull"
)

// predicates bind tighter than NOT.
const predicates = 4

// operator is what there is to know of one.
type operator struct {
	binds int                                  // tighter the higher: OR, AND, NOT, then the rest
	text  func(c *Call, negated string) string // as CQL2 text; negated is "NOT " or ""
	sql   func(c *compiler, e *Call) (string, error)
}

var operators map[Op]operator

func init() { // the table's functions look into the table
	operators = map[Op]operator{
		Or:  {1, joined(" OR "), (*compiler).logical},
		And: {2, joined(" AND "), (*compiler).logical},
		Not: {3, func(c *Call, _ string) string { return negate(c.Args[0]) }, (*compiler).not},

		Equal:    {predicates, infix, (*compiler).compare},
		NotEqual: {predicates, infix, (*compiler).compare},
		Less:     {predicates, infix, (*compiler).compare},
		AtMost:   {predicates, infix, (*compiler).compare},
		Greater:  {predicates, infix, (*compiler).compare},
		AtLeast:  {predicates, infix, (*compiler).compare},

		Like: {predicates, func(c *Call, negated string) string {
			return write(c.Args[0]) + " " + negated + "LIKE " + write(c.Args[1])
		}, (*compiler).like},
		Between: {predicates, func(c *Call, negated string) string {
			return write(c.Args[0]) + " " + negated + "BETWEEN " + write(c.Args[1]) + " AND " + write(c.Args[2])
		}, (*compiler).between},
		In: {predicates, func(c *Call, negated string) string {
			return write(c.Args[0]) + " " + negated + "IN " + write(c.Args[1])
		}, (*compiler).in},
		IsNull: {predicates, func(c *Call, negated string) string { return write(c.Args[0]) + " IS " + negated + "NULL" }, (*compiler).isNull},
	}
}

// String writes the filter as CQL2 text, in one spelling: reading it again gives the same tree.
func (f *Filter) String() string { return write(f.Root) }

func write(e Expr) string {
	switch e := e.(type) {
	case *Call:
		return operators[e.Op].text(e, "")
	case *Property:
		return writeName(e.Name)
	case *Literal:
		return e.text()
	case *List:
		var items []string
		for _, item := range e.Items {
			items = append(items, write(item))
		}
		return "(" + strings.Join(items, ", ") + ")"
	}
	panic(fmt.Sprintf("a filter holds a %T", e))
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

// begins and continues say what a name without quotes is made of (OGC 21-065r2, annex B: identifierStart, identifierPart).
func begins(r rune) bool { return r == '_' || r == ':' || unicode.IsLetter(r) }

func continues(r rune) bool {
	return begins(r) || r == '.' || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r)
}

// infix writes an operator that stands between two values by its own name.
func infix(c *Call, _ string) string {
	return write(c.Args[0]) + " " + string(c.Op) + " " + write(c.Args[1])
}

// joined writes conditions with a word between them; those that bind less go into parentheses.
func joined(word string) func(*Call, string) string {
	return func(c *Call, _ string) string {
		var parts []string
		for _, a := range c.Args {
			parts = append(parts, inside(a, operators[c.Op].binds+1))
		}
		return strings.Join(parts, word)
	}
}

func inside(e Expr, binds int) string {
	if c, ok := e.(*Call); ok && operators[c.Op].binds < binds {
		return "(" + write(e) + ")"
	}
	return write(e)
}

// negate writes NOT where the operator has it.
func negate(e Expr) string {
	if c, ok := e.(*Call); ok && (c.Op == Like || c.Op == Between || c.Op == In || c.Op == IsNull) {
		return operators[c.Op].text(c, "NOT ")
	}
	return "NOT " + inside(e, operators[Not].binds)
}
