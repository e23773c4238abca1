package demo

import "math"

// netIndex finds the segments near a segment; cells of 40 m.
type netIndex struct {
	cells map[[2]int32][]int32
	segs  []netSegment
	seen  []int32
	round int32
}

// netSegment is a straight piece of a net; id is its owner's.
type netSegment struct {
	a, b Point
	id   int
}

const netCell = 40.0

func newNetIndex() *netIndex { return &netIndex{cells: map[[2]int32][]int32{}} }

func netCells(a, b Point) (x0, y0, x1, y1 int32) {
	f := func(v float64) int32 { return int32(math.Floor(v / netCell)) }
	return f(min(a.X, b.X) - 0.01), f(min(a.Y, b.Y) - 0.01), f(max(a.X, b.X) + 0.01), f(max(a.Y, b.Y) + 0.01)
}

func (x *netIndex) add(a, b Point, id int) {
	n := int32(len(x.segs))
	x.segs, x.seen = append(x.segs, netSegment{a, b, id}), append(x.seen, 0)
	x0, y0, x1, y1 := netCells(a, b)
	for i := x0; i <= x1; i++ {
		for j := y0; j <= y1; j++ {
			x.cells[[2]int32{i, j}] = append(x.cells[[2]int32{i, j}], n)
		}
	}
}

// near visits every segment whose cells touch those of a, b, once.
func (x *netIndex) near(a, b Point, visit func(netSegment)) {
	x.round++
	x0, y0, x1, y1 := netCells(a, b)
	for i := x0; i <= x1; i++ {
		for j := y0; j <= y1; j++ {
			for _, n := range x.cells[[2]int32{i, j}] {
				if x.seen[n] != x.round {
					x.seen[n] = x.round
					visit(x.segs[n])
				}
			}
		}
	}
}

// free tells whether a, b keeps gap metres from every segment that does not begin or end where a, b does.
func (x *netIndex) free(a, b Point, gap float64) bool {
	ok := true
	x.near(a, b, func(s netSegment) {
		if s.a == a || s.b == a || s.a == b || s.b == b {
			return
		}
		if netGap(a, b, s.a, s.b) < gap {
			ok = false
		}
	})
	return ok
}

// netGap is the plan distance between two segments, 0 when they meet.
func netGap(a, b, c, d Point) float64 {
	if netMeet(a, b, c, d) {
		return 0
	}
	g := distSegment(a, c, d)
	for _, v := range [3][3]Point{{b, c, d}, {c, a, b}, {d, a, b}} {
		if e := distSegment(v[0], v[1], v[2]); e < g {
			g = e
		}
	}
	return g
}

func netSide(a, b, p Point) float64 { return (b.X-a.X)*(p.Y-a.Y) - (b.Y-a.Y)*(p.X-a.X) }

// netMeet tells whether two segments cross in their insides.
func netMeet(a, b, c, d Point) bool {
	return netSide(a, b, c)*netSide(a, b, d) < 0 && netSide(c, d, a)*netSide(c, d, b) < 0
}

// netTurn is the angle a-o-b in degrees, 0 to 180.
func netTurn(a, o, b Point) float64 {
	d := math.Abs(math.Atan2(a.Y-o.Y, a.X-o.X) - math.Atan2(b.Y-o.Y, b.X-o.X))
	if d > math.Pi {
		d = 2*math.Pi - d
	}
	return d * 180 / math.Pi
}

// netAlong is the point at s metres along a line, and the unit direction there.
func netAlong(line []Point, s float64) (p, dir Point) {
	for i := 1; i < len(line); i++ {
		l := dist(line[i-1], line[i])
		if s <= l || i == len(line)-1 {
			return lerp(line[i-1], line[i], s/l), Point{(line[i].X - line[i-1].X) / l, (line[i].Y - line[i-1].Y) / l}
		}
		s -= l
	}
	return line[0], Point{1, 0}
}

// netRound rounds to n decimals.
func netRound(v float64, n int) float64 {
	k := math.Pow10(n)
	return math.Round(v*k) / k
}

func netMM(p Point) Point { return Point{netRound(p.X, 3), netRound(p.Y, 3)} }
