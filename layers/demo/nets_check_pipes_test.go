package demo_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

var (
	pipeMaterials = strings.Fields("ZT G T PE PVC BLG QM ZS Z S SM TC TZ VL GX")
	pipeLayings   = strings.Fields("ZM GM GK GG JK DM SJ XTD ZH RF JN DG SX")
	pipeSources   = strings.Fields("水厂出水 调压站 换热站 变电站 控制柜 交接箱 泵站 水源井")
	pipeDegrees   = map[string]int{"三通": 3, "四通": 4, "弯头": 2, "变径": 2, "变材": 2, "直线点": 2, "转折点": 2, "预留口": 1, "盖堵": 1, "起止点": 1, "非普查": 1}
)

// checkPipes is the import check of domain 4.5 on points, lines and nets, written without knowledge of how they are made.
func checkPipes(rows map[string][]netRow) (found []string) {
	report := func(rule, layer, key string) { found = append(found, rule+" "+layer+" "+key) }
	points := map[string]netRow{}
	place := map[string]string{}
	codes := map[string]map[string]int{}
	for _, p := range rows["pipe_point"] {
		w := p.text("subclass") + p.text("feature") + "/" + p.text("subsid")
		if codes[w] == nil {
			codes[w] = map[string]int{}
		}
		codes[w][p.text("code")]++
	}
	for _, p := range rows["pipe_point"] {
		id := p.text("exp_no")
		if p["x"] == nil || p["y"] == nil || p["high"] == nil || id == "" {
			report("4.5-point-empty", "pipe_point", id)
		} else {
			if x, y := p.num("x"), p.num("y"); x < 3_930_000 || x > 4_000_000 || y < 396_000 || y > 444_500 {
				report("4.5-point-outside", "pipe_point", id)
			}
			at := fmt.Sprintf("%.3f %.3f %.2f", p.num("x"), p.num("y"), p.num("high"))
			if o, ok := place[at]; ok {
				report("4.5-point-same-place", "pipe_point", max(o, id))
			}
			place[at] = id
		}
		if _, ok := points[id]; ok {
			report("4.5-point-duplicate", "pipe_point", id)
		} else {
			points[id] = p
		}
		if (p.text("feature") == "") == (p.text("subsid") == "") {
			report("4.5-point-feature", "pipe_point", id)
		} else {
			w := codes[p.text("subclass")+p.text("feature")+"/"+p.text("subsid")]
			for _, n := range w {
				if n > w[p.text("code")] {
					report("4.5-point-code", "pipe_point", id)
				}
			}
			if kind := p.text("code")[5:6]; (kind == "1") != (p.text("feature") != "") {
				report("4.5-point-code", "pipe_point", id)
			}
		}
		if p.text("map_no") != id {
			report("4.5-point-map-no", "pipe_point", id)
		}
	}
	type end struct {
		line       netRow
		high, deep float64
		to         [3]float64 // direction away
		size       string
	}
	at := map[string][]end{}
	pair := map[string]bool{}
	part := map[string]string{}
	var find func(string) string
	find = func(s string) string {
		if part[s] == "" || part[s] == s {
			part[s] = s
			return s
		}
		part[s] = find(part[s])
		return part[s]
	}
	type piece struct {
		a, b [3]float64
		s, e string
		id   string
		sub  string
	}
	cells := map[string][]piece{}
	for _, l := range rows["pipe_line"] {
		id, s, e := l.text("lno"), l.text("s_exp"), l.text("e_exp")
		v := vertices(l["geom"].([]byte))
		a, b := v[0], v[len(v)-1]
		run := math.Hypot(b[0]-a[0], b[1]-a[1])
		if points[s] == nil || points[e] == nil {
			report("4.5-line-end-missing", "pipe_line", id)
		}
		if s == e {
			report("4.5-line-start-end", "pipe_line", id)
		}
		if l["s_deep"] == nil && l["e_deep"] == nil {
			report("4.5-line-depth-null", "pipe_line", id)
		} else {
			for i, c := range []string{"s", "e"} {
				if l.num(c+"_deep") > 10 {
					report("4.5-line-depth-limit", "pipe_line", id)
				}
				if p := points[[]string{s, e}[i]]; p != nil && p["high"] != nil && math.Abs(p.num("high")-l.num(c+"_deep")-l.num(c+"_high")) > 0.02 {
					report("4.2-identity", "pipe_line", id)
				}
			}
		}
		if !sizeReads(l.text("psize")) {
			report("4.5-line-psize", "pipe_line", id)
		}
		if !slices.Contains(pipeMaterials, l.text("material")) {
			report("4.5-line-material", "pipe_line", id)
		}
		if !slices.Contains(pipeLayings, l.text("embed")) {
			report("4.5-line-laying", "pipe_line", id)
		}
		if n := math.Hypot(run, b[2]-a[2]); n > 75.05 || n < 0.0495 {
			report("4.5-line-length", "pipe_line", id)
		}
		if math.Abs(b[2]-a[2]) > run*math.Tan(math.Pi/6) {
			report("4.5-line-slope", "pipe_line", id)
		}
		key := min(s, e) + " " + max(s, e)
		if pair[key] {
			report("4.5-line-duplicate", "pipe_line", id)
			continue // the net is that of the first
		}
		pair[key] = true
		part[find(s)] = find(e)
		at[s] = append(at[s], end{l, l.num("s_high"), l.num("s_deep"), [3]float64{b[0] - a[0], b[1] - a[1]}, l.text("psize")})
		if s != e {
			at[e] = append(at[e], end{l, l.num("e_high"), l.num("e_deep"), [3]float64{a[0] - b[0], a[1] - b[1]}, l.text("psize")})
		}
		p := piece{a, b, s, e, id, l.text("subclass")}
		seen := map[string]bool{}
		x0, x1 := math.Floor(min(a[0], b[0])/50), math.Floor(max(a[0], b[0])/50)
		y0, y1 := math.Floor(min(a[1], b[1])/50), math.Floor(max(a[1], b[1])/50)
		for x := x0; x <= x1; x++ {
			for y := y0; y <= y1; y++ {
				cell := fmt.Sprint(p.sub, x, y)
				for _, o := range cells[cell] {
					if !seen[o.id] && o.s != s && o.e != e && o.s != e && o.e != s && crosses(a, b, o.a, o.b) {
						report("4.5-net-crossing", "pipe_line", max(id, o.id))
					}
					seen[o.id] = true
				}
				cells[cell] = append(cells[cell], p)
			}
		}
	}
	sourced, least := map[string]bool{}, map[string]string{}
	for id, p := range points {
		if slices.Contains(pipeSources, p.text("subsid")) {
			sourced[find(id)] = true
		}
	}
	for id, ends := range at {
		p := points[id]
		if p == nil {
			continue
		}
		f := p.text("feature")
		if p.text("subsid") != "" {
			f = ""
		}
		if want, ok := pipeDegrees[f]; ok && len(ends) != want {
			report("4.5-net-degree", "pipe_point", id)
		} else if len(ends) == 2 && sizeReads(ends[0].size) && sizeReads(ends[1].size) && p.text("feature")+p.text("subsid") != "" && (ends[0].size != ends[1].size) != (f == "变径") {
			report("4.5-net-reducer", "pipe_point", id)
		}
		high, low := math.Inf(-1), math.Inf(1)
		for i, e := range ends {
			high, low = max(high, e.high), min(low, e.high)
			for _, o := range ends[:i] {
				d := math.Abs(math.Atan2(e.to[1], e.to[0]) - math.Atan2(o.to[1], o.to[0]))
				if min(d, 2*math.Pi-d) < math.Pi/4 {
					report("4.5-net-angle", "pipe_point", id)
				}
			}
			root := find(id)
			if l := e.line.text("lno"); least[root] == "" || l < least[root] {
				least[root] = l
			}
		}
		if high-low > 0.05 {
			report("4.5-line-end-height", "pipe_point", id)
		}
	}
	for id := range points {
		if len(at[id]) == 0 {
			report("4.5-net-isolated", "pipe_point", id)
		}
	}
	for root, l := range least {
		if !sourced[root] && !strings.Contains(l, "BM") { // unknown lines come from nowhere
			report("4.5-net-source", "pipe_line", l)
		}
	}
	return found
}

func sizeReads(s string) bool {
	var a, b int
	if n, _ := fmt.Sscanf(s, "%dX%d", &a, &b); n == 2 {
		return fmt.Sprintf("%dX%d", a, b) == s
	}
	n, _ := fmt.Sscanf(s, "%d", &a)
	return n == 1 && fmt.Sprint(a) == s
}

func crosses(a, b, c, d [3]float64) bool {
	side := func(a, b, p [3]float64) float64 { return (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0]) }
	return side(a, b, c)*side(a, b, d) < 0 && side(c, d, a)*side(c, d, b) < 0
}
