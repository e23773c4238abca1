package format

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// dumpStream reads the COPY text that ogr2ogr's PGDump driver writes to its standard output, one row at a time, in the
// same memory. It is slower than flatStream, but tells of rows that have no geometry, or a curve that was made straight.
type dumpStream struct {
	in       *bufio.Reader
	geometry bool // the first column is one
	numbered bool // the next column is GDAL's number of the row
	columns  int
	limit    int // of a row, in bytes
	line     []byte
	cells    [][]byte
}

// newDumpStream reads on to the COPY command. io.EOF means that there is none. geometry tells whether the first column
// is one.
func newDumpStream(in io.Reader, limit int, geometry bool) (*dumpStream, error) {
	s := &dumpStream{in: bufio.NewReaderSize(in, 1<<20), limit: limit, geometry: geometry}
	for {
		line, lost, err := s.next()
		if err != nil {
			return nil, err
		}
		if lost > 0 || !bytes.HasPrefix(line, []byte("COPY ")) {
			continue
		}
		_, list, ok := strings.Cut(string(line), " (")
		if !ok || !strings.HasSuffix(list, ") FROM STDIN;") {
			return nil, errStream
		}
		list = strings.TrimSuffix(list, ") FROM STDIN;")
		s.columns = countQuoted(list)
		if s.geometry {
			_, list, _ = strings.Cut(list, ", ")
		}
		s.numbered = strings.HasPrefix(list, `"ogc_fid"`) || strings.HasPrefix(list, `"onemap_fid"`)
		return s, nil
	}
}

// countQuoted counts names such as "a", "b ""c""".
func countQuoted(list string) (n int) {
	inside := false
	for _, c := range list {
		if c == '"' {
			if inside = !inside; inside {
				n++
			}
		} else if c != ',' && c != ' ' && !inside {
			return -1
		}
	}
	return n - strings.Count(list, `""`)
}

// next reads a line, of which a backslash before the end makes one with what follows. One that is longer than the
// limit is passed over and its length told.
func (s *dumpStream) next() (line []byte, lost int, err error) {
	s.line = s.line[:0]
	if cap(s.line) > 1<<20 {
		s.line = nil
	}
	for escaped := false; ; {
		piece, err := s.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) && len(piece) == 0 && len(s.line) == 0 && lost == 0 {
				return nil, 0, io.EOF
			}
			return nil, 0, fmt.Errorf("%w: it ends within a row", errStream)
		}
		if lost > 0 || len(s.line)+len(piece) > s.limit {
			lost += len(s.line) + len(piece)
			s.line = s.line[:0]
		} else {
			s.line = append(s.line, piece...)
		}
		ended := err == nil
		for i, c := range piece {
			switch {
			case escaped:
				escaped = false
				ended = ended && i < len(piece)-1
			case c == '\\':
				escaped = true
			}
		}
		if ended {
			return bytes.TrimSuffix(s.line, []byte("\n")), lost, nil
		}
	}
}

// row reads the next row: the geometry as EWKB, and the values of the other columns, all good until the next call.
// lost > 0: it is longer than the limit, and passed over. io.EOF ends.
func (s *dumpStream) row(values [][]byte) (geometry []byte, lost int, err error) {
	line, lost, err := s.next()
	if err != nil || lost > 0 {
		return nil, lost, err
	}
	if string(line) == `\.` {
		return nil, 0, io.EOF
	}
	s.cells = splitCopy(s.cells[:0], line)
	cells := s.cells
	if len(cells) != s.columns {
		return nil, 0, fmt.Errorf("%w: a row has %d columns instead of %d", errStream, len(cells), s.columns)
	}
	if s.geometry {
		if cells[0] != nil {
			n, err := hex.Decode(cells[0], cells[0]) // in place: two digits become one byte before them
			if err != nil {
				return nil, 0, fmt.Errorf("%w: a geometry is no hexadecimal text", errStream)
			}
			geometry = cells[0][:n]
		}
		cells = cells[1:]
	}
	clear(values)
	copy(values, cells)
	return geometry, 0, nil
}

// splitCopy parts a line of COPY text into its cells, nil for null, and takes the escapes away in place.
func splitCopy(cells [][]byte, line []byte) [][]byte {
	start, to, null := 0, 0, false
	end := func() {
		cell := line[start:to:to]
		if null && len(cell) == 0 {
			cell = nil
		}
		cells = append(cells, cell)
		null = false
	}
	for at := 0; at < len(line); at++ {
		c := line[at]
		switch {
		case c == '\t':
			end()
			start, to = at+1, at+1
			continue
		case c == '\\' && at+1 < len(line):
			at++
			switch c = line[at]; c {
			case 'N':
				null = true
				continue
			case 'n':
				c = '\n'
			case 't':
				c = '\t'
			case 'r':
				c = '\r'
			case 'b':
				c = '\b'
			case 'f':
				c = '\f'
			case 'v':
				c = '\v'
			}
		}
		line[to] = c
		to++
	}
	end()
	return cells
}
