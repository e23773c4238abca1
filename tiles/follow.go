package tiles

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"onemap/layers"
)

// following is what following the log has taught: the revisions of every layer's tiles.
type following struct {
	begun    atomic.Bool   // the log has been read back; what is known is true at position
	ready    chan struct{} // closed when it begins
	position atomic.Int64  // of the last change that is known
	broken   atomic.Int64  // since when the log can not be followed, Unix nanoseconds; 0 = it can

	mu     sync.RWMutex
	layers map[string]*revisions

	told chan struct{} // closed and made anew when position moves on
}

// Follow keeps the revisions of tiles true by following the log, until the context ends or the database fails. Called
// again, it goes on where it was; until then tiles are handed out as they were when it ended. Before it has read the log
// back for the first time, nothing is cached.
func (t *Tiles) Follow(ctx context.Context) error {
	err := t.follow(ctx)
	if ctx.Err() == nil {
		t.log.broken.CompareAndSwap(0, time.Now().UnixNano())
	}
	return err
}

func (t *Tiles) follow(ctx context.Context) error {
	if !t.log.begun.Load() {
		if err := t.readBack(ctx); err != nil {
			return err
		}
	} else if _, err := t.store.Position(ctx); err != nil {
		return err
	}
	t.log.broken.Store(0)
	for change, err := range t.store.Follow(ctx, t.log.position.Load()) {
		if err != nil {
			return err
		}
		if whole(change) { // who sees the new revision must see the new description too
			if err := t.store.Await(ctx, change.Position); err != nil {
				return err
			}
		}
		t.apply(change)
		t.moveOn(change.Position)
	}
	return ctx.Err()
}

// readBack learns from the log what this node would know had it always followed.
func (t *Tiles) readBack(ctx context.Context) error {
	position, err := t.store.Position(ctx)
	if err != nil {
		return err
	}
	for change, err := range t.store.Marks(ctx, position) {
		if err != nil {
			return err
		}
		t.apply(change)
	}
	ls, err := t.store.Layers(ctx, layers.Anonymous)
	if err != nil {
		return err
	}
	for _, l := range ls {
		r := t.revisions(l.Name)
		r.mu.Lock()
		r.extend(l.Bounds)
		r.mu.Unlock()
	}
	t.moveOn(position)
	t.log.begun.Store(true)
	close(t.log.ready)
	return nil
}

// Ready waits until Follow has read the log back: from then on tiles are kept.
func (t *Tiles) Ready(ctx context.Context) error {
	select {
	case <-t.log.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// whole reports whether a change concerns all of its layer.
func whole(c layers.Change) bool {
	switch c.Op {
	case "schema", "truncate", "drop":
		return true
	case "load", "bulk": // without bounds it says too little to be anything else
		return c.Old == nil && c.New == nil
	}
	return false
}

func (t *Tiles) apply(c layers.Change) {
	if c.Layer == "" {
		return
	}
	r := t.revisions(c.Layer)
	if !whole(c) {
		r.touch(c.Position, c.Old, c.New)
		return
	}
	r.begin(c.Position, c.Op == "schema", c.Op == "truncate" || c.Op == "drop")
}

// revisions returns those of a layer, at first none.
func (t *Tiles) revisions(layer string) *revisions {
	t.log.mu.RLock()
	r := t.log.layers[layer]
	t.log.mu.RUnlock()
	if r != nil {
		return r
	}
	t.log.mu.Lock()
	defer t.log.mu.Unlock()
	if t.log.layers == nil {
		t.log.layers = map[string]*revisions{}
	}
	if t.log.layers[layer] == nil {
		t.log.layers[layer] = &revisions{}
	}
	return t.log.layers[layer]
}

func (t *Tiles) moveOn(position int64) {
	t.log.mu.Lock()
	defer t.log.mu.Unlock()
	t.log.position.Store(position)
	if t.log.told != nil {
		close(t.log.told)
		t.log.told = nil
	}
}

// Await waits until every change up to a position counts: who asks for a tile then gets it with them. It returns at once
// where the log is not followed.
func (t *Tiles) Await(ctx context.Context, position int64) error {
	for t.log.begun.Load() && t.log.position.Load() < position {
		t.log.mu.Lock()
		if t.log.told == nil {
			t.log.told = make(chan struct{})
		}
		told := t.log.told
		t.log.mu.Unlock()
		if t.log.position.Load() >= position {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-told:
		}
	}
	return nil
}

// Freshness is how true the tiles are: the position up to which changes count, and since when the log can not be
// followed; the zero time while it can.
func (t *Tiles) Freshness() (position int64, brokenSince time.Time) {
	if ns := t.log.broken.Load(); ns != 0 {
		brokenSince = time.Unix(0, ns)
	}
	return t.log.position.Load(), brokenSince
}
