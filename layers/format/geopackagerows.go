package format

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// packageTable reads the rows of a GeoPackage's table straight from the file, which costs a tenth of what GDAL and its
// stream do. It takes what is as it should be: values of the type their column declares, geometries that are plain. Rows with
// anything else are left to GDAL, which has its ways with it.
type packageTable struct {
	file     *sqliteFile
	root     uint32
	fid      int       // column that is the number of the row
	geometry int       // column of the geometry
	fields   []int     // columns of Source.Fields
	spare    []bool    // columns that rows made before them lack: they are null there
	kinds    []storage // of the fields
	z        bool      // the layer has heights

	cells   []sqliteCell
	values  [][]byte
	numbers []byte
	plainer plainer
}

// storage is how the values of a field are stored.
type storage uint8

const (
	_ storage = iota
	storedText
	storedInteger
	storedBoolean
	storedNumber
	storedDate
	storedMoment
)

// storages by GDAL's words for the type of a field and what it is besides.
var storages = map[[2]string]storage{
	{"String", ""}: storedText, {"Integer", ""}: storedInteger, {"Integer", "Int16"}: storedInteger, {"Integer64", ""}: storedInteger,
	{"Integer", "Boolean"}: storedBoolean, {"Real", ""}: storedNumber, {"Date", ""}: storedDate, {"DateTime", ""}: storedMoment,
}

// table opens the layer's table. errSQLite: it is not one that can be read so.
func (g *gdalSource) table() (*packageTable, error) {
	if !g.native || !g.info.straight() || g.info.fidColumn == "" || g.info.geometryColumn == "" {
		return nil, errSQLite
	}
	real, err := filepath.EvalSymlinks(g.path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(real + "-journal"); err == nil { // of a change that was not finished
		return nil, errSQLite
	}
	t := &packageTable{z: strings.HasPrefix(g.info.geometry, "3D ")}
	if t.file, err = openSQLite(real, g.folder.limits.Row); err != nil {
		return nil, err
	}
	if err := t.find(g); err != nil {
		t.file.close()
		return nil, err
	}
	return t, nil
}

// find finds the table and its columns: the number, the geometry, and those that GDAL knows, no other.
func (t *packageTable) find(g *gdalSource) (err error) {
	var statement string
	if t.root, statement, err = t.file.table(g.info.layer); err != nil {
		return err
	}
	columns, ok := sqliteColumns(statement)
	at := func(name string) int {
		return slices.IndexFunc(columns, func(c sqliteColumn) bool { return strings.EqualFold(c.name, name) })
	}
	t.fid, t.geometry = at(g.info.fidColumn), at(g.info.geometryColumn)
	if !ok || len(columns) != len(g.info.fields)+2 || t.fid < 0 || t.geometry < 0 || !columns[t.fid].number() {
		return errSQLite
	}
	for _, i := range g.columns {
		f := g.info.fields[i]
		column, kind := at(f.name), storages[[2]string{f.kind, f.sub}]
		if column < 0 || kind == 0 {
			return errSQLite
		}
		t.fields, t.kinds = append(t.fields, column), append(t.kinds, kind)
	}
	for _, c := range columns {
		t.spare = append(t.spare, !c.has("DEFAULT"))
	}
	t.cells, t.values = make([]sqliteCell, len(columns)), make([][]byte, len(t.fields))
	return nil
}

// directly reads the rows without GDAL. What is left out is there for the complete stream.
func (r *gdalRun) directly() error {
	t, err := r.table()
	if err != nil {
		return err
	}
	defer t.file.close()
	return t.file.rows(t.root, func(id int64, content []byte) error {
		geometry, ok := t.row(content)
		if !ok {
			r.partly = true
			return nil
		}
		r.seen.add(id)
		r.row = Row{Number: r.number(id), Geometry: geometry, Values: t.values, Notes: r.row.Notes[:0]}
		return r.pass()
	})
}

// row makes geometry and values of the content of a row; false where GDAL has to.
func (t *packageTable) row(content []byte) (geometry []byte, ok bool) {
	n, ok := sqliteRecord(content, t.cells)
	if !ok || n <= t.fid || t.cells[t.fid].kind != sqliteNull {
		return nil, false
	}
	for i := n; i < len(t.cells); i++ {
		if t.cells[i] = (sqliteCell{}); !t.spare[i] {
			return nil, false
		}
	}
	t.numbers = t.numbers[:0]
	for i, column := range t.fields {
		c := t.cells[column]
		if c.kind == sqliteNull {
			t.values[i] = nil
		} else if t.values[i], ok = t.value(t.kinds[i], c); !ok {
			return nil, false
		}
	}
	if c := t.cells[t.geometry]; c.kind != sqliteNull {
		return t.shape(c)
	}
	return nil, true
}

// shape is a geometry as GeoPackage has it (OGC 12-128r19, 2.1.3): a header with its box, then WKB.
func (t *packageTable) shape(c sqliteCell) ([]byte, bool) {
	const empty, extended = 0x10, 0x20
	b := c.b
	if !c.isBytes() || len(b) < 8 || b[0] != 'G' || b[1] != 'P' || b[2] != 0 || b[3]&(empty|extended) != 0 {
		return nil, false
	}
	box := int(b[3]>>1) & 7
	if box > 4 {
		return nil, false
	}
	size := 8 + [...]int{0, 32, 48, 48, 64}[box]
	if len(b) < size+5 || !t.plainer.write(b[size:]) || t.plainer.hollow || t.plainer.strokes > 0 {
		return nil, false
	}
	out := t.plainer.out
	word := binary.LittleEndian.Uint32(out[1:])
	if word&ewkbZ != 0 != t.z || word&0xff == wkbPoint && math.IsNaN(math.Float64frombits(binary.LittleEndian.Uint64(out[5:]))) {
		return nil, false
	}
	return out, true
}

// value is the text of a value, as textMaker makes it of what GDAL says. It is false where the type is not the field's, but for
// text among numbers and numbers that are larger than declared: GDAL would make 0 or another number of them and say nothing.
func (t *packageTable) value(kind storage, c sqliteCell) ([]byte, bool) {
	start := len(t.numbers)
	switch kind {
	case storedDate:
		return c.b, c.isText() && isTime(time.DateOnly, c.b)
	case storedMoment:
		return t.moment(c)
	case storedBoolean:
		v, ok := c.integer()
		t.numbers = strconv.AppendBool(t.numbers, v == 1)
		return t.numbers[start:], ok && v>>1 == 0
	}
	if c.isText() {
		return c.b, bytes.IndexByte(c.b, 0) < 0 && utf8.Valid(c.b)
	}
	switch kind {
	case storedInteger:
		v, ok := c.integer()
		t.numbers = strconv.AppendInt(t.numbers, v, 10)
		return t.numbers[start:], ok
	case storedNumber:
		v, ok := c.number()
		t.numbers = appendNumber(t.numbers, v, 64)
		return t.numbers[start:], ok
	}
	return nil, false
}

// moment is a time to the millisecond, without those where there are none, in its zone.
func (t *packageTable) moment(c sqliteCell) ([]byte, bool) {
	if !c.isText() || !isTime("2006-01-02T15:04:05.000Z", c.b) && !isZoned(c.b) {
		return nil, false
	}
	const whole, milli = len("2006-01-02T15:04:05"), len("2006-01-02T15:04:05.000")
	if string(c.b[whole:milli]) != ".000" {
		return c.b, true
	}
	start := len(t.numbers)
	t.numbers = append(append(t.numbers, c.b[:whole]...), c.b[milli:]...)
	return t.numbers[start:], true
}

// isZoned tells whether a time names its zone, in quarters of an hour: GDAL knows no others.
func isZoned(b []byte) bool {
	return isTime("2006-01-02T15:04:05.000-07:00", b) && slices.Contains([]string{"00", "15", "30", "45"}, string(b[len(b)-2:]))
}

// number is the cell's, if it is a finite one; SQLite stores whole numbers as integers.
func (c sqliteCell) number() (float64, bool) {
	if c.kind == sqliteFloat {
		v := math.Float64frombits(binary.BigEndian.Uint64(c.b))
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	v, ok := c.integer()
	return float64(v), ok
}

func isTime(layout string, b []byte) bool {
	if len(b) != len(layout) {
		return false
	}
	_, err := time.Parse(layout, string(b))
	return err == nil
}

// plainly tells whether the rows were read directly as far as they can be; else they have to be read by a stream.
func (r *gdalRun) plainly() (bool, error) {
	if r.opt.From != "" { // coordinates are to be transformed
		return false, nil
	}
	err := r.directly()
	if !errors.Is(err, errSQLite) {
		return true, err
	}
	if r.done == 0 {
		r.partly = false
		return false, nil
	}
	return true, errStream // the complete stream takes over where this one ended
}
