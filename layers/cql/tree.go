package cql

import (
	"strings"
	"time"

	"onemap/layers"
)

// Join makes one condition of several with And or Or between them. Those that are joined by the same operator themselves are
// taken apart.
func Join(op Op, conditions ...Expr) *Call { return join(op, conditions, 0) }

// KindOf is the kind of a node's value in a layer. It returns ErrInvalid, as an *Error, where the node does not fit it.
func KindOf(l *layers.Layer, e Expr) (Kind, error) {
	v, err := (&compiler{l, func(string, string) string { return "" }}).value(e)
	return v.kind, err
}

// KindZh is what a kind is called in Chinese.
func KindZh(k Kind) string { return kindsZh[k] }

// NewLiteral reads a value of a kind from text as XML schema has it: a boolean may be 0 or 1, a time may be a date or leave out
// its zone, which is then the house's. It is not ok for what is no such value.
func NewLiteral(kind Kind, text string) (l *Literal, ok bool) {
	l = &Literal{Kind: kind, Value: text}
	if kind == Text {
		return l, !strings.ContainsRune(text, 0)
	}
	l.Value = strings.TrimSpace(text)
	switch kind {
	case Number:
		l.Value, ok = shortest(strings.TrimPrefix(l.Value, "+"))
	case Boolean:
		l.Value, ok = booleans[l.Value]
	case Date, Timestamp:
		return newMoment(l.Value)
	}
	return l, ok
}

// newMoment reads a date or a timestamp, whichever it is.
func newMoment(text string) (*Literal, bool) {
	if len(text) == len("2026-05-01Z") {
		text = strings.TrimSuffix(text, "Z") // XML schema lets a date have a zone
	}
	if value, ok := readMoment(text, Date); ok {
		return &Literal{Kind: Date, Value: value}, true
	}
	if t, err := time.ParseInLocation("2006-01-02T15:04:05.999999999", text, zone); err == nil {
		text = t.Format(time.RFC3339Nano)
	}
	value, ok := readMoment(text, Timestamp)
	return &Literal{Kind: Timestamp, Value: value}, ok
}

var booleans = map[string]string{"true": "true", "1": "true", "false": "false", "0": "false"}
