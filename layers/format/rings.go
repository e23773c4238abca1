package format

import (
	"cmp"
	"math"
	"slices"
)

// Rings that a format lists without saying which are holes are told by what lies within what: a ring within an even
// number of others is an outer one, within an odd number a hole of the smallest around it.

// ring is one with what is needed to place it.
type ring struct {
	points [][2]float64 // closed
	area   float64      // without sign
	bounds Extent
}

func newRing(points [][2]float64) ring {
	r := ring{points: points, bounds: Extent{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}
	for i, p := range points {
		b := &r.bounds
		b[0], b[1], b[2], b[3] = min(b[0], p[0]), min(b[1], p[1]), max(b[2], p[0]), max(b[3], p[1])
		if i > 0 { // from the first point, so that large coordinates do not cost digits
			a, o := points[i-1], points[0]
			r.area += (a[0]-o[0])*(p[1]-o[1]) - (p[0]-o[0])*(a[1]-o[1])
		}
	}
	r.area = math.Abs(r.area) / 2
	return r
}

// within tells whether the ring lies in the other, by its first point that is not on the other's line.
func (r *ring) within(other *ring) bool {
	if r.area > other.area || r.bounds[0] < other.bounds[0] || r.bounds[1] < other.bounds[1] || r.bounds[2] > other.bounds[2] || r.bounds[3] > other.bounds[3] {
		return false
	}
	for i, p := range r.points[1:] {
		a := r.points[i]
		for _, q := range [][2]float64{p, {(a[0] + p[0]) / 2, (a[1] + p[1]) / 2}} {
			if inside, edge := other.holds(q); !edge {
				return inside
			}
		}
	}
	return false // the same line
}

// holds tells whether a point is inside, by a ray to the east, and whether it is on the line.
func (r *ring) holds(p [2]float64) (inside, edge bool) {
	for i, b := range r.points[1:] {
		a := r.points[i]
		if (a[1] > p[1]) == (b[1] > p[1]) {
			if p == a || p == b || a[1] == p[1] && b[1] == p[1] && (a[0] > p[0]) != (b[0] > p[0]) {
				return false, true
			}
			continue
		}
		x := a[0] + (p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0])
		if x == p[0] || p == a || p == b {
			return false, true
		}
		if x > p[0] {
			inside = !inside
		}
	}
	return inside, false
}

// maxNesting bounds the work of polygonsOf: rings times points.
const maxNesting = 200_000_000

// polygonsOf sorts rings into polygons, outer ring first, in the order of the outer rings; false where they are too many.
func polygonsOf(all [][][2]float64) (polygons [][][][2]float64, area float64, ok bool) {
	rings, points := make([]ring, len(all)), 0
	for i, r := range all {
		rings[i] = newRing(r)
		points += len(r)
	}
	if len(rings)*points > maxNesting {
		return nil, 0, false
	}
	place := make([]int, len(rings)) // of an outer ring: its polygon
	holes := make([]int, 0)
	around := make([]int, len(rings)) // of a hole: its outer ring
	for i := range rings {
		var over []int
		for j := range rings {
			if i != j && rings[i].within(&rings[j]) {
				over = append(over, j)
			}
		}
		if len(over)%2 == 0 {
			place[i] = len(polygons)
			polygons = append(polygons, [][][2]float64{all[i]})
			area += rings[i].area
			continue
		}
		around[i] = slices.MinFunc(over, func(a, b int) int { return cmp.Compare(rings[a].area, rings[b].area) })
		holes = append(holes, i)
		area -= rings[i].area
	}
	for _, h := range holes {
		at := place[around[h]]
		polygons[at] = append(polygons[at], all[h])
	}
	return polygons, area, true
}
