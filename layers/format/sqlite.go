package format

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strings"
)

// sqliteFile reads tables of an SQLite database from their first row to the last, as its documentation describes the file
// ("Database File Format"). It knows no indexes, no journals and no SQL. What it does not understand is errSQLite, whatever
// the bytes: then SQLite itself, in GDAL, has to read.
type sqliteFile struct {
	file   *os.File
	page   int    // size of a page
	usable int    // bytes of a page that hold content
	pages  uint32 // that the file has
	budget int64  // pages that may still be visited: a tree that bites its tail ends here
	limit  int    // of a row, in bytes

	window []byte // pages read at once
	first  uint32 // of the window
	levels [][]byte
	row    []byte // one that spreads over pages
}

// errSQLite says that a file is not as simple as sqliteFile wants it.
var errSQLite = errors.New("not a plain SQLite file")

const (
	sqliteHeader = 100     // bytes before the first page's own
	sqliteDepth  = 20      // levels of a tree
	sqliteWindow = 1 << 18 // bytes
	sqliteLeaf   = 0x0d
	sqliteInner  = 0x05
)

// openSQLite opens a database at rest: no journal is kept beside it, its text is UTF-8.
func openSQLite(path string, limit int) (*sqliteFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s := &sqliteFile{file: file, limit: limit}
	if err := s.begin(); err != nil {
		file.Close()
		return nil, err
	}
	return s, nil
}

func (s *sqliteFile) begin() error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	head := make([]byte, sqliteHeader)
	if _, err := io.ReadFull(s.file, head); err != nil || string(head[:16]) != "SQLite format 3\x00" {
		return errSQLite
	}
	const writeAheadLog, utf8Text = 2, 1
	s.page = int(binary.BigEndian.Uint16(head[16:]))
	if s.page == 1 {
		s.page = 1 << 16
	}
	s.usable = s.page - int(head[20])
	if s.page < 512 || s.page&(s.page-1) != 0 || s.usable < 480 || head[19] >= writeAheadLog || binary.BigEndian.Uint32(head[56:]) != utf8Text {
		return errSQLite
	}
	s.pages = uint32(min(info.Size()/int64(s.page), 1<<32-2))
	s.window = make([]byte, 0, max(sqliteWindow, s.page))
	return nil
}

// read copies a page.
func (s *sqliteFile) read(n uint32, into []byte) error {
	if n == 0 || n > s.pages || s.budget == 0 {
		return errSQLite
	}
	s.budget--
	if n < s.first || int(n-s.first) >= len(s.window)/s.page {
		window := s.window[:cap(s.window)/s.page*s.page]
		k, err := s.file.ReadAt(window, int64(n-1)*int64(s.page))
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		s.window, s.first = window[:k/s.page*s.page], n
		if k < s.page {
			return errSQLite
		}
	}
	copy(into, s.window[int(n-s.first)*s.page:])
	return nil
}

// rows visits the rows of the table whose tree begins at page root, in the order of their numbers. A row of more than the
// limit has no content. What visit gets is good until it returns.
func (s *sqliteFile) rows(root uint32, visit func(id int64, content []byte) error) error {
	s.budget = int64(s.pages) // each page is part of one row or tree
	return s.tree(root, 0, visit)
}

func (s *sqliteFile) tree(n uint32, depth int, visit func(int64, []byte) error) error {
	if depth == sqliteDepth {
		return errSQLite
	}
	if depth == len(s.levels) {
		s.levels = append(s.levels, make([]byte, s.page))
	}
	page, at := s.levels[depth], 0
	if err := s.read(n, page); err != nil {
		return err
	}
	if n == 1 {
		at = sqliteHeader
	}
	kind, cells := page[at], int(binary.BigEndian.Uint16(page[at+3:]))
	first := at + 8
	if kind == sqliteInner {
		first += 4
	}
	if kind != sqliteInner && kind != sqliteLeaf || first+2*cells > s.usable {
		return errSQLite
	}
	for i := range cells {
		cell := int(binary.BigEndian.Uint16(page[first+2*i:]))
		if cell+4 > s.usable {
			return errSQLite
		}
		var err error
		if kind == sqliteInner {
			err = s.tree(binary.BigEndian.Uint32(page[cell:]), depth+1, visit)
		} else {
			err = s.leaf(page[cell:s.usable], visit)
		}
		if err != nil {
			return err
		}
	}
	if kind == sqliteInner {
		return s.tree(binary.BigEndian.Uint32(page[at+8:]), depth+1, visit)
	}
	return nil
}

// leaf reads a row: its length, its number, and its content as far as that lies here; the rest is on pages of its own.
func (s *sqliteFile) leaf(cell []byte, visit func(int64, []byte) error) error {
	size, n := sqliteVarint(cell)
	id, m := sqliteVarint(cell[n:])
	if n == 0 || m == 0 || size > 1<<31 {
		return errSQLite
	}
	cell = cell[n+m:]
	here := int(size)
	if most := s.usable - 35; here > most {
		least := (s.usable-12)*32/255 - 23
		if here = least + (int(size)-least)%(s.usable-4); here > most {
			here = least
		}
	}
	if here == int(size) {
		if here > len(cell) {
			return errSQLite
		}
		return visit(int64(id), cell[:here])
	}
	if int(size) > s.limit {
		return visit(int64(id), nil)
	}
	if here+4 > len(cell) {
		return errSQLite
	}
	if err := s.overflow(cell[:here], binary.BigEndian.Uint32(cell[here:]), int(size)); err != nil {
		return err
	}
	err := visit(int64(id), s.row)
	if cap(s.row) > 1<<20 { // one giant must not stay in memory
		s.row = nil
	}
	return err
}

// overflow puts a row together whose content goes on at page n.
func (s *sqliteFile) overflow(begin []byte, n uint32, size int) error {
	page := make([]byte, s.page)
	s.row = append(s.row[:0], begin...)
	for len(s.row) < size {
		if err := s.read(n, page); err != nil {
			return err
		}
		n = binary.BigEndian.Uint32(page)
		s.row = append(s.row, page[4:min(s.usable, 4+size-len(s.row))]...)
	}
	return nil
}

func (s *sqliteFile) close() error { return s.file.Close() }

// sqliteVarint reads an integer of one to nine bytes, and tells how many it had; 0 = it is cut off.
func sqliteVarint(b []byte) (v uint64, n int) {
	for n < len(b) && n < 8 {
		v = v<<7 | uint64(b[n]&0x7f)
		if n++; b[n-1] < 0x80 {
			return v, n
		}
	}
	if n < 8 || len(b) < 9 {
		return 0, 0
	}
	return v<<8 | uint64(b[8]), 9
}

// sqliteCell is a value as it is stored.
type sqliteCell struct {
	kind uint64 // serial type: see kinds below
	b    []byte
}

// Serial types.
const (
	sqliteNull  = 0
	sqliteFloat = 7 // those before are integers of growing size
	sqliteZero  = 8
	sqliteOne   = 9
	sqliteBytes = 12 // from here on: even numbers bytes, odd ones text
)

func (c sqliteCell) isText() bool  { return c.kind >= sqliteBytes && c.kind%2 == 1 }
func (c sqliteCell) isBytes() bool { return c.kind >= sqliteBytes && c.kind%2 == 0 }

// integer is the cell's, if it is one.
func (c sqliteCell) integer() (int64, bool) {
	switch {
	case c.kind == sqliteZero || c.kind == sqliteOne:
		return int64(c.kind - sqliteZero), true
	case c.kind == sqliteNull || c.kind > sqliteOne || c.kind == sqliteFloat:
		return 0, false
	}
	v := int64(int8(c.b[0]))
	for _, b := range c.b[1:] {
		v = v<<8 | int64(b)
	}
	return v, true
}

// sqliteRecord parts the content of a row into cells, and tells how many it has, at most len(cells).
func sqliteRecord(content []byte, cells []sqliteCell) (n int, ok bool) {
	size, at := sqliteVarint(content)
	if at == 0 || size > uint64(len(content)) {
		return 0, false
	}
	head, body := content[at:max(int(size), at)], content[size:]
	for ; len(head) > 0; n++ {
		kind, k := sqliteVarint(head)
		length := sqliteLength(kind)
		if k == 0 || n == len(cells) || length > uint64(len(body)) {
			return 0, false
		}
		cells[n] = sqliteCell{kind, body[:length:length]}
		head, body = head[k:], body[length:]
	}
	return n, true
}

// sqliteLength is how many bytes a cell of the kind has.
func sqliteLength(kind uint64) uint64 {
	if kind >= sqliteBytes {
		return (kind - sqliteBytes) / 2
	}
	return [...]uint64{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 1 << 62, 1 << 62}[kind]
}

// table finds a table: where its tree begins, and the statement that made it.
func (s *sqliteFile) table(name string) (root uint32, statement string, err error) {
	var cells [5]sqliteCell // type, name, table, root page, statement
	err = s.rows(1, func(_ int64, content []byte) error {
		n, ok := sqliteRecord(content, cells[:])
		page, isPage := cells[3].integer()
		if !ok || n < 5 {
			return errSQLite
		}
		if string(cells[0].b) == "table" && isPage && page > 0 && page <= int64(s.pages) && strings.EqualFold(string(cells[1].b), name) {
			root, statement = uint32(page), string(bytes.Clone(cells[4].b))
		}
		return nil
	})
	if err == nil && root == 0 {
		err = errSQLite
	}
	return root, statement, err
}
