package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// pipeFaults seeds the faults of domain 4.5.
type pipeFaults struct {
	n    *networks
	r    *rand.Rand
	used map[*pipePoint]bool
	net  *pipeNet // where the last taken point lies
}

// take picks a point far from other faults.
func (f *pipeFaults) take(ok func(*pipePoint) bool) *pipePoint {
	first := f.r.IntN(len(f.n.pipes))
	for i := range f.n.pipes {
		f.net = f.n.pipes[(first+i)%len(f.n.pipes)]
		p, found := faultPick(f.r, f.net.points, func(p *pipePoint) bool {
			if f.used[p] || p.gone || len(p.lines) == 0 {
				return false
			}
			for i := range p.lines {
				if f.used[p.far(i)] {
					return false
				}
			}
			return ok(p)
		})
		if found {
			f.used[p] = true
			for i := range p.lines {
				q := p.far(i)
				f.used[q] = true
				for j := range q.lines {
					f.used[q.far(j)] = true
				}
			}
			return p
		}
	}
	return nil
}

func pipePlain(p *pipePoint) bool {
	return p.feature == "直线点" && len(p.lines) == 2 && (p.kind.sub == "JP" || p.kind.sub == "TR")
}

// pipeTip is the end of a branch.
func pipeTip(p *pipePoint) bool {
	return len(p.lines) == 1 && p.lines[0].b == p && len(p.far(0).lines) == 3 && !slices.Contains([]string{p.kind.source, p.kind.valve}, p.subsid)
}

// pipeBox is a hand hole along a street.
func pipeBox(p *pipePoint) bool {
	return p.subsid == "手孔" && len(p.lines) == 2 && p.kind.sub != "XH"
}

func (f *pipeFaults) found(rule, layer, key, note string) { f.n.fault("4.5-"+rule, layer, key, note) }

// add makes a point after numbering.
func (f *pipeFaults) add(k *pipeKind, at Point, deep float64, feature, subsid string) *pipePoint {
	p := f.net.point(k, at, deep, "")
	p.feature, p.subsid = feature, subsid
	f.net.serial[k.sub]++
	p.id = fmt.Sprintf("%s%s%05d", f.net.seat.prefix, k.sub, f.net.serial[k.sub])
	p.mapID, p.code = p.id, pipeCode(p)
	f.used[p] = true
	return p
}

func (f *pipeFaults) join(a, b *pipePoint, like *pipeLine) *pipeLine {
	size, material := "100", "PE"
	if like != nil {
		size, material = like.size, like.material
	}
	l := f.net.line(a, b, size, material)
	f.net.serial[l.kind.sub+"L"]++
	l.id = fmt.Sprintf("%s%sL%05d", f.net.seat.prefix, l.kind.sub, f.net.serial[l.kind.sub+"L"])
	return l
}

// free tells whether a new line of sub-class k meets at most allowed lines of its own.
func (f *pipeFaults) free(k *pipeKind, a, b Point, allowed int) bool {
	hits := 0
	for _, l := range f.net.lines {
		if l.kind.sub == k.sub && l.a.at != a && l.b.at != a && l.a.at != b && l.b.at != b && dist(l.a.at, a) < 200 {
			if netMeet(a, b, l.a.at, l.b.at) {
				hits++
			} else if netGap(a, b, l.a.at, l.b.at) < 0.2 {
				return false
			}
		}
	}
	return hits == allowed
}

// axes are the unit vectors along and across the first line at p.
func pipeAxes(p *pipePoint) (along, across Point) {
	q := p.far(0).at
	l := dist(p.at, q)
	along = Point{(q.X - p.at.X) / l, (q.Y - p.at.Y) / l}
	return along, Point{-along.Y, along.X}
}

func pipeShift(p, d Point, m float64) Point { return Point{p.X + d.X*m, p.Y + d.Y*m} }

// points seeds the faults of single points.
func (f *pipeFaults) points() {
	if p := f.take(pipePlain); p != nil {
		p.noHigh = true
		f.found("point-empty", "pipe_point", p.id, "地面高程为空")
	}
	if p := f.take(pipePlain); p != nil {
		p.noX = true
		f.found("point-empty", "pipe_point", p.id, "X 为空")
	}
	if p := f.take(pipePlain); p != nil {
		c := *p
		c.at, c.lines = netMM(Point{p.at.X + 0.3, p.at.Y - 0.3}), nil
		f.net.points = append(f.net.points, &c)
		f.used[&c] = true
		f.found("point-duplicate", "pipe_point", p.id, "物探点号重复")
	}
	f.samePlace()
	if p := f.take(pipePlain); p != nil {
		p.feature = ""
		f.found("point-feature", "pipe_point", p.id, "特征与附属物均为空")
	}
	if p := f.take(pipePlain); p != nil {
		p.subsid = "窨井"
		f.found("point-feature", "pipe_point", p.id, "特征与附属物均已填")
	}
	if p := f.take(pipeTip); p != nil {
		at := p.at
		p.lines[0].end = &at
		p.at.X += 50_000
		f.found("point-outside", "pipe_point", p.id, "坐标在县域以外")
	}
	if p := f.take(pipePlain); p != nil {
		q := *p
		q.feature = "弯头"
		p.code = pipeCode(&q)
		f.found("point-code", "pipe_point", p.id, "要素编码与特征不符")
	}
	if p := f.take(pipePlain); p != nil {
		p.mapID += "A"
		f.found("point-map-no", "pipe_point", p.id, "图上点号与物探点号不一致")
	}
}

// samePlace ends a branch of one class exactly on a point of another.
func (f *pipeFaults) samePlace() {
	var at *pipePoint
	p := f.take(func(p *pipePoint) bool {
		if !pipeBox(p) {
			return false
		}
		for _, q := range f.net.points {
			if q.kind.class == p.kind.class || q.gone || f.used[q] || dist(p.at, q.at) > 9 || dist(p.at, q.at) < 0.5 {
				continue
			}
			if netTurn(p.far(0).at, p.at, q.at) > 50 && netTurn(p.far(1).at, p.at, q.at) > 50 && f.free(p.kind, p.at, q.at, 0) {
				at = q
				return true
			}
		}
		return false
	})
	if p == nil {
		return
	}
	q := f.add(p.kind, at.at, p.deep, p.kind.end, "")
	f.used[at] = true
	f.join(p, q, p.lines[0])
	f.found("point-same-place", "pipe_point", max(q.id, at.id), "与 "+min(q.id, at.id)+" 坐标高程相同")
}

// lines seeds the faults of single lines.
func (f *pipeFaults) lines() {
	if p := f.take(pipeTip); p != nil {
		p.gone = true
		f.found("line-end-missing", "pipe_line", p.lines[0].id, "终点 "+p.id+" 不在点表")
	}
	var to Point
	if p := f.take(func(p *pipePoint) bool {
		_, across := pipeAxes(p)
		to = pipeShift(p.at, across, 2.5)
		return pipeBox(p) && f.free(p.kind, p.at, to, 0)
	}); p != nil {
		q := f.add(p.kind, to, p.deep, p.kind.end, "")
		q.gone = true
		f.join(p, q, p.lines[0]).bID = p.id
		f.found("line-start-end", "pipe_line", f.net.lines[len(f.net.lines)-1].id, "起点与终点相同")
	}
	for turn := range 2 {
		if p := f.take(func(p *pipePoint) bool { return pipeBox(p) && pipeBox(p.far(0)) }); p != nil {
			a, b := p.lines[0].a, p.lines[0].b
			if turn == 1 {
				a, b = b, a
			}
			f.found("line-duplicate", "pipe_line", f.join(a, b, p.lines[0]).id, "与 "+p.lines[0].id+" 起终点相同")
		}
	}
	if p := f.take(pipePlain); p != nil {
		p.lines[0].noDeep = true
		f.found("line-depth-null", "pipe_line", p.lines[0].id, "起终点埋深均为空")
	}
	if p := f.take(func(p *pipePoint) bool {
		return len(p.lines) == 1 && p.feature != "" && p.lines[0].b == p && dist(p.at, p.far(0).at) > 22 && dist(p.at, p.far(0).at) < 70
	}); p != nil {
		l := p.lines[0]
		p.deep = netRound(10.4+0.2*f.r.Float64(), 2)
		l.bDeep, l.bHigh = p.deep, netRound(p.high-p.deep, 2)
		f.found("line-depth-limit", "pipe_line", l.id, "埋深超过 10 m")
	}
	if p := f.take(pipePlain); p != nil {
		p.lines[0].size = "Φ" + p.lines[0].size
		f.found("line-psize", "pipe_line", p.lines[0].id, "管径无法解析")
	}
	if p := f.take(pipePlain); p != nil {
		p.lines[0].material = "XX"
		f.found("line-material", "pipe_line", p.lines[0].id, "材质不在字典")
	}
	if p := f.take(pipePlain); p != nil {
		p.lines[0].embed = "ZZ"
		f.found("line-laying", "pipe_line", p.lines[0].id, "埋设方式不在字典")
	}
	f.lengths()
	if p := f.take(func(p *pipePoint) bool { return pipeTip(p) && p.subsid == "消防栓" && p.lines[0].aDeep > 0.95 }); p != nil {
		l := p.lines[0]
		p.deep = 0.25
		l.bDeep, l.bHigh = p.deep, netRound(p.high-p.deep, 2)
		f.found("line-slope", "pipe_line", l.id, "坡度大于 30°")
	}
	if p := f.take(pipePlain); p != nil {
		l := p.lines[1]
		if l.a == p {
			l.aHigh, l.aDeep = netRound(l.aHigh-0.3, 2), netRound(l.aDeep+0.3, 2)
		} else {
			l.bHigh, l.bDeep = netRound(l.bHigh-0.3, 2), netRound(l.bDeep+0.3, 2)
		}
		f.found("line-end-height", "pipe_point", p.id, "相接管段高程不一致")
	}
}

// lengths seeds a segment that is too long, and one too short.
func (f *pipeFaults) lengths() {
	if p := f.take(func(p *pipePoint) bool {
		if !pipePlain(p) && !pipeBox(p) || p.lines[0].b != p || p.lines[1].a != p {
			return false
		}
		a, b := p.far(0), p.far(1)
		return dist(a.at, b.at) > 75.5 && netTurn(a.at, p.at, b.at) > 179 && len(a.lines) == 2 && len(b.lines) == 2 && f.free(p.kind, a.at, b.at, 0)
	}); p != nil {
		l, o := p.lines[0], p.lines[1]
		l.b, l.bDeep, l.bHigh = o.b, o.bDeep, o.bHigh
		for i, x := range o.b.lines {
			if x == o {
				o.b.lines[i] = l
			}
		}
		f.net.lines = slices.DeleteFunc(f.net.lines, func(x *pipeLine) bool { return x == o })
		p.gone, p.lines = true, nil
		f.found("line-length", "pipe_line", l.id, "管段长于 75 m")
	}
	if p := f.take(func(p *pipePoint) bool { return pipePlain(p) && p.lines[1].a == p }); p != nil {
		l := p.lines[1]
		q := f.add(p.kind, lerp(p.at, l.b.at, 0.03/dist(p.at, l.b.at)), p.deep, "直线点", "")
		l.a, l.aDeep, l.aHigh = q, q.deep, netRound(q.high-q.deep, 2)
		q.lines = append(q.lines, l)
		p.lines = p.lines[:1]
		f.found("line-length", "pipe_line", f.join(p, q, l).id, "管段短于 0.05 m")
	}
}

// nets seeds the faults of how lines hang together.
func (f *pipeFaults) nets() {
	if p := f.take(pipePlain); p != nil {
		_, across := pipeAxes(p)
		q := f.add(p.kind, pipeShift(p.at, across, 2), p.deep, "", "检修井")
		f.found("net-isolated", "pipe_point", q.id, "没有管线相接")
	}
	if p := f.take(func(p *pipePoint) bool { return pipePlain(p) && p.kind.sub == "JP" }); p != nil {
		along, across := pipeAxes(p)
		k := *p.kind
		k.sub, k.subNo, k.owner = "ZS", 3, "梁山示例中水公司"
		o := pipeShift(p.at, across, 0.75)
		a := f.add(&k, o, 1.3, "盖堵", "")
		b := f.add(&k, pipeShift(o, along, 14), 1.3, "直线点", "")
		c := f.add(&k, pipeShift(o, along, 29), 1.3, "盖堵", "")
		f.found("net-source", "pipe_line", f.join(a, b, nil).id, "与任何水源不连通")
		f.join(b, c, nil)
	}
	if p := f.take(pipePlain); p != nil {
		p.feature = "三通"
		p.code = pipeCode(p)
		f.found("net-degree", "pipe_point", p.id, "三通只接两条管线")
	}
	if p := f.take(pipePlain); p != nil {
		p.feature = "变径"
		p.code = pipeCode(p)
		f.found("net-reducer", "pipe_point", p.id, "变径点两侧管径相同")
	}
	if p := f.take(func(p *pipePoint) bool { return p.feature == "变径" && len(p.lines) == 2 }); p != nil {
		p.feature = "直线点"
		p.code = pipeCode(p)
		f.found("net-reducer", "pipe_point", p.id, "管径改变而无变径点")
	}
	var to Point
	if p := f.take(func(p *pipePoint) bool {
		if !pipeTip(p) || p.subsid == "" || p.far(0).subsid != "手孔" {
			return false
		}
		tee := p.far(0)
		main := 0
		if tee.far(0) == p {
			main = 1
		}
		q := tee.far(main).at
		l := dist(tee.at, q)
		to = netMM(Point{2*tee.at.X - p.at.X + (q.X-tee.at.X)/l*4, 2*tee.at.Y - p.at.Y + (q.Y-tee.at.Y)/l*4})
		return l > 8 && f.free(p.kind, p.at, to, 1)
	}); p != nil {
		q := f.add(p.kind, to, p.deep, p.kind.end, "")
		f.found("net-crossing", "pipe_line", f.join(p, q, p.lines[0]).id, "与同类管线相交处无管点")
	}
	if p := f.take(func(p *pipePoint) bool {
		along, across := pipeAxes(p)
		to = netMM(Point{p.at.X + along.X*2.7 + across.X*1.2, p.at.Y + along.Y*2.7 + across.Y*1.2})
		return pipeBox(p) && f.free(p.kind, p.at, to, 0)
	}); p != nil {
		q := f.add(p.kind, to, p.deep, p.kind.end, "")
		f.join(p, q, p.lines[0])
		f.found("net-angle", "pipe_point", p.id, "相接管线夹角小于 45°")
	}
}
