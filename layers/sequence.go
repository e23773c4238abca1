package layers

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// Sequencer gives every committed change its position. Each node runs one; a lock in the database decides which of
// them works, and when that one dies another takes over within a second.
type Sequencer struct {
	store *Store
	log   *slog.Logger
}

const (
	sequencerLock = 0x6f6d736571 // advisory lock, session level: "omseq" in ASCII
	maintainEvery = time.Minute
	pollOften     = 5 * time.Millisecond // instead of pollEvery, while somebody writes
	lately        = time.Second          // since when nobody has written who does not write now
)

// NewSequencer returns the sequencer of a store's database. It tells log who works and what fails.
func NewSequencer(store *Store, log *slog.Logger) *Sequencer {
	return &Sequencer{store: store, log: log}
}

// Run works until the context ends, whenever this node holds the lock.
func (q *Sequencer) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := q.store.Alone(ctx, sequencerLock, q.lead); err != nil && ctx.Err() == nil {
			q.log.WarnContext(ctx, "sequencer starts again", "error", err)
		}
		sleep(ctx, takeOverEvery)
	}
	return nil
}

// lead gives positions on the connection that holds the lock.
func (q *Sequencer) lead(ctx context.Context, conn *pgx.Conn) error {
	q.log.DebugContext(ctx, "this node gives the positions")
	q.store.leads.Store(true)
	defer func() {
		q.store.leads.Store(false)
		q.store.given.ring() // who waits to be told looks for themselves from now on
	}()
	if err := adopt(ctx, conn); err != nil {
		return err
	}
	wait := time.NewTimer(pollEvery)
	defer wait.Stop()
	var given, maintained time.Time
	for {
		written := q.store.written.next()
		var pos *int64
		if err := conn.QueryRow(ctx, "select onemap.sequence()").Scan(&pos); err != nil {
			return fmt.Errorf("give positions: %w", err)
		}
		if pos != nil {
			given = time.Now()
			q.store.given.ring()
		}
		if time.Since(maintained) > maintainEvery {
			maintained = time.Now()
			if _, err := conn.Exec(ctx, "select onemap.maintain()"); err != nil {
				return fmt.Errorf("maintain the log: %w", err)
			}
		}
		if wait.Reset(pollEvery); time.Since(given) < lately {
			wait.Reset(pollOften)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-written:
		case <-wait.C:
		}
	}
}

// adopt makes the log at home on this server, should the database have come from another.
func adopt(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "select onemap.adopt()"); err != nil {
		return fmt.Errorf("adopt the database: %w", err)
	}
	return nil
}

// sleep returns false when the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
