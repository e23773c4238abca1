package demo

import (
	"math"
	"slices"
)

// kind is what a place of the county is before it is cut into parcels.
type kind uint8

// The kinds. The greater wins where two lie upon each other.
const (
	open       kind = iota // farmland
	belt                   // trees along something
	settlement             // a village's built-up land
	urban                  // a seat's block between streets
	ditch                  // between two villages
	drain                  // 干沟
	pond
	hill
	dike
	rural // a village road
	highway
	street
	rail
	lake
	shoal
	canal
	river
)

// area is a closed shape of one kind; of is what it belongs to (a settlement's site, a lake's name …).
type area struct {
	kind kind
	ring []Point
	of   int
	name string
}

// ribbon is a line with a width: half to each side, and trees beyond it.
type ribbon struct {
	kind  kind
	line  []Point
	half  float64
	trees float64 // m of trees beyond each edge
	name  string
	class string
}

// blob is a closed natural shape around o, longer along angle.
func (m *maker) blob(channel int64, o Point, r, stretch, angle float64, rough float64) []Point {
	var ring []Point
	const n = 56
	for i := range n {
		a := float64(i) * 2 * math.Pi / n
		s, c := math.Sincos(a)
		k := r * (1 + rough*noise(m.w.Seed, channel, 1.7*c+9, 1.7*s+9) + rough*0.5*noise(m.w.Seed, channel+300, 4*c+9, 4*s+9))
		ring = append(ring, local(o, angle, k*c*stretch, k*s/stretch))
	}
	return append(ring, ring[0])
}

// waters lays the river, its flood plain and dike, the canal, the ring dike, lakes, the hill and the drains.
func (m *maker) waters() {
	m.yellowRiver()
	ring := m.through(20, 0.006, 160, 0.625, 1.06, 0.588, 0.93, 0.575, 0.81, 0.60, 0.71, 0.588, 0.61, 0.625, 0.525, 0.70, 0.468, 0.80, 0.46, 0.90, 0.475, 1.05, 0.455)
	m.ribbons = append(m.ribbons, ribbon{dike, ring, 19, 32, "东平湖围坝", "ring"})
	zone := slices.Concat(ring, []Point{at(1.3, 0.455), at(1.3, 1.3), at(0.625, 1.3)})
	m.zones = append(m.zones, Zone{"new_lake", "东平湖新湖区", Polygon{append(zone, zone[0])}})

	canalLine := m.through(21, 0.006, 190, 0.615, -0.08, 0.625, 0.08, 0.60, 0.21, 0.63, 0.33, 0.655, 0.45, 0.70, 0.56, 0.692, 0.68, 0.73, 0.79, 0.72, 0.90, 0.75, 1.08)
	m.ribbons = append(m.ribbons, ribbon{canal, canalLine, 43, 44, "京杭运河（梁济运河）", "canal"})

	s := m.center()
	lakes := []struct {
		name         string
		o            Point
		r, stretch   float64
		angle, rough float64
	}{
		{"梁山泊", Point{s.X - 2300, s.Y + 3900}, 900, 1.35, 0.4, 0.45},
		{"水泊湖", Point{s.X + 4300, s.Y + 2300}, 620, 1.2, 1.2, 0.4},
		{"芦苇荡", at(0.80, 0.635), 760, 1.5, 2.5, 0.5},
		{"小安湖", at(0.655, 0.74), 430, 1.3, 1.0, 0.45},
	}
	for i, l := range lakes {
		m.areas = append(m.areas, area{lake, m.blob(int64(40+i), l.o, l.r, l.stretch, l.angle, l.rough), i, l.name})
	}
	m.areas = append(m.areas, area{hill, m.blob(60, Point{s.X + 700, s.Y - 4000}, 850, 1.2, 1.9, 0.35), 0, "梁山"})

	drains := []struct {
		name string
		half float64
		uv   []float64
	}{
		{"流长河", 15, []float64{0.03, 0.225, 0.14, 0.22, 0.25, 0.235, 0.36, 0.20, 0.45, 0.205, 0.615, 0.21}},
		{"金线河", 17, []float64{0.09, 0.335, 0.20, 0.315, 0.30, 0.36, 0.40, 0.37, 0.50, 0.385, 0.63, 0.335}},
		{"柳河", 14, []float64{0.215, 0.475, 0.29, 0.535, 0.36, 0.60, 0.45, 0.635, 0.52, 0.645, 0.588, 0.60}},
		{"湖西排水河", 13, []float64{0.345, 0.69, 0.45, 0.745, 0.52, 0.745, 0.578, 0.80}},
		{"龟山河", 13, []float64{0.625, 0.29, 0.72, 0.275, 0.80, 0.345, 0.93, 0.385}},
		{"湖东排水河", 15, []float64{0.662, 0.47, 0.74, 0.555, 0.84, 0.545, 0.99, 0.585}},
		{"安山河", 12, []float64{0.705, 0.735, 0.78, 0.755, 0.87, 0.715, 1.02, 0.72}},
		{"郓梁新河", 14, []float64{0.315, -0.02, 0.325, 0.13, 0.335, 0.235, 0.305, 0.36, 0.285, 0.53}},
		{"韩梁河", 12, []float64{0.50, -0.03, 0.495, 0.10, 0.525, 0.205, 0.53, 0.295, 0.555, 0.385}},
		{"王场沟", 10, []float64{0.13, 0.02, 0.155, 0.15, 0.14, 0.22, 0.185, 0.32}},
		{"南旺沟", 10, []float64{0.70, 0.0, 0.69, 0.12, 0.715, 0.275}},
		{"小路口沟", 10, []float64{0.42, 0.80, 0.455, 0.745, 0.435, 0.63}},
	}
	for i, d := range drains {
		m.ribbons = append(m.ribbons, ribbon{drain, m.through(int64(70+i), 0.008, 210, d.uv...), d.half, 9, d.name, "drain"})
	}
}

// center is the middle of the county seat.
func (m *maker) center() Point {
	h := hash(m.w.Seed, 5, 0, 0)
	p := at(0.452, 0.50)
	return Point{p.X + 500*(unit01(h)-0.5), p.Y + 500*(unit01(hash(h, 1, 0, 0))-0.5)}
}

// yellowRiver lays channel, sandbars, shoals, flood plain and the great dike.
func (m *maker) yellowRiver() {
	seed := m.w.Seed
	bankAt := func(i int) float64 {
		s := float64(i) * 120
		return -(330 + 130*noise(seed, 30, s/3100, 0.5) + 50*noise(seed, 31, s/700, 0.5))
	}
	bank := offset(m.upstream, bankAt)
	shoals := offset(m.upstream, func(i int) float64 {
		s := float64(i) * 120
		return bankAt(i) - math.Max(0, 130+330*noise(seed, 32, s/2300, 0.5)+60*noise(seed, 33, s/600, 0.5))
	})
	far := offset(m.upstream, func(int) float64 { return 900 })
	m.areas = append(m.areas, area{river, loop(far, bank), 0, "黄河"}, area{shoal, loop(bank, shoals), 0, "黄河"})
	for i := 6; i < len(m.river)-6; i += 31 + int(hash(seed, 34, int64(i), 0)%24) {
		a := math.Atan2(m.river[i+1].Y-m.river[i].Y, m.river[i+1].X-m.river[i].X)
		o := polar(m.river[i], a-math.Pi/2, 60+150*unit01(hash(seed, 35, int64(i), 0)))
		m.areas = append(m.areas, area{shoal, m.blob(int64(3000+i), o, 95+70*unit01(hash(seed, 36, int64(i), 0)), 2.7, a, 0.3), 1, "黄河"})
	}
	great := offset(resample(smooth(m.upstream, 1), 420), func(i int) float64 {
		return -(2250 + 620*noise(seed, 37, float64(i)/16, 0.5) + 160*noise(seed, 38, float64(i)/5, 0.5))
	})
	great = resample(smooth(great, 2), 150)
	m.ribbons = append(m.ribbons, ribbon{dike, great, 26, 48, "黄河大堤", "river"})
	m.zones = append(m.zones, Zone{"flood_plain", "黄河滩区", Polygon{loop(far, great)}})
}

// loop closes two lines that run the same way into a ring.
func loop(a, b []Point) []Point {
	r := slices.Clone(a)
	for i := len(b) - 1; i >= 0; i-- {
		r = append(r, b[i])
	}
	return append(r, r[0])
}
