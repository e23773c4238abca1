package demo

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
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
	d.each(func(i int) { m.cultivate(d, i) })
	d.each(func(i int) { d.repair(&d.units[i]) })
	return d
}

// each does something to every unit, on all processors.
func (d *land) each(do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				from := int(next.Add(64)) - 64
				if from >= len(d.units) {
					return
				}
				for i := from; i < min(from+64, len(d.units)); i++ {
					do(i)
				}
			}
		})
	}
	wg.Wait()
}

// outline walks around every unit.
func (d *land) outline() {
	for u, ps := range d.regions(len(d.units), func(f int32) int32 { return d.of[f] }) {
		d.units[u].whole = ps[0]
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
