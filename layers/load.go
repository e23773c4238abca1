package layers

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// LoadMode says what becomes of the rows a layer has.
type LoadMode int

// Append adds to the layer; Replace puts the new rows in place of all it has, which go to history. Upsert writes those
// rows whose key the layer has not, or has with other values; what it has besides stays.
const (
	Append LoadMode = iota
	Replace
	Upsert
)

// LoadOptions says how to load.
type LoadOptions struct {
	Mode   LoadMode
	Key    string // property that tells rows apart, for Upsert
	Reason string // told by the log
	Wait   func() // called once when another load holds the layer and this one waits; may be nil

	// Bounds are those of the rows, asked for when all have been given; nil = the database looks.
	Bounds func() *Bounds

	// Final is asked by CreateLoad when all rows are in the table, for the definition as it has become meanwhile, with the
	// same columns and geometry; an error takes everything back. nil = the one that was given.
	Final func() (Definition, error)
}

// LoadResult is what a load did.
type LoadResult struct {
	Rows      int64 // read
	Inserted  int64
	Updated   int64 // by Upsert
	Unchanged int64 // by Upsert
	Removed   int64 // by Replace
}

// Load copies rows into a layer of our own, in one transaction that the log has as one change; an upsert is logged as
// what it truly changed. Columns are those of the table, geometry as EWKB in the layer's SRID. One load at a time writes
// to a layer, others wait. Readers go on; those of an empty layer wait until its indexes are built.
// It returns ErrInvalid for columns the layer has not, or values that do not fit, ErrConflict for a key that several
// features have.
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
		if err := lockLoad(ctx, tx, layer, opt.Wait); err != nil {
			return err
		}
		switch opt.Mode {
		case Replace:
			result, err = replace(ctx, tx, l, columns, rows)
		case Upsert:
			result, err = upsert(ctx, tx, l, columns, rows, opt.Key)
		default:
			result, err = add(ctx, tx, l, columns, rows)
		}
		return err
	})
	if err != nil {
		return LoadResult{}, fmt.Errorf("load %s: %w", layer, unfit(err))
	}
	if _, err := s.pool.Exec(ctx, "analyze "+l.table()); err != nil {
		return result, fmt.Errorf("load %s: %w", layer, translate(err))
	}
	return result, nil
}

// CreateLoad makes a layer and fills it, in one transaction: readers see the whole layer or none. The log has the rows as
// one change. Errors are those of Create and Load.
func (s *Store) CreateLoad(ctx context.Context, actor Actor, def Definition, columns []string, rows pgx.CopyFromSource, opt LoadOptions) (*Layer, LoadResult, error) {
	var result LoadResult
	if err := def.check(); err != nil {
		return nil, result, err
	}
	l := &Layer{Name: def.Name, Table: Table{Schema: "layer", Name: def.Name}}
	if def.GeometryType != "" {
		l.Table.Geom = "geom"
	}
	err := s.write(ctx, actor, opt.Reason, func(tx pgx.Tx) (err error) {
		if err := lockLoad(ctx, tx, def.Name, opt.Wait); err != nil {
			return err
		}
		if err := def.create(ctx, tx); err != nil {
			return def.refused(err)
		}
		result.Rows, err = copyNew(ctx, tx, l, columns, rows, opt.Bounds)
		result.Inserted = result.Rows
		if err != nil || opt.Final == nil {
			return err
		}
		final, err := opt.Final()
		if err != nil {
			return err
		}
		return final.complete(ctx, tx, def.IDField)
	})
	if err != nil {
		return nil, LoadResult{}, fmt.Errorf("load %s: %w", def.Name, unfit(err))
	}
	if err := s.glance(ctx, l, columns); err != nil {
		return nil, result, fmt.Errorf("analyze %s: %w", def.Name, translate(err))
	}
	made, err := s.afresh(ctx, actor, def.Name)
	return made, result, err
}

// glance gives the planner figures of a new table from a small sample, so that its first readers do not wait for the full
// one. Autovacuum takes that within a minute, as naming the columns leaves its count of new rows as it is.
func (s *Store) glance(ctx context.Context, l *Layer, columns []string) error {
	names := []string{"fid", "version"}
	for _, c := range columns {
		names = append(names, ident(c))
	}
	if l.Table.Geom != "" && slices.Contains(columns, l.Table.Geom) {
		names = append(names, "geom_3857")
	}
	_, err := s.pool.Exec(ctx, fmt.Sprintf("begin; set local default_statistics_target = 10; analyze %s (%s); commit", l.table(), strings.Join(names, ", ")))
	return err
}

// loads is the first key of the advisory locks that loads hold; the second is the layer.
const loads = 0x6c6f6164

// lockLoad lets one load at a time write to a layer, until its transaction ends.
func lockLoad(ctx context.Context, tx pgx.Tx, layer string, wait func()) error {
	var free bool
	if err := tx.QueryRow(ctx, "select pg_try_advisory_xact_lock($1::int, hashtext($2))", loads, layer).Scan(&free); err != nil || free {
		return err
	}
	if wait != nil {
		wait()
	}
	_, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1::int, hashtext($2))", loads, layer)
	return err
}

// add appends. The load is one change, whatever its size.
func add(ctx context.Context, tx pgx.Tx, l *Layer, columns []string, rows pgx.CopyFromSource) (result LoadResult, err error) {
	var empty bool
	if err := tx.QueryRow(ctx, "select not exists (select from "+l.table()+"), set_config('onemap.op', 'load', true)").Scan(&empty, nil); err != nil {
		return result, err
	}
	if empty {
		result.Rows, err = copyFast(ctx, tx, l, columns, rows)
	} else {
		result.Rows, err = copyRows(ctx, tx, pgx.Identifier{l.Table.Schema, l.Table.Name}, columns, rows, copyOptions{})
	}
	result.Inserted = result.Rows
	return result, err
}

// replace moves all rows to history and adds the new ones; the log has both as one change.
func replace(ctx context.Context, tx pgx.Tx, l *Layer, columns []string, rows pgx.CopyFromSource) (result LoadResult, err error) {
	if _, err := tx.Exec(ctx, "select set_config('onemap.op', 'load', true)"); err != nil {
		return result, err
	}
	if err := alone(ctx, tx, l); err != nil {
		return result, err
	}
	tag, err := tx.Exec(ctx, "delete from "+l.table())
	if err != nil {
		return result, err
	}
	if tag.RowsAffected() == 0 {
		return add(ctx, tx, l, columns, rows)
	}
	result.Removed = tag.RowsAffected()
	result.Rows, err = copyRows(ctx, tx, pgx.Identifier{l.Table.Schema, l.Table.Name}, columns, rows, copyOptions{})
	if err != nil {
		return result, err
	}
	result.Inserted = result.Rows
	// History names the change that removed its rows; the change that added the new ones joins it.
	_, err = tx.Exec(ctx, `with added as (
			delete from onemap.change where xid = onemap.txid() and layer = $1 and op = 'load' and old_bounds is null and delta > 0
			returning new_bounds, count, delta)
		update onemap.change c set new_bounds = added.new_bounds, count = added.count, delta = c.delta + added.delta
		from added where c.xid = onemap.txid() and c.layer = $1 and c.op = 'load' and c.delta < 0`, l.Name)
	return result, err
}

// alone keeps other writers of the table away until the transaction ends, and no reader: a row that one of them added in
// the meantime would outlive the edition it belongs to, or come in twice.
func alone(ctx context.Context, tx pgx.Tx, l *Layer) error {
	_, err := tx.Exec(ctx, "lock table "+l.table()+" in share row exclusive mode")
	return err
}

// unfit tells a value that a column can not hold, with the place PostgreSQL names.
func unfit(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return translate(err)
	}
	switch {
	case strings.HasPrefix(pg.Code, "22"), pg.Code == "23502", pg.Code == "23514": // data exception, not null, check
		where := ""
		if _, place, ok := strings.Cut(pg.Where, ", "); ok {
			where = " (" + place + ")"
		}
		return Refuse(ErrInvalid, "%s%s", "数据不符合字段要求：%s%s", pg.Message, where)
	case pg.Code == "23505":
		if m := takenKey.FindStringSubmatch(pg.Detail); m != nil {
			return &TakenError{Property: m[1], Value: m[2]}
		}
	}
	return translate(err)
}

// takenKey finds the columns and their values in what PostgreSQL says of a key that is there, in any language.
var takenKey = regexp.MustCompile(`\((.+?)\)=\((.*?)\)`)

// TakenError is ErrConflict: a feature has that value of a property already that tells features apart.
type TakenError struct{ Property, Value string }

func (e *TakenError) Error() string {
	return ErrConflict.Error() + ": " + e.Words().En
}

// Words says it to people.
func (e *TakenError) Words() Words {
	return Say("a feature with %s %q is there already", "已有 %s 为“%s”的要素", e.Property, e.Value)
}

func (e *TakenError) Unwrap() error { return ErrConflict }

func (l *Layer) loadable(columns []string) error {
	if l.Table.Schema != "layer" || !l.Writable {
		return Refuse(ErrInvalid, "layer %q is published as it is; write to its table %s", "图层“%s”为直接发布的数据，请直接写入其数据表 %s", l.Name, l.table())
	}
	for _, c := range columns {
		if _, ok := l.Property(c); !ok && (c != l.Table.Geom || c == "") {
			return Refuse(ErrInvalid, "layer %q has no column %q", "图层“%s”没有字段“%s”", l.Name, c)
		}
	}
	return nil
}

// copyFast copies into an empty table: indexes are built afterwards, and the change is written by hand, since a
// statement trigger would first put every new row aside on disk.
func copyFast(ctx context.Context, tx pgx.Tx, l *Layer, columns []string, rows pgx.CopyFromSource) (int64, error) {
	indexes, err := startFast(ctx, tx, l)
	if err != nil {
		return 0, err
	}
	n, err := copyRows(ctx, tx, pgx.Identifier{l.Table.Schema, l.Table.Name}, columns, rows, copyOptions{})
	if err != nil {
		return n, err
	}
	// What is new is what we wrote; what others put there before we had the lock, they have logged.
	if _, err := tx.Exec(ctx, fmt.Sprintf(`insert into onemap.change (layer, op, new_bounds, count, delta)
		select $1, 'load', %s, count(*), count(*) from %s where version = onemap.txid() having count(*) > 0`, l.boundsSQL(), l.table()), l.Name); err != nil {
		return n, err
	}
	return n, endFast(ctx, tx, l, indexes)
}

// copyNew is copyFast for a table that this transaction has made, where nobody else can have been.
func copyNew(ctx context.Context, tx pgx.Tx, l *Layer, columns []string, rows pgx.CopyFromSource, bounds func() *Bounds) (int64, error) {
	indexes, err := startFast(ctx, tx, l)
	if err != nil {
		return 0, err
	}
	opt := copyOptions{freeze: true}
	if err := tx.QueryRow(ctx, "select onemap.txid()").Scan(&opt.version); err != nil {
		return 0, err
	}
	n, err := copyRows(ctx, tx, pgx.Identifier{l.Table.Schema, l.Table.Name}, columns, rows, opt)
	if err != nil {
		return n, err
	}
	if n > 0 {
		if err := logNew(ctx, tx, l, n, bounds); err != nil {
			return n, err
		}
	}
	return n, endFast(ctx, tx, l, indexes)
}

// logNew tells the log of the n rows of a new table.
func logNew(ctx context.Context, tx pgx.Tx, l *Layer, n int64, bounds func() *Bounds) error {
	if bounds == nil {
		_, err := tx.Exec(ctx, fmt.Sprintf("insert into onemap.change (layer, op, new_bounds, count, delta) select $1, 'load', %s, count(*), count(*) from %s", l.boundsSQL(), l.table()), l.Name)
		return err
	}
	var corners [4]*float64
	if b := bounds(); b != nil && l.Table.Geom != "" {
		corners = [4]*float64{&b[0], &b[1], &b[2], &b[3]}
	}
	_, err := tx.Exec(ctx, `insert into onemap.change (layer, op, new_bounds, count, delta)
		values ($1, 'load', box(point($3::float8, $4::float8), point($5::float8, $6::float8)), $2, $2)`, l.Name, n, corners[0], corners[1], corners[2], corners[3])
	return err
}

// boundsSQL is the SQL for the bounds of all rows of a table of ours.
func (l *Layer) boundsSQL() string {
	if l.Table.Geom == "" {
		return "null::box"
	}
	return "onemap.bounds(" + ident(l.Table.Geom) + "::box)"
}

// startFast takes triggers and secondary indexes away and returns what makes the indexes again. Indexes of some rows only stay:
// ours has those without geometry, mostly none, and to make it again the whole table is read.
func startFast(ctx context.Context, tx pgx.Tx, l *Layer) ([]string, error) {
	if _, err := tx.Exec(ctx, "select set_config('onemap.ddl', 'off', true), set_config('maintenance_work_mem', '128MB', true)"); err != nil {
		return nil, err
	}
	// Locked first: a row that another writer commits after we looked would be missed by the count below.
	if _, err := tx.Exec(ctx, "lock table "+l.table()+" in access exclusive mode"); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
		from pg_index i where i.indrelid = $1::text::regclass and not i.indisprimary and i.indpred is null
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
	statements := slices.Concat(
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
