package layers

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// LoadMode says what becomes of the rows a layer has.
type LoadMode int

// Append adds to the layer; Replace puts the new rows in place of all it has, which go to history.
const (
	Append LoadMode = iota
	Replace
)

// LoadOptions says how to load.
type LoadOptions struct {
	Mode   LoadMode
	Reason string // told by the log
}

// LoadResult is what a load did.
type LoadResult struct {
	Rows    int64 // loaded
	Removed int64 // replaced
}

// Load copies rows into a layer of our own, in one transaction that the log has as one change. Columns are those of
// the table, geometry as EWKB in the layer's SRID. Readers of an empty layer wait until its indexes are built.
// It returns ErrInvalid for columns the layer has not, or values that do not fit.
func (s *Store) Load(ctx context.Context, actor Actor, layer string, columns []string, rows pgx.CopyFromSource, opt LoadOptions) (LoadResult, error) {
	var result LoadResult
	l, err := s.Layer(ctx, actor, layer)
	if err != nil {
		return result, err
	}
	if err := l.loadable(columns); err != nil {
		return result, err
	}
	err = s.write(ctx, actor, opt.Reason, func(tx pgx.Tx) error {
		var empty bool
		if err := tx.QueryRow(ctx, "select not exists (select from "+l.table()+"), set_config('onemap.op', 'load', true)").Scan(&empty, nil); err != nil {
			return err
		}
		if opt.Mode == Replace {
			tag, err := tx.Exec(ctx, "delete from "+l.table())
			if err != nil {
				return err
			}
			result.Removed = tag.RowsAffected()
		}
		var err error
		result.Rows, err = copyRows(ctx, tx, l, columns, rows, empty)
		return err
	})
	if err != nil {
		return LoadResult{}, fmt.Errorf("load %s: %w", layer, translate(err))
	}
	if _, err := s.pool.Exec(ctx, "analyze "+l.table()); err != nil {
		return result, fmt.Errorf("load %s: %w", layer, translate(err))
	}
	return result, nil
}

func (l *Layer) loadable(columns []string) error {
	if l.Table.Schema != "layer" || !l.Writable {
		return fmt.Errorf("%w: layer %q is published as it is; write to its table %s", ErrInvalid, l.Name, l.table())
	}
	for _, c := range columns {
		if _, ok := l.Property(c); !ok && (c != l.Table.Geom || c == "") {
			return fmt.Errorf("%w: layer %q has no column %q", ErrInvalid, l.Name, c)
		}
	}
	return nil
}

// copyRows copies, and into an empty table does it the fast way: indexes are built afterwards, and the change is
// written by hand, since a statement trigger would first put every new row aside on disk.
func copyRows(ctx context.Context, tx pgx.Tx, l *Layer, columns []string, rows pgx.CopyFromSource, empty bool) (int64, error) {
	target := pgx.Identifier{l.Table.Schema, l.Table.Name}
	if !empty {
		return tx.CopyFrom(ctx, target, columns, rows)
	}
	indexes, err := startFast(ctx, tx, l)
	if err != nil {
		return 0, err
	}
	n, err := tx.CopyFrom(ctx, target, columns, rows)
	if err != nil {
		return n, err
	}
	return n, endFast(ctx, tx, l, indexes)
}

// startFast takes triggers and secondary indexes away and returns what makes the indexes again.
func startFast(ctx context.Context, tx pgx.Tx, l *Layer) ([]string, error) {
	if _, err := tx.Exec(ctx, "select set_config('onemap.ddl', 'off', true)"); err != nil {
		return nil, err
	}
	// Locked first: a row that another writer commits after we looked would be missed by the count below.
	if _, err := tx.Exec(ctx, "lock table "+l.table()+" in access exclusive mode"); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
		from pg_index i where i.indrelid = $1::text::regclass and not i.indisprimary
		and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`, l.table())
	if err != nil {
		return nil, err
	}
	type index struct{ Name, Definition string }
	indexes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	if err != nil {
		return nil, err
	}
	statements := []string{}
	for _, i := range indexes {
		if _, err := tx.Exec(ctx, "drop index "+i.Name); err != nil {
			return nil, err
		}
		statements = append(statements, i.Definition)
	}
	_, err = tx.Exec(ctx, "alter table "+l.table()+" disable trigger onemap_insert, disable trigger zz_onemap_version")
	return statements, err
}

func endFast(ctx context.Context, tx pgx.Tx, l *Layer, indexes []string) error {
	bounds := "null::box"
	if l.Table.Geom != "" {
		bounds = "onemap.bounds(" + ident(l.Table.Geom) + "::box)"
	}
	statements := slices.Concat(
		// What is new is what we wrote; what others put there before we had the lock, they have logged.
		[]string{fmt.Sprintf(`insert into onemap.change (layer, op, new_bounds, count, delta)
			select '%s', 'load', %s, count(*), count(*) from %s where version = onemap.txid() having count(*) > 0`, l.Name, bounds, l.table())},
		indexes,
		[]string{
			"alter table " + l.table() + " enable always trigger onemap_insert, enable always trigger zz_onemap_version",
			"select set_config('onemap.ddl', '', true)",
		})
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
