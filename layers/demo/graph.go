package demo

import (
	"fmt"
	"math"
	"slices"
)

// streetWidth is kerb to kerb and pavements, m, in the county seat; towns have seven tenths of it.
func streetWidth(class string) float64 {
	switch class {
	case "street_main":
		return 40
	case "street_secondary":
		return 28
	}
	return 18
}

// streets are the lines between a seat's cells.
func (m *maker) streets() []way {
	var out []way
	for k, s := range m.seats {
		p := s.plot
		scale := 1.0
		if k > 0 {
			scale = 0.62
		}
		add := func(i, j, di, dj, line, middle int) {
			class := "street_branch"
			switch {
			case (line-middle)%4 == 0 || (line-middle)%2 == 0 && k == 0:
				class = "street_main"
			case (line-middle)%2 == 0 || k == 0:
				class = "street_secondary"
			}
			name := streetName(m.w.Seed, k, di, line)
			out = append(out, way{name, class, streetWidth(class) * scale, []Point{p.node(i, j), p.node(i+di, j+dj)}})
		}
		for i := range p.u {
			for j := range p.v {
				if p.is(i, j) || p.is(i, j-1) {
					add(i, j, 1, 0, j, len(p.v)/2)
				}
				if p.is(i, j) || p.is(i-1, j) {
					add(i, j, 0, 1, i, len(p.u)/2)
				}
			}
		}
	}
	return out
}

// network divides all roads where they meet and numbers the nodes. The expressway meets others at interchanges only.
func (m *maker) network(ways []way) {
	var segs []segment
	for i, w := range ways {
		segs = segments(segs, w.line, int32(i))
	}
	segs = nodeAll(slices.DeleteFunc(segs, outsideWindow))
	segs = slices.DeleteFunc(segs, func(s segment) bool {
		w, mid := ways[s.source], lerp(s.a.point(), s.b.point(), 0.5)
		switch {
		case isStreet(w.class):
			return false
		case w.class == "national", w.class == "provincial":
			return m.seatAt(mid) >= 0 || !contains(m.outline, mid)
		}
		return m.seatAt(mid) >= 0
	})
	segs, ways = m.expressway(segs, ways)
	m.chain(segs, ways)
}

func isStreet(class string) bool { return len(class) > 7 && class[:7] == "street_" }

// expressway adds the expressway and, where a highway passes under it, a ramp.
func (m *maker) expressway(segs []segment, ways []way) ([]segment, []way) {
	i := slices.IndexFunc(m.ribbons, func(r ribbon) bool { return r.class == "expressway" })
	line := m.ribbons[i].line
	for k, w := range ways {
		if w.class != "provincial" && w.class != "national" {
			continue
		}
		best, at, on := 260.0, -1, Point{}
		for j := 4; j < len(line)-4; j++ {
			for _, s := range segs {
				if int(s.source) == k && contains(m.outline, line[j]) {
					if d := dist(line[j], s.a.point()); d < best {
						best, at = d, j
					}
				}
			}
		}
		if at < 0 {
			continue
		}
		least := 420.0
		for _, s := range segs { // the ramp comes down some hundred metres away
			if d := math.Abs(dist(line[at], s.a.point()) - 420); int(s.source) == k && d < least {
				least, on = d, s.a.point()
			}
		}
		if least < 400 {
			ways = append(ways, way{"互通匝道", "expressway", 9, nil})
			segs = append(segs, segment{snapCoarse(line[at]), snapCoarse(on), int32(len(ways) - 1)})
		}
	}
	ways = append(ways, way{m.ribbons[i].name, "expressway", 2 * m.ribbons[i].half, nil})
	for j := 1; j < len(line); j++ {
		a, b := line[j-1], line[j]
		if contains(m.outline, a) && contains(m.outline, b) {
			segs = append(segs, segment{snapCoarse(a), snapCoarse(b), int32(len(ways) - 1)})
		}
	}
	return segs, ways
}

// chain joins segments into links between nodes, and keeps what hangs together.
func (m *maker) chain(segs []segment, ways []way) {
	type end struct {
		seg int32
		to  vert
	}
	around := map[vert][]end{}
	for i, s := range segs {
		around[s.a] = append(around[s.a], end{int32(i), s.b})
		around[s.b] = append(around[s.b], end{int32(i), s.a})
	}
	same := func(p, q int32) bool {
		a, b := ways[segs[p].source], ways[segs[q].source]
		return a.class == b.class && a.name == b.name && a.width == b.width
	}
	stop := make(map[vert]bool)
	for _, s := range m.sites {
		stop[snapCoarse(s.at)] = true
	}
	isNode := func(v vert) bool {
		e := around[v]
		return len(e) != 2 || stop[v] || !same(e[0].seg, e[1].seg)
	}
	number := map[vert]int{}
	node := func(v vert) int {
		i, ok := number[v]
		if !ok {
			i = len(m.w.RoadNodes)
			number[v], m.w.RoadNodes = i, append(m.w.RoadNodes, v.point())
		}
		return i
	}
	used := make([]bool, len(segs))
	var roads []Road
	follow := func(from vert, e end) {
		w := ways[segs[e.seg].source]
		r := Road{Name: w.name, Class: w.class, Width: w.width, Line: []Point{from.point()}, From: node(from)}
		at := from
		for {
			used[e.seg] = true
			at = e.to
			r.Line = append(r.Line, at.point())
			if isNode(at) {
				break
			}
			next := around[at][0]
			if next.seg == e.seg {
				next = around[at][1]
			}
			if used[next.seg] {
				break
			}
			e = next
		}
		r.To = node(at)
		roads = append(roads, r)
	}
	for i, s := range segs {
		for _, v := range [2]vert{s.a, s.b} {
			if isNode(v) && !used[i] {
				o := s.b
				if v == s.b {
					o = s.a
				}
				follow(v, end{int32(i), o})
			}
		}
	}
	group := newSets(len(m.w.RoadNodes))
	for _, r := range roads {
		group.join(r.From, r.To)
	}
	count := make([]int, len(group))
	for _, r := range roads {
		count[group.find(r.From)]++
	}
	main := slices.Index(count, slices.Max(count))
	for _, r := range roads {
		if group.find(r.From) != main {
			continue
		}
		r.ID = fmt.Sprintf("R%06d", len(m.w.Roads)+1)
		r.Lowest = math.Inf(1)
		for _, p := range resample(r.Line, 50) {
			r.Lowest = math.Min(r.Lowest, m.w.Ground(p))
		}
		r.Lowest = math.Round(r.Lowest*100) / 100
		m.w.Roads = append(m.w.Roads, r)
	}
}

// outsideWindow keeps what is far outside the county out of the arrangement.
func outsideWindow(s segment) bool {
	out := func(v vert) bool {
		return v.x < 500_000 || v.y < 500_000 || v.x > 51_000_000 || v.y > 46_500_000
	}
	return out(s.a) || out(s.b)
}
