package demo

import (
	"encoding/binary"
	"math"

	"onemap/layers"
)

// Area rule of the survey (TD/T 1055-2019): trapezoids between the meridian of the ring's first vertex and each edge,
// on the ellipsoid of CGCS2000. Its edges are straight in degrees; those of onemap.area_m2 are geodesics, which bow
// toward the pole by half a millimetre in 200 m, and a trapezoid takes the middle meridian for the mean one. In a
// ditch 3 m wide that shows in the second decimal, so both terms are
// added (second order, sphere) and the two rules agree.
const (
	ellipsoidA = 6378137.0
	ellipsoidF = 1 / 298.257222101
)

var series = func() (s struct{ b2, a, b, c, d, e float64 }) {
	e2 := ellipsoidF * (2 - ellipsoidF)
	e4, e6, e8 := e2*e2, e2*e2*e2, e2*e2*e2*e2
	b := ellipsoidA * (1 - ellipsoidF)
	s.b2 = b * b
	s.a = 1 + 3*e2/6 + 30*e4/80 + 35*e6/112 + 630*e8/2304
	s.b = e2/6 + 15*e4/80 + 21*e6/112 + 420*e8/2304
	s.c = 3*e4/80 + 7*e6/112 + 180*e8/2304
	s.d = e6/112 + 45*e8/2304
	s.e = 5 * e8 / 2304
	return s
}()

// Area is the ellipsoidal area in m² of a ring of longitudes and latitudes (degrees, alternating, closed), positive
// anticlockwise.
func Area(ring []float64) float64 {
	sum, bow := 0.0, 0.0
	for i := 2; i+1 < len(ring); i += 2 {
		l := ((ring[i-2]+ring[i])/2 - ring[0]) * math.Pi / 180
		db := (ring[i+1] - ring[i-1]) * math.Pi / 180
		dl := (ring[i] - ring[i-2]) * math.Pi / 180
		// cos and sin of odd multiples follow from the first by recurrence; ΔB is small, so its sines are its multiples.
		c1 := math.Cos((ring[i+1] + ring[i-1]) * math.Pi / 360)
		t2 := 2 * (2*c1*c1 - 1)
		c3 := (t2 - 1) * c1
		c5 := t2*c3 - c1
		c7 := t2*c5 - c3
		c9 := t2*c7 - c5
		s1 := math.Sqrt(1 - c1*c1)
		bow -= c1 / 12 * dl * (s1*c1*dl*dl + 3*s1/c1*db*db)
		h := db / 2
		sum += l * (series.a*math.Sin(h)*c1 - series.b*math.Sin(3*h)*c3 + series.c*math.Sin(5*h)*c5 - series.d*math.Sin(7*h)*c7 + series.e*math.Sin(9*h)*c9)
	}
	const r2 = 6371000.0 * 6371000.0 // the bow is small: a sphere will do
	return 2*series.b2*sum + r2*bow
}

// The kinds of EWKB geometries, and the mark that an SRID follows.
const (
	wkbPoint = 1 + iota
	wkbLine
	wkbPolygon
	_
	wkbMultiLine
	wkbMultiPolygon
	withSRID = 0x20000000
)

// ewkb writes a geometry in EPSG:4490: little-endian, longitude before latitude.
type ewkb struct{ b []byte }

func (e *ewkb) head(kind uint32, srid bool) {
	e.b = append(e.b, 1)
	if srid {
		e.b = binary.LittleEndian.AppendUint32(e.b, kind|withSRID)
		kind = 4490
	}
	e.b = binary.LittleEndian.AppendUint32(e.b, kind)
}

func (e *ewkb) count(n int) { e.b = binary.LittleEndian.AppendUint32(e.b, uint32(n)) }

func (e *ewkb) number(f float64) {
	e.b = binary.LittleEndian.AppendUint64(e.b, math.Float64bits(f))
}

func (e *ewkb) point(p Point) {
	lon, lat := layers.FromGK(p.X, p.Y)
	e.number(lon)
	e.number(lat)
}

// pointWKB is a Point.
func pointWKB(p Point) []byte {
	e := &ewkb{}
	e.head(wkbPoint, true)
	e.point(p)
	return e.b
}

// linesWKB is a MultiLineString.
func linesWKB(lines ...[]Point) []byte {
	e := &ewkb{}
	e.head(wkbMultiLine, true)
	e.count(len(lines))
	for _, l := range lines {
		e.head(wkbLine, false)
		e.count(len(l))
		for _, p := range l {
			e.point(p)
		}
	}
	return e.b
}

// polygonsWKB is a MultiPolygon, and its ellipsoidal area in m².
func polygonsWKB(ps ...Polygon) ([]byte, float64) {
	n := 9
	for _, p := range ps {
		n += 9
		for _, r := range p {
			n += 4 + 16*len(r)
		}
	}
	e := &ewkb{make([]byte, 0, n+4)}
	area := 0.0
	e.head(wkbMultiPolygon, true)
	e.count(len(ps))
	var flat []float64
	for _, p := range ps {
		e.head(wkbPolygon, false)
		e.count(len(p))
		for k, r := range p {
			e.count(len(r))
			flat = flat[:0]
			for _, q := range r[:len(r)-1] {
				lon, lat := layers.FromGK(q.X, q.Y)
				flat = append(flat, lon, lat)
			}
			flat = append(flat, flat[0], flat[1])
			for _, f := range flat {
				e.number(f)
			}
			if a := math.Abs(Area(flat)); k == 0 {
				area += a
			} else {
				area -= a
			}
		}
	}
	return e.b, area
}

func cents(f float64) float64 { return math.Round(f*100) / 100 }
