package demo

import (
	"cmp"
	"math"
	"slices"
)

// segment is a straight piece of a line; source says which line it came from.
type segment struct {
	a, b   vert
	source int32
}

// longest is how long a segment may be before it is divided, mm, so that the index stays flat.
const longest = 200_000

// segments cuts a line into segments on the coarse grid.
func segments(out []segment, line []Point, source int32) []segment {
	for i := 1; i < len(line); i++ {
		p, q := line[i-1], line[i]
		n := int(math.Ceil(math.Hypot(q.X-p.X, q.Y-p.Y) * 1000 / longest))
		for k := 0; k < n; k++ {
			a, b := snapCoarse(lerp(p, q, float64(k)/float64(n))), snapCoarse(lerp(p, q, float64(k+1)/float64(n)))
			if a != b {
				out = append(out, segment{a, b, source})
			}
		}
	}
	return out
}

// nodeAll divides segments until they meet at ends only. Where several lie upon one another the least source stays.
// Method: iterated snap rounding; crossings are rounded to the coarse grid, and an end that nearly lies on another
// segment divides it (Hobby 1999 in spirit).
func nodeAll(segs []segment) []segment {
	segs = unite(segs)
	for range 30 {
		splits := findSplits(segs)
		if len(splits) == 0 {
			break
		}
		segs = unite(applySplits(segs, splits))
	}
	return segs
}

// unite orders each segment's ends and drops the doubles.
func unite(segs []segment) []segment {
	for i, s := range segs {
		if s.b.less(s.a) {
			segs[i].a, segs[i].b = s.b, s.a
		}
	}
	slices.SortFunc(segs, func(p, q segment) int {
		return cmp.Or(cmp.Compare(p.a.x, q.a.x), cmp.Compare(p.a.y, q.a.y), cmp.Compare(p.b.x, q.b.x), cmp.Compare(p.b.y, q.b.y), cmp.Compare(p.source, q.source))
	})
	return slices.CompactFunc(segs, func(p, q segment) bool { return p.a == q.a && p.b == q.b })
}

// split says that a segment is to be divided at v.
type split struct {
	seg int32
	v   vert
}

func findSplits(segs []segment) []split {
	index := newCells(segs)
	var out []split
	for _, cell := range index.lists {
		for i, p := range cell {
			for _, q := range cell[i+1:] {
				out = meet(out, segs, p, q)
			}
		}
	}
	return out
}

// meet adds the places where segments p and q must be divided because of one another.
func meet(out []split, segs []segment, p, q int32) []split {
	s, t := segs[p], segs[q]
	if max(s.a.x, s.b.x)+coarse < min(t.a.x, t.b.x) || max(t.a.x, t.b.x)+coarse < min(s.a.x, s.b.x) ||
		max(s.a.y, s.b.y)+coarse < min(t.a.y, t.b.y) || max(t.a.y, t.b.y)+coarse < min(s.a.y, s.b.y) {
		return out
	}
	near := false
	for _, v := range [2]vert{t.a, t.b} {
		if nearly(s, v) {
			out, near = append(out, split{p, v}), true
		}
	}
	for _, v := range [2]vert{s.a, s.b} {
		if nearly(t, v) {
			out, near = append(out, split{q, v}), true
		}
	}
	if near {
		return out
	}
	d1, d2 := cross(s.a, s.b, t.a), cross(s.a, s.b, t.b)
	d3, d4 := cross(t.a, t.b, s.a), cross(t.a, t.b, s.b)
	if d1 > 0 == (d2 > 0) || d3 > 0 == (d4 > 0) || d1 == 0 || d2 == 0 || d3 == 0 || d4 == 0 {
		return out
	}
	f := float64(d3) / float64(d3-d4)
	v := snapCoarse(lerp(s.a.point(), s.b.point(), f))
	if v != s.a && v != s.b {
		out = append(out, split{p, v})
	}
	if v != t.a && v != t.b {
		out = append(out, split{q, v})
	}
	return out
}

// nearly reports whether v lies on the inside of s within the grid's half diagonal.
func nearly(s segment, v vert) bool {
	if v == s.a || v == s.b {
		return false
	}
	along := dot(s.a, s.b, v)
	length := dot(s.a, s.b, s.b)
	if along <= 0 || along >= length {
		return false
	}
	c := float64(cross(s.a, s.b, v))
	const half = 0.71 * coarse
	return c*c <= half*half*float64(length)
}

func applySplits(segs []segment, splits []split) []segment {
	slices.SortFunc(splits, func(p, q split) int {
		if p.seg != q.seg {
			return cmp.Compare(p.seg, q.seg)
		}
		s := segs[p.seg]
		return cmp.Or(cmp.Compare(dot(s.a, s.b, p.v), dot(s.a, s.b, q.v)), cmp.Compare(p.v.x, q.v.x), cmp.Compare(p.v.y, q.v.y))
	})
	splits = slices.Compact(splits)
	out := make([]segment, 0, len(segs)+len(splits))
	k := 0
	for i, s := range segs {
		from := s.a
		for ; k < len(splits) && splits[k].seg == int32(i); k++ {
			if v := splits[k].v; v != from {
				out = append(out, segment{from, v, s.source})
				from = v
			}
		}
		if from != s.b {
			out = append(out, segment{from, s.b, s.source})
		}
	}
	return out
}

// cells is a grid of lists of segments, 200 m a cell.
type cells struct {
	columns, rows int32
	lists         [][]int32
}

const cellSize = 200_000

func newCells(segs []segment) *cells {
	var mx, my int32
	for _, s := range segs {
		mx, my = max(mx, s.a.x, s.b.x), max(my, s.a.y, s.b.y)
	}
	c := &cells{columns: mx/cellSize + 2, rows: my/cellSize + 2}
	c.lists = make([][]int32, int(c.columns)*int(c.rows))
	for i, s := range segs {
		c.within(s, coarse, func(k int32) { c.lists[k] = append(c.lists[k], int32(i)) })
	}
	return c
}

// within visits the cells that the bounds of s, grown by margin, touch.
func (c *cells) within(s segment, margin int32, visit func(int32)) {
	x0, x1 := (min(s.a.x, s.b.x)-margin)/cellSize, (max(s.a.x, s.b.x)+margin)/cellSize
	y0, y1 := (min(s.a.y, s.b.y)-margin)/cellSize, (max(s.a.y, s.b.y)+margin)/cellSize
	for y := max(0, y0); y <= min(y1, c.rows-1); y++ {
		for x := max(0, x0); x <= min(x1, c.columns-1); x++ {
			visit(y*c.columns + x)
		}
	}
}
