package mvt

import (
	"math"
	"slices"
)

// segment is the part of a–b that lies in the box; false where there is none, or only a point of it.
// Method: Liang and Barsky 1984.
func (c box) segment(a, b point) (point, point, bool) {
	from, to := 0.0, 1.0
	dx, dy := b.x-a.x, b.y-a.y
	for _, side := range [4]struct{ p, q float64 }{{-dx, a.x - c.minX}, {dx, c.maxX - a.x}, {-dy, a.y - c.minY}, {dy, c.maxY - a.y}} {
		switch t := side.q / side.p; {
		case side.p == 0 && side.q < 0:
			return a, b, false
		case side.p < 0:
			from = max(from, t)
		case side.p > 0:
			to = min(to, t)
		}
	}
	if from >= to {
		return a, b, false
	}
	start, end := a, b
	if from > 0 {
		start = c.inside(point{a.x + from*dx, a.y + from*dy})
	}
	if to < 1 {
		end = c.inside(point{a.x + to*dx, a.y + to*dy})
	}
	return start, end, true
}

// inside puts a point that rounding has left beside the box onto its edge.
func (c box) inside(p point) point {
	return point{min(max(p.x, c.minX), c.maxX), min(max(p.y, c.minY), c.maxY)}
}

// rings are those of one polygon, or of several, each outer one followed by its holes. They are closed: the last point
// joins the first, which is not repeated.
type rings struct {
	points []point
	ends   []int
	outer  []bool
}

func (r *rings) reset() { r.points, r.ends, r.outer = r.points[:0], r.ends[:0], r.outer[:0] }

// end ends the ring that began at start; the first is the outer one.
func (r *rings) end(start int) {
	if n := len(r.points); n > start+1 && r.points[n-1] == r.points[start] {
		r.points = r.points[:n-1]
	}
	r.ends, r.outer = append(r.ends, len(r.points)), append(r.outer, len(r.ends) == 0)
}

func (r *rings) ring(i int) []point {
	start := 0
	if i > 0 {
		start = r.ends[i-1]
	}
	return r.points[start:r.ends[i]]
}

// add adds a ring.
func (r *rings) add(ring []point, outer bool) {
	r.points = append(r.points, ring...)
	r.ends, r.outer = append(r.ends, len(r.points)), append(r.outer, outer)
}

func signedArea(ring []point) (sum float64) {
	if len(ring) < 3 {
		return 0
	}
	o := ring[0] // reckoned from here, to keep the digits
	for i := 1; i+1 < len(ring); i++ {
		a, b := ring[i], ring[i+1]
		sum += (a.x-o.x)*(b.y-o.y) - (b.x-o.x)*(a.y-o.y)
	}
	return sum / 2
}

func contains(ring []point, p point) bool {
	in := false
	last := ring[len(ring)-1]
	for _, q := range ring {
		if (q.y > p.y) != (last.y > p.y) && p.x < (last.x-q.x)*(p.y-q.y)/(last.y-q.y)+q.x {
			in = !in
		}
		last = q
	}
	return in
}

// linker clips polygons by a box, so that what is left are proper polygons: separate parts are separate rings, and a
// hole that the box cuts becomes a part of the outer ring. The parts of the rings inside the box are chains; where one
// leaves the box, the boundary is followed to where the next comes in.
// Method: Sutherland and Hodgman 1974 where it is right, which is where no side of the box cuts a ring more than once: most
// small polygons. Else Weiler and Atherton 1977, for a rectangle. What comes out of that is proven by its area, and where
// rings that are no rings have led it astray, the first, which is always right in area, is taken after all.
type linker struct {
	box    box
	points []point // of all chains
	chains []chain
	entry  []int // chains by where they come in
	loop   []point
	work   []point
	ring   []point
	holes  rings
	outers rings
}

type chain struct {
	start, end int     // in points
	in, out    float64 // where on the boundary
	used       bool
}

func (k *linker) clip(c box, from, to *rings) {
	to.reset()
	k.box, k.points, k.chains = c, k.points[:0], k.chains[:0]
	if len(from.ends) == 1 {
		if ring, once := k.hodgman(from.ring(0)); once {
			if len(ring) >= 3 {
				to.add(ring, true)
			}
			return
		}
	}
	k.holes.reset()
	k.outers.reset()
	want := 0.0
	corner := false // the corner of the box lies in the polygon
	for i := range from.ends {
		ring := from.ring(i)
		if len(ring) < 3 {
			if i == 0 {
				return
			}
			continue
		}
		clipped, _ := k.hodgman(ring)
		area := math.Abs(signedArea(clipped))
		if !from.outer[i] {
			area = -area
		}
		want += area
		if contains(ring, point{c.minX, c.minY}) {
			corner = !corner
		}
		k.cut(ring, from.outer[i])
	}
	if len(k.chains) == 0 && corner && len(k.outers.ends) == 0 {
		k.outers.add([]point{{c.minX, c.minY}, {c.maxX, c.minY}, {c.maxX, c.maxY}, {c.minX, c.maxY}}, true)
	}
	ok := k.join()
	got := 0.0
	for i := range k.outers.ends {
		got += signedArea(k.outers.ring(i))
	}
	for i := range k.holes.ends {
		got -= math.Abs(signedArea(k.holes.ring(i)))
	}
	if tolerance := 1e-6*math.Abs(want) + 1e-3; !ok || math.Abs(got-want) > tolerance {
		k.plain(from, to)
		return
	}
	k.assign(to)
}

// cut takes a ring apart into chains, wound so that the polygon lies to one side of all; a ring that is not cut stays whole.
func (k *linker) cut(ring []point, outer bool) {
	k.ring = append(k.ring[:0], ring...)
	if (signedArea(ring) > 0) != outer {
		slices.Reverse(k.ring)
	}
	first := slices.IndexFunc(k.ring, func(p point) bool {
		return p.x < k.box.minX || p.x > k.box.maxX || p.y < k.box.minY || p.y > k.box.maxY
	})
	if first < 0 {
		if outer {
			k.outers.add(k.ring, true)
		} else {
			k.holes.add(k.ring, false)
		}
		return
	}
	n, open := len(k.ring), false
	for i := range n {
		a, b := k.ring[(first+i)%n], k.ring[(first+i+1)%n]
		p, q, in := k.box.segment(a, b)
		if !in {
			open = false
			continue
		}
		if !open || k.points[len(k.points)-1] != p {
			k.chains = append(k.chains, chain{start: len(k.points), in: k.place(p)})
			k.points = append(k.points, p)
		}
		k.points = append(k.points, q)
		last := &k.chains[len(k.chains)-1]
		last.end, last.out = len(k.points), k.place(q)
		open = q == b
	}
}

// place is where on the boundary a point lies: from 0 to 4, once round the way a positive area is wound. Points inside
// are given the place of the nearest edge; only those that a bent ring leaves there are asked for.
func (k *linker) place(p point) float64 {
	c := k.box
	switch {
	case p.y == c.minY:
		return (p.x - c.minX) / (c.maxX - c.minX)
	case p.x == c.maxX:
		return 1 + (p.y-c.minY)/(c.maxY-c.minY)
	case p.y == c.maxY:
		return 2 + (c.maxX-p.x)/(c.maxX-c.minX)
	case p.x == c.minX:
		return 3 + (c.maxY-p.y)/(c.maxY-c.minY)
	}
	return 0
}

// join follows chains and boundary round each part.
func (k *linker) join() bool {
	k.entry = k.entry[:0]
	for i := range k.chains {
		k.entry = append(k.entry, i)
	}
	slices.SortFunc(k.entry, func(a, b int) int {
		switch d := k.chains[a].in - k.chains[b].in; {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return a - b
	})
	for i := range k.chains {
		if k.chains[i].used {
			continue
		}
		k.loop = k.loop[:0]
		at := i
		for {
			ch := &k.chains[at]
			if ch.used {
				return false
			}
			ch.used = true
			k.loop = append(k.loop, k.points[ch.start:ch.end]...)
			next := k.next(ch.out)
			k.corners(ch.out, k.chains[next].in)
			if next == i {
				break
			}
			at = next
		}
		if signedArea(k.loop) > 0 {
			k.outers.add(k.loop, true)
		}
	}
	return true
}

// next is the chain that comes in first after a place of the boundary.
func (k *linker) next(out float64) int {
	i, _ := slices.BinarySearchFunc(k.entry, out, func(e int, t float64) int {
		switch {
		case k.chains[e].in < t:
			return -1
		case k.chains[e].in > t:
			return 1
		}
		return 0
	})
	return k.entry[i%len(k.entry)]
}

// corners follows the boundary from one place to another.
func (k *linker) corners(from, to float64) {
	if to < from {
		to += 4
	}
	c := k.box
	all := [4]point{{c.minX, c.minY}, {c.maxX, c.minY}, {c.maxX, c.maxY}, {c.minX, c.maxY}}
	for t := math.Floor(from) + 1; t <= to; t++ {
		k.loop = append(k.loop, all[int(t)%4])
	}
}

// assign puts each hole behind the outer ring it lies in.
func (k *linker) assign(to *rings) {
	for i := range k.outers.ends {
		outer := k.outers.ring(i)
		to.add(outer, true)
		for j := range k.holes.ends {
			hole := k.holes.ring(j)
			if len(k.outers.ends) == 1 || contains(outer, hole[0]) {
				to.add(hole, false)
			}
		}
	}
}

// plain clips each ring by itself.
func (k *linker) plain(from, to *rings) {
	to.reset()
	for i := range from.ends {
		ring, _ := k.hodgman(from.ring(i))
		if len(ring) < 3 && from.outer[i] {
			return
		}
		if len(ring) >= 3 {
			to.add(ring, from.outer[i])
		}
	}
}

// hodgman clips a ring by the four sides, one after the other (Sutherland and Hodgman 1974). once tells that none of them
// cuts it in more than two places. The result is good until the next call.
func (k *linker) hodgman(ring []point) (clipped []point, once bool) {
	in, out := append(k.loop[:0], ring...), k.work[:0]
	once = true
	for side := range 4 {
		if !slices.ContainsFunc(in, func(p point) bool { return k.depth(side, p) < 0 }) {
			continue
		}
		out = out[:0]
		a := in[len(in)-1]
		da, cuts := k.depth(side, a), 0
		for _, b := range in {
			db := k.depth(side, b)
			if (da < 0) != (db < 0) {
				t := da / (da - db)
				out = append(out, point{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)})
				cuts++
			}
			if db >= 0 {
				out = append(out, b)
			}
			a, da = b, db
		}
		once = once && cuts <= 2
		in, out = out, in
	}
	k.loop, k.work = in, out
	for i, p := range in {
		in[i] = k.box.inside(p)
	}
	return in, once
}

// depth is how far a point lies inside a side of the box.
func (k *linker) depth(side int, p point) float64 {
	switch side {
	case 0:
		return p.x - k.box.minX
	case 1:
		return k.box.maxX - p.x
	case 2:
		return p.y - k.box.minY
	}
	return k.box.maxY - p.y
}
