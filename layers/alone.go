package layers

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// takeOverEvery is how often a node that waits looks whether the one at work has gone.
const takeOverEvery = 500 * time.Millisecond

// Alone does work that only one of all nodes may do: the one that holds an advisory lock (of session level) in the database.
// It waits for the lock, and returns what work returns, or nil when the context ends before. Work is given the connection that
// holds the lock: when that breaks, the right to work is gone, and another node takes over within a second. It is a connection
// beside the pool, and must not go through a pooler that shares sessions.
func (s *Store) Alone(ctx context.Context, lock int64, work func(context.Context, *pgx.Conn) error) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for locked := false; !locked; {
		if err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", lock).Scan(&locked); err != nil {
			return fmt.Errorf("take the lock: %w", err)
		}
		if !locked && !sleep(ctx, takeOverEvery) {
			return nil
		}
	}
	return work(ctx, conn)
}

// Rounds calls round with the last position of the log, up to which the catalogue is known, until the context ends, which returns its
// error, or round fails: at once again where it says that there may be more to do, else when the log has gone on, and now and then all
// the same. It looks whether it has after each idle time, or hears of it after that, where this process gives the positions.
func (s *Store) Rounds(ctx context.Context, idle time.Duration, round func(ctx context.Context, position int64) (busy bool, err error)) error {
	var done int64 // nothing is left to do up to here
	var last time.Time
	for {
		given := s.given.next()
		position, err := s.Position(ctx)
		if err != nil {
			return err
		}
		if position != done || time.Since(last) > askAnyway {
			if err := s.Await(ctx, position); err != nil {
				return err
			}
			busy, err := round(ctx, position)
			if err != nil {
				return err
			}
			if busy {
				continue
			}
			done, last = position, time.Now()
		}
		if !sleep(ctx, idle) || !s.moved(ctx, given, 0) {
			return ctx.Err()
		}
	}
}
