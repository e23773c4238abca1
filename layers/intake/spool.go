package intake

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// spool keeps the rows of an import in a file of the job's folder between the two times they are needed: when all is
// being found out, and when it is written. A row is its number, its geometry and its values, each with its length.
type spool struct {
	path string
	file *os.File
	out  *bufio.Writer
	line []byte
	rows int64
}

// spooled is one row of the spool; what it holds is good until the next one.
type spooled struct {
	index    int64 // place in the spool, from 0
	source   int   // place among the sources that are read
	number   int64 // as the file counts
	geometry []byte
	values   [][]byte
}

func newSpool(dir string) (*spool, error) {
	path := filepath.Join(dir, "rows")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &spool{path: path, file: file, out: bufio.NewWriterSize(file, 1<<18)}, nil
}

// add writes a row and returns the bytes that tell it from others: geometry and values, without source and number.
func (s *spool) add(source int, number int64, geometry []byte, values [][]byte) (content []byte, err error) {
	var head [2 * binary.MaxVarintLen64]byte
	h := binary.AppendUvarint(binary.AppendUvarint(head[:0], uint64(source)), uint64(number))
	s.line = appendPart(s.line[:0], geometry)
	for _, v := range values {
		s.line = appendPart(s.line, v)
	}
	s.rows++
	if _, err := s.out.Write(h); err != nil {
		return nil, err
	}
	_, err = s.out.Write(s.line)
	return s.line, err
}

// appendPart writes a length, one more than it is so that 0 is null, and the bytes.
func appendPart(b, part []byte) []byte {
	if part == nil {
		return append(b, 0)
	}
	return append(binary.AppendUvarint(b, uint64(len(part))+1), part...)
}

// done ends the writing.
func (s *spool) done() error {
	s.line = nil // as large as the largest row
	return errors.Join(s.out.Flush(), s.file.Close())
}

// spoolReader reads rows of so many values, from the first.
type spoolReader struct {
	file *os.File
	in   *bufio.Reader
	buf  []byte
	row  spooled
	next int64
	last int64

	ready *readiness // of a spool that is still written: tells how far; nil = it is whole
}

func (s *spool) open(values int) (*spoolReader, error) {
	file, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	return &spoolReader{file: file, in: bufio.NewReaderSize(file, 1<<18), row: spooled{values: make([][]byte, values)}, last: s.rows}, nil
}

// read returns the next row, nil after the last.
func (r *spoolReader) read() (*spooled, error) {
	if r.ready == nil && r.next == r.last {
		return nil, nil
	}
	if r.ready != nil {
		if err := r.ready.wait(r.next); errors.Is(err, io.EOF) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	source, err := binary.ReadUvarint(r.in)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	number, err := binary.ReadUvarint(r.in)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	r.row.index, r.row.source, r.row.number = r.next, int(source), int64(number)
	r.next++
	return &r.row, r.parts()
}

// parts reads geometry and values into one buffer; they are cut out of it when it grows no more.
func (r *spoolReader) parts() error {
	r.buf = r.buf[:0]
	const null = -1
	ends := make([]int, 0, 64)
	for range len(r.row.values) + 1 {
		size, err := binary.ReadUvarint(r.in)
		if err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		if size == 0 {
			ends = append(ends, null)
			continue
		}
		start := len(r.buf)
		r.buf = append(r.buf, make([]byte, size-1)...)
		if _, err := io.ReadFull(r.in, r.buf[start:]); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		ends = append(ends, len(r.buf))
	}
	start := 0
	for i, end := range ends {
		var part []byte
		if end != null {
			part = r.buf[start:end:end]
			start = end
		}
		if i == 0 {
			r.row.geometry = part
		} else {
			r.row.values[i-1] = part
		}
	}
	return nil
}

func (r *spoolReader) close() error { return r.file.Close() }
