package layers

import (
	"context"
	_ "embed"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// Change is one committed change of a layer, with its position in the one order of all changes.
// A statement that touched more than a thousand rows is one change (Op "bulk"), and so is a load.
type Change struct {
	Position int64
	Seq      int64  // its number in the log, as history.<name>.change has it; not an order
	Layer    string // "" = the catalogue itself, such as a code list
	FID      *int64 // nil when the change stands for many features
	Op       string // insert, update, delete, load, bulk, truncate, drop, schema
	At       time.Time
	Actor    string // who asked; a foreign writer's database role
	Role     string // who the database knows it was
	Request  string
	Reason   string
	Old, New *Bounds  // EPSG:4490; nil where there was or is no geometry
	Columns  []string // of an update: what changed; of a schema: how; nil = not said
	Count    int64    // features it stands for
	Delta    int64    // by how many features the layer grew
}

// pollEvery is how soon a change is seen that another process has written. Triggers do not NOTIFY: that would
// serialise all commits (docs/decisions/0002-change-log.md).
const pollEvery = 20 * time.Millisecond

//go:embed changes.sql
var changesSQL string

//go:embed pending.sql
var pendingSQL string

//go:embed marks.sql
var marksSQL string

// Position is the last position given.
func (s *Store) Position(ctx context.Context) (pos int64, err error) {
	err = s.pool.QueryRow(ctx, "select coalesce(max(pos), 0) from onemap.feed").Scan(&pos)
	return pos, translate(err)
}

// Settle waits until all that had been committed when it was called has its position, and returns the last position. It
// needs a Sequencer to run somewhere.
func (s *Store) Settle(ctx context.Context) (pos int64, err error) {
	before, err := s.Pending(ctx)
	if err != nil {
		return 0, err
	}
	waiting := map[int64]bool{}
	for _, c := range before {
		waiting[c.Seq] = true
	}
	s.written.ring()
	for some := len(before) > 0; some; {
		if !sleep(ctx, pollEvery) {
			return 0, fmt.Errorf("changes are given no position: %w", translate(ctx.Err()))
		}
		now, err := s.Pending(ctx)
		if err != nil {
			return 0, err
		}
		some = slices.ContainsFunc(now, func(c Change) bool { return waiting[c.Seq] })
	}
	return s.Position(ctx)
}

// PositionAt is the position of a moment: the last one given at or before t; 0 before the first.
func (s *Store) PositionAt(ctx context.Context, t time.Time) (pos int64, err error) {
	err = s.pool.QueryRow(ctx, `select coalesce((
		select pos from onemap.batch where at <= $1 order by at desc, pos desc limit 1), 0)`, t).Scan(&pos)
	return pos, translate(err)
}

// Changes returns the changes beyond a position, at most limit, in order of position.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]Change, error) {
	rows, err := s.pool.Query(ctx, changesSQL, pgx.StrictNamedArgs{"after": after, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("changes after %d: %w", after, translate(err))
	}
	changes, err := pgx.CollectRows(rows, scanChange)
	if err != nil {
		return nil, fmt.Errorf("changes after %d: %w", after, translate(err))
	}
	return changes, nil
}

func scanChange(row pgx.CollectableRow) (c Change, err error) {
	var before, now pgtype.Box
	err = row.Scan(&c.Position, &c.Seq, &c.Layer, &c.FID, &c.Op, &c.At, &c.Actor, &c.Role, &c.Request, &c.Reason,
		&before, &now, &c.Columns, &c.Count, &c.Delta)
	c.Old, c.New = boundsOf(before), boundsOf(now)
	return c, err
}

// Pending returns the changes that have been committed but have no position yet (theirs is 0), in no order.
func (s *Store) Pending(ctx context.Context) (changes []Change, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set local enable_seqscan = off"); err != nil { // the plan must be on change_xid whatever the size
			return err
		}
		rows, err := tx.Query(ctx, pendingSQL)
		if err != nil {
			return err
		}
		changes, err = pgx.CollectRows(rows, scanChange)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("changes without position: %w", translate(err))
	}
	return changes, nil
}

// Marks yields what a follower has to replay who remembers only the last change of each place: for every layer the last
// change that concerned all of it and what came after, up to a position, in order.
func (s *Store) Marks(ctx context.Context, upTo int64) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		rows, err := s.pool.Query(ctx, marksSQL, pgx.StrictNamedArgs{"upto": upTo})
		if err != nil {
			yield(Change{}, fmt.Errorf("changes up to %d: %w", upTo, translate(err)))
			return
		}
		defer rows.Close()
		for rows.Next() {
			if c, err := scanChange(rows); !yield(c, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Change{}, fmt.Errorf("changes up to %d: %w", upTo, translate(err)))
		}
	}
}

// Follow yields every change beyond a position, in order, and waits for the next, until the context ends or the
// database fails, which it yields as an error. Who was away goes on from the last position they have applied. Where this
// process gives the positions itself it need not ask whether there are new ones; it does so now and then all the same.
func (s *Store) Follow(ctx context.Context, after int64) iter.Seq2[Change, error] {
	const most = 1000
	return func(yield func(Change, error) bool) {
		for {
			given := s.given.next()
			changes, err := s.Changes(ctx, after, most)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				yield(Change{}, err)
				return
			}
			for _, c := range changes {
				if !yield(c, nil) {
					return
				}
				after = c.Position
			}
			if len(changes) == most {
				continue
			}
			if !s.moved(ctx, given, pollEvery) {
				return
			}
		}
	}
}

// askAnyway is how often a follower asks for changes that it should have been told of.
const askAnyway = time.Second

// moved waits until the log may have gone on, and returns false when the context ended first: for a while, or, where this process
// gives the positions, until it has, since given was taken from the bell.
func (s *Store) moved(ctx context.Context, given <-chan struct{}, while time.Duration) bool {
	if s.leads.Load() {
		while = askAnyway
	}
	timer := time.NewTimer(while)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-given:
	case <-timer.C:
	}
	return true
}

// bell wakes those who wait within this process. Its zero value is ready.
type bell struct {
	mu sync.Mutex
	ch chan struct{}
}

// next is closed by the next ring.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}
