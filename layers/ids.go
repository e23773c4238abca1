package layers

import (
	"context"
	"fmt"
	"iter"
	"strconv"

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
		for r := (rowReader{rows: rows}); r.next(); {
			id, err := r.id()
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
		return nil, Refuse(ErrInvalid, "the features of layer %q have no ids", "图层“%s”的要素没有标识码", l.Name)
	}
	sel, err := s.selection(ctx, l, q)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, fmt.Sprintf("select %s from %s as source where %s order by %s", l.keyColumn(), sel.from, sel.condition(), sel.order()), sel.with()...)
	if err != nil {
		return nil, fmt.Errorf("ids of %s: %w", layer, BadValue(err))
	}
	return rows, nil
}

// keyColumn is the key of the rows called source, as a list of many has it: a number is no text yet, which would be sorted along,
// and a third of a million would not fit into memory.
func (l *Layer) keyColumn() string {
	column := "source." + ident(l.Table.Key)
	if l.Table.KeyType == "bigint" || l.Table.KeyType == "integer" || l.Table.KeyType == "smallint" {
		return column
	}
	return column + "::text"
}

// id reads a row of keyColumn.
func (r *rowReader) id() (string, error) {
	v, err := r.value(0)
	if n, ok := v.(int64); ok {
		return strconv.FormatInt(n, 10), err
	}
	id, _ := v.(string)
	return id, err
}
