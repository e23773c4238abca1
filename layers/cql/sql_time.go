package cql

import (
	"fmt"
	"strings"
)

// Which operands a temporal predicate has.
const (
	instants  = true  // instants and intervals
	intervals = false // intervals alone
)

// temporal makes a predicate of two spans of time: in the SQL %[1]s and %[2]s are the start and the end of the first, %[3]s and
// %[4]s of the second. An instant starts and ends at once. Beside a timestamp a date is its whole day, in the house's zone.
func temporal(takesInstants bool, sql string) func(*compiler, *Call) (string, error) {
	return func(c *compiler, e *Call) (string, error) {
		grain := Date
		for _, a := range e.Args {
			g, err := c.grain(a)
			if err != nil {
				return "", err
			}
			if _, ok := a.(*Interval); !ok && !takesInstants {
				return "", wrong(a.Column(), "%[1]s is for intervals; one is written INTERVAL('2026-01-01', '..')", "%[1]s 只用于时段，写作 INTERVAL('2026-01-01', '..')", operators[e.Op].spelling)
			}
			if g == Timestamp {
				grain = Timestamp
			}
		}
		ends := make([]any, 4)
		for i := range ends {
			if !strings.Contains(sql, fmt.Sprintf("%%[%d]s", i+1)) {
				continue // a value that is bound has to be used
			}
			var err error
			if ends[i], err = c.end(e.Args[i/2], i%2 == 1, grain); err != nil {
				return "", err
			}
		}
		return fmt.Sprintf(sql, ends...), nil
	}
}

// grain is how fine an instant or an interval is: Date, or Timestamp where either end is one. It refuses what is no time.
func (c *compiler) grain(e Expr) (Kind, error) {
	interval, ok := e.(*Interval)
	if !ok {
		return c.instant(e)
	}
	grain := Date
	for _, end := range children(interval) {
		g, err := c.instant(end)
		if err != nil {
			return "", err
		}
		if g == Timestamp {
			grain = Timestamp
		}
	}
	return grain, nil
}

// instant is the kind of a date or a timestamp; others are refused.
func (c *compiler) instant(e Expr) (Kind, error) {
	unbound := &compiler{c.layer, func(string, string) string { return "" }}
	v, err := unbound.value(e)
	if err != nil || v.kind == Date || v.kind == Timestamp {
		return v.kind, err
	}
	return "", wrong(e.Column(), "%[1]s stands where a time is wanted%[2]s", "此处为%[3]s，应为时间%[4]s", v.kind, hint(Timestamp).En, kindsZh[v.kind], hint(Timestamp).Zh)
}

// end compiles the start of an instant or interval, or its last moment, in a grain.
func (c *compiler) end(e Expr, last bool, grain Kind) (string, error) {
	open := "'-infinity'::"
	if interval, ok := e.(*Interval); ok {
		e = interval.Start
		if last {
			e, open = interval.End, "'infinity'::"
		}
	}
	if e == nil {
		return open + (&Literal{Kind: grain}).sqlType(), nil
	}
	v, err := c.value(e)
	switch {
	case v.kind == grain:
		return v.sql, err
	case last:
		return "((" + v.sql + " + 1)::timestamptz - interval '1 microsecond')", err
	}
	return v.sql + "::timestamptz", err
}

// interval compiles one that stands by itself, so that it can be asked whether it is known.
func (c *compiler) interval(e *Interval) (value, error) {
	grain, err := c.grain(e)
	if err != nil {
		return value{}, err
	}
	start, err := c.end(e, false, grain)
	if err != nil {
		return value{}, err
	}
	end, err := c.end(e, true, grain)
	return value{sql: start, end: end, kind: Span}, err
}
