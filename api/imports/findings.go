package imports

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"

	"onemap/layers/intake"
)

// MaxFindings is how many findings of an import are kept; its report has the totals.
const MaxFindings = 100_000

// findingBatch is how many are written at once.
const findingBatch = 500

// findings writes down what an attempt finds.
type findings struct {
	task  *task
	ctx   context.Context // of the attempt; intake calls add without one
	count int
	batch []intake.Finding
}

// findings forgets those of the attempt before.
func (t *task) findings(ctx context.Context) (*findings, error) {
	if _, err := t.service.pool.Exec(ctx, "delete from onemap.import_finding where import = $1", t.id); err != nil {
		return nil, fmt.Errorf("findings of import %s: %w", t.id, err)
	}
	return &findings{task: t, ctx: ctx}, nil
}

func (f *findings) add(found intake.Finding) error {
	if f.count+len(f.batch) >= MaxFindings {
		return nil
	}
	if f.batch = append(f.batch, found); len(f.batch) < findingBatch {
		return nil
	}
	return f.flush(f.ctx)
}

func (f *findings) flush(ctx context.Context) error {
	begin := f.count
	_, err := f.task.service.pool.CopyFrom(ctx, pgx.Identifier{"onemap", "import_finding"},
		[]string{"import", "no", "row", "rule", "severity", "lon", "lat", "finding"},
		pgx.CopyFromSlice(len(f.batch), func(n int) ([]any, error) {
			found := f.batch[n]
			var lon, lat *float64
			if found.At != nil {
				lon, lat = &found.At[0], &found.At[1]
			}
			body, err := json.Marshal(found)
			if err != nil {
				return nil, err
			}
			// NUL is no character of PostgreSQL's; none should come here.
			plain := strings.ReplaceAll(string(body), `\u0000`, `\ufffd`)
			return []any{f.task.id, begin + n + 1, found.Row, found.Rule, string(found.Severity), lon, lat, plain}, nil
		}))
	if err != nil {
		return fmt.Errorf("keep findings of import %s: %w", f.task.id, err)
	}
	f.count, f.batch = f.count+len(f.batch), f.batch[:0]
	return nil
}

// FindingQuery asks for some of the findings of an import.
type FindingQuery struct {
	Rule, Severity string // "" = any
	After, Limit   int
}

// Finding is a finding and its number, by which pages go.
type Finding struct {
	No      int
	Finding json.RawMessage // intake.Finding
	At      *[2]float64     // longitude, latitude
}

const findingFilter = ` from onemap.import_finding where import = $1 and ($2 = '' or rule = $2) and ($3 = '' or severity = $3)`

// Findings returns a page of findings in the order they were made, how many the filter matches, and whether more follow.
func (s *Service) Findings(ctx context.Context, id string, q FindingQuery) (page []Finding, matched int, more bool, err error) {
	if _, err := s.Import(ctx, id); err != nil {
		return nil, 0, false, err
	}
	if err := s.pool.QueryRow(ctx, "select count(*)"+findingFilter, id, q.Rule, q.Severity).Scan(&matched); err != nil {
		return nil, 0, false, fmt.Errorf("count findings: %w", err)
	}
	rows, err := s.pool.Query(ctx, "select no, finding, lon, lat"+findingFilter+" and no > $4 order by no limit $5", id, q.Rule, q.Severity, q.After, q.Limit+1)
	if err != nil {
		return nil, 0, false, fmt.Errorf("findings: %w", err)
	}
	page, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Finding, error) {
		var f Finding
		var lon, lat *float64
		err := row.Scan(&f.No, &f.Finding, &lon, &lat)
		if lon != nil && lat != nil {
			f.At = &[2]float64{*lon, *lat}
		}
		return f, err
	})
	if err != nil {
		return nil, 0, false, fmt.Errorf("findings: %w", err)
	}
	n := min(len(page), q.Limit)
	return page[:n], matched, len(page) > n, nil
}

// AllFindings yields every finding that is kept, as JSON.
func (s *Service) AllFindings(ctx context.Context, id string) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		rows, err := s.pool.Query(ctx, "select finding from onemap.import_finding where import = $1 order by no", id)
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var found json.RawMessage
			if err := rows.Scan(&found); !yield(found, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}
