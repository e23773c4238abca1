package demo

import (
	"cmp"
	"math"
	"slices"
)

// arrangement is a planar subdivision. Half-edges 2i and 2i+1 are the two sides of edge i; each has its face on the left.
type arrangement struct {
	verts []vert
	from  []int32 // start of each half-edge, index into verts
	next  []int32 // next half-edge around the same face
	face  []int32 // face of each half-edge, -1 = outside everything
	faces []face
}

// face is a region bounded by edges.
type face struct {
	first []int32 // a half-edge of each ring, the outer first
	area  float64 // m²
}

// arrange finds the faces between noded segments; loose ends are cut off.
func arrange(segs []segment) *arrangement {
	segs = prune(segs)
	a := &arrangement{}
	number := make(map[vert]int32, len(segs))
	vertex := func(v vert) int32 {
		i, ok := number[v]
		if !ok {
			i = int32(len(a.verts))
			number[v], a.verts = i, append(a.verts, v)
		}
		return i
	}
	a.from = make([]int32, 0, 2*len(segs))
	for _, s := range segs {
		a.from = append(a.from, vertex(s.a), vertex(s.b))
	}
	a.link()
	a.trace()
	return a
}

// prune removes segments with a loose end until none is left.
func prune(segs []segment) []segment {
	at := make(map[vert][]int32, len(segs))
	for i, s := range segs {
		at[s.a] = append(at[s.a], int32(i))
		at[s.b] = append(at[s.b], int32(i))
	}
	gone := make([]bool, len(segs))
	degree := func(v vert) (n int, last int32) {
		for _, i := range at[v] {
			if !gone[i] {
				n, last = n+1, i
			}
		}
		return n, last
	}
	for _, s := range segs {
		for _, v := range [2]vert{s.a, s.b} {
			for n, k := degree(v); n == 1; n, k = degree(v) {
				gone[k] = true
				if v == segs[k].a {
					v = segs[k].b
				} else {
					v = segs[k].a
				}
			}
		}
	}
	kept := segs[:0]
	for i, s := range segs {
		if !gone[i] {
			kept = append(kept, s)
		}
	}
	return kept
}

func (a *arrangement) vert(h int32) vert { return a.verts[a.from[h]] }

// link sorts the half-edges around each vertex and joins each with the next around its face.
func (a *arrangement) link() {
	out := make([][]int32, len(a.verts))
	for h, v := range a.from {
		out[v] = append(out[v], int32(h))
	}
	a.next = make([]int32, len(a.from))
	for v, hs := range out {
		o := a.verts[v]
		half := func(h int32) int {
			d := a.vert(h ^ 1)
			if d.y > o.y || d.y == o.y && d.x > o.x {
				return 0
			}
			return 1
		}
		slices.SortFunc(hs, func(p, q int32) int {
			if c := cmp.Compare(half(p), half(q)); c != 0 {
				return c
			}
			return cmp.Compare(0, cross(o, a.vert(p^1), a.vert(q^1)))
		})
		for i, h := range hs {
			a.next[h^1] = hs[(i+len(hs)-1)%len(hs)]
		}
	}
}

// trace walks around every face.
func (a *arrangement) trace() {
	a.face = make([]int32, len(a.from))
	for h := range a.face {
		a.face[h] = -2
	}
	var holes []int32
	for h := range a.from {
		if a.face[h] != -2 {
			continue
		}
		ring := a.ring(int32(h))
		area := ringArea(ring)
		id := int32(-1)
		if area > 0 {
			id = int32(len(a.faces))
			a.faces = append(a.faces, face{first: []int32{int32(h)}, area: area})
		} else {
			holes = append(holes, int32(h))
		}
		a.mark(int32(h), id)
	}
	a.placeHoles(holes)
}

func (a *arrangement) mark(h, id int32) {
	for g := h; ; {
		a.face[g] = id
		if g = a.next[g]; g == h {
			return
		}
	}
}

func (a *arrangement) ring(h int32) []vert {
	var out []vert
	for g := h; ; {
		out = append(out, a.vert(g))
		if g = a.next[g]; g == h {
			return out
		}
	}
}

// placeHoles gives the outside of each separate component to the face it lies in.
func (a *arrangement) placeHoles(holes []int32) {
	if len(holes) < 2 {
		return
	}
	boxes := make([]box, len(a.faces))
	for i, f := range a.faces {
		boxes[i] = boxOf(a.ring(f.first[0]))
	}
	for _, h := range holes {
		ring := a.ring(h)
		b := boxOf(ring)
		best, least := int32(-1), math.Inf(1)
		for i, o := range boxes {
			if o.holds(b) && o != b && a.faces[i].area < least && inRing(a.ring(a.faces[i].first[0]), ring[0]) {
				best, least = int32(i), a.faces[i].area
			}
		}
		if best >= 0 {
			a.mark(h, best)
			a.faces[best].first = append(a.faces[best].first, h)
		}
	}
	for i, f := range a.faces {
		for _, h := range f.first[1:] {
			a.faces[i].area += ringArea(a.ring(h))
		}
	}
}

// rings returns the rings of a face, the outer first.
func (a *arrangement) rings(f int32) [][]vert {
	var out [][]vert
	for _, h := range a.faces[f].first {
		out = append(out, a.ring(h))
	}
	return out
}

// box is bounds in millimetres.
type box struct{ x0, y0, x1, y1 int32 }

func boxOf(r []vert) box {
	b := box{math.MaxInt32, math.MaxInt32, math.MinInt32, math.MinInt32}
	for _, v := range r {
		b = box{min(b.x0, v.x), min(b.y0, v.y), max(b.x1, v.x), max(b.y1, v.y)}
	}
	return b
}

func (b box) holds(o box) bool { return b.x0 <= o.x0 && b.y0 <= o.y0 && b.x1 >= o.x1 && b.y1 >= o.y1 }

// inRing reports whether v is inside the ring, even-odd.
func inRing(r []vert, v vert) bool {
	in := false
	for i, a := range r {
		b := r[(i+1)%len(r)]
		if a.y > v.y != (b.y > v.y) {
			c := cross(a, b, v)
			if c > 0 == (b.y > a.y) && c != 0 {
				in = !in
			}
		}
	}
	return in
}

// inside returns a point well inside the rings (even-odd): the middle of the widest chord at one of a few heights.
func inside(rings [][]vert) Point {
	b := boxOf(rings[0])
	best, at := -1.0, rings[0][0].point()
	for _, f := range [5]float64{0.5, 0.37, 0.63, 0.21, 0.81} {
		y := float64(b.y0) + f*float64(b.y1-b.y0) + 0.013
		var xs []float64
		for _, r := range rings {
			for i, p := range r {
				q := r[(i+1)%len(r)]
				if float64(p.y) > y != (float64(q.y) > y) {
					xs = append(xs, float64(p.x)+(y-float64(p.y))*float64(q.x-p.x)/float64(q.y-p.y))
				}
			}
		}
		slices.Sort(xs)
		for i := 1; i < len(xs); i += 2 {
			if w := xs[i] - xs[i-1]; w > best*1.2 {
				best, at = w, Point{originX + (xs[i]+xs[i-1])/2000, originY + y/1000}
			}
		}
	}
	return at
}
