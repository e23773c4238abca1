package format

import (
	"compress/flate"
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"onemap/layers"
)

// isCorrupt tells errors of packed data.
func isCorrupt(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.As(err, &corrupt)
}

// xlsxMaxColumns is what a sheet can have.
const xlsxMaxColumns = 16384

// sheetReader makes rows of the tokens of a sheet.
type sheetReader struct {
	book   *workbook
	row    tableRow
	column int // of the cell, from 0
	kind   string
	style  int
	text   strings.Builder
	inText bool // of a value or an inline string
}

// each calls yield for the rows of a sheet.
func (w *workbook) each(ctx context.Context, sheet sheetRef, folder *Folder, yield func(*tableRow) error) error {
	if err := w.open(); err != nil {
		return err
	}
	defer w.archive.Close()
	if w.strings == nil {
		if err := w.readStrings(ctx, folder); err != nil {
			return err
		}
		defer w.strings.close()
	}
	r, rows := &sheetReader{book: w}, 0
	_, err := w.part(sheet.part, func(t xmlToken) error {
		if t.name == "row" && (t.end || t.empty) {
			if rows++; rows > xlsxMaxRows {
				return refuse("the sheet has more than %d rows, which no sheet has", "工作表超过 %d 行，超出 Excel 的行数上限", xlsxMaxRows)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return yield(&r.row)
		}
		return r.take(t)
	})
	return err
}

// take takes in a token.
func (r *sheetReader) take(t xmlToken) error {
	switch t.name {
	case "":
		if r.inText && r.text.Len() < xmlMaxToken {
			r.text.WriteString(unescapeXML(t.raw))
		}
	case "row":
		r.row.cells, r.row.faults, r.column = r.row.cells[:0], r.row.faults[:0], -1
		r.row.number++
		if n, err := strconv.ParseInt(t.attribute("r"), 10, 64); err == nil && n > 0 && n < 1<<40 {
			r.row.number = n
		}
	case "c":
		if t.end {
			return r.cell()
		}
		r.begin(t)
	case "v", "t":
		r.inText = !t.end && !t.empty
	case "rPh", "f":
		r.inText = false
	}
	return nil
}

// begin begins a cell.
func (r *sheetReader) begin(t xmlToken) {
	r.column++
	if c := columnOf(t.attribute("r")); c >= 0 {
		r.column = c
	}
	r.kind = t.attribute("t")
	r.style, _ = strconv.Atoi(t.attribute("s"))
	r.text.Reset()
	r.inText = false
}

// columnOf reads the letters of a cell's address: A is 0. -1 = there is none.
func columnOf(address string) int {
	column := 0
	for i := range len(address) {
		c := address[i]
		if c < 'A' || c > 'Z' {
			break
		}
		if column = column*26 + int(c-'A') + 1; column > xlsxMaxColumns {
			return -1
		}
	}
	return column - 1
}

// cell ends a cell: its text goes into the row.
func (r *sheetReader) cell() error {
	text := r.text.String()
	r.text.Reset()
	if text == "" || r.column < 0 || r.column >= xlsxMaxColumns {
		return nil
	}
	switch r.kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			i = -1
		}
		shared, ok, err := r.book.strings.at(i)
		if err != nil {
			return err
		}
		if !ok {
			r.fault(Note{Rule: "xlsx.string", Severity: Error, Value: shown(text), Words: layers.Say(
				"the cell names a string that the workbook does not have; it was left empty", "单元格引用的文本在工作簿中不存在，已置空")})
		}
		text = shared
	case "b":
		text = map[string]string{"0": "false", "1": "true"}[text]
	case "e":
		r.fault(Note{Rule: "xlsx.error", Severity: Warning, Value: shown(text), Words: layers.Say(
			"the cell holds the error %s; it was left empty", "单元格为错误值 %s，已置空", shown(text))})
		text = ""
	case "str", "inlineStr", "d":
		text = unescapeCell(text)
	default:
		text = r.number(text)
	}
	for len(r.row.cells) <= r.column {
		r.row.cells = append(r.row.cells, "")
	}
	r.row.cells[r.column] = text
	return nil
}

func (r *sheetReader) fault(n Note) {
	r.row.faults = append(r.row.faults, cellFault{r.column, n})
}

// number writes a number as its style shows it: a date, leading zeros, or in decimals.
func (r *sheetReader) number(text string) string {
	v, ok := number(strings.TrimSpace(text))
	if !ok {
		return text
	}
	var style numberStyle
	if r.style >= 0 && r.style < len(r.book.styles) {
		style = r.book.styles[r.style]
	}
	if style.date || style.time {
		if s, ok := r.book.from.text(v, style); ok {
			return s
		}
		r.fault(Note{Rule: "xlsx.date", Severity: Warning, Value: shown(text), Words: layers.Say(
			"the cell is shown as a date, but %s is none; the number was kept", "单元格格式为日期，但 %s 不是有效日期，已按数值读取", shown(text))})
	}
	if math.Abs(v) >= 1e15 && v == math.Trunc(v) {
		r.fault(Note{Rule: "xlsx.digits", Severity: Warning, Value: shown(text), Words: layers.Say(
			"the number has more than 15 digits, of which Excel keeps 15: the last may be zeros; such numbers must be stored as text",
			"数值超过 15 位，Excel 只保留前 15 位，末尾可能已变为 0；此类编号应按文本存储")})
	}
	if v != math.Trunc(v) { // Excel shows 15 digits; what follows is the error of binary fractions
		v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'e', 14, 64), 64)
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if whole := v == math.Trunc(v) && v >= 0; whole && len(s) < style.zeros {
		s = strings.Repeat("0", style.zeros-len(s)) + s
	}
	return s
}

// numberStyle is what matters of a number's format.
type numberStyle struct {
	date, time bool
	zeros      int // digits that are always shown: 000000
}

// dateSystem is what day the number 1 is.
type dateSystem struct{ since1904 bool }

// text writes a serial number as a date, a time of day or both. Before March 1900 Excel counts a day that was not.
func (d dateSystem) text(v float64, style numberStyle) (string, bool) {
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if d.since1904 {
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if v < 60 && v >= 1 {
		v++
	}
	if v < 0 || v >= 2958466 { // after the year 9999
		return "", false
	}
	day := math.Floor(v)
	millis := math.Round((v - day) * 86_400_000)
	at := first.AddDate(0, 0, int(day)).Add(time.Duration(millis) * time.Millisecond)
	at = at.Round(time.Second)
	switch {
	case !style.date && day == 0 || !style.date && style.time && v < 1:
		return at.Format("15:04:05"), true
	case v == day && !style.time, at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 && style.date:
		return at.Format("2006-01-02"), true
	}
	return at.Format("2006-01-02T15:04:05"), true
}

// readStyles reads the number formats of cells.
func (w *workbook) readStyles() error {
	custom, inCells := map[string]string{}, false
	_, err := w.part("xl/styles.xml", func(t xmlToken) error {
		switch {
		case t.name == "numFmt" && !t.end && len(custom) < xlsxMaxStyles:
			custom[t.attribute("numFmtId")] = t.attribute("formatCode")
		case t.name == "cellXfs":
			inCells = !t.end
		case t.name == "xf" && !t.end && inCells && len(w.styles) < xlsxMaxStyles:
			id := t.attribute("numFmtId")
			code, ok := custom[id]
			if !ok {
				code = builtinFormat(id)
			}
			w.styles = append(w.styles, styleOf(code))
		}
		return nil
	})
	return err
}

// builtinFormat returns a code like those of the formats that have numbers (ECMA-376 part 1, 18.8.30), as far as dates go.
func builtinFormat(id string) string {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil:
		return ""
	case n >= 14 && n <= 17, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 54, n >= 57 && n <= 58:
		return "yyyy/m/d"
	case n >= 18 && n <= 21, n >= 32 && n <= 35, n >= 45 && n <= 47, n == 55, n == 56:
		return "h:mm:ss"
	case n == 22:
		return "yyyy/m/d h:mm"
	}
	return ""
}

// styleOf reads a format's code: what stands in quotes and brackets is no part of a date, but for [h].
func styleOf(code string) (s numberStyle) {
	code, _, _ = strings.Cut(code, ";")
	if code != "" && strings.Trim(code, "0") == "" {
		s.zeros = len(code)
		return s
	}
	quoted, minutes := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '"':
			quoted = !quoted
		case quoted:
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			_, size := utf8.DecodeRuneInString(code[i+1:])
			i += size
		case code[i] == '[':
			inside, _, _ := strings.Cut(code[i+1:], "]")
			s.time = s.time || inside != "" && strings.Trim(strings.ToLower(inside), inside[:1]) == "" && strings.ContainsAny(inside[:1], "hmsHMS")
			i += len(inside) + 1
		case c == 'y' || c == 'd':
			s.date = true
		case c == 'h' || c == 's':
			s.time = true
		case c == 'm':
			minutes = true
		}
	}
	if minutes && !s.time {
		s.date = true // a month
	}
	return s
}

// unescapeCell resolves _x000D_, as which spreadsheets write characters that XML does not have.
func unescapeCell(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var out strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 {
			out.WriteString(s)
			return out.String()
		}
		out.WriteString(s[:i])
		s = s[i:]
		if len(s) >= 7 && s[6] == '_' {
			if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil {
				if n != 0 {
					out.WriteRune(rune(n))
				}
				s = s[7:]
				continue
			}
		}
		out.WriteString(s[:2])
		s = s[2:]
	}
}
