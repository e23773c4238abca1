package demo

import (
	"math"
	"slices"
)

// site is the middle of a village or of an urban community.
type site struct {
	at    Point
	town  int
	urban bool
	head  bool // the village at a town's seat
	angle float64
	plot  *plot     // nil where the seat's streets are the settlement
	ring  []Point   // outline of the settlement
	cell  []Point   // what is nearer to it than to others, closed; runs beyond the county
	near  []int     // sites whose cells touch
	edge  [][]Point // towards near
}

// settle scatters communities in the county seat and villages over the land, evenly as villages are.
func (m *maker) settle() {
	r := m.w.Rand("sites")
	for i := range m.seats[1:] {
		m.sites = append(m.sites, site{at: m.seats[i+1].plot.at, head: true})
	}
	c := m.seats[0]
	communities := 21
	gap := 900.0
	for tries := 0; communities > 0; tries++ {
		p := polar(c.plot.at, r.Float64()*2*math.Pi, c.radius*1.25*math.Sqrt(r.Float64()))
		if contains(c.ring, p) && m.lonely(p, gap) {
			m.sites = append(m.sites, site{at: p, urban: true})
			communities--
		}
		if tries%300 == 299 {
			gap *= 0.95
		}
	}
	want := m.villages - (len(m.seats) - 1)
	gap = 0.86 * math.Sqrt(964e6/float64(m.villages))
	for tries := 1; want > 0; tries++ {
		if tries%2500 == 0 {
			gap *= 0.96
		}
		p := at(r.Float64(), r.Float64())
		if !contains(m.outline, p) || !m.lonely(p, gap) || !m.habitable(p, r.Float64()) {
			continue
		}
		m.sites = append(m.sites, site{at: p})
		want--
	}
	for i := range m.sites {
		m.shapeSite(i)
	}
}

func (m *maker) lonely(p Point, gap float64) bool {
	return !slices.ContainsFunc(m.sites, func(s site) bool {
		k := gap
		if s.head {
			k = math.Max(gap, 900)
		}
		return dist(s.at, p) < k
	})
}

// habitable keeps villages off water and dikes, out of seats, and rare between river and dike.
func (m *maker) habitable(p Point, chance float64) bool {
	for _, s := range m.seats {
		if dist(p, s.plot.at) < s.radius*2 && contains(s.around, p) {
			return false
		}
		for _, q := range s.ring {
			if dist(p, q) < 480 {
				return false
			}
		}
	}
	if d, _ := distLine(p, m.outline); d < 330 {
		return false
	}
	if contains(m.zones[0].Area[0], p) && m.zones[0].Kind == "flood_plain" && chance > 0.3 {
		return false
	}
	d, _ := m.clear(p)
	return d > 330
}

// shapeSite gives a site its direction and, unless it is in a seat, its outline.
func (m *maker) shapeSite(i int) {
	s := &m.sites[i]
	s.angle = m.grain(s.at)
	if s.urban || s.head {
		return
	}
	seed := hash(m.w.Seed, 100, int64(i), 0)
	size := 278 * math.Exp(0.42*(unit01(hash(seed, 1, 0, 0))+unit01(hash(seed, 2, 0, 0))-1)*1.5)
	if m.villages < 100 {
		size *= 1.7
	}
	stretch := 0.8 + 0.5*unit01(hash(seed, 3, 0, 0))
	s.plot = newPlot(seed, s.at, s.angle, size/3.6, size*1.7, size/60)
	s.plot.grow(func(_, _ int, o Point) bool {
		u, v := toLocal(s.at, s.angle, o)
		u, v = u/stretch, v*stretch
		a := math.Atan2(v, u)
		k := 1 + 0.42*noise(seed, 6, 1.5*math.Cos(a)+5, 1.5*math.Sin(a)+5) + 0.2*noise(seed, 7, o.X/60, o.Y/60)
		return math.Pow(math.Pow(math.Abs(u), 2.6)+math.Pow(math.Abs(v), 2.6), 1/2.6) < size*k
	})
	s.ring = s.plot.ring()
}
