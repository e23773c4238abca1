package demo

import (
	"math"
	"math/rand/v2"
	"slices"
)

// drainNode is a node of the drains: manhole, comb (gully), outfall (or a plant's inlet) or pump.
type drainNode struct {
	id, kind, sys string
	at            Point
	high, deep    float64 // ground elevation; depth of the bottom
	well          string  // kind of well
	system        string  // number of the system it belongs to
	address       string
	year          int
	in, out       []*drainPipe
	level         float64 // ordinary level of the receiving water; 0 = none
	water         string
	flap          bool
	style         string // kind of outfall or gully
	name          string
	owner         string
}

// drainPipe is a pipe or a channel; water flows from a to b. reversed ones are stored from b to a with flow '-'.
type drainPipe struct {
	id, sys, grade, system string
	a, b                   *drainNode
	aBottom, bBottom       float64
	size                   int
	plastic, pressure      bool
	channel                bool
	address                string
	year                   int
	reversed               bool
	turned                 bool // its arrow contradicts its elevations
	aDeep, bDeep           float64
	noMaterial             bool
}

// drainNet is the drainage of one seat.
type drainNet struct {
	w       *World
	seat    *netSeat
	r       *rand.Rand
	nodes   []*drainNode
	pipes   []*drainPipe
	cover   []drainSpan // per street node: what storm drains take of the depth there
	systems int
	extra   int // nodes and pipes added after numbering
	index   *netIndex
	spots   []drainSpot
}

// drainSpan is a span of depth below ground, m; bottom 0 = nothing there.
type drainSpan struct{ top, bottom float64 }

// drainSpot is a manhole in a street that gullies can join.
type drainSpot struct {
	node *drainNode
	edge int
}

// drainSlope is the least slope of a size; heads are laid a little steeper.
func drainSlope(size int, plastic bool) float64 {
	switch {
	case size <= 300 && plastic:
		return 0.002
	case size <= 300:
		return 0.003
	case size <= 400:
		return 0.002
	case size <= 500:
		return 0.0015
	case size <= 600:
		return 0.0012
	case size <= 800:
		return 0.001
	}
	return 0.0008
}

const (
	drainCover   = 0.7  // least cover, GB 50289-2016 table 4.1.1, m
	drainDeepest = 5.9  // deeper, a pumping station lifts the water
	drainDrop    = 0.45 // a higher fall wants a drop manhole
)

// drainKind is what differs between storm and sewage.
type drainKind struct {
	sys     string
	lane    float64
	cover   float64
	sizes   []int
	metres  []float64 // of streets drained that a size is enough for
	outlets int
}

// drains makes the storm, sewage and combined drains of a seat.
func drains(w *World, seat *netSeat, r *rand.Rand) *drainNet {
	d := &drainNet{w: w, seat: seat, r: r, cover: make([]drainSpan, len(seat.nodes)), index: newNetIndex()}
	storm := drainKind{"YS", 1.5, 1.4, []int{300, 400, 500, 600, 800, 1000, 1200, 1500}, []float64{250, 600, 1200, 2200, 4000, 7000, 12000, math.Inf(1)}, 2}
	sewage := drainKind{"WS", -1.5, 2.1, []int{300, 400, 500, 600, 800}, []float64{1500, 4000, 9000, 20000, math.Inf(1)}, 1}
	total := 0.0
	for _, e := range seat.edges {
		total += e.length
	}
	storm.outlets = min(20, max(2, int(total/6000)+1))
	all := func(int) bool { return true }
	wl := seat.lanes(all, func(netEdge) float64 { return sewage.lane }, 40)
	sinks := d.sinks(wl, 1)
	wl.keep(sinks[0])
	wt := drainTree(wl, sinks)
	combined := d.oldTown(wl, wt)
	yl := seat.lanes(func(i int) bool { return !combined[i] }, func(netEdge) float64 { return storm.lane }, 40)
	ysinks := d.sinks(yl, storm.outlets)
	yt := drainTree(yl, ysinks)
	for e := range yl.used {
		if from := seat.edges[e].from; yl.used[e] && math.IsInf(yt.far[from], 1) {
			yl.used[e] = false
		}
	}
	d.system(storm, yl, yt, nil)
	d.system(sewage, wl, wt, combined)
	d.gullies()
	d.finish()
	return d
}

// sinks picks n outer nodes, far from each other, where water leaves the streets; the first is the lowest.
func (d *drainNet) sinks(l *netLanes, n int) []int {
	var outer []int
	centre, far := d.seat.town.Seat, 0.0
	for i := range d.seat.nodes {
		if l.degree(i) > 0 {
			far = max(far, dist(centre, d.seat.nodes[i].at))
		}
	}
	for i := range d.seat.nodes {
		if g := l.degree(i); g > 0 && g < 4 && dist(centre, d.seat.nodes[i].at) > far*0.5 {
			outer = append(outer, i)
		}
	}
	low := slices.MinFunc(outer, func(a, b int) int {
		if x, y := d.w.Ground(d.seat.nodes[a].at), d.w.Ground(d.seat.nodes[b].at); x < y {
			return -1
		} else if x > y {
			return 1
		}
		return a - b
	})
	out := []int{low}
	for len(out) < min(n, len(outer)) {
		best, bestFar := -1, 0.0
		for _, i := range outer {
			near := math.Inf(1)
			for _, o := range out {
				near = min(near, dist(d.seat.nodes[i].at, d.seat.nodes[o].at))
			}
			if near > bestFar {
				best, bestFar = i, near
			}
		}
		if best < 0 || bestFar < 250 {
			break
		}
		out = append(out, best)
	}
	return out
}

// drainRoutes is the way out of every street node: the street to take, -1 at sinks, and the distance.
type drainRoutes struct {
	next  []int
	far   []float64
	sinks []int
}

// drainTree is Dijkstra's search from the sinks; main streets count as shorter.
func drainTree(l *netLanes, sinks []int) *drainRoutes {
	n := len(l.seat.nodes)
	t := &drainRoutes{next: make([]int, n), far: make([]float64, n), sinks: sinks}
	done := make([]bool, n)
	for i := range n {
		t.next[i], t.far[i] = -1, math.Inf(1)
	}
	for _, s := range sinks {
		t.far[s] = 0
	}
	for {
		u := -1
		for i := range n {
			if !done[i] && !math.IsInf(t.far[i], 1) && (u < 0 || t.far[i] < t.far[u]) {
				u = i
			}
		}
		if u < 0 {
			return t
		}
		done[u] = true
		for _, e := range l.seat.nodes[u].edges {
			if v := l.seat.other(e, u); l.used[e] && !done[v] {
				if f := t.far[u] + l.seat.edges[e].length*[3]float64{0.8, 0.9, 1}[l.seat.edges[e].rank]; f < t.far[v] {
					t.far[v], t.next[v] = f, e
				}
			}
		}
	}
}

// oldTown picks the streets of a branch of the sewage tree near the centre that still have combined drains.
func (d *drainNet) oldTown(l *netLanes, t *drainRoutes) map[int]bool {
	order := t.order()
	sum := make([]float64, len(order)+len(t.far))
	root := func(e int) int { // node where the run in street e ends
		ed := d.seat.edges[e]
		if t.next[ed.from] == e {
			return ed.to
		}
		if t.next[ed.to] == e || t.far[ed.to] < t.far[ed.from] {
			if t.next[ed.to] == e {
				return ed.from
			}
			return ed.to
		}
		return ed.from
	}
	for e := range d.seat.edges {
		if l.used[e] && t.next[d.seat.edges[e].from] != e && t.next[d.seat.edges[e].to] != e {
			sum[root(e)] += d.seat.edges[e].length
		}
	}
	total := 0.0
	for _, u := range order {
		if t.next[u] >= 0 {
			sum[d.seat.other(t.next[u], u)] += sum[u] + d.seat.edges[t.next[u]].length
		} else {
			total += sum[u]
		}
	}
	best, near := -1, math.Inf(1)
	for _, u := range order {
		if s := sum[u]; t.next[u] >= 0 && s > min(150, total*0.02) && s < max(400, total*0.04) {
			if f := dist(d.seat.nodes[u].at, d.seat.town.Seat); f < near {
				best, near = u, f
			}
		}
	}
	out := map[int]bool{}
	if best < 0 {
		return out
	}
	in := map[int]bool{best: true}
	for _, u := range slices.Backward(order) { // downstream first
		if t.next[u] >= 0 && in[d.seat.other(t.next[u], u)] {
			in[u] = true
		}
	}
	for e := range d.seat.edges {
		f, g := d.seat.edges[e].from, d.seat.edges[e].to
		if !l.used[e] {
			continue
		}
		switch {
		case t.next[f] == e:
			out[e] = in[f]
		case t.next[g] == e:
			out[e] = in[g]
		default:
			out[e] = in[root(e)]
		}
	}
	return out
}

// order is the nodes that have a way out, farthest first.
func (t *drainRoutes) order() []int {
	var out []int
	for i, f := range t.far {
		if !math.IsInf(f, 1) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int {
		switch {
		case t.far[a] > t.far[b]:
			return -1
		case t.far[a] < t.far[b]:
			return 1
		}
		return 0
	})
	return out
}
