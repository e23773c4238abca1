package layers

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// CreateFrom makes a layer and fills it from a query in one transaction: readers see the whole layer or none. The query
// gives the values of columns, in this order; it comes from our own code, never from a request. The log has the rows as
// one change of op 'load'. Errors are those of Create and Load.
func (s *Store) CreateFrom(ctx context.Context, actor Actor, def Definition, reason string, columns []string, query string) (*Layer, LoadResult, error) {
	var result LoadResult
	if err := def.check(); err != nil {
		return nil, result, err
	}
	l := &Layer{Name: def.Name, Table: Table{Schema: "layer", Name: def.Name}}
	if def.GeometryType != "" {
		l.Table.Geom = "geom"
	}
	var names []string
	for _, c := range columns {
		names = append(names, ident(c))
	}
	err := s.write(ctx, actor, reason, func(tx pgx.Tx) error {
		if err := def.create(ctx, tx); err != nil {
			return err
		}
		indexes, err := startFast(ctx, tx, l)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, fmt.Sprintf("insert into %s (%s) %s", l.table(), strings.Join(names, ", "), query))
		if err != nil {
			return err
		}
		result.Rows = tag.RowsAffected()
		return endFast(ctx, tx, l, indexes)
	})
	if err != nil {
		return nil, LoadResult{}, def.refused(err)
	}
	if _, err := s.pool.Exec(ctx, "analyze "+l.table()); err != nil {
		return nil, result, fmt.Errorf("analyze %s: %w", def.Name, translate(err))
	}
	made, err := s.afresh(ctx, actor, def.Name)
	return made, result, err
}
