package mvt

import (
	"encoding/binary"
	"errors"
	"math"
)

// Kinds of geometry in a tile.
const (
	kindPoint = 1 + iota
	kindLine
	kindPolygon
)

// deepest is how deep collections may be nested.
const deepest = 32

// cell is a place on the grid.
type cell struct{ x, y int32 }

// shape turns one geometry into the commands of a tile. Its memory is used again for the next one.
type shape struct {
	clip    box
	grid    Grid
	kinds   [4]commands
	area    float64 // of all polygons of the geometry, whole, in units of the grid
	length  float64 // of all its lines
	all     box     // around the geometry, whole
	points  []cell  // of all points of the geometry
	rings   rings   // of one polygon, as they are read
	cut     rings   // and clipped
	line    []point
	piece   []point
	path    []cell   // of one line
	cells   []cell   // of all rings
	corners [][]cell // the rings, on the grid
	link    linker
	heal    healer
}

// encode returns the commands of the geometry's points, lines and polygons, in the places of their kinds. They are good
// until the next call.
func (s *shape) encode(g Grid, wkb []byte) (out [4][]byte, err error) {
	s.grid = g
	for i := range s.kinds {
		s.kinds[i] = commands{b: s.kinds[i].b[:0]}
	}
	s.points, s.cells, s.corners = s.points[:0], s.cells[:0], s.corners[:0]
	s.area, s.length, s.all = 0, 0, nowhere
	r := &reader{b: wkb}
	if err := s.geometry(r, 0); err != nil {
		return out, err
	}
	if len(s.points) > 0 {
		s.kinds[kindPoint].moveTo(s.points)
	}
	s.writeRings()
	for i := range out {
		if len(s.kinds[i].b) > 0 {
			out[i] = s.kinds[i].b
		}
	}
	return out, nil
}

// geometry reads one geometry: WKB's types by number (OGC 06-103r4, table 6).
func (s *shape) geometry(r *reader, depth int) error {
	if depth > deepest {
		return errors.New("collections nested too deep")
	}
	kind, more, err := r.header()
	if err != nil {
		return err
	}
	switch kind {
	case 1:
		return s.point(r, more)
	case 2:
		return s.lineString(r, more)
	case 3, 17:
		return s.polygon(r, more)
	case 4, 5, 6, 7, 15, 16:
		n, err := r.uint32()
		if err != nil {
			return err
		}
		for range n {
			if err := s.geometry(r, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return errors.New("curves have to be made straight first")
}

func (s *shape) point(r *reader, more int) (err error) {
	var bounds box
	if s.line, bounds, err = r.points(s.grid, 1, more, s.line[:0]); err != nil {
		return err
	}
	s.all = s.all.with(bounds)
	if len(s.line) == 1 && s.clip.contains(bounds) {
		s.points = append(s.points, round(s.line[0]))
	}
	return nil
}

func (s *shape) lineString(r *reader, more int) error {
	n, err := r.uint32()
	if err != nil {
		return err
	}
	var bounds box
	if s.line, bounds, err = r.points(s.grid, n, more, s.line[:0]); err != nil {
		return err
	}
	s.all = s.all.with(bounds)
	s.length += lengthOf(s.line)
	switch {
	case !s.clip.meets(bounds):
	case s.clip.contains(bounds):
		s.writeLine(s.line)
	default:
		s.clipLine(s.line)
	}
	return nil
}

// clipLine writes the pieces of a line that lie in the box.
func (s *shape) clipLine(line []point) {
	s.piece = s.piece[:0]
	for i := 1; i < len(line); i++ {
		a, b, in := s.clip.segment(line[i-1], line[i])
		if !in {
			continue
		}
		if n := len(s.piece); n == 0 || s.piece[n-1] != a {
			s.writeLine(s.piece)
			s.piece = append(s.piece[:0], a)
		}
		s.piece = append(s.piece, b)
	}
	s.writeLine(s.piece)
}

func (s *shape) writeLine(line []point) {
	s.path = s.path[:0]
	for _, p := range line {
		c := round(p)
		if n := len(s.path); n == 0 || s.path[n-1] != c {
			s.path = append(s.path, c)
		}
	}
	if len(s.path) > 1 {
		s.kinds[kindLine].path(s.path, false)
	}
}

func (s *shape) polygon(r *reader, more int) error {
	n, err := r.uint32()
	if err != nil {
		return err
	}
	s.rings.reset()
	whole, outside := true, false
	for i := range n {
		size, err := r.uint32()
		if err != nil {
			return err
		}
		start := len(s.rings.points)
		var bounds box
		if s.rings.points, bounds, err = r.points(s.grid, size, more, s.rings.points); err != nil {
			return err
		}
		s.all = s.all.with(bounds)
		if area := areaOf(s.rings.points[start:]); i == 0 {
			s.area += area
		} else {
			s.area -= area
		}
		outside = outside || i == 0 && !s.clip.meets(bounds) // and so are the holes
		if outside || !s.clip.meets(bounds) {
			s.rings.points = s.rings.points[:start]
			continue
		}
		whole = whole && s.clip.contains(bounds)
		s.rings.end(start)
	}
	if len(s.rings.ends) == 0 {
		return nil
	}
	if whole {
		s.keepPolygon(&s.rings)
		return nil
	}
	s.link.clip(s.clip, &s.rings, &s.cut)
	s.keepPolygon(&s.cut)
	return nil
}

func lengthOf(line []point) (sum float64) {
	for i := 1; i < len(line); i++ {
		sum += math.Hypot(line[i].x-line[i-1].x, line[i].y-line[i-1].y)
	}
	return sum
}

// areaOf is the area in a ring, however it is wound.
func areaOf(ring []point) float64 {
	if len(ring) < 3 {
		return 0
	}
	sum, first, last := 0.0, ring[0], ring[len(ring)-1]
	for _, p := range ring {
		sum += (last.x-first.x)*(p.y-first.y) - (p.x-first.x)*(last.y-first.y)
		last = p
	}
	return math.Abs(sum) / 2
}

// keepPolygon puts rings on the grid, of which each outer one is followed by its holes. An outer ring that vanishes takes
// its holes along.
func (s *shape) keepPolygon(rs *rings) {
	kept := false
	for i := range rs.ends {
		outer := rs.outer[i]
		if !outer && !kept {
			continue
		}
		start := len(s.cells)
		for _, p := range rs.ring(i) {
			s.cells = appendCell(s.cells, start, round(p))
		}
		ring := closeCells(s.cells[start:])
		area := twiceArea(ring)
		crossed := area == 0 && len(ring) > 3 && len(rs.ends) == 1 // as much there as back: a bow tie
		if outer {
			kept = area != 0 || crossed
		}
		if area == 0 && !crossed {
			s.cells = s.cells[:start]
			continue
		}
		if (area > 0) != outer && !crossed { // outer rings have a positive area where y goes down (specification 4.3.4.4)
			reverse(ring)
		}
		s.corners = append(s.corners, ring)
	}
}

// writeRings writes the rings of all polygons of the geometry; those that rounding has bent over each other are healed.
func (s *shape) writeRings() {
	if len(s.corners) == 0 {
		return
	}
	out := s.corners
	if s.heal.bent(s.corners) {
		out = s.heal.heal(s.corners)
	}
	for _, ring := range out {
		s.kinds[kindPolygon].path(ring, true)
	}
}

// appendCell appends a corner to the ring that begins at start; what does not change its shape is left out: repeated and
// straight-on places, and spikes.
func appendCell(cells []cell, start int, c cell) []cell {
	for {
		n := len(cells)
		if n > start && cells[n-1] == c {
			return cells
		}
		if n < start+2 || !straight(cells[n-2], cells[n-1], c) {
			return append(cells, c)
		}
		cells = cells[:n-1]
	}
}

// closeCells does the same where the ring's end meets its beginning.
func closeCells(cells []cell) []cell {
	for len(cells) > 2 {
		n := len(cells)
		switch {
		case cells[n-1] == cells[0] || straight(cells[n-2], cells[n-1], cells[0]):
			cells = cells[:n-1]
		case straight(cells[n-1], cells[0], cells[1]):
			cells = cells[1:]
		default:
			return cells
		}
	}
	return cells[:0]
}

// straight reports whether b adds nothing between a and c: the three are in line.
func straight(a, b, c cell) bool {
	return int64(b.x-a.x)*int64(c.y-b.y) == int64(b.y-a.y)*int64(c.x-b.x)
}

func twiceArea(ring []cell) (sum int64) {
	if len(ring) < 3 {
		return 0
	}
	last := ring[len(ring)-1]
	for _, c := range ring {
		sum += int64(last.x)*int64(c.y) - int64(c.x)*int64(last.y)
		last = c
	}
	return sum
}

func reverse(cells []cell) {
	for i, j := 0, len(cells)-1; i < j; i, j = i+1, j-1 {
		cells[i], cells[j] = cells[j], cells[i]
	}
}

func round(p point) cell {
	return cell{int32(math.Floor(p.x + 0.5)), int32(math.Floor(p.y + 0.5))}
}

// commands are the geometry of a feature as the specification's 4.3 wants it; each begins where the last ended.
type commands struct {
	b      []byte
	cursor cell
}

func (c *commands) moveTo(cells []cell) {
	c.b = binary.AppendUvarint(c.b, uint64(len(cells))<<3|1)
	c.to(cells)
}

// path is a line, or a ring without its last corner.
func (c *commands) path(cells []cell, closed bool) {
	c.moveTo(cells[:1])
	c.b = binary.AppendUvarint(c.b, uint64(len(cells)-1)<<3|2)
	c.to(cells[1:])
	if closed {
		c.b = append(c.b, 1<<3|7)
	}
}

func (c *commands) to(cells []cell) {
	b, last := c.b, c.cursor
	for _, p := range cells {
		dx, dy := p.x-last.x, p.y-last.y
		b = appendUvarint(appendUvarint(b, uint32(dx<<1)^uint32(dx>>31)), uint32(dy<<1)^uint32(dy>>31))
		last = p
	}
	c.b, c.cursor = b, last
}
