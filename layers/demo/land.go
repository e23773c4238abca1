package demo

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// land is the subdivision: the skeleton's edges, the vertices cuts have left on them, and the units with their parcels.
type land struct {
	skeleton *skeleton
	on       [][]vert // by half-edge
	units    []unit
	of       []int32 // unit of each face, -1 outside
}

// till makes units of the skeleton and cuts each into parcels. Units are cut side by side; every unit has its own
// source of chance and its own side of each edge, so the order does not matter.
func (m *maker) till(s *skeleton) *land {
	d := &land{skeleton: s, on: make([][]vert, len(s.from)), of: make([]int32, len(s.faces))}
	group, _, _ := s.units()
	for f := range s.faces {
		d.of[f] = -1
		if s.labels[f].site < 0 {
			continue
		}
		if g := group.find(f); g == f {
			d.of[f] = int32(len(d.units))
			d.units = append(d.units, unit{label: s.labels[f]})
		} else {
			d.of[f] = d.of[g]
		}
	}
	d.outline()
	var next int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				mu.Lock()
				from := next
				next += 64
				mu.Unlock()
				for i := from; i < min(from+64, len(d.units)); i++ {
					m.cultivate(d, i)
				}
				if from >= len(d.units) {
					return
				}
			}
		})
	}
	wg.Wait()
	return d
}

// outline walks around every unit.
func (d *land) outline() {
	s := d.skeleton
	side := func(h int32) int32 {
		if f := s.face[h]; f >= 0 {
			return d.of[f]
		}
		return -1
	}
	seen := make([]bool, len(s.from))
	rings := make([][][]node, len(d.units))
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
		rings[u] = append(rings[u], unpinch(r)...)
	}
	for u, rs := range rings {
		d.units[u].whole = piece{outerFirst(rs)}
	}
}

// unpinch divides a ring where it touches itself.
func unpinch(r []node) [][]node {
	at := make(map[vert]int, len(r))
	var out [][]node
	var open []node
	for _, n := range r {
		if k, again := at[n.v]; again {
			loop := append([]node(nil), open[k:]...)
			for _, o := range loop {
				delete(at, o.v)
			}
			open = open[:k]
			if len(loop) > 2 {
				out = append(out, loop)
			}
		}
		at[n.v] = len(open)
		open = append(open, n)
	}
	return append(out, open)
}

// outerFirst puts the largest ring first.
func outerFirst(rs [][]node) [][]node {
	best, most := 0, math.Inf(-1)
	for i, r := range rs {
		if a := nodesArea(r); a > most {
			best, most = i, a
		}
	}
	rs[0], rs[best] = rs[best], rs[0]
	return rs
}

// cultivate cuts one unit.
func (m *maker) cultivate(d *land, i int) {
	u := &d.units[i]
	f := &farmer{cutter: cutter{u, d.on}, measures: m.measures, r: rand.New(rand.NewPCG(m.w.Seed, uint64(i)+7_000_000))}
	site := m.sites[u.site]
	middle := inside([][]vert{vertsOf(u.whole.rings[0])})
	switch u.kind {
	case open:
		f.grain = m.grain(middle)
		f.homes = site.ring
		f.plain = contains(m.zones[0].Area[0], middle)
		f.wet = m.wetness(middle)
		f.open(u.whole, 0)
	case settlement:
		o := m.sites[u.of]
		f.hamlet(u.whole, o.at, o.angle, o.plot.u[len(o.plot.u)-1]/1.7, 0)
	case urban:
		s := m.seats[u.of]
		scale := 1.0
		if s.radius < 2000 {
			scale = 0.42
		}
		f.town(u.whole, s.plot.angle, m.mainUse(s, middle, hash(m.w.Seed, 160, int64(u.of), int64(i))), scale, 0)
	default:
		f.keep([]piece{u.whole}, classOf(u.kind))
	}
}

// wetness falls from one at a lake's or the canal's bank to zero two kilometres away.
func (m *maker) wetness(p Point) float64 {
	best := math.Inf(1)
	for _, a := range m.areas {
		if a.kind == lake {
			d, _ := distLine(p, a.ring)
			best = math.Min(best, d)
		}
	}
	for _, r := range m.ribbons {
		if r.kind == canal {
			d, _ := distLine(p, r.line)
			best = math.Min(best, d+700)
		}
	}
	return math.Max(0, 1-best/2200)
}

func classOf(k kind) uint8 {
	switch k {
	case belt, hill:
		return cTrees
	case ditch, drain:
		return cDitch
	case pond:
		return cPond
	case dike:
		return cDike
	case rural:
		return cLane
	case highway:
		return cHighway
	case street:
		return cStreet
	case rail:
		return cRail
	case lake:
		return cLake
	case shoal:
		return cShoal
	}
	return cRiver
}

func vertsOf(r []node) []vert {
	out := make([]vert, len(r))
	for i, n := range r {
		out[i] = n.v
	}
	return out
}
