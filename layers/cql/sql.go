package cql

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/format"
)

// SQL compiles the filter for a layer, checking it on the way; see Check. Names come from the layer alone; each value goes
// through bind, which makes it a parameter of an SQL type and returns what stands for it.
func (f *Filter) SQL(l *layers.Layer, bind func(value, sqlType string) string) (string, error) {
	return (&compiler{layer: l, bind: bind}).condition(f.Root)
}

type compiler struct {
	layer *layers.Layer
	bind  func(value, sqlType string) string
}

// condition compiles what is true, false or unknown.
func (c *compiler) condition(e Expr) (string, error) {
	switch e := e.(type) {
	case *Call:
		return operators[e.Op].sql(c, e)
	case *Literal:
		if e.Kind == Boolean {
			return e.Value, nil
		}
	}
	return "", wrong(e.Column(), "a condition is wanted, not a value", "此处应为条件，而不是值")
}

func (c *compiler) logical(e *Call) (string, error) {
	var parts []string
	for _, a := range e.Args {
		part, err := c.condition(a)
		if err != nil {
			return "", err
		}
		parts = append(parts, "("+part+")")
	}
	return strings.Join(parts, " "+string(e.Op)+" "), nil
}

func (c *compiler) not(e *Call) (string, error) {
	part, err := c.condition(e.Args[0])
	return "not (" + part + ")", err
}

func (c *compiler) compare(e *Call) (string, error) {
	values, kind, err := c.values(e.Args...)
	if err != nil {
		return "", err
	}
	if kind == Boolean && e.Op != Equal && e.Op != NotEqual {
		return "", wrong(e.At, "true and false have no order; want = or <>", "布尔值没有大小之分，只能用 = 或 <>")
	}
	return values[0] + " " + string(e.Op) + " " + values[1], nil
}

// mostAny is how many % a pattern may have: each of them makes looking longer.
const mostAny = 8

func (c *compiler) like(e *Call) (string, error) {
	pattern, ok := e.Args[1].(*Literal)
	if !ok || pattern.Kind != Text {
		return "", wrong(e.Args[1].Column(), "the pattern of LIKE is a text in quotes", "LIKE 的模式应为引号内的文本")
	}
	rest := strings.ReplaceAll(pattern.Value, `\\`, "")
	if strings.HasSuffix(rest, `\`) {
		return "", wrong(pattern.At, `the pattern ends with a lone \`, `模式以单个 \ 结尾`)
	}
	if strings.Count(strings.ReplaceAll(rest, `\%`, ""), "%") > mostAny {
		return "", wrong(pattern.At, "the pattern has more than %[1]d %%", "模式中的 %% 超过 %[1]d 个", mostAny)
	}
	values, kind, err := c.values(e.Args...)
	if err == nil && kind != Text {
		err = wrong(e.At, "LIKE is for text", "LIKE 只能用于文本")
	}
	if err != nil {
		return "", err
	}
	return values[0] + " like " + values[1], nil
}

func (c *compiler) between(e *Call) (string, error) {
	values, kind, err := c.values(e.Args...)
	if err != nil {
		return "", err
	}
	if kind == Text || kind == Boolean {
		return "", wrong(e.At, "BETWEEN is for numbers, dates and timestamps", "BETWEEN 只能用于数值、日期和时刻")
	}
	return fmt.Sprintf("%s between %s and %s", values[0], values[1], values[2]), nil
}

func (c *compiler) in(e *Call) (string, error) {
	list, ok := e.Args[1].(*List)
	if !ok {
		return "", wrong(e.Args[1].Column(), "IN is followed by a list in parentheses", "IN 之后应为括号内的列表")
	}
	values, _, err := c.values(append([]Expr{e.Args[0]}, list.Items...)...)
	if err != nil {
		return "", err
	}
	return values[0] + " in (" + strings.Join(values[1:], ", ") + ")", nil
}

func (c *compiler) isNull(e *Call) (string, error) {
	values, _, err := c.values(e.Args[0])
	if err != nil {
		return "", err
	}
	return values[0] + " is null", nil
}

// values compiles values that are compared with each other: all of one kind.
func (c *compiler) values(es ...Expr) ([]string, Kind, error) {
	out := make([]string, len(es))
	var kind Kind
	for i, e := range es {
		sql, k, err := c.value(e)
		if err != nil {
			return nil, "", err
		}
		if i == 0 {
			kind = k
		}
		if k != kind {
			return nil, "", wrong(e.Column(), "%[1]s is compared with %[2]s%[5]s", "%[3]s不能与%[4]s比较%[6]s", kind, k, kindsZh[kind], kindsZh[k], hint(kind).En, hint(kind).Zh)
		}
		out[i] = sql
	}
	if kind == Text {
		for i := range out {
			out[i] += ` collate "C"` // by code point (OGC 21-065r2, 6.3)
		}
	}
	return out, kind, nil
}

// value compiles a property or a literal.
func (c *compiler) value(e Expr) (string, Kind, error) {
	switch e := e.(type) {
	case *Property:
		return c.property(e)
	case *Literal:
		return c.bind(e.Value, e.sqlType()), e.Kind, nil
	}
	return "", "", wrong(e.Column(), "a property or a value is wanted, not a condition", "此处应为字段名或值，而不是条件")
}

func (l *Literal) sqlType() string {
	switch l.Kind {
	case Number:
		if strings.ContainsAny(l.Value, ".e") {
			return "numeric"
		}
		return "bigint"
	case Boolean:
		return "boolean"
	case Date:
		return "date"
	case Timestamp:
		return "timestamptz"
	}
	return "text"
}

func (c *compiler) property(e *Property) (string, Kind, error) {
	p, ok := c.layer.Property(e.Name)
	if !ok || p.Role == "hidden" {
		return "", "", wrong(e.At, "layer %[1]q has no property %[2]q; what it has is at /layers/%[1]s", "图层 %[1]q 没有字段 %[2]q；字段清单见 /layers/%[1]s", c.layer.Name, e.Name)
	}
	column := pgx.Identifier{p.Name}.Sanitize()
	switch p.Type {
	case layers.Integer, layers.Number:
		return column, Number, nil
	case layers.Boolean:
		return column, Boolean, nil
	case layers.Date:
		return column, Date, nil
	case layers.DateTime:
		return column + "::timestamptz", Timestamp, nil // one without a zone is taken as of the connection's
	case layers.JSON:
		return "", "", wrong(e.At, "property %[1]q holds objects, which no filter compares", "字段 %[1]q 为对象，不能用于过滤", e.Name)
	}
	return column + "::text", Text, nil
}

// hint is how a value of a kind is written.
func hint(k Kind) format.Words {
	switch k {
	case Text:
		return format.Words{En: "; a text is written 'so'", Zh: "；文本写作 '文本'"}
	case Date:
		return format.Words{En: "; a date is written DATE('2026-05-01')", Zh: "；日期写作 DATE('2026-05-01')"}
	case Timestamp:
		return format.Words{En: "; a time is written TIMESTAMP('2026-05-01T08:00:00Z')", Zh: "；时刻写作 TIMESTAMP('2026-05-01T08:00:00Z')"}
	}
	return format.Words{}
}
