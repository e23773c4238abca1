package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// drainFaults seeds the faults of domain 5.3.
type drainFaults struct {
	n    *networks
	r    *rand.Rand
	used map[*drainNode]bool
	net  *drainNet
}

func (f *drainFaults) found(rule, layer, key, note string) { f.n.fault("5.3-"+rule, layer, key, note) }

// take picks a node far from other faults.
func (f *drainFaults) take(ok func(*drainNode) bool) *drainNode {
	first := f.r.IntN(len(f.n.drains))
	near := func(v *drainNode, visit func(*drainNode)) {
		visit(v)
		for _, p := range v.out {
			visit(p.b)
		}
		for _, p := range v.in {
			visit(p.a)
		}
	}
	for i := range f.n.drains {
		f.net = f.n.drains[(first+i)%len(f.n.drains)]
		v, found := faultPick(f.r, f.net.nodes, func(v *drainNode) bool {
			free := true
			near(v, func(u *drainNode) { free = free && !f.used[u] })
			return free && ok(v)
		})
		if found {
			near(v, func(u *drainNode) { near(u, func(x *drainNode) { f.used[x] = true }) })
			return v
		}
	}
	return nil
}

// drainHeadPipe is the first pipe of a street's drain that begins at v, nil if v is no such beginning.
func drainHeadPipe(v *drainNode) *drainPipe {
	if v.kind == "manhole" && len(v.in) == 0 && len(v.out) == 1 {
		if p := v.out[0]; !p.pressure && !p.reversed && !p.channel && p.b.kind == "manhole" && len(p.b.out) == 1 && !p.b.out[0].pressure && !p.b.out[0].channel {
			return p
		}
	}
	return nil
}

// drainMid is a manhole along a street.
func drainMid(v *drainNode) bool {
	if v.kind != "manhole" || len(v.out) != 1 || v.out[0].pressure || v.out[0].b.kind != "manhole" {
		return false
	}
	main := 0
	for _, p := range v.in {
		if p.pressure {
			return false
		}
		if p.grade != "连接" {
			main++
		}
	}
	return main == 1
}

func (f *drainFaults) add(kind, sys string, at Point, like *drainNode) *drainNode {
	n := f.net.node(kind, sys, at, like.address)
	key := sys + map[string]string{"manhole": "", "comb": "K", "outfall": "P"}[kind]
	f.net.extra++
	n.id = fmt.Sprintf("%s%s%05d", f.net.seat.prefix, key, 90000+f.net.extra)
	n.deep, n.style, n.system = 1.5, "单箅", like.system
	f.used[n] = true
	return n
}

func (f *drainFaults) join(a, b *drainNode, sys, grade string, size int, from, to float64) *drainPipe {
	p := f.net.pipe(a, b, sys, grade, size, from, to)
	f.net.extra++
	p.id = fmt.Sprintf("%sL%s%05d", f.net.seat.prefix, sys, 90000+f.net.extra)
	p.system = b.system
	f.deep(p)
	return p
}

// deep settles the depths that follow from a pipe's elevations.
func (f *drainFaults) deep(p *drainPipe) {
	p.aBottom, p.bBottom = netRound(p.aBottom, 3), netRound(p.bBottom, 3)
	p.aDeep, p.bDeep = netRound(p.a.high-p.aBottom, 3), netRound(p.b.high-p.bBottom, 3)
	p.a.deep, p.b.deep = max(p.a.deep, p.aDeep), max(p.b.deep, p.bDeep)
}

// pipes seeds faults of single pipes.
func (f *drainFaults) pipes() {
	head := func(ok func(*drainPipe) bool) *drainPipe {
		v := f.take(func(v *drainNode) bool { p := drainHeadPipe(v); return p != nil && ok(p) })
		if v == nil {
			return nil
		}
		return drainHeadPipe(v)
	}
	any := func(*drainPipe) bool { return true }
	if p := head(any); p != nil {
		p.aBottom = p.bBottom - 0.08
		f.deep(p)
		f.found("1", "ps_pipe", p.id, "逆坡")
		f.found("10", "ps_pipe", p.id, "逆坡即流向与高程矛盾")
	}
	if p := head(any); p != nil {
		p.aBottom = p.bBottom + dist(p.a.at, p.b.at)*0.0003
		f.deep(p)
		f.found("2", "ps_pipe", p.id, "坡度小于最小坡度")
	}
	if p := head(func(p *drainPipe) bool {
		D := float64(p.b.out[0].size+200)/1000 + 0.72
		return p.b.out[0].size >= 300 && p.aDeep > D && p.bDeep > D
	}); p != nil {
		p.size = p.b.out[0].size + 200
		f.found("3", "ps_manhole", p.b.id, "大管接小管")
	}
	if p := head(any); p != nil {
		p.bBottom = p.b.out[0].aBottom - 0.12
		f.deep(p)
		f.found("7", "ps_manhole", p.b.id, "下游管底高于上游管底")
	}
	if p := head(func(p *drainPipe) bool {
		return p.b.well == "检查井" && p.aBottom-p.b.out[0].aBottom-0.62 > dist(p.a.at, p.b.at)*0.004
	}); p != nil {
		p.bBottom = p.b.out[0].aBottom + 0.62
		f.deep(p)
		f.found("7", "ps_manhole", p.b.id, "跌差大于 0.5 m 而非跌水井")
	}
	if p := head(any); p != nil {
		p.aDeep = netRound(p.aDeep+0.3, 3)
		f.found("8", "ps_pipe", p.id, "地面高程 ≠ 管底高程 + 埋深")
	}
	if p := head(any); p != nil {
		p.aBottom = p.a.high - 0.3 - float64(p.size)/1000
		f.deep(p)
		f.found("9", "ps_pipe", p.id, "覆土不足")
	}
	if p := head(func(p *drainPipe) bool { return (p.aBottom-p.bBottom)/dist(p.a.at, p.b.at) > 0.0031 || p.size >= 400 }); p != nil {
		p.noMaterial = true
		f.found("17", "ps_pipe", p.id, "缺材质")
	}
	if p := head(any); p != nil {
		q := f.join(p.a, p.b, p.sys, p.grade, p.size, p.aBottom, p.bBottom)
		f.found("16", "ps_pipe", q.id, "与 "+p.id+" 重复")
	}
	f.spacing()
}

// spacing takes manholes out until the pipe between two is too long.
func (f *drainFaults) spacing() {
	v := f.take(func(v *drainNode) bool {
		if !drainMid(v) || len(v.in) != 1 || !drainMid(v.out[0].b) || len(v.out[0].b.in) != 1 {
			return false
		}
		a, b, c := v.in[0], v.out[0], v.out[0].b.out[0]
		return a.size == c.size && a.size <= 600 && a.a.kind == "manhole" && !a.reversed && !f.used[c.b] && a.grade != "连接" && dist(a.a.at, c.b.at) > 77 && netTurn(a.a.at, v.at, b.b.at) > 179 &&
			netTurn(v.at, b.b.at, c.b.at) > 179 && len(c.b.out) == 1 && c.b.kind == "manhole"
	})
	if v == nil {
		return
	}
	a, b := v.in[0], v.out[0]
	w := b.b
	c := w.out[0]
	end := c.b
	f.used[end] = true
	a.b, a.bBottom = end, c.bBottom
	for i, p := range end.in {
		if p == c {
			end.in[i] = a
		}
	}
	f.net.pipes = slices.DeleteFunc(f.net.pipes, func(p *drainPipe) bool { return p == b || p == c })
	f.net.nodes = slices.DeleteFunc(f.net.nodes, func(n *drainNode) bool { return n == v || n == w })
	f.deep(a)
	f.found("14", "ps_pipe", a.id, "检查井间距超过 75 m")
}

// nodes seeds faults of how pipes meet.
func (f *drainFaults) nodes() {
	for _, s := range [2][2]string{{"YS", "WS"}, {"WS", "YS"}} {
		v := f.take(func(v *drainNode) bool {
			return drainMid(v) && v.sys == s[0] && v.well == "检查井" && v.high-v.out[0].aBottom > 1.75
		})
		if v == nil {
			continue
		}
		kind := "manhole"
		if s[1] == "YS" {
			kind = "comb"
		}
		o := v.out[0].b.at
		l := dist(v.at, o)
		dx, dy := (o.X-v.at.X)/l, (o.Y-v.at.Y)/l
		n := f.add(kind, s[1], Point{v.at.X + 2*dx - 2*dy, v.at.Y + 2*dy + 2*dx}, v)
		p := f.join(n, v, s[1], "连接", 300, v.out[0].aBottom+0.4, v.out[0].aBottom+0.3)
		f.found("4", "ps_pipe", p.id, "雨污混接："+s[1]+" 管接入 "+s[0]+" 井")
	}
	if v := f.take(func(v *drainNode) bool { return drainMid(v) && v.sys == "YS" }); v != nil {
		n := f.add("manhole", "YS", Point{v.at.X + 1.1, v.at.Y + 1.3}, v)
		n.system = ""
		f.found("5", "ps_manhole", n.id, "孤立检查井")
		g := f.add("comb", "YS", Point{v.at.X + 1.4, v.at.Y - 1.2}, v)
		g.system = ""
		f.found("15", "ps_comb", g.id, "雨水口未接管")
	}
	if v := f.take(func(v *drainNode) bool {
		p := drainHeadPipe(v)
		return p != nil && drainMid(p.b) && len(p.b.in) == 1 && !p.b.out[0].reversed && p.b.out[0].b.kind == "manhole" && netTurn(v.at, p.b.at, p.b.out[0].b.at) > 178
	}); v != nil {
		p := v.out[0]
		q := p.b.out[0]
		l := dist(p.a.at, p.b.at)
		n := f.add("manhole", v.sys, Point{p.b.at.X - (p.b.at.Y-p.a.at.Y)/l*1.1, p.b.at.Y + (p.b.at.X-p.a.at.X)/l*1.1}, v)
		f.join(v, n, p.sys, p.grade, p.size, p.aBottom, p.bBottom)
		f.join(n, q.b, q.sys, q.grade, q.size, p.bBottom, q.bBottom)
		f.found("12", "ps_manhole", v.id, "分流而无堰、闸")
	}
	if v := f.take(func(v *drainNode) bool { return drainMid(v) && v.sys == "YS" && dist(v.at, v.out[0].b.at) > 20 }); v != nil {
		p := v.out[0]
		n := f.add("manhole", v.sys, lerp(v.at, p.b.at, 0.6), v)
		b := p.aBottom + (p.bBottom-p.aBottom)*0.6
		q := f.join(n, p.b, p.sys, p.grade, p.size, min(b+0.004, p.bBottom+dist(n.at, p.b.at)*0.05), p.bBottom)
		f.found("16", "ps_pipe", q.id, "与 "+p.id+" 部分重叠")
	}
	if v := f.take(func(v *drainNode) bool { return drainMid(v) && v.owner == "" }); v != nil {
		v.owner = "-"
		f.found("17", "ps_manhole", v.id, "缺权属单位")
	}
	if v := f.take(func(v *drainNode) bool { return v.kind == "outfall" && v.level > 0 }); v != nil {
		v.flap, v.level = false, netRound(v.in[0].bBottom+0.5, 2)
		f.found("13", "ps_outfall", v.id, "出口低于常水位而无拍门")
	}
}

// parts adds little nets of their own that are wrong as a whole.
func (f *drainFaults) parts() {
	place := func() (*drainNode, func(u, v float64) Point) {
		v := f.take(func(v *drainNode) bool { return drainMid(v) && v.sys == "YS" && dist(v.at, v.out[0].b.at) > 28 })
		if v == nil {
			return nil, nil
		}
		o := v.out[0].b.at
		l := dist(v.at, o)
		dx, dy := (o.X-v.at.X)/l, (o.Y-v.at.Y)/l
		return v, func(a, b float64) Point { return Point{v.at.X + a*dx - b*dy, v.at.Y + a*dy + b*dx} }
	}
	if v, at := place(); v != nil {
		a, b := f.add("manhole", "YS", at(4, 0.9), v), f.add("manhole", "YS", at(24, 0.9), v)
		a.system, b.system = "", ""
		p := f.join(a, b, "YS", "支", 300, a.high-1.6, min(b.high, a.high)-1.8)
		p.system = ""
		f.found("6", "ps_manhole", a.id, "无通向排放口的路径")
		f.found("6", "ps_manhole", b.id, "无通向排放口的路径")
	}
	if v, at := place(); v != nil {
		a, b := f.add("manhole", "YS", at(4, 0.9), v), f.add("outfall", "YS", at(22, 0.9), v)
		b.style, b.system, a.system = "雨水排放口", "", ""
		p := f.join(a, b, "YS", "支", 300, a.high-1.6, min(a.high, b.high)-1.8)
		p.turned = true
		f.found("10", "ps_pipe", p.id, "流向与高程矛盾")
		f.found("1", "ps_pipe", p.id, "流向错误造成逆坡")
		f.found("6", "ps_manhole", a.id, "流向错误造成无出路")
	}
	if v, at := place(); v != nil {
		n := []*drainNode{f.add("manhole", "YS", at(4, 0.8), v), f.add("manhole", "YS", at(14, 1.4), v), f.add("manhole", "YS", at(23, 0.9), v)}
		low := min(n[0].high, n[1].high, n[2].high)
		ids := []string{n[0].id, n[1].id, n[2].id}
		for _, x := range n {
			x.system = ""
			f.found("6", "ps_manhole", x.id, "环路造成无出路")
		}
		f.join(n[0], n[1], "YS", "支", 300, low-1.6, low-1.7).system = ""
		f.join(n[1], n[2], "YS", "支", 300, low-1.7, low-1.8).system = ""
		p := f.join(n[2], n[0], "YS", "支", 300, low-1.8, low-1.6)
		p.system = ""
		f.found("11", "ps_manhole", slices.Min(ids), "重力管网成环")
		f.found("1", "ps_pipe", p.id, "环路中的逆坡")
		f.found("10", "ps_pipe", p.id, "环路中的逆坡")
	}
}
