package cql

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
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

// value is a node as SQL.
type value struct {
	sql   string
	kind  Kind
	end   string   // of a span, whose start is sql
	boxes []string // of a constant shape: what an index is asked for

	calculated bool // a number of any size
}

// condition compiles what is true, false or unknown.
func (c *compiler) condition(e Expr) (string, error) {
	v, err := c.value(e)
	if err == nil && v.kind != Boolean {
		err = wrong(e.Column(), "a condition is wanted, not a value", "此处应为条件，而不是值")
	}
	return v.sql, err
}

// value compiles any node.
func (c *compiler) value(e Expr) (value, error) {
	switch e := e.(type) {
	case *Call:
		return c.call(e)
	case *Property:
		return c.property(e)
	case *Literal:
		return value{sql: c.literal(e), kind: e.Kind}, nil
	case *Interval:
		return c.interval(e)
	case *Geometry:
		return c.geometry(e)
	case *Box:
		return c.box(e)
	case *List:
		return c.array(e)
	}
	panic(fmt.Sprintf("a filter holds a %T", e))
}

func (c *compiler) call(e *Call) (value, error) {
	if o, ok := operators[e.Op]; ok {
		sql, err := o.sql(c, e)
		return value{sql: sql, kind: o.gives, calculated: o.gives == Number}, err
	}
	return c.function(e)
}

func (c *compiler) literal(l *Literal) string {
	if l.Kind == Boolean {
		return l.Value
	}
	return c.bind(l.bound(), l.sqlType())
}

func (l *Literal) sqlType() string {
	switch l.Kind {
	case Number:
		if strings.ContainsAny(l.Value, ".e") {
			return "numeric"
		}
		return "bigint"
	case Date:
		return "date"
	case Timestamp:
		return "timestamptz"
	}
	return "text"
}

func (c *compiler) property(e *Property) (value, error) {
	p, ok := c.layer.Property(e.Name)
	if geom := c.layer.Table.Geom; geom != "" && !ok && (e.Name == geom || e.Name == "geometry") {
		return value{sql: pgx.Identifier{geom}.Sanitize(), kind: Shape}, nil
	}
	if key := c.layer.Table.Key; !ok && key != "" && e.Name == key {
		return c.key(key), nil
	}
	if !ok || p.Role == "hidden" {
		return value{}, wrong(e.At, "layer %[1]q has no property %[2]q; what it has is at /layers/%[1]s", "图层 %[1]q 没有字段 %[2]q；字段清单见 /layers/%[1]s", c.layer.Name, e.Name)
	}
	column := pgx.Identifier{p.Name}.Sanitize()
	switch p.Type {
	case layers.Integer, layers.Number:
		return value{sql: column, kind: Number}, nil
	case layers.Boolean:
		return value{sql: column, kind: Boolean}, nil
	case layers.Date:
		return value{sql: column, kind: Date}, nil
	case layers.DateTime:
		return value{sql: column + "::timestamptz", kind: Timestamp}, nil // one without a zone is taken as of the connection's
	case layers.JSON:
		return value{sql: column, kind: Array}, nil
	}
	return value{sql: column + "::text", kind: Text}, nil
}

// key is the id of a feature, by the name of its column.
func (c *compiler) key(name string) value {
	column := pgx.Identifier{name}.Sanitize()
	if slices.Contains([]string{"smallint", "integer", "bigint"}, c.layer.Table.KeyType) {
		return value{sql: column, kind: Number}
	}
	return value{sql: column + "::text", kind: Text}
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
	ordered := e.Op != Equal && e.Op != NotEqual
	values, kind, err := c.alike(ordered, e.Args...)
	if err != nil {
		return "", err
	}
	if kind == Boolean && ordered {
		return "", wrong(e.At, "true and false have no order; want = or <>", "布尔值没有大小之分，只能用 = 或 <>")
	}
	return values[0] + " " + string(e.Op) + " " + values[1], nil
}

func (c *compiler) between(e *Call) (string, error) {
	values, kind, err := c.alike(true, e.Args...)
	if err != nil {
		return "", err
	}
	if kind == Boolean {
		return "", wrong(e.At, "true and false have no order; want = or <>", "布尔值没有大小之分，只能用 = 或 <>")
	}
	return fmt.Sprintf("%s between %s and %s", values[0], values[1], values[2]), nil
}

func (c *compiler) in(e *Call) (string, error) {
	list, ok := e.Args[1].(*List)
	if !ok {
		return "", wrong(e.Args[1].Column(), "IN is followed by a list in parentheses", "IN 之后应为括号内的列表")
	}
	values, _, err := c.alike(false, append([]Expr{e.Args[0]}, list.Items...)...)
	if err != nil {
		return "", err
	}
	return values[0] + " in (" + strings.Join(values[1:], ", ") + ")", nil
}

func (c *compiler) isNull(e *Call) (string, error) {
	v, err := c.value(e.Args[0])
	if v.kind == Span {
		return fmt.Sprintf("(%s is null or %s is null)", v.sql, v.end), err
	}
	return "(" + v.sql + ") is null", err
}

// alike compiles values that are compared with each other: all of one kind, or dates and timestamps, of which a date is its
// first moment. Texts are ordered by code point (OGC 21-065r2, 6.3).
func (c *compiler) alike(ordered bool, es ...Expr) ([]string, Kind, error) {
	values := make([]value, len(es))
	var kind Kind
	for i, e := range es {
		v, err := c.value(e)
		if err != nil {
			return nil, "", err
		}
		switch {
		case v.kind == Span || v.kind == Shape || v.kind == Array:
			return nil, "", wrong(e.Column(), "%[1]s is not compared so; want the functions S_…, T_… or A_…", "%[2]s不能这样比较，应使用 S_…、T_… 或 A_… 函数", v.kind, kindsZh[v.kind])
		case i == 0 || kind == Date && v.kind == Timestamp:
			kind = v.kind
		case v.kind != kind && !(kind == Timestamp && v.kind == Date):
			return nil, "", wrong(e.Column(), "%[1]s is compared with %[2]s%[5]s", "%[3]s不能与%[4]s比较%[6]s", kind, v.kind, kindsZh[kind], kindsZh[v.kind], hint(kind).En, hint(kind).Zh)
		}
		values[i] = v
	}
	calculated := slices.ContainsFunc(values, func(v value) bool { return v.calculated })
	out := make([]string, len(es))
	for i, v := range values {
		out[i] = v.sql
		if v.kind == Number && calculated {
			out[i] = "(" + out[i] + ")::numeric" // what is calculated may be beyond double precision
		}
		if v.kind == Date && kind == Timestamp {
			out[i] += "::timestamptz"
		}
		if v.kind == Text && ordered {
			out[i] = "(" + out[i] + ` collate "C")`
		}
		if v.kind == Boolean {
			out[i] = "(" + out[i] + ")"
		}
	}
	return out, kind, nil
}

// all compiles values that have to be of one kind.
func (c *compiler) all(kind Kind, es ...Expr) ([]string, error) {
	var out []string
	for _, e := range es {
		v, err := c.value(e)
		if err != nil {
			return nil, err
		}
		if v.kind != kind {
			return nil, wrong(e.Column(), "%[1]s stands where %[2]s is wanted%[5]s", "此处为%[3]s，应为%[4]s%[6]s", v.kind, kind, kindsZh[v.kind], kindsZh[kind], hint(kind).En, hint(kind).Zh)
		}
		out = append(out, v.sql)
	}
	return out, nil
}

// calculate makes arithmetic: exact, and null where something is divided by 0.
func calculate(sql string) func(*compiler, *Call) (string, error) {
	return func(c *compiler, e *Call) (string, error) {
		n, err := c.all(Number, e.Args...)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf(sql, "("+n[0]+")::numeric", "("+n[1]+")::numeric"), nil
	}
}

// folded makes CASEI or ACCENTI.
func folded(sql string) func(*compiler, *Call) (string, error) {
	return func(c *compiler, e *Call) (string, error) {
		text, err := c.all(Text, e.Args...)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf(sql, text[0]), nil
	}
}

// mostAny is how many % a pattern may have: each of them makes looking longer.
const mostAny = 8

func (c *compiler) like(e *Call) (string, error) {
	if err := checkPattern(e.Args[1]); err != nil {
		return "", err
	}
	values, err := c.all(Text, e.Args...)
	if err != nil {
		return "", err
	}
	return values[0] + ` collate "C" like ` + values[1], nil
}

// loneEscape is one that escapes nothing, or nothing any more when accents are gone.
var loneEscape = regexp.MustCompile(`\\\pM*$|\\\pM`)

// checkPattern refuses what is no pattern: a text, or CASEI or ACCENTI of one.
func checkPattern(e Expr) error {
	if c, ok := e.(*Call); ok && (c.Op == CaseI || c.Op == AccentI) {
		return checkPattern(c.Args[0])
	}
	pattern, ok := e.(*Literal)
	if !ok || pattern.Kind != Text {
		return wrong(e.Column(), "the pattern of LIKE is a text in quotes", "LIKE 的模式应为引号内的文本")
	}
	rest := strings.ReplaceAll(pattern.Value, `\\`, "")
	if loneEscape.MatchString(rest) {
		return wrong(pattern.At, `the pattern has a lone \ at its end or before an accent`, `模式中有单个 \ 位于结尾或重音符号之前`)
	}
	if strings.Count(strings.ReplaceAll(rest, `\%`, ""), "%") > mostAny {
		return wrong(pattern.At, "the pattern has more than %[1]d %%", "模式中的 %% 超过 %[1]d 个", mostAny)
	}
	return nil
}

// hint is how a value of a kind is written.
func hint(k Kind) layers.Words {
	switch k {
	case Text:
		return layers.Words{En: "; a text is written 'so'", Zh: "；文本写作 '文本'"}
	case Date:
		return layers.Words{En: "; a date is written DATE('2026-05-01')", Zh: "；日期写作 DATE('2026-05-01')"}
	case Timestamp:
		return layers.Words{En: "; a time is written TIMESTAMP('2026-05-01T08:00:00Z')", Zh: "；时刻写作 TIMESTAMP('2026-05-01T08:00:00Z')"}
	}
	return layers.Words{}
}
