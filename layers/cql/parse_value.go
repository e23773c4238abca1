package cql

import "strings"

func (p *parser) sum() (Expr, error) { return p.chain(p.product, Plus, Minus) }

func (p *parser) product() (Expr, error) { return p.chain(p.power, Times, DividedBy, Modulo, Div) }

// chain reads one or more parts with operators of one rank between them, which take what is left of them first.
func (p *parser) chain(part func() (Expr, error), ops ...Op) (Expr, error) {
	at := p.peek().column
	left, err := part()
	for err == nil {
		op, ok := p.acceptOp(ops...)
		if !ok {
			break
		}
		var right Expr
		right, err = part()
		left = &Call{Op: op, Args: []Expr{left, right}, At: at}
	}
	return left, err
}

func (p *parser) power() (Expr, error) {
	at := p.peek().column
	base, err := p.factor()
	if err != nil || !p.accept("^") {
		return base, err
	}
	exponent, err := p.factor()
	return &Call{Op: Power, Args: []Expr{base, exponent}, At: at}, err
}

// factor reads a value with or without a sign. The sign of a number is part of it; another minus is a multiplication by -1,
// as CQL2 JSON has it.
func (p *parser) factor() (Expr, error) {
	t := p.peek()
	if !p.is("-") && !p.is("+") {
		return p.operand()
	}
	p.next()
	if p.peek().kind == number {
		return p.number(t)
	}
	if t.text == "+" {
		return nil, p.unexpected("a number", "数值")
	}
	return p.deeper(func() (Expr, error) {
		e, err := p.operand()
		return &Call{Op: Times, Args: []Expr{&Literal{Number, "-1", t.column}, e}, At: t.column}, err
	})
}

// number reads one, whose sign, if any, was first.
func (p *parser) number(first token) (*Literal, error) {
	text := p.next().text
	if first.kind == sign {
		text = first.text + text
	}
	value, ok := shortest(text)
	if !ok {
		return nil, wrong(first.column, "the number is too large", "数值过大")
	}
	return &Literal{Number, value, first.column}, nil
}

// operand reads a property, a literal, a call, or anything in parentheses.
func (p *parser) operand() (Expr, error) {
	t := p.peek()
	switch {
	case t.kind == quoted:
		p.next()
		return &Literal{Text, t.text, t.column}, nil
	case t.kind == number:
		return p.number(t)
	case t.kind == name:
		p.next()
		return &Property{t.text, t.column}, nil
	case t.kind == word:
		return p.worded(t)
	case p.accept("("):
		return p.deeper(func() (Expr, error) {
			e, err := p.disjunction()
			if err != nil {
				return nil, err
			}
			return e, p.expect(")")
		})
	}
	return nil, p.unexpected("a property or a value", "字段名或值")
}

// worded reads what begins with a word: a name, TRUE, FALSE, or something with parentheses behind it.
func (p *parser) worded(t token) (Expr, error) {
	upper := strings.ToUpper(t.text)
	if p.isAt(1, "(") || p.isAt(1, "Z") && p.isAt(2, "(") && shapeNamed(upper) != nil {
		return p.deeper(func() (Expr, error) { return p.tagged(t, upper) })
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

// tagged reads a word with parentheses behind it.
func (p *parser) tagged(t token, upper string) (Expr, error) {
	switch upper {
	case "DATE":
		return p.moment(t, Date)
	case "TIMESTAMP":
		return p.moment(t, Timestamp)
	case "INTERVAL":
		return p.interval(t)
	case "BBOX":
		return p.box(t)
	}
	if s := shapeNamed(upper); s != nil {
		return p.geometry(t, s)
	}
	if _, ok := named[upper]; !ok && reserved[upper] {
		return nil, p.unexpected("a property or a value", "字段名或值")
	}
	p.next()
	return p.call(t)
}

// call reads the arguments of an operator or a function.
func (p *parser) call(t token) (Expr, error) {
	c := &Call{Op: opOf(t.text), At: t.column}
	if p.isAt(1, ")") {
		p.next()
		p.next()
		return c, c.count()
	}
	list, err := p.list(p.argumentOf(c.Op))
	if err != nil {
		return nil, err
	}
	c.Args = list.Items
	return c, c.count()
}

// argumentOf says how the arguments of a call are read: parentheses are arrays for the array predicates, and for functions
// unless they hold one calculation or condition.
func (p *parser) argumentOf(op Op) func() (Expr, error) {
	if strings.HasPrefix(string(op), "a_") {
		return p.element
	}
	if _, ok := operators[op]; ok {
		return p.disjunction
	}
	return func() (Expr, error) {
		e, err := p.element()
		if err != nil {
			return nil, err
		}
		if list, ok := e.(*List); ok && len(list.Items) == 1 {
			if c, ok := list.Items[0].(*Call); ok {
				return c, nil
			}
		}
		return e, nil
	}
}

// count refuses a number of arguments that the operator does not have.
func (c *Call) count() error {
	o, ok := operators[c.Op]
	if n := len(c.Args); ok && (n < o.args[0] || n > o.args[1]) {
		return wrong(c.At, "%[1]s has %[2]d arguments; want %[3]d", "%[1]s 有 %[2]d 个参数，应为 %[3]d 个", o.spelling, n, o.args[0])
	}
	return nil
}

// element reads what is in an array, where parentheses are arrays if nothing is calculated with them.
func (p *parser) element() (Expr, error) {
	at := p.peek().column
	if !p.is("(") || !p.endsAfter() {
		return p.disjunction()
	}
	if p.isAt(1, ")") {
		p.next()
		p.next()
		return &List{At: at}, nil
	}
	return p.deeper(func() (Expr, error) { return p.list(p.element) })
}

// endsAfter reports whether the parentheses that come next are all there is up to the next comma or parenthesis.
func (p *parser) endsAfter() bool {
	depth := 0
	for i := range p.tokens {
		if p.isAt(i, "(") {
			depth++
		}
		if !p.isAt(i, ")") {
			continue
		}
		if depth--; depth == 0 {
			return p.isAt(i+1, ",") || p.isAt(i+1, ")")
		}
	}
	return false
}

// moment reads DATE('…') or TIMESTAMP('…').
func (p *parser) moment(t token, kind Kind) (Expr, error) {
	p.next()
	p.next()
	said := p.peek()
	if said.kind != quoted {
		return nil, p.unexpected("a text in quotes", "引号内的文本")
	}
	p.next()
	value, ok := readMoment(said.text, kind)
	if !ok {
		return nil, notMoment(said.column, said.text, kind)
	}
	return &Literal{kind, value, t.column}, p.expect(")")
}

// interval reads INTERVAL(start, end).
func (p *parser) interval(t token) (Expr, error) {
	p.next()
	ends, err := p.list(p.end)
	if err != nil {
		return nil, err
	}
	if len(ends.Items) != 2 {
		return nil, wrong(t.column, "INTERVAL has %[1]d ends; want a start and an end", "INTERVAL 有 %[1]d 个端点，应有起点和终点", len(ends.Items))
	}
	i, err := NewInterval(ends.Items[0], ends.Items[1], t.column)
	if err != nil {
		return nil, err
	}
	return i, nil
}

// end reads an end of an interval; nil is open.
func (p *parser) end() (Expr, error) {
	t := p.peek()
	if t.kind != quoted {
		return p.operand()
	}
	p.next()
	return newEnd(t.text, t.column)
}

// newEnd is an end of an interval that is written as a text; nil is open.
func newEnd(text string, at int) (Expr, error) {
	if text == ".." || text == "" {
		return nil, nil
	}
	for _, kind := range []Kind{Date, Timestamp} {
		if value, ok := readMoment(text, kind); ok {
			return &Literal{kind, value, at}, nil
		}
	}
	return nil, wrong(at, "%[1]q is neither a date, 2026-05-01, nor a time, 2026-05-01T08:00:00Z, nor '..', which is open", "%[1]q 既不是日期（2026-05-01）或时刻（2026-05-01T08:00:00Z），也不是表示不限的 '..'", text)
}

// NewInterval makes a node of two ends, of which nil is open. It returns ErrInvalid, as an *Error, for one that ends before it
// starts.
func NewInterval(start, end Expr, at int) (*Interval, error) {
	a, ok := start.(*Literal)
	b, both := end.(*Literal)
	if ok && both && a.first().After(b.last()) {
		return nil, wrong(at, "the interval ends before it starts", "时段的终点早于起点")
	}
	return &Interval{start, end, at}, nil
}
