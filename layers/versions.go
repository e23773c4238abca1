package layers

import (
	"bytes"
	"context"
	_ "embed"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed versions.sql
var versionsSQL string

// Version is a feature as it was for a while. The version that an insert or update made has the feature's properties, by the
// names they have now; one that a deletion made has none, and no geometry.
type Version struct {
	Feature
	From, To *time.Time // To nil = it is so still; From nil = longer than the log is kept
	Position int64      // of the change that made it; 0 = not known
	Op       string     // of that change
	Actor    string
	Reason   string
	Changed  []string // properties that differ from the version before, "geometry" among them; of updates
}

// Versions returns what a feature was and is, newest first, at most limit versions; before is the Version of the last one
// of the page before, 0 for the first page. It returns ErrNotFound for a feature that never was, ErrInvalid for a layer
// whose past is not kept. Of q only what the answer has matters.
func (s *Store) Versions(ctx context.Context, actor Actor, layer, id string, q Query, before int64, limit int) ([]Version, error) {
	l, err := s.Layer(ctx, actor, layer)
	if err != nil {
		return nil, err
	}
	a, err := s.archive(ctx, layer)
	if err != nil {
		return nil, err
	}
	sel, err := s.selection(ctx, l, Query{SRID: q.SRID, Properties: q.Properties, NoGeometry: q.NoGeometry, IDs: []string{id}})
	if err != nil {
		return nil, err
	}
	geometry := "null::bytea"
	if l.Table.Geom != "" {
		geometry = "source." + ident(l.Table.Geom)
	}
	sql := strings.NewReplacer("/* key */", ident(a.key), "/* live */", a.live, "/* history */", pgx.Identifier{"history", layer}.Sanitize(),
		"/* columns now */", a.list(func(c life) string { return ident(c.Property) }), "/* columns then */", a.list(a.ever),
		"/* filter */", sel.condition(), "/* columns */", strings.Join(sel.columnsOf("source"), ", "), "/* geometry */", geometry).Replace(versionsSQL)
	sel.args["layer"], sel.args["before"], sel.args["limit"] = layer, before, limit+1 // one more, to compare the last with
	rows, err := s.pool.Query(ctx, sql, sel.args)
	if err != nil {
		return nil, sel.unread(err)
	}
	defer rows.Close()
	var were []was
	for r := (rowReader{rows: rows}); r.next(); {
		w, err := r.was(sel.shown)
		if err != nil {
			return nil, sel.unread(err)
		}
		were = append(were, w)
	}
	if err := rows.Err(); err != nil {
		return nil, sel.unread(err)
	}
	if len(were) == 0 && before == 0 {
		return nil, Refuse(ErrNotFound, "layer %q never had a feature %q", "图层“%s”从未有过要素“%s”", layer, id)
	}
	versions := succession(sel.shown, were, before)
	return versions[:min(len(versions), limit)], nil
}

// was is a row that was there for a while.
type was struct {
	Version
	geometry []byte  // as it is stored, to compare
	gone     *int64  // the transaction that superseded it; nil = it is there still
	end      Version // what is known of that
}

// was reads a row of versionsSQL.
func (r *rowReader) was(l *Layer) (w was, err error) {
	if w.Feature, err = r.feature(l, 0); err != nil {
		return w, err
	}
	return w, r.scan(featureColumns+len(l.Properties), &w.geometry, &w.gone, &w.From, &w.end.From, &w.Position, &w.Op, &w.Actor, &w.Reason,
		&w.end.Position, &w.end.Op, &w.end.Actor, &w.end.Reason)
}

// succession tells of each row, newest first, how it came from the one before; and where none came after, that it was deleted.
func succession(l *Layer, rows []was, before int64) []Version {
	var out []Version
	for i, w := range rows {
		if w.gone != nil && (i == 0 || rows[i-1].Feature.Version != *w.gone) && (before == 0 || *w.gone < before) {
			end := w.end
			end.ID, end.Feature.Version, end.Op = w.ID, *w.gone, "delete"
			if i > 0 {
				end.To = rows[i-1].From
			}
			out = append(out, end)
		}
		v := w.Version
		if v.To = w.end.From; i > 0 && rows[i-1].Feature.Version == *w.gone {
			v.To = rows[i-1].From
		}
		switch {
		case i+1 == len(rows) || rows[i+1].gone == nil || *rows[i+1].gone != v.Feature.Version:
			if v.Op == "update" || v.Op == "delete" { // made and changed at once
				v.Op = "insert"
			}
		default:
			if v.Op == "insert" { // taken away and made anew at once
				v.Op = "update"
			}
			v.Changed = changed(l, v.Feature, rows[i+1].Feature)
			if !bytes.Equal(w.geometry, rows[i+1].geometry) {
				v.Changed = append(v.Changed, "geometry")
			}
		}
		out = append(out, v)
	}
	return out
}

// changed lists the properties in which two features differ.
func changed(l *Layer, a, b Feature) []string {
	names := []string{}
	for i, p := range l.Properties {
		if !reflect.DeepEqual(a.Properties[i], b.Properties[i]) {
			names = append(names, p.Name)
		}
	}
	return names
}

// list names the columns that exist now, each with what it is read from.
func (a archive) list(from func(c life) string) string {
	var columns []string
	for _, c := range a.lives {
		if c.Until == nil {
			columns = append(columns, ", "+from(c)+" as "+ident(c.Property))
		}
	}
	return strings.Join(columns, "")
}

// ever is what history has of a column that exists now, at any time: each of its types has a column of history, and of a
// row only one of them is filled.
func (a archive) ever(c life) string {
	var from, seen []string
	for _, was := range a.lives {
		if was.Attribute != c.Attribute || slices.Contains(seen, *was.HistoryColumn) {
			continue
		}
		seen = append(seen, *was.HistoryColumn)
		if *was.HistoryColumn == *c.HistoryColumn {
			from = append(from, ident(*was.HistoryColumn))
		} else {
			from = append(from, convert(ident(*was.HistoryColumn), was.Type, c.Type))
		}
	}
	return "coalesce(" + strings.Join(from, ", ") + ")"
}
