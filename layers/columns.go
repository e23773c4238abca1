package layers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Columns returns the layer's properties together with the PostgreSQL types of their columns, in the order of its
// Properties: what a row of it is made of besides the geometry.
func (s *Store) Columns(ctx context.Context, l *Layer) ([]Column, error) {
	rows, err := s.pool.Query(ctx, `select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
		from pg_attribute a where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''`, l.table())
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", l.Name, translate(err))
	}
	of := map[string]Column{}
	var name string
	var c Column
	_, err = pgx.ForEachRow(rows, []any{&name, &c.SQLType, &c.NotNull}, func() error {
		of[name] = c
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", l.Name, translate(err))
	}
	var columns []Column
	for _, p := range l.Properties {
		if c, ok := of[p.Name]; ok {
			c.Property = p
			columns = append(columns, c)
		}
	}
	return columns, nil
}
