package tiles

import (
	"context"
	_ "embed"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// mosaicRow is a mosaic as the database has it.
type mosaicRow struct {
	id       int64
	layer    string
	plan, by string
	classes  []*string
	zooms    []int32 // first, last
	chunks   []int32 // first column and row, last column and row
	position int64
	done     int
	total    int
	made     int64
	ready    bool
}

const (
	mosaicLock  = 0x6f6d6d6f73 // advisory lock, session level: "ommos" in ASCII
	lookEvery   = 100 * time.Millisecond
	workAtOnce  = 150 * time.Millisecond // of making a mosaic, before changes of the others are looked for
	mostChanges = 2000                   // that are brought in at once
	noteEvery   = 10_000                 // positions after which it is noted that none was of a layer
)

// KeepMosaics makes the mosaics of all layers that are drawn so, and keeps them true by following the log, until the context
// ends or the database fails. Each node runs it; a lock in the database decides which of them works. What it does it does in
// small steps, each noted in the database with its result, so that another can go on.
func (t *Tiles) KeepMosaics(ctx context.Context) error {
	return t.store.Alone(ctx, mosaicLock, func(ctx context.Context, conn *pgx.Conn) error {
		k := keeper{t: t, conn: conn, seen: map[int64]int64{}}
		return layers.Rounds(ctx, lookEvery, k.round)
	})
}

// keeper works on the connection that holds the lock: when that is lost, so is the right to work.
type keeper struct {
	t      *Tiles
	conn   *pgx.Conn
	seen   map[int64]int64 // by mosaic: up to this position nothing is to be done
	making *maker          // of the mosaic that is being made
}

// round does what is to be done now, a piece of it, and reports whether there may be more.
func (k *keeper) round(ctx context.Context) (busy bool, err error) {
	position, err := k.t.store.Position(ctx)
	if err != nil {
		return false, err
	}
	if err := k.t.store.Await(ctx, position); err != nil {
		return false, err
	}
	designs, err := k.designs(ctx)
	if err != nil {
		return false, err
	}
	ms, err := k.mosaics(ctx, designs, position)
	if err != nil {
		return false, err
	}
	var next *mosaicRow // to be made, one after the other
	for _, m := range ms {
		if m.done < m.total {
			if next == nil {
				next = m
			}
			continue
		}
		mk := &maker{store: k.t.store, m: m, design: designs[m.layer]}
		more, err := k.follow(ctx, mk, position)
		if err != nil {
			return false, err
		}
		busy = busy || more
	}
	if next == nil {
		k.making = nil
		return busy, nil
	}
	if k.making == nil || k.making.m.id != next.id {
		k.making = &maker{store: k.t.store}
	}
	k.making.m, k.making.design = next, designs[next.layer]
	return true, k.build(ctx, k.making)
}

// designs are those of all layers that are drawn as mosaics.
func (k *keeper) designs(ctx context.Context) (map[string]design, error) {
	ls, err := k.t.store.Layers(ctx, layers.Anonymous)
	if err != nil {
		return nil, err
	}
	out := map[string]design{}
	for _, l := range ls {
		if d, ok := designOf(l); ok {
			out[l.Name] = d
		}
	}
	return out, nil
}

// mosaics are all there are to work on. Those of no design are removed, where there is none one is begun.
func (k *keeper) mosaics(ctx context.Context, designs map[string]design, position int64) (ms []*mosaicRow, err error) {
	all, err := readMosaics(ctx, k.conn)
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, m := range all {
		d, drawn := designs[m.layer]
		switch {
		case drawn && m.plan == d.String():
			have[m.layer] = true
			ms = append(ms, m)
		case drawn && m.ready: // it is read until the next is ready
			if m.by == d.by() {
				ms = append(ms, m)
			}
		default:
			if _, err := k.conn.Exec(ctx, "delete from onemap.mosaic where mosaic = $1", m.id); err != nil {
				return nil, err
			}
		}
	}
	for name, d := range designs {
		if !have[name] {
			if err := k.begin(ctx, d, position); err != nil {
				return nil, err
			}
		}
	}
	return ms, nil
}

// begin begins a mosaic.
func (k *keeper) begin(ctx context.Context, d design, position int64) error {
	m := mosaicRow{zooms: []int32{int32(d.first), int32(d.last)}, chunks: d.chunks()}
	_, err := k.conn.Exec(ctx, `insert into onemap.mosaic (layer, plan, by, zooms, chunks, position, total) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (layer, ready) do nothing`, d.layer.Name, d.String(), d.by(), m.zooms, m.chunks, position, len(m.jobs()))
	return err
}

// build does some of the jobs of making a mosaic, or of one of them.
func (k *keeper) build(ctx context.Context, mk *maker) error {
	begin, jobs := time.Now(), mk.m.jobs()
	return k.write(ctx, mk, func() error {
		for mk.m.done < len(jobs) && time.Since(begin) < workAtOnce {
			done, err := mk.do(ctx, jobs[mk.m.done])
			if err != nil {
				return err
			}
			if done {
				mk.m.done++
				mk.pricing = nil
			}
		}
		return mk.notePrices(ctx)
	})
}

// follow brings changes into a mosaic that is made, up to a position; one that is true then and was not ready is.
func (k *keeper) follow(ctx context.Context, mk *maker, position int64) (more bool, err error) {
	m := mk.m
	after := max(m.position, k.seen[m.id])
	for after < position {
		changes, err := k.t.store.Changes(ctx, after, mostChanges)
		if err != nil {
			return false, err
		}
		if len(changes) == 0 {
			break
		}
		var ours []layers.Change
		for _, c := range changes {
			if c.Layer == m.layer && (c.Old != nil || c.New != nil || whole(c)) && c.Op != "schema" {
				ours = append(ours, c)
			}
		}
		after = changes[len(changes)-1].Position
		if len(ours) > 0 {
			return true, k.bring(ctx, mk, ours, after)
		}
		k.seen[m.id] = after
	}
	if after-m.position > noteEvery || !m.ready {
		m.position = after
		return !m.ready, k.publish(ctx, mk)
	}
	return false, nil
}

// bring brings changes in; where they are of most of the layer, it is made anew.
func (k *keeper) bring(ctx context.Context, mk *maker, changes []layers.Change, position int64) error {
	m := mk.m
	area, all := 0, 0
	pixelsOfChunks := func(c []int32) int { return int(c[2]-c[0]+1) * int(c[3]-c[1]+1) }
	all = pixelsOfChunks(m.chunks)
	for _, c := range changes {
		if whole(c) {
			area += all + 1
		}
		for _, b := range []*layers.Bounds{c.Old, c.New} {
			if b != nil && c.Count > 1 {
				pixelsOf(*b, int(m.zooms[1])).chunks(func(int, int, pixels) { area++ })
			}
		}
	}
	if area > all/2 && area > 4 {
		return k.anew(ctx, mk, position)
	}
	classes := len(m.classes)
	return k.write(ctx, mk, func() error {
		m.position = position
		if err := mk.remake(ctx, changes); err != nil || len(m.classes) == classes {
			return err
		}
		return k.reprice(ctx, mk)
	})
}

// reprice has prices found again, because there are classes that have none, from the fields there are: beside the mosaic
// where it is ready, else before it is.
func (k *keeper) reprice(ctx context.Context, mk *maker) error {
	m := mk.m
	if !m.ready {
		m.done = m.sampled()
		return nil
	}
	beside := *m
	if err := mk.tx.QueryRow(ctx, "select array[min(x), min(y), max(x), max(y)] from onemap.mosaic_field where mosaic = $1 and zoom = $2", m.id, m.zooms[1]).
		Scan(&beside.chunks); err != nil { // data may have come where there was none
		return err
	}
	_, err := mk.tx.Exec(ctx, `with beside as (
			insert into onemap.mosaic (layer, plan, by, classes, zooms, chunks, position, done, total)
			values ($2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (layer, ready) do nothing returning mosaic)
		insert into onemap.mosaic_field (mosaic, zoom, x, y, data)
		select beside.mosaic, f.zoom, f.x, f.y, f.data from beside, onemap.mosaic_field f where f.mosaic = $1 and f.zoom = $11`,
		m.id, m.layer, m.plan, m.by, m.classes, m.zooms, beside.chunks, m.position, beside.sampled(), len(beside.jobs()), m.zooms[1])
	return err
}

// anew has a mosaic made again: beside it where it is ready, else from its beginning.
func (k *keeper) anew(ctx context.Context, mk *maker, position int64) error {
	if !mk.m.ready {
		_, err := k.conn.Exec(ctx, "delete from onemap.mosaic where mosaic = $1", mk.m.id)
		return err
	}
	if err := k.begin(ctx, mk.design, position); err != nil {
		return err
	}
	_, err := k.conn.Exec(ctx, "update onemap.mosaic set position = $2 where mosaic = $1", mk.m.id, position)
	return err
}

// publish has a mosaic read that is true, instead of the one that was before.
func (k *keeper) publish(ctx context.Context, mk *maker) error {
	return k.write(ctx, mk, func() error {
		if mk.m.ready {
			return nil
		}
		mk.m.ready = true
		_, err := mk.tx.Exec(ctx, "delete from onemap.mosaic where layer = $1 and ready", mk.m.layer)
		return err
	})
}

// write does something in a transaction and notes how far the mosaic is with it.
func (k *keeper) write(ctx context.Context, mk *maker, f func() error) error {
	err := pgx.BeginFunc(ctx, k.conn, func(tx pgx.Tx) (err error) {
		mk.tx = tx
		if err = f(); err != nil {
			return err
		}
		m := mk.m
		_, err = tx.Exec(ctx, `update onemap.mosaic set classes = $2, position = $3, done = $4, ready = $5,
			made = coalesce((select max(made) from onemap.mosaic_tile where mosaic = $1), 0) where mosaic = $1`,
			m.id, m.classes, m.position, m.done, m.ready)
		return err
	})
	k.t.mosaics.wake()
	return err
}

// readMosaics reads all mosaics, those that are read and those that are being made.
func readMosaics(ctx context.Context, q querier) ([]*mosaicRow, error) {
	rows, err := q.Query(ctx, `select mosaic, layer, plan, by, classes, zooms, chunks, position, done, total, made, ready
		from onemap.mosaic order by layer, ready desc`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (*mosaicRow, error) {
		m := &mosaicRow{}
		err := row.Scan(&m.id, &m.layer, &m.plan, &m.by, &m.classes, &m.zooms, &m.chunks, &m.position, &m.done, &m.total, &m.made, &m.ready)
		return m, err
	})
}

// querier is a pool or a connection.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}
