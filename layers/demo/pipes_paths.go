package demo

import (
	"math"
	"slices"
)

// lamps hangs the street lights of every street on a cabinet of its own.
func (n *pipeNet) lamps() {
	k := pipeLamp()
	for e, ed := range n.seat.edges {
		if ed.length < n.seat.nodes[ed.from].reach+n.seat.nodes[ed.to].reach+40 {
			continue
		}
		n.chain(k, []int{e}, n.seat.beside(e, k.place(n.seat.edges[e]), k.step))
	}
}

// signals wires the lights of the larger crossings to a cabinet.
func (n *pipeNet) signals() {
	k := pipeSignal()
	for i, s := range n.seat.nodes {
		main := 0
		for _, e := range s.edges {
			if n.seat.edges[e].rank <= 1 {
				main++
			}
		}
		if len(s.edges) < 3 || main < 2 {
			continue
		}
		t := n.seat.tangent(s.edges[0], i)
		a, r := math.Atan2(t.Y, t.X)+math.Pi/4, s.reach*0.8
		box := n.point(k, polar(s.at, a+0.2, r+2.5), k.deep, n.seat.edges[s.edges[0]].name)
		box.subsid = k.source
		last := box
		for j := range 4 {
			p := n.point(k, polar(s.at, a+float64(j)*math.Pi/2, r), k.deep, box.address)
			p.subsid = "手孔"
			n.line(last, p, "50", "TZ")
			last = p
		}
	}
}

// path lays k along straight chains of streets that run east, so that it never meets itself.
func (n *pipeNet) path(k *pipeKind) {
	chains := n.chains(k)
	switch k.sub { // how many of them have it, longest first
	case "RS":
		chains = chains[:min(len(chains), 4-min(2, n.seat.order*2))]
	case "ZH", "DQ":
		chains = chains[:min(len(chains), 1)]
	case "YQ":
		chains = chains[min(len(chains), 1):min(len(chains), 2)]
	case "XS":
		chains = chains[:min(len(chains), 3)]
	case "DS":
		chains = chains[:min(len(chains), 8)]
	}
	for _, c := range chains {
		used := map[int]bool{}
		for _, e := range c {
			used[e] = true
		}
		l := n.seat.lanes(func(i int) bool { return used[i] }, k.place, k.step)
		var pts []Point
		var edges []int
		for _, e := range c {
			if !l.used[e] {
				break
			}
			if len(pts) > 0 {
				pts = append(pts, l.meet[n.seat.edges[e].from])
			}
			pts = append(pts, l.lane[e]...)
			edges = append(edges, e)
		}
		if len(pts) > 2 {
			n.chain(k, edges, pts)
		}
	}
}

// chains are runs of streets going east, each street in one, longest first.
func (n *pipeNet) chains(k *pipeKind) [][]int {
	taken := make([]bool, len(n.seat.edges))
	ok := func(e int) bool { return !taken[e] && n.seat.edges[e].east && n.seat.edges[e].rank <= k.ranks }
	step := func(e int, node int, forward bool) int {
		best, turn := -1, 150.0
		t := n.seat.tangent(e, node)
		for _, f := range n.seat.nodes[node].edges {
			if f == e || !ok(f) || forward != (n.seat.edges[f].from == node) {
				continue
			}
			u := n.seat.tangent(f, node)
			if a := netTurn(Point{-t.X, -t.Y}, Point{}, u); a > turn {
				best, turn = f, a
			}
		}
		return best
	}
	var out [][]int
	for e := range n.seat.edges {
		if !ok(e) {
			continue
		}
		chain := []int{e}
		taken[e] = true
		for f := step(e, n.seat.edges[e].to, true); f >= 0; f = step(f, n.seat.edges[f].to, true) {
			taken[f] = true
			chain = append(chain, f)
		}
		for f := step(e, n.seat.edges[e].from, false); f >= 0; f = step(f, n.seat.edges[f].from, false) {
			taken[f] = true
			chain = slices.Insert(chain, 0, f)
		}
		out = append(out, chain)
	}
	slices.SortStableFunc(out, func(a, b []int) int { return len(b) - len(a) })
	return out
}

// chain lays k through the points, with its source at the start.
func (n *pipeNet) chain(k *pipeKind, edges []int, pts []Point) {
	ed := n.seat.edges[edges[0]]
	var prev *pipePoint
	for i, at := range pts {
		p := n.point(k, at, k.deep+0.01*float64(n.r.IntN(5)-2), ed.name)
		if prev != nil {
			n.line(prev, p, k.sizes[ed.rank], k.materials[ed.rank])
		}
		switch {
		case i == 0:
			p.subsid = k.source
		case i == len(pts)-1:
			p.feature = k.end
			if k.sub == "RS" {
				p.feature, p.subsid = "", k.source
			}
		case k.mid != "":
			p.subsid = k.mid
		case k.valve != "" && (i == 1 || i%6 == 0):
			p.subsid = k.valve
		}
		prev = p
	}
	for _, p := range n.points[len(n.points)-len(pts):] {
		if p.feature == "" && p.subsid == "" {
			n.name(p)
		}
	}
}

// unknown leaves a few short lines of unknown purpose in old streets.
func (n *pipeNet) unknown() {
	k := pipeUnknown()
	for e, ed := range n.seat.edges {
		if e%17 != 3 || ed.length < 160 {
			continue
		}
		pts := n.seat.beside(e, k.place(ed), k.step)
		k.materials = [3]string{"G", "ZT", "ZT"}
		n.chain(k, []int{e}, pts[:4])
	}
}
