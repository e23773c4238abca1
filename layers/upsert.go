package layers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// upsert puts the rows aside, finds what differs from the layer, and writes that alone: the triggers log it like any
// other writing. A value is compared by its bytes, as history does, so that what comes back unchanged writes nothing.
func upsert(ctx context.Context, tx pgx.Tx, l *Layer, columns []string, rows pgx.CopyFromSource, key string) (result LoadResult, err error) {
	if !slices.Contains(columns, key) {
		return result, Refuse(ErrInvalid, "key: the rows have no column %q, which an upsert goes by", "key：数据没有更新所依据的字段“%s”", key)
	}
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = ident(c)
	}
	list := strings.Join(quoted, ", ")
	setUp := fmt.Sprintf("select set_config('onemap.ddl', 'off', true); create temp table onemap_upsert on commit drop as select %s from %s limit 0", list, l.table())
	if _, err := tx.Exec(ctx, setUp); err != nil {
		return result, err
	}
	if result.Rows, err = copyRows(ctx, tx, pgx.Identifier{"onemap_upsert"}, columns, rows, copyOptions{}); err != nil {
		return result, err
	}
	if _, err := tx.Exec(ctx, "create index on onemap_upsert ("+ident(key)+"); analyze onemap_upsert; select set_config('onemap.ddl', '', true)"); err != nil {
		return result, err
	}
	if err := alone(ctx, tx, l); err != nil { // only now: others may write while the rows come in
		return result, err
	}
	if err := checkKeys(ctx, tx, l, ident(key)); err != nil {
		return result, err
	}
	differs, err := differing(ctx, tx, l, columns, key)
	if err != nil {
		return result, err
	}
	if differs != "" {
		var set []string
		for _, c := range quoted {
			if c != ident(key) {
				set = append(set, c+" = n."+c)
			}
		}
		tag, err := tx.Exec(ctx, fmt.Sprintf("update %s as o set %s from onemap_upsert n where o.%[3]s = n.%[3]s and (%[4]s)",
			l.table(), strings.Join(set, ", "), ident(key), differs))
		if err != nil {
			return result, err
		}
		result.Updated = tag.RowsAffected()
	}
	tag, err := tx.Exec(ctx, fmt.Sprintf("insert into %[1]s (%[2]s) select %[2]s from onemap_upsert n where not exists (select from %[1]s o where o.%[3]s = n.%[3]s)",
		l.table(), list, ident(key)))
	if err != nil {
		return result, err
	}
	result.Inserted = tag.RowsAffected()
	result.Unchanged = result.Rows - result.Inserted - result.Updated
	return result, nil
}

// differing is the SQL that tells whether a row o of the layer and a row n of the file differ in what the file gives.
func differing(ctx context.Context, tx pgx.Tx, l *Layer, columns []string, key string) (string, error) {
	var sql *string
	err := tx.QueryRow(ctx, `select string_agg(onemap.differs(a.attname, format_type(a.atttypid, a.atttypmod)), ' or ' order by a.attnum)
		from pg_attribute a where a.attrelid = $1::text::regclass and a.attname = any ($2::text[]) and a.attname <> $3`, l.table(), columns, key).Scan(&sql)
	if err != nil || sql == nil {
		return "", err
	}
	return *sql, nil
}

// checkKeys refuses keys that do not tell rows apart.
func checkKeys(ctx context.Context, tx pgx.Tx, l *Layer, key string) error {
	for _, c := range []struct {
		sql  string
		fail func(value string) error
	}{
		{"select '' from onemap_upsert where %[1]s is null limit 1", func(string) error {
			return Refuse(ErrInvalid, "key: a row has no %s, which an upsert goes by", "key：有一行缺少更新所依据的 %s", key)
		}},
		{"select %[1]s::text from onemap_upsert group by %[1]s having count(*) > 1 limit 1", func(v string) error {
			return Refuse(ErrInvalid, "key: several rows have the %s %q", "key：有多行的 %s 同为“%s”", key, v)
		}},
		{"select n.%[1]s::text from onemap_upsert n join %[2]s o on o.%[1]s = n.%[1]s group by n.%[1]s having count(*) > 1 limit 1", func(v string) error {
			return Refuse(ErrConflict, "key: several features of the layer have the %s %q", "key：图层中有多个要素的 %s 同为“%s”", key, v)
		}},
	} {
		rows, err := tx.Query(ctx, fmt.Sprintf(c.sql, key, l.table()))
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return c.fail(found[0])
		}
	}
	return nil
}
