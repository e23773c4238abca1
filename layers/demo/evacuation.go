package demo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// evacuation is who must leave when a flood zone is used, where they go and how (SL 488-2010).
type evacuation struct {
	w        *World
	units    []*evacUnit
	homes    []evacHome
	shelters []*evacShelter
	pairs    []*evacPair
	links    []*evacLink
}

// evacUnit is a transfer unit: a village inside a zone.
type evacUnit struct {
	village                                     *Village
	zone                                        string
	low, mean, platform, level                  float64
	people, households, vulnerable, cars, stock int
	inplace                                     bool
	leader, phone                               string
	homes                                       []int
	node                                        int // road node it leaves from, -1
}

type evacHome struct {
	unit                             *evacUnit
	at                               Point
	head, phone, shelter             string
	members, vulnerable, cars, stock int
}

type evacShelter struct {
	village            *Village
	code, name, kind   string
	at                 Point
	high, area         float64
	capacity, assigned int
	open               bool
	phone              string
	node               int
}

type evacPair struct {
	unit       *evacUnit
	shelter    *evacShelter
	people     int
	households int
	ordinal    int
	metres     float64
	path       []int // roads, signed: +i+1 along, -i-1 against
}

type evacLink struct {
	road          int
	along, back   bool
	units, people int
	limit         float64
}

// Levels the zones are planned for, 1985 datum, m above the local ground where a fixed level would be dry.
const (
	evacLakeLevel = 43.22 // domain: design use level of Dongping lake, 1985 datum (unverified)
	evacFreeboard = 0.5
	evacPerson    = 3.5 // m² of shelter a person needs (unverified)
)

// evacuate plans the evacuation of all zones.
func evacuate(w *World) *evacuation {
	v := &evacuation{w: w}
	v.gather()
	v.settle()
	v.open()
	v.pair()
	v.routes()
	return v
}

// zoneOf is the zone whose area holds p.
func (v *evacuation) zoneOf(p Point) string {
	for _, z := range v.w.Zones {
		if len(z.Area) > 0 && contains(z.Area[0], p) {
			return z.Kind
		}
	}
	return ""
}

// gather makes a unit of every village whose centre lies in a zone.
func (v *evacuation) gather() {
	r := v.w.Rand("evacuation units")
	for i := range v.w.Villages {
		g := &v.w.Villages[i]
		zone := v.zoneOf(g.Centre)
		if zone == "" || g.Population < 1 {
			continue
		}
		u := &evacUnit{village: g, zone: zone, people: g.Population, households: max(1, min(g.Households, g.Population)), node: v.nearest(g.Centre)}
		share := 10 // of Small's few villages, which stand for ten each
		if v.w.Size != Small {
			share = 3 // live low enough to have to leave
		}
		u.people = max(1, u.people/share)
		u.households = max(1, min(u.people, u.households/share))
		u.low, u.mean = v.levels(g)
		u.level = evacLakeLevel
		if zone == "flood_plain" || u.level < u.mean+0.8 {
			u.level = netRound(u.mean+1.2, 2)
		}
		u.platform = netRound(u.mean+0.3*r.Float64(), 2)
		if r.IntN(5) == 0 {
			u.inplace = true
			u.platform = netRound(u.level+evacFreeboard+0.1+0.3*r.Float64(), 2)
		}
		u.leader, u.phone = v.surname(r.IntN(1000)), fmt.Sprintf("1%d****%04d", 30+r.IntN(60), r.IntN(10000))
		v.units = append(v.units, u)
	}
	slices.SortFunc(v.units, func(a, b *evacUnit) int { return cmp.Compare(a.village.Code, b.village.Code) })
}

// levels is the lowest and the mean ground of a village on a grid of 100 m.
func (v *evacuation) levels(g *Village) (low, mean float64) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range g.Area[0] {
		x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
	}
	low = v.w.Ground(g.Centre)
	mean = low
	n := 1.0
	step := max(100, (x1-x0)/20)
	for x := x0; x <= x1; x += step {
		for y := y0; y <= y1; y += step {
			if p := (Point{x, y}); contains(g.Area[0], p) {
				h := v.w.Ground(p)
				low, mean, n = min(low, h), mean+h, n+1
			}
		}
	}
	return netRound(low, 2), netRound(mean/n, 2)
}

func (v *evacuation) surname(i int) string {
	s := []rune("王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗郑梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚")
	return string(s[i%len(s)]) + "*"
}

// nearest is the road node next to p.
func (v *evacuation) nearest(p Point) int {
	best, near := -1, math.Inf(1)
	for i, q := range v.w.RoadNodes {
		if d := dist(p, q); d < near {
			best, near = i, d
		}
	}
	return best
}

// settle gives every unit its households; members add up to its people.
func (v *evacuation) settle() {
	r := v.w.Rand("evacuation households")
	for _, u := range v.units {
		size := make([]int, u.households)
		left := u.people
		for i := range size {
			size[i] = 1
			left--
		}
		for most := u.people/u.households + 4; left > 0; left-- {
			i := r.IntN(len(size))
			for size[i] >= most {
				i = (i + 1) % len(size)
			}
			size[i]++
		}
		for i, n := range size {
			h := evacHome{unit: u, members: n, head: v.surname(r.IntN(1000)), phone: fmt.Sprintf("1%d****%04d", 30+r.IntN(60), r.IntN(10000)), at: v.yard(u.village, r.Float64, i)}
			for range n {
				if r.IntN(100) < 22 {
					h.vulnerable++
				}
			}
			if r.IntN(100) < 38 {
				h.cars = 1
			}
			if r.IntN(100) < 18 {
				h.stock = 1 + r.IntN(12)
			}
			u.vulnerable, u.cars, u.stock = u.vulnerable+h.vulnerable, u.cars+h.cars, u.stock+h.stock
			u.homes = append(u.homes, len(v.homes))
			v.homes = append(v.homes, h)
		}
	}
}

// yard is a place in the built-up land of a village.
func (v *evacuation) yard(g *Village, chance func() float64, i int) Point {
	for range 40 {
		if len(g.Built) == 0 {
			break
		}
		ring := g.Built[i%len(g.Built)][0]
		x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
		for _, p := range ring {
			x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
		}
		if p := (Point{x0 + (x1-x0)*chance(), y0 + (y1-y0)*chance()}); contains(ring, p) {
			return netMM(p)
		}
	}
	return netMM(polar(g.Centre, chance()*2*math.Pi, 60*math.Sqrt(chance())))
}

// open chooses shelters outside all zones, nearest to the zones first, until there is room for a fifth more than all people.
func (v *evacuation) open() {
	r := v.w.Rand("evacuation shelters")
	need := 0
	for _, u := range v.units {
		need += u.people
	}
	type host struct {
		village *Village
		far     float64
	}
	var hosts []host
	for i := range v.w.Villages {
		g := &v.w.Villages[i]
		if v.zoneOf(g.Centre) != "" || len(v.units) == 0 {
			continue
		}
		far := math.Inf(1)
		for _, u := range v.units {
			far = min(far, dist(g.Centre, u.village.Centre))
		}
		hosts = append(hosts, host{g, far})
	}
	slices.SortStableFunc(hosts, func(a, b host) int { return cmp.Compare(a.far, b.far) })
	room := 0
	share := max(400, need*13/10/max(1, len(hosts))*2)
	for _, h := range hosts {
		if float64(room) >= 1.2*float64(need) {
			break
		}
		g := h.village
		s := &evacShelter{village: g, at: netMM(g.Centre), kind: "村安置点", open: true, node: v.nearest(g.Centre), phone: fmt.Sprintf("0537-7%03d****", r.IntN(1000))}
		s.capacity = share/2 + r.IntN(share)
		s.name = g.Name + "安置点"
		if r.IntN(4) == 0 {
			s.kind, s.name, s.capacity = "学校", g.Name+"小学安置点", s.capacity*3/2
		}
		s.area = netRound(float64(s.capacity)*evacPerson+5*r.Float64(), 1)
		s.code = fmt.Sprintf("AZ%s", g.Code)
		s.high = netRound(v.w.Ground(s.at)+0.4, 2)
		s.open = r.IntN(12) != 0
		if s.open {
			room += s.capacity
		}
		v.shelters = append(v.shelters, s)
	}
	for i := 0; float64(room) < 1.2*float64(need) && len(v.shelters) > 0; i = (i + 1) % len(v.shelters) {
		if s := v.shelters[i]; s.open || i == 0 { // too few hosts: those there are take more
			if !s.open {
				s.open, room = true, room+s.capacity
			}
			s.capacity, room = s.capacity+500, room+500
			s.area = netRound(float64(s.capacity)*evacPerson+3, 1)
		}
	}
	slices.SortFunc(v.shelters, func(a, b *evacShelter) int { return cmp.Compare(a.code, b.code) })
}
