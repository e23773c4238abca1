package demo

import "math"

// noEdge marks a corner whose ring has all its vertices already.
const noEdge = math.MinInt32

// repair joins parcels that rounding has made to touch or cross themselves with a neighbour in their unit. It is rare:
// a strip millimetres wide where a cut has passed close by a corner.
func (d *land) repair(u *unit) {
	if len(u.parcels) < 2 {
		return
	}
	for i := 0; i < len(u.parcels); i++ {
		rings := d.rings(u.parcels[i].piece, u.chords)
		if simple(rings) || u.untie(i, rings) {
			continue
		}
		for k := 1; k < len(u.parcels); k++ {
			j := i + (k+1)/2 // cuts leave neighbours near each other
			if k%2 == 0 {
				j = i - k/2
			}
			if j >= 0 && j < len(u.parcels) && d.merge(u, i, j) {
				i = -1
				break
			}
		}
		if i == -1 {
			continue // look again from the start: indexes have moved
		}
	}
}

// untie divides a parcel that touches itself at a corner into the parts it has there.
func (u *unit) untie(i int, rings [][]vert) bool {
	var loops [][]node
	for _, r := range rings {
		ns := make([]node, len(r))
		for k, v := range r {
			ns[k] = node{v, noEdge}
		}
		loops = append(loops, unpinch(ns)...)
	}
	ps := assemble(loops)
	for _, p := range ps {
		for _, r := range p.rings {
			if len(r) < 3 || !simple([][]vert{vertsOf(r)}) {
				return false
			}
		}
	}
	class := u.parcels[i].class
	u.parcels[i].piece = ps[0]
	for _, p := range ps[1:] {
		u.parcels = append(u.parcels, parcel{p, class})
	}
	return true
}

// merge makes parcels i and j one, of the class of the larger, if that is a whole and simple piece.
func (d *land) merge(u *unit, i, j int) bool {
	ps := d.unite(u, []int{i, j})
	if len(ps) != 1 || !simple([][]vert{vertsOf(ps[0].rings[0])}) || len(ps[0].rings) > 1 {
		return false
	}
	for _, r := range ps[0].rings {
		for k := range r {
			r[k].e = noEdge
		}
	}
	class := u.parcels[i].class
	if u.parcels[j].area() > u.parcels[i].area() {
		class = u.parcels[j].class
	}
	u.parcels[i] = parcel{ps[0], class}
	u.parcels = append(u.parcels[:j], u.parcels[j+1:]...)
	return true
}

// simple reports whether no ring touches or crosses itself.
func simple(rings [][]vert) bool {
	for _, r := range rings {
		n := len(r)
		for i := range r {
			a, b := r[i], r[(i+1)%n]
			if c := r[(i+2)%n]; a == b || cross(a, b, c) == 0 && dot(b, a, c) > 0 {
				return false
			}
			for j := i + 2; j < n; j++ {
				if i == 0 && j == n-1 {
					continue
				}
				if touches(a, b, r[j], r[(j+1)%n]) {
					return false
				}
			}
		}
	}
	return true
}

// touches reports whether the closed segments a b and c d have a point in common.
func touches(a, b, c, d vert) bool {
	if max(a.x, b.x) < min(c.x, d.x) || max(c.x, d.x) < min(a.x, b.x) || max(a.y, b.y) < min(c.y, d.y) || max(c.y, d.y) < min(a.y, b.y) {
		return false
	}
	p, q := cross(a, b, c), cross(a, b, d)
	r, s := cross(c, d, a), cross(c, d, b)
	return !(p > 0 && q > 0 || p < 0 && q < 0 || r > 0 && s > 0 || r < 0 && s < 0)
}
