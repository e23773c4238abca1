package format

import (
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"onemap/layers"
)

// rowMaker makes the rows of our own readers, one after the other in the same memory.
type rowMaker struct {
	row      Row
	fields   []Field
	text     []byte
	geometry ewkb
}

func newRowMaker(fields []Field) *rowMaker {
	return &rowMaker{fields: fields, row: Row{Values: make([][]byte, len(fields))}}
}

// begin forgets the last row.
func (m *rowMaker) begin(number int64) {
	clear(m.row.Values)
	m.row = Row{Number: number, Values: m.row.Values, Notes: m.row.Notes[:0]}
	m.text, m.geometry = m.text[:0], m.geometry[:0]
}

// end returns the row. A geometry of no bytes is null.
func (m *rowMaker) end() *Row {
	m.row.Geometry = nil
	if len(m.geometry) > 0 {
		m.row.Geometry = m.geometry
	}
	return &m.row
}

// set gives a field its text; none is null. NUL, which PostgreSQL can not hold, is left out.
func (m *rowMaker) set(i int, s string) {
	if strings.IndexByte(s, 0) >= 0 {
		m.note(Note{Rule: "text.nul", Severity: Warning, Field: m.fields[i].Name, Value: shown(s), Words: layers.Say(
			"the value holds NUL bytes, which were left out", "值中含有空字节（NUL），已去除")})
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if s = strings.ToValidUTF8(s, "\uFFFD"); strings.ContainsRune(s, utf8.RuneError) {
		m.note(Note{Rule: "encoding.broken", Severity: Warning, Field: m.fields[i].Name, Value: shown(s), Words: layers.Say(
			"the value holds bytes that are no character of the file's encoding; they stand as \uFFFD",
			"值中含有不符合文件编码的字节，已用 \uFFFD 代替")})
	}
	m.row.Values[i] = nil
	if s != "" {
		start := len(m.text)
		m.text = append(m.text, s...)
		m.row.Values[i] = m.text[start:len(m.text):len(m.text)]
	}
}

// setNumber gives a field of kind Number its text in decimal, or nothing and a note where it is no number.
func (m *rowMaker) setNumber(i int, s string) {
	if s == "" {
		return
	}
	d, ok := decimal(s)
	if !ok {
		m.note(Note{Rule: "value.number", Severity: Error, Field: m.fields[i].Name, Value: shown(s), Words: layers.Say(
			"%q is not a number; the value was left empty", "“%s”不是数值，已置空", shown(s))})
	}
	m.set(i, d)
}

func (m *rowMaker) note(n Note) { m.row.Notes = append(m.row.Notes, n) }

// lose says that the row can not be read.
func (m *rowMaker) lose(n Note) {
	m.note(n)
	m.row.Lost = true
	m.geometry = m.geometry[:0]
}

// decimal writes a number without exponent and plus; false for what is no finite decimal number.
func decimal(s string) (string, bool) {
	v, ok := number(s)
	if !ok {
		return "", false
	}
	if strings.ContainsAny(s, "eE") {
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return strings.TrimPrefix(s, "+"), true
}

// number reads a finite decimal number, with nothing around it.
func number(s string) (float64, bool) {
	if s == "" || len(s) > 64 || strings.Trim(s, "0123456789+-.eE") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// shown is a value as notes show it: at most 200 characters.
func shown(s string) string {
	for i := range s {
		if i >= 200 && utf8.RuneCountInString(s[:i]) >= 200 {
			return s[:i]
		}
	}
	return s
}

// errStop ends a reading whose rows nobody wants any more.
var errStop = errors.New("no more rows are wanted")

// eachRow calls yield for each row of a source until yield or it has an error.
type eachRow func(ctx context.Context, yield func(*Row) error) error

// rowsOf makes the read function of a source. A folder is needed where coordinates have to be transformed.
func (s *Source) rowsOf(folder *Folder, each eachRow) {
	s.read = func(ctx context.Context, opt RowOptions) iter.Seq2[*Row, error] {
		return func(yield func(*Row, error) bool) {
			each := each
			if opt.From != "" && folder != nil {
				each = folder.transformed(opt.From, each)
			}
			done := int64(0)
			err := each(ctx, func(r *Row) error {
				if done++; done%256 == 0 {
					if ctx.Err() != nil {
						return ctx.Err()
					}
					if opt.Progress != nil {
						opt.Progress(done, s.Count)
					}
				}
				if !yield(r, nil) {
					return errStop
				}
				return nil
			})
			switch {
			case err == nil && opt.Progress != nil:
				opt.Progress(done, done)
			case err != nil && !errors.Is(err, errStop):
				yield(nil, err)
			}
		}
	}
}

// survey reads a source of our own once, for its count, extent and type of geometry.
func (s *Source) survey(ctx context.Context) error {
	s.Count = -1
	var seen sight
	count := int64(0)
	for row, err := range s.Rows(ctx, RowOptions{}) {
		if err != nil {
			return err
		}
		count++
		seen.see(row.Geometry)
	}
	s.Count, s.Geometry, s.Extent = count, seen.geometry(), seen.extent
	return nil
}

// sight is what geometries have in common.
type sight struct {
	kinds  [8]bool
	z      bool
	extent *Extent
}

// see takes in one geometry of our own writing.
func (s *sight) see(b []byte) {
	if len(b) > 0 {
		s.kinds[binary.LittleEndian.Uint32(b[1:])&0xff] = true
		s.walk(b)
	}
}

// walk goes through the coordinates and returns what follows the geometry.
func (s *sight) walk(b []byte) []byte {
	return eachCoordinate(b, func(c []byte) {
		s.z = s.z || len(c) > 16
		s.add(math.Float64frombits(binary.LittleEndian.Uint64(c)), math.Float64frombits(binary.LittleEndian.Uint64(c[8:])))
	})
}

func (s *sight) add(x, y float64) {
	if math.IsNaN(x) || math.IsNaN(y) {
		return
	}
	if s.extent == nil {
		s.extent = &Extent{x, y, x, y}
	}
	e := s.extent
	e[0], e[1], e[2], e[3] = min(e[0], x), min(e[1], y), max(e[2], x), max(e[3], y)
}

// geometry names the type as GDAL does.
func (s *sight) geometry() string {
	names := [8]string{"", "Point", "Line String", "Polygon", "Multi Point", "Multi Line String", "Multi Polygon", "Geometry Collection"}
	name := ""
	for kind, seen := range s.kinds {
		switch {
		case !seen:
		case name == "":
			name = names[kind]
		case name != "Multi "+names[kind] && names[kind] != "Multi "+name:
			return "Unknown (any)"
		default:
			name = "Multi " + strings.TrimPrefix(name, "Multi ")
		}
	}
	switch {
	case name == "":
		return "None"
	case s.z:
		return "3D " + name
	}
	return name
}
