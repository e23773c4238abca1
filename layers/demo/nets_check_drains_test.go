package demo_test

import (
	"fmt"
	"math"
)

// drainEdge is a pipe or channel in the direction its arrow says.
type drainEdge struct {
	layer, id, kind, grade, from, to string
	in, out, size, metres            float64
	pressure                         bool
	a, b                             [3]float64
}

var drainRequired = map[string][]string{
	"ps_pipe":    {"lno", "s_point", "e_point", "type", "psize", "material", "in_elev", "out_elev", "flowdir"},
	"ps_conduit": {"lno", "s_point", "e_point", "type", "in_elev", "out_elev", "flowdir"},
	"ps_manhole": {"exp_no", "type", "x", "y", "high", "welldeep", "belong"},
	"ps_comb":    {"exp_no", "type", "x", "y", "high", "belong"},
	"ps_outfall": {"exp_no", "type", "x", "y", "high", "bottom_elev", "belong"},
	"ps_pump":    {"exp_no", "type", "x", "y", "high", "belong"},
}

func leastSlope(size float64, material string) float64 {
	if size <= 300 && (material == "4" || material == "5" || material == "6") {
		return 0.002
	}
	for _, s := range [][2]float64{{300, 0.003}, {400, 0.002}, {500, 0.0015}, {600, 0.0012}, {800, 0.001}} {
		if size <= s[0] {
			return s[1]
		}
	}
	return 0.0008
}

// checkDrains is the check of domain 5.3, written without knowledge of how the drains are made.
func checkDrains(rows map[string][]netRow) (found []string) {
	seen := map[string]bool{}
	report := func(rule, layer, key string) {
		if f := "5.3-" + rule + " " + layer + " " + key; !seen[f] {
			seen[f] = true
			found = append(found, f)
		}
	}
	nodes, layer := map[string]netRow{}, map[string]string{}
	for _, l := range []string{"ps_manhole", "ps_comb", "ps_outfall", "ps_pump"} {
		for _, n := range rows[l] {
			nodes[n.text("exp_no")], layer[n.text("exp_no")] = n, l
		}
	}
	for l, cols := range drainRequired {
		for _, r := range rows[l] {
			for _, c := range cols {
				if r[c] == nil || r[c] == "" {
					report("17", l, max(r.text("lno"), r.text("exp_no")))
				}
			}
		}
	}
	in, out := map[string][]drainEdge{}, map[string][]drainEdge{}
	pair := map[string]bool{}
	cells := map[string][]drainEdge{}
	for _, l := range []string{"ps_pipe", "ps_conduit"} {
		for _, r := range rows[l] {
			id := r.text("lno")
			v := vertices(r["geom"].([]byte))
			e := drainEdge{layer: l, id: id, kind: r.text("type"), grade: r.text("grade"), from: r.text("s_point"), to: r.text("e_point"), in: r.num("in_elev"), out: r.num("out_elev"),
				size: r.num("psize"), metres: r.num("pipelength"), pressure: r.text("pressure_type") == "压力", a: v[0], b: v[len(v)-1]}
			for _, end := range [2][3]any{{e.from, r.num("s_deep"), e.in}, {e.to, r.num("e_deep"), e.out}} {
				n := nodes[end[0].(string)]
				if n == nil {
					report("dangling", l, id)
					continue
				}
				if math.Abs(n.num("high")-end[1].(float64)-end[2].(float64)) > 0.02 {
					report("8", l, id)
				}
				top := e.size / 1000
				if l == "ps_conduit" {
					top = 0
				}
				if cover := n.num("high") - end[2].(float64) - top; l == "ps_pipe" && cover < 0.7 {
					report("9", l, id)
				}
			}
			if r.text("flowdir") == "-" {
				e.from, e.to, e.in, e.out, e.a, e.b = e.to, e.from, e.out, e.in, e.b, e.a
			}
			key := min(e.from, e.to) + " " + max(e.from, e.to)
			if pair[key] {
				report("16", l, id)
				continue
			}
			pair[key] = true
			for x := math.Floor(min(e.a[0], e.b[0]) / 50); x <= math.Floor(max(e.a[0], e.b[0])/50); x++ {
				for y := math.Floor(min(e.a[1], e.b[1]) / 50); y <= math.Floor(max(e.a[1], e.b[1])/50); y++ {
					c := fmt.Sprint(x, y)
					for _, o := range cells[c] {
						if overlap(e, o) {
							report("16", l, max(id, o.id))
						}
					}
					cells[c] = append(cells[c], e)
				}
			}
			if !e.pressure {
				switch slope := (e.in - e.out) / e.metres; {
				case e.in-e.out < 0:
					report("1", l, id)
					report("10", l, id)
				case l == "ps_pipe" && slope < leastSlope(e.size, r.text("material")):
					report("2", l, id)
				}
			}
			if layer[e.from] == "ps_manhole" && layer[e.to] == "ps_manhole" && e.size >= 300 && e.size <= 600 && e.metres > 75 {
				report("14", l, id)
			}
			out[e.from], in[e.to] = append(out[e.from], e), append(in[e.to], e)
		}
	}
	ok := map[string]bool{} // has a way to an outfall
	var walk func(string)
	walk = func(n string) {
		if ok[n] {
			return
		}
		ok[n] = true
		for _, e := range in[n] {
			walk(e.from)
		}
	}
	for n := range nodes {
		if layer[n] == "ps_outfall" {
			walk(n)
		}
	}
	for id, n := range nodes {
		l := layer[id]
		switch {
		case len(in[id])+len(out[id]) == 0 && l == "ps_comb":
			report("15", l, id)
			continue
		case len(in[id])+len(out[id]) == 0:
			report("5", l, id)
			continue
		case !ok[id]:
			report("6", l, id)
		}
		targets := map[string]bool{}
		lowest := math.Inf(1)
		for _, o := range out[id] {
			targets[o.to] = true
			if !o.pressure {
				lowest = min(lowest, o.in)
			}
			for _, i := range in[id] {
				if !i.pressure && !o.pressure && i.layer == "ps_pipe" && o.layer == "ps_pipe" && i.size > o.size {
					report("3", l, id)
				}
				if !i.pressure && !o.pressure && l != "ps_pump" {
					if o.in > i.out+0.05 {
						report("7", l, id)
					}
					if i.out-o.in > 0.5 && n.text("manhole_type") != "跌水井" {
						report("7", l, id)
					}
				}
			}
		}
		if len(targets) > 1 {
			report("12", l, id)
		}
		for _, i := range in[id] {
			if k := n.text("type"); i.kind != k && i.kind != "HS" && k != "HS" && n.text("manhole_type") != "截流井" {
				report("4", i.layer, i.id)
			}
		}
		if l == "ps_outfall" && n["water_level"] != nil && n.num("bottom_elev") < n.num("water_level") && n["flap"] != true {
			report("13", l, id)
		}
	}
	// Cycles: what is left when nodes without inflow are taken away, again and again, and nodes without outflow likewise.
	deg := map[string]int{}
	var queue []string
	for id := range nodes {
		if deg[id] = len(in[id]); deg[id] == 0 {
			queue = append(queue, id)
		}
	}
	gone := map[string]bool{}
	for ; len(queue) > 0; queue = queue[1:] {
		gone[queue[0]] = true
		for _, o := range out[queue[0]] {
			if deg[o.to]--; deg[o.to] == 0 {
				queue = append(queue, o.to)
			}
		}
	}
	for id := range nodes {
		if gone[id] {
			continue
		}
		least, at := id, id
		for range nodes {
			next := ""
			for _, o := range out[at] {
				if !gone[o.to] {
					next = o.to
				}
			}
			if next == "" || next == id {
				break
			}
			at, least = next, min(least, next)
		}
		report("11", layer[least], least)
	}
	return found
}

// overlap tells whether two pipes lie on each other for more than half a metre.
func overlap(e, o drainEdge) bool {
	n := math.Hypot(e.b[0]-e.a[0], e.b[1]-e.a[1])
	ux, uy := (e.b[0]-e.a[0])/n, (e.b[1]-e.a[1])/n
	s, t := math.Inf(1), math.Inf(-1)
	for _, p := range [2][3]float64{o.a, o.b} {
		dx, dy := p[0]-e.a[0], p[1]-e.a[1]
		if math.Abs(dx*uy-dy*ux) > 0.05 {
			return false
		}
		s, t = min(s, dx*ux+dy*uy), max(t, dx*ux+dy*uy)
	}
	return min(t, n)-max(s, 0) > 0.5
}
