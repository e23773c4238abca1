package demo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// way is a road before it is divided at crossings.
type way struct {
	name, class string
	width       float64
	line        []Point
}

// ways lays what goes by its own line: railway, expressway and highways.
func (m *maker) ways() []way {
	railway := m.through(120, 0.004, 120, 0.295, -0.06, 0.335, 0.12, 0.355, 0.30, 0.375, 0.45, 0.375, 0.62, 0.40, 0.80, 0.43, 1.10)
	m.ribbons = append(m.ribbons, ribbon{rail, railway, 11, 14, "京九铁路", "railway"})
	express := m.through(121, 0.004, 160, -0.06, 0.155, 0.12, 0.185, 0.30, 0.205, 0.46, 0.235, 0.62, 0.285, 0.78, 0.395, 1.06, 0.43)
	m.ribbons = append(m.ribbons, ribbon{highway, express, 15, 22, "济广高速", "expressway"})
	c := m.center()
	u, v := (c.X-west)/(east-west), (c.Y-south)/(north-south)
	return []way{
		{"220国道", "national", 24, m.through(122, 0.004, 90, 0.02, 0.195, 0.20, 0.325, 0.37, 0.44, u, v, 0.505, 0.62, 0.55, 0.77, 0.60, 0.88, 0.72, 1.02)},
		{"337省道", "provincial", 16, m.through(123, 0.004, 90, 0.365, -0.04, 0.40, 0.12, 0.475, 0.27, u, v, 0.405, 0.69, 0.345, 0.88)},
		{"335省道", "provincial", 16, m.through(124, 0.004, 90, u, v, 0.58, 0.485, 0.70, 0.515, 0.86, 0.535, 1.03, 0.59)},
		{"339省道", "provincial", 16, m.through(125, 0.004, 90, 0.02, 0.17, 0.28, 0.275, 0.48, 0.30, 0.66, 0.235, 0.92, 0.27)},
	}
}

// join links the villages: the shortest net that leaves none out and makes no long detours (relative neighbours),
// with bends along the grain of the land.
func (m *maker) join() []way {
	type pair struct {
		i, j int
		wet  bool
	}
	var pairs []pair
	for i, s := range m.sites {
		for _, j := range s.near {
			o := m.sites[j]
			if j < i || s.urban && o.urban {
				continue
			}
			d := dist(s.at, o.at)
			if slices.ContainsFunc(slices.Concat(s.near, o.near), func(k int) bool {
				return k != i && k != j && math.Max(dist(s.at, m.sites[k].at), dist(o.at, m.sites[k].at)) < d
			}) {
				continue
			}
			pairs = append(pairs, pair{i, j, m.wet(m.path(i, j))})
		}
	}
	group := newSets(len(m.sites))
	for i, s := range m.sites {
		if s.urban {
			group.join(i, len(m.seats)-1) // communities hang together by their streets; the first follows the seats' villages
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int { // dry ones first, then the short
		if p.wet != q.wet {
			if p.wet {
				return 1
			}
			return -1
		}
		return cmp.Compare(dist(m.sites[p.i].at, m.sites[p.j].at), dist(m.sites[q.i].at, m.sites[q.j].at))
	})
	net := make([][]int, len(m.sites))
	var kept []pair
	for _, p := range pairs {
		if group.join(p.i, p.j) || !p.wet {
			kept = append(kept, p)
			net[p.i], net[p.j] = append(net[p.i], p.j), append(net[p.j], p.i)
		}
	}
	use := m.traffic(net)
	var out []way
	for k, p := range kept {
		n := use[[2]int{min(p.i, p.j), max(p.i, p.j)}]
		w := way{fmt.Sprintf("C%03d村道", k+1), "village", 5, m.path(p.i, p.j)}
		switch {
		case n >= 1000:
			w.name, w.class, w.width = fmt.Sprintf("X%03d县道", 1+k%41), "county", 9
		case n >= 5:
			w.name, w.class, w.width = fmt.Sprintf("Y%03d乡道", 1+k%199), "township", 7
		}
		out = append(out, w)
	}
	return out
}

// traffic counts the villages that go to their seat over each link, and a thousand for each way between seats.
func (m *maker) traffic(net [][]int) map[[2]int]int {
	use := map[[2]int]int{}
	seats := len(m.seats) - 1
	for s := -1; s < seats; s++ {
		from := s
		if s < 0 {
			from = seats // the first community stands for the county seat
		}
		prev := m.shortest(net, from)
		walk := func(i, n int) {
			for i != from && prev[i] >= 0 {
				use[[2]int{min(i, prev[i]), max(i, prev[i])}] += n
				i = prev[i]
			}
		}
		for i, o := range m.sites {
			switch {
			case s < 0 && i < seats:
				walk(i, 1000)
			case i < seats && dist(o.at, m.sites[from].at) < 11_000:
				walk(i, 1000)
			case s >= 0 && o.town == m.sites[s].town:
				walk(i, 1)
			}
		}
	}
	return use
}

// shortest is Dijkstra's search; previous site on the way from every site, -1 = none.
func (m *maker) shortest(net [][]int, from int) []int {
	far := make([]float64, len(net))
	prev := make([]int, len(net))
	done := make([]bool, len(net))
	for i := range far {
		far[i], prev[i] = math.Inf(1), -1
	}
	far[from] = 0
	for range net {
		at, least := -1, math.Inf(1)
		for i, d := range far {
			if !done[i] && d < least {
				at, least = i, d
			}
		}
		if at < 0 {
			break
		}
		done[at] = true
		step := func(j int, l float64) {
			if far[at]+l < far[j] {
				far[j], prev[j] = far[at]+l, at
			}
		}
		for _, j := range net[at] {
			step(j, dist(m.sites[at].at, m.sites[j].at))
		}
		if m.sites[at].urban {
			for j, o := range m.sites {
				if o.urban {
					step(j, dist(m.sites[at].at, o.at))
				}
			}
		}
	}
	return prev
}

// path goes from site to site along the grain, with one offset on the way where they are not in line.
func (m *maker) path(i, j int) []Point {
	a, b := m.sites[i], m.sites[j]
	g := a.angle + quarter(b.angle-a.angle)/2
	u, v := toLocal(a.at, g, b.at)
	along := g
	if math.Abs(v) > math.Abs(u) {
		along, u, v = g+math.Pi/2, v, -u
	}
	h := hash(m.w.Seed, 130, int64(i), int64(j))
	if math.Abs(v) < 0.12*math.Abs(u) || math.Abs(v) > 0.8*math.Abs(u) && unit01(h) < 0.4 {
		mid := lerp(a.at, b.at, 0.4+0.2*unit01(h))
		d := dist(a.at, b.at) * 0.03 * (2*unit01(hash(h, 1, 0, 0)) - 1)
		return []Point{a.at, local(mid, along, 0, d), b.at}
	}
	f := 0.28 + 0.44*unit01(h)
	slant := 0.16 * math.Abs(v) / math.Abs(u) * (0.3 + unit01(hash(h, 2, 0, 0)))
	p, q := local(a.at, along, u*(f-slant), 0), local(a.at, along, u*(f+slant), v)
	return []Point{a.at, p, q, b.at}
}

// wet reports whether a path would cross the canal, a lake, the hill or the river's land, or leave the county.
func (m *maker) wet(path []Point) bool {
	for _, p := range resample(path, 60) {
		if !contains(m.outline, p) {
			return true
		}
		for _, a := range m.areas {
			if dist(p, a.ring[0]) < 4000 && contains(a.ring, p) {
				return true
			}
		}
		for _, r := range m.ribbons {
			if r.kind == canal {
				if d, _ := distLine(p, r.line); d < 60 {
					return true
				}
			}
		}
	}
	return false
}

// sets are disjoint sets of small numbers.
type sets []int

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func (s sets) find(i int) int {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

// join unites the sets of i and j under the lesser; false if they were one already.
func (s sets) join(i, j int) bool {
	i, j = s.find(i), s.find(j)
	s[max(i, j)] = min(i, j)
	return i != j
}
