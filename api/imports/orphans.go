package imports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// An orphan is an import whose job says it is running while nobody holds the import's lock: its process died. River's own
// rescue would take a day to be sure; the lock is sure at once.
const (
	orphansEvery = 5 * time.Second
	orphanAfter  = 5 * time.Second // since the job was begun: between river's "running" and our lock lies a moment
)

// adoptOrphans puts orphans back into the queue until the context ends.
func (s *Service) adoptOrphans(ctx context.Context) {
	tick := time.NewTicker(orphansEvery)
	defer tick.Stop()
	for {
		if err := s.adoptAll(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("imports of dead processes are looked for again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Service) adoptAll(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, "select id::text from onemap.import where state in ('looking', 'importing')")
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, id := range ids {
		err = errors.Join(err, s.adopt(ctx, id))
	}
	return err
}

// adopt gives the import a new job if it is an orphan. The lock is held to the end of the transaction, so that of several
// nodes one does it.
func (s *Service) adopt(ctx context.Context, id string) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var state State
		var job int64
		err := tx.QueryRow(ctx, `select state, job from onemap.import where id = $1 and state in ('looking', 'importing')
			and pg_try_advisory_xact_lock($2, hashtext($1::text)) for update skip locked`, id, lockClass).Scan(&state, &job)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		row, err := s.river.JobGetTx(ctx, tx, job)
		if err != nil && !errors.Is(err, river.ErrNotFound) {
			return err
		}
		if err == nil && !dead(row) {
			return nil
		}
		s.log.Warn("an import is begun again: its process died", "import", id)
		return s.enqueue(ctx, tx, id, state, nil)
	})
	if err != nil {
		return fmt.Errorf("adopt import %s: %w", id, err)
	}
	return nil
}

// dead reports whether a job that nobody works on will not be worked on by itself.
func dead(job *rivertype.JobRow) bool {
	switch job.State {
	case rivertype.JobStateRunning:
		return job.AttemptedAt != nil && time.Since(*job.AttemptedAt) > orphanAfter
	case rivertype.JobStateCancelled, rivertype.JobStateCompleted, rivertype.JobStateDiscarded:
		return true
	}
	return false
}
