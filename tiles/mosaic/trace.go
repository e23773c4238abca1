package mosaic

import (
	"math"

	"onemap/tiles/mvt"
)

// Between the centres of four neighbouring cells lies a square. Where its corners have two classes, a border passes through
// it, from a gate in one side to a gate in another; where three sides or four have gates, borders meet in its middle, a node.
// So no two borders have more than a node in common.

// Point is a place on the grid of a tile: x to the east, y to the south.
type Point = mvt.Place

// The sides of a square, clockwise.
const (
	left = iota
	top
	right
	bottom
)

// vertex is a point of a border.
type vertex struct {
	Point
	kind uint8
}

// Kinds of vertices: those that stay where they are, and gates between two centres side by side, or one above the other.
const (
	fixed = iota
	gateAcross
	gateDown
)

// border is a line between two classes.
type border struct {
	line     []vertex
	from, to end    // of a closed one nothing
	right    [2]int // a cell to its right hand, followed forward and backward
}

// end is where a border meets a node: the node's square, and the side by which the border leaves it.
type end struct {
	square int
	side   uint8
}

// tracer follows the borders of a sheet.
type tracer struct {
	sheet   *Sheet
	x, y    int     // the first cell of the frame, which has one of outside around it
	w, h    int     // cells
	label   []uint8 // of the cells
	unit    int32
	borders []border
	node    []int32    // by square, the number of the node that is there, from 1 on
	starts  [][4]int32 // by node and the side they leave it by: 2 × the place of a border, and 1 where it is its last end; -1 = none
	seen    []bool     // gates by their number
	line    []vertex   // of the border that is walked
	kept    []vertex   // of those that have been
}

// follow finds all borders: those between nodes, and then those that are closed.
func (s *Sheet) follow() *tracer {
	n, frame := s.recipe.Cells(), s.recipe.frame()
	west, east := max(s.x, -frame), min(s.x+s.w, n+frame)
	north, south := max(s.y, -frame), min(s.y+s.h, n+frame)
	t := &tracer{sheet: s, x: west - 1, y: north - 1, w: east - west + 2, h: south - north + 2, unit: int32(s.recipe.unit())}
	t.label = make([]uint8, t.w*t.h)
	t.node = make([]int32, len(t.label))
	t.seen = make([]bool, 2*len(t.label))
	for i := range t.label {
		t.label[i] = outside
	}
	for y := north; y < south; y++ {
		from := (y-s.y)*s.w + west - s.x
		copy(t.label[(y-t.y)*t.w+1:], s.label[from:from+east-west])
	}
	for square := range t.squares {
		has, n := t.gates(square)
		for side := range uint8(4) {
			if n > 2 && has[side] && t.start(end{square, side}) < 0 {
				t.walk(square, side, false)
			}
		}
	}
	for square := range t.squares {
		if has, n := t.gates(square); n == 2 && has[top] && !t.seen[2*square] {
			t.walk(square, top, true)
		}
	}
	return t
}

// start is the border that leaves a node by a side, as in starts.
func (t *tracer) start(at end) int {
	if t.node[at.square] == 0 {
		return -1
	}
	return int(t.starts[t.node[at.square]-1][at.side])
}

func (t *tracer) setStart(at end, border int) {
	node := &t.node[at.square]
	if *node == 0 {
		t.starts = append(t.starts, [4]int32{-1, -1, -1, -1})
		*node = int32(len(t.starts))
	}
	t.starts[*node-1][at.side] = int32(border)
}

// squares yields the squares of the frame, each by the cell at its north-west.
func (t *tracer) squares(yield func(int) bool) {
	for y := range t.h - 1 {
		for x := range t.w - 1 {
			if i := y*t.w + x; !t.plain(i) && !yield(i) {
				return
			}
		}
	}
}

// plain reports whether all corners of a square have one class.
func (t *tracer) plain(square int) bool {
	a := t.label[square]
	return a == t.label[square+1] && a == t.label[square+t.w] && a == t.label[square+t.w+1]
}

// gates tells which sides of a square have one, and how many.
func (t *tracer) gates(square int) (has [4]bool, n int) {
	a, b, c, d := t.label[square], t.label[square+1], t.label[square+t.w], t.label[square+t.w+1]
	has = [4]bool{left: a != c, top: a != b, right: b != d, bottom: c != d}
	for _, h := range has {
		if h {
			n++
		}
	}
	return has, n
}

// gate is the one in a side of a square, and its number.
func (t *tracer) gate(square int, side uint8) (vertex, int) {
	across := side == top || side == bottom
	switch side {
	case right:
		square++
	case bottom:
		square += t.w
	}
	v, other := vertex{t.centre(square), gateDown}, square+t.w
	if across {
		v.kind, other = gateAcross, square+1
	}
	at := t.unit / 2
	if t.label[square] != outside && t.label[other] != outside {
		at = int32(t.sheet.crossing(t.cell(square), t.cell(other)))
	}
	if across {
		v.X += at
		if onEdge(v.X) {
			v.kind = fixed
		}
		return v, 2 * square
	}
	v.Y += at
	if onEdge(v.Y) {
		v.kind = fixed
	}
	return v, 2*square + 1
}

// cell is the cell of the sheet that a cell of the frame is.
func (t *tracer) cell(i int) int {
	return (i/t.w+t.y-t.sheet.y)*t.sheet.w + i%t.w + t.x - t.sheet.x
}

func onEdge(v int32) bool { return v == 0 || v == Extent }

// centre is that of a cell.
func (t *tracer) centre(i int) Point {
	return Point{X: int32(i%t.w+t.x)*t.unit + t.unit/2, Y: int32(i/t.w+t.y)*t.unit + t.unit/2}
}

// middle is that of a square.
func (t *tracer) middle(square int) Point {
	p := t.centre(square)
	return Point{X: p.X + t.unit/2, Y: p.Y + t.unit/2}
}

// beyond is the square on the other side of a side, and what that is called there.
func (t *tracer) beyond(square int, side uint8) (int, uint8) {
	return square + [4]int{left: -1, top: -t.w, right: 1, bottom: t.w}[side], (side + 2) % 4
}

// rightHand is the cell to the right of who leaves a square by a side.
func (t *tracer) rightHand(square int, side uint8) int {
	return square + [4]int{left: 0, top: 1, right: t.w + 1, bottom: t.w}[side]
}

// walk follows the border that leaves a square by a side, to the next node or around.
func (t *tracer) walk(square int, side uint8, closed bool) {
	begin := end{square, side}
	other := end{}
	other.square, other.side = t.beyond(square, side)
	b := border{right: [2]int{t.rightHand(square, side), t.rightHand(other.square, other.side)}}
	line := t.line[:0]
	if !closed {
		line = append(line, vertex{Point: t.middle(square)})
	}
	gate, number := t.gate(square, side)
	for {
		t.seen[number] = true
		line = append(line, gate)
		square, side = t.beyond(square, side)
		has, n := t.gates(square)
		if n > 2 {
			line = append(line, vertex{Point: t.middle(square)})
			b.to = end{square, side}
			b.right[1] = t.rightHand(square, side)
			break
		}
		for side = (side + 1) % 4; !has[side]; side = (side + 1) % 4 {
		}
		in := gate
		gate, number = t.gate(square, side)
		line = t.cross(line, in.Point, gate.Point, t.middle(square))
		if closed && square == begin.square {
			line = append(line, line[0])
			break
		}
	}
	if !closed {
		b.from = begin
		t.setStart(b.from, 2*len(t.borders))
		t.setStart(b.to, 2*len(t.borders)+1)
	}
	t.line = line
	b.line = t.keep(straighten(line, t.unit))
	t.borders = append(t.borders, b)
}

// keep copies a line.
func (t *tracer) keep(line []vertex) []vertex {
	from := len(t.kept)
	t.kept = append(t.kept, line...)
	return t.kept[from:len(t.kept):len(t.kept)]
}

// cross adds the points where a border that passes through a square crosses the edge of the tile: both tiles have them.
func (t *tracer) cross(line []vertex, a, b, middle Point) []vertex {
	var points []Point
	within := func(v, middle int32) int32 { return min(max(v, middle-t.unit/2+1), middle+t.unit/2-1) }
	if onEdge(middle.X) && (a.X < middle.X) != (b.X < middle.X) && a.X != middle.X && b.X != middle.X {
		points = append(points, Point{X: middle.X, Y: within(between(a.X, a.Y, b.X, b.Y, middle.X), middle.Y)})
	}
	if onEdge(middle.Y) && (a.Y < middle.Y) != (b.Y < middle.Y) && a.Y != middle.Y && b.Y != middle.Y {
		points = append(points, Point{X: within(between(a.Y, a.X, b.Y, b.X, middle.Y), middle.X), Y: middle.Y})
	}
	if len(points) == 2 && far(a, points[0]) > far(a, points[1]) {
		points[0], points[1] = points[1], points[0]
	}
	for _, p := range points {
		if line[len(line)-1].Point != p {
			line = append(line, vertex{Point: p})
		}
	}
	return line
}

// between is the v at u of the line from u0, v0 to u1, v1, whichever is first.
func between(u0, v0, u1, v1, u int32) int32 {
	if u0 > u1 {
		u0, v0, u1, v1 = u1, v1, u0, v0
	}
	return v0 + int32(math.Round(float64((v1-v0)*(u-u0))/float64(u1-u0)))
}

func far(a, b Point) int32 { return (a.X-b.X)*(a.X-b.X) + (a.Y-b.Y)*(a.Y-b.Y) }

// slack is how far from where it is a gate may be passed, in units of the tile.
const slack = 3

// longest is how many gates a straight line may pass.
const longest = 96

// straighten leaves out vertices where a straight line passes all gates between two of them.
func straighten(line []vertex, unit int32) []vertex {
	out := line[:1]
	for i := 0; i < len(line)-1; {
		next := i + 1
		for line[next].kind != fixed && next+1 < len(line) && next-i < longest && passes(line[i:next+2], unit) {
			next++
		}
		i = next
		out = append(out, line[i])
	}
	return out
}

// passes reports whether the straight line from the first vertex to the last passes all gates between them.
func passes(line []vertex, unit int32) bool {
	a, b := line[0].Point, line[len(line)-1].Point
	for _, g := range line[1 : len(line)-1] {
		p, q, at := a, b, g.Point
		if g.kind == gateDown {
			p, q, at = turned(a), turned(b), turned(at)
		}
		if p.Y > q.Y {
			p, q = q, p
		}
		if at.Y < p.Y || at.Y > q.Y || p.Y == q.Y {
			return false
		}
		centre := at.X - mod(at.X-unit/2, unit)
		low, high := max(at.X-slack, centre+1), min(at.X+slack, centre+unit-1)
		dy := int64(q.Y - p.Y)
		x := int64(p.X)*dy + int64(q.X-p.X)*int64(at.Y-p.Y) // × dy
		if x < int64(low)*dy || x > int64(high)*dy {
			return false
		}
	}
	return true
}

func turned(p Point) Point { return Point{X: p.Y, Y: p.X} }

func mod(a, n int32) int32 { return ((a % n) + n) % n }
