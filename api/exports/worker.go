package exports

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"onemap/api/imports"
	"onemap/layers"
	"onemap/tiles"
)

// The queues. A node makes one archive at a time.
const (
	queueExport = "tile_export"
	queueTidy   = "tile_export_tidy"
)

// jobArgs names the archive a job makes.
type jobArgs struct {
	Export string `json:"export"`
}

// Kind is river's name of such jobs.
func (jobArgs) Kind() string { return "tile_export" }

// tidyArgs is the periodic job that takes away what is old and begins again what has died.
type tidyArgs struct{}

// Kind is river's name of it.
func (tidyArgs) Kind() string { return "tile_export_tidy" }

// InsertOpts keeps it from waiting behind archives. It is not tried again: the next one is soon.
func (tidyArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueTidy, MaxAttempts: 1}
}

// Register is imports.Jobs'.
func (s *Service) Register(config *river.Config) {
	river.AddWorker(config.Workers, &worker{service: s})
	river.AddWorker(config.Workers, &tidier{service: s})
	config.Queues[queueExport] = river.QueueConfig{MaxWorkers: 1}
	config.Queues[queueTidy] = river.QueueConfig{MaxWorkers: 1}
	config.PeriodicJobs = append(config.PeriodicJobs, river.NewPeriodicJob(river.PeriodicInterval(tidyEvery),
		func() (river.JobArgs, *river.InsertOpts) { return tidyArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true}))
}

// Use is imports.Jobs'.
func (s *Service) Use(client *river.Client[pgx.Tx]) { s.river.Store(client) }

type tidier struct {
	river.WorkerDefaults[tidyArgs]
	service *Service
}

// Work takes away what is old.
func (t *tidier) Work(ctx context.Context, _ *river.Job[tidyArgs]) error {
	return t.service.Tidy(ctx, time.Now())
}

// Tidy takes away, at a moment, archives that are older than a day, or more than are kept, and begins again those whose
// process has died. It runs by itself.
func (s *Service) Tidy(ctx context.Context, now time.Time) error {
	_, err := s.Pool.Exec(ctx, `delete from onemap.tile_export where state in ('done', 'failed') and (updated < $1
		or id in (select id from onemap.tile_export where state in ('done', 'failed') order by updated desc offset $2))`, now.Add(-keep), mostKept)
	if err != nil {
		return fmt.Errorf("tidy archives: %w", err)
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select id::text from onemap.tile_export where state = 'running' and updated < $1 for update skip locked", now.Add(-silence))
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, id := range ids {
			s.log.Warn("an archive is begun again: its process died", "archive", id)
			err = errors.Join(err, s.enqueue(ctx, tx, id))
		}
		return err
	})
}

// worker makes archives.
type worker struct {
	river.WorkerDefaults[jobArgs]
	service *Service
}

// Timeout is river's: an archive has its own.
func (w *worker) Timeout(*river.Job[jobArgs]) time.Duration { return -1 }

var (
	errGone  = errors.New("the archive was removed, or another job has it")
	errOften = errors.New("interrupted too often")
)

// Work makes an archive.
func (w *worker) Work(ctx context.Context, job *river.Job[jobArgs]) error {
	t := &task{service: w.service, id: job.Args.Export, job: job}
	var count int
	err := w.service.Pool.QueryRow(ctx, `update onemap.tile_export set state = 'running', attempt = attempt + 1, updated = clock_timestamp()
		where id = $1 and job = $2 and state in ('queued', 'running') returning actor, options, attempt`, t.id, job.ID).Scan(&t.actor, &t.options, &count)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // removed, or given to another job
	}
	if err != nil {
		return fmt.Errorf("take archive %s: %w", t.id, err)
	}
	if count > mostAttempts {
		return t.end(ctx, nil, nil, errOften)
	}
	file, err := os.CreateTemp(w.service.Folder, "onemap-tiles-*")
	if err != nil {
		return t.end(ctx, nil, nil, err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	archive, err := t.attempt(ctx, file)
	return t.end(ctx, file, archive, err)
}

// task is one attempt at an archive.
type task struct {
	service *Service
	id      string
	actor   layers.Actor
	options Options
	job     *river.Job[jobArgs]
}

// attempt writes the archive into a file.
func (t *task) attempt(ctx context.Context, file *os.File) (archive *tiles.Archive, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	opt, err := t.options.archive(ctx, t.service.Tiles, t.actor)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ctx, stop := context.WithTimeoutCause(ctx, t.service.Most, layers.Refuse(layers.ErrTimeout, "it took longer than %v", "用时超过 %v", t.service.Most))
	defer stop()
	var now atomic.Pointer[Progress]
	opt.Progress = func(done, total int64) { now.Store(&Progress{done, total}) }
	var telling sync.WaitGroup
	ended := make(chan struct{})
	telling.Go(func() { t.tell(ctx, ended, &now, cancel) })
	archive, err = t.service.Tiles.WriteArchive(ctx, t.actor, &bounded{File: file, limit: t.service.Limit}, opt)
	close(ended)
	telling.Wait()
	if cause := context.Cause(ctx); err != nil && (errors.Is(cause, errGone) || errors.Is(cause, layers.ErrTimeout)) {
		return nil, cause
	}
	return archive, err
}

// tell writes down how far the archive is, twice a second; when the row is gone, or another job's, it ends the work.
func (t *task) tell(ctx context.Context, ended <-chan struct{}, now *atomic.Pointer[Progress], gone context.CancelCauseFunc) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		tag, err := t.service.Pool.Exec(ctx, `update onemap.tile_export set progress = coalesce($3, progress), updated = clock_timestamp()
			where id = $1 and job = $2 and state = 'running'`, t.id, t.job.ID, now.Load())
		if err == nil && tag.RowsAffected() == 0 {
			gone(errGone)
			return
		}
	}
}

// settle is how long the end of an archive may take to be written down, whatever has ended its context.
const settle = 15 * time.Second

// end writes down how an attempt ended, and the end of the job with it.
func (t *task) end(ctx context.Context, file *os.File, archive *tiles.Archive, err error) error {
	stopped := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settle)
	defer cancel()
	switch {
	case err == nil:
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.service.Most) // the file may be large
		defer cancel()
		return t.keep(ctx, file, archive)
	case errors.Is(err, errGone) || errors.Is(err, rivertype.ErrJobCancelledRemotely):
		return river.JobCancel(err)
	case stopped: // by the end of the process, or by a removal that is not known yet
		_, err := t.service.Pool.Exec(ctx, "update onemap.tile_export set state = 'queued', attempt = attempt - 1 where id = $1 and job = $2", t.id, t.job.ID)
		return errors.Join(err, river.JobSnooze(0))
	case layers.Unreachable(err):
		return err // river tries again
	}
	failure := failureOf(err, t.id)
	if failure.Title == internal {
		t.service.log.Error("archive failed", "archive", t.id, "error", err)
	}
	return t.settle(ctx, func(tx pgx.Tx) (pgconn.CommandTag, error) {
		return tx.Exec(ctx, "update onemap.tile_export set state = 'failed', progress = null, error = $3, updated = clock_timestamp() where id = $1 and job = $2", t.id, t.job.ID, failure)
	})
}

// keep stores the file.
func (t *task) keep(ctx context.Context, file *os.File, archive *tiles.Archive) error {
	return t.settle(ctx, func(tx pgx.Tx) (pgconn.CommandTag, error) {
		var id string // held, so that a removal waits
		err := tx.QueryRow(ctx, "select id::text from onemap.tile_export where id = $1 and job = $2 for update", t.id, t.job.ID).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return pgconn.CommandTag{}, nil
		}
		if err != nil {
			return pgconn.CommandTag{}, err
		}
		size, err := store(ctx, tx, t.id, file)
		if err != nil {
			return pgconn.CommandTag{}, err
		}
		return tx.Exec(ctx, `update onemap.tile_export set state = 'done', progress = null, archive = $3, bytes = $4, error = null, updated = clock_timestamp()
			where id = $1 and job = $2`, t.id, t.job.ID, archive, size)
	})
}

// settle writes the end of the archive and that of the job in one transaction.
func (t *task) settle(ctx context.Context, write func(pgx.Tx) (pgconn.CommandTag, error)) error {
	err := pgx.BeginFunc(ctx, t.service.Pool, func(tx pgx.Tx) error {
		tag, err := write(tx)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, t.job)
		return err
	})
	if err != nil {
		return fmt.Errorf("end of archive %s: %w", t.id, err)
	}
	return nil
}

// internal is the title of failures that are ours.
const internal = "Internal error"

// failures is what an error of an archive is called; the first that matches.
var failures = []struct {
	is                     error
	title, titleZh, hintZh string
}{
	{layers.ErrInvalid, "The archive can not be made as asked", "无法按当前设置制作瓦片包", "请检查图层、范围与级别。"},
	{layers.ErrNotFound, "There is nothing to write", "没有可写入的瓦片", "所选图层在该范围和级别没有数据，或自该位置以来没有变化。"},
	{layers.ErrForbidden, "Not allowed", "无权导出该图层", "请联系该图层的主管部门。"},
	{layers.ErrConflict, "The layers changed meanwhile", "制作期间图层结构已变化", "请重新制作。"},
	{layers.ErrTimeout, "Took too long", "制作超时", "请减少级别或缩小范围。"},
	{imports.ErrTooLarge, "The archive is too large", "瓦片包过大", "请减少级别或缩小范围。"},
	{errOften, "Interrupted too often", "多次中断", "制作已中断三次，不再重试。"},
}

// failureOf says an error for people. One that is ours is only named, its cause is in the log under the archive's id.
func failureOf(err error, id string) *imports.Failure {
	for _, row := range failures {
		if !errors.Is(err, row.is) {
			continue
		}
		f := &imports.Failure{Title: row.title, TitleZh: row.titleZh, Detail: err.Error(), DetailZh: row.hintZh}
		if _, text, ok := strings.Cut(f.Detail, row.is.Error()+": "); ok {
			f.Detail = text
		}
		if said, ok := layers.WordsOf(err); ok {
			f.Detail, f.DetailZh = said.En, said.Zh
		}
		return f
	}
	return &imports.Failure{Title: internal, TitleZh: "服务器内部错误",
		Detail:   "The operator finds the cause in the log under archive " + id + ".",
		DetailZh: "请将瓦片包编号 " + id + " 告知运维人员，日志中有原因。"}
}
