package imports

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// How long things are kept.
const (
	tidyEvery   = 10 * time.Minute
	keepImport  = 30 * 24 * time.Hour
	keepUpload  = 24 * time.Hour
	keepPartial = 15 * time.Minute // an upload whose server died while it came in
)

// tidyArgs is the periodic job that takes away what is old; one node of all has it at a time.
type tidyArgs struct{}

// Kind is river's name of it.
func (tidyArgs) Kind() string { return "import_tidy" }

// InsertOpts keeps it from waiting behind imports. It is not tried again: the next one is soon.
func (tidyArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueTidy, MaxAttempts: 1}
}

type tidier struct {
	river.WorkerDefaults[tidyArgs]
	service *Service
}

// Work takes away what is old.
func (t *tidier) Work(ctx context.Context, _ *river.Job[tidyArgs]) error {
	return t.service.tidy(ctx, time.Now())
}

// tidy takes away what is old at a moment: partial uploads after a quarter of an hour, uploads after a day, imports after
// 30 days. It runs by itself where Work does.
func (s *Service) tidy(ctx context.Context, now time.Time) error {
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{"delete from onemap.import where state = 'uploading' and updated < $1", []any{now.Add(-keepPartial)}},
		{"delete from onemap.import where state not in ('uploading', 'looking', 'importing') and updated < $1", []any{now.Add(-keepImport)}},
		{`with old as (
			update onemap.import set pruned = true, updated = case when state = 'ready' then clock_timestamp() else updated end,
				error = case when state = 'ready' then $2::jsonb else error end, state = case when state = 'ready' then 'failed' else state end
			where state in ('ready', 'failed', 'cancelled') and not pruned and updated < $1 returning id)
		delete from onemap.import_part using old where import = old.id`, []any{now.Add(-keepUpload), uploadExpired}},
	} {
		if _, err := s.pool.Exec(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("tidy imports: %w", err)
		}
	}
	return nil
}
