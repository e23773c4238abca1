package intake

// mostQuick is the largest ring, in vertices, that is judged here: comparing each edge with each other grows with the
// square.
const mostQuick = 64

// surelyValid reports whether a geometry is valid beyond doubt: points, lines that go somewhere, and areas of small rings
// without holes whose edges neither cross nor touch. What it does not know PostGIS judges.
func surelyValid(ewkb []byte) bool {
	c := cursor{b: ewkb}
	h, ok := c.header()
	if !ok {
		return false
	}
	switch h.kind {
	case wkbPoint, wkbMultiPoint:
		return true
	case wkbLineString:
		run, ok := c.vertices(h.stride)
		return ok && goesSomewhere(run, h.stride)
	case wkbPolygon:
		return simplePolygon(&c, h)
	case wkbMultiPolygon, wkbMultiLineString:
		n, ok := c.uint32()
		if !ok || n != 1 && h.kind == wkbMultiPolygon {
			return false
		}
		for range n {
			part, ok := c.header()
			if !ok || part.kind == wkbPolygon && !simplePolygon(&c, part) {
				return false
			}
			if part.kind == wkbLineString {
				run, ok := c.vertices(part.stride)
				if !ok || !goesSomewhere(run, part.stride) {
					return false
				}
			}
		}
		return true
	}
	return false
}

func goesSomewhere(run []byte, stride int) bool {
	n := len(run) / stride
	if n < 2 {
		return false
	}
	x0, y0 := vertex(run, stride, 0)
	for i := 1; i < n; i++ {
		if x, y := vertex(run, stride, i); x != x0 || y != y0 {
			return true
		}
	}
	return false
}

// simplePolygon reads a polygon and reports whether it is one ring that is closed and meets itself nowhere.
func simplePolygon(c *cursor, h header) bool {
	if n, ok := c.uint32(); !ok || n != 1 {
		return false
	}
	run, ok := c.vertices(h.stride)
	n := len(run) / h.stride
	if !ok || n < 4 || n > mostQuick {
		return false
	}
	var ring [mostQuick][2]float64
	for i := range n {
		ring[i][0], ring[i][1] = vertex(run, h.stride, i)
	}
	if ring[0] != ring[n-1] {
		return false
	}
	for i := range n - 1 {
		for j := i + 1; j < n-1; j++ {
			if j == i+1 || i == 0 && j == n-2 { // neighbours: they share one corner, and must not fold back
				a, b, d := ring[i], ring[i+1], ring[j+1]
				if i == 0 && j == n-2 {
					a, b, d = ring[j], ring[0], ring[1]
				}
				if n == 4 && j != i+1 {
					continue
				}
				if a == b || b == d || turn(a, b, d) == 0 && (a[0]-b[0])*(d[0]-b[0])+(a[1]-b[1])*(d[1]-b[1]) > 0 {
					return false
				}
			} else if edgesMeet(ring[i], ring[i+1], ring[j], ring[j+1]) {
				return false
			}
		}
	}
	return n > 4 || turn(ring[0], ring[1], ring[2]) != 0
}

func turn(a, b, c [2]float64) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}

// edgesMeet errs on the side of yes: where rounding could decide, PostGIS shall.
func edgesMeet(a, b, c, d [2]float64) bool {
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	const least = 1e-16 // square degrees: nearer to nothing than the digits of a coordinate can tell
	near := func(v float64) float64 {
		if v > -least && v < least {
			return 0
		}
		return v
	}
	s1, s2, s3, s4 := near(turn(a, b, c)), near(turn(a, b, d)), near(turn(c, d, a)), near(turn(c, d, b))
	return s1*s2 <= 0 && s3*s4 <= 0
}
