package tiles

import (
	"cmp"
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
	chunks   []int32 // of each box of them, first column and row, last column and row
	position int64
	noted    int64 // beyond position while something is left to be done of the changes between
	priced   int   // how many classes there were when prices were found
	changed  int64 // pixels that have become others since
	done     int
	total    int
	made     int64
	ready    bool
}

const (
	mosaicLock  = 0x6f6d6d6f73 // advisory lock, session level: "ommos" in ASCII
	lookEvery   = 100 * time.Millisecond
	workAtOnce  = 150 * time.Millisecond // on one mosaic, before the others are looked at: a transaction
	mostChanges = 2000                   // that are shown at once
	noteEvery   = 10_000                 // positions after which it is noted that none was of a layer
)

// KeepMosaics makes the mosaics of all layers that are drawn so, and keeps them true by following the log, until the context
// ends or the database fails. Each node runs it; a lock in the database decides which of them works. What it does it does in
// small steps, each noted in the database with its result, so that another can go on.
func (t *Tiles) KeepMosaics(ctx context.Context) error {
	return t.store.Alone(ctx, mosaicLock, func(ctx context.Context, conn *pgx.Conn) error {
		t.mosaics.keeps.Store(true)
		defer func() {
			t.mosaics.keeps.Store(false)
			t.mosaics.wake()
		}()
		k := keeper{t: t, conn: conn, seen: map[int64]int64{}, makers: map[int64]*maker{}}
		return t.store.Rounds(ctx, lookEvery, k.round)
	})
}

// keeper works on the connection that holds the lock: when that is lost, so is the right to work.
type keeper struct {
	t      *Tiles
	conn   *pgx.Conn
	seen   map[int64]int64  // by mosaic: up to this position nothing is to be done
	makers map[int64]*maker // by mosaic: those that are at work
	begun  map[string]bool  // by layer: one has been begun in this round, instead of that which was being made
}

// round does what is to be done now, a piece of it, and reports whether there may be more.
func (k *keeper) round(ctx context.Context, position int64) (busy bool, err error) {
	designs, err := k.designs(ctx)
	if err != nil {
		return false, err
	}
	ms, err := k.mosaics(ctx, designs, position)
	if err != nil {
		return false, err
	}
	makers, built, beside := map[int64]*maker{}, false, map[string]*mosaicRow{}
	k.begun = map[string]bool{}
	for _, m := range ms {
		if !m.ready {
			beside[m.layer] = m
		}
	}
	for _, m := range ms {
		mk := k.makers[m.id]
		if mk == nil {
			mk = &maker{store: k.t.store, observe: k.t.opt.Observe}
		}
		mk.m, mk.design = m, designs[m.layer]
		more, err := false, error(nil)
		switch {
		case k.begun[m.layer]: // this one is gone
			busy = true
			continue
		case m.done == m.total:
			more, err = k.follow(ctx, mk, beside[m.layer], position)
		case !built: // one after the other
			built, more, err = true, true, k.build(ctx, mk)
		}
		if err != nil {
			return false, err
		}
		if more { // what it holds in memory is of use
			makers[m.id] = mk
		}
		busy = busy || more
	}
	k.makers = makers
	return busy, nil
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
	have, read := map[string]bool{}, map[string]int64{} // of which plan they should be; up to where those are that are read
	for _, m := range all {
		d, drawn := designs[m.layer]
		if m.ready {
			read[m.layer] = m.position
		}
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
			k.t.mosaics.wake()
		}
	}
	for name, d := range designs {
		if !have[name] {
			err := pgx.BeginFunc(ctx, k.conn, func(tx pgx.Tx) error { return k.begin(ctx, tx, d, cmp.Or(read[name], position)) })
			if err != nil {
				return nil, err
			}
			k.t.mosaics.wake()
		}
	}
	return ms, nil
}

// begin begins a mosaic, of rows that have at least the changes up to a position.
func (k *keeper) begin(ctx context.Context, tx pgx.Tx, d design, position int64) error {
	m := &mosaicRow{layer: d.layer.Name, by: d.by()}
	mk := &maker{store: k.t.store, tx: tx, m: m, design: d}
	last, boxes, err := mk.extent(ctx)
	if err != nil {
		return err
	}
	m.zooms, m.chunks = []int32{int32(d.first), int32(last)}, numbersOf(boxes)
	_, err = tx.Exec(ctx, `insert into onemap.mosaic (layer, plan, by, zooms, chunks, position, noted, total) values ($1, $2, $3, $4, $5, $6, $6, $7)
		on conflict (layer, ready) do nothing`, m.layer, d.String(), m.by, m.zooms, m.chunks, position, len(m.jobs()))
	return err
}

// build does some of the jobs of making a mosaic, or of one of them.
func (k *keeper) build(ctx context.Context, mk *maker) error {
	begin := time.Now()
	if mk.jobs == nil {
		mk.jobs = mk.m.jobs()
	}
	return k.write(ctx, mk, func() error {
		for mk.m.done < len(mk.jobs) && time.Since(begin) < workAtOnce {
			done, err := mk.job(ctx, mk.jobs[mk.m.done])
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

// write does something in a transaction and notes how far the mosaic is with it.
func (k *keeper) write(ctx context.Context, mk *maker, f func() error) error {
	err := pgx.BeginFunc(ctx, k.conn, func(tx pgx.Tx) (err error) {
		mk.tx = tx
		if err = f(); err != nil {
			return err
		}
		m := mk.m
		_, err = tx.Exec(ctx, `update onemap.mosaic set classes = $2, position = $3, noted = $4, priced = $5, changed = $6, done = $7, ready = $8,
			made = coalesce((select max(made) from onemap.mosaic_tile where mosaic = $1), 0) where mosaic = $1`,
			m.id, m.classes, m.position, m.noted, m.priced, m.changed, m.done, m.ready)
		return err
	})
	k.t.mosaics.wake()
	return err
}

// readMosaics reads all mosaics, those that are read and those that are being made.
func readMosaics(ctx context.Context, q querier) ([]*mosaicRow, error) {
	rows, err := q.Query(ctx, `select mosaic, layer, plan, by, classes, zooms, chunks, position, noted, priced, changed, done, total, made, ready
		from onemap.mosaic order by layer, ready desc`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (*mosaicRow, error) {
		m := &mosaicRow{}
		err := row.Scan(&m.id, &m.layer, &m.plan, &m.by, &m.classes, &m.zooms, &m.chunks, &m.position, &m.noted, &m.priced, &m.changed, &m.done, &m.total, &m.made, &m.ready)
		return m, err
	})
}

// querier is a pool or a connection.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}
