package cql

import (
	"slices"
	"strings"
)

// Parse reads CQL2 text whose geometries are in longitude and latitude. It returns ErrInvalid, as an *Error with the column,
// for what is none.
func Parse(text string) (*Filter, error) { return parseText(text, CRS84) }

func parseText(text string, crs CRS) (*Filter, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, crs: crs}
	if p.peek().kind == end {
		return nil, wrong(0, "it is empty; want a condition such as dlbm = '0102'", "内容为空；应为条件，例如 dlbm = '0102'")
	}
	root, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if err := p.condition(root); err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != end {
		return nil, p.unexpected("AND, OR or the end", "AND、OR 或结尾")
	}
	return New(root)
}

// parser goes through the tokens once. Each method reads one rule of the grammar (OGC 21-065r2, annex B) and returns what it is.
type parser struct {
	tokens []token
	crs    CRS
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

// acceptOp takes one of the operators if it comes next.
func (p *parser) acceptOp(ops ...Op) (Op, bool) {
	i := slices.IndexFunc(ops, func(op Op) bool { return p.is(operators[op].spelling) })
	if i < 0 {
		return "", false
	}
	p.next()
	return ops[i], true
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
		return nil, tooDeep(p.peek().column)
	}
	defer func() { p.depth-- }()
	return f()
}

func (p *parser) disjunction() (Expr, error) { return p.joined(Or, p.conjunction) }

func (p *parser) conjunction() (Expr, error) { return p.joined(And, p.negation) }

// joined reads one or more parts with an operator between them.
func (p *parser) joined(op Op, part func() (Expr, error)) (Expr, error) {
	at := p.peek().column
	first, err := part()
	if err != nil || !p.is(operators[op].spelling) {
		return first, err
	}
	parts := []Expr{first}
	for {
		if err := p.condition(parts[len(parts)-1]); err != nil {
			return nil, err
		}
		if _, more := p.acceptOp(op); !more {
			return join(op, parts, at), nil
		}
		next, err := part()
		if err != nil {
			return nil, err
		}
		parts = append(parts, next)
	}
}

// join makes one call of many parts. Parts that are joined by the same operator themselves are taken apart.
func join(op Op, parts []Expr, at int) *Call {
	all := &Call{Op: op, At: at}
	for _, part := range parts {
		if c, ok := part.(*Call); ok && c.Op == op {
			all.Args = append(all.Args, c.Args...)
		} else {
			all.Args = append(all.Args, part)
		}
	}
	return all
}

// condition refuses a value where a condition is wanted, at the place where a comparison could have followed.
func (p *parser) condition(e Expr) error {
	if isCondition(e) {
		return nil
	}
	return p.unexpected("one of = <> < <= > >= LIKE BETWEEN IN IS", "比较运算符（= <> < <= > >= LIKE BETWEEN IN IS）")
}

func (p *parser) negation() (Expr, error) {
	at := p.peek().column
	if !p.accept("NOT") {
		return p.predicate()
	}
	return p.deeper(func() (Expr, error) {
		e, err := p.negation()
		if err != nil {
			return nil, err
		}
		return &Call{Op: Not, Args: []Expr{e}, At: at}, p.condition(e)
	})
}

// predicate reads a value and what it is compared with; a value alone is left to whoever wants one.
func (p *parser) predicate() (Expr, error) {
	at := p.peek().column
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	if op, ok := p.acceptOp(Equal, NotEqual, Less, AtMost, Greater, AtLeast); ok {
		right, err := p.sum()
		return &Call{Op: op, Args: []Expr{left, right}, At: at}, err
	}
	if p.accept("IS") {
		negated := p.accept("NOT")
		return negation(negated, &Call{Op: IsNull, Args: []Expr{left}, At: at}), p.expect("NULL")
	}
	negated := p.accept("NOT")
	switch {
	case p.accept("LIKE"):
		pattern, err := p.sum()
		return negation(negated, &Call{Op: Like, Args: []Expr{left, pattern}, At: at}), err
	case p.accept("BETWEEN"):
		low, high, err := p.bounds()
		return negation(negated, &Call{Op: Between, Args: []Expr{left, low, high}, At: at}), err
	case p.accept("IN"):
		list, err := p.list(p.sum)
		return negation(negated, &Call{Op: In, Args: []Expr{left, list}, At: at}), err
	case negated:
		return nil, p.unexpected("LIKE, BETWEEN or IN", "LIKE、BETWEEN 或 IN")
	}
	return left, nil
}

func negation(negated bool, c *Call) Expr {
	if negated {
		return &Call{Op: Not, Args: []Expr{c}, At: c.At}
	}
	return c
}

// bounds reads what follows BETWEEN.
func (p *parser) bounds() (low, high Expr, err error) {
	if low, err = p.sum(); err != nil {
		return nil, nil, err
	}
	if err = p.expect("AND"); err != nil {
		return nil, nil, err
	}
	high, err = p.sum()
	return low, high, err
}

// list reads one or more items in parentheses.
func (p *parser) list(item func() (Expr, error)) (*List, error) {
	list := &List{At: p.peek().column}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	for {
		e, err := item()
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, e)
		if !p.accept(",") {
			return list, p.expect(")")
		}
	}
}
