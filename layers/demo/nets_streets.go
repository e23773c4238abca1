package demo

import (
	"math"
	"slices"
	"strings"
)

// netSeat is the street graph of one seat, which its pipes and drains follow.
type netSeat struct {
	town   Town
	order  int    // 0 is the county seat
	prefix string // of the numbers of its points and pipes
	nodes  []netNode
	edges  []netEdge
}

type netNode struct {
	at    Point
	edges []int
	reach float64 // lanes of the streets that meet here cross within this distance
}

// netEdge is a street; its line runs east or north, so that "left" means the same along a chain of streets.
type netEdge struct {
	from, to     int
	line         []Point
	length, kerb float64 // kerb: half the carriageway
	rank         int     // 0 main, 1 secondary, 2 branch
	name         string
	east         bool // runs east rather than north
}

// netSeats are the county seat and the two largest other seats, as far as the size asks for.
func netSeats(w *World) []*netSeat {
	var county, rest []Town
	for _, t := range w.Towns {
		if t.County {
			county = append(county, t)
		} else {
			rest = append(rest, t)
		}
	}
	slices.SortStableFunc(rest, func(a, b Town) int {
		switch {
		case a.SeatRadius > b.SeatRadius:
			return -1
		case a.SeatRadius < b.SeatRadius:
			return 1
		}
		return strings.Compare(a.Code, b.Code)
	})
	groups := [][]Town{county}
	for _, t := range rest[:min(2, len(rest))] {
		groups = append(groups, []Town{t})
	}
	var out []*netSeat
	for i, g := range groups {
		if len(g) == 0 {
			continue
		}
		s := &netSeat{town: g[0], order: i, prefix: string(rune('A' + i))}
		if s.gather(w, g, netBudget(w.Size, i)); len(s.edges) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// netBudget is the length of streets with pipes, m.
func netBudget(size Size, order int) float64 {
	switch {
	case size == Small && order == 0:
		return 5_000
	case size == Small:
		return 2_200
	case order == 0:
		return 150_000
	}
	return 30_000
}

// gather takes the streets of the towns' seats, nearest the centre first, and keeps the part connected with the centre.
func (s *netSeat) gather(w *World, towns []Town, budget float64) {
	centre := towns[0].Seat
	type candidate struct {
		road int
		far  float64
	}
	var cs []candidate
	for i, r := range w.Roads {
		if !strings.HasPrefix(r.Class, "street_") || len(r.Line) < 2 || length(r.Line) < 55 {
			continue
		}
		mid, _ := netAlong(r.Line, length(r.Line)/2)
		if slices.ContainsFunc(towns, func(t Town) bool { return dist(mid, t.Seat) < t.SeatRadius*1.25 }) {
			cs = append(cs, candidate{i, max(dist(centre, w.RoadNodes[r.From]), dist(centre, w.RoadNodes[r.To]))})
		}
	}
	slices.SortStableFunc(cs, func(a, b candidate) int {
		switch {
		case a.far < b.far:
			return -1
		case a.far > b.far:
			return 1
		}
		return 0
	})
	number := map[int]int{}
	node := func(n int) int {
		if _, ok := number[n]; !ok {
			number[n] = len(s.nodes)
			s.nodes = append(s.nodes, netNode{at: w.RoadNodes[n]})
		}
		return number[n]
	}
	for _, c := range cs {
		r := w.Roads[c.road]
		if budget -= length(r.Line); budget < 0 {
			break
		}
		s.add(node(r.From), node(r.To), r)
	}
	s.connected()
	s.measure()
}

func (s *netSeat) add(from, to int, r Road) {
	line := slices.Clone(r.Line)
	d := math.Atan2(line[len(line)-1].Y-line[0].Y, line[len(line)-1].X-line[0].X)
	if d <= -math.Pi/4 || d > 3*math.Pi/4 {
		slices.Reverse(line)
		from, to = to, from
		d = math.Atan2(line[len(line)-1].Y-line[0].Y, line[len(line)-1].X-line[0].X)
	}
	rank := map[string]int{"street_main": 0, "street_secondary": 1}[r.Class]
	if r.Class != "street_main" && r.Class != "street_secondary" {
		rank = 2
	}
	s.edges = append(s.edges, netEdge{from: from, to: to, line: line, length: length(line), kerb: max(3.5, 0.3*r.Width), rank: rank, name: r.Name, east: d < math.Pi/4})
}

// connected keeps the largest part of the graph.
func (s *netSeat) connected() {
	part := make([]int, len(s.nodes))
	for i := range part {
		part[i] = i
	}
	find := func(i int) int {
		for part[i] != i {
			part[i] = part[part[i]]
			i = part[i]
		}
		return i
	}
	for _, e := range s.edges {
		part[find(e.from)] = find(e.to)
	}
	total := make([]float64, len(s.nodes))
	for _, e := range s.edges {
		total[find(e.from)] += e.length
	}
	best := 0
	for i := range total {
		if total[i] > total[best] {
			best = i
		}
	}
	s.edges = slices.DeleteFunc(s.edges, func(e netEdge) bool { return find(e.from) != best || e.from == e.to })
}

func (s *netSeat) measure() {
	for i, e := range s.edges {
		for _, n := range [2]int{e.from, e.to} {
			s.nodes[n].edges = append(s.nodes[n].edges, i)
			s.nodes[n].reach = max(s.nodes[n].reach, e.kerb+8)
		}
	}
}

// other is the far end of edge e seen from node n.
func (s *netSeat) other(e, n int) int {
	if s.edges[e].from == n {
		return s.edges[e].to
	}
	return s.edges[e].from
}

// tangent is the direction of edge e (as it runs) at its node n.
func (s *netSeat) tangent(e, n int) Point {
	ed := &s.edges[e]
	if ed.from == n {
		_, d := netAlong(ed.line, min(1, ed.length))
		return d
	}
	_, d := netAlong(ed.line, ed.length-min(1, ed.length))
	return d
}

// netLanes is the lane of one kind of pipe through the streets of a seat: for each street used, the points beside
// its middle line; for each node, where the lanes of its streets meet.
type netLanes struct {
	seat  *netSeat
	used  []bool
	meet  []Point
	lane  [][]Point // without the meeting points
	place func(netEdge) float64
}

// lanes lays a kind of pipe into the streets that use allows, place metres left of the middle, with a point at most
// every step metres. Streets whose lanes would cross others or meet them too sharply are left out.
func (s *netSeat) lanes(use func(i int) bool, place func(netEdge) float64, step float64) *netLanes {
	l := &netLanes{seat: s, used: make([]bool, len(s.edges)), meet: make([]Point, len(s.nodes)), lane: make([][]Point, len(s.edges)), place: place}
	for i, e := range s.edges {
		if l.used[i] = use(i) && e.length > s.nodes[e.from].reach+s.nodes[e.to].reach+24; l.used[i] {
			l.lane[i] = s.beside(i, place(e), step)
		}
	}
	for range 6 {
		l.join()
		if !l.prune() {
			break
		}
	}
	l.join()
	return l
}

// beside is the lane of edge i between the reaches of its ends.
func (s *netSeat) beside(i int, d, step float64) []Point {
	e := &s.edges[i]
	a, b := s.nodes[e.from].reach+1, e.length-s.nodes[e.to].reach-1
	n := int(math.Ceil((b - a) / step))
	out := make([]Point, 0, n+1)
	for k := range n + 1 {
		at := a + (b-a)*float64(k)/float64(n)
		p, _ := netAlong(e.line, at)
		q0, _ := netAlong(e.line, at-4)
		q1, _ := netAlong(e.line, at+4)
		l := dist(q0, q1)
		out = append(out, netMM(Point{p.X - (q1.Y-q0.Y)/l*d, p.Y + (q1.X-q0.X)/l*d}))
	}
	return out
}

// join finds the meeting points: nearest, by least squares, to the lanes of the streets that meet.
func (l *netLanes) join() {
	for n, node := range l.seat.nodes {
		const ridge = 0.02
		xx, xy, yy, bx, by := ridge, 0.0, ridge, 0.0, 0.0
		for _, e := range node.edges {
			if !l.used[e] {
				continue
			}
			t, d := l.seat.tangent(e, n), l.place(l.seat.edges[e])
			nx, ny := -t.Y, t.X
			xx, xy, yy = xx+nx*nx, xy+nx*ny, yy+ny*ny
			bx, by = bx+nx*d, by+ny*d
		}
		det := xx*yy - xy*xy
		x, y := (bx*yy-by*xy)/det, (by*xx-bx*xy)/det
		if r := math.Hypot(x, y); r > node.reach*1.35 {
			x, y = x/r*node.reach*1.35, y/r*node.reach*1.35
		}
		l.meet[n] = netMM(Point{node.at.X + x, node.at.Y + y})
	}
}

// path is the whole lane of edge e, meeting points included.
func (l *netLanes) path(e int) []Point {
	ed := &l.seat.edges[e]
	return append(append([]Point{l.meet[ed.from]}, l.lane[e]...), l.meet[ed.to])
}

// leg is the first point of the lane of e as seen from node n.
func (l *netLanes) leg(e, n int) Point {
	if l.seat.edges[e].from == n {
		return l.lane[e][0]
	}
	return l.lane[e][len(l.lane[e])-1]
}

// degree counts the lanes at n.
func (l *netLanes) degree(n int) int {
	d := 0
	for _, e := range l.seat.nodes[n].edges {
		if l.used[e] {
			d++
		}
	}
	return d
}

// prune leaves out streets that break the rules of a net, and tells whether it did.
func (l *netLanes) prune() bool {
	drop := map[int]bool{}
	worse := func(a, b int) int { // the one to give up
		x, y := l.seat.edges[a], l.seat.edges[b]
		if x.rank > y.rank || x.rank == y.rank && (x.length < y.length || x.length == y.length && a > b) {
			return a
		}
		return b
	}
	for n := range l.seat.nodes {
		var es []int
		for _, e := range l.seat.nodes[n].edges {
			if l.used[e] {
				es = append(es, e)
			}
		}
		for i, a := range es {
			for _, b := range es[:i] {
				if netTurn(l.leg(a, n), l.meet[n], l.leg(b, n)) < 50 {
					drop[worse(a, b)] = true
				}
			}
		}
		for len(es) > 4 {
			w := es[0]
			for _, e := range es[1:] {
				w = worse(w, e)
			}
			drop[w] = true
			es = slices.DeleteFunc(es, func(e int) bool { return e == w })
		}
	}
	x := newNetIndex()
	for e := range l.seat.edges {
		if !l.used[e] {
			continue
		}
		p := l.path(e)
		for i := 1; i < len(p); i++ {
			a, b := p[i-1], p[i]
			if i > 1 && netTurn(p[i-2], a, b) < 60 || dist(a, b) > 74 || dist(a, b) < 1.2 {
				drop[e] = true
			}
			x.near(a, b, func(s netSegment) {
				if s.id != e && s.a != a && s.b != b && s.a != b && s.b != a && netGap(a, b, s.a, s.b) < 0.6 {
					drop[worse(e, s.id)] = true
				}
			})
		}
		for i := 1; i < len(p); i++ {
			x.add(p[i-1], p[i], e)
		}
	}
	any := false
	for e := range l.used {
		if l.used[e] && drop[e] {
			l.used[e], any = false, true
		}
	}
	return any
}

// keep leaves out all streets not connected with root.
func (l *netLanes) keep(root int) {
	reached := map[int]bool{root: true}
	for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
		for _, e := range l.seat.nodes[queue[0]].edges {
			if o := l.seat.other(e, queue[0]); l.used[e] && !reached[o] {
				reached[o] = true
				queue = append(queue, o)
			}
		}
	}
	for e := range l.used {
		l.used[e] = l.used[e] && reached[l.seat.edges[e].from]
	}
}
