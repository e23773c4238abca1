package imports

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"onemap/layers"
	"onemap/layers/intake"
)

// jobArgs names the import a job works on; what is to be done stands in its row.
type jobArgs struct {
	Import string `json:"import"`
}

// Kind is river's name of such jobs.
func (jobArgs) Kind() string { return "import" }

// mostAttempts is how often an import is begun whose process or database dies under it.
const mostAttempts = 3

// settle is how long the end of a job may take to be written down, whatever has ended its context.
const settle = 15 * time.Second

var (
	errGone  = errors.New("the import was removed, or another job has it")
	errLost  = errors.New("the upload is lost")
	errOften = errors.New("interrupted too often")
)

// worker does the jobs of river's queues.
type worker struct {
	river.WorkerDefaults[jobArgs]
	service *Service
}

// Timeout is river's: the import has its own.
func (w *worker) Timeout(*river.Job[jobArgs]) time.Duration { return -1 }

// Work looks at the files of an import, or runs it.
func (w *worker) Work(ctx context.Context, job *river.Job[jobArgs]) error {
	s := w.service
	own, err := s.session(ctx, job.Args.Import)
	if errors.Is(err, errHeld) {
		return river.JobSnooze(2 * time.Second)
	}
	if err != nil {
		return err
	}
	defer own.close()
	t, err := s.claim(ctx, job)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // removed, or given to another job
	}
	if err != nil {
		return err
	}
	t.session = own
	report, err := t.attempt(ctx)
	return t.end(ctx, job, report, err)
}

// task is one attempt at a look or a run.
type task struct {
	*session
	service *Service
	id      string
	state   State // Looking or Importing
	actor   layers.Actor
	files   []File
	options intake.Options
	count   int // of attempts, this one included
	job     int64
	preview preview
}

// claim takes the import for the job, if it is still this job's. It returns pgx.ErrNoRows if not.
func (s *Service) claim(ctx context.Context, job *river.Job[jobArgs]) (*task, error) {
	t := &task{service: s, id: job.Args.Import, job: job.ID}
	err := s.pool.QueryRow(ctx, `update onemap.import set attempt = attempt + 1, progress = '{"step": "look", "done": 0, "total": -1}', updated = clock_timestamp()
		where id = $1 and job = $2 and state in ('looking', 'importing') returning state, actor, files, options, attempt`,
		t.id, t.job).Scan(&t.state, &t.actor, &t.files, &t.options, &t.count)
	if err != nil {
		return nil, fmt.Errorf("take import %s: %w", t.id, err)
	}
	return t, nil
}

// attempt does the work. An earlier attempt may have committed and died before it could say so: then there is nothing to do.
func (t *task) attempt(ctx context.Context) (report *intake.Report, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	if t.count > 1 && t.state == Importing {
		if written, err := t.written(ctx); written || err != nil {
			return nil, err
		}
	}
	if t.count > mostAttempts {
		return nil, errOften
	}
	folder, files, err := t.fetch(ctx)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	findings, err := t.findings(ctx)
	if err != nil {
		return nil, err
	}
	progress := t.follow(ctx, cancel)
	opt := t.options
	opt.DryRun, opt.Folder, opt.Progress, opt.Findings, opt.Preview = t.state == Looking, folder.Path(), progress.set, findings.add, &t.preview
	report, err = t.service.opt.Import(ctx, t.store, t.actor, files, opt)
	progress.stop()
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errGone) {
		return report, cause
	}
	if failed := findings.flush(context.WithoutCancel(ctx)); err == nil && t.state == Looking {
		err = failed
	}
	return report, err
}

// end writes down how an attempt ended, and the end of the job with it.
func (t *task) end(ctx context.Context, job *river.Job[jobArgs], report *intake.Report, err error) error {
	stopping := t.service.stopping.Load() && ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settle)
	defer cancel()
	if err != nil && t.state == Importing { // what failed may have been the answer to the commit, or what came after it
		if written, unsure := t.written(ctx); written {
			t.service.log.Warn("an import was written, what came after it failed", "import", t.id, "error", err)
			err = nil
		} else if unsure != nil {
			return errors.Join(err, unsure)
		}
	}
	var failure *Failure
	state := map[State]State{Looking: Ready, Importing: Done}[t.state]
	switch {
	case err == nil:
	case errors.Is(err, errGone) || errors.Is(err, rivertype.ErrJobCancelledRemotely):
		return river.JobCancel(err)
	case stopping && t.state == Looking:
		return river.JobSnooze(0)
	case stopping:
		state, failure = Cancelled, stopped
	case errors.Is(err, errLost):
		state, failure = Failed, uploadLost
	case errors.Is(err, errOften):
		state, failure = Failed, tooOften
	case layers.Unreachable(err) && t.count < mostAttempts:
		return err // river tries again
	default:
		state, failure = Failed, failureOf(err, t.id)
		if internal(err) {
			t.service.log.Error("import failed", "import", t.id, "error", err)
		}
	}
	return t.settle(ctx, job, state, report, failure)
}

// settle writes the new state and the end of the job in one transaction. A run that is done needs its upload no more.
func (t *task) settle(ctx context.Context, job *river.Job[jobArgs], state State, report *intake.Report, failure *Failure) error {
	if report == nil && state == Done {
		var err error
		if report, err = t.recovered(ctx); err != nil {
			return err
		}
	}
	if state == Done {
		t.announce(ctx)
	}
	body, err := slim(report)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, t.service.pool, func(tx pgx.Tx) error {
		var look, result []byte
		var layer *string
		if t.state == Looking {
			look = body
		} else {
			result = body
		}
		if state == Done {
			layer = &t.options.Layer
		}
		tag, err := tx.Exec(ctx, `update onemap.import set state = $3, progress = null, report = coalesce($4::json, report), result = coalesce($5::json, result),
			preview = coalesce($6, preview), layer = $7, error = $8, pruned = pruned or $3 = 'done', updated = clock_timestamp() where id = $1 and job = $2`,
			t.id, t.job, string(state), look, result, t.preview.bytes(), layer, failure)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		if state == Done {
			if _, err := tx.Exec(ctx, "delete from onemap.import_part where import = $1", t.id); err != nil {
				return err
			}
		}
		_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		return err
	})
	if err != nil {
		return fmt.Errorf("end of import %s: %w", t.id, err)
	}
	return nil
}
