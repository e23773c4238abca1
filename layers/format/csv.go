package format

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"onemap/layers"
)

// Comma-separated values (RFC 4180), with whatever separates them, in whatever encoding.
var csvText = Format{
	Name: "csv", Title: "CSV", Extensions: []string{".csv", ".tsv", ".txt"},
	Is:   isCSV,
	open: openCSV,
}

// Limits of a row: a polygon of 400,000 points as text, and as many columns as a spreadsheet has.
const (
	csvMaxRow   = 16 << 20
	csvMaxCells = 16384
)

// csvDelimiters are what may stand between cells, the likeliest first.
var csvDelimiters = []string{",", "\t", ";", "，", "|"}

// isCSV tells by the name, if the content is text; a .txt must look like a table.
func isCSV(name string, head []byte) bool {
	ext := filepath.Ext(name)
	if ext != ".csv" && ext != ".tsv" && ext != ".tab" && ext != ".txt" || !isText(head) {
		return false
	}
	if ext != ".txt" {
		return true
	}
	e, mark := markedEncoding(head)
	if e.code == nil {
		if e = utf8Text; !utf8.Valid(head[:e.whole(head)]) {
			e = gb18030
		}
	}
	text := e.text(head[mark:])
	if i := strings.LastIndexByte(text, '\n'); i > 0 {
		text = text[:i+1]
	}
	_, width, share := findDelimiter(text)
	return width > 1 && share >= 0.5 // prose has commas, too
}

// isText tells text from other things: it has no control characters.
func isText(head []byte) bool {
	if e, _ := markedEncoding(head); e.code != nil {
		return true
	}
	return !bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' && r != 0x1a })
}

// openCSV finds the encoding, the delimiter, the names and the geometry, and reads all once for count and extent.
func openCSV(ctx context.Context, in input) ([]*Source, error) {
	text, err := openText(ctx, in.path, in.hints.Encoding)
	if err != nil {
		return nil, err
	}
	head, err := text.beginning(256 << 10)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(head) == "" {
		return nil, refuse("the file is empty", "文件为空")
	}
	delimiter, _, _ := findDelimiter(head)
	t := &table{folder: in.folder, name: strings.TrimSuffix(filepath.Base(in.name), filepath.Ext(in.name)), ragged: true, fields: in.limits().Fields}
	t.each = func(ctx context.Context, yield func(*tableRow) error) error {
		return eachCSV(text, delimiter, yield)
	}
	s, err := t.source(ctx, &Source{Format: Format{Title: "CSV"}, Encoding: text.encoding.said(), Notes: text.notes})
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, refuse("the file is empty", "文件为空")
	}
	if delimiter != "," && delimiter != "\t" {
		s.Notes = append(s.Notes, Note{Rule: "csv.delimiter", Severity: Info, Words: layers.Say("%q stands between the cells", "列之间以“%s”分隔", delimiter)})
	}
	return []*Source{s}, nil
}

// limits are those of the folder; the usual ones where there is none.
func (in input) limits() Limits {
	if in.folder == nil {
		return DefaultLimits()
	}
	return in.folder.limits
}

// beginning returns the first bytes of the text, up to the end of a line where there is one.
func (t *textFile) beginning(limit int) (string, error) {
	in, err := t.open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, int64(limit)))
	if i := bytes.LastIndexByte(b, '\n'); i > 0 && len(b) == limit {
		b = b[:i+1]
	}
	return string(b), err
}

// findDelimiter finds what stands between the cells: what gives most rows the same number of them, more than one, and
// the share of the rows that have it.
func findDelimiter(head string) (delimiter string, width int, share float64) {
	delimiter, width = ",", 1
	for _, d := range csvDelimiters {
		widths, rows := map[int]int{}, 0
		c := newCSVReader(strings.NewReader(head), d, len(head)+1)
		for rows < 100 {
			cells, err := c.next(nil)
			if err != nil {
				break
			}
			if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
				continue
			}
			widths[len(cells)]++
			rows++
		}
		for w, n := range widths {
			if score := float64(n) / float64(rows); w > 1 && (score > share || score == share && w > width) {
				share, delimiter, width = score, d, w
			}
		}
	}
	return delimiter, width, share
}

// eachCSV reads a file to its end. Rows are numbered as a spreadsheet does: blank lines count.
func eachCSV(text *textFile, delimiter string, yield func(*tableRow) error) error {
	in, err := text.open()
	if err != nil {
		return err
	}
	defer in.Close()
	c := newCSVReader(in, delimiter, csvMaxRow)
	row := tableRow{}
	for {
		row.number++
		if row.cells, err = c.next(row.cells[:0]); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		row.faults = row.faults[:0]
		if c.open > 0 {
			row.faults = append(row.faults, cellFault{len(row.cells) - 1, Note{Rule: "csv.quote", Severity: Warning, Words: layers.Say(
				"the quotation mark on line %d is not closed before the file ends", "第 %d 行的引号直到文件末尾未闭合", c.open)}})
		}
		if err := yield(&row); err != nil {
			return err
		}
	}
}

// csvReader reads rows of cells. A quotation mark opens a cell only where it is its first character; what follows the
// closing one belongs to the cell.
type csvReader struct {
	lines     *lineReader
	delimiter []byte
	limit     int
	text      []byte // of the row's cells, one after the other
	ends      []int  // of the cells in text
	open      int    // line of a quotation mark that the end of the file found open
}

func newCSVReader(in io.Reader, delimiter string, limit int) *csvReader {
	return &csvReader{lines: newLineReader(in, limit), delimiter: []byte(delimiter), limit: limit}
}

// next adds the cells of the next row; io.EOF after the last.
func (c *csvReader) next(cells []string) ([]string, error) {
	line, err := c.lines.whole()
	if err != nil {
		return nil, err
	}
	c.text, c.ends = c.text[:0], c.ends[:0]
	for more := true; more; {
		if len(line) > 0 && line[0] == '"' {
			if line, err = c.quoted(line[1:]); err != nil {
				return nil, err
			}
		}
		if line, more = c.plain(line); len(c.ends) > csvMaxCells {
			return nil, refuse("line %d has more than %d cells", "第 %d 行超过 %d 个单元格", c.lines.number, csvMaxCells)
		}
	}
	return c.cut(cells), nil
}

// plain reads to the delimiter or the end of the line, and tells whether another cell follows.
func (c *csvReader) plain(line []byte) (rest []byte, more bool) {
	end := bytes.Index(line, c.delimiter)
	if more = end >= 0; more {
		rest = line[end+len(c.delimiter):]
		line = line[:end]
	} else {
		line = bytes.TrimRight(line, "\r\n")
	}
	c.text = append(c.text, line...)
	c.ends = append(c.ends, len(c.text))
	return rest, more
}

// quoted reads to the closing quotation mark, over lines if need be, and returns what follows it.
func (c *csvReader) quoted(line []byte) (rest []byte, err error) {
	first := c.lines.number
	for {
		end := bytes.IndexByte(line, '"')
		switch {
		case end < 0:
			c.text = append(c.text, line...)
			if line, err = c.lines.whole(); errors.Is(err, io.EOF) {
				c.open = first
				return nil, nil
			} else if err != nil {
				return nil, err
			}
			if len(c.text)+len(line) > c.limit {
				return nil, refuse("the cell that begins on line %d has more than %d bytes: its quotation mark may not be closed", "第 %d 行开始的单元格超过 %d 字节，可能缺少结束引号", first, c.limit)
			}
		case end+1 < len(line) && line[end+1] == '"':
			c.text = append(c.text, line[:end+1]...)
			line = line[end+2:]
		default:
			c.text = append(c.text, line[:end]...)
			return line[end+1:], nil
		}
	}
}

// cut makes strings of the cells.
func (c *csvReader) cut(cells []string) []string {
	text, start := string(c.text), 0
	for _, end := range c.ends {
		cells = append(cells, text[start:end])
		start = end
	}
	return cells
}
