package search

import (
	"context"
	"fmt"
)

// Progress is how far the index is.
type Progress struct {
	Position int64 `json:"position"` // of the log, up to which changes are in
	Behind   int64 `json:"behind"`   // changes that are not
	Layers   int   `json:"layers"`   // that are indexed
	Pending  int   `json:"pending"`  // of them, those that not all rows are in of: they are found by looking through them
}

// Progress tells how far the index is that all nodes read.
func (x *Index) Progress(ctx context.Context) (p Progress, err error) {
	err = x.pool.QueryRow(ctx, `select s.position, coalesce((select max(pos) from onemap.feed), 0) - s.position, count(i.number), count(i.since)
		from onemap.search_state as s left join onemap.search_index as i on not i.gone group by s.position`).
		Scan(&p.Position, &p.Behind, &p.Layers, &p.Pending)
	if err != nil {
		return p, fmt.Errorf("progress of the index of search: %w", err)
	}
	p.Behind = max(p.Behind, 0)
	return p, nil
}
