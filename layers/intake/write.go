package intake

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
)

// write loads the spooled rows, or in a dry run goes through them to find out what it would do.
func (r *run) write(ctx context.Context) (err error) {
	rows, err := r.rows()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.close()) }()
	if r.opt.DryRun {
		for rows.Next() {
		}
		return rows.Err()
	}
	load := layers.LoadOptions{Reason: r.reason(), Wait: func() { r.tell("wait", 0, -1) }, Bounds: rows.bounds.get}
	var result layers.LoadResult
	switch r.opt.Mode {
	case Create:
		_, result, err = r.store.CreateLoad(ctx, r.actor, r.definition(), rows.columns(), rows, load)
	case Append:
		result, err = r.store.Load(ctx, r.actor, r.opt.Layer, rows.columns(), rows, load)
	case Replace:
		load.Mode = layers.Replace
		result, err = r.store.Load(ctx, r.actor, r.opt.Layer, rows.columns(), rows, load)
	case Upsert:
		load.Mode, load.Key = layers.Upsert, r.opt.Key
		result, err = r.store.Load(ctx, r.actor, r.opt.Layer, rows.columns(), rows, load)
	}
	if err != nil {
		return errors.Join(rows.Err(), takenWords(err))
	}
	c := &r.report.Rows
	c.Inserted, c.Updated, c.Unchanged, c.Removed = result.Inserted, result.Updated, result.Unchanged, result.Removed
	r.tell("write", c.Taken, c.Taken)
	return nil
}

// takenWords says what to do where the layer has features of the file already.
func takenWords(err error) error {
	var taken *layers.TakenError
	if !errors.As(err, &taken) {
		return err
	}
	return layers.Refuse(layers.ErrConflict,
		"a feature with %[1]s %[2]q is in the layer already: --mode upsert --key %[1]s writes what differs, --mode replace takes the file in place of all rows",
		"图层中已有 %[1]s 为 %[2]q 的要素：请改用“更新差异”（--mode upsert --key %[1]s），或“替换全部”（--mode replace）", taken.Property, taken.Value)
}

// reason is what the log says of the load.
func (r *run) reason() string {
	words := []string{fmt.Sprintf("%s: %s", r.opt.Mode, filepath.Base(r.sources[0].source.File))}
	if r.opt.Reason != "" {
		words = append(words, r.opt.Reason)
	}
	return strings.Join(words, "; ")
}

// rows are the spooled rows as the layer takes them: a pgx.CopyFromSource.
type rows struct {
	run      *run
	in       *spoolReader
	keys     *duplicates // of an upsert
	key      int         // place of the key's column; -1 = none
	values   []any
	geometry []byte
	mended   []byte
	err      error
	preview  *preview
	bounds   boxes
}

func (r *run) rows() (*rows, error) {
	in, err := r.spool.open(len(r.sources[0].source.Fields))
	if err != nil {
		return nil, err
	}
	return &rows{run: r, in: in, keys: newDuplicates(), key: r.plan.column(r.opt.Key), preview: newPreview(r.opt.Preview, r.spool.rows, r.kinds.bounds())}, nil
}

// columns are the names of what Values gives.
func (w *rows) columns() []string {
	var names []string
	for _, c := range w.run.plan.columns {
		names = append(names, c.Name)
	}
	if w.run.writesGeometry() {
		names = append(names, "geom")
	}
	return names
}

// Next goes on to the next row that is taken.
func (w *rows) Next() bool {
	for w.err == nil {
		row, err := w.in.read()
		if err != nil {
			w.err = err
			return false
		}
		if row == nil {
			w.err = errEnd
			return false
		}
		if row.index%1000 == 0 {
			w.run.tell("write", row.index, w.run.spool.rows)
		}
		w.run.at = row.source
		taken, err := w.take(row)
		if err != nil {
			w.err = err
			return false
		}
		if taken {
			return true
		}
	}
	return false
}

// errEnd is how the rows end when all is well.
var errEnd = errors.New("no more rows")

// Values are those of the row that Next came to.
func (w *rows) Values() ([]any, error) { return w.values, nil }

// Err is what stopped the rows, if not their end.
func (w *rows) Err() error {
	if errors.Is(w.err, errEnd) {
		return nil
	}
	return w.err
}

// take makes values of a row; false where it is left out.
func (w *rows) take(row *spooled) (bool, error) {
	r, counts := w.run, &w.run.report.Rows
	geometry, repaired, rejected, err := w.shaped(row)
	if err != nil || rejected {
		if rejected {
			counts.Rejected++ // the mender has said why
		}
		return false, err
	}
	if len(geometry) > 0 && r.geometryType != "" && !fits(geometry, r.geometryType) {
		counts.Rejected++
		return false, r.find(Finding{Row: row.number, Rule: "geometry.kind", Severity: format.Error, Done: Rejected, At: somewhere(geometry),
			Words: layers.Say("a %s does not fit the layer, which has %s", "图形类型为 %s，与图层类型 %s 不符", kindName(geometry), r.geometryType)})
	}
	values, ok, err := w.convert(row)
	if err != nil || !ok {
		if !ok {
			counts.Rejected++
		}
		return false, err
	}
	if r.writesGeometry() {
		var g any
		if len(geometry) > 0 {
			w.geometry = promote(w.geometry[:0], geometry, r.geometryType, r.hasZ)
			g = w.geometry
		}
		values = append(values, g)
	}
	w.values = values
	counts.Taken++
	w.bounds.add(geometry)
	if repaired {
		counts.Repaired++
	}
	if len(geometry) == 0 && r.geometryType != "" {
		counts.Empty++
	}
	return true, w.preview.see(row.index, row.number, geometry)
}

// shaped is the geometry of a row as it is written, but for the layer's type.
func (w *rows) shaped(row *spooled) (geometry []byte, repaired, rejected bool, err error) {
	r := w.run
	if r.unplaced || row.geometry == nil {
		return nil, false, false, nil
	}
	mended, o, changed, err := r.mender.outcome(row.index, w.mended)
	if err != nil || !changed {
		return row.geometry, false, false, err
	}
	if mended != nil {
		w.mended = mended
	}
	return mended, mended != nil, o.rejected, nil
}

// convert makes values of a row's texts; false where one that has to be there is not.
func (w *rows) convert(row *spooled) ([]any, bool, error) {
	values := w.values[:0]
	for i := range w.run.plan.columns {
		c := &w.run.plan.columns[i]
		var value any
		var note *format.Note
		if text := row.values[c.from]; text != nil {
			value, note = c.convert(text)
		}
		lost := value == nil && c.must
		for _, note := range [...]*format.Note{note, c.judge(value, note)} {
			if note == nil {
				continue
			}
			if err := w.told(row, c, note, lost); err != nil {
				return nil, false, err
			}
		}
		if lost {
			return nil, false, nil
		}
		values = append(values, value)
	}
	if w.key >= 0 && w.run.opt.Mode == Upsert {
		c := &w.run.plan.columns[w.key]
		text := row.values[c.from]
		if first, again := w.keys.add(keyText(values[w.key], text), row.number); again {
			return nil, false, w.run.find(Finding{Row: row.number, Rule: "key.duplicate", Severity: format.Error, Done: Rejected, Field: c.field,
				Value: sample(text), Words: layers.Say("row %d has the same key", "标识与第 %d 行重复", first)})
		}
	}
	return values, true, nil
}

// keyText is what tells keys apart: the value that is written, where the text may be written in several ways.
func keyText(value any, text []byte) []byte {
	switch v := value.(type) {
	case string:
		return []byte(v)
	case int64:
		return strconv.AppendInt(nil, v, 10)
	}
	return text
}

// changing are the rules of notes on values that are kept otherwise than written.
var changing = []string{"value.fullwidth", "value.grouped", "value.day", "value.clock"}

// told makes a finding of what was noted of a value.
func (w *rows) told(row *spooled, c *planned, note *format.Note, lost bool) error {
	done := Kept
	switch {
	case lost:
		done = Rejected
	case note.Severity == format.Error:
		done = Emptied
	case slices.Contains(changing, note.Rule):
		done = Changed
	}
	return w.run.find(Finding{Row: row.number, Rule: note.Rule, Severity: note.Severity, Field: c.field, Value: note.Value, Done: done, Words: note.Words})
}

// close ends the preview and tells the bounds of what was taken.
func (w *rows) close() error {
	w.run.report.Bounds = w.bounds.get()
	return errors.Join(w.preview.close(), w.in.close())
}
