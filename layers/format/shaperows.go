package format

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"os"

	"onemap/layers"
)

type rowSeq = iter.Seq2[*Row, error]

// shapeRun is one reading of a shapefile: the geometries as GDAL gives them, and between and after them the records that
// have none.
type shapeRun struct {
	*shapes
	opt     RowOptions
	ctx     context.Context
	yield   func(*Row, error) bool
	records *dbfReader
	at      int64 // of the next record, from 0
	done    int64
	row     Row
}

// rows joins geometries and attributes by their place in the files.
func (s *shapes) rows(ctx context.Context, opt RowOptions) rowSeq {
	return func(yield func(*Row, error) bool) {
		r := &shapeRun{shapes: s, opt: opt, ctx: ctx, yield: yield, row: Row{Values: make([][]byte, len(s.fields))}}
		if err := r.all(); err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

func (r *shapeRun) all() error {
	if r.table != nil {
		file, err := os.Open(r.dbf)
		if err != nil {
			return err
		}
		defer file.Close()
		if _, err := file.Seek(r.table.size, io.SeekStart); err != nil {
			return err
		}
		r.records = r.table.reader(file)
	}
	for g, err := range r.geometries(r.ctx, RowOptions{From: r.opt.From}) {
		if err != nil {
			return err
		}
		n := g.Number - 1
		if g.Lost || n < r.at {
			continue // its record tells of it
		}
		if err := r.bare(n); err != nil {
			return err
		}
		if err := r.take(g.Geometry); err != nil {
			return err
		}
	}
	if err := r.bare(-1); err != nil {
		return err
	}
	if r.opt.Progress != nil {
		r.opt.Progress(r.done, r.done)
	}
	return nil
}

// bare yields the records before the given one, which have no geometry; -1 = all that are left.
func (r *shapeRun) bare(until int64) error {
	for until < 0 || r.at < until {
		err := r.take(nil)
		if errors.Is(err, io.EOF) {
			if until >= 0 {
				continue // geometries without a record
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// take yields the next record with its geometry. io.EOF means that there is neither.
func (r *shapeRun) take(geometry []byte) error {
	n := r.at
	r.at++
	r.row = Row{Number: n + 1, Geometry: geometry, Values: r.row.Values, Notes: r.row.Notes[:0]}
	clear(r.row.Values)
	if r.records != nil {
		rec, err := r.records.next()
		switch {
		case errors.Is(err, io.EOF):
			if geometry == nil && n >= r.shapeCount {
				return io.EOF
			}
			r.row.Notes = append(r.row.Notes, Note{Rule: "row.attributes", Severity: Error, Words: layers.Say(
				"the geometry has no record of attributes", "图形没有对应的属性记录")})
		case err != nil:
			return err
		case rec[0] == '*':
			return nil
		default:
			for i, f := range r.table.fields {
				r.row.Values[i] = f.value(&r.row, r.fields[i].Name, rec, r.encoding)
			}
		}
	} else if geometry == nil && n >= r.shapeCount {
		return io.EOF
	}
	if geometry == nil && !r.null(n) {
		r.row.Notes = append(r.row.Notes, Note{Rule: "geometry.unreadable", Severity: Error, Words: layers.Say(
			"the geometry is damaged or can not be transformed, and was left out", "图形已损坏或无法转换，已略去")})
	}
	r.done++
	if r.done%256 == 0 {
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		if r.opt.Progress != nil {
			r.opt.Progress(r.done, r.count)
		}
	}
	if !r.yield(&r.row, nil) {
		return errStop
	}
	return nil
}

// null tells whether a shape says itself that it is none, or is empty, or is not there at all, which Source.Notes tell.
func (r *shapeRun) null(n int64) bool {
	if n >= r.shapeCount {
		return true
	}
	index, err := os.Open(r.shx)
	if err != nil {
		return false
	}
	defer index.Close()
	entry := make([]byte, 8)
	if _, err := index.ReadAt(entry, 100+8*n); err != nil {
		return false
	}
	shp, err := os.Open(r.path)
	if err != nil {
		return false
	}
	defer shp.Close()
	head := make([]byte, 48) // type, box, number of parts, number of points
	at := 2*int64(binary.BigEndian.Uint32(entry)) + 8
	k, err := shp.ReadAt(head, at)
	if k < 4 || binary.LittleEndian.Uint32(head) != 0 && err != nil {
		return false
	}
	kind := binary.LittleEndian.Uint32(head)
	points := binary.LittleEndian.Uint32(head[36:]) // of multipoints; parts of lines and polygons
	return kind == 0 || kind%10 != 1 && points == 0
}
