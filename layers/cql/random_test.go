package cql_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"onemap/layers"
	"onemap/layers/cql"
	"onemap/migrations/dbtest"
)

// Any filter selects what a reading of the standard in a few lines of Go says, whichever language it was sent in.
func TestRandomFiltersMeanWhatTheStandardSays(t *testing.T) {
	t.Parallel()
	r := &random{rand.New(rand.NewPCG(6, 21065))}
	store, rows := r.table(t)
	for range 400 {
		root := r.condition(4)
		f, err := cql.New(root)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for id, row := range rows {
			if truth, known := row.eval(root).(bool); known && truth {
				want = append(want, id)
			}
		}
		slices.Sort(want)
		if again, err := cql.Parse(f.String()); err != nil || again.String() != f.String() {
			t.Fatalf("%s reads as %v, %v", f, again, err)
		}
		inJSON, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		f, err = cql.Read(cql.LangJSON, string(inJSON), cql.CRS84)
		if err != nil {
			t.Fatalf("%s: %v", inJSON, err)
		}
		page, err := store.Find(t.Context(), layers.Anonymous, "any", layers.Query{Filter: f, Limit: 1000})
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		var got []string
		for _, feature := range page.Features {
			got = append(got, feature.ID)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s selects %v, want %v", f, got, want)
		}
	}
}

// random makes rows and trees.
type random struct{ *rand.Rand }

// row is a feature: numbers are *big.Rat, moments are int64 (days, or microseconds), nil is null.
type row map[string]any

var (
	words = []string{"", "a", "b", "ab", "B_", "a%b", `a\b`, "O'Neill", "梁山", "Ä"}
	epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
)

func (r *random) table(t *testing.T) (*layers.Store, map[string]row) {
	pool := dbtest.New(t)
	store := layers.New(pool)
	column := func(name string, kind layers.Type, sqlType string) layers.Column {
		return layers.Column{Property: layers.Property{Name: name, Title: name, Type: kind}, SQLType: sqlType}
	}
	def := layers.Definition{Layer: layers.Layer{Name: "any", Title: "any", SRID: 4490, Writable: true, Tracked: true}, Columns: []layers.Column{
		column("n", layers.Integer, "integer"), column("m", layers.Number, "double precision"), column("s", layers.String, "text"), column("t", layers.String, "text"),
		column("b", layers.Boolean, "boolean"), column("d", layers.Date, "date"), column("e", layers.Date, "date"), column("at", layers.DateTime, "timestamptz"),
	}}
	if _, err := store.Create(t.Context(), layers.Anonymous, def); err != nil {
		t.Fatal(err)
	}
	rows := map[string]row{}
	for i := range 40 {
		v := row{
			"n": big.NewRat(int64(r.IntN(7)-3), 1), "m": big.NewRat(int64(r.IntN(9)-4), 2), "s": words[r.IntN(len(words))], "t": words[r.IntN(len(words))],
			"b": r.IntN(2) == 0, "d": int64(r.IntN(5)), "e": int64(r.IntN(5)), "at": int64(r.IntN(5)) * 1e6,
		}
		for name := range v {
			if r.IntN(5) == 0 {
				v[name] = nil
			}
		}
		args := map[string]any{}
		for name, value := range v {
			args[name] = sqlOf(name, value)
		}
		_, err := pool.Exec(t.Context(), `insert into layer.any (n, m, s, t, b, d, e, at) select n, m, s, t, b, d, e, at from jsonb_populate_record(null::layer.any, $1)`, args)
		if err != nil {
			t.Fatal(err)
		}
		rows[fmt.Sprint(i+1)] = v
	}
	return store, rows
}

func sqlOf(name string, v any) any {
	switch v := v.(type) {
	case *big.Rat:
		n, _ := v.Float64()
		return n
	case int64:
		if name == "at" {
			return epoch.Add(time.Duration(v) * time.Microsecond).Format(time.RFC3339Nano)
		}
		return epoch.AddDate(0, 0, int(v)).Format(time.DateOnly)
	}
	return v
}

func pick[E any](r *random, all ...E) E { return all[r.IntN(len(all))] }

func call(op cql.Op, args ...cql.Expr) cql.Expr {
	if op == cql.And || op == cql.Or {
		return cql.Join(op, args...)
	}
	return &cql.Call{Op: op, Args: args}
}

func (r *random) condition(depth int) cql.Expr {
	if depth > 0 && r.IntN(3) > 0 {
		switch r.IntN(6) {
		case 0:
			return call(cql.Not, r.condition(depth-1))
		case 1:
			return call(cql.IsNull, r.condition(depth-1))
		case 2:
			return call(pick(r, cql.And, cql.Or), r.condition(depth-1), r.condition(depth-1), r.condition(depth-1))
		default:
			return call(pick(r, cql.And, cql.Or), r.condition(depth-1), r.condition(depth-1))
		}
	}
	kind := pick(r, cql.Number, cql.Text, cql.Date, cql.Timestamp)
	value := func() cql.Expr { return r.value(kind, 2) }
	switch r.IntN(8) {
	case 0:
		return &cql.Literal{Kind: cql.Boolean, Value: pick(r, "true", "false")}
	case 1:
		return call(pick(r, cql.Equal, cql.NotEqual), &cql.Property{Name: "b"}, r.condition(0))
	case 2:
		return call(cql.IsNull, value())
	case 3:
		return call(cql.Between, value(), value(), value())
	case 4:
		return call(cql.In, value(), &cql.List{Items: []cql.Expr{value(), value()}})
	case 5:
		return call(cql.Like, r.value(cql.Text, 1), &cql.Literal{Kind: cql.Text, Value: pick(r, "%", "_", "a%", "%b", `%\%%`, `a\\b`, `_\_`, "%'%", "梁_", "")})
	case 6:
		return r.temporal(pick(r, cql.Date, cql.Timestamp))
	}
	return call(pick(r, cql.Equal, cql.NotEqual, cql.Less, cql.AtMost, cql.Greater, cql.AtLeast), value(), value())
}

func (r *random) value(kind cql.Kind, depth int) cql.Expr {
	switch kind {
	case cql.Number:
		if depth > 0 && r.IntN(2) == 0 {
			op := pick(r, cql.Plus, cql.Minus, cql.Times, cql.Div, cql.Modulo, cql.Power)
			if op == cql.Power {
				return call(op, r.value(kind, depth-1), &cql.Literal{Kind: kind, Value: pick(r, "0", "1", "2", "3")})
			}
			return call(op, r.value(kind, depth-1), r.value(kind, depth-1))
		}
		return pick[cql.Expr](r, &cql.Property{Name: "n"}, &cql.Property{Name: "m"}, &cql.Literal{Kind: kind, Value: pick(r, "0", "-1", "2", "0.5", "1e+20")})
	case cql.Date:
		return pick[cql.Expr](r, &cql.Property{Name: "d"}, &cql.Property{Name: "e"}, r.moment(kind))
	case cql.Timestamp:
		return pick[cql.Expr](r, &cql.Property{Name: "at"}, r.moment(kind))
	}
	if depth > 0 && r.IntN(4) == 0 {
		return call(cql.CaseI, r.value(kind, depth-1))
	}
	return pick[cql.Expr](r, &cql.Property{Name: "s"}, &cql.Property{Name: "t"}, &cql.Literal{Kind: kind, Value: pick(r, "", "a", "B_", "O'Neill", "梁山", "ä")})
}

func (r *random) moment(kind cql.Kind) cql.Expr {
	if kind == cql.Date {
		return &cql.Literal{Kind: kind, Value: epoch.AddDate(0, 0, r.IntN(5)).Format(time.DateOnly)}
	}
	return &cql.Literal{Kind: kind, Value: epoch.Add(time.Duration(r.IntN(5)) * time.Second).Format(time.RFC3339Nano)}
}

// allen says what has to hold of the spans from a to b and from c to d.
var allen = map[cql.Op]string{
	cql.After: "a>d", cql.Before: "b<c", cql.TIntersects: "a<=d b>=c", cql.TEquals: "a=c b=d", cql.TContains: "a<c b>d", cql.During: "a>c b<d",
	cql.Starts: "a=c b<d", cql.StartedBy: "a=c b>d", cql.Finishes: "a>c b=d", cql.FinishedBy: "a<c b=d", cql.Meets: "b=c", cql.MetBy: "a=d",
	cql.TOverlaps: "a<c b>c b<d", cql.OverlappedBy: "a>c a<d b>d", cql.TDisjoint: "not a<=d b>=c",
}

func (r *random) temporal(kind cql.Kind) cql.Expr {
	op := pick(r, slices.Sorted(maps.Keys(allen))...)
	operand := func() cql.Expr {
		if slices.Contains([]cql.Op{cql.After, cql.Before, cql.TDisjoint, cql.TIntersects, cql.TEquals}, op) && r.IntN(2) == 0 {
			return r.value(kind, 0)
		}
		property := &cql.Property{Name: map[cql.Kind]string{cql.Date: pick(r, "d", "e"), cql.Timestamp: "at"}[kind]}
		return pick[cql.Expr](r, &cql.Interval{Start: property, End: property}, &cql.Interval{Start: property}, &cql.Interval{End: property}, &cql.Interval{Start: r.moment(kind)}, &cql.Interval{})
	}
	return call(op, operand(), operand())
}

// eval is what a node is for a row; nil is unknown.
func (v row) eval(e cql.Expr) any {
	switch e := e.(type) {
	case *cql.Property:
		return v[e.Name]
	case *cql.Literal:
		return literal(e)
	case *cql.Call:
		switch e.Op {
		case cql.And, cql.Or:
			return v.logical(e)
		case cql.In:
			any := &cql.Call{Op: cql.Or}
			for _, item := range e.Args[1].(*cql.List).Items {
				any.Args = append(any.Args, call(cql.Equal, e.Args[0], item))
			}
			return v.logical(any)
		case cql.Between:
			return v.logical(call(cql.And, call(cql.AtLeast, e.Args[0], e.Args[1]), call(cql.AtMost, e.Args[0], e.Args[2])).(*cql.Call))
		case cql.IsNull:
			return v.eval(e.Args[0]) == nil
		}
		if relation, ok := allen[e.Op]; ok {
			return v.related(e, relation)
		}
		var args []any
		for _, a := range e.Args {
			value := v.eval(a)
			if value == nil {
				return nil
			}
			args = append(args, value)
		}
		return apply(e.Op, args)
	}
	panic(fmt.Sprintf("%T", e))
}

func literal(l *cql.Literal) any {
	switch l.Kind {
	case cql.Number:
		n, _ := new(big.Rat).SetString(l.Value)
		return n
	case cql.Boolean:
		return l.Value == "true"
	case cql.Date:
		at, _ := time.Parse(time.DateOnly, l.Value)
		return int64(at.Sub(epoch).Hours()) / 24
	case cql.Timestamp:
		at, _ := time.Parse(time.RFC3339Nano, l.Value)
		return at.Sub(epoch).Microseconds()
	}
	return l.Value
}

func (v row) logical(e *cql.Call) any {
	var truths []any
	for _, a := range e.Args {
		truths = append(truths, v.eval(a))
	}
	return kleene(e.Op == cql.Or, truths...)
}

// kleene joins truths: false decides AND, true decides OR.
func kleene(deciding bool, truths ...any) any {
	switch {
	case slices.Contains(truths, any(deciding)):
		return deciding
	case slices.Contains(truths, nil):
		return nil
	}
	return !deciding
}

func (v row) related(e *cql.Call, relation string) any {
	ends := map[string]any{}
	ends["a"], ends["b"] = v.ends(e.Args[0])
	ends["c"], ends["d"] = v.ends(e.Args[1])
	relation, negated := strings.CutPrefix(relation, "not ")
	var truths []any
	for one := range strings.FieldsSeq(relation) {
		left, right := ends[one[:1]], ends[one[len(one)-1:]]
		if left == nil || right == nil {
			truths = append(truths, nil)
			continue
		}
		truths = append(truths, apply(cql.Op(one[1:len(one)-1]), []any{left, right}))
	}
	truth := kleene(false, truths...)
	if negated && truth != nil {
		return !truth.(bool)
	}
	return truth
}

func (v row) ends(e cql.Expr) (start, end any) {
	interval, ok := e.(*cql.Interval)
	if !ok {
		start = v.eval(e)
		return start, start
	}
	start, end = int64(math.MinInt64), int64(math.MaxInt64)
	if interval.Start != nil {
		start = v.eval(interval.Start)
	}
	if interval.End != nil {
		end = v.eval(interval.End)
	}
	return start, end
}

func apply(op cql.Op, args []any) any {
	switch op {
	case cql.Not:
		return !args[0].(bool)
	case cql.CaseI:
		return strings.ToLower(args[0].(string))
	case cql.Like:
		return pattern(args[1].(string)).MatchString(args[0].(string))
	case cql.Plus, cql.Minus, cql.Times, cql.Div, cql.Modulo, cql.Power:
		return calculated(op, args[0].(*big.Rat), args[1].(*big.Rat))
	}
	order := compared(args[0], args[1])
	return map[cql.Op]bool{cql.Equal: order == 0, cql.NotEqual: order != 0, cql.Less: order < 0, cql.AtMost: order <= 0, cql.Greater: order > 0, cql.AtLeast: order >= 0}[op]
}

func calculated(op cql.Op, a, b *big.Rat) any {
	n := new(big.Rat)
	switch op {
	case cql.Plus:
		return n.Add(a, b)
	case cql.Minus:
		return n.Sub(a, b)
	case cql.Times:
		return n.Mul(a, b)
	case cql.Power:
		n.SetInt64(1)
		for range b.Num().Int64() {
			n.Mul(n, a)
		}
		return n
	}
	if b.Sign() == 0 {
		return nil
	}
	n.Quo(a, b)
	whole := new(big.Rat).SetInt(new(big.Int).Quo(n.Num(), n.Denom()))
	if op == cql.Div {
		return whole
	}
	return n.Sub(a, whole.Mul(whole, b))
}

func compared(a, b any) int {
	switch a := a.(type) {
	case *big.Rat:
		return a.Cmp(b.(*big.Rat))
	case string:
		return strings.Compare(a, b.(string))
	case int64:
		return cmp.Compare(a, b.(int64))
	}
	if a == b {
		return 0
	}
	return 1
}

func pattern(text string) *regexp.Regexp {
	var out strings.Builder
	escaped := false
	for _, c := range text {
		switch {
		case !escaped && c == '\\':
			escaped = true
			continue
		case !escaped && c == '%':
			out.WriteString(".*")
		case !escaped && c == '_':
			out.WriteString(".")
		default:
			out.WriteString(regexp.QuoteMeta(string(c)))
		}
		escaped = false
	}
	return regexp.MustCompile("(?s)^" + out.String() + "$")
}
