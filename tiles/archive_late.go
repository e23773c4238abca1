package tiles

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"onemap/layers"
)

// lateChanges is what has been committed beyond a position.
type lateChanges struct {
	last      int64 // that has been read
	layers    []string
	touched   revisions
	mu        sync.Mutex
	written   map[string]bool
	was       *layers.Bounds // of what has been changed or taken away, before it was; degrees
	described bool           // the layers may not be described anew from now on
}

func newLateChanges(ctx context.Context, store *layers.Store, position int64, names []string) (*lateChanges, error) {
	l := &lateChanges{last: position, layers: names, written: map[string]bool{}}
	err := l.learn(ctx, store)
	l.described = true
	return l, err
}

// learn reads what has been committed until now: what has no position yet, and then, so that nothing is passed over that is
// given one meanwhile, what has.
func (l *lateChanges) learn(ctx context.Context, store *layers.Store) error {
	pending, err := store.Pending(ctx)
	if err != nil {
		return err
	}
	for _, c := range pending {
		if err := l.add(c); err != nil {
			return err
		}
	}
	var failed error
	err = eachChange(ctx, store, l.last, func(c layers.Change) bool {
		l.last = c.Position
		failed = l.add(c)
		return failed == nil
	})
	return cmp.Or(failed, err)
}

func (l *lateChanges) add(c layers.Change) error {
	if !slices.Contains(l.layers, c.Layer) {
		return nil
	}
	if l.described && (c.Op == "schema" || c.Op == "drop") {
		return layers.Refuse(layers.ErrConflict, "layer %q is described anew since the archive was begun: write it again", "制作期间图层“%s”的定义已改变，请重新制作", c.Layer)
	}
	l.mu.Lock()
	l.written[c.Layer] = true
	l.mu.Unlock()
	if c.Old != nil && !l.described { // read when bounds are settled
		was := *c.Old
		if l.was != nil {
			was = was.Extend(*l.was)
		}
		l.was = &was
	}
	if whole(c) {
		l.touched.begin(1, false, false)
		return nil
	}
	l.touched.touch(1, c.Old, c.New)
	return nil
}

func (l *lateChanges) wrote(layer string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written[layer]
}

// eachChange calls f with the changes beyond a position, in order, until it says no.
func eachChange(ctx context.Context, store *layers.Store, after int64, f func(layers.Change) bool) error {
	const most = 10_000
	for {
		changes, err := store.Changes(ctx, after, most)
		if err != nil {
			return err
		}
		for _, c := range changes {
			if !f(c) {
				return nil
			}
			after = c.Position
		}
		if len(changes) < most {
			return nil
		}
	}
}

// pastless is a layer that has been written to after the plan's position and keeps no past; "" = none.
func (p *archivePlan) pastless() string {
	for _, l := range p.layers { // foreign tables keep none
		if l.Table.Schema != "layer" && p.late.wrote(l.Name) {
			return l.Name
		}
	}
	return ""
}
