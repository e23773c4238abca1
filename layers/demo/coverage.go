package demo

import (
	"cmp"
	"slices"
)

// expand gives a ring all the vertices that cuts on either side have left on its edges. Both sides of an edge read
// the same vertices in the same order, so neighbours match exactly.
func (d *land) expand(r []node, chords []chord) []vert {
	out := make([]vert, 0, len(r)+8)
	for i, n := range r {
		out = append(out, n.v)
		a, b, in, more := d.edge(n.e, chords)
		if len(in)+len(more) == 0 {
			continue
		}
		out = between(out, a, b, n.v, r[(i+1)%len(r)].v, in, more)
	}
	return out
}

// edge is an edge's ends and the vertices left on it from its two sides.
func (d *land) edge(e int32, chords []chord) (a, b vert, in, more []vert) {
	if e == noEdge {
		return a, b, nil, nil
	}
	if e < 0 {
		c := chords[-1-e]
		return c.a, c.b, c.in, nil
	}
	e &^= 1
	return d.skeleton.vert(e), d.skeleton.vert(e | 1), d.on[e], d.on[e|1]
}

// between adds to out the vertices that lie between from and to in the order along a → b.
func between(out []vert, a, b, from, to vert, in, more []vert) []vert {
	order := func(p, q vert) int {
		return cmp.Or(cmp.Compare(dot(a, b, p), dot(a, b, q)), cmp.Compare(p.x, q.x), cmp.Compare(p.y, q.y))
	}
	back := order(from, to) > 0
	if back {
		from, to = to, from
	}
	start := len(out)
	for _, vs := range [2][]vert{in, more} {
		for _, v := range vs {
			if order(v, from) > 0 && order(v, to) < 0 {
				out = append(out, v)
			}
		}
	}
	slices.SortFunc(out[start:], order)
	n := len(slices.Compact(out[start:]))
	out = out[:start+n]
	if back {
		slices.Reverse(out[start:])
	}
	return out
}

// rings expands every ring of a piece.
func (d *land) rings(p piece, chords []chord) [][]vert {
	out := make([][]vert, len(p.rings))
	for i, r := range p.rings {
		out[i] = d.expand(r, chords)
	}
	return out
}

// regions unites faces by number: key gives each face its region, -1 none. Every region gets its pieces.
func (d *land) regions(n int, key func(f int32) int32) [][]piece {
	s := d.skeleton
	side := func(h int32) int32 {
		if f := s.face[h]; f >= 0 {
			return key(f)
		}
		return -1
	}
	seen := make([]bool, len(s.from))
	loops := make([][][]node, n)
	for h := range s.from {
		u := side(int32(h))
		if u < 0 || seen[h] || side(int32(h)^1) == u {
			continue
		}
		var r []node
		for g := int32(h); !seen[g]; {
			seen[g] = true
			r = append(r, node{s.vert(g), g})
			for g = s.next[g]; side(g^1) == u; g = s.next[g^1] {
			}
		}
		loops[u] = append(loops[u], unpinch(r)...)
	}
	out := make([][]piece, n)
	for u, ls := range loops {
		out[u] = assemble(ls)
	}
	return out
}

// assemble sorts loops into pieces: those that run anticlockwise, with the holes they hold.
func assemble(loops [][]node) []piece {
	var out []piece
	for _, l := range loops {
		if nodesArea(l) > 0 {
			out = append(out, piece{[][]node{l}})
		}
	}
	slices.SortStableFunc(out, func(a, b piece) int { return cmp.Compare(nodesArea(a.rings[0]), nodesArea(b.rings[0])) })
	for _, l := range loops {
		if nodesArea(l) <= 0 {
			place(l, out)
		}
	}
	slices.Reverse(out)
	return out
}

// dissolve unites the parcels of a unit that have equal keys (>= 0) and touch; the pieces' vertices are final.
func (d *land) dissolve(u *unit, key func(i int) int) (keys []int, pieces [][][]vert) {
	byKey := map[int][]int{}
	var order []int
	for i := range u.parcels {
		k := key(i)
		if k < 0 {
			continue
		}
		if byKey[k] == nil {
			order = append(order, k)
		}
		byKey[k] = append(byKey[k], i)
	}
	for _, k := range order {
		if len(byKey[k]) == 1 {
			p := u.parcels[byKey[k][0]]
			keys, pieces = append(keys, k), append(pieces, d.rings(p.piece, u.chords))
			continue
		}
		for _, p := range d.unite(u, byKey[k]) {
			rs := make([][]vert, len(p.rings))
			for i, r := range p.rings {
				rs[i] = vertsOf(r)
			}
			keys, pieces = append(keys, k), append(pieces, rs)
		}
	}
	return keys, pieces
}

// unite cancels the edges two parcels share and chains the rest.
func (d *land) unite(u *unit, which []int) []piece {
	type step struct{ a, b vert }
	count := map[step]bool{}
	var steps []step
	for _, i := range which {
		for _, r := range d.rings(u.parcels[i].piece, u.chords) {
			for k, v := range r {
				s := step{v, r[(k+1)%len(r)]}
				count[s] = true
				steps = append(steps, s)
			}
		}
	}
	next := map[vert][]vert{}
	var starts []vert
	for _, s := range steps {
		if !count[step{s.b, s.a}] {
			next[s.a] = append(next[s.a], s.b)
			starts = append(starts, s.a)
		}
	}
	var loops [][]node
	for _, s := range starts {
		if len(next[s]) == 0 {
			continue
		}
		var r []node
		for v := s; len(next[v]) > 0; {
			to := next[v][0]
			next[v] = next[v][1:]
			r = append(r, node{v: v})
			v = to
		}
		for _, l := range unpinch(r) {
			if len(l) > 2 {
				loops = append(loops, l)
			}
		}
	}
	return assemble(loops)
}

// polygon turns rings of vertices into a closed polygon in metres.
func polygon(rings [][]vert) Polygon {
	out := make(Polygon, len(rings))
	for i, r := range rings {
		for _, v := range r {
			out[i] = append(out[i], v.point())
		}
		out[i] = append(out[i], r[0].point())
	}
	return out
}

// overlay gives what of the county lies where in says, bounded by the lines given.
func (m *maker) overlay(in func(Point) bool, lines ...[]Point) []Polygon {
	segs := segments(nil, m.outline, 0)
	for _, l := range lines {
		segs = segments(segs, l, 0)
	}
	s := &skeleton{m: m, arrangement: arrange(nodeAll(slices.DeleteFunc(segs, outsideWindow)))}
	d := &land{skeleton: s}
	ok := make([]int32, len(s.faces))
	for f := range s.faces {
		p := inside(s.rings(int32(f)))
		ok[f] = -1
		if contains(m.outline, p) && in(p) {
			ok[f] = 0
		}
	}
	var out []Polygon
	for _, p := range d.regions(1, func(f int32) int32 { return ok[f] })[0] {
		if p.area() < 1000 {
			continue
		}
		var rs [][]vert
		for _, r := range p.rings {
			rs = append(rs, vertsOf(r))
		}
		out = append(out, polygon(rs))
	}
	return out
}
