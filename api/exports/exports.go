// Package exports makes archives of tiles on request: a job writes them, and they are kept for a day to be fetched. Everything
// is in the database (migrations/0035_tile_exports.sql), so that any node may take a request and any node may do the work.
// The queue is river's; its client is the imports', for a process has one (imports.Jobs).
package exports

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/riverqueue/river"

	"onemap/api/imports"
	"onemap/layers"
	"onemap/tiles"
)

// Settings is what a service needs to know from outside.
type Settings struct {
	Pool   *pgxpool.Pool
	Tiles  *tiles.Tiles
	Folder string        // where a job keeps its file; "" = the system's directory for temporary files
	Limit  int64         // bytes of one archive; 0 = DefaultLimit
	Most   time.Duration // that one may take; 0 = an hour
	Log    *slog.Logger  // nil = slog.Default()
}

// DefaultLimit is the largest archive where Settings say none.
const DefaultLimit = 4 << 30

const (
	mostWaiting  = 8  // archives that are not done yet
	mostKept     = 16 // that are; the oldest goes for the next
	mostAttempts = 3
	keep         = 24 * time.Hour
	tidyEvery    = 20 * time.Second
	silence      = 20 * time.Second // of a job whose process has died
)

// Service keeps the archives of one database. It is safe for concurrent use.
type Service struct {
	Settings
	log   *slog.Logger
	river atomic.Pointer[river.Client[pgx.Tx]]
}

// New returns a service. It has to be among the Jobs of the imports.
func New(set Settings) *Service {
	set.Limit, set.Most = cmp.Or(set.Limit, DefaultLimit), cmp.Or(set.Most, time.Hour)
	return &Service{Settings: set, log: cmp.Or(set.Log, slog.Default())}
}

// Options is what an archive is to have, as it is sent: tiles.ArchiveOptions.
type Options struct {
	Layers     []string        `json:"layers"`
	Set        string          `json:"set,omitempty"` // id; "" = WebMercatorQuad
	Bounds     *layers.Bounds  `json:"bounds,omitempty"`
	Area       json.RawMessage `json:"area,omitempty"` // GeoJSON; or, as sent, a text layer/id
	MinZoom    int             `json:"minZoom"`
	MaxZoom    int             `json:"maxZoom"`
	AsOf       int64           `json:"asOf,omitempty"`
	Since      int64           `json:"since,omitempty"`
	Properties []string        `json:"properties,omitempty"`
}

// archive are the options as tiles take them. An area that is named is looked up.
func (o *Options) archive(ctx context.Context, t *tiles.Tiles, actor layers.Actor) (opt tiles.ArchiveOptions, err error) {
	opt = tiles.ArchiveOptions{Layers: o.Layers, Bounds: o.Bounds, MinZoom: o.MinZoom, MaxZoom: o.MaxZoom, AsOf: o.AsOf, Since: o.Since, Properties: o.Properties}
	if o.Set != "" {
		if opt.Set, err = t.MatrixSet(o.Set); err != nil {
			return opt, err
		}
	}
	if len(o.Area) == 0 || string(o.Area) == "null" {
		return opt, nil
	}
	var name string
	if json.Unmarshal(o.Area, &name) == nil {
		opt.Area, err = t.Area(ctx, actor, name)
	} else {
		opt.Area, err = tiles.ParseArea(o.Area)
	}
	if err != nil {
		return opt, err
	}
	o.Area, err = json.Marshal(geojson.NewGeometry(orb.Geometry(opt.Area)))
	return opt, err
}

// State is how far an archive is.
type State string

// The states.
const (
	Queued  State = "queued"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Progress is how many of the places have been looked at.
type Progress struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// Export is an archive as it is told.
type Export struct {
	ID       string           `json:"id"`
	State    State            `json:"state"`
	Created  time.Time        `json:"created"`
	Updated  time.Time        `json:"updated"`
	Options  Options          `json:"options"`
	Progress *Progress        `json:"progress,omitempty"`
	Archive  *tiles.Archive   `json:"archive,omitempty"`
	Bytes    *int64           `json:"bytes,omitempty"`
	Error    *imports.Failure `json:"error,omitempty"`
}

const columns = "id::text, state, created, updated, options, progress, archive, bytes, error"

func scan(row pgx.CollectableRow) (e Export, err error) {
	err = row.Scan(&e.ID, &e.State, &e.Created, &e.Updated, &e.Options, &e.Progress, &e.Archive, &e.Bytes, &e.Error)
	e.Created, e.Updated = e.Created.UTC(), e.Updated.UTC()
	return e, err
}

// Begin queues an archive. It returns the errors of tiles.CheckArchive, and ErrBusy when too many wait already.
func (s *Service) Begin(ctx context.Context, actor layers.Actor, o Options) (*Export, error) {
	opt, err := o.archive(ctx, s.Tiles, actor)
	if err != nil {
		return nil, err
	}
	total, err := s.Tiles.CheckArchive(ctx, actor, opt)
	if err != nil {
		return nil, err
	}
	var out Export
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		var waiting int
		if _, err := tx.Exec(ctx, "lock table onemap.tile_export in share row exclusive mode"); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, "select count(*) from onemap.tile_export where state in ('queued', 'running')").Scan(&waiting); err != nil {
			return err
		}
		if waiting >= mostWaiting {
			return layers.Refuse(imports.ErrBusy, "%d archives are being made already; try again when one is done", "已有 %d 个瓦片包正在制作，请稍后再试", waiting)
		}
		var id string
		if err := tx.QueryRow(ctx, "insert into onemap.tile_export (actor, options, progress) values ($1, $2, $3) returning id::text", actor, o, Progress{Total: total}).Scan(&id); err != nil {
			return err
		}
		if err := s.enqueue(ctx, tx, id); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "select "+columns+" from onemap.tile_export where id = $1", id)
		if err != nil {
			return err
		}
		out, err = pgx.CollectExactlyOneRow(rows, scan)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("begin an archive: %w", err)
	}
	return &out, nil
}

// enqueue gives an archive a new job, its only one from now on.
func (s *Service) enqueue(ctx context.Context, tx pgx.Tx, id string) error {
	job, err := s.river.Load().InsertTx(ctx, tx, jobArgs{Export: id}, &river.InsertOpts{Queue: queueExport})
	if err != nil {
		return fmt.Errorf("queue archive %s: %w", id, err)
	}
	_, err = tx.Exec(ctx, "update onemap.tile_export set state = 'queued', job = $2, updated = clock_timestamp() where id = $1", id, job.Job.ID)
	return err
}

// Exports are the archives there are, the newest first.
func (s *Service) Exports(ctx context.Context) ([]Export, error) {
	rows, err := s.Pool.Query(ctx, "select "+columns+" from onemap.tile_export order by created desc, id desc limit 100")
	if err != nil {
		return nil, fmt.Errorf("list archives: %w", err)
	}
	return pgx.CollectRows(rows, scan)
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// Export is one archive, or ErrNotFound.
func (s *Service) Export(ctx context.Context, id string) (*Export, error) {
	if !uuid.MatchString(id) {
		return nil, none(id)
	}
	rows, err := s.Pool.Query(ctx, "select "+columns+" from onemap.tile_export where id = $1", id)
	if err != nil {
		return nil, fmt.Errorf("archive %s: %w", id, err)
	}
	e, err := pgx.CollectExactlyOneRow(rows, scan)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, none(id)
	}
	if err != nil {
		return nil, fmt.Errorf("archive %s: %w", id, err)
	}
	return &e, nil
}

func none(id string) error {
	return layers.Refuse(layers.ErrNotFound, "there is no archive %s; it may have been removed, or is older than a day", "没有编号为 %s 的瓦片包：可能已删除，或已超过一天", id)
}

// Delete removes an archive, and ends the making of it.
func (s *Service) Delete(ctx context.Context, id string) error {
	if !uuid.MatchString(id) {
		return none(id)
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		var job *int64
		err := tx.QueryRow(ctx, "delete from onemap.tile_export where id = $1 returning job", id).Scan(&job)
		if errors.Is(err, pgx.ErrNoRows) {
			return none(id)
		}
		if err != nil || job == nil {
			return err
		}
		if _, err := s.river.Load().JobCancelTx(ctx, tx, *job); !errors.Is(err, river.ErrNotFound) { // long done
			return err
		}
		return nil
	})
}
