// Package cql is the one filter language: a tree of operators, properties and literals, read from CQL2 (OGC 21-065r2) as
// text or JSON and written again in one spelling of either, checked against a layer's properties and their types, and
// compiled to SQL with parameters. OGC filter encoding (package fes) makes the same tree.
//
// The tree is that of CQL2 JSON: a Call is an operator with arguments, whatever its kind. What there is to know of an
// operator is a row of the table in operators.go, of a function a row of that in functions.go. All of CQL2's classes are
// offered: comparison, LIKE, BETWEEN, IN, CASEI and ACCENTI, arithmetic, spatial, temporal and array predicates, functions.
package cql

import (
	"fmt"
	"unicode/utf8"

	"onemap/layers"
)

// The limits of a filter.
const (
	MaxLength   = 100_000 // characters, as it is sent and as it is written
	MaxDepth    = 64      // levels of parentheses, NOT and operators
	MaxNodes    = 10_000  // operators, properties and values
	MaxVertices = 10_000  // positions in all its geometries
)

// Expr is a node of a filter's tree: *Call, *Property, *Literal, *List, *Interval, *Geometry or *Box.
type Expr interface {
	// Column is where the node begins in the text it was read from, in characters from 1; 0 = it was not read from text.
	Column() int
}

// Call is an operator or a function with its arguments.
type Call struct {
	Op   Op
	Args []Expr
	At   int
}

// Property is the value of a feature's property, or its geometry.
type Property struct {
	Name string
	At   int
}

// Literal is a value. Value is its text as PostgreSQL reads it: a number in its shortest form, true or false,
// 2026-05-01, 2026-05-01T08:00:00Z.
type Literal struct {
	Kind  Kind
	Value string
	At    int
}

// List is what IN looks in, or an array.
type List struct {
	Items []Expr
	At    int
}

// Interval is a span of time, both ends inclusive: each a Date or Timestamp literal, a property or a function; nil is open.
type Interval struct {
	Start, End Expr
	At         int
}

// Column implements Expr.
func (e *Call) Column() int { return e.At }

// Column implements Expr.
func (e *Property) Column() int { return e.At }

// Column implements Expr.
func (e *Literal) Column() int { return e.At }

// Column implements Expr.
func (e *List) Column() int { return e.At }

// Column implements Expr.
func (e *Interval) Column() int { return e.At }

// Kind is the kind of a value; values of different kinds are not compared.
type Kind string

// The kinds.
const (
	Text      Kind = "text"
	Number    Kind = "number"
	Boolean   Kind = "boolean"
	Date      Kind = "date"
	Timestamp Kind = "timestamp"
	Span      Kind = "interval"
	Shape     Kind = "geometry"
	Array     Kind = "array"
)

var kindsZh = map[Kind]string{
	Text: "文本", Number: "数值", Boolean: "布尔值", Date: "日期", Timestamp: "时刻", Span: "时段", Shape: "几何图形", Array: "数组",
}

// Filter is a condition on features. It is a layers.Condition.
type Filter struct{ Root Expr }

// New makes a filter of a tree. It returns ErrInvalid, as an *Error, for one that is beyond the limits or is no condition.
func New(root Expr) (*Filter, error) {
	if !isCondition(root) {
		return nil, wrong(root.Column(), "a condition is wanted, not a value", "此处应为条件，而不是值")
	}
	if err := measure(root); err != nil {
		return nil, err
	}
	f := &Filter{root}
	if n := utf8.RuneCountInString(f.String()); n > MaxLength { // it must be possible to read it again
		return nil, tooLong(n)
	}
	return f, nil
}

// All is the filter that is true where all of one or more are.
func All(filters ...*Filter) (*Filter, error) {
	if len(filters) == 1 {
		return filters[0], nil
	}
	var roots []Expr
	for _, f := range filters {
		roots = append(roots, f.Root)
	}
	return New(join(And, roots, 0))
}

// isCondition reports whether e may be true or false: what a function gives is known only when it is looked up.
func isCondition(e Expr) bool {
	switch e := e.(type) {
	case *Call:
		o, ok := operators[e.Op]
		return !ok || o.gives == Boolean
	case *Literal:
		return e.Kind == Boolean
	}
	return false
}

// Check returns ErrInvalid, as an *Error, where the filter does not fit a layer: a property that it has not, or one that is
// compared with what is of another kind.
func (f *Filter) Check(l *layers.Layer) error {
	_, err := f.SQL(l, func(string, string) string { return "" })
	return err
}

// Error is what is wrong with a filter, in both languages. It is layers.ErrInvalid.
type Error struct {
	Column int // characters from 1; 0 = of the whole
	words  layers.Words
}

func (e *Error) Error() string { return "invalid: " + e.words.En }

// Unwrap makes it layers.ErrInvalid.
func (e *Error) Unwrap() error { return layers.ErrInvalid }

// Words are those for the sender.
func (e *Error) Words() layers.Words { return e.words }

// wrong says what is wrong at a column.
func wrong(column int, en, zh string, args ...any) error {
	words := layers.Say(en, zh, args...)
	if column > 0 {
		words = layers.Words{En: fmt.Sprintf("filter, column %d: %s", column, words.En), Zh: fmt.Sprintf("过滤条件第 %d 个字符处：%s", column, words.Zh)}
	} else {
		words = layers.Words{En: "filter: " + words.En, Zh: "过滤条件：" + words.Zh}
	}
	return &Error{column, words}
}

func tooLong(n int) error {
	return wrong(0, "it has %[1]d characters; want at most %[2]d", "共 %[1]d 个字符，最多 %[2]d 个", n, MaxLength)
}
