package layers

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Rows is what of a layer a question is about, as SQL for rooms that read it in their own way: a FROM item without alias, a
// condition on its columns, and the condition's arguments. Key, geometry and properties have the names of the catalogue.
// A stored twin of the geometry in EPSG:3857 is there only when Mercator says so.
type Rows struct {
	From     string
	Where    string
	Args     pgx.StrictNamedArgs
	Mercator bool
}

// Rows compiles the filter of a query; its limit, order and coordinates are the reader's matter.
func (s *Store) Rows(ctx context.Context, l *Layer, q Query) (Rows, error) {
	sel, err := s.selection(ctx, l, q)
	if err != nil {
		return Rows{}, err
	}
	return Rows{From: sel.from, Where: sel.condition(), Args: sel.args, Mercator: l.Table.Mercator != "" && q.AsOf == 0}, nil
}

// Database is the name of the store's database, which no other has, and the secret that its nodes share.
func (s *Store) Database(ctx context.Context) (id, secret string, err error) {
	err = s.pool.QueryRow(ctx, "select id::text, secret from onemap.cluster").Scan(&id, &secret)
	return id, secret, translate(err)
}
