package format

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// Types of FlatGeobuf's columns.
const (
	flatByte = iota
	flatUByte
	flatBool
	flatShort
	flatUShort
	flatInt
	flatUInt
	flatLong
	flatULong
	flatFloat
	flatDouble
	flatString
	flatJSON
	flatDateTime
	flatBinary
)

// errStream says that what came from GDAL is no stream of features: GDAL failed, or we misunderstand it.
var errStream = errors.New("the stream of features from GDAL is broken")

// flatStream reads the FlatGeobuf that ogr2ogr writes to its standard output: one feature at a time, in the same memory.
// It carries numbers exactly and costs GDAL a fifth of what text does (measured: 355,000 parcels in 1.0 s of 4.9 s).
type flatStream struct {
	in       *bufio.Reader
	columns  []byte // types
	z        bool
	limit    int // of a feature, in bytes
	frame    []byte
	numbers  []byte // text of the values that are not text
	geometry flatGeometry
}

// newFlatStream reads the header. io.EOF means that nothing came at all.
func newFlatStream(in io.Reader, limit int) (*flatStream, error) {
	s := &flatStream{in: bufio.NewReaderSize(in, 1<<20), limit: limit}
	magic := make([]byte, 8)
	if _, err := io.ReadFull(s.in, magic); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, errStream
	}
	if string(magic[:4]) != "fgb\x03" {
		return nil, errStream
	}
	head, lost, err := s.next()
	if err != nil || lost > 0 {
		return nil, errStream
	}
	root, ok := flatRoot(head)
	if !ok {
		return nil, errStream
	}
	s.z = root.byte(3) != 0
	n, column, ok := root.tables(7)
	if !ok {
		return nil, errStream
	}
	for i := range n {
		c, ok := column(i)
		if !ok {
			return nil, errStream
		}
		s.columns = append(s.columns, c.byte(1))
	}
	return s, nil
}

// next reads what follows its own length. What is longer than the limit is passed over and its length told.
func (s *flatStream) next() (frame []byte, lost int, err error) {
	var size [4]byte
	if _, err := io.ReadFull(s.in, size[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, 0, io.EOF
		}
		return nil, 0, fmt.Errorf("%w: it ends within a feature", errStream)
	}
	n := int(binary.LittleEndian.Uint32(size[:]))
	if n > s.limit {
		if _, err := s.in.Discard(n); err != nil {
			return nil, 0, fmt.Errorf("%w: it ends within a feature", errStream)
		}
		return nil, n, nil
	}
	if cap(s.frame) < n || cap(s.frame) > 1<<20 && n < cap(s.frame)/16 { // one giant must not stay in memory
		s.frame = make([]byte, n, max(n, 4096))
	}
	s.frame = s.frame[:n]
	if _, err := io.ReadFull(s.in, s.frame); err != nil {
		return nil, 0, fmt.Errorf("%w: it ends within a feature", errStream)
	}
	return s.frame, 0, nil
}

// feature reads the next feature: its geometry, nil where it can not be written as EWKB, and its values, all good until
// the next call. lost > 0: it is longer than the limit by that many bytes, and passed over. io.EOF ends.
func (s *flatStream) feature(values [][]byte) (geometry []byte, lost int, err error) {
	frame, lost, err := s.next()
	if err != nil || lost > 0 {
		return nil, lost, err
	}
	root, ok := flatRoot(frame)
	if !ok {
		return nil, 0, errStream
	}
	if g, ok := root.table(0); ok {
		s.geometry.z = s.z
		if s.geometry.write(g) {
			geometry = s.geometry.out
		}
	}
	properties, _, ok := root.vector(1, 1)
	if !ok || !s.values(properties, values) {
		return nil, 0, errStream
	}
	return geometry, 0, nil
}

// flat takes away the heights of the geometry read last, if all are zero.
func (s *flatStream) flat(geometry []byte) []byte {
	if geometry == nil || !s.z || s.geometry.high {
		return geometry
	}
	root, _ := flatRoot(s.frame)
	if g, ok := root.table(0); ok {
		s.geometry.z = false
		s.geometry.write(g)
	}
	return s.geometry.out
}

// values parts properties: number of the column, value, again and again.
func (s *flatStream) values(b []byte, values [][]byte) bool {
	clear(values)
	s.numbers = s.numbers[:0]
	for len(b) >= 2 {
		i := int(binary.LittleEndian.Uint16(b))
		if i >= len(s.columns) || i >= len(values) {
			return false
		}
		var ok bool
		if values[i], b, ok = s.value(s.columns[i], b[2:]); !ok {
			return false
		}
	}
	return len(b) == 0
}

// value takes one value off b. Text lies in b itself, all else is written to s.numbers.
func (s *flatStream) value(kind byte, b []byte) (text, rest []byte, ok bool) {
	size := [...]int{1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 4, 4, 4, 4}
	if int(kind) >= len(size) || len(b) < size[kind] {
		return nil, nil, false
	}
	rest = b[size[kind]:]
	start := len(s.numbers)
	switch kind {
	case flatString, flatJSON, flatDateTime, flatBinary:
		n := int64(binary.LittleEndian.Uint32(b))
		if n > int64(len(rest)) {
			return nil, nil, false
		}
		return rest[:n:n], rest[n:], true
	case flatBool:
		s.numbers = strconv.AppendBool(s.numbers, b[0] != 0)
	case flatByte:
		s.numbers = strconv.AppendInt(s.numbers, int64(int8(b[0])), 10)
	case flatUByte:
		s.numbers = strconv.AppendInt(s.numbers, int64(b[0]), 10)
	case flatShort:
		s.numbers = strconv.AppendInt(s.numbers, int64(int16(binary.LittleEndian.Uint16(b))), 10)
	case flatUShort:
		s.numbers = strconv.AppendInt(s.numbers, int64(binary.LittleEndian.Uint16(b)), 10)
	case flatInt:
		s.numbers = strconv.AppendInt(s.numbers, int64(int32(binary.LittleEndian.Uint32(b))), 10)
	case flatUInt:
		s.numbers = strconv.AppendInt(s.numbers, int64(binary.LittleEndian.Uint32(b)), 10)
	case flatLong:
		s.numbers = strconv.AppendInt(s.numbers, int64(binary.LittleEndian.Uint64(b)), 10)
	case flatULong:
		s.numbers = strconv.AppendUint(s.numbers, binary.LittleEndian.Uint64(b), 10)
	case flatFloat:
		s.numbers = appendNumber(s.numbers, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 32)
	case flatDouble:
		s.numbers = appendNumber(s.numbers, math.Float64frombits(binary.LittleEndian.Uint64(b)), 64)
	}
	return s.numbers[start:len(s.numbers):len(s.numbers)], rest, true
}

// appendNumber writes v with as few digits as tell it apart: in decimal, very large and very small ones with an exponent.
func appendNumber(b []byte, v float64, bits int) []byte {
	if a := math.Abs(v); v != 0 && (a < 1e-9 || a >= 1e21) {
		return strconv.AppendFloat(b, v, 'e', -1, bits)
	}
	return strconv.AppendFloat(b, v, 'f', -1, bits)
}
