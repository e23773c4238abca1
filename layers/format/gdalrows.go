package format

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"onemap/layers"
)

// gdalRun is one reading of a source.
type gdalRun struct {
	*gdalSource
	ctx   context.Context
	opt   RowOptions
	yield func(*Row, error) bool

	row     Row
	raw     [][]byte // one per column of the stream
	text    textMaker
	plainer plainer
	seen    fidSet
	done    int64
	whole   bool   // the stream has all fields of the file, not just those we read
	partly  bool   // there was a row that only the complete stream carries
	stderr  string // what GDAL said
}

// rows reads the layer by the swift stream, or without GDAL where that can be, and then what this could not carry (rows
// without geometry, curves) by the complete one: those come last. Rows that neither gives are told as lost, with what GDAL says.
func (g *gdalSource) rows(ctx context.Context, opt RowOptions) rowSeq {
	return func(yield func(*Row, error) bool) {
		r := &gdalRun{gdalSource: g, ctx: ctx, opt: opt, yield: yield, text: textMaker{fields: g.fields, carried: g.carried, utc: g.utc}}
		r.row.Values = make([][]byte, len(g.fields))
		err := r.all()
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

func (r *gdalRun) all() error {
	swift, err := r.plainly()
	if !swift {
		if swift = r.swift(); swift {
			err = r.swiftly()
		}
	}
	if swift {
		if errors.Is(err, errStop) || fatal(r.ctx, err) {
			return err
		}
	}
	if !swift || err != nil || r.partly || !r.plain && r.info.count >= 0 && r.done < r.info.count {
		if err := r.completely(); err != nil {
			return err
		}
	}
	if err := r.tellLost(); err != nil {
		return err
	}
	if r.opt.Progress != nil {
		r.opt.Progress(r.done, r.done)
	}
	return nil
}

// swiftly reads by FlatGeobuf.
func (r *gdalRun) swiftly() error {
	first := 1
	if r.whole = r.plain; r.plain {
		first = 0
	}
	args := append(r.arguments(r.opt, "FlatGeobuf", "-lco", "SPATIAL_INDEX=NO"), r.swiftSelection()...)
	return r.run(args, func(out io.Reader) error {
		s, err := newFlatStream(out, r.folder.limits.Row)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r.raw = make([][]byte, len(s.columns))
		for {
			geometry, lost, err := s.feature(r.raw)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			fid := r.done + r.firstFID
			if !r.plain && lost == 0 && len(r.raw) > 0 && r.raw[0] != nil {
				if fid, err = strconv.ParseInt(string(r.raw[0]), 10, 64); err != nil {
					return errStream
				}
			}
			if lost > 0 || geometry == nil {
				r.partly = true // the complete stream tells what it is
				continue
			}
			if r.info.unknown() {
				geometry = s.flat(geometry)
			}
			if err := r.emit(fid, geometry, r.raw[first:]); err != nil {
				return err
			}
		}
	})
}

// completely reads by PGDump the rows that were not seen yet. Numbers travel in two parts, what 15 digits hold and the
// rest of it, since that is how many digits GDAL writes.
func (r *gdalRun) completely() error {
	var list []string
	var halves [][2]int
	if !r.plain && r.namesDiffer() {
		list = []string{"FID AS onemap_fid"}
		for i, at := range r.columns {
			name := quoted(r.info.fields[at].name)
			if r.fields[i].Kind == Number && r.info.fields[at].kind == "Real" {
				halves = append(halves, [2]int{i, len(r.columns) + len(halves)})
				name = "CAST(CAST(" + name + " AS character(40)) AS float)"
			}
			list = append(list, name+" AS c"+strconv.Itoa(i+1))
		}
		for _, h := range halves {
			name := quoted(r.info.fields[r.columns[h[0]]].name)
			list = append(list, fmt.Sprintf("%s - CAST(CAST(%s AS character(40)) AS float) AS r%d", name, name, h[0]+1))
		}
	}
	args := r.arguments(r.opt, "PGDump", "-lco", "CREATE_TABLE=OFF", "-lco", "SPATIAL_INDEX=NONE", "-lco", "LAUNDER=NO", "-lco", "DROP_TABLE=OFF",
		"-lco", "GEOMETRY_NAME=wkb_geometry")
	if r.whole = list == nil; r.whole {
		args = append(args, "-preserve_fid")
	}
	return r.run(append(args, r.selection(list)...), func(out io.Reader) error {
		s, err := newDumpStream(out, 2*r.folder.limits.Row, r.info.geometry != "None" && r.info.geometry != "")
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		return r.dumped(s, halves)
	})
}

// dumped takes the rows of a complete stream.
func (r *gdalRun) dumped(s *dumpStream, halves [][2]int) error {
	r.raw = make([][]byte, s.columns)
	if s.geometry {
		r.raw = r.raw[1:]
	}
	for ordinal := r.firstFID; ; ordinal++ {
		geometry, lost, err := s.row(r.raw)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if lost > 0 {
			if err := r.lose(0, layers.Say("a row of %d MB is larger than the limit of %d MB", "一行数据有 %d MB，超过上限 %d MB",
				lost>>20, r.folder.limits.Row>>20)); err != nil {
				return err
			}
			continue
		}
		values, fid := r.raw, ordinal
		if s.numbered {
			if !r.plain && values[0] != nil {
				if fid, err = strconv.ParseInt(string(values[0]), 10, 64); err != nil {
					return errStream
				}
			}
			values = values[1:]
		}
		if r.seen.has(fid) {
			continue
		}
		r.join(values, halves)
		if err := r.emitDumped(fid, ordinal-r.firstFID, geometry, values); err != nil {
			return err
		}
	}
}

// join puts the two parts of numbers together.
func (r *gdalRun) join(values [][]byte, halves [][2]int) {
	for _, h := range halves {
		if h[1] >= len(values) || values[h[0]] == nil || len(values[h[1]]) == 0 {
			continue
		}
		rest, err := strconv.ParseFloat(string(values[h[1]]), 64)
		v, err2 := strconv.ParseFloat(string(values[h[0]]), 64)
		if err == nil && err2 == nil {
			values[h[0]] = appendNumber(nil, v+rest, 64)
		}
	}
}

// emitDumped yields a row whose geometry is as GDAL has it; at is its place in the file, from 0.
func (r *gdalRun) emitDumped(fid, at int64, geometry []byte, values [][]byte) error {
	if geometry == nil {
		if fault, ok := r.faults[at]; ok {
			return r.emit(fid, nil, values, Note{Rule: "geometry.unreadable", Severity: Error, Words: fault})
		}
		return r.emit(fid, nil, values)
	}
	ok := r.plainer.write(geometry)
	if ok && r.info.unknown() && !r.plainer.high {
		ok = r.plainer.flat(geometry)
	}
	if !ok {
		r.seen.add(fid)
		return r.lose(r.number(fid), layers.Say("the geometry is of a kind that can not be read", "几何类型无法读取"))
	}
	return r.emit(fid, r.plainer.out, values)
}

// number is Row.Number of what GDAL calls fid.
func (r *gdalRun) number(fid int64) int64 { return fid - r.firstFID + 1 }

// emit yields one row.
func (r *gdalRun) emit(fid int64, geometry []byte, values [][]byte, notes ...Note) error {
	r.seen.add(fid)
	r.row = Row{Number: r.number(fid), Geometry: geometry, Values: r.row.Values, Notes: append(r.row.Notes[:0], notes...)}
	r.text.begin()
	for i := range r.fields {
		at := i
		if r.whole {
			at = r.columns[i]
		}
		r.row.Values[i] = nil
		if at < len(values) && values[at] != nil {
			r.row.Values[i] = r.text.value(&r.row, i, values[at])
		}
	}
	return r.pass()
}

// pass hands the row on.
func (r *gdalRun) pass() error {
	r.done++
	if r.done%256 == 0 {
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		if r.opt.Progress != nil {
			r.opt.Progress(r.done, r.info.count)
		}
	}
	if !r.yield(&r.row, nil) {
		return errStop
	}
	return nil
}

// lose yields a row that can not be read; number 0 = it is not known which.
func (r *gdalRun) lose(number int64, words layers.Words) error {
	clear(r.row.Values)
	r.row = Row{Number: number, Values: r.row.Values, Lost: true, Notes: append(r.row.Notes[:0], Note{Rule: "row.unreadable", Severity: Error, Words: words})}
	return r.pass()
}

// run runs ogr2ogr and gives its output to take. An error of take stops it.
func (r *gdalRun) run(args []string, take func(io.Reader) error) error {
	c, err := r.folder.start(r.ctx, "ogr2ogr", r.driver, r.read, r.env, args...)
	if err != nil {
		return err
	}
	err = take(c.out)
	if err != nil && !errors.Is(err, errStream) {
		c.stop()
		c.end()
		return err
	}
	endErr := c.end()
	r.stderr = c.errors.String()
	if endErr != nil {
		return endErr // it tells better than a stream that breaks off
	}
	return err
}

var failedFeature = regexp.MustCompile(`[Ff]eature (-?\d+)`)

// tellLost yields what ogrinfo counted and no stream gave, with GDAL's words.
func (r *gdalRun) tellLost() error {
	lines := errorLines(r.stderr)
	for _, line := range lines {
		m := failedFeature.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		fid, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil || r.seen.has(fid) {
			continue
		}
		r.seen.add(fid)
		if err := r.lose(r.number(fid), layers.Say("GDAL says: %s", "GDAL 提示：%s", line)); err != nil {
			return err
		}
	}
	missing := r.info.count - r.done
	if missing <= 0 {
		return nil
	}
	if r.done == 0 && len(lines) > 0 {
		return refuse("the file can not be read: GDAL says: %s", "文件无法读取，GDAL 提示：%s", lines[0])
	}
	reason := "GDAL does not say why"
	if len(lines) > 0 {
		reason = lines[0]
	}
	return r.lose(0, layers.Say("%d of %d rows could not be read: %s", "共 %[2]d 行，其中 %[1]d 行无法读取：%[3]s", missing, r.info.count, reason))
}
