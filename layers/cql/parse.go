package cql

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Parse reads CQL2 text. It returns ErrInvalid, as an *Error with the column, for what is none or is not offered.
func Parse(text string) (*Filter, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	if p.peek().kind == end {
		return nil, wrong(0, "it is empty; want a condition such as dlbm = '0102'", "内容为空；应为条件，例如 dlbm = '0102'")
	}
	root, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != end {
		return nil, p.unexpected("AND, OR or the end", "AND、OR 或结尾")
	}
	f := &Filter{root}
	if n := utf8.RuneCountInString(f.String()); n > MaxLength { // it must be possible to read it again
		return nil, tooLong(n)
	}
	return f, nil
}

// parser goes through the tokens once. Each method reads what it is called after.
type parser struct {
	tokens []token
	depth  int
}

func (p *parser) peek() token { return p.tokens[0] }

func (p *parser) next() token {
	t := p.tokens[0]
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

// is reports whether a keyword or a sign comes next.
func (p *parser) is(text string) bool { return p.isAt(0, text) }

func (p *parser) isAt(i int, text string) bool {
	if i >= len(p.tokens) {
		return false
	}
	t := p.tokens[i]
	return t.kind == word && strings.EqualFold(t.text, text) || t.kind == sign && t.text == text
}

// accept takes a keyword or a sign if it comes next.
func (p *parser) accept(text string) bool {
	if p.is(text) {
		p.next()
		return true
	}
	return false
}

func (p *parser) expect(text string) error {
	if !p.accept(text) {
		return p.unexpected(text, text)
	}
	return nil
}

// unexpected says what was wanted, and what there is.
func (p *parser) unexpected(en, zh string) error {
	t := p.peek()
	if t.kind == end {
		return wrong(t.column, "the filter ends where %[1]s is wanted", "过滤条件在此结束，应有%[2]s", en, zh)
	}
	return wrong(t.column, "%[3]q stands where %[1]s is wanted", "此处为 %[3]q，应为%[2]s", en, zh, t.text)
}

// deeper counts levels while f reads.
func (p *parser) deeper(f func() (Expr, error)) (Expr, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, wrong(p.peek().column, "it is nested deeper than %[1]d levels", "嵌套超过 %[1]d 层", MaxDepth)
	}
	defer func() { p.depth-- }()
	return f()
}

func (p *parser) disjunction() (Expr, error) { return p.joined("OR", Or, p.conjunction) }

func (p *parser) conjunction() (Expr, error) { return p.joined("AND", And, p.negation) }

// joined reads one or more parts with a word between them. Parts that are joined by the same word themselves are taken apart.
func (p *parser) joined(keyword string, op Op, part func() (Expr, error)) (Expr, error) {
	all := &Call{Op: op, At: p.peek().column}
	for {
		one, err := part()
		if err != nil {
			return nil, err
		}
		if c, ok := one.(*Call); ok && c.Op == op {
			all.Args = append(all.Args, c.Args...)
		} else {
			all.Args = append(all.Args, one)
		}
		if !p.accept(keyword) {
			break
		}
	}
	if len(all.Args) == 1 {
		return all.Args[0], nil
	}
	return all, nil
}

func (p *parser) negation() (Expr, error) {
	at := p.peek().column
	if !p.accept("NOT") {
		return p.condition()
	}
	return p.deeper(func() (Expr, error) {
		e, err := p.negation()
		if err != nil {
			return nil, err
		}
		return &Call{Op: Not, Args: []Expr{e}, At: at}, nil
	})
}

// comparisons are the operators between two values.
var comparisons = []Op{Equal, NotEqual, Less, AtMost, Greater, AtLeast}

func (p *parser) condition() (Expr, error) {
	at := p.peek().column
	if p.accept("(") {
		return p.deeper(func() (Expr, error) {
			e, err := p.disjunction()
			if err != nil {
				return nil, err
			}
			return e, p.expect(")")
		})
	}
	left, err := p.value()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind == sign && slices.Contains(comparisons, Op(t.text)) {
		p.next()
		right, err := p.value()
		if err != nil {
			return nil, err
		}
		return &Call{Op: Op(t.text), Args: []Expr{left, right}, At: at}, nil
	}
	if b, ok := left.(*Literal); ok && b.Kind == Boolean {
		return b, nil
	}
	return p.predicate(left, at)
}

// predicate reads what follows a value: IS NULL, LIKE, BETWEEN, IN, each with its NOT.
func (p *parser) predicate(left Expr, at int) (Expr, error) {
	var c *Call
	var err error
	var negated bool
	if p.accept("IS") {
		negated = p.accept("NOT")
		c, err = &Call{Op: IsNull, Args: []Expr{left}, At: at}, p.expect("NULL")
	} else {
		negated = p.accept("NOT")
		c, err = p.advanced(left, at)
	}
	if err != nil {
		return nil, err
	}
	if negated {
		return &Call{Op: Not, Args: []Expr{c}, At: at}, nil
	}
	return c, nil
}

func (p *parser) advanced(left Expr, at int) (*Call, error) {
	switch {
	case p.accept("LIKE"):
		pattern, err := p.value()
		return &Call{Op: Like, Args: []Expr{left, pattern}, At: at}, err
	case p.accept("BETWEEN"):
		low, err := p.value()
		if err != nil {
			return nil, err
		}
		if err := p.expect("AND"); err != nil {
			return nil, err
		}
		high, err := p.value()
		return &Call{Op: Between, Args: []Expr{left, low, high}, At: at}, err
	case p.accept("IN"):
		list, err := p.list()
		return &Call{Op: In, Args: []Expr{left, list}, At: at}, err
	}
	return nil, p.unexpected("one of = <> < <= > >= LIKE BETWEEN IN IS", "比较运算符（= <> < <= > >= LIKE BETWEEN IN IS）")
}

func (p *parser) list() (*List, error) {
	list := &List{At: p.peek().column}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	for {
		item, err := p.value()
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, item)
		if !p.accept(",") {
			return list, p.expect(")")
		}
	}
}

// value reads a property or a literal.
func (p *parser) value() (Expr, error) {
	t := p.peek()
	switch t.kind {
	case quoted:
		p.next()
		return &Literal{Text, t.text, t.column}, nil
	case number:
		p.next()
		return &Literal{Number, t.text, t.column}, nil
	case name:
		p.next()
		return &Property{t.text, t.column}, nil
	case word:
		return p.worded(t)
	}
	return nil, p.unexpected("a property or a value", "字段名或值")
}

// worded reads what begins with a word: a name, TRUE, FALSE, DATE(…), TIMESTAMP(…).
func (p *parser) worded(t token) (Expr, error) {
	upper := strings.ToUpper(t.text)
	if p.isAt(1, "(") {
		switch upper {
		case "DATE":
			return p.moment(t, Date, time.DateOnly)
		case "TIMESTAMP":
			return p.moment(t, Timestamp, time.RFC3339Nano)
		}
		return nil, wrong(t.column, "the function %[1]s is not offered", "不支持函数 %[1]s", t.text)
	}
	switch upper {
	case "TRUE", "FALSE":
		p.next()
		return &Literal{Boolean, strings.ToLower(upper), t.column}, nil
	case "DATE", "TIMESTAMP", "INTERVAL", "POINT", "POLYGON":
	default:
		if reserved[upper] {
			return nil, wrong(t.column, "%[1]s stands where a property or a value is wanted; a property of that name is written \"%[1]s\"", "此处为 %[1]s，应为字段名或值；同名字段写作 \"%[1]s\"", t.text)
		}
	}
	p.next()
	return &Property{t.text, t.column}, nil
}

// moment reads DATE('…') or TIMESTAMP('…').
func (p *parser) moment(t token, kind Kind, layout string) (Expr, error) {
	p.next()
	p.next()
	said := p.peek()
	if said.kind != quoted {
		return nil, p.unexpected("a text in quotes", "引号内的文本")
	}
	p.next()
	when, err := time.Parse(layout, said.text)
	if err != nil || when.Year() < 1 || kind == Timestamp && !strings.HasSuffix(said.text, "Z") {
		return nil, wrong(said.column, "%[1]q is no %[2]s; want DATE('2026-05-01') or TIMESTAMP('2026-05-01T08:00:00Z')", "%[1]q 不是%[3]s；应写作 DATE('2026-05-01') 或 TIMESTAMP('2026-05-01T08:00:00Z')", said.text, kind, kindsZh[kind])
	}
	return &Literal{kind, when.Format(layout), t.column}, p.expect(")")
}
