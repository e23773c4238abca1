package demo

import (
	"math"
	"math/rand/v2"
)

// class indexes classes.
const (
	cPaddy = iota
	cWheat
	cDry
	cOrchard
	cTrees
	cSapling
	cGrass
	cShop
	cStore
	cFactory
	cTown
	cHome
	cOffice
	cSchool
	cUtility
	cPark
	cSquare
	cGrave
	cRail
	cHighway
	cStreet
	cStation
	cLane
	cPort
	cRiver
	cLake
	cPond
	cFishpond
	cShoal
	cDitch
	cMain
	cDike
	cIdle
	cBarn
	cBrick
)

// classes are the survey's classes the county has (TD/T 1057-2020), and the plan's they map to when nothing changes.
var classes = [...]struct{ code, name, plan, planName string }{
	{"0101", "水田", "0101", "水田"}, {"0102", "水浇地", "0102", "水浇地"}, {"0103", "旱地", "0103", "旱地"},
	{"0201", "果园", "0201", "果园"}, {"0301", "乔木林地", "0301", "乔木林地"}, {"0307", "其他林地", "0304", "其他林地"},
	{"0404", "其他草地", "0403", "其他草地"}, {"05H1", "商业服务业设施用地", "09", "商业服务业用地"}, {"0508", "物流仓储用地", "1101", "物流仓储用地"},
	{"0601", "工业用地", "1001", "工业用地"}, {"0701", "城镇住宅用地", "0701", "城镇住宅用地"}, {"0702", "农村宅基地", "0703", "农村宅基地"},
	{"08H1", "机关团体新闻出版用地", "0801", "机关团体用地"}, {"08H2", "科教文卫用地", "08", "公共管理与公共服务用地"}, {"0809", "公用设施用地", "13", "公用设施用地"},
	{"0810", "公园与绿地", "1401", "公园绿地"}, {"0810A", "广场用地", "1403", "广场用地"}, {"09", "特殊用地", "15", "特殊用地"},
	{"1001", "铁路用地", "1201", "铁路用地"}, {"1003", "公路用地", "1202", "公路用地"}, {"1004", "城镇村道路用地", "1207", "城镇村道路用地"},
	{"1005", "交通服务场站用地", "1208", "交通场站用地"}, {"1006", "农村道路", "0601", "农村道路"}, {"1008", "港口码头用地", "1204", "港口码头用地"},
	{"1101", "河流水面", "1701", "河流水面"}, {"1102", "湖泊水面", "1702", "湖泊水面"}, {"1104", "坑塘水面", "1704", "坑塘水面"},
	{"1104A", "养殖坑塘", "1704", "坑塘水面"}, {"1106", "内陆滩涂", "0506", "内陆滩涂"}, {"1107", "沟渠", "1705", "沟渠"}, {"1107A", "干渠", "1311", "水工设施用地"},
	{"1109", "水工建筑用地", "1311", "水工设施用地"}, {"1201", "空闲地", "2301", "空闲地"}, {"1202", "设施农用地", "0602", "设施农用地"},
	{"0602", "采矿用地", "1002", "采矿用地"},
}

// farmer cuts farmland: field roads and ditches around blocks, blocks into strips.
type farmer struct {
	cutter
	measures
	r     *rand.Rand
	grain float64
	wet   float64 // 0 to 1, nearness of lake, river or canal
	plain bool    // between the Yellow River and its dike
	homes []Point // outline of the nearest settlement
}

func (f *farmer) keep(ps []piece, class uint8) {
	for _, p := range ps {
		f.u.parcels = append(f.u.parcels, parcel{p, class})
	}
}

// axis is the direction most of a piece's bounds keep to, within an eighth of a turn of the grain or not.
func axis(p piece, grain, weight float64) float64 {
	var s, c, around float64
	for _, r := range p.rings {
		for i, n := range r {
			m := r[(i+1)%len(r)]
			dx, dy := float64(m.v.x-n.v.x)/1000, float64(m.v.y-n.v.y)/1000
			l := math.Hypot(dx, dy)
			sn, cs := math.Sincos(4 * math.Atan2(dy, dx))
			s, c, around = s+l*sn, c+l*cs, around+l
		}
	}
	sn, cs := math.Sincos(4 * grain)
	s, c = s+weight*around*sn, c+weight*around*cs
	return math.Atan2(s, c) / 4
}

// span is the extent of p along the direction a from o.
func span(p piece, o Point, a float64) (lo, hi float64) {
	s, c := math.Sincos(a)
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, n := range p.rings[0] {
		q := n.v.point()
		d := (q.X-o.X)*c + (q.Y-o.Y)*s
		lo, hi = math.Min(lo, d), math.Max(hi, d)
	}
	return lo, hi
}

// longAxis turns a so that p is longest along it, and gives p's extents along and across.
func longAxis(p piece, o Point, a float64) (angle, u0, u1, v0, v1 float64) {
	u0, u1 = span(p, o, a)
	v0, v1 = span(p, o, a+math.Pi/2)
	if v1-v0 > u1-u0 {
		a += math.Pi / 2
		u0, u1, v0, v1 = v0, v1, -u1, -u0
	}
	return a, u0, u1, v0, v1
}

// open cuts a tract into blocks, and blocks into strips.
func (f *farmer) open(p piece, depth int) {
	area := p.area()
	o := p.rings[0][0].v.point()
	a, u0, u1, v0, v1 := longAxis(p, o, axis(p, f.grain, 0.22))
	l, w := u1-u0, v1-v0
	if depth > 16 || area < f.block*0.13 || area < f.block*1.25 && l < 2.4*w {
		f.strips(p, o, a, u0, u1, v0, v1)
		return
	}
	at := u0 + l*(0.5+0.13*(f.r.Float64()*2-1))
	line := polar(o, a, at)
	line = polar(line, a+math.Pi/2, (v0+v1)/2)
	across := a + math.Pi/2 + 0.03*f.r.NormFloat64()
	left, right, ok := f.divide(p, line, across, area)
	if !ok {
		f.strips(p, o, a, u0, u1, v0, v1)
		return
	}
	for _, q := range left {
		f.open(q, depth+1)
	}
	for _, q := range right {
		f.open(q, depth+1)
	}
}

// lay is one of several bands beside each other.
type lay struct {
	width float64
	class uint8
}

// divide lays a field road or a ditch between two blocks; between large ones both, and sometimes a row of trees.
func (f *farmer) divide(p piece, o Point, angle, area float64) (left, right []piece, ok bool) {
	var lays []lay
	switch {
	case area > f.block*3.2:
		lays = []lay{{3 + 3*f.r.Float64(), cDitch}, {4.5 + f.r.Float64(), cLane}}
		if f.r.Float64() < 0.45 {
			lays = append(lays, lay{7 + 7*f.r.Float64(), cTrees})
		}
		if f.r.Float64() < 0.5 {
			lays[0], lays[len(lays)-1] = lays[len(lays)-1], lays[0]
		}
	case f.r.Float64() < 0.4:
		lays = []lay{{2.8 + 2.2*f.r.Float64(), cDitch}}
	default:
		lays = []lay{{3.5 + f.r.Float64(), cLane}}
	}
	return f.bands(p, o, angle, lays)
}

// bands cuts bands out of p, side by side from the left of the line through o; ok is false and p whole where they do not fit.
func (f *farmer) bands(p piece, o Point, angle float64, lays []lay) (left, right []piece, ok bool) {
	off := 0.0
	for _, l := range lays {
		off += l.width / 2
	}
	left, right, ok = f.cut(p, polar(o, angle+math.Pi/2, off), angle)
	if !ok {
		return nil, nil, false
	}
	for _, l := range lays {
		off -= l.width
		line := polar(o, angle+math.Pi/2, off)
		var rest []piece
		for _, q := range right {
			in, out, cut := f.cut(q, line, angle)
			switch {
			case cut:
				f.keep(in, l.class)
				rest = append(rest, out...)
				if l.class == cDitch {
					f.ditch(in, angle, l.width)
				}
			case farthest(q, line, angle) > 0:
				f.keep([]piece{q}, l.class)
			default:
				rest = append(rest, q)
			}
		}
		right = rest
	}
	return left, right, true
}

// ditch remembers the middle of a ditch for the layer of lines.
func (f *farmer) ditch(ps []piece, angle, width float64) {
	for _, p := range ps {
		o := p.rings[0][0].v.point()
		u0, u1 := span(p, o, angle)
		v0, v1 := span(p, o, angle+math.Pi/2)
		if u1-u0 > 60 && v1-v0 < 3*width {
			mid := polar(o, angle+math.Pi/2, (v0+v1)/2)
			f.u.lines = append(f.u.lines, ditchLine{polar(mid, angle, u0), polar(mid, angle, u1), width})
		}
	}
}
