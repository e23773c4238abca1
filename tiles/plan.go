package tiles

import (
	"context"
	"sync"

	"onemap/layers"
)

// plan is how one layer is asked for in all tiles of a zoom: everything but the place.
type plan struct {
	layer    *layers.Layer // as it was described when the plan was made
	drawings []drawing
	whole    bool // of all rows there are, now, nothing is left out
}

// plans are those that have been made. Its zero value is ready.
type plans struct {
	mu   sync.RWMutex
	made map[plannedFor]*plan
}

// plannedFor is what a plan depends on, besides how the layer is described.
type plannedFor struct {
	layer, audience, properties string
	set                         *MatrixSet
	zoom                        int
}

// mostPlans is how many plans are kept. When there are more, all of them are made anew.
const mostPlans = 1000

// plan returns how to ask for a key's layer. Filters and the past are of one request: their plans are not kept.
func (t *Tiles) plan(ctx context.Context, l *layers.Layer, k key) (*plan, error) {
	of := plannedFor{k.layer, k.audience, k.properties, k.set, k.tile.Z}
	keep := k.filter == "" && k.asOf == 0
	if keep {
		t.plans.mu.RLock()
		p := t.plans.made[of]
		t.plans.mu.RUnlock()
		if p != nil && p.layer == l { // the catalogue replaces descriptions, it never changes one
			return p, nil
		}
	}
	q, err := t.newQuestion(ctx, l, k)
	if err != nil {
		return nil, err
	}
	p := &plan{layer: l, whole: keep && q.rule == "" && k.audience == everyone}
	if p.drawings, err = q.drawings(); err != nil || !keep {
		return p, err
	}
	for i, d := range p.drawings {
		p.drawings[i].shared = q.shares(d)
		p.drawings[i].kept = q.shares(d) && t.rowsets.worth(l, k.tile.Z)
	}
	t.plans.mu.Lock()
	defer t.plans.mu.Unlock()
	if t.plans.made == nil || len(t.plans.made) >= mostPlans {
		t.plans.made = map[plannedFor]*plan{}
	}
	t.plans.made[of] = p
	return p, nil
}
