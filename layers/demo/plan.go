package demo

import (
	"math"
	"slices"
)

// shape is a polygon with what is said of it.
type shape struct {
	code, name, of string
	site           int32
	area           Polygon
}

// plan holds what is drawn over the land: the lines and zones.
type plan struct {
	urban    []shape // urban development boundary by zone
	red      []shape // ecological red line
	heritage []shape
	canal    []shape // core control zone of the Grand Canal
	risk     []shape // flood-risk control
	water    []shape // rivers, canal, lakes, drains
	gone     []bool  // by site: village to be merged away
}

// draw makes lines and zones. The three lines are sums of different faces, so that they cannot overlap.
func (m *maker) draw(d *land) {
	s := d.skeleton
	p := &m.w.plan
	p.gone = make([]bool, len(m.sites))
	for i, o := range m.sites {
		p.gone[i] = !o.urban && !o.head && unit01(hash(m.w.Seed, 180, int64(i), 0)) < 0.035
	}
	zones := []struct{ code, name string }{{"410", "城镇集中建设区"}, {"420", "城镇弹性发展区"}, {"430", "特别用途区"}}
	n := len(m.seats) * 3
	urbanKey := func(f int32) int32 {
		l := s.labels[f]
		if !l.growth {
			return -1
		}
		at := s.verts[s.from[s.faces[f].first[0]]].point()
		seat := m.nearestSeat(at)
		zone := int32(0)
		if l.kind != urban && l.kind != street {
			switch x := unit01(hash(m.w.Seed, 181, int64(l.site), 0)); {
			case x < 0.34:
				zone = 1
			case x < 0.46:
				zone = 2
			}
		}
		return int32(seat)*3 + zone
	}
	for k, ps := range d.regions(n, urbanKey) {
		for _, q := range ps {
			z := zones[k%3]
			p.urban = append(p.urban, shape{z.code, z.name, m.w.Towns[m.seats[k/3].towns[0]].Code, 0, polygon(d.rings(q, nil))})
		}
	}
	m.drawWater(d)
	m.drawRed(d)
	m.drawZones()
}

func (m *maker) nearestSeat(p Point) int {
	best, least := 0, math.Inf(1)
	for i, s := range m.seats {
		if d := dist(p, s.plot.at) / s.radius; d < least {
			best, least = i, d
		}
	}
	return best
}

// drawWater unites the faces of each water.
func (m *maker) drawWater(d *land) {
	s := d.skeleton
	key := func(f int32) int32 {
		switch l := s.labels[f]; {
		case l.site < 0:
			return -1
		case l.kind == river:
			return 0
		case l.kind == lake:
			return 1 + l.of
		case l.kind == canal, l.kind == drain:
			return int32(len(m.areas)) + 1 + l.of
		}
		return -1
	}
	for k, ps := range d.regions(len(m.areas)+len(m.ribbons)+1, key) {
		class, name := "river", "黄河"
		switch {
		case k > len(m.areas):
			name = m.ribbons[k-len(m.areas)-1].name
			class = "ditch"
			if m.ribbons[k-len(m.areas)-1].kind == canal {
				class = "canal"
			}
		case k > 0:
			class, name = "lake", m.areas[k-1].name
		}
		for _, q := range ps {
			m.w.plan.water = append(m.w.plan.water, shape{class, name, "", 0, polygon(d.rings(q, nil))})
		}
	}
}

// drawRed unites river with its shoals, lakes and the hill outside the urban boundary.
func (m *maker) drawRed(d *land) {
	s := d.skeleton
	key := func(f int32) int32 {
		l := s.labels[f]
		if l.site < 0 || l.growth {
			return -1
		}
		switch l.kind {
		case river, shoal:
			return 0
		case lake, hill:
			return 1 + l.of
		}
		return -1
	}
	for k, ps := range d.regions(len(m.areas)+1, key) {
		code, name := "03", "黄河湿地"
		if k > 0 {
			name = m.areas[k-1].name
			code = "01"
			if m.areas[k-1].kind == hill {
				code = "02"
			}
		}
		for _, q := range ps {
			if q.area() > 2000 {
				m.w.plan.red = append(m.w.plan.red, shape{code, name, "", s.labels[d.faceOf(q)].site, polygon(d.rings(q, nil))})
			}
		}
	}
}

// faceOf is a face of a piece made of the skeleton's edges.
func (d *land) faceOf(p piece) int32 { return d.skeleton.face[p.rings[0][0].e] }

// drawZones clips flood zones, the canal's control zone and heritage to the county.
func (m *maker) drawZones() {
	p := &m.w.plan
	var zones []Zone
	for _, z := range m.zones {
		ring := z.Area[0]
		plain := m.zones[0].Area[0]
		in := func(q Point) bool { return contains(ring, q) && (z.Kind == "flood_plain" || !contains(plain, q)) }
		for _, a := range m.overlay(in, ring, plain) {
			zones = append(zones, Zone{z.Kind, z.Name, a})
		}
	}
	m.w.Zones = zones
	for _, r := range m.ribbons {
		if r.kind != canal {
			continue
		}
		line := r.line
		edge := func(w float64) []Point { return band(resample(line, 600), w) }
		near := func(w float64) func(Point) bool {
			return func(q Point) bool { d, _ := distLine(q, line); return d < w }
		}
		for _, a := range m.overlay(near(2000), edge(2000)) {
			p.canal = append(p.canal, shape{"", "大运河核心监控区（梁山段）", "", 0, a})
		}
		for _, a := range m.overlay(near(260), edge(260)) {
			p.risk = append(p.risk, shape{"", "京杭运河洪涝风险控制线", "", 0, a})
		}
		for i, name := range []string{"运河故道遗址", "开河闸遗址", "安山水柜遗址"} {
			at := line[(i+2)*len(line)/7]
			ring := m.blob(int64(190+i), Point{at.X + 160, at.Y}, 190, 1.3, 1, 0.25)
			p.heritage = append(p.heritage, shape{"provincial", name, "", 0, Polygon{ring}})
		}
	}
	for _, z := range zones {
		if z.Kind == "flood_plain" {
			p.risk = append(p.risk, shape{"", "黄河滩区洪涝风险控制线", "", 0, z.Area})
		}
	}
	i := slices.IndexFunc(m.areas, func(a area) bool { return a.kind == hill })
	h := m.areas[i].ring
	c := Point{}
	for _, q := range h[1:] {
		c.X, c.Y = c.X+q.X/float64(len(h)-1), c.Y+q.Y/float64(len(h)-1)
	}
	ring := make([]Point, len(h))
	for k, q := range h {
		ring[k] = lerp(c, q, 1.12)
	}
	p.heritage = append(p.heritage, shape{"national", "水泊梁山遗址", "", 0, Polygon{ring}}, shape{"county", "忠义堂旧址", "", 0, Polygon{m.blob(199, c, 130, 1, 0, 0.2)}})
}

// planned is what a parcel is to be used for: as now, but for growth inside the urban boundary and villages given up.
func (m *World) planned(u *unit, p parcel) (code, name string) {
	c := classes[p.class]
	switch {
	case u.growth && u.kind <= settlement && p.class != cStreet && p.class != cDitch:
		k := [...]uint8{cTown, cTown, cFactory, cTown, cPark, cShop, cSchool, cFactory}[hash(m.Seed, 182, int64(u.site), int64(len(u.parcels)))%8]
		c = classes[k]
	case u.kind == settlement && m.plan.gone[u.site]:
		c = classes[cWheat]
	case p.class == cIdle:
		c = classes[cHome]
		if u.kind == urban {
			c = classes[cPark]
		}
	}
	return c.plan, c.planName
}

// protected reports whether a parcel is permanent basic farmland.
func (m *World) protected(i int, u *unit, p parcel) bool {
	return u.kind == open && !u.growth && p.class <= cDry && unit01(hash(m.Seed, 183, int64(i), 0)) > 0.09
}
