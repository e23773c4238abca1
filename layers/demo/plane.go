package demo

import "math"

func lerp(p, q Point, t float64) Point { return Point{p.X + (q.X-p.X)*t, p.Y + (q.Y-p.Y)*t} }

func dist(p, q Point) float64 { return math.Hypot(q.X-p.X, q.Y-p.Y) }

// polar is the point r metres from p in the direction a, radians from east.
func polar(p Point, a, r float64) Point {
	s, c := math.Sincos(a)
	return Point{p.X + r*c, p.Y + r*s}
}

// local turns u along and v across an axis of angle a at o into a point.
func local(o Point, a, u, v float64) Point {
	s, c := math.Sincos(a)
	return Point{o.X + u*c - v*s, o.Y + u*s + v*c}
}

// toLocal is the inverse of local.
func toLocal(o Point, a float64, p Point) (u, v float64) {
	s, c := math.Sincos(a)
	x, y := p.X-o.X, p.Y-o.Y
	return x*c + y*s, -x*s + y*c
}

// distSegment is the distance from p to the segment.
func distSegment(p, a, b Point) float64 {
	dx, dy, t := b.X-a.X, b.Y-a.Y, 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = math.Max(0, math.Min(1, ((p.X-a.X)*dx+(p.Y-a.Y)*dy)/l))
	}
	return math.Hypot(p.X-a.X-t*dx, p.Y-a.Y-t*dy)
}

// distLine is the distance from p to a line, and the line's direction there.
func distLine(p Point, line []Point) (d, angle float64) {
	least, at := math.Inf(1), 1
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		dx, dy, px, py := b.X-a.X, b.Y-a.Y, p.X-a.X, p.Y-a.Y
		t := px*dx + py*dy
		if l := dx*dx + dy*dy; t > 0 && l > 0 {
			t = math.Min(1, t/l)
			px, py = px-t*dx, py-t*dy
		}
		if e := px*px + py*py; e < least {
			least, at = e, i
		}
	}
	return math.Sqrt(least), math.Atan2(line[at].Y-line[at-1].Y, line[at].X-line[at-1].X)
}

// contains reports whether p is inside the ring, even-odd.
func contains(ring []Point, p Point) bool {
	in := false
	for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
		a, b := ring[i], ring[j]
		if (a.Y > p.Y) != (b.Y > p.Y) && p.X < (b.X-a.X)*(p.Y-a.Y)/(b.Y-a.Y)+a.X {
			in = !in
		}
	}
	return in
}

// offset moves a line sideways (left positive) with mitred corners; by gives the distance at each vertex.
func offset(line []Point, by func(i int) float64) []Point {
	n := len(line)
	out := make([]Point, n)
	for i, p := range line {
		a, b := line[max(0, i-1)], line[min(n-1, i+1)]
		var nx, ny float64
		if i > 0 {
			l := dist(a, p)
			nx, ny = -(p.Y-a.Y)/l, (p.X-a.X)/l
		}
		k := 1.0
		if i < n-1 {
			l := dist(p, b)
			mx, my := -(b.Y-p.Y)/l, (b.X-p.X)/l
			if i == 0 {
				nx, ny = mx, my
			} else {
				k = math.Max(0.35, 1+nx*mx+ny*my)
				nx, ny = nx+mx, ny+my
			}
		}
		out[i] = Point{p.X + by(i)*nx/k, p.Y + by(i)*ny/k}
	}
	return out
}

// band is the ring around a line, width metres to each side.
func band(line []Point, half float64) []Point {
	left := offset(line, func(int) float64 { return half })
	right := offset(line, func(int) float64 { return -half })
	for i := len(right) - 1; i >= 0; i-- {
		left = append(left, right[i])
	}
	return append(left, left[0])
}

// disc is a closed ring of n corners around p that holds the circle of radius r.
func disc(p Point, r float64, n int) []Point {
	r /= math.Cos(math.Pi / float64(n))
	out := make([]Point, 0, n+1)
	for i := range n {
		out = append(out, polar(p, (float64(i)+0.5)*2*math.Pi/float64(n), r))
	}
	return append(out, out[0])
}

// smooth rounds a line by Chaikin's corner cutting; it keeps its ends.
func smooth(line []Point, times int) []Point {
	for range times {
		out := []Point{line[0]}
		for i := 1; i < len(line); i++ {
			out = append(out, lerp(line[i-1], line[i], 0.25), lerp(line[i-1], line[i], 0.75))
		}
		line = append(out, line[len(line)-1])
	}
	return line
}

// resample returns the line with a vertex about every step metres.
func resample(line []Point, step float64) []Point {
	out := []Point{line[0]}
	carry := 0.0
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		l := dist(a, b)
		for d := step - carry; d < l; d += step {
			out = append(out, lerp(a, b, d/l))
			carry -= step
		}
		carry += l
	}
	if last := line[len(line)-1]; dist(out[len(out)-1], last) > step*0.4 {
		out = append(out, last)
	} else {
		out[len(out)-1] = last
	}
	return out
}

// planar is the signed area of a closed ring, m².
func planar(r []Point) float64 {
	s := 0.0
	for i := 1; i < len(r); i++ {
		s += (r[i-1].X-r[0].X)*(r[i].Y-r[0].Y) - (r[i].X-r[0].X)*(r[i-1].Y-r[0].Y)
	}
	return s / 2
}

// length is a line's length, m.
func length(line []Point) float64 {
	s := 0.0
	for i := 1; i < len(line); i++ {
		s += dist(line[i-1], line[i])
	}
	return s
}
