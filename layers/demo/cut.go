package demo

import (
	"cmp"
	"math"
	"slices"
)

// node is a corner of a piece: a place, and the edge that leads from it to the next. Edges are half-edges of the skeleton
// (>= 0), or chords of the unit (-1-k).
type node struct {
	v vert
	e int32
}

// piece is a connected part of a unit: rings, the outer first.
type piece struct{ rings [][]node }

// chord is a straight line through a unit, cut once; the vertices other cuts have left on it belong to both sides.
type chord struct {
	a, b vert
	in   []vert
}

// unit is a connected part of the skeleton with one label, and the parcels it is cut into.
type unit struct {
	label
	whole   piece
	chords  []chord
	parcels []parcel
	lines   []ditchLine
}

// ditchLine is the middle of a field ditch.
type ditchLine struct {
	a, b  Point
	width float64
}

// parcel is one land-use parcel.
type parcel struct {
	piece
	class uint8 // index into classes
}

func (p piece) area() float64 {
	s := 0.0
	for _, r := range p.rings {
		s += nodesArea(r)
	}
	return s
}

func nodesArea(r []node) float64 {
	var s int64
	o := r[0].v
	for i, a := range r {
		b := r[(i+1)%len(r)].v
		s += int64(a.v.x-o.x)*int64(b.y-o.y) - int64(b.x-o.x)*int64(a.v.y-o.y)
	}
	return float64(s) / 2e6
}

// cutter cuts one unit; on holds the vertices left on the skeleton's half-edges, each written by its own face's unit.
type cutter struct {
	u  *unit
	on [][]vert
}

// crossing is where the line of a cut passes a ring.
type crossing struct {
	along      float64
	v          vert
	e          int32
	leaves     bool // the ring goes from the left of the line to its right
	end, start int32
}

type link struct {
	node
	next int32
}

// least is the smallest piece a cut may leave, m².
const least = 30

// cut divides p by the line through o in direction angle into what is left and right of it. It leaves p whole, ok
// false, where the line misses or a part would be a speck.
func (c *cutter) cut(p piece, o Point, angle float64) (left, right []piece, ok bool) {
	links, crossings := crossLinks(p, o, angle)
	if len(crossings) < 2 || len(crossings)%2 != 0 {
		return nil, nil, false
	}
	slices.SortStableFunc(crossings, func(a, b crossing) int { return cmp.Compare(a.along, b.along) })
	first := int32(len(c.u.chords))
	for i := 0; i < len(crossings); i += 2 {
		a, b := crossings[i], crossings[i+1]
		if !a.leaves || b.leaves {
			return nil, nil, false
		}
		e := -1 - (first + int32(i/2))
		links[a.end].next, links[a.end].e = b.start, e
		links[b.end].next, links[b.end].e = a.start, e
	}
	var holes [][]node
	for _, r := range walk(links) {
		a := nodesArea(r)
		switch {
		case a > -1e-9 && a < least:
			return nil, nil, false
		case a < 0:
			holes = append(holes, r)
		case farthest(piece{[][]node{r}}, o, angle) > 0:
			left = append(left, piece{[][]node{r}})
		default:
			right = append(right, piece{[][]node{r}})
		}
	}
	if len(left) == 0 || len(right) == 0 {
		return nil, nil, false
	}
	for _, h := range holes {
		if !place(h, left) && !place(h, right) {
			return nil, nil, false
		}
	}
	for i := 0; i < len(crossings); i += 2 {
		c.u.chords = append(c.u.chords, longChord(crossings[i].v, crossings[i+1].v))
	}
	for _, x := range crossings {
		c.leave(x.e, x.v)
	}
	return left, right, true
}

// longChord is a chord with vertices at least every 150 m: the straight line on the map, the geodesic of an area rule
// and the projected line then stay within a millimetre of each other.
func longChord(a, b vert) chord {
	c := chord{a: a, b: b}
	p, q := a.point(), b.point()
	n := int(dist(p, q)/150) + 1
	for k := 1; k < n; k++ {
		c.in = append(c.in, snap(lerp(p, q, float64(k)/float64(n))))
	}
	return c
}

// farthest is the distance of p's farthest corner from the line, positive to its left.
func farthest(p piece, o Point, angle float64) float64 {
	sin, cos := math.Sincos(angle)
	most := 0.0
	for _, n := range p.rings[0] {
		q := n.v.point()
		if s := cos*(q.Y-o.Y) - sin*(q.X-o.X); math.Abs(s) > math.Abs(most) {
			most = s
		}
	}
	return most
}

// leave puts a vertex on an edge.
func (c *cutter) leave(e int32, v vert) {
	if e >= 0 {
		c.on[e] = append(c.on[e], v)
	} else {
		c.u.chords[-1-e].in = append(c.u.chords[-1-e].in, v)
	}
}

// crossLinks chains the nodes of p and opens the chains where the line crosses.
func crossLinks(p piece, o Point, angle float64) ([]link, []crossing) {
	sin, cos := math.Sincos(angle)
	var links []link
	var crossings []crossing
	for _, r := range p.rings {
		base := int32(len(links))
		side := make([]float64, len(r))
		for i, n := range r {
			q := n.v.point()
			side[i] = cos*(q.Y-o.Y) - sin*(q.X-o.X)
			links = append(links, link{n, base + int32((i+1)%len(r))})
		}
		for i, n := range r {
			j := (i + 1) % len(r)
			if (side[i] >= 0) == (side[j] >= 0) {
				continue
			}
			a, b := n.v.point(), r[j].v.point()
			q := lerp(a, b, side[i]/(side[i]-side[j]))
			v := snap(q)
			const near = 0.25
			if l := dist(a, b); dist(a, q) < math.Min(near, l/2) {
				v = n.v
			} else if dist(b, q) < math.Min(near, l/2) {
				v = r[j].v
			}
			end, start := int32(len(links)), int32(len(links)+1)
			links = append(links, link{node{v, 0}, -1}, link{node{v, n.e}, base + int32(j)})
			links[base+int32(i)].next = end
			crossings = append(crossings, crossing{cos*(q.X-o.X) + sin*(q.Y-o.Y), v, n.e, side[i] >= 0, end, start})
		}
	}
	return links, crossings
}

// walk follows the links into rings without repeated vertices.
func walk(links []link) [][]node {
	seen := make([]bool, len(links))
	var out [][]node
	for i := range links {
		if seen[i] {
			continue
		}
		var r []node
		for k := int32(i); !seen[k]; k = links[k].next {
			seen[k] = true
			if n := len(r); n > 0 && r[n-1].v == links[k].v {
				r[n-1] = links[k].node // nothing lies between: the later edge counts
				continue
			}
			r = append(r, links[k].node)
		}
		for len(r) > 1 && r[len(r)-1].v == r[0].v {
			r = r[:len(r)-1]
		}
		if len(r) > 2 {
			out = append(out, r)
		}
	}
	return out
}

// place puts a hole into the piece that holds it.
func place(h []node, ps []piece) bool {
	for i := range ps {
		in := 0
		for _, n := range h {
			if inNodes(ps[i].rings[0], n.v) {
				in++
			}
		}
		if in*2 > len(h) {
			ps[i].rings = append(ps[i].rings, h)
			return true
		}
	}
	return false
}

func inNodes(r []node, v vert) bool {
	in := false
	for i, p := range r {
		a, b := p.v, r[(i+1)%len(r)].v
		if a.y > v.y != (b.y > v.y) {
			if k := cross(a, b, v); k > 0 == (b.y > a.y) && k != 0 {
				in = !in
			}
		}
	}
	return in
}
