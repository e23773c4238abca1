package mosaic

import (
	"cmp"
	"slices"
)

// Shape is what a class has of a tile.
type Shape struct {
	Class uint8
	Rings [][]Point // without their last points: outer ones, clockwise on the screen, each followed by its holes
}

// ring is one of a region: of cells of one class that hang together by their sides.
type ring struct {
	class  uint8
	region int32
	area   int64 // twice; of holes below zero
	points []Point
}

// Trace returns the polygons of all classes but Nothing, in the order of their classes. They are valid, do not overlap and
// leave no gaps. Those of neighbouring tiles meet at the edge of the tiles without a difference.
func (s *Sheet) Trace() []Shape {
	t := s.follow()
	regions := t.regions()
	var rings []ring
	used := make([]bool, 2*len(t.borders))
	for h := range used {
		cell := t.borders[h/2].right[h%2]
		if class := t.label[cell]; !used[h] && class != Nothing && class != outside {
			for _, points := range split(t.around(h, used)) {
				rings = append(rings, ring{class, regions[cell], twiceArea(points), points})
			}
		}
	}
	slices.SortStableFunc(rings, func(a, b ring) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.region, b.region), cmp.Compare(b.area, a.area))
	})
	var shapes []Shape
	for _, r := range rings {
		if n := len(shapes); n == 0 || shapes[n-1].Class != r.class {
			shapes = append(shapes, Shape{Class: r.class})
		}
		last := &shapes[len(shapes)-1]
		last.Rings = append(last.Rings, r.points)
	}
	return shapes
}

// around follows a border, and at each node the one that bounds the same cell, until it comes back.
func (t *tracer) around(h int, used []bool) (points []Point) {
	for !used[h] {
		used[h] = true
		b := t.borders[h/2]
		n, at := len(b.line), b.to
		if h%2 == 1 {
			at = b.from
		}
		for i := range n - 1 {
			if h%2 == 1 {
				i = n - 1 - i
			}
			points = append(points, b.line[i].Point)
		}
		if at.square == 0 { // it is closed: no node is at the corner of the frame
			return points
		}
		has, _ := t.gates(at.square)
		side := (at.side + 3) % 4
		for !has[side] {
			side = (side + 3) % 4
		}
		h = t.start(end{at.square, side})
	}
	return points
}

// split makes several rings of one that comes to a node twice: a ring may not touch itself.
func split(points []Point) (rings [][]Point) {
	var open []Point
	at := make(map[Point]int, len(points))
	for _, p := range points {
		if from, twice := at[p]; twice {
			for _, q := range open[from:] {
				delete(at, q)
			}
			rings = append(rings, slices.Clone(open[from:]))
			open = open[:from]
		}
		at[p] = len(open)
		open = append(open, p)
	}
	return append(rings, open)
}

// regions numbers the cells by what hangs together.
func (t *tracer) regions() []int32 {
	out := make([]int32, len(t.label))
	m := islandsOf(t.label, t.w)
	for i, r := range m.runs {
		island := m.island(int32(i))
		for c := r.from; c < r.to; c++ {
			out[c] = island
		}
	}
	return out
}

// twiceArea is above zero for a ring that goes clockwise on the screen.
func twiceArea(points []Point) (sum int64) {
	p := points[len(points)-1]
	for _, q := range points {
		sum += int64(p.X)*int64(q.Y) - int64(q.X)*int64(p.Y)
		p = q
	}
	return sum
}
