// Package imports keeps imports by upload: files are handed in, a job looks at them (a dry run), a person decides, and
// another job writes the layer. Everything is in the database (migrations/0020_imports.sql), so that any node may take a
// request and any node may do the work; the queue is river's.
//
// What happens to a job whose node dies is in orphans.go, why an import is never done twice in session.go.
package imports

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"onemap/layers"
	"onemap/layers/intake"
)

// ImportFunc brings files into a layer.
type ImportFunc func(ctx context.Context, store *layers.Store, actor layers.Actor, files []string, opt intake.Options) (*intake.Report, error)

// Options is what a service needs to know from outside.
type Options struct {
	Store  *layers.Store // is told of a layer as soon as it is written
	Pool   *pgxpool.Pool // of the database: the service opens its own connections as this one does
	Import ImportFunc    // intake.Import
	Folder string        // where jobs keep their files; "" = the system's directory for temporary files
	Limit  int64         // bytes of one upload; 0 = 4 GiB
	Log    *slog.Logger  // nil = slog.Default()
	Idle   bool          // Work does no imports, only Jobs
	Jobs   []Jobs        // of others
}

// Jobs are those of another service that this one's river does: a process has one client, for the one of all nodes that
// leads must know every periodic job.
type Jobs interface {
	Register(config *river.Config)    // adds workers, queues and periodic jobs
	Use(client *river.Client[pgx.Tx]) // is told where to queue jobs
}

// DefaultLimit is the largest upload where Options say none.
const DefaultLimit = 4 << 30

// connections is how many a service keeps for its rows and its queue; each job has jobConnections besides.
const (
	connections    = 6
	jobConnections = 5
)

// schema is where river's tables are: migrations.QueueSchema, of a room this one may not enter.
const schema = "onemap"

// The queues: a look does not wait behind a long run. A node works on one job of each.
const (
	queueLook = "import_look"
	queueRun  = "import_run"
	queueTidy = "import_tidy"
)

// Service keeps the imports of one database. It is safe for concurrent use.
type Service struct {
	opt      Options
	log      *slog.Logger
	pool     *pgxpool.Pool
	river    *river.Client[pgx.Tx]
	uploads  chan struct{} // room for uploads
	stopping atomic.Bool
}

// New returns a service that takes and tells imports; Work also does them. Close lets go of its connections.
func New(ctx context.Context, opt Options) (*Service, error) {
	opt.Limit = cmp.Or(opt.Limit, DefaultLimit)
	s := &Service{opt: opt, log: cmp.Or(opt.Log, slog.Default()), uploads: make(chan struct{}, 4)}
	config := opt.Pool.Config()
	config.MaxConns, config.MinConns = connections, 0
	config.ConnConfig.RuntimeParams["application_name"] = "onemap imports"
	var err error
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("imports: %w", err)
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{service: s})
	river.AddWorker(workers, &tidier{service: s})
	queueing := &river.Config{
		Schema: schema, Workers: workers, Logger: slog.New(quiet{s.log.Handler()}),
		Queues:            map[string]river.QueueConfig{queueLook: {MaxWorkers: 1}, queueRun: {MaxWorkers: 1}, queueTidy: {MaxWorkers: 1}},
		FetchPollInterval: 5 * time.Second,                          // new jobs are told at once; this is for a line that was cut
		JobTimeout:        -1, RescueStuckJobsAfter: 24 * time.Hour, // ours is quicker: orphans.go
		CompletedJobRetentionPeriod: time.Hour,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(tidyEvery),
			func() (river.JobArgs, *river.InsertOpts) { return tidyArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})},
	}
	if opt.Idle {
		clear(queueing.Queues)
	}
	for _, jobs := range opt.Jobs {
		jobs.Register(queueing)
	}
	s.river, err = river.NewClient(riverpgxv5.New(s.pool), queueing)
	if err != nil {
		s.pool.Close()
		return nil, fmt.Errorf("imports: %w", err)
	}
	for _, jobs := range opt.Jobs {
		jobs.Use(s.river)
	}
	return s, nil
}

// Limit is the most bytes one upload may have.
func (s *Service) Limit() int64 { return s.opt.Limit }

// Close lets go of the connections. Work must have returned.
func (s *Service) Close() { s.pool.Close() }

// Work does jobs until the context ends. What runs then is cancelled: nothing of it is written, and who waits for it is
// told. A look goes on at another node, or when this one is back.
func (s *Service) Work(ctx context.Context) error {
	for {
		err := s.river.Start(context.WithoutCancel(ctx))
		if err == nil {
			break
		}
		s.log.Warn("imports wait for the database", "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	s.adoptOrphans(ctx)
	s.stopping.Store(true)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.river.StopAndCancel(stop); err != nil {
		return fmt.Errorf("imports: a job does not end: %w", err)
	}
	return ctx.Err()
}

// Counts are the imports by state, for those who watch the service.
func (s *Service) Counts(ctx context.Context) (map[State]int, error) {
	rows, err := s.pool.Query(ctx, "select state, count(*) from onemap.import group by state")
	if err != nil {
		return nil, fmt.Errorf("count imports: %w", err)
	}
	counts := map[State]int{}
	var state State
	var n int
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error { counts[state] = n; return nil })
	return counts, err
}

// none turns "no such row" into what the sender is told.
func none(err error, id string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return layers.Refuse(layers.ErrNotFound, "there is no import %s; it may have been removed, or is older than 30 days", "没有编号为 %s 的导入：可能已删除，或已超过 30 天", id)
	}
	return err
}

// quiet passes on warnings and errors only: river tells of every start and stop.
type quiet struct{ slog.Handler }

// Enabled is slog's.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}
