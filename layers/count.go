package layers

import (
	"context"
	"encoding/json"
	"fmt"
)

// Count is Reader.Count, now.
func (s *Store) Count(ctx context.Context, actor Actor, layer string, q Query) (int64, error) {
	return s.reader().Count(ctx, actor, layer, q)
}

// Count counts the features that match; of q, order, paging and what the answer has are not looked at.
func (s Reader) Count(ctx context.Context, actor Actor, layer string, q Query) (int64, error) {
	l, err := s.store.Layer(ctx, actor, layer)
	if err != nil {
		return 0, err
	}
	sel, err := s.store.selection(ctx, l, q)
	if err != nil {
		return 0, err
	}
	return s.count(ctx, sel)
}

func (s Reader) count(ctx context.Context, sel *selection) (n int64, err error) {
	if err := s.db.QueryRow(ctx, sel.count(), sel.with()...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count %s: %w", sel.layer.Name, BadValue(err))
	}
	return n, nil
}

// The bounds of what is cheap to count.
const (
	fewRows  = 10_000  // a layer of more is not counted anew for a question without conditions
	cheapest = 100_000 // in the planner's units; to look at each of 350,000 parcels is half of it, some 50 ms
)

// counted is how many features match where that is known, else -1: a large layer without conditions is counted by the catalogue,
// which follows the log; and a cursor knows the number of its first page, good as long as the layer is unchanged.
func (sel *selection) counted(q Query) (int64, error) {
	l := sel.layer
	if len(sel.where) == 0 && q.AsOf == 0 && l.Tracked && l.Count > fewRows {
		return l.Count, nil
	}
	c, err := decodeCursor(q.After, sel.hash())
	if err != nil {
		return -1, err
	}
	if c.Matched != nil && (q.AsOf != 0 || l.Tracked && c.Revision == l.Revision) {
		return *c.Matched, nil
	}
	return -1, nil
}

// countIfCheap counts the features that match, exactly, or returns -1 where the planner thinks much of it.
func (s Reader) countIfCheap(ctx context.Context, sel *selection) (int64, error) {
	cost, err := s.cost(ctx, sel)
	if err != nil || cost > cheapest {
		return -1, err
	}
	return s.count(ctx, sel)
}

// cost is what the planner thinks that counting costs.
func (s Reader) cost(ctx context.Context, sel *selection) (float64, error) {
	var text []byte
	if err := s.db.QueryRow(ctx, "explain (format json) "+sel.count(), sel.with()...).Scan(&text); err != nil {
		return 0, fmt.Errorf("plan to count %s: %w", sel.layer.Name, BadValue(err))
	}
	var plans []struct {
		Plan struct {
			Cost float64 `json:"Total Cost"`
		}
	}
	if err := json.Unmarshal(text, &plans); err != nil || len(plans) != 1 {
		return 0, fmt.Errorf("plan to count %s: %q: %w", sel.layer.Name, text, err)
	}
	return plans[0].Plan.Cost, nil
}
