package demo

import (
	"maps"
	"math"
	"slices"
)

// gather makes every village one piece: what is cut off from a village's largest piece goes to a neighbour.
func (s *skeleton) gather() {
	for range 6 {
		group := newSets(len(s.faces))
		s.each(func(f, g int32) {
			if s.labels[f].site == s.labels[g].site {
				group.join(int(f), int(g))
			}
		})
		size := make([]float64, len(s.faces))
		for f := range s.faces {
			size[group.find(f)] += s.faces[f].area
		}
		largest := make([]int, len(s.m.sites))
		for i := range largest {
			largest[i] = -1
		}
		for f := range s.faces {
			if i := s.labels[f].site; i >= 0 && group.find(f) == f && (largest[i] < 0 || size[f] > size[largest[i]]) {
				largest[i] = f
			}
		}
		stray := func(f int32) bool {
			i := s.labels[f].site
			return i >= 0 && group.find(int(f)) != largest[i]
		}
		moved := false
		border := map[int32]map[int32]float64{}
		s.eachEdge(func(h int32, f, g int32) {
			for _, p := range [2][2]int32{{f, g}, {g, f}} {
				if p[0] >= 0 && p[1] >= 0 && stray(p[0]) && !stray(p[1]) && s.labels[p[1]].site >= 0 && s.labels[p[1]].site != s.labels[p[0]].site {
					k := int32(group.find(int(p[0])))
					if border[k] == nil {
						border[k] = map[int32]float64{}
					}
					border[k][s.labels[p[1]].site] += s.edgeLength(h)
				}
			}
		})
		for f := range s.faces {
			if !stray(int32(f)) {
				continue
			}
			if to := longestOf(border[int32(group.find(f))]); to >= 0 {
				s.labels[f].site, moved = to, true
			}
		}
		if !moved {
			return
		}
	}
}

// gatherTowns makes every town one piece on the ground: villages cut off from their town's largest piece by the
// county's outline change to a neighbouring town.
func (s *skeleton) gatherTowns() {
	sites := s.m.sites
	for range 6 {
		near := make([]map[int32]float64, len(sites))
		s.eachEdge(func(h, f, g int32) {
			if f < 0 || g < 0 {
				return
			}
			a, b := s.labels[f].site, s.labels[g].site
			if a < 0 || b < 0 || a == b {
				return
			}
			for _, p := range [2][2]int32{{a, b}, {b, a}} {
				if near[p[0]] == nil {
					near[p[0]] = map[int32]float64{}
				}
				near[p[0]][p[1]] += s.edgeLength(h)
			}
		})
		group := newSets(len(sites))
		for i, m := range near {
			for j := range m {
				if sites[i].town == sites[j].town {
					group.join(i, int(j))
				}
			}
		}
		size := make([]int, len(sites))
		for i := range sites {
			size[group.find(i)]++
		}
		main := make([]int, len(s.m.w.Towns))
		for t := range main {
			main[t] = -1
		}
		for i, o := range sites {
			if g := group.find(i); main[o.town] < 0 || size[g] > size[main[o.town]] {
				main[o.town] = g
			}
		}
		moved := false
		for i := range sites {
			if group.find(i) == main[sites[i].town] {
				continue
			}
			border := map[int32]float64{}
			for _, j := range slices.Sorted(maps.Keys(near[i])) { // sums keep their order
				if t := int32(sites[j].town); int(t) != sites[i].town && group.find(int(j)) == main[t] {
					border[t] += near[i][j]
				}
			}
			if to := longestOf(border); to >= 0 {
				sites[i].town, moved = int(to), true
			}
		}
		if !moved {
			return
		}
	}
}

// longestOf is the key of the greatest value, the least key among equals; -1 of nothing.
func longestOf(m map[int32]float64) int32 {
	best, most := int32(-1), 0.0
	for k, v := range m {
		if v > most || v == most && k < best {
			best, most = k, v
		}
	}
	return best
}

// absorb gives specks and slivers to the neighbour in the same village with which they share most.
func (s *skeleton) absorb() {
	for range 5 {
		group, area, around := s.units()
		type border struct {
			to map[int32]float64
		}
		borders := map[int32]*border{}
		small := func(u int32) bool {
			k := s.labels[u].kind
			switch {
			case s.labels[u].site < 0:
				return false
			case area[u] < 120:
				return true
			case k == open || k == settlement || k == urban || k == belt || k == pond:
				return area[u] < 500 || area[u] < 3.2*around[u]/2 && k != belt
			}
			return area[u] < 0.55*around[u]/2
		}
		s.eachEdge(func(h, f, g int32) {
			for _, p := range [2][2]int32{{f, g}, {g, f}} {
				if p[0] < 0 || p[1] < 0 || s.labels[p[1]].site != s.labels[p[0]].site {
					continue
				}
				u, v := int32(group.find(int(p[0]))), int32(group.find(int(p[1])))
				if u == v || !small(u) {
					continue
				}
				if borders[u] == nil {
					borders[u] = &border{to: map[int32]float64{}}
				}
				k := s.edgeLength(h)
				if s.labels[v].kind == river || s.labels[v].kind == canal || s.labels[v].kind == rail {
					k /= 6
				}
				if small(v) {
					k /= 3
				}
				if s.labels[u].growth != s.labels[v].growth {
					k /= 50
				}
				borders[u].to[v] += k
			}
		})
		next := make([]label, len(s.labels))
		copy(next, s.labels)
		changed := false
		for f := range s.faces {
			if b := borders[int32(group.find(f))]; b != nil {
				if to := longestOf(b.to); to >= 0 && next[f] != s.labels[to] {
					next[f], changed = s.labels[to], true
				}
			}
		}
		s.labels = next
		if !changed {
			return
		}
	}
}

// units groups faces with equal labels that touch; area and perimeter are by the group's first face.
func (s *skeleton) units() (sets, []float64, []float64) {
	group := newSets(len(s.faces))
	s.each(func(f, g int32) {
		if s.labels[f] == s.labels[g] {
			group.join(int(f), int(g))
		}
	})
	area := make([]float64, len(s.faces))
	around := make([]float64, len(s.faces))
	for f := range s.faces {
		area[group.find(f)] += s.faces[f].area
	}
	s.eachEdge(func(h, f, g int32) {
		l := s.edgeLength(h)
		if f >= 0 && (g < 0 || group.find(int(f)) != group.find(int(g))) {
			around[group.find(int(f))] += l
		}
		if g >= 0 && (f < 0 || group.find(int(f)) != group.find(int(g))) {
			around[group.find(int(g))] += l
		}
	})
	return group, area, around
}

func (s *skeleton) each(visit func(f, g int32)) {
	s.eachEdge(func(_, f, g int32) {
		if f >= 0 && g >= 0 && f != g {
			visit(f, g)
		}
	})
}

func (s *skeleton) eachEdge(visit func(h, f, g int32)) {
	for h := int32(0); int(h) < len(s.from); h += 2 {
		visit(h, s.face[h], s.face[h+1])
	}
}

func (s *skeleton) edgeLength(h int32) float64 {
	a, b := s.vert(h), s.vert(h^1)
	return math.Hypot(float64(a.x-b.x), float64(a.y-b.y)) / 1000
}
