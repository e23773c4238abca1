package layers

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

//go:embed statistics.sql
var statisticsSQL string

// Statistics is what the values of a property are like.
type Statistics struct {
	Count    int64 // features
	Nulls    int64 // of them, without a value
	Distinct int64 // values

	Min, Max any // as Feature has values; nil where there are none. Of numbers and times the finite ones
	Sum      any // of numbers that are finite; nil for others
	Mean     any

	Bins   []Bin        // of numbers and times: as wide as each other, in order; those without features too
	Values []ValueCount // the most frequent values, most first
}

// Bin is a part of the range of values: from From to below To, the last one to its end.
type Bin struct {
	From  any   `json:"from"`
	To    any   `json:"to"`
	Count int64 `json:"count"`
}

// ValueCount is a value and how many features have it.
type ValueCount struct {
	Value any   `json:"value"`
	Count int64 `json:"count"`
}

// bins is how many parts a histogram has at most.
const bins = 20

// Statistics tells what the values of a property are like among the features that match, with at most so many values. It
// returns ErrInvalid for a property that the layer has not, or that holds objects.
func (s *Store) Statistics(ctx context.Context, actor Actor, layer, property string, values int, q Query) (*Statistics, error) {
	l, err := s.Layer(ctx, actor, layer)
	if err != nil {
		return nil, err
	}
	p, ok := l.Property(property)
	if !ok || p.Role == "hidden" || p.Type == JSON {
		return nil, Refuse(ErrInvalid, "layer %q has no property %q with values to compare; what it has is at /layers/%[1]s", "图层“%s”没有可供统计的属性“%s”；现有属性见 /layers/%[1]s", l.Name, property)
	}
	sel, err := s.selection(ctx, l, q)
	if err != nil {
		return nil, err
	}
	kind := kindOf(p.Type)
	sql := strings.NewReplacer("/* value */", kind.value(ident(p.Name)), "/* text */", kind.text, "/* place */", kind.place, "/* sum */", kind.sum, "/* order */", kind.order,
		"/* table */", sel.from, "/* filter */", sel.condition()).Replace(statisticsSQL)
	sel.args["bins"], sel.args["whole"], sel.args["numbers"], sel.args["values"] = bins, kind.whole, kind.place != kindOf(String).place, values
	var st Statistics
	var least, most, sum *string
	var finite *int64
	var from, step *float64
	var places, counts, valueCounts []int64
	var texts []string
	err = s.pool.QueryRow(ctx, sql, sel.with()...).Scan(&st.Count, &st.Nulls, &st.Distinct, &least, &most, &sum, &finite, &from, &step, &places, &counts, &texts, &valueCounts)
	if err != nil {
		return nil, fmt.Errorf("statistics of %s in %s: %w", property, l.Name, BadValue(err))
	}
	st.Min, st.Max = kind.read(least), kind.read(most)
	if sum != nil {
		st.Sum = json.Number(*sum)
		if total, err := strconv.ParseFloat(*sum, 64); err == nil {
			st.Mean = total / float64(*finite)
		}
	}
	for i, text := range texts {
		st.Values = append(st.Values, ValueCount{kind.read(&text), valueCounts[i]})
	}
	if from != nil {
		st.Bins = kind.bins(*from, *step, places, counts)
	}
	return &st, nil
}

// kind is how values of a type are counted: SQL over v, and what becomes of their texts.
type kind struct {
	value func(column string) string
	text  string
	place string // on a line, null where it has none
	sum   string
	order string
	whole bool
	read  func(text *string) any
	at    func(place float64) any // the value of a place
}

func kindOf(t Type) kind {
	plainly := func(column string) string { return "source." + column }
	k := kind{value: plainly, text: "placed.v::text", place: "null::float8", sum: "max(null::text)", order: "placed.v", read: func(text *string) any {
		if text == nil {
			return nil
		}
		return *text
	}}
	number := func(text *string) any {
		if text == nil {
			return nil
		}
		if v, err := strconv.ParseFloat(*text, 64); err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return *text // what JSON has no number for
		}
		return json.Number(*text)
	}
	switch t {
	case Integer, Number:
		k.place = "case when v::float8 not in ('NaN', 'Infinity', '-Infinity') then v::float8 end"
		k.sum, k.whole, k.read = "sum(v * n::numeric)::text", t == Integer, number
		k.at = func(place float64) any { return place }
	case Date:
		k.place, k.whole = "case when isfinite(v) then (v - '1970-01-01'::date)::float8 end", true
		k.at = func(place float64) any { return time.Unix(int64(place)*86400, 0).UTC().Format(time.DateOnly) }
	case DateTime:
		k.value = func(column string) string { return "source." + column + "::timestamptz" }
		k.place = "case when isfinite(v) then extract(epoch from v)::float8 end"
		k.at = func(place float64) any {
			return time.UnixMicro(int64(math.Round(place * 1e6))).In(Zone).Format(time.RFC3339Nano)
		}
		k.text = "(placed.v at time zone 'UTC')::text"
		k.read = momentText
	case Boolean:
		k.read = func(text *string) any {
			if text == nil {
				return nil
			}
			return *text == "true"
		}
	default:
		k.value, k.order = func(column string) string { return "source." + column + "::text" }, `placed.v collate "C"`
	}
	return k
}

// momentText turns PostgreSQL's text of a time in UTC into RFC 3339, as features have it.
func momentText(text *string) any {
	if text == nil {
		return nil
	}
	at, err := time.Parse("2006-01-02 15:04:05.999999999", *text)
	if err != nil {
		return *text // infinity, or before our era
	}
	return at.In(Zone).Format(time.RFC3339Nano)
}

// bins makes the histogram of counts at places. A step of 0 is that of one value.
func (k kind) bins(from, step float64, places, counts []int64) []Bin {
	last := places[len(places)-1]
	out := make([]Bin, last+1)
	for i := range out {
		out[i].From, out[i].To = k.at(from+float64(i)*step), k.at(from+float64(i+1)*step)
	}
	for i, place := range places {
		out[place].Count = counts[i]
	}
	return out
}
