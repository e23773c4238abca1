package search

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// sweepOne does one step of the first thing that is to be done: brings in rows of a layer, or deletes keys of one that is gone.
func (k keeper) sweepOne(ctx context.Context, targets map[string]target) error {
	parts, err := k.readParts(ctx) // what was followed may have changed them
	if err != nil {
		return err
	}
	for _, p := range parts {
		t, ok := targets[p.Layer]
		switch {
		case p.Gone:
			return k.remove(ctx, p)
		case p.Since != nil && ok && p.Plan == t.plan():
			return pgx.BeginFunc(ctx, k.conn, func(tx pgx.Tx) error { return k.sweep(ctx, tx, p, t) })
		}
	}
	return nil
}

// remove deletes some keys of a part that is gone, and in the end the part.
func (k keeper) remove(ctx context.Context, p part) error {
	deleted, err := k.conn.Exec(ctx, `delete from onemap.search_key where ctid = any(array(
		select ctid from onemap.search_key where number = $1 order by fid limit $2))`, p.Number, mostKeys)
	if err != nil || deleted.RowsAffected() > 0 {
		return err
	}
	_, err = k.conn.Exec(ctx, "delete from onemap.search_index where number = $1", p.Number)
	return err
}

// sweep brings in the next rows of a layer, in the order of their keys, with what has gone between them.
func (k keeper) sweep(ctx context.Context, tx pgx.Tx, p part, t target) error {
	condition, args := fmt.Sprintf("source.%s > $1", ident(t.layer.Table.Key)), []any{p.Swept}
	if *p.Since > 0 {
		condition, args = condition+" and source.version >= $2", append(args, *p.Since)
	}
	rows, err := k.rows(ctx, tx, t, fmt.Sprintf("%s order by source.%s limit %d", condition, ident(t.layer.Table.Key), mostRows), args...)
	if err != nil {
		return err
	}
	upTo := int64(math.MaxInt64)
	if len(rows) == mostRows {
		upTo = rows[len(rows)-1].fid
	}
	if err := forget(ctx, tx, p, t, rows, upTo); err != nil {
		return err
	}
	if err := k.insert(ctx, tx, p, t, rows); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update onemap.search_index set swept = case when $3 then 0 else $2::bigint end, since = case when not $3 then since end,
		ready = case when $3 then coalesce(ready, clock_timestamp()) else ready end where number = $1`, p.Number, upTo, upTo == math.MaxInt64)
	return err
}

// forget deletes the keys that rows between p.Swept and upTo had: of all, or of those that have changed or gone since.
func forget(ctx context.Context, tx pgx.Tx, p part, t target, rows []indexed, upTo int64) error {
	if *p.Since == 0 {
		_, err := tx.Exec(ctx, "delete from onemap.search_key where number = $1 and fid > $2 and fid <= $3", p.Number, p.Swept, upTo)
		return err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.fid
	}
	if _, err := tx.Exec(ctx, "delete from onemap.search_key where number = $1 and fid = any($2)", p.Number, ids); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`delete from onemap.search_key where number = $1 and fid = any(array(
			select fid from %s where until_version >= $2 and fid > $3 and fid <= $4))`, pgx.Identifier{"history", t.layer.Name}.Sanitize()),
		p.Number, *p.Since, p.Swept, upTo)
	return err
}

// indexed is a row as the index reads it.
type indexed struct {
	fid   int64
	texts []string
	x, y  *float64
}

// rows reads some of a layer.
func (k keeper) rows(ctx context.Context, tx pgx.Tx, t target, condition string, args ...any) (list []indexed, err error) {
	rows, err := tx.Query(ctx, fmt.Sprintf("select source.%s::bigint, array[%s], st_x(m.m), st_y(m.m) from %s as source, lateral (select %s as m) m where %s",
		ident(t.layer.Table.Key), strings.Join(t.texts(), ", "), pgx.Identifier{t.layer.Table.Schema, t.layer.Table.Name}.Sanitize(), t.middle(), condition), args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.layer.Name, err)
	}
	list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r indexed, err error) {
		err = row.Scan(&r.fid, &r.texts, &r.x, &r.y)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.layer.Name, err)
	}
	return list, nil
}

// insert adds the keys of rows that have none.
func (k keeper) insert(ctx context.Context, tx pgx.Tx, p part, t target, rows []indexed) error {
	var keys [][]any
	for _, r := range rows {
		mine := map[string]bool{}
		for _, text := range r.texts {
			for key := range newValue(text).keys(t.layer) {
				if !mine[key] {
					mine[key] = true
					keys = append(keys, []any{key, p.Number, r.fid, coarse(r.x), coarse(r.y)})
				}
			}
		}
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"onemap", "search_key"}, []string{"key", "number", "fid", "x", "y"}, pgx.CopyFromRows(keys))
	if err != nil {
		return fmt.Errorf("index %s: %w", t.layer.Name, layers.BadValue(err))
	}
	return nil
}

// coarse is a coordinate as the index keeps it: half a metre is near enough.
func coarse(v *float64) *float32 {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return nil
	}
	f := float32(*v)
	return &f
}
