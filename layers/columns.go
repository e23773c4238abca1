package layers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Columns returns the layer's properties together with the PostgreSQL types of their columns, in the order of its
// Properties: what a row of it is made of besides the geometry.
func (s *Store) Columns(ctx context.Context, l *Layer) ([]Column, error) {
	rows, err := s.pool.Query(ctx, `select a.attname, format_type(a.atttypid, a.atttypmod)
		from pg_attribute a where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''`, l.table())
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", l.Name, translate(err))
	}
	types := map[string]string{}
	var name, sqlType string
	_, err = pgx.ForEachRow(rows, []any{&name, &sqlType}, func() error {
		types[name] = sqlType
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", l.Name, translate(err))
	}
	var columns []Column
	for _, p := range l.Properties {
		if t, ok := types[p.Name]; ok {
			columns = append(columns, Column{Property: p, SQLType: t})
		}
	}
	return columns, nil
}
