package demo

import (
	"math"
	"slices"
)

// plot is a settlement's plan: a bent grid of lines, and which of its cells are built.
type plot struct {
	at    Point
	angle float64
	u, v  []float64 // where the lines run, metres from at
	sway  float64   // how far crossings stray from the lines
	seed  uint64
	built [][]bool // [i][j]: the cell between lines i, i+1 and j, j+1
}

// newPlot lays lines spacing metres apart (each a little different) out to reach metres from at.
func newPlot(seed uint64, at Point, angle, spacing, reach, sway float64) *plot {
	p := &plot{at: at, angle: angle, sway: sway, seed: seed}
	lines := func(c int64) []float64 {
		var out []float64
		x := -reach
		for k := int64(0); x < reach; k++ {
			out = append(out, x)
			x += spacing * (0.75 + 0.5*unit01(hash(seed, c, k, 0)))
		}
		return out
	}
	p.u, p.v = lines(1), lines(2)
	p.built = make([][]bool, len(p.u)-1)
	for i := range p.built {
		p.built[i] = make([]bool, len(p.v)-1)
	}
	return p
}

// node is the crossing of lines i and j.
func (p *plot) node(i, j int) Point {
	du := p.sway * (2*unit01(hash(p.seed, 3, int64(i), int64(j))) - 1)
	dv := p.sway * (2*unit01(hash(p.seed, 4, int64(i), int64(j))) - 1)
	return local(p.at, p.angle, p.u[i]+du, p.v[j]+dv)
}

func (p *plot) middle(i, j int) Point {
	return local(p.at, p.angle, (p.u[i]+p.u[i+1])/2, (p.v[j]+p.v[j+1])/2)
}

func (p *plot) cell(i, j int) []Point {
	r := []Point{p.node(i, j), p.node(i+1, j), p.node(i+1, j+1), p.node(i, j+1)}
	return append(r, r[0])
}

func (p *plot) is(i, j int) bool {
	return i >= 0 && j >= 0 && i < len(p.built) && j < len(p.built[0]) && p.built[i][j]
}

// cellAt is the middle of the built cell that holds q.
func (p *plot) cellAt(q Point) (Point, bool) {
	u, v := toLocal(p.at, p.angle, q)
	i, _ := slices.BinarySearch(p.u, u)
	j, _ := slices.BinarySearch(p.v, v)
	for di := -2; di <= 1; di++ {
		for dj := -2; dj <= 1; dj++ {
			if p.is(i+di, j+dj) && contains(p.cell(i+di, j+dj), q) {
				return p.middle(i+di, j+dj), true
			}
		}
	}
	return Point{}, false
}

// between lists the lines between neighbouring built cells that differ.
func (p *plot) between(differ func(a, b Point) bool) [][]Point {
	var out [][]Point
	for i := range p.built {
		for j := range p.built[i] {
			if p.is(i, j) && p.is(i+1, j) && differ(p.middle(i, j), p.middle(i+1, j)) {
				out = append(out, []Point{p.node(i+1, j), p.node(i+1, j+1)})
			}
			if p.is(i, j) && p.is(i, j+1) && differ(p.middle(i, j), p.middle(i, j+1)) {
				out = append(out, []Point{p.node(i, j+1), p.node(i+1, j+1)})
			}
		}
	}
	return out
}

// grow builds the cells that want to be, then keeps what hangs together with the middle one, closes corners that
// touch and holes.
func (p *plot) grow(wants func(i, j int, c Point) bool) {
	n, k := len(p.built), len(p.built[0])
	ci, cj, least := 0, 0, math.Inf(1)
	for i := range n {
		for j := range k {
			c := p.middle(i, j)
			if d := dist(c, p.at); d < least {
				ci, cj, least = i, j, d
			}
			p.built[i][j] = wants(i, j, c)
		}
	}
	p.built[ci][cj] = true
	for changed := true; changed; {
		changed = false
		for i := range n - 1 {
			for j := range k - 1 {
				a, b, c, d := p.is(i, j), p.is(i+1, j), p.is(i, j+1), p.is(i+1, j+1)
				if a && d && !b && !c {
					p.built[i+1][j], changed = true, true
				} else if b && c && !a && !d {
					p.built[i][j], changed = true, true
				}
			}
		}
	}
	keep := p.flood(ci, cj, true)
	empty := p.flood(-1, -1, false)
	for i := range n {
		for j := range k {
			p.built[i][j] = keep[i+1][j+1] || !empty[i+1][j+1] && !p.built[i][j]
		}
	}
}

// flood marks what is reached from a cell over cells of the same state; indexes are one more than the cells'.
func (p *plot) flood(i, j int, state bool) [][]bool {
	n, k := len(p.built), len(p.built[0])
	seen := make([][]bool, n+2)
	for x := range seen {
		seen[x] = make([]bool, k+2)
	}
	todo := [][2]int{{i, j}}
	for len(todo) > 0 {
		c := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		x, y := c[0], c[1]
		if x < -1 || y < -1 || x > n || y > k || seen[x+1][y+1] || p.is(x, y) != state {
			continue
		}
		seen[x+1][y+1] = true
		todo = append(todo, [2]int{x + 1, y}, [2]int{x - 1, y}, [2]int{x, y + 1}, [2]int{x, y - 1})
	}
	return seen
}

// ring is the outline of the built cells, closed, anticlockwise.
func (p *plot) ring() []Point {
	type key struct{ i, j int }
	next := map[key]key{}
	var start key
	for i := range p.built {
		for j := range p.built[i] {
			if !p.built[i][j] {
				continue
			}
			if !p.is(i, j-1) {
				next[key{i, j}] = key{i + 1, j}
				if len(next) == 1 {
					start = key{i, j}
				}
			}
			if !p.is(i+1, j) {
				next[key{i + 1, j}] = key{i + 1, j + 1}
			}
			if !p.is(i, j+1) {
				next[key{i + 1, j + 1}] = key{i, j + 1}
			}
			if !p.is(i-1, j) {
				next[key{i, j + 1}] = key{i, j}
			}
		}
	}
	var out []Point
	for k := start; ; {
		out = append(out, p.node(k.i, k.j))
		if k = next[k]; k == start || len(out) > len(next) {
			return append(out, out[0])
		}
	}
}

// seat is a town's built-up middle with its streets. The county seat belongs to two subdistricts.
type seat struct {
	plot   *plot
	growth *plot // where it may grow: the urban development boundary
	towns  []int
	radius float64
	ring   []Point
	around []Point // outline of growth
	works  float64 // direction of its industry from the middle, radians
}

// towns lists the fourteen with the invented places of their seats. Codes: the statistics bureau's list.
var towns = []struct {
	code, name string
	u, v       float64
	radius     float64 // of the seat, m
}{
	{"370832001", "水泊街道", 0, 0, 0},
	{"370832002", "梁山街道", 0, 0, 0},
	{"370832101", "小路口镇", 0.405, 0.715, 520},
	{"370832102", "韩岗镇", 0.685, 0.395, 600},
	{"370832104", "拳铺镇", 0.485, 0.285, 1150},
	{"370832105", "杨营镇", 0.405, 0.155, 560},
	{"370832106", "韩垓镇", 0.635, 0.115, 580},
	{"370832107", "馆驿镇", 0.80, 0.515, 600},
	{"370832108", "小安山镇", 0.665, 0.655, 560},
	{"370832109", "寿张集镇", 0.52, 0.69, 540},
	{"370832110", "黑虎庙镇", 0.245, 0.415, 520},
	{"370832111", "马营镇", 0.28, 0.265, 560},
	{"370832215", "赵堌堆乡", 0.125, 0.28, 430},
	{"370832217", "大路口乡", 0.645, 0.855, 450},
}

// found places the seats and lays out their streets.
func (m *maker) found() {
	c := m.center()
	r := m.w.Rand("seats")
	m.seats = append(m.seats, m.lay([]int{0, 1}, c, 2350, 400, 0.06, r.Float64()*6))
	for i := 2; i < len(towns); i++ {
		t := towns[i]
		p := at(t.u+0.008*(r.Float64()-0.5), t.v+0.008*(r.Float64()-0.5))
		for range 60 { // out of the way of water
			if d, _ := m.clear(p); d > 420 {
				break
			}
			p = at(t.u+0.06*(r.Float64()-0.5), t.v+0.06*(r.Float64()-0.5))
		}
		spacing := 185.0
		if t.radius > 1000 {
			spacing = 300
		}
		m.seats = append(m.seats, m.lay([]int{i}, p, t.radius, spacing, m.grain(p), r.Float64()*6))
	}
	for i, t := range towns {
		tw := Town{Code: t.code, Name: t.name, Seat: c, SeatRadius: 2350, County: i < 2}
		switch i {
		case 0:
			tw.Seat = local(c, 0.06, 950, 250)
		case 1:
			tw.Seat = local(c, 0.06, -950, -250)
		default:
			tw.Seat, tw.SeatRadius = m.seats[i-1].plot.at, t.radius
		}
		s := m.seats[max(0, i-1)]
		tw.Built = []Polygon{{s.ring}}
		m.w.Towns = append(m.w.Towns, tw)
	}
}

// lay makes one seat: cells within an uneven circle, out of water and off railways, and room to grow around them.
func (m *maker) lay(ts []int, c Point, radius, spacing, angle, works float64) seat {
	seed := hash(m.w.Seed, 80, int64(ts[0]), 0)
	s := seat{towns: ts, radius: radius, works: works}
	within := func(p *plot, k float64) {
		p.grow(func(i, j int, o Point) bool {
			for _, q := range append(p.cell(i, j)[:4], o) {
				if d, _ := m.clear(q); d < 45 || !contains(m.outline, q) {
					return false
				}
			}
			a := math.Atan2(o.Y-c.Y, o.X-c.X)
			uneven := 1 + 0.22*noise(seed, 5, 1.4*math.Cos(a)+7, 1.4*math.Sin(a)+7) + 0.16*math.Cos(a-works)
			return dist(o, c) < radius*k*uneven
		})
	}
	s.plot = newPlot(seed, c, angle, spacing, radius*1.8, spacing*0.06)
	within(s.plot, 1)
	s.ring = s.plot.ring()
	s.growth = newPlot(seed, c, angle, spacing, radius*1.8, spacing*0.06)
	within(s.growth, 1.27)
	for i := range s.growth.built {
		for j := range s.growth.built[i] {
			s.growth.built[i][j] = s.growth.built[i][j] || s.plot.built[i][j]
		}
	}
	s.around = s.growth.ring()
	return s
}

// track is a short run of the bound of a water, a dike, a railway or an expressway, with its bounds.
type track struct {
	line           []Point
	half           float64
	x0, y0, x1, y1 float64
}

// survey collects the tracks once all are laid.
func (m *maker) survey() {
	add := func(line []Point, half float64) {
		const run = 24
		for i := 0; i < len(line)-1; i += run {
			t := track{line: line[i:min(i+run+1, len(line))], half: half, x0: math.Inf(1), y0: math.Inf(1), x1: math.Inf(-1), y1: math.Inf(-1)}
			for _, p := range t.line {
				t.x0, t.y0, t.x1, t.y1 = math.Min(t.x0, p.X), math.Min(t.y0, p.Y), math.Max(t.x1, p.X), math.Max(t.y1, p.Y)
			}
			m.tracks = append(m.tracks, t)
		}
	}
	for _, a := range m.areas {
		add(a.ring, 0)
	}
	for _, r := range m.ribbons {
		add(r.line, r.half)
	}
}

// clear is the distance from p to the nearest water, dike, railway or expressway, and the direction of that.
func (m *maker) clear(p Point) (d, angle float64) {
	d = math.Inf(1)
	for _, t := range m.tracks {
		dx := math.Max(0, math.Max(t.x0-p.X, p.X-t.x1))
		dy := math.Max(0, math.Max(t.y0-p.Y, p.Y-t.y1))
		if reach := d + t.half; dx*dx+dy*dy > reach*reach {
			continue
		}
		if e, g := distLine(p, t.line); e-t.half < d {
			d, angle = e-t.half, g
		}
	}
	if d < 1500 {
		for _, a := range m.areas {
			if a.kind != pond && contains(a.ring, p) {
				return 0, 0
			}
		}
	}
	return d, angle
}

// grain is the direction the fields, lanes and roads about p keep to, radians from east, within a quarter turn:
// nearly the compass, leaning with the land and with water nearby.
func (m *maker) grain(p Point) float64 {
	g := 0.03 + 0.17*noise(m.w.Seed, 90, p.X/6500, p.Y/6500) + 0.07*noise(m.w.Seed, 91, p.X/1900, p.Y/1900)
	d, a := m.clear(p)
	if d < 1600 {
		w := 0.8 * (1 - d/1600)
		g += w * quarter(a-g)
	}
	return g
}

// quarter brings an angle within an eighth of a turn of zero, by quarter turns.
func quarter(a float64) float64 { return a - math.Round(a/(math.Pi/2))*math.Pi/2 }

// seatAt is the seat whose outline holds p, or -1.
func (m *maker) seatAt(p Point) int {
	return slices.IndexFunc(m.seats, func(s seat) bool { return dist(p, s.plot.at) < s.radius*2 && contains(s.ring, p) })
}
