package layers

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
)

// IDs yields the ids of all features that match, in their order; of q, paging and what an answer has are not looked at. It
// ends after the first error, which is ErrInvalid for a layer whose features have no ids.
func (s *Store) IDs(ctx context.Context, actor Actor, layer string, q Query) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		rows, err := s.idRows(ctx, actor, layer, q)
		if err != nil {
			yield("", err)
			return
		}
		defer rows.Close()
		var id string
		for rows.Next() {
			err := rows.Scan(&id)
			if !yield(id, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield("", fmt.Errorf("ids of %s: %w", layer, BadValue(err)))
		}
	}
}

func (s *Store) idRows(ctx context.Context, actor Actor, layer string, q Query) (pgx.Rows, error) {
	l, err := s.Layer(ctx, actor, layer)
	if err != nil {
		return nil, err
	}
	if l.Table.Key == "" {
		return nil, fmt.Errorf("%w: the features of layer %q have no ids", ErrInvalid, l.Name)
	}
	sel, err := s.selection(ctx, l, q)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, fmt.Sprintf("select source.%s::text from %s as source where %s order by %s",
		ident(l.Table.Key), sel.from, sel.condition(), sel.order()), sel.args)
	if err != nil {
		return nil, fmt.Errorf("ids of %s: %w", layer, BadValue(err))
	}
	return rows, nil
}
