package demo

import (
	"fmt"
	"math"
)

// gullies sets gullies at both kerbs beside the manholes of storm and combined drains.
func (d *drainNet) gullies() {
	for _, s := range d.spots {
		if len(s.node.out) != 1 || s.node.out[0].pressure {
			continue
		}
		e := &d.seat.edges[s.edge]
		_, angle := distLine(s.node.at, e.line)
		off := 1.5 // where the lane is, seen from the middle
		if s.node.sys == "HS" {
			off = -1.5
		}
		nx, ny := -math.Sin(angle), math.Cos(angle)
		for _, side := range [2]float64{e.kerb - 0.4, 0.4 - e.kerb} {
			d.gully(s.node, Point{s.node.at.X + nx*(side-off), s.node.at.Y + ny*(side-off)}, e.name)
		}
	}
}

// gully connects a gully at p with manhole m, unless its pipe would touch another.
func (d *drainNet) gully(m *drainNode, p Point, name string) {
	p = netMM(p)
	high := netRound(d.w.Ground(p), 3)
	from := high - 1.05 - 0.01*float64(d.r.IntN(20))
	to := m.out[0].aBottom + 0.3
	if from-to < 0.03 || dist(p, m.at) < 1 {
		return
	}
	free := true
	d.index.near(p, m.at, func(s netSegment) {
		q := d.pipes[s.id]
		if q.a == m || q.b == m {
			return
		}
		if netGap(p, m.at, s.a, s.b) > 0.3 {
			return
		}
		if q.sys == m.sys || !netMeet(p, m.at, s.a, s.b) {
			free = false
			return
		}
		t := netSide(s.a, s.b, p) / (netSide(s.a, s.b, p) - netSide(s.a, s.b, m.at))
		mine := from + (to-from)*t
		u := netSide(p, m.at, s.a) / (netSide(p, m.at, s.a) - netSide(p, m.at, s.b))
		its := q.aBottom + (q.bBottom-q.aBottom)*u
		if mine < its+float64(q.size)/1000+0.17 && its < mine+0.3+0.17 {
			free = false
		}
	})
	if !free {
		return
	}
	g := d.node("comb", m.sys, p, name)
	g.style = [3]string{"单箅", "单箅", "双箅"}[d.r.IntN(3)]
	d.pipe(g, m, m.sys, "连接", 300, from, to)
}

// finish gives numbers, systems, depths and kinds of wells.
func (d *drainNet) finish() {
	serial := map[string]int{}
	letter := map[string]string{"manhole": "", "comb": "K", "outfall": "P", "pump": "B"}
	for _, n := range d.nodes {
		key := n.sys + letter[n.kind]
		serial[key]++
		n.id = fmt.Sprintf("%s%s%05d", d.seat.prefix, key, serial[key])
	}
	for _, n := range d.nodes {
		if n.kind == "outfall" {
			d.systems++
			id := fmt.Sprintf("%s-%s%02d", n.sys, d.seat.prefix, d.systems)
			for queue := []*drainNode{n}; len(queue) > 0; queue = queue[1:] {
				queue[0].system = id
				for _, p := range queue[0].in {
					p.system = id
					queue = append(queue, p.a)
				}
			}
		}
		if n.kind == "pump" {
			n.name = n.address + map[string]string{"YS": "雨水泵站", "WS": "污水提升泵站", "HS": "污水提升泵站"}[n.sys]
		}
		d.well(n)
	}
	for _, p := range d.pipes {
		serial[p.sys+"L"]++
		p.id = fmt.Sprintf("%sL%s%05d", d.seat.prefix, p.sys, serial[p.sys+"L"])
		p.aDeep, p.bDeep = netRound(p.a.high-p.aBottom, 3), netRound(p.b.high-p.bBottom, 3)
		p.reversed = p.grade == "支" && !p.pressure && p.a.kind == "manhole" && d.r.IntN(40) == 0
	}
}

// well settles depth and kind of a well from the pipes that meet there.
func (d *drainNet) well(n *drainNode) {
	n.deep = 0
	bottom := math.Inf(1)
	for _, p := range n.out {
		bottom = min(bottom, p.aBottom)
		n.deep = max(n.deep, n.high-p.aBottom)
	}
	for _, p := range n.in {
		n.deep = max(n.deep, n.high-p.bBottom)
		if p.grade != "连接" && !p.pressure && n.kind == "manhole" && p.bBottom-bottom > drainDrop && n.well == "检查井" {
			n.well = "跌水井"
		}
	}
	for _, p := range n.in {
		if p.sys == "HS" && len(n.out) > 0 && n.out[0].sys == "WS" && n.well == "检查井" {
			n.well = "截流井"
		}
	}
	n.deep = netRound(n.deep, 3)
}
