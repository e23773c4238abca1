package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// pipeKind is one sub-class of CJJ 61-2017 annex B and how this county lays it.
type pipeKind struct {
	class, sub     string
	classNo, subNo int
	lane           float64 // from the kerb outward, left positive
	inside         bool    // lane is from the middle of the street
	step           float64
	deep           float64   // usual depth of the top
	height         float64   // m that the pipe takes downward, of ducts; pipes take their size
	sizes          [3]string // by rank of the street
	materials      [3]string
	embed          string
	bend, chamber  string // word at bends; appurtenance at every junction ("" = tees)
	mid            string // appurtenance along the way; "" = points on the line
	valve, end     string
	source, branch string // appurtenance of the source; of what the branches lead to
	reach          float64
	every          int // a branch at every n-th point
	owner          string
	pressure       string
	voltage        string
	temperature    string
	cables, ducts  int
	flow           bool
	ranks          int // streets up to this rank have it
}

// pipePoint is a 管点: a node of the net, measured at the ground.
type pipePoint struct {
	id, mapID       string
	kind            *pipeKind
	at              Point
	high, deep      float64 // ground elevation; depth of the pipe's top
	feature, subsid string
	code            string
	address         string
	year            int
	lines           []*pipeLine
	noHigh, noX     bool
	gone            bool
}

// pipeLine is a 管段 between two points; the elevations are of the top.
type pipeLine struct {
	id           string
	kind         *pipeKind
	a, b         *pipePoint
	aID, bID     string // set by faults: what the table says instead
	aDeep, bDeep float64
	aHigh, bHigh float64
	noDeep       bool
	end          *Point // where its drawing ends, when not at b
	size         string
	material     string
	embed        string
	address      string
	year         int
}

// pipeNet is all the pipes of one seat but the drains.
type pipeNet struct {
	w      *World
	seat   *netSeat
	drain  *drainNet
	r      *rand.Rand
	points []*pipePoint
	lines  []*pipeLine
	stack  []float64 // per street node: the depth down to which crossings are taken
	serial map[string]int
}

// pipes lays every class into the streets of a seat. Where streets meet, each class dives under the one before it in
// the order of GB 50289-2016 (telecom, power, gas, heat, water) and keeps clear of the storm drains.
func pipes(w *World, seat *netSeat, drain *drainNet, r *rand.Rand) *pipeNet {
	n := &pipeNet{w: w, seat: seat, drain: drain, r: r, stack: make([]float64, len(seat.nodes)), serial: map[string]int{}}
	for i := range n.stack {
		n.stack[i] = 0.45
	}
	for _, k := range pipeNets() {
		n.network(k)
	}
	n.lamps()
	n.signals()
	for _, k := range pipePaths() {
		n.path(k)
	}
	n.unknown()
	n.number()
	return n
}

func (n *pipeNet) point(k *pipeKind, at Point, deep float64, address string) *pipePoint {
	p := &pipePoint{kind: k, at: netMM(at), deep: netRound(deep, 2), address: address, year: 1998 + n.r.IntN(26)}
	p.high = netRound(n.w.Ground(p.at), 2)
	n.points = append(n.points, p)
	return p
}

func (n *pipeNet) line(a, b *pipePoint, size, material string) *pipeLine {
	k := a.kind
	l := &pipeLine{kind: k, a: a, b: b, size: size, material: material, embed: k.embed, address: a.address, year: a.year}
	l.aDeep, l.bDeep = a.deep, b.deep
	l.aHigh, l.bHigh = netRound(a.high-a.deep, 2), netRound(b.high-b.deep, 2)
	a.lines, b.lines = append(a.lines, l), append(b.lines, l)
	n.lines = append(n.lines, l)
	return l
}

// place is where the lane of k lies in a street, metres left of its middle.
func (k *pipeKind) place(e netEdge) float64 {
	switch {
	case k.inside:
		return k.lane
	case k.lane < 0:
		return k.lane - e.kerb
	}
	return k.lane + e.kerb
}

// crossing is the depth of k's top where streets meet at node s, h the height it takes.
func (n *pipeNet) crossing(k *pipeKind, s int, h float64) float64 {
	gap := map[string]float64{"TX": 0.15, "DL": 0.25, "RQ": 0.15, "RL": 0.15, "JS": 0.15}[k.class] + 0.04
	top := max(n.stack[s]+gap, 0.6)
	if span := n.drain.cover[s]; span.bottom > 0 {
		clear := map[string]float64{"JS": 0.4, "DL": 0.25}[k.class]
		clear = max(clear, 0.15) + 0.05
		if top+h+clear > span.top && top < span.bottom+clear {
			top = span.bottom + clear
		}
	}
	n.stack[s] = max(n.stack[s], top+h)
	return netRound(top, 2)
}

func (k *pipeKind) tall(size string) float64 {
	if k.height > 0 {
		return k.height
	}
	return float64(netSize(size)) / 1000
}

// netSize is the size in mm, of a box its height; 0 if it cannot be read.
func netSize(s string) int {
	var a, b int
	if _, err := fmt.Sscanf(s, "%dX%d", &a, &b); err == nil {
		return b
	}
	_, _ = fmt.Sscanf(s, "%d", &a)
	return a
}

// pipeStreet is one street of a net: its points from end to end.
type pipeStreet struct {
	edge     int
	points   []*pipePoint
	size     string
	material string
}

// network lays k as one connected net with its source.
func (n *pipeNet) network(k *pipeKind) {
	l := n.seat.lanes(func(i int) bool { return n.seat.edges[i].rank <= k.ranks }, k.place, k.step)
	root, far := -1, -1.0
	for i := range n.seat.nodes {
		if d := float64(l.degree(i)*1000) - dist(n.seat.nodes[i].at, n.seat.town.Seat); l.degree(i) > 0 && (root < 0 || d > far) {
			root, far = i, d
		}
	}
	if root < 0 {
		return
	}
	l.keep(root)
	l.join()
	meets := make([]*pipePoint, len(n.seat.nodes))
	deep := make([]float64, len(n.seat.nodes))
	for i, s := range n.seat.nodes {
		if l.degree(i) == 0 {
			continue
		}
		name, big := "", 0.0
		for _, e := range s.edges {
			if l.used[e] {
				name = n.seat.edges[e].name
				big = max(big, k.tall(k.sizes[n.seat.edges[e].rank]))
			}
		}
		deep[i] = k.deep
		if l.degree(i) > 1 {
			deep[i] = n.crossing(k, i, big)
		}
		meets[i] = n.point(k, l.meet[i], deep[i], name)
	}
	index := newNetIndex()
	var streets []*pipeStreet
	for e := range n.seat.edges {
		if !l.used[e] {
			continue
		}
		ed := &n.seat.edges[e]
		st := &pipeStreet{edge: e, size: k.sizes[ed.rank], material: k.materials[ed.rank], points: []*pipePoint{meets[ed.from]}}
		last := len(l.lane[e]) - 1
		for i, at := range l.lane[e] {
			d := k.deep + 0.01*float64(n.r.IntN(9)-4)
			if i == 0 {
				d = deep[ed.from]
			} else if i == last {
				d = deep[ed.to]
			}
			st.points = append(st.points, n.point(k, at, d, ed.name))
		}
		st.points = append(st.points, meets[ed.to])
		for i := 1; i < len(st.points); i++ {
			n.line(st.points[i-1], st.points[i], st.size, st.material)
			index.add(st.points[i-1].at, st.points[i].at, e)
		}
		streets = append(streets, st)
	}
	for _, st := range streets {
		n.furnish(k, st, l)
	}
	n.sources(k, streets, index)
	for _, st := range streets {
		n.branches(k, st, index)
	}
	for i := range n.seat.nodes {
		if meets[i] != nil {
			n.name(meets[i])
		}
	}
	for _, st := range streets {
		for _, p := range st.points[1 : len(st.points)-1] {
			n.name(p)
		}
	}
}

// furnish sets valves beside the junctions of a street, chambers along it, and a reducer in a dead end.
func (n *pipeNet) furnish(k *pipeKind, st *pipeStreet, l *netLanes) {
	ed := &n.seat.edges[st.edge]
	last := len(st.points) - 1
	if k.valve != "" {
		if l.degree(ed.from) > 2 {
			st.points[1].subsid = k.valve
		}
		if l.degree(ed.to) > 2 {
			st.points[last-1].subsid = k.valve
		}
	}
	if k.mid != "" {
		for _, p := range st.points[1:last] {
			p.subsid = k.mid
		}
	}
	if k.chamber != "" {
		st.points[0].subsid, st.points[last].subsid = k.chamber, k.chamber
	}
	if k.valve == "" || last < 5 || (l.degree(ed.from) > 1 && l.degree(ed.to) > 1) {
		return
	}
	small := map[string]string{"400": "300", "300": "200", "250": "200", "200": "150", "160": "110", "150": "100", "110": "90"}[st.size]
	if small == "" {
		return
	}
	mid := st.points[last/2]
	mid.feature = "变径"
	for i := 1; i <= last; i++ {
		if i > last/2 == (l.degree(ed.to) == 1) {
			for _, ln := range st.points[i].lines {
				if ln.b == st.points[i] && ln.a == st.points[i-1] {
					ln.size = small
				}
			}
		}
	}
}

// stub leads from p to a new point reach metres beside the street; nil when something of the net is in the way.
func (n *pipeNet) stub(k *pipeKind, st *pipeStreet, i int, reach, deep float64, size string, index *netIndex) *pipePoint {
	p := st.points[i]
	if p.feature != "" || p.subsid != "" && k.mid == "" {
		return nil
	}
	a, b := st.points[i-1].at, st.points[i+1].at
	l := dist(a, b)
	to := netMM(Point{p.at.X - (b.Y-a.Y)/l*reach, p.at.Y + (b.X-a.X)/l*reach})
	if !index.free(p.at, to, 0.5) {
		return nil
	}
	for _, ln := range p.lines {
		o := ln.a
		if o == p {
			o = ln.b
		}
		if netTurn(o.at, p.at, to) < 60 {
			return nil
		}
	}
	q := n.point(k, to, deep, p.address)
	m := "PE"
	if k.valve == "" {
		m = st.material
	}
	n.line(p, q, size, m)
	index.add(p.at, to, -1)
	return q
}

// sources sets the net's sources: a main from the middle of the longest streets to a plant beside them, with a valve.
func (n *pipeNet) sources(k *pipeKind, streets []*pipeStreet, index *netIndex) {
	order := slices.Clone(streets)
	slices.SortStableFunc(order, func(a, b *pipeStreet) int {
		x, y := &n.seat.edges[a.edge], &n.seat.edges[b.edge]
		if x.rank != y.rank {
			return x.rank - y.rank
		}
		return len(b.points) - len(a.points)
	})
	want := 1 + len(streets)/60
	for _, st := range order {
		for i := 2; i < len(st.points)-2 && want > 0; i++ {
			side := 5.0
			if k.lane < 0 {
				side = -5
			}
			v := n.stub(k, st, i, side, k.deep, st.size, index)
			if v == nil {
				continue
			}
			v.lines[0].material = st.material
			d := Point{v.at.X - st.points[i].at.X, v.at.Y - st.points[i].at.Y}
			s := n.point(k, Point{v.at.X + d.X, v.at.Y + d.Y}, k.deep, v.address)
			n.line(v, s, st.size, st.material)
			index.add(v.at, s.at, -1)
			v.subsid, s.subsid = k.valve, k.source
			if k.valve == "" {
				v.subsid = k.mid
			}
			want--
			break
		}
	}
}

// branches leads to customers, hydrants and boxes along a street.
func (n *pipeNet) branches(k *pipeKind, st *pipeStreet, index *netIndex) {
	if k.every == 0 {
		return
	}
	for i := 2; i < len(st.points)-2; i++ {
		p := st.points[i]
		if i%k.every != st.edge%k.every || p.feature == "变径" || len(p.lines) != 2 || p.lines[0].size != p.lines[1].size {
			continue
		}
		word, reach, size := k.branch, k.reach, map[string]string{"JS": "50", "RQ": "63", "DL": "100", "TX": "100"}[k.class]
		deep := p.deep - 0.05
		if k.sub == "JP" && i%3 == 0 {
			word, reach, size = "消防栓", 1.0, "100"
		}
		if k.lane < 0 {
			reach = -reach
		}
		if q := n.stub(k, st, i, reach, deep, size, index); q != nil {
			q.subsid = word
			if n.r.IntN(6) == 0 && word != "消防栓" {
				q.subsid, q.feature = "", k.end
			}
		}
	}
}

// name fills feature where no appurtenance stands, by what meets there.
func (n *pipeNet) name(p *pipePoint) {
	if p.subsid != "" || p.feature == "变径" {
		return
	}
	switch len(p.lines) {
	case 1:
		p.feature = p.kind.end
		if p.kind.class == "JS" && n.r.IntN(4) == 0 {
			p.feature = "非普查"
		}
	case 2:
		p.feature = "直线点"
		if turn := netTurn(p.far(0).at, p.at, p.far(1).at); turn < 150 && (p.kind.bend == "弯头") {
			p.feature = "弯头"
		} else if turn < 174 {
			p.feature = "转折点"
		}
		if p.lines[0].size != p.lines[1].size {
			p.feature = "变径"
		} else if p.lines[0].material != p.lines[1].material {
			p.feature = "变材"
		}
	case 3:
		p.feature = "三通"
	case 4:
		p.feature = "四通"
	}
}

// far is the other end of the i-th line at p.
func (p *pipePoint) far(i int) *pipePoint {
	if p.lines[i].a == p {
		return p.lines[i].b
	}
	return p.lines[i].a
}

// number gives numbers and feature codes, in the order of making within each sub-class.
func (n *pipeNet) number() {
	for _, p := range n.points {
		n.serial[p.kind.sub]++
		p.id = fmt.Sprintf("%s%s%05d", n.seat.prefix, p.kind.sub, n.serial[p.kind.sub])
		p.mapID = p.id
		p.code = pipeCode(p)
	}
	for _, l := range n.lines {
		n.serial[l.kind.sub+"L"]++
		l.id = fmt.Sprintf("%s%sL%05d", n.seat.prefix, l.kind.sub, n.serial[l.kind.sub+"L"])
	}
}

// pipeCode is the 8-digit feature code (CJJ 61-2017 annex F): 5, class, sub-class, point, kind of point, serial.
func pipeCode(p *pipePoint) string {
	kind, word := 1, p.feature
	if p.feature == "" {
		kind, word = 2, p.subsid
	}
	serial := 1 + slices.Index(pipeWords(kind), word)
	return fmt.Sprintf("5%d%02d2%d%02d", p.kind.classNo, p.kind.subNo, kind, serial)
}

// pipeWords are the words of annex F in the order their serials follow; 阀门 is 04 as in the standard's example.
func pipeWords(kind int) []string {
	if kind == 1 {
		return []string{"弯头", "三通", "四通", "变径", "变材", "转折点", "预留口", "盖堵", "出地", "直线点", "起止点", "非普查", "分支点", "入户", "上杆", "井边点"}
	}
	return []string{"窨井", "检修井", "阀门井", "阀门", "阀门孔", "水表", "水表井", "消防栓", "泵站", "水厂出水", "调压站", "调压箱", "换热站", "人孔", "手孔", "接线箱", "交接箱", "变电站", "配电室", "变压器", "环网柜", "控制柜", "灯杆", "通风井", "监控器", "水源井"}
}

func (k *pipeKind) lineCode() string { return fmt.Sprintf("5%d%02d1000", k.classNo, k.subNo) }
