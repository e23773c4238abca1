package demo

import (
	"cmp"
	"math"
	"slices"
)

// divide parts the plane among the sites: each gets what is nearest to it, along lines that step as field bounds do.
// Corners come from one formula for the three sites that share them, so neighbours agree to the bit.
func (m *maker) divide() {
	pts := make([]Point, 0, len(m.sites)+64)
	for _, s := range m.sites {
		pts = append(pts, s.at)
	}
	mid := at(0.5, 0.5)
	for k := range 48 { // a far ring closes the outermost cells
		pts = append(pts, polar(mid, float64(k)*2*math.Pi/48+0.01*unit01(hash(m.w.Seed, 110, int64(k), 0)), 52_000+500*unit01(hash(m.w.Seed, 111, int64(k), 0))))
	}
	for i := range m.sites {
		m.cellOf(i, pts)
	}
}

// corner is a place that is as near to three sites.
type corner struct {
	a, b int // the two neighbours of the cell that meet here
	p    Point
}

func (m *maker) cellOf(i int, pts []Point) {
	order := make([]int, 0, len(pts))
	for j := range pts {
		if j != i {
			order = append(order, j)
		}
	}
	slices.SortFunc(order, func(p, q int) int {
		return cmp.Or(cmp.Compare(dist(pts[i], pts[p]), dist(pts[i], pts[q])), cmp.Compare(p, q))
	})
	// Begin with a box whose sides are no site's (-1 … -4) and cut it by one bisector after another.
	const far = 90_000
	o := pts[i]
	cell := []corner{{-4, -1, Point{o.X - far, o.Y - far}}, {-1, -2, Point{o.X + far, o.Y - far}}, {-2, -3, Point{o.X + far, o.Y + far}}, {-3, -4, Point{o.X - far, o.Y + far}}}
	for _, j := range order {
		reach := 0.0
		for _, c := range cell {
			reach = math.Max(reach, dist(o, c.p))
		}
		if dist(o, pts[j]) > 2*reach {
			break
		}
		cell = clipCell(cell, i, j, pts)
	}
	s := &m.sites[i]
	for k, c := range cell {
		d := cell[(k+1)%len(cell)]
		j := c.b // the side from c to d is shared with the neighbour both have
		line := m.stepped(i, j, c.p, d.p)
		s.cell = append(s.cell, line[:len(line)-1]...)
		if j >= 0 && j < len(m.sites) {
			s.near, s.edge = append(s.near, j), append(s.edge, line)
		}
	}
	s.cell = append(s.cell, s.cell[0])
}

// clipCell keeps what is nearer to i than to j.
func clipCell(cell []corner, i, j int, pts []Point) []corner {
	o, q := pts[i], pts[j]
	beyond := func(p Point) bool { return dist(p, q) < dist(p, o) }
	var out []corner
	for k, c := range cell {
		d := cell[(k+1)%len(cell)]
		cb, db := beyond(c.p), beyond(d.p)
		if !cb {
			out = append(out, c)
		}
		if cb != db {
			side := c.b
			var p Point
			if side >= 0 {
				t := []int{i, j, side}
				slices.Sort(t)
				p = circumcentre(pts[t[0]], pts[t[1]], pts[t[2]])
			} else {
				dc, dd := dist(c.p, q)-dist(c.p, o), dist(d.p, q)-dist(d.p, o)
				p = lerp(c.p, d.p, dc/(dc-dd))
			}
			if cb {
				out = append(out, corner{j, side, p})
			} else {
				out = append(out, corner{side, j, p})
			}
		}
	}
	return out
}

func circumcentre(a, b, c Point) Point {
	bx, by, cx, cy := b.X-a.X, b.Y-a.Y, c.X-a.X, c.Y-a.Y
	d := 2 * (bx*cy - by*cx)
	e, f := bx*bx+by*by, cx*cx+cy*cy
	return Point{a.X + (cy*e-by*f)/d, a.Y + (bx*f-cx*e)/d}
}

// stepped is the bound between sites i and j from p to q: straight pieces beside the chord, the same seen from both.
func (m *maker) stepped(i, j int, p, q Point) []Point {
	back := i > j
	if back {
		i, j, p, q = j, i, q, p
	}
	l := dist(p, q)
	out := []Point{p}
	if l > 300 && l < 9000 {
		nx, ny := -(q.Y-p.Y)/l, (q.X-p.X)/l
		n := 2 + int(l/420)
		amp := math.Min(62, l*0.075)
		for k := range n {
			d := amp * (2*unit01(hash(m.w.Seed, int64(i)+1000, int64(j), int64(k))) - 1)
			for _, t := range [2]float64{(float64(k) + 0.06) / float64(n), (float64(k) + 0.94) / float64(n)} {
				if t*l > 60 && (1-t)*l > 60 {
					out = append(out, Point{p.X + (q.X-p.X)*t + nx*d, p.Y + (q.Y-p.Y)*t + ny*d})
				}
			}
		}
	}
	out = append(out, q)
	if back {
		slices.Reverse(out)
	}
	return out
}

// affiliate gives every site a town: the nearest seat's, with the largest towns held back, made connected.
func (m *maker) affiliate() {
	weight := make([]float64, len(m.w.Towns))
	for t := range weight {
		weight[t] = 1
	}
	target := float64(len(m.sites)) / float64(len(weight))
	for range 16 {
		count := make([]float64, len(weight))
		for i := range m.sites {
			m.sites[i].town = m.nearestTown(m.sites[i], weight)
			count[m.sites[i].town]++
		}
		for t, n := range count {
			weight[t] = math.Max(0.72, math.Min(1.4, weight[t]*(1+0.1*(n/target-1))))
		}
	}
	for range 12 {
		reached := m.reach()
		changed := false
		for i := range m.sites {
			if reached[i] {
				continue
			}
			for _, j := range m.sites[i].near {
				if reached[j] && m.sites[j].town != m.sites[i].town {
					m.sites[i].town, changed = m.sites[j].town, true
					break
				}
			}
		}
		if !changed {
			return
		}
	}
}

// nearestTown weighs distances; communities belong to the county seat's subdistricts, a seat's village to its town.
func (m *maker) nearestTown(s site, weight []float64) int {
	best, least := 0, math.Inf(1)
	for t, tw := range m.w.Towns {
		if s.urban && t > 1 {
			break
		}
		d := dist(s.at, tw.Seat)
		if s.head && d < 1 {
			return t
		}
		if d *= weight[t]; d < least {
			best, least = t, d
		}
	}
	return best
}

// reach marks the sites joined to their town's first site through the town.
func (m *maker) reach() []bool {
	seen := make([]bool, len(m.sites))
	for t, tw := range m.w.Towns {
		first, least := -1, math.Inf(1)
		for i, s := range m.sites {
			if d := dist(s.at, tw.Seat); s.town == t && d < least {
				first, least = i, d
			}
		}
		todo := []int{first}
		for len(todo) > 0 {
			i := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if i < 0 || seen[i] {
				continue
			}
			seen[i] = true
			for _, j := range m.sites[i].near {
				if m.sites[j].town == t {
					todo = append(todo, j)
				}
			}
		}
	}
	return seen
}
