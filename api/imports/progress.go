package imports

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"onemap/layers/intake"
)

// tellEvery is how often progress is written down; checkEvery of these, whether the import is still ours although
// nothing moves.
const (
	tellEvery  = 250 * time.Millisecond
	checkEvery = 8
)

// progress carries what an import tells often to the database, which hears it four times a second.
type progress struct {
	last   atomic.Pointer[intake.Progress]
	ended  chan struct{}
	wait   sync.WaitGroup
	cancel context.CancelCauseFunc
}

// follow begins to write down progress. When the row is gone, or another job's, the work is cancelled with errGone: it is
// the second way to hear of a removal, besides river's message, which a node may miss.
func (t *task) follow(ctx context.Context, cancel context.CancelCauseFunc) *progress {
	p := &progress{ended: make(chan struct{}), cancel: cancel}
	p.wait.Go(func() { p.run(ctx, t) })
	return p
}

func (p *progress) set(now intake.Progress) { p.last.Store(&now) }

func (p *progress) stop() {
	close(p.ended)
	p.wait.Wait()
}

func (p *progress) run(ctx context.Context, t *task) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	var told *intake.Progress
	for n := 1; ; n++ {
		select {
		case <-p.ended:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := p.last.Load()
		if now == told && n%checkEvery != 0 {
			continue
		}
		tag, err := t.service.pool.Exec(ctx, `update onemap.import set progress = coalesce($3, progress), updated = case when $3::jsonb is null then updated else clock_timestamp() end
			where id = $1 and job = $2 and state in ('looking', 'importing')`, t.id, t.job, changed(now, told))
		if err == nil && tag.RowsAffected() == 0 {
			p.cancel(errGone)
			return
		}
		if err == nil {
			told = now
		}
	}
}

// changed is what is new, or nil.
func changed(now, told *intake.Progress) *intake.Progress {
	if now == told {
		return nil
	}
	return now
}
