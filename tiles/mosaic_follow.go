package tiles

import (
	"context"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/tiles/mosaic"
)

// follow brings changes up to a position into a mosaic that is made: it notes what they leave to be done, does that in steps,
// and shows the tiles that are others then, all at once. A mosaic that is true and was not ready is from then on. beside is
// the one that is being made to replace it, if any.
func (k *keeper) follow(ctx context.Context, mk *maker, beside *mosaicRow, position int64) (more bool, err error) {
	m := mk.m
	if beside != nil && beside.position > m.position { // it was begun because of a change that is not brought in here
		return false, nil
	}
	if m.noted > m.position {
		return true, k.catchUp(ctx, mk)
	}
	after := max(m.position, k.seen[m.id])
	for after < position {
		changes, err := k.t.store.Changes(ctx, after, mostChanges)
		if err != nil {
			return false, err
		}
		if len(changes) == 0 {
			break
		}
		after = changes[len(changes)-1].Position
		if ours := m.changes(changes); len(ours) > 0 {
			return true, k.note(ctx, mk, ours, after)
		}
		k.seen[m.id] = after
	}
	if after-m.position > noteEvery || !m.ready {
		m.noted = after
		return !m.ready, k.write(ctx, mk, func() error { return mk.show(ctx) })
	}
	switch {
	case beside != nil || !m.drifted():
		return false, nil
	case int(m.zooms[1]) < mk.design.last: // it may have more zooms by now
		return true, k.anew(ctx, mk, m.position)
	}
	return true, k.reprice(ctx, mk)
}

// drift is the part of a mosaic's pixels that may become others before its prices are found again.
const drift = 0.02

// drifted reports whether a mosaic's prices are of no use any more: there are classes that have none, or much has changed.
func (m *mosaicRow) drifted() bool {
	return len(m.classes) > m.priced || float64(m.changed) > drift*float64(m.sampled()*mosaic.Chunk*mosaic.Chunk)
}

// changes are those of the mosaic's layer that may change what it shows.
func (m *mosaicRow) changes(all []layers.Change) (ours []layers.Change) {
	for _, c := range all {
		if c.Layer == m.layer && (c.Old != nil || c.New != nil || whole(c)) && c.Op != "schema" {
			ours = append(ours, c)
		}
	}
	return ours
}

// note notes what changes up to a position leave to be done; where they are of most of the layer, it is made anew.
func (k *keeper) note(ctx context.Context, mk *maker, changes []layers.Change, position int64) error {
	m := mk.m
	touched := map[[2]int]pixels{}
	mostly := m.mostly(changes)
	for i := 0; i < len(changes) && !mostly; i++ {
		for _, p := range m.pixels(changes[i]) {
			for at := range p.box().all() {
				touched[at] = p.in(at[0], at[1]).with(touched[at])
			}
		}
		mostly = len(touched) > mostTouched
	}
	switch {
	case mostly && !m.ready: // another is made besides; until then this one is the nearest to the truth
		return k.write(ctx, mk, func() error { return mk.show(ctx) })
	case mostly:
		return k.anew(ctx, mk, position)
	case m.zooms[1] < m.zooms[0]: // there is nothing of it
		m.noted = position
		return k.write(ctx, mk, func() error { return mk.show(ctx) })
	}
	return k.write(ctx, mk, func() error {
		m.noted = position
		var steps []step
		for at, part := range touched {
			steps = append(steps, step{stepSample, int(m.zooms[1]), at[0], at[1], part})
		}
		return mk.add(ctx, steps)
	})
}

// mostTouched is how many chunks changes may touch that are brought in chunk by chunk.
const mostTouched = 1 << 12

// pixels are those of the last zoom that a change touches, by its old and its new bounds.
func (m *mosaicRow) pixels(c layers.Change) (ps []pixels) {
	for _, b := range []*layers.Bounds{c.Old, c.New} {
		if b != nil {
			ps = append(ps, pixelsOf(*b, int(m.zooms[1])))
		}
	}
	return ps
}

// mostly reports whether changes are of most of the layer, or one is of more than can be brought in.
func (m *mosaicRow) mostly(changes []layers.Change) bool {
	area, all := 0, m.sampled()
	for _, c := range changes {
		if whole(c) {
			return true
		}
		for _, p := range m.pixels(c) {
			n := p.box().count()
			if n > mostTouched {
				return true
			}
			if c.Count > 1 {
				area += n
			}
		}
	}
	return area > all/2 && area > 4
}

// catchUp does some of what is left to be done, and when nothing is, shows it.
func (k *keeper) catchUp(ctx context.Context, mk *maker) error {
	return k.write(ctx, mk, func() error {
		if all, err := mk.someSteps(ctx); err != nil || !all {
			return err
		}
		return mk.show(ctx)
	})
}

// show has everybody read what is done: tiles that have become others, and the mosaic instead of the one that was before.
func (m *maker) show(ctx context.Context) error {
	m.m.position = m.m.noted
	_, err := m.tx.Exec(ctx, `update onemap.mosaic_tile set body = next, next = null, made = nextval('onemap.mosaic_made')
		where mosaic = $1 and next is not null`, m.m.id)
	if err != nil || m.m.ready {
		return err
	}
	m.m.ready = true
	_, err = m.tx.Exec(ctx, "delete from onemap.mosaic where layer = $1 and ready", m.m.layer)
	return err
}

// reprice has a mosaic made beside one that is read, with prices of its own, from the fields there are.
func (k *keeper) reprice(ctx context.Context, mk *maker) error {
	return pgx.BeginFunc(ctx, k.conn, func(tx pgx.Tx) error {
		beside := *mk.m
		boxes, err := mk.sampledNow(ctx, tx) // data may have come where there was none
		if err != nil {
			return err
		}
		if len(boxes) == 0 {
			_, err = tx.Exec(ctx, "update onemap.mosaic set priced = cardinality(classes), changed = 0 where mosaic = $1", beside.id)
			return err
		}
		beside.chunks = numbersOf(boxes)
		_, err = tx.Exec(ctx, `with beside as (
				insert into onemap.mosaic (layer, plan, by, classes, zooms, chunks, position, noted, done, total)
				values ($2, $3, $4, $5, $6, $7, $8, $8, $9, $10) returning mosaic)
			insert into onemap.mosaic_field (mosaic, zoom, x, y, data)
			select beside.mosaic, f.zoom, f.x, f.y, f.data from beside, onemap.mosaic_field f where f.mosaic = $1 and f.zoom = $11`,
			beside.id, beside.layer, beside.plan, beside.by, beside.classes, beside.zooms, beside.chunks, beside.position, beside.sampled(), len(beside.jobs()), beside.zooms[1])
		return err
	})
}

// anew has a mosaic made again from its beginning: beside the one that is read, which stays as it is until it is replaced.
func (k *keeper) anew(ctx context.Context, mk *maker, position int64) error {
	k.begun[mk.m.layer] = true
	return pgx.BeginFunc(ctx, k.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "delete from onemap.mosaic where layer = $1 and not ready", mk.m.layer); err != nil {
			return err
		}
		return k.begin(ctx, tx, mk.design, position)
	})
}
