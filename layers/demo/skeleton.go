package demo

import (
	"math"
	"slices"
)

// label says what a face of the skeleton is and whose.
type label struct {
	kind   kind
	of     int32 // ribbon, link, area, seat or site, by kind
	site   int32 // village or community
	growth bool  // inside an urban development boundary
}

// skeleton nodes all lines of the county together and labels the faces between them.
type skeleton struct {
	*arrangement
	labels  []label // per face; site -1 = outside the county
	m       *maker
	strokes []stroke
	buckets map[[2]int32][]int32 // strokes by cells of 300 m
	sites   map[[2]int32][]int32 // sites by cells of reach
	reach   float64
	ditches [][]Point
}

// stroke is one straight piece of a ribbon or a road.
type stroke struct {
	a, b        Point
	half, trees float64
	kind        kind
	of          int32
}

const bucket = 300

func (m *maker) skeleton() *skeleton {
	s := &skeleton{m: m, buckets: map[[2]int32][]int32{}, sites: map[[2]int32][]int32{}}
	s.reach = 1.9 * math.Sqrt(964e6/float64(m.villages))
	for i, o := range m.sites {
		k := [2]int32{int32(o.at.X / s.reach), int32(o.at.Y / s.reach)}
		s.sites[k] = append(s.sites[k], int32(i))
	}
	s.ponds()
	s.arrangement = arrange(nodeAll(slices.DeleteFunc(s.lines(), outsideWindow)))
	s.labels = make([]label, len(s.faces))
	for f := range s.faces {
		s.labels[f] = s.labelAt(inside(s.rings(int32(f))))
	}
	s.gather()
	s.absorb()
	return s
}

// ponds puts old clay pits at the edges of villages.
func (s *skeleton) ponds() {
	r := s.m.w.Rand("ponds")
	for i, o := range s.m.sites {
		if o.ring == nil {
			continue
		}
		for range 1 + r.IntN(3) {
			k := r.IntN(len(o.ring) - 1)
			p := lerp(o.ring[k], o.ring[k+1], 0.2+0.6*r.Float64())
			out := math.Atan2(p.Y-o.at.Y, p.X-o.at.X)
			size := 22 + 34*r.Float64()*r.Float64()
			if d, _ := s.m.clear(p); d < 120 {
				continue
			}
			ring := s.m.blob(int64(4000+i*4), polar(p, out, size*0.9), size, 1+0.5*r.Float64(), o.angle+r.Float64(), 0.35)
			thin := make([]Point, 0, 20)
			for k := 0; k < len(ring)-1; k += 4 {
				thin = append(thin, ring[k])
			}
			s.m.areas = append(s.m.areas, area{pond, append(thin, thin[0]), i, ""})
		}
	}
}

// lines gives every line that bounds something.
func (s *skeleton) lines() []segment {
	m := s.m
	var out []segment
	add := func(line []Point) { out = segments(out, line, 0) }
	add(m.outline)
	for _, a := range m.areas {
		add(a.ring)
	}
	for i, o := range m.sites {
		add(o.cell)
		if o.ring != nil {
			add(o.ring)
		}
		for k, j := range o.near {
			if j > i && unit01(hash(m.w.Seed, 150, int64(i), int64(j))) < 0.62 {
				half := 2.1 + 2.8*unit01(hash(m.w.Seed, 151, int64(i), int64(j)))
				s.ditches = append(s.ditches, o.edge[k])
				s.stroke(o.edge[k], half, 0, ditch, int32(len(s.ditches)-1))
				add(band(o.edge[k], half))
			}
		}
	}
	for _, st := range m.seats {
		add(st.around)
		add(st.ring)
		for _, line := range st.plot.between(func(a, b Point) bool { return s.siteAt(a) != s.siteAt(b) }) {
			add(line)
		}
	}
	for i, r := range m.ribbons {
		s.stroke(r.line, r.half, r.trees, r.kind, int32(i))
		add(band(r.line, r.half))
		if r.trees > 0 {
			add(band(r.line, r.half+r.trees))
		}
	}
	for i, r := range m.w.Roads {
		if r.Class == "expressway" && r.Width > 20 {
			continue // a ribbon already
		}
		k, trees := roadKind(r.Class)
		s.stroke(r.Line, r.Width/2, trees, k, int32(i))
		add(band(r.Line, r.Width/2))
		if trees > 0 {
			add(band(r.Line, r.Width/2+trees))
		}
		for _, p := range [2]Point{r.Line[0], r.Line[len(r.Line)-1]} {
			add(disc(p, r.Width/2, 8))
		}
	}
	return out
}

// roadKind is what a road of a class is on the ground, and the width of its trees.
func roadKind(class string) (kind, float64) {
	switch class {
	case "national":
		return highway, 14
	case "provincial":
		return highway, 11
	case "county":
		return highway, 7
	case "expressway":
		return highway, 6
	case "township":
		return rural, 4.5
	case "village":
		return rural, 0
	}
	return street, 0
}

func (s *skeleton) stroke(line []Point, half, trees float64, k kind, of int32) {
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		n := int32(len(s.strokes))
		s.strokes = append(s.strokes, stroke{a, b, half, trees, k, of})
		w := half + trees + 5
		for x := int32((math.Min(a.X, b.X) - w) / bucket); x <= int32((math.Max(a.X, b.X)+w)/bucket); x++ {
			for y := int32((math.Min(a.Y, b.Y) - w) / bucket); y <= int32((math.Max(a.Y, b.Y)+w)/bucket); y++ {
				s.buckets[[2]int32{x, y}] = append(s.buckets[[2]int32{x, y}], n)
			}
		}
	}
}

// labelAt says what is at p.
func (s *skeleton) labelAt(p Point) label {
	m := s.m
	if !contains(m.outline, p) {
		return label{site: -1}
	}
	l := label{site: s.siteAt(p)}
	is := func(k kind, of int32) {
		if k > l.kind {
			l.kind, l.of = k, of
		}
	}
	for _, n := range s.buckets[[2]int32{int32(p.X / bucket), int32(p.Y / bucket)}] {
		t := s.strokes[n]
		d := distSegment(p, t.a, t.b)
		if d <= t.half+0.04 {
			is(t.kind, t.of)
		} else if d <= t.half+t.trees+0.04 {
			is(belt, 0)
		}
	}
	for i, a := range m.areas {
		if a.kind >= l.kind && dist(p, a.ring[0]) < 4500 || a.kind == river || a.kind == shoal {
			if contains(a.ring, p) {
				is(a.kind, int32(i))
			}
		}
	}
	if l.kind <= settlement {
		if o := m.sites[l.site]; o.ring != nil && contains(o.ring, p) {
			is(settlement, l.site)
		}
	}
	for i, o := range m.seats {
		if dist(p, o.plot.at) < o.radius*2.2 && contains(o.around, p) {
			l.growth = true
			if c, ok := o.plot.cellAt(p); ok { // in a seat, bounds run along streets
				l.site = s.siteAt(c)
			}
			if contains(o.ring, p) {
				is(urban, int32(i))
				if l.kind == ditch || l.kind == pond {
					l.kind, l.of = urban, int32(i)
				}
			}
		}
	}
	if l.kind == open || l.kind == belt || l.kind == ditch || l.kind == rural || l.kind == highway || l.kind == street {
		l.of = 0
	}
	return l
}

// siteAt finds whose cell p is in.
func (s *skeleton) siteAt(p Point) int32 {
	x, y := int32(p.X/s.reach), int32(p.Y/s.reach)
	best, least := int32(-1), math.Inf(1)
	for r := int32(1); best < 0; r++ {
		for dx := -r; dx <= r; dx++ {
			for dy := -r; dy <= r; dy++ {
				for _, i := range s.sites[[2]int32{x + dx, y + dy}] {
					if d := dist(p, s.m.sites[i].at); d < least {
						best, least = i, d
					}
				}
			}
		}
	}
	if contains(s.m.sites[best].cell, p) {
		return best
	}
	for _, j := range s.m.sites[best].near {
		if contains(s.m.sites[j].cell, p) {
			return int32(j)
		}
	}
	return best
}
