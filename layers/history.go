package layers

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// moment is what could be seen at the end of a batch of positions: row versions are ids of transactions, and those
// that had ended are exactly the versions that were there.
type moment struct {
	ended int64   // all below had ended
	begun int64   // none from here on had begun
	open  []int64 // between the two, these were open
}

func (m moment) sees(version int64) bool {
	return version < m.ended || version < m.begun && !slices.Contains(m.open, version)
}

// seesSQL is sees for a column.
func (m moment) seesSQL(column string) string {
	if len(m.open) == 0 {
		return fmt.Sprintf("%s < %d", column, m.begun)
	}
	open := make([]string, len(m.open))
	for i, x := range m.open {
		open[i] = strconv.FormatInt(x, 10)
	}
	return fmt.Sprintf("(%[1]s < %[2]d or %[1]s < %[3]d and %[1]s <> all('{%[4]s}'::bigint[]))", column, m.ended, m.begun, strings.Join(open, ","))
}

// moment returns the moment of a position; one within a batch is that of the batch before, as nobody could see less.
func (s *Store) moment(ctx context.Context, pos int64) (m moment, err error) {
	err = s.pool.QueryRow(ctx, "select snap_min, snap_max, snap_in from onemap.batch where pos <= $1 order by pos desc limit 1", pos).
		Scan(&m.ended, &m.begun, &m.open)
	if errors.Is(err, pgx.ErrNoRows) {
		return moment{}, nil // before the first change there was nothing
	}
	return m, translate(err)
}

// life is a span in which an attribute (a column through its renames) had one name and type.
type life struct {
	Attribute     int16
	Property      string
	Type          string
	HistoryColumn *string
	Since         int64
	Until         *int64
}

func (l life) at(m moment) bool { return m.sees(l.Since) && (l.Until == nil || !m.sees(*l.Until)) }

// archive is a layer's table and history as the log knows them.
type archive struct {
	key   string
	live  string // "" when the table is gone
	lives []life
}

func (s *Store) archive(ctx context.Context, layer string) (a archive, err error) {
	var kept bool
	err = s.pool.QueryRow(ctx, `select l.key_column, case when l.dropped_at is null then format('only %I.%I', l.table_schema, l.table_name) else '' end,
			exists (select from onemap.column_life c where c.layer = l.layer and c.history_column is not null)
			or exists (select from onemap.tracked t where t.layer = l.layer and t.history is not null)
		from onemap.layer l where l.layer = $1`, layer).Scan(&a.key, &a.live, &kept)
	if errors.Is(err, pgx.ErrNoRows) {
		return a, Refuse(ErrNotFound, "no layer %q", "没有图层“%s”", layer)
	}
	if err != nil {
		return a, translate(err)
	}
	if !kept {
		return a, Refuse(ErrInvalid, "layer %q is published as it is: its past is not kept, only what it is now can be read", "图层“%s”为直接发布的数据，不保留历史，只能读取当前状态", layer)
	}
	rows, err := s.pool.Query(ctx, `select attnum, property, type, history_column, since_version, until_version
		from onemap.column_life where layer = $1 order by attnum, since_version`, layer)
	if err != nil {
		return a, translate(err)
	}
	a.lives, err = pgx.CollectRows(rows, pgx.RowToStructByPos[life])
	return a, translate(err)
}

// pastColumn is a column of an answer about the past, and where it is read from.
type pastColumn struct{ name, live, history string }

// now lists the columns that exist now, with what the same attribute held at the moment, whatever it was called; null
// where it did not exist, or held values that its present type cannot.
func (a archive) now(m moment) []pastColumn {
	var columns []pastColumn
	for _, c := range a.lives {
		if c.Until != nil {
			continue
		}
		null := "null::" + c.Type
		column := pastColumn{c.Property, null, null}
		for _, was := range a.lives {
			if was.Attribute != c.Attribute || !was.at(m) {
				continue
			}
			column.live = ident(c.Property)
			if *was.HistoryColumn == *c.HistoryColumn {
				column.history = ident(*was.HistoryColumn)
			} else {
				column.history = convert(ident(*was.HistoryColumn), was.Type, c.Type)
			}
		}
		columns = append(columns, column)
	}
	return columns
}

// then lists the columns as they were at the moment, dropped ones too.
func (a archive) then(m moment) []pastColumn {
	var columns []pastColumn
	for _, was := range a.lives {
		if !was.at(m) {
			continue
		}
		// Rows that are live now carry the column only if the attribute still holds the same values; else all rows of
		// that time have been moved to history.
		column := pastColumn{was.Property, "null::" + was.Type, ident(*was.HistoryColumn)}
		for _, c := range a.lives {
			if c.Until == nil && c.Attribute == was.Attribute && *c.HistoryColumn == *was.HistoryColumn {
				column.live = ident(c.Property)
			}
		}
		columns = append(columns, column)
	}
	return columns
}

// convert gives a value of an old type as one of a new where that cannot fail, else null.
func convert(expression, from, to string) string {
	base := func(t string) string { t, _, _ = strings.Cut(t, "("); return t }
	numbers := []string{"smallint", "integer", "bigint", "numeric", "real", "double precision"} // each goes into the next
	f, t := slices.Index(numbers, base(from)), slices.Index(numbers, to)
	switch {
	case strings.HasSuffix(base(from), "geometry") && base(from) == base(to):
		return expression
	case to == "text", base(to) == "character varying":
		return expression + "::text"
	case f >= 0 && f <= t:
		return expression + "::" + to
	}
	return "null::" + to
}

// from is the SQL of the rows that were there at the moment.
func (a archive) from(layer string, m moment, columns []pastColumn) string {
	live, history := []string{ident(a.key)}, []string{"fid as " + ident(a.key)}
	for _, c := range columns {
		live = append(live, c.live+" as "+ident(c.name))
		history = append(history, c.history+" as "+ident(c.name))
	}
	past := fmt.Sprintf("select %s, version from %s where until_version >= %d and %s and not (%s)", strings.Join(history, ", "),
		pgx.Identifier{"history", layer}.Sanitize(), m.ended, m.seesSQL("version"), m.seesSQL("until_version"))
	if a.live == "" {
		return "(" + past + ")"
	}
	return fmt.Sprintf("(select %s, version from %s where %s union all %s)", strings.Join(live, ", "), a.live, m.seesSQL("version"), past)
}

// asOf is the SQL a layer is read from as of a position: key, the properties it has now, geometry and version.
// It returns ErrInvalid for a layer whose past is not kept.
func (s *Store) asOf(ctx context.Context, l *Layer, pos int64) (string, error) {
	a, err := s.archive(ctx, l.Name)
	if err != nil {
		return "", err
	}
	m, err := s.moment(ctx, pos)
	if err != nil {
		return "", err
	}
	return a.from(l.Name, m, a.now(m)), nil
}

// History reads a layer exactly as it was at a position: its columns by the names they had then, the key first, and
// its rows in the order of the key. A layer whose table has been dropped can be read too.
// It returns ErrInvalid for a layer whose past is not kept. Geometries are EWKB.
func (s *Store) History(ctx context.Context, actor Actor, layer string, pos int64) ([]string, iter.Seq2[[]any, error], error) {
	a, err := s.archive(ctx, layer)
	if err != nil {
		return nil, nil, err
	}
	m, err := s.moment(ctx, pos)
	if err != nil {
		return nil, nil, err
	}
	columns := a.then(m)
	names := []string{a.key}
	for _, c := range columns {
		names = append(names, c.name)
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = ident(n)
	}
	sql := fmt.Sprintf("select %s from %s as past order by 1", strings.Join(quoted, ", "), a.from(layer, m, columns))
	return names, func(yield func([]any, error) bool) {
		rows, err := s.pool.Query(ctx, sql, pgx.QueryExecModeDescribeExec) // asked once: not to be prepared and kept
		if err != nil {
			yield(nil, translate(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			values, err := rows.Values()
			if !yield(values, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, translate(err))
		}
	}, nil
}
