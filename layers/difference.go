package layers

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

//go:embed difference.sql
var differenceSQL string

// Difference is how a layer differs between two positions, or a page of it.
type Difference struct {
	Layer                   *Layer
	From, To                int64 // positions; To is never 0
	Added, Removed, Changed int64 // features, on all pages
	Features                []Differing
	Next                    string // cursor of the next page; "" on the last
}

// Differing is a feature that is not the same at two moments.
type Differing struct {
	ID            string
	Before, After *Feature // nil = was not there
	Changed       []string // properties that differ, "geometry" among them; nil where it was not there at both
}

// Difference compares a layer at two positions, from before to; 0 is now. Its properties have the names of now. Of q Bounds (of
// what was or became), SRID, Limit and After are looked at; pages are in the order of the key.
// It returns ErrInvalid for a layer whose past is not kept.
func (s *Store) Difference(ctx context.Context, actor Actor, layer string, q Query, from, to int64) (*Difference, error) {
	l, err := s.Layer(ctx, actor, layer)
	if err != nil {
		return nil, err
	}
	if to == 0 {
		if to, err = s.Position(ctx); err != nil {
			return nil, err
		}
	}
	if from == 0 || from > to {
		return nil, Refuse(ErrInvalid, "the first moment is after the second; exchange from and to", "起始时刻晚于结束时刻；请对调 from 与 to")
	}
	sel, err := s.selection(ctx, l, Query{SRID: q.SRID})
	if err != nil {
		return nil, err
	}
	sel.version = true
	c, err := s.comparison(ctx, l, sel, q, from, to)
	if err != nil {
		return nil, err
	}
	d := &Difference{Layer: l, From: from, To: to}
	counting := c.Replace(strings.Replace(differenceSQL, "/* answer */", `count(*) filter (where o.version is null),
		count(*) filter (where n.version is null), count(*) filter (where o.version is not null and n.version is not null)`, 1))
	if err := s.pool.QueryRow(ctx, counting, sel.with()...).Scan(&d.Added, &d.Removed, &d.Changed); err != nil {
		return nil, fmt.Errorf("difference of %s: %w", l.Name, BadValue(err))
	}
	err = s.differing(ctx, sel, q, c, d)
	return d, err
}

// comparison fills differenceSQL but for its answer.
func (s *Store) comparison(ctx context.Context, l *Layer, sel *selection, q Query, from, to int64) (*strings.Replacer, error) {
	a, err := s.archive(ctx, l.Name)
	if err != nil {
		return nil, err
	}
	first, err := s.moment(ctx, from)
	if err != nil {
		return nil, err
	}
	second, err := s.moment(ctx, to)
	if err != nil {
		return nil, err
	}
	filter := "true"
	if q.Bounds != nil && l.Table.Geom != "" {
		var either []string
		for _, side := range []string{"o.", "n."} {
			touch, err := sel.touching(side+ident(l.Table.Geom), *q.Bounds, q.BoundsSRID)
			if err != nil {
				return nil, err
			}
			either = append(either, touch)
		}
		filter = fmt.Sprintf("(%s or o.%[2]s is null and n.%[2]s is null)", strings.Join(either, " or "), ident(l.Table.Geom))
	}
	var old, now []string
	for _, c := range a.now(first) {
		old, now = append(old, "o."+ident(c.name)), append(now, "n."+ident(c.name))
	}
	same := fmt.Sprintf("row(%s)::record *= row(%s)::record", strings.Join(old, ", "), strings.Join(now, ", "))
	return strings.NewReplacer("/* key */", ident(a.key), "/* same */", same, "/* filter */", filter,
		"/* before */", a.gone(l.Name, first, second), "/* after */", a.come(l.Name, first, second)), nil
}

// gone is the rows that were there at the first moment and not at the second.
func (a archive) gone(layer string, first, second moment) string {
	var columns []string
	for _, c := range a.now(first) {
		columns = append(columns, c.history+" as "+ident(c.name))
	}
	return fmt.Sprintf("select fid as %s, version, %s from %s where until_version >= %d and %s and not (%s) and %s", ident(a.key), strings.Join(columns, ", "),
		pgx.Identifier{"history", layer}.Sanitize(), first.ended, first.seesSQL("version"), first.seesSQL("until_version"), second.seesSQL("until_version"))
}

// come is the rows that were there at the second moment and not at the first.
func (a archive) come(layer string, first, second moment) string {
	var live, past []string
	for _, c := range a.now(second) {
		live, past = append(live, c.live+" as "+ident(c.name)), append(past, c.history+" as "+ident(c.name))
	}
	return fmt.Sprintf(`select %[1]s, version, %[2]s from %[3]s where %[4]s and not (%[5]s)
		union all select fid, version, %[6]s from %[7]s where until_version >= %[8]d and %[4]s and not (%[5]s) and not (%[9]s)`, ident(a.key), strings.Join(live, ", "), a.live,
		second.seesSQL("version"), first.seesSQL("version"), strings.Join(past, ", "), pgx.Identifier{"history", layer}.Sanitize(), second.ended, second.seesSQL("until_version"))
}

// differing reads the page.
func (s *Store) differing(ctx context.Context, sel *selection, q Query, c *strings.Replacer, d *Difference) error {
	hash := hashOf(c.Replace(differenceSQL), sel.args)
	after, err := decodeCursor(q.After, hash)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("coalesce(o.%[1]s, n.%[1]s)", ident(sel.layer.Table.Key))
	sql := c.Replace(strings.Replace(differenceSQL, "/* answer */", strings.Join(append(sel.columnsOf("o"), sel.columnsOf("n")...), ", "), 1))
	if after.Key != "" {
		sql += fmt.Sprintf(" and %s > %s", key, sel.bind(after.Key, sel.layer.Table.KeyType))
	}
	limit := min(max(q.Limit, 1), MaxLimit)
	rows, err := s.pool.Query(ctx, fmt.Sprintf("%s order by %s limit %d", sql, key, limit+1), sel.with()...)
	if err != nil {
		return sel.unread(err)
	}
	defer rows.Close()
	for r := (rowReader{rows: rows}); r.next(); {
		one, err := r.differing(sel.layer)
		if err != nil {
			return sel.unread(err)
		}
		d.Features = append(d.Features, one)
	}
	if err := rows.Err(); err != nil {
		return sel.unread(err)
	}
	if len(d.Features) > limit {
		d.Features = d.Features[:limit]
		d.Next = cursor{Key: d.Features[limit-1].ID, Hash: hash}.encode()
	}
	return nil
}

// differing reads a row of what columnsOf lists of the two moments.
func (r *rowReader) differing(l *Layer) (d Differing, err error) {
	after := featureColumns + len(l.Properties)
	for _, side := range []struct {
		at   int
		into **Feature
	}{{0, &d.Before}, {after, &d.After}} {
		if r.raw[side.at] == nil { // it has no id
			continue
		}
		f, err := r.feature(l, side.at)
		if err != nil {
			return d, err
		}
		d.ID, *side.into = f.ID, &f
	}
	if d.Before != nil && d.After != nil {
		d.Changed = changed(l, *d.After, *d.Before)
		if !bytes.Equal(r.raw[1], r.raw[after+1]) {
			d.Changed = append(d.Changed, "geometry")
		}
	}
	return d, nil
}
