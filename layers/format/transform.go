package format

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
)

// Our own readers know no projections. Where intake asks for another coordinate system than it can compute itself,
// GDAL's gdaltransform does it, some rows at a time.

// A part of the rows is held until it is transformed: so many coordinates, or bytes.
const (
	transformCoordinates = 100_000
	transformBytes       = 16 << 20
)

// transformed is each with coordinates of the system from turned into EPSG:4490, longitude first. Heights stay.
func (f *Folder) transformed(from string, each eachRow) eachRow {
	return func(ctx context.Context, yield func(*Row) error) error {
		b := &transformBatch{folder: f, from: from, yield: yield}
		err := each(ctx, func(r *Row) error {
			b.add(r)
			if b.coordinates < transformCoordinates && b.bytes < transformBytes {
				return nil
			}
			return b.flush(ctx)
		})
		if err != nil {
			return err
		}
		return b.flush(ctx)
	}
}

// transformBatch is rows that wait, and their coordinates as text.
type transformBatch struct {
	folder      *Folder
	from        string
	yield       func(*Row) error
	rows        []*Row
	text        bytes.Buffer
	coordinates int
	bytes       int
}

// add keeps a copy of a row.
func (b *transformBatch) add(r *Row) {
	c := &Row{Number: r.Number, Geometry: slices.Clone(r.Geometry), Notes: slices.Clone(r.Notes), Lost: r.Lost, Values: make([][]byte, len(r.Values))}
	for i, v := range r.Values {
		c.Values[i] = slices.Clone(v)
		b.bytes += len(v) + 24
	}
	b.bytes += len(c.Geometry) + 128
	b.rows = append(b.rows, c)
	if c.Geometry == nil {
		return
	}
	eachCoordinate(c.Geometry, func(c []byte) {
		for i := range 2 {
			v := math.Float64frombits(binary.LittleEndian.Uint64(c[8*i:]))
			if math.IsNaN(v) || math.Abs(v) > 1e30 { // the point that is empty
				v = 0
			}
			b.text.Write(strconv.AppendFloat(b.text.AvailableBuffer(), v, 'g', 17, 64))
			b.text.WriteByte(" \n"[i])
		}
		b.coordinates++
	})
}

// flush transforms and yields the rows that wait.
func (b *transformBatch) flush(ctx context.Context) error {
	if b.coordinates > 0 {
		if err := b.transform(ctx); err != nil {
			return err
		}
	}
	for _, r := range b.rows {
		if err := b.yield(r); err != nil {
			return err
		}
	}
	b.rows, b.coordinates, b.bytes = b.rows[:0], 0, 0
	b.text.Reset()
	return nil
}

// transform runs the program on the text, which lies in a file: neither waits for the other.
func (b *transformBatch) transform(ctx context.Context) error {
	in, err := os.CreateTemp(b.folder.Path(), "coordinates-*")
	if err != nil {
		return err
	}
	defer os.Remove(in.Name())
	defer in.Close()
	if _, err := b.text.WriteTo(in); err != nil {
		return err
	}
	if _, err := in.Seek(0, 0); err != nil {
		return err
	}
	c, err := b.folder.launchOn(ctx, in, "gdaltransform", nil, nil, "-s_srs", b.from, "-t_srs", "EPSG:4490", "-output_xy")
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(c.out)
	lost := 0
	for _, r := range b.rows {
		if r.Geometry != nil {
			lost += place(r, lines)
		}
	}
	more := lines.Scan()
	if err := c.end(); err != nil {
		return err
	}
	if lost > 0 || more { // the lines can not be told apart any more
		return fmt.Errorf("gdaltransform: %d of %d coordinates did not come back: %w", lost, b.coordinates, lines.Err())
	}
	return nil
}

// place puts the lines' numbers into a row's geometry, and counts lines that are not there. A coordinate that can not be
// transformed takes the geometry with it.
func place(r *Row, lines *bufio.Scanner) (lost int) {
	good := true
	eachCoordinate(r.Geometry, func(c []byte) {
		if !lines.Scan() {
			lost++
			return
		}
		for i, text := range strings.SplitN(lines.Text(), " ", 2) {
			v, ok := number(text)
			good = good && ok
			if old := math.Float64frombits(binary.LittleEndian.Uint64(c[8*i:])); !math.IsNaN(old) {
				binary.LittleEndian.PutUint64(c[8*i:], math.Float64bits(v))
			}
		}
	})
	if !good {
		r.Geometry = nil
		r.Notes = append(r.Notes, Note{Rule: "geometry.outside", Severity: Error, Words: layers.Say(
			"a coordinate can not be transformed from the coordinate system: no geometry", "有坐标无法从所用坐标系换算，该行没有图形")})
	}
	return lost
}
