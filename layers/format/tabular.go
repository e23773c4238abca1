package format

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
)

// A table is rows of cells without types: a file of comma-separated values, a sheet. Which row holds the names, and
// which columns the geometry, is found out here and told in notes.

// table is one that can be read, any number of times.
type table struct {
	name   string
	folder *Folder
	each   func(ctx context.Context, yield func(*tableRow) error) error
	ragged bool // a row that has fewer cells than there are names is a fault
	fields int  // at most
}

// tableRow is a row, good until the next.
type tableRow struct {
	number int64 // as a spreadsheet counts, from 1
	cells  []string
	faults []cellFault
}

// cellFault is what a reader found about a cell.
type cellFault struct {
	column int
	note   Note // without its field
}

// blank tells whether nothing stands in the row.
func (r *tableRow) blank() bool {
	return !slices.ContainsFunc(r.cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// tableSample is how many rows are looked at for names and geometry.
const tableSample = 200

// sample copies the first rows that are not blank.
func (t *table) sample(ctx context.Context) (rows []tableRow, err error) {
	err = t.each(ctx, func(r *tableRow) error {
		if !r.blank() {
			rows = append(rows, tableRow{number: r.number, cells: slices.Clone(r.cells)})
		}
		if len(rows) == tableSample {
			return errStop
		}
		return nil
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return rows, err
}

// source makes a source of the table; nil where nothing stands in it.
func (t *table) source(ctx context.Context, s *Source) (*Source, error) {
	rows, err := t.sample(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	h := findHeader(rows)
	if len(h.names) > t.fields {
		s.Notes = append(s.Notes, Note{Rule: "table.columns", Severity: Warning, Words: layers.Say(
			"the table has %d columns; those after the first %d were left out", "表格共 %d 列，超出前 %d 列的部分未读取", len(h.names), t.fields)})
		h.names, h.short = h.names[:t.fields], h.short[:t.fields]
	}
	s.Name = t.name
	place, notes := findPlace(h, rows[h.rows:])
	h.keepColumns(rows[h.rows:], place)
	for _, c := range h.columns {
		s.Fields = append(s.Fields, Field{Name: h.names[c], Kind: Text, Loose: true})
	}
	s.Notes = slices.Concat(s.Notes, h.notes, notes)
	s.rowsOf(t.folder, func(ctx context.Context, yield func(*Row) error) error { return t.rows(ctx, s, h, place, yield) })
	if err := s.survey(ctx); err != nil {
		return nil, err
	}
	if s.Geometry == "None" && place.wkt >= 0 && s.Count > 0 { // text that should be geometry and is not
		s.Geometry = "Unknown (any)"
	}
	if s.Count == 0 {
		s.Notes = append(s.Notes, Note{Rule: "table.empty", Severity: Warning, Words: layers.Say(
			"there are names of columns and no rows below them", "表格只有表头，没有数据行")})
	}
	return s, nil
}

// rows reads those below the header.
func (t *table) rows(ctx context.Context, s *Source, h header, place tablePlace, yield func(*Row) error) error {
	m := newRowMaker(s.Fields)
	return t.each(ctx, func(r *tableRow) error {
		if r.number <= h.last || r.blank() {
			return nil
		}
		m.begin(r.number)
		for i, c := range h.columns {
			m.set(i, cell1(r.cells, c))
		}
		t.checkWidth(m, r, h, place)
		for _, f := range r.faults {
			if f.column >= 0 && f.column < len(h.names) {
				f.note.Field = h.names[f.column]
			}
			m.note(f.note)
		}
		place.draw(m, r.cells)
		return yield(m.end())
	})
}

// checkWidth notes rows that have too few cells, or something where there is no field.
func (t *table) checkWidth(m *rowMaker, r *tableRow, h header, place tablePlace) {
	if t.ragged && len(r.cells) < len(h.names) {
		m.note(Note{Rule: "table.ragged", Severity: Warning, Words: layers.Say(
			"the row has %d cells and the header %d; the last were left empty", "该行只有 %d 列，表头为 %d 列，缺少的列置空", len(r.cells), len(h.names))})
	}
	if len(h.columns) == len(h.names) && len(r.cells) <= len(h.names) {
		return
	}
	var extra []string
	for i, c := range r.cells {
		if c = strings.TrimSpace(c); c != "" && i != place.wkt && (i >= len(h.names) || !slices.Contains(h.columns, i)) {
			extra = append(extra, c)
		}
	}
	if len(extra) > 0 {
		m.note(Note{Rule: "table.ragged", Severity: Warning, Value: shown(strings.Join(extra, " ")), Words: layers.Say(
			"cells that stand where the header has no name were left out: %d", "该行有 %d 个单元格没有对应的表头，未读取", len(extra))})
	}
}

// header is what the first rows of a table tell.
type header struct {
	names []string // of columns, each once
	short []string // without the name of the group that stands above
	rows  int      // of the sample that are no data
	last  int64    // number of the last of them; 0 = there is no header
	notes []Note

	columns []int // that become fields
	unnamed []int
}

// keepColumns leaves out columns that have no name and in which nothing stands, as far as the sample goes, and the one that is
// the geometry in words: it would say what was, once the geometry is edited.
func (h *header) keepColumns(rows []tableRow, place tablePlace) {
	for i := range h.names {
		if i == place.wkt {
			continue
		}
		if h.last == 0 || !slices.Contains(h.unnamed, i) || slices.ContainsFunc(rows, func(r tableRow) bool { return strings.TrimSpace(cell1(r.cells, i)) != "" }) {
			h.columns = append(h.columns, i)
		}
	}
}

// findHeader finds the row of names: the first that is as wide as the table and holds no numbers. Titles above it are
// passed over, groups of columns ("坐标" over X and Y) are joined with the names below, and a row of units is told.
func findHeader(rows []tableRow) header {
	width := 0
	for i := range rows {
		width = max(width, filled(rows[i].cells))
	}
	var h header
	at := slices.IndexFunc(rows[:min(len(rows), 15)], func(r tableRow) bool { return count(r.cells) > width/2 || width < 3 })
	if at < 0 || !nameLike(rows[at].cells) {
		h.name(nil, nil, width)
		h.notes = append(h.notes, Note{Rule: "table.header", Severity: Warning, Words: layers.Say(
			"no row holds the names of the columns; they are called field_1, field_2 …", "未找到表头，各列依次命名为 field_1、field_2……")})
		return h
	}
	top, below := rows[at].cells, []string(nil)
	h.rows = at + 1
	if grouped(rows[at:]) {
		below = rows[at+1].cells
		h.rows++
	}
	if h.rows < len(rows) && unitsOnly(rows[h.rows].cells) {
		h.notes = append(h.notes, Note{Rule: "table.units", Severity: Info, Words: layers.Say(
			"row %d holds units and was not read: %s", "第 %d 行为单位，未作为数据读取：%s",
			rows[h.rows].number, shown(strings.Join(strings.Fields(strings.Join(rows[h.rows].cells, " ")), " ")))})
		h.rows++
	}
	h.last = rows[h.rows-1].number
	h.name(top, below, usualWidth(rows[h.rows:]))
	if rows[at].number > 1 || below != nil {
		h.notes = append(h.notes, Note{Rule: "table.header", Severity: Info, Words: layers.Say(
			"the names of the columns are in row %d; the data begins after row %d", "表头位于第 %d 行，数据从第 %d 行之后开始", rows[at].number, h.last)})
	}
	return h
}

// usualWidth is how many columns at least half of the rows fill: a row that is longer has a fault.
func usualWidth(rows []tableRow) int {
	var widths []int
	for i := range rows {
		widths = append(widths, filled(rows[i].cells))
	}
	if len(widths) == 0 {
		return 0
	}
	slices.Sort(widths)
	return widths[len(widths)/2]
}

// name settles the columns' names. A repeated one gets a number; a missing one is called by its place.
func (h *header) name(top, below []string, width int) {
	width = max(width, filled(top), filled(below))
	group, taken := "", map[string]bool{}
	for i := range width {
		above, own := cell(top, i), cell(below, i)
		if above != "" {
			group = above
		}
		name := above
		if own != "" {
			name = strings.TrimSpace(group + " " + own)
		} else {
			own = above
		}
		if name == "" {
			name = "field_" + strconv.Itoa(i+1)
			h.unnamed = append(h.unnamed, i)
		}
		unique := name
		for n := 2; taken[strings.ToLower(unique)]; n++ {
			unique = fmt.Sprintf("%s_%d", name, n)
		}
		if unique != name {
			h.notes = append(h.notes, Note{Rule: "table.names", Severity: Info, Field: unique, Words: layers.Say(
				"several columns are called %q; this one became %q", "有多列名为“%s”，其中一列改称“%s”", shown(name), shown(unique))})
		}
		taken[strings.ToLower(unique)] = true
		h.names, h.short = append(h.names, unique), append(h.short, own)
	}
}

// cell is a cell of the header as a name: on one line, without NUL.
func cell(cells []string, i int) string {
	if i >= len(cells) {
		return ""
	}
	return shown(strings.Join(strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(cells[i], "\uFFFD"), "\x00", "")), " "))
}

// filled is the place of the last cell that holds something, from 1; count is how many do.
func filled(cells []string) int {
	for i := len(cells); i > 0; i-- {
		if strings.TrimSpace(cells[i-1]) != "" {
			return i
		}
	}
	return 0
}

func count(cells []string) (n int) {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// nameLike tells whether cells can be names: none is a number but for years.
func nameLike(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool {
		v, ok := number(strings.TrimSpace(c))
		return ok && (v != float64(int(v)) || v < 1900 || v > 2100)
	})
}

// grouped tells whether the second row is one of names under groups: it fills gaps of the first, leaves out others, and
// under a gap that it fills stand numbers.
func grouped(rows []tableRow) bool {
	if len(rows) < 3 || !nameLike(rows[1].cells) {
		return false
	}
	gaps, tops, singles, numbers := 0, 0, 0, 0
	for i := range max(filled(rows[0].cells), filled(rows[1].cells)) {
		above, own := cell(rows[0].cells, i), cell(rows[1].cells, i)
		switch {
		case above == "" && own == "":
		case above == "" && singles+gaps+tops == 0:
			return false
		case above != "" && own != "":
			tops++
		case above == "":
			gaps++
			if slices.ContainsFunc(rows[2:min(len(rows), 5)], func(r tableRow) bool { _, ok := ordinate(cell(r.cells, i)); return ok }) {
				numbers++
			}
		case own == "":
			singles++
		}
	}
	return gaps > 0 && numbers > 0 && (singles > 0 || gaps > 1)
}

// unitsOnly tells whether a row holds units and nothing else.
func unitsOnly(cells []string) bool {
	return count(cells) > 0 && !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" && !isUnit(c) })
}

// isUnit tells whether a cell names a unit: 米, (m), 公顷 …
func isUnit(c string) bool {
	c = strings.Trim(strings.TrimSpace(c), "()（）[]【】")
	return slices.Contains([]string{"米", "m", "毫米", "mm", "厘米", "cm", "千米", "公里", "km", "度", "°", "公顷", "ha", "hm2", "hm²", "亩", "平方米", "㎡", "m2", "m²",
		"平方公里", "km2", "km²", "元", "万元", "亿元", "人", "户", "个", "座", "处", "年", "%", "吨", "t", "m3", "m³", "立方米", "MPa", "kV", "m/s", "m³/s"}, c)
}
