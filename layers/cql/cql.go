// Package cql is the one filter language: a tree of operators, properties and literals, read from CQL2 text (OGC 21-065r2),
// written again in one spelling, checked against a layer's properties and their types, and compiled to SQL with parameters.
//
// The tree is that of CQL2 JSON: a Call is an operator with arguments, whatever its kind; a new operator is a row of the
// table in operators.go, and words for it in the parser. Offered now are the classes basic CQL2, advanced comparison
// operators (LIKE, BETWEEN, IN) and property-property, with text, numbers, booleans, DATE and TIMESTAMP.
package cql

import (
	"fmt"

	"onemap/layers"
	"onemap/layers/format"
)

// The limits of a filter.
const (
	MaxLength = 4000 // characters
	MaxDepth  = 32   // levels of parentheses and NOT
)

// Expr is a node of a filter's tree: *Call, *Property, *Literal or *List.
type Expr interface {
	// Column is where the node begins in the text it was read from, in characters from 1; 0 = it was not read from text.
	Column() int
}

// Call is an operator with its arguments.
type Call struct {
	Op   Op
	Args []Expr
	At   int
}

// Property is the value of a feature's property.
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

// List is what IN looks in.
type List struct {
	Items []Expr
	At    int
}

// Column implements Expr.
func (e *Call) Column() int { return e.At }

// Column implements Expr.
func (e *Property) Column() int { return e.At }

// Column implements Expr.
func (e *Literal) Column() int { return e.At }

// Column implements Expr.
func (e *List) Column() int { return e.At }

// Kind is the kind of a value; values of different kinds are not compared.
type Kind string

// The kinds.
const (
	Text      Kind = "text"
	Number    Kind = "number"
	Boolean   Kind = "boolean"
	Date      Kind = "date"
	Timestamp Kind = "timestamp"
)

var kindsZh = map[Kind]string{Text: "文本", Number: "数值", Boolean: "布尔值", Date: "日期", Timestamp: "时刻"}

// Filter is a condition on features. It is a layers.Condition.
type Filter struct{ Root Expr }

// Check returns ErrInvalid, as an *Error, where the filter does not fit a layer: a property that it has not, or one that is
// compared with what is of another kind.
func (f *Filter) Check(l *layers.Layer) error {
	_, err := f.SQL(l, func(string, string) string { return "" })
	return err
}

// Error is what is wrong with a filter, in both languages. It is layers.ErrInvalid.
type Error struct {
	Column int // characters from 1; 0 = of the whole
	words  format.Words
}

func (e *Error) Error() string { return "invalid: " + e.words.En }

// Unwrap makes it layers.ErrInvalid.
func (e *Error) Unwrap() error { return layers.ErrInvalid }

// Words are those for the sender.
func (e *Error) Words() format.Words { return e.words }

// wrong says what is wrong at a column.
func wrong(column int, en, zh string, args ...any) error {
	words := format.Say(en, zh, args...)
	if column > 0 {
		words = format.Words{En: fmt.Sprintf("filter, column %d: %s", column, words.En), Zh: fmt.Sprintf("过滤条件第 %d 个字符处：%s", column, words.Zh)}
	} else {
		words = format.Words{En: "filter: " + words.En, Zh: "过滤条件：" + words.Zh}
	}
	return &Error{column, words}
}
