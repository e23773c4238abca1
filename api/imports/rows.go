package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/intake"
)

// State is how far an import is.
type State string

// The states. A look leads from looking to ready, a run from importing to done, both also to failed. Cancelled is a run
// that the end of its server cut short; from it and from failed it goes on as from ready.
const (
	Uploading State = "uploading"
	Looking   State = "looking"
	Ready     State = "ready"
	Importing State = "importing"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// States are all states, in the order of their going.
func States() []State {
	return []State{Uploading, Looking, Ready, Importing, Done, Failed, Cancelled}
}

// Final reports whether nothing happens to such an import by itself any more, and nobody has to decide.
func (s State) Final() bool { return s == Done || s == Failed || s == Cancelled }

// Import is one import as it is told.
type Import struct {
	Summary
	Report json.RawMessage `json:"report"` // intake.Report of the look without its findings; null = not yet
	Result json.RawMessage `json:"result"` // of the run
}

// Summary is an import in a list.
type Summary struct {
	ID       string           `json:"id"`
	State    State            `json:"state"`
	Files    []File           `json:"files"`
	Created  time.Time        `json:"created"`
	Updated  time.Time        `json:"updated"`
	Progress *intake.Progress `json:"progress"` // null = nothing runs; steps besides intake's: upload (bytes), queue
	Options  json.RawMessage  `json:"options"`  // as last sent
	Layer    string           `json:"layer,omitempty"`
	Error    *Failure         `json:"error"`
}

// File is one file of an upload.
type File struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

const summary = "id::text, state, files, created, updated, progress, options, coalesce(layer, ''), error"

func (s *Summary) targets() []any {
	return []any{&s.ID, &s.State, &s.Files, &s.Created, &s.Updated, &s.Progress, &s.Options, &s.Layer, &s.Error}
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// Import returns one import. It returns ErrNotFound.
func (s *Service) Import(ctx context.Context, id string) (*Import, error) {
	if !uuid.MatchString(id) {
		return nil, none(pgx.ErrNoRows, id)
	}
	return one(ctx, s.pool, id)
}

// querier is a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func one(ctx context.Context, from querier, id string) (*Import, error) {
	var i Import
	err := from.QueryRow(ctx, "select "+summary+", report, result from onemap.import where id = $1", id).Scan(append(i.targets(), &i.Report, &i.Result)...)
	if err != nil {
		return nil, none(err, id)
	}
	i.utc()
	return &i, nil
}

// Changed returns the import if something happened to it since, or nil.
func (s *Service) Changed(ctx context.Context, id string, since time.Time) (*Import, error) {
	var updated time.Time
	if err := s.pool.QueryRow(ctx, "select updated from onemap.import where id = $1", id).Scan(&updated); err != nil {
		return nil, none(err, id)
	}
	if updated.Equal(since) {
		return nil, nil
	}
	return s.Import(ctx, id)
}

// Imports returns at most limit imports, the newest first, that are older than the one named after ("" = from the
// newest), and whether there are more. It returns ErrInvalid where after names none.
func (s *Service) Imports(ctx context.Context, limit int, after string) (page []*Summary, more bool, err error) {
	where, args := "", []any{limit + 1}
	if after != "" {
		i, err := s.Import(ctx, after)
		if err != nil {
			return nil, false, layers.Refuse(layers.ErrInvalid, "after: there is no import %q; begin again without it", "after：没有编号为 %q 的导入；请去掉该参数重新查询", after)
		}
		where, args = "where (created, id) < ($2, $3)", append(args, i.Created, after)
	}
	rows, err := s.pool.Query(ctx, "select "+summary+" from onemap.import "+where+" order by created desc, id desc limit $1", args...)
	if err != nil {
		return nil, false, fmt.Errorf("list imports: %w", err)
	}
	page, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Summary, error) {
		var i Summary
		err := row.Scan(i.targets()...)
		i.utc()
		return &i, err
	})
	if len(page) > limit {
		return page[:limit], true, err
	}
	return page, false, err
}

func (s *Summary) utc() { s.Created, s.Updated = s.Created.UTC(), s.Updated.UTC() }

// Preview is a GeoJSON FeatureCollection of some of the rows, as the last look saw them. It returns ErrNotFound also where
// no look is through yet.
func (s *Service) Preview(ctx context.Context, id string) ([]byte, error) {
	if _, err := s.Import(ctx, id); err != nil {
		return nil, err
	}
	var body []byte
	if err := s.pool.QueryRow(ctx, "select preview from onemap.import where id = $1", id).Scan(&body); err != nil {
		return nil, none(err, id)
	}
	if body == nil {
		return nil, layers.Refuse(layers.ErrNotFound, "import %s has no preview yet: it comes with the end of the look", "导入 %s 尚无预览：检查结束后可见", id)
	}
	return body, nil
}

// ReportParts are the report of the run, or else of the look, up to where its findings begin, and what comes behind them.
// It returns ErrNotFound where nothing has been looked at.
func (i *Import) ReportParts() (head, tail json.RawMessage, err error) {
	report := i.Result
	if report == nil {
		report = i.Report
	}
	if report == nil {
		return nil, nil, layers.Refuse(layers.ErrNotFound, "import %s has no report yet: it comes with the end of the look", "导入 %s 尚无报告：检查结束后可见", i.ID)
	}
	// Within a string the quotes would be escaped: this is the member itself.
	head, tail, found := bytes.Cut(report, []byte(`"findings":[]`))
	if !found {
		return nil, nil, fmt.Errorf("report of import %s has no findings", i.ID)
	}
	return append(slices.Clip(head), `"findings":[`...), append([]byte(`]`), tail...), nil
}
