package demo

import (
	"math"
	"slices"
)

func (d *drainNet) node(kind, sys string, at Point, address string) *drainNode {
	n := &drainNode{kind: kind, sys: sys, at: netMM(at), address: address, well: "检查井", year: 1996 + d.r.IntN(27)}
	n.high = netRound(d.w.Ground(n.at), 3)
	d.nodes = append(d.nodes, n)
	return n
}

// pipe lays a pipe from a, at bottom elevation from, to b; it falls by slope.
func (d *drainNet) pipe(a, b *drainNode, sys, grade string, size int, from, to float64) *drainPipe {
	p := &drainPipe{sys: sys, grade: grade, a: a, b: b, size: size, plastic: size <= 400, aBottom: netRound(from, 3), bBottom: netRound(to, 3), address: a.address, year: a.year}
	a.out, b.in = append(a.out, p), append(b.in, p)
	d.pipes = append(d.pipes, p)
	d.index.add(a.at, b.at, len(d.pipes)-1)
	return p
}

// drainHead is a place where runs end and one begins: what has come in so far.
type drainHead struct {
	node  *drainNode
	sum   float64 // metres of street drained
	sizes int     // largest size come in
}

// system lays one system, from its farthest ends to its sinks; streets in combined carry one pipe for both waters.
func (d *drainNet) system(k drainKind, l *netLanes, t *drainRoutes, combined map[int]bool) {
	heads := make([]drainHead, len(d.seat.nodes))
	for i := range d.seat.nodes {
		if l.degree(i) > 0 && !math.IsInf(t.far[i], 1) {
			name := ""
			for _, e := range d.seat.nodes[i].edges {
				if l.used[e] {
					name = d.seat.edges[e].name
					break
				}
			}
			heads[i].node = d.node("manhole", k.sys, l.meet[i], name)
		}
	}
	for _, u := range t.order() {
		if heads[u].node == nil {
			continue
		}
		for _, e := range d.seat.nodes[u].edges {
			v := d.seat.other(e, u)
			if !l.used[e] || t.next[u] == e || t.next[v] == e || heads[v].node == nil {
				continue
			}
			if t.far[u] < t.far[v] || t.far[u] == t.far[v] && u < v {
				d.run(k, l, e, -1, u, heads, combined[e]) // a street that closes a loop drains to its nearer end
			}
		}
		if e := t.next[u]; e >= 0 {
			d.run(k, l, e, u, d.seat.other(e, u), heads, combined[e])
		}
	}
	for _, s := range t.sinks {
		if heads[s].node != nil && len(heads[s].node.in) > 0 {
			d.outlet(k, l, s, &heads[s])
		}
	}
	d.nodes = slices.DeleteFunc(d.nodes, func(n *drainNode) bool { return len(n.in)+len(n.out) == 0 })
}

func (k drainKind) size(sum float64) int {
	for i, m := range k.metres {
		if sum <= m {
			return k.sizes[i]
		}
	}
	return k.sizes[len(k.sizes)-1]
}

// bottom is the highest bottom a pipe of the size may have at n: under its cover, under what has come in (crowns
// level), under the storm drains at street node at.
func (d *drainNet) bottom(k drainKind, n *drainNode, size, at int) float64 {
	D := float64(size) / 1000
	b := n.high - k.cover - D
	for _, p := range n.in {
		b = min(b, p.bBottom-max(0, D-float64(p.size)/1000))
	}
	if k.sys != "YS" && at >= 0 && d.cover[at].bottom > 0 {
		b = min(b, n.high-d.cover[at].bottom-0.22-D)
	}
	return netRound(b-0.0005, 3)
}

// run lays the drain of street e from node u (-1: it begins in the street) to node v.
func (d *drainNet) run(k drainKind, l *netLanes, e, u, v int, heads []drainHead, combined bool) {
	ed := &d.seat.edges[e]
	pts := slices.Clone(l.lane[e])
	if ed.to != v {
		slices.Reverse(pts)
	}
	sum := ed.length
	sys, grade := k.sys, "支"
	if combined {
		sys, sum = "HS", sum*2
	}
	var from *drainNode
	if u >= 0 {
		from = heads[u].node
		sum += heads[u].sum
	} else {
		from = d.node("manhole", sys, pts[1], ed.name)
		pts = pts[1:]
	}
	if combined {
		from.sys = "HS"
	}
	size := k.size(sum)
	if u >= 0 {
		size = max(size, heads[u].sizes)
	}
	if size >= 500 {
		grade = "干"
	}
	heads[v].sum += sum
	heads[v].sizes = max(heads[v].sizes, size)
	bottom := d.bottom(k, from, size, u)
	if from.high-bottom > drainDeepest && u >= 0 {
		from, bottom = d.lift(k, from, pts[0], size, sys, ed.name)
		pts = pts[1:]
	} else if u < 0 {
		pts = pts[1:]
	}
	if from.kind == "manhole" && u >= 0 && from == heads[u].node {
		d.mark(k, u, from, size, bottom)
	}
	pts = append(pts, l.meet[v])
	at := -1
	for i, p := range pts {
		to := heads[v].node
		if i < len(pts)-1 {
			to = d.node("manhole", sys, p, ed.name)
			if i < len(pts)-2 && (i > 0 || u < 0) && sys != "WS" {
				d.spots = append(d.spots, drainSpot{to, e})
			}
		}
		if i >= len(pts)-2 {
			at = v
		}
		s := drainSlope(size, size <= 400) * 1.12
		if g := (from.high - to.high) / dist(from.at, to.at); g > s {
			s = min(g, 0.01)
		}
		end := bottom - s*dist(from.at, to.at)
		d.pipe(from, to, sys, grade, size, bottom, end)
		if i < len(pts)-1 {
			bottom = d.bottom(k, to, size, at)
		} else {
			bottom = end
		}
		d.mark(k, at, to, size, bottom)
		from = to
	}
}

// mark notes the depth a storm or sewage pipe takes at a street node.
func (d *drainNet) mark(k drainKind, at int, n *drainNode, size int, bottom float64) {
	if at < 0 {
		return
	}
	top, low := n.high-bottom-float64(size)/1000, n.high-bottom
	c := &d.cover[at]
	if k.sys == "YS" {
		if c.bottom == 0 || top < c.top {
			c.top = top
		}
		c.bottom = max(c.bottom, low)
	}
}

// lift puts a pumping station beside node n and a pressure pipe to the first manhole of the next run, which begins anew.
func (d *drainNet) lift(k drainKind, n *drainNode, next Point, size int, sys, name string) (*drainNode, float64) {
	b := d.bottom(k, n, size, -1)
	p := d.node("pump", sys, lerp(n.at, next, 0.5), name)
	s := dist(n.at, p.at) * drainSlope(size, size <= 400) * 1.3
	d.pipe(n, p, sys, "干", size, b, b-s)
	m := d.node("manhole", sys, next, name)
	m.well = "消能井"
	fresh := d.bottom(k, m, size, -1) // past the crossing: nothing to dive under
	q := d.pipe(p, m, sys, "干", max(300, size/100*50/100*100), p.high-1.5, fresh+0.1)
	q.pressure, q.plastic = true, false
	return m, fresh
}

// outlet leads a system out of the streets: to an outfall, some by an open channel, or to the treatment plant.
func (d *drainNet) outlet(k drainKind, l *netLanes, s int, h *drainHead) {
	n, size := h.node, h.sizes
	dir := d.away(s)
	if k.sys == "WS" { // beside the storm drain that may leave here too
		dir = Point{dir.X*0.94 - dir.Y*0.34, dir.X*0.34 + dir.Y*0.94}
	}
	step := d.seat.nodes[s].reach + 14
	at := func(m float64) Point { return Point{n.at.X + dir.X*m, n.at.Y + dir.Y*m} }
	b := d.bottom(k, n, size, s)
	var from *drainNode
	var bottom float64
	if n.high-b > drainDeepest-1 && k.sys == "YS" {
		from, bottom = d.lift(k, n, at(step), size, k.sys, n.address)
	} else {
		m := d.node("manhole", k.sys, at(step), n.address)
		d.pipe(n, m, k.sys, "干", size, b, b-dist(n.at, m.at)*drainSlope(size, size <= 400)*1.2)
		from, bottom = m, d.bottom(k, m, size, -1)
	}
	o := d.node("outfall", k.sys, at(step+38), n.address)
	end := bottom - dist(from.at, o.at)*drainSlope(size, size <= 400)*1.2
	if k.sys == "WS" {
		o.style, o.water = "污水处理厂进水口", ""
		d.pipe(from, o, k.sys, "干", size, bottom, end)
		return
	}
	o.style, o.water = "雨水排放口", d.receiving(o.at)
	if d.r.IntN(3) == 0 { // an open channel takes the water to the river
		c := d.node("manhole", k.sys, o.at, n.address)
		c.well = "出水井"
		o.at = netMM(at(step + 38 + 70 + 60*d.r.Float64()))
		o.high = netRound(d.w.Ground(o.at), 3)
		d.pipe(from, c, k.sys, "干", size, bottom, end)
		p := d.pipe(c, o, k.sys, "干", size, end, end-dist(c.at, o.at)*0.001)
		p.channel, p.plastic = true, false
	} else {
		d.pipe(from, o, k.sys, "干", size, bottom, end)
	}
	o.level = netRound(o.high-2.6+0.3*d.r.Float64(), 2)
	o.flap = o.in[0].bBottom < o.level || d.r.IntN(4) == 0
}

// away is the direction at street node s farthest from all its streets.
func (d *drainNet) away(s int) Point {
	n := d.seat.nodes[s]
	best, wide := Point{1, 0}, -1.0
	for i := range 72 {
		q := polar(n.at, float64(i)*math.Pi/36, 1)
		gap := 180.0
		for _, e := range n.edges {
			t := d.seat.tangent(e, s)
			if d.seat.edges[e].to == s {
				t = Point{-t.X, -t.Y}
			}
			gap = min(gap, netTurn(q, n.at, Point{n.at.X + t.X, n.at.Y + t.Y}))
		}
		if gap > wide+1e-6 {
			best, wide = Point{q.X - n.at.X, q.Y - n.at.Y}, gap
		}
	}
	return best
}

// receiving names the water nearest to p.
func (d *drainNet) receiving(p Point) string {
	name, near := "城区排水沟", 3000.0
	for _, w := range d.w.Waters {
		if w.Name == "" {
			continue
		}
		for i := 1; i < len(w.Line); i++ {
			if g := distSegment(p, w.Line[i-1], w.Line[i]); g < near {
				name, near = w.Name, g
			}
		}
	}
	return name
}
