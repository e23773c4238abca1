package demo

import "math"

// Where whole millimetres are counted from.
const originX, originY = 395_000.0, 3_940_000.0

// coarse is the grid of the arrangement, mm: lines closer than this become one.
const coarse = 100

// vert is a place in whole millimetres from the origin. All topology is decided on these.
type vert struct{ x, y int32 }

// snap puts p on the millimetre grid.
func snap(p Point) vert {
	return vert{int32(math.Round((p.X - originX) * 1000)), int32(math.Round((p.Y - originY) * 1000))}
}

// snapCoarse puts p on the arrangement's grid.
func snapCoarse(p Point) vert {
	const s = 1000.0 / coarse
	return vert{int32(math.Round((p.X-originX)*s)) * coarse, int32(math.Round((p.Y-originY)*s)) * coarse}
}

func (v vert) point() Point { return Point{originX + float64(v.x)/1000, originY + float64(v.y)/1000} }

func (v vert) less(o vert) bool { return v.x < o.x || v.x == o.x && v.y < o.y }

// cross is twice the signed area of a, b, c in mm²: positive when they turn left.
func cross(a, b, c vert) int64 {
	return int64(b.x-a.x)*int64(c.y-a.y) - int64(b.y-a.y)*int64(c.x-a.x)
}

// dot is the product of a→b and a→c in mm².
func dot(a, b, c vert) int64 {
	return int64(b.x-a.x)*int64(c.x-a.x) + int64(b.y-a.y)*int64(c.y-a.y)
}

// ringArea is the signed area in m², positive anticlockwise.
func ringArea(r []vert) float64 {
	var s int64
	for i, a := range r {
		b := r[(i+1)%len(r)]
		s += int64(a.x)*int64(b.y) - int64(b.x)*int64(a.y)
	}
	return float64(s) / 2e6
}
