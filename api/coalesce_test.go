package api

import (
	"fmt"
	"testing"

	"onemap/layers"
)

// Whatever comes in, each change lies in what is told of its layer, and the last position is told last.
func TestCoalescedChangesHoldWhatCameIn(t *testing.T) {
	t.Parallel()
	at := func(x, y float64) *layers.Bounds { return &layers.Bounds{x, y, x + 0.0001, y + 0.0001} }
	for name, c := range map[string]struct {
		in   []change
		want int
	}{
		"one place":           {[]change{{"a", 1, "update", at(116, 35)}, {"a", 2, "update", at(116.001, 35)}, {"a", 3, "update", at(116, 35.001)}}, 1},
		"far apart":           {[]change{{"a", 1, "update", at(116, 35)}, {"a", 2, "update", at(116.1, 35)}}, 2},
		"layers":              {[]change{{"a", 1, "update", at(116, 35)}, {"b", 2, "update", at(116, 35)}, {"a", 3, "update", at(116, 35)}}, 2},
		"kinds":               {[]change{{"a", 1, "insert", at(116, 35)}, {"a", 2, "delete", at(116, 35)}}, 2},
		"a place in a larger": {[]change{{"a", 1, "load", &layers.Bounds{115, 34, 117, 36}}, {"a", 2, "load", at(116, 35)}}, 1},
		"nowhere":             {[]change{{"a", 1, "update", nil}, {"a", 2, "update", nil}, {"a", 3, "update", at(116, 35)}}, 2},
	} {
		held(t, name, c.in, c.want)
	}
	var many []change
	for i := range 999 {
		many = append(many, change{"a", int64(i + 1), "update", at(100+float64(i%100)/4, 20+float64(i/100))})
	}
	held(t, "many", many, 0)
}

func held(t *testing.T, name string, in []change, want int) {
	var p coalesced
	for _, c := range in {
		p.add(c)
	}
	if n := len(p.changes); want > 0 && n != want || n > mostTold {
		t.Errorf("%s: %d are told: %+v", name, n, p.changes)
	}
	if last := p.changes[len(p.changes)-1]; last.Position != in[len(in)-1].Position {
		t.Errorf("%s: the last position told is %d", name, last.Position)
	}
	for _, c := range in {
		found := false
		for _, told := range p.changes {
			found = found || told.Layer == c.Layer && told.Op == c.Op && told.Position >= c.Position &&
				(c.Bounds == nil || told.Bounds != nil && told.Bounds.Extend(*c.Bounds) == *told.Bounds)
		}
		if !found {
			t.Errorf("%s: %s is told nowhere", name, fmt.Sprint(c))
		}
	}
}
