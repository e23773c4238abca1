package search

import (
	"context"
	_ "embed"
	"strconv"

	"github.com/jackc/pgx/v5"
)

//go:embed tail.sql
var tailSQL string

// tail is what has changed and may not be in the index yet.
type tail struct {
	features map[string][]string // ids by layer
	whole    map[string]bool     // layers of which many features have changed at once
	n        int
}

func (t *tail) add(layer string, fid *int64) {
	if fid == nil {
		t.whole[layer] = true
		return
	}
	t.features[layer] = append(t.features[layer], strconv.FormatInt(*fid, 10))
}

// pending begins with what has been committed and has no position yet.
func (s *seeker) pending(ctx context.Context) (*tail, error) {
	t := &tail{features: map[string][]string{}, whole: map[string]bool{}}
	changes, err := s.store.Pending(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		if c.Op != "schema" {
			t.add(c.Layer, c.FID)
		}
	}
	return t, nil
}

// read goes on with what tail.sql finds.
func (t *tail) read(rows pgx.Rows) error {
	var layer string
	var fid *int64
	_, err := pgx.ForEachRow(rows, []any{&layer, &fid}, func() error {
		t.n++
		t.add(layer, fid)
		return nil
	})
	return err
}
