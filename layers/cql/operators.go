package cql

import "strings"

// Op is an operator or a function, by its name in CQL2 JSON.
type Op string

// The operators.
const (
	And          Op = "and"
	Or           Op = "or"
	Not          Op = "not"
	Equal        Op = "="
	NotEqual     Op = "<>"
	Less         Op = "<"
	AtMost       Op = "<="
	Greater      Op = ">"
	AtLeast      Op = ">="
	Like         Op = "like"
	Between      Op = "between"
	In           Op = "in"
	IsNull       Op = "isNull"
	Plus         Op = "+"
	Minus        Op = "-"
	Times        Op = "*"
	DividedBy    Op = "/"
	Modulo       Op = "%"
	Div          Op = "div"
	Power        Op = "^"
	CaseI        Op = "casei"
	AccentI      Op = "accenti"
	Intersects   Op = "s_intersects"
	Equals       Op = "s_equals"
	Disjoint     Op = "s_disjoint"
	Touches      Op = "s_touches"
	Within       Op = "s_within"
	Overlaps     Op = "s_overlaps"
	Crosses      Op = "s_crosses"
	Contains     Op = "s_contains"
	After        Op = "t_after"
	Before       Op = "t_before"
	TContains    Op = "t_contains"
	TDisjoint    Op = "t_disjoint"
	During       Op = "t_during"
	TEquals      Op = "t_equals"
	FinishedBy   Op = "t_finishedBy"
	Finishes     Op = "t_finishes"
	TIntersects  Op = "t_intersects"
	Meets        Op = "t_meets"
	MetBy        Op = "t_metBy"
	OverlappedBy Op = "t_overlappedBy"
	TOverlaps    Op = "t_overlaps"
	StartedBy    Op = "t_startedBy"
	Starts       Op = "t_starts"
	AEquals      Op = "a_equals"
	AContains    Op = "a_contains"
	AContainedBy Op = "a_containedBy"
	AOverlaps    Op = "a_overlaps"
)

// How tight an operator binds, in CQL2 text.
const (
	disjunctions = iota + 1
	conjunctions
	negations
	predicates
	sums
	products
	powers
	calls // name(…, …)
)

// operator is what there is to know of one.
type operator struct {
	spelling string // in CQL2 text
	binds    int
	args     [2]int // how many it has, at least and at most
	gives    Kind
	text     func(c *Call, negated string) string // as CQL2 text; negated is "NOT " or ""
	sql      func(c *compiler, e *Call) (string, error)
}

var operators map[Op]operator

// named finds an operator or a function that is written as a call, whatever the case of its letters.
var named = map[string]Op{}

const many = MaxNodes

func init() { // the table's functions look into the table
	operators = map[Op]operator{
		Or:  {"OR", disjunctions, [2]int{2, many}, Boolean, joined, (*compiler).logical},
		And: {"AND", conjunctions, [2]int{2, many}, Boolean, joined, (*compiler).logical},
		Not: {"NOT", negations, [2]int{1, 1}, Boolean, func(c *Call, _ string) string { return negate(c.Args[0]) }, (*compiler).not},

		Equal:    {"=", predicates, [2]int{2, 2}, Boolean, infix, (*compiler).compare},
		NotEqual: {"<>", predicates, [2]int{2, 2}, Boolean, infix, (*compiler).compare},
		Less:     {"<", predicates, [2]int{2, 2}, Boolean, infix, (*compiler).compare},
		AtMost:   {"<=", predicates, [2]int{2, 2}, Boolean, infix, (*compiler).compare},
		Greater:  {">", predicates, [2]int{2, 2}, Boolean, infix, (*compiler).compare},
		AtLeast:  {">=", predicates, [2]int{2, 2}, Boolean, infix, (*compiler).compare},

		Like:    {"LIKE", predicates, [2]int{2, 2}, Boolean, infix, (*compiler).like},
		In:      {"IN", predicates, [2]int{2, 2}, Boolean, infix, (*compiler).in},
		Between: {"BETWEEN", predicates, [2]int{3, 3}, Boolean, writeBetween, (*compiler).between},
		IsNull:  {"NULL", predicates, [2]int{1, 1}, Boolean, writeIsNull, (*compiler).isNull},

		Plus:      {"+", sums, [2]int{2, 2}, Number, infix, calculate("(%s + %s)")},
		Minus:     {"-", sums, [2]int{2, 2}, Number, infix, calculate("(%s - %s)")},
		Times:     {"*", products, [2]int{2, 2}, Number, infix, calculate("(%s * %s)")},
		DividedBy: {"/", products, [2]int{2, 2}, Number, infix, calculate("(%s / nullif(%s, 0))")},
		Modulo:    {"%", products, [2]int{2, 2}, Number, infix, calculate("mod(%s, nullif(%s, 0))")},
		Div:       {"DIV", products, [2]int{2, 2}, Number, infix, calculate("div(%s, nullif(%s, 0))")},
		Power:     {"^", powers, [2]int{2, 2}, Number, infix, calculate("onemap.power(%s, %s)")},

		CaseI:   {"CASEI", calls, [2]int{1, 1}, Text, called, folded("onemap.casei(%s)")},
		AccentI: {"ACCENTI", calls, [2]int{1, 1}, Text, called, folded("onemap.accenti(%s)")},

		Intersects: {"S_INTERSECTS", calls, [2]int{2, 2}, Boolean, called, (*compiler).intersects},
		Equals:     {"S_EQUALS", calls, [2]int{2, 2}, Boolean, called, spatial("(%[3]s and onemap.s_equals(%[1]s, %[2]s))")},
		Disjoint:   {"S_DISJOINT", calls, [2]int{2, 2}, Boolean, called, (*compiler).disjoint},
		Touches:    {"S_TOUCHES", calls, [2]int{2, 2}, Boolean, called, spatial("(%[3]s and onemap.s_touches(%[1]s, %[2]s))")},
		Within:     {"S_WITHIN", calls, [2]int{2, 2}, Boolean, called, spatial("(%[3]s and onemap.s_within(%[1]s, %[2]s))")},
		Overlaps:   {"S_OVERLAPS", calls, [2]int{2, 2}, Boolean, called, spatial("(%[3]s and onemap.s_overlaps(%[1]s, %[2]s))")},
		Crosses:    {"S_CROSSES", calls, [2]int{2, 2}, Boolean, called, spatial("(%[3]s and onemap.s_crosses(%[1]s, %[2]s))")},
		Contains:   {"S_CONTAINS", calls, [2]int{2, 2}, Boolean, called, spatial("(%[3]s and onemap.s_contains(%[1]s, %[2]s))")},

		// %[1]s and %[2]s are the start and the end of the first, %[3]s and %[4]s of the second.
		After:        {"T_AFTER", calls, [2]int{2, 2}, Boolean, called, temporal(instants, "%[1]s > %[4]s")},
		Before:       {"T_BEFORE", calls, [2]int{2, 2}, Boolean, called, temporal(instants, "%[2]s < %[3]s")},
		TDisjoint:    {"T_DISJOINT", calls, [2]int{2, 2}, Boolean, called, temporal(instants, "(%[1]s > %[4]s or %[2]s < %[3]s)")},
		TEquals:      {"T_EQUALS", calls, [2]int{2, 2}, Boolean, called, temporal(instants, "(%[1]s = %[3]s and %[2]s = %[4]s)")},
		TIntersects:  {"T_INTERSECTS", calls, [2]int{2, 2}, Boolean, called, temporal(instants, "(%[1]s <= %[4]s and %[2]s >= %[3]s)")},
		TContains:    {"T_CONTAINS", calls, [2]int{2, 2}, Boolean, called, temporal(intervals, "(%[1]s < %[3]s and %[2]s > %[4]s)")},
		During:       {"T_DURING", calls, [2]int{2, 2}, Boolean, called, temporal(intervals, "(%[1]s > %[3]s and %[2]s < %[4]s)")},
		FinishedBy:   {"T_FINISHEDBY", calls, [2]int{2, 2}, Boolean, called, temporal(intervals, "(%[1]s < %[3]s and %[2]s = %[4]s)")},
		Finishes:     {"T_FINISHES", calls, [2]int{2, 2}, Boolean, called, temporal(intervals, "(%[1]s > %[3]s and %[2]s = %[4]s)")},
		Meets:        {"T_MEETS", calls, [2]int{2, 2}, Boolean, called, temporal(intervals, "%[2]s = %[3]s")},
		MetBy:        {"T_METBY", calls, [2]int{2, 2}, Boolean, called, temporal(intervals, "%[1]s = %[4]s")},
		OverlappedBy: {"T_OVERLAPPEDBY", calls, [2]int{2, 2}, Boolean, called, temporal(intervals, "(%[1]s > %[3]s and %[1]s < %[4]s and %[2]s > %[4]s)")},
		TOverlaps:    {"T_OVERLAPS", calls, [2]int{2, 2}, Boolean, called, temporal(intervals, "(%[1]s < %[3]s and %[2]s > %[3]s and %[2]s < %[4]s)")},
		StartedBy:    {"T_STARTEDBY", calls, [2]int{2, 2}, Boolean, called, temporal(intervals, "(%[1]s = %[3]s and %[2]s > %[4]s)")},
		Starts:       {"T_STARTS", calls, [2]int{2, 2}, Boolean, called, temporal(intervals, "(%[1]s = %[3]s and %[2]s < %[4]s)")},

		AEquals:      {"A_EQUALS", calls, [2]int{2, 2}, Boolean, called, arrays("(%[1]s @> %[2]s and %[1]s <@ %[2]s)")},
		AContains:    {"A_CONTAINS", calls, [2]int{2, 2}, Boolean, called, arrays("%[1]s @> %[2]s")},
		AContainedBy: {"A_CONTAINEDBY", calls, [2]int{2, 2}, Boolean, called, arrays("%[1]s <@ %[2]s")},
		AOverlaps:    {"A_OVERLAPS", calls, [2]int{2, 2}, Boolean, called, arrays("exists(select from jsonb_array_elements(%[1]s) a, jsonb_array_elements(%[2]s) b where a.value = b.value)")},
	}
	for op, o := range operators {
		if o.binds == calls {
			named[o.spelling] = op
		}
	}
	for _, f := range Functions {
		named[strings.ToUpper(f.Name)] = Op(f.Name)
	}
}

// opOf is the operator or function that a call names; one that is not known keeps its name.
func opOf(name string) Op {
	if op, ok := named[strings.ToUpper(name)]; ok {
		return op
	}
	return Op(name)
}
