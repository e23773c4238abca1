package mvt

import (
	"cmp"
	"slices"
)

// healer makes a valid polygon of rings that rounding to the grid has bent over themselves or each other: needle tips
// turn inside out, holes come to lie on their shells.
//
// Method: all edges are noded on the grid (an edge is broken where another crosses or touches it, the place rounded, until
// nothing crosses: Hobby 1999 in spirit), edges there and back cancel, those with the inside (winding number at least 1; of a
// ring alone, any but 0: both wings of a bow tie) on one side only are the boundary, and are followed into rings that pass no
// place twice.
type healer struct {
	edges []edge
	spans []span
	next  []edge
	found []cell
	walk  []cell
	used  []bool
	alone bool // it is one ring
}

// edge is directed: where rings are wound well, the inside lies to its left in the sense of a positive area.
type edge struct{ a, b cell }

// mostHealed is the largest polygon, in corners, that is healed; a larger one keeps what rounding made of it.
const mostHealed = 20_000

// bent reports whether rings cross or touch themselves or each other: a place that is passed twice is one where two edges
// that begin there touch.
func (h *healer) bent(rings [][]cell) bool {
	if len(rings) == 1 && starShaped(rings[0]) {
		return false
	}
	h.take(rings)
	return len(h.edges) <= mostHealed && h.touch()
}

// touch reports whether two edges have more in common than the corner of neighbours.
func (h *healer) touch() (found bool) {
	h.pairs(func(i, j int) bool {
		e, f := h.edges[i], h.edges[j]
		if e.b == f.a || f.b == e.a { // neighbours in a ring meet in one corner and nowhere else
			found = e.b == f.a && f.b == e.a || overlap(e, f)
			return found
		}
		found = meets(e, f)
		return found
	})
	return found
}

// starShaped reports whether all of a ring is seen from the middle of its corners, to the left of each edge, and goes round it once:
// then it can not meet itself. Most parcels are such.
func starShaped(ring []cell) bool {
	n := int64(len(ring))
	var x, y int64 // of the middle, n times
	for _, c := range ring {
		x, y = x+int64(c.x), y+int64(c.y)
	}
	last := ring[n-1]
	ax, ay, turns := n*int64(last.x)-x, n*int64(last.y)-y, 0
	for _, c := range ring {
		bx, by := n*int64(c.x)-x, n*int64(c.y)-y
		if ax*by <= bx*ay {
			return false
		}
		if ay < 0 && by >= 0 {
			turns++
		}
		ax, ay = bx, by
	}
	return turns == 1
}

func (h *healer) take(rings [][]cell) {
	h.edges = h.edges[:0]
	for _, ring := range rings {
		last := ring[len(ring)-1]
		for _, c := range ring {
			h.edges = append(h.edges, edge{last, c})
			last = c
		}
	}
}

// span is the box of an edge.
type span struct {
	minX, maxX, minY, maxY int32
	edge                   int
}

// fewEdges are compared each with each: that is quicker than to sort them.
const fewEdges = 32

// pairs calls f with the edges whose boxes meet, until it returns true.
func (h *healer) pairs(f func(i, j int) bool) {
	h.spans = h.spans[:0]
	for i, e := range h.edges {
		h.spans = append(h.spans, span{min(e.a.x, e.b.x), max(e.a.x, e.b.x), min(e.a.y, e.b.y), max(e.a.y, e.b.y), i})
	}
	sorted := len(h.spans) > fewEdges
	if sorted {
		slices.SortFunc(h.spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.minX, b.minX), a.edge-b.edge) })
	}
	for n := range h.spans {
		a := &h.spans[n]
		for m := n + 1; m < len(h.spans); m++ {
			b := &h.spans[m]
			if b.minX > a.maxX {
				if sorted {
					break
				}
				continue
			}
			if b.maxX < a.minX || b.maxY < a.minY || b.minY > a.maxY {
				continue
			}
			if f(a.edge, b.edge) {
				return
			}
		}
	}
}

// side is positive where c lies to the left of a–b in the sense of a positive area, 0 on the line.
func side(a, b, c cell) int64 {
	return int64(b.x-a.x)*int64(c.y-a.y) - int64(b.y-a.y)*int64(c.x-a.x)
}

// on reports whether c, which is in line with a–b, lies between them.
func on(e edge, c cell) bool {
	return min(e.a.x, e.b.x) <= c.x && c.x <= max(e.a.x, e.b.x) && min(e.a.y, e.b.y) <= c.y && c.y <= max(e.a.y, e.b.y)
}

// meets reports whether two edges have a place in common.
func meets(e, f edge) bool {
	s1, s2, s3, s4 := side(e.a, e.b, f.a), side(e.a, e.b, f.b), side(f.a, f.b, e.a), side(f.a, f.b, e.b)
	if s1 != 0 && s2 != 0 && s3 != 0 && s4 != 0 {
		return (s1 > 0) != (s2 > 0) && (s3 > 0) != (s4 > 0)
	}
	return s1 == 0 && on(e, f.a) || s2 == 0 && on(e, f.b) || s3 == 0 && on(f, e.a) || s4 == 0 && on(f, e.b)
}

// overlap reports whether two edges that share a corner share more.
func overlap(e, f edge) bool {
	if e.b != f.a {
		e, f = f, e
	}
	return side(e.a, e.b, f.b) == 0 && (on(e, f.b) || on(f, e.a))
}

// heal returns valid rings: each outer one, wound to a positive area, before its holes. They are good until the next call.
func (h *healer) heal(rings [][]cell) [][]cell {
	h.take(rings)
	h.alone = len(rings) == 1
	for range 16 {
		if !h.node() {
			break
		}
	}
	h.cancel()
	h.bound()
	return h.follow()
}

// node breaks edges where others cross or touch them; false where nothing had to be.
func (h *healer) node() bool {
	cuts := map[int][]cell{}
	h.pairs(func(i, j int) bool {
		e, f := h.edges[i], h.edges[j]
		for _, c := range h.common(e, f) {
			if c != e.a && c != e.b {
				cuts[i] = append(cuts[i], c)
			}
			if c != f.a && c != f.b {
				cuts[j] = append(cuts[j], c)
			}
		}
		return false
	})
	if len(cuts) == 0 {
		return false
	}
	h.next = h.next[:0]
	for i, e := range h.edges {
		places := cuts[i]
		dx, dy := int64(e.b.x-e.a.x), int64(e.b.y-e.a.y)
		along := func(c cell) int64 { return int64(c.x-e.a.x)*dx + int64(c.y-e.a.y)*dy }
		slices.SortFunc(places, func(p, q cell) int { return cmp.Compare(along(p), along(q)) })
		from := e.a
		for _, c := range append(places, e.b) {
			if c != from {
				h.next = append(h.next, edge{from, c})
				from = c
			}
		}
	}
	h.edges, h.next = h.next, h.edges
	return true
}

// common are the places two edges have in common, on the grid.
func (h *healer) common(e, f edge) []cell {
	h.found = h.found[:0]
	s1, s2, s3, s4 := side(e.a, e.b, f.a), side(e.a, e.b, f.b), side(f.a, f.b, e.a), side(f.a, f.b, e.b)
	for _, t := range [4]struct {
		s int64
		e edge
		c cell
	}{{s1, e, f.a}, {s2, e, f.b}, {s3, f, e.a}, {s4, f, e.b}} {
		if t.s == 0 && on(t.e, t.c) {
			h.found = append(h.found, t.c)
		}
	}
	if len(h.found) == 0 && s1 != 0 && s2 != 0 && (s1 > 0) != (s2 > 0) && s3 != 0 && s4 != 0 && (s3 > 0) != (s4 > 0) {
		t := float64(s3) / float64(s3-s4)
		h.found = append(h.found, round(point{float64(e.a.x) + t*float64(e.b.x-e.a.x), float64(e.a.y) + t*float64(e.b.y-e.a.y)}))
	}
	return h.found
}

// cancel takes edges away that go there and back; what is left of equal ones is one each.
func (h *healer) cancel() {
	net := map[edge]int{}
	for _, e := range h.edges {
		if net[edge{e.b, e.a}] > 0 {
			net[edge{e.b, e.a}]--
		} else {
			net[e]++
		}
	}
	h.next = h.next[:0]
	for _, e := range h.edges {
		for range net[e] {
			h.next = append(h.next, e)
		}
		delete(net, e)
	}
	h.edges, h.next = h.next, h.edges
}

// bound keeps the edges that have the inside on one side only, and turns them so that it is the left.
func (h *healer) bound() {
	h.next = h.next[:0]
	seen := map[edge]bool{}
	for _, e := range h.edges {
		if seen[e] || seen[edge{e.b, e.a}] {
			continue
		}
		seen[e] = true
		right, multiplicity := h.winding(e)
		left := right + multiplicity
		switch {
		case h.inside(left) && !h.inside(right):
			h.next = append(h.next, e)
		case h.inside(right) && !h.inside(left):
			h.next = append(h.next, edge{e.b, e.a})
		}
	}
	h.edges, h.next = h.next, h.edges
}

func (h *healer) inside(winding int) bool { return winding >= 1 || h.alone && winding != 0 }

// winding is the winding number just to the right of the middle of e, and how often e itself is there.
// A ray goes from the middle; e counts for its left side.
func (h *healer) winding(e edge) (right, multiplicity int) {
	mx, my := int64(e.a.x)+int64(e.b.x), int64(e.a.y)+int64(e.b.y) // twice the middle
	steep := e.a.y != e.b.y
	total := 0
	for _, f := range h.edges {
		if f == e {
			multiplicity++
			continue
		}
		if steep {
			total += crossing(f.a.x, f.a.y, f.b.x, f.b.y, mx, my)
		} else { // a level edge: the ray goes along y, with the axes exchanged, which turns the sense round
			total -= crossing(f.a.y, f.a.x, f.b.y, f.b.x, my, mx)
		}
	}
	// total is the number on the side of e the ray leaves by: +x of a steep edge, +y of a level one.
	leftIsRay := steep && e.b.y < e.a.y || !steep && e.b.x > e.a.x
	if leftIsRay {
		return total - multiplicity, multiplicity
	}
	return total, multiplicity
}

// crossing is +1 where the edge crosses the ray from (mx, my)/2 towards +x upwards in y, −1 downwards, else 0.
func crossing(ax, ay, bx, by int32, mx, my int64) int {
	up := 2*int64(ay) <= my && 2*int64(by) > my
	down := 2*int64(by) <= my && 2*int64(ay) > my
	if !up && !down {
		return 0
	}
	// The place where it crosses lies beyond mx/2: sign of (x − mx/2), without dividing.
	dy := int64(by) - int64(ay)
	d := (2*int64(ax)-mx)*dy + (my-2*int64(ay))*(int64(bx)-int64(ax))
	if dy < 0 {
		d = -d
	}
	if d <= 0 {
		return 0
	}
	if up {
		return 1
	}
	return -1
}

// follow makes rings of the boundary and orders them.
func (h *healer) follow() (healed [][]cell) {
	from := map[cell][]int{}
	for i, e := range h.edges {
		from[e.a] = append(from[e.a], i)
	}
	h.used = append(h.used[:0], make([]bool, len(h.edges))...)
	var shells, holes [][]cell
	for i := range h.edges {
		if h.used[i] {
			continue
		}
		at := map[cell]int{}
		h.walk = h.walk[:0]
		for j := i; j >= 0; j = h.leave(from, h.edges[j]) {
			h.used[j] = true
			c := h.edges[j].a
			if start, ok := at[c]; ok { // a loop is closed: it is a ring by itself
				shells, holes = sortRing(h.walk[start:], shells, holes)
				for _, p := range h.walk[start:] {
					delete(at, p)
				}
				h.walk = h.walk[:start]
			}
			at[c] = len(h.walk)
			h.walk = append(h.walk, c)
		}
		shells, holes = sortRing(h.walk, shells, holes)
	}
	slices.SortStableFunc(shells, func(a, b []cell) int { return cmp.Compare(twiceArea(a), twiceArea(b)) }) // a hole is in the smallest
	inside := make([][][]cell, len(shells))
	for _, hole := range holes {
		for i, shell := range shells {
			if holds(shell, hole) {
				inside[i] = append(inside[i], hole)
				break
			}
		}
	}
	for i, shell := range shells {
		healed = append(append(healed, shell), inside[i]...)
	}
	return healed
}

// leave is the edge to follow after e: of those that go out the sharpest to the left, so that parts which meet in one
// place are rings of their own; −1 where none is left.
func (h *healer) leave(from map[cell][]int, e edge) int {
	best := -1
	for _, i := range from[e.b] {
		if !h.used[i] && (best < 0 || sharper(e, h.edges[i].b, h.edges[best].b)) {
			best = i
		}
	}
	return best
}

// sharper reports whether going on from e to p is a turn more to the left than going on to q.
func sharper(e edge, p, q cell) bool {
	sp, sq := side(e.a, e.b, p), side(e.a, e.b, q)
	if (sp > 0) != (sq > 0) {
		return sp > 0
	}
	return side(e.b, q, p) > 0
}

func sortRing(ring []cell, shells, holes [][]cell) ([][]cell, [][]cell) {
	var kept []cell
	for _, c := range ring {
		kept = appendCell(kept, 0, c)
	}
	kept = closeCells(kept)
	switch area := twiceArea(kept); {
	case area > 0:
		shells = append(shells, kept)
	case area < 0:
		holes = append(holes, kept)
	}
	return shells, holes
}

// holds reports whether a hole lies in a shell that it may touch: by the first of its middles that is not on the rim.
func holds(shell, hole []cell) bool {
	ring := make([]point, len(shell))
	for i, c := range shell {
		ring[i] = point{float64(c.x), float64(c.y)}
	}
	last := hole[len(hole)-1]
	for _, c := range hole {
		p := point{(float64(c.x) + float64(last.x)) / 2, (float64(c.y) + float64(last.y)) / 2}
		if !onRim(shell, p) {
			return contains(ring, p)
		}
		last = c
	}
	return true
}

func onRim(shell []cell, p point) bool {
	last := shell[len(shell)-1]
	for _, c := range shell {
		cross := (float64(c.x)-float64(last.x))*(p.y-float64(last.y)) - (float64(c.y)-float64(last.y))*(p.x-float64(last.x))
		if cross == 0 && min(float64(c.x), float64(last.x)) <= p.x && p.x <= max(float64(c.x), float64(last.x)) &&
			min(float64(c.y), float64(last.y)) <= p.y && p.y <= max(float64(c.y), float64(last.y)) {
			return true
		}
		last = c
	}
	return false
}
