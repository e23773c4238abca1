package layers

import "math"

// CGCS2000's ellipsoid (GB 22021-2008).
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257222101
)

// The 3-degree Gauss–Kruger zone of the county: EPSG:4548, central meridian 117° E, false easting 500 km, scale 1.
const (
	gkMeridian     = 117.0
	gkFalseEasting = 500000.0
)

// gk holds the Krüger series of the third flattening n to the fourth power (Karney 2011, eqs. 35 and 36; truncation
// below a micrometre within a zone).
var gk = func() (s struct {
	a           float64 // rectifying radius
	alpha, beta [4]float64
	e           float64 // first eccentricity
}) {
	n := flattening / (2 - flattening)
	n2, n3, n4 := n*n, n*n*n, n*n*n*n
	s.a = semiMajor / (1 + n) * (1 + n2/4 + n4/64)
	s.alpha = [4]float64{n/2 - 2*n2/3 + 5*n3/16 + 41*n4/180, 13*n2/48 - 3*n3/5 + 557*n4/1440, 61*n3/240 - 103*n4/140, 49561 * n4 / 161280}
	s.beta = [4]float64{n/2 - 2*n2/3 + 37*n3/96 - n4/360, n2/48 + n3/15 - 437*n4/1440, 17*n3/480 - 37*n4/840, 4397 * n4 / 161280}
	s.e = math.Sqrt(flattening * (2 - flattening))
	return s
}()

// ToGK projects longitude and latitude (EPSG:4490, degrees) to easting and northing (EPSG:4548, metres).
func ToGK(lon, lat float64) (x, y float64) {
	phi, lam := lat*math.Pi/180, (lon-gkMeridian)*math.Pi/180
	t := math.Sinh(math.Atanh(math.Sin(phi)) - gk.e*math.Atanh(gk.e*math.Sin(phi)))
	xi0, eta0 := math.Atan2(t, math.Cos(lam)), math.Asinh(math.Sin(lam)/math.Hypot(t, math.Cos(lam)))
	xi, eta := xi0, eta0
	for j, a := range gk.alpha {
		k := 2 * float64(j+1)
		xi += a * math.Sin(k*xi0) * math.Cosh(k*eta0)
		eta += a * math.Cos(k*xi0) * math.Sinh(k*eta0)
	}
	return gkFalseEasting + gk.a*eta, gk.a * xi
}

// FromGK is the inverse of ToGK: easting and northing (EPSG:4548, metres) to longitude and latitude (EPSG:4490, degrees).
func FromGK(x, y float64) (lon, lat float64) {
	xi, eta := y/gk.a, (x-gkFalseEasting)/gk.a
	xi0, eta0 := xi, eta
	for j, b := range gk.beta {
		k := 2 * float64(j+1)
		xi0 -= b * math.Sin(k*xi) * math.Cosh(k*eta)
		eta0 -= b * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	lam := math.Atan2(math.Sinh(eta0), math.Cos(xi0))
	// From conformal to geographic latitude, by Newton's iteration on tan (Karney 2011, eqs. 19–21).
	target := math.Sin(xi0) / math.Hypot(math.Sinh(eta0), math.Cos(xi0))
	e2 := gk.e * gk.e
	tau := target
	for range 3 {
		sigma := math.Sinh(gk.e * math.Atanh(gk.e*tau/math.Hypot(1, tau)))
		conformal := tau*math.Hypot(1, sigma) - sigma*math.Hypot(1, tau)
		tau += (target - conformal) / math.Hypot(1, conformal) * (1 + (1-e2)*tau*tau) / ((1 - e2) * math.Hypot(1, tau))
	}
	return gkMeridian + lam*180/math.Pi, math.Atan(tau) * 180 / math.Pi
}

// Geographic reports whether srid is degrees of CGCS2000 or WGS 84, which agree to centimetres and stand for each other.
func Geographic(srid int) bool { return srid == 4490 || srid == 4326 }

// NorthFirst reports whether the EPSG registry lists latitude (or northing) as the first axis of srid. Inside the
// house x is always east; a door that names a CRS by its EPSG URI or URN swaps, once, by this.
func NorthFirst(srid int) bool {
	switch {
	case srid == 4490, srid == 4326, srid == 4258, srid == 4269, srid == 4214, srid == 4610, srid == 4555, srid == 4979, srid == 4480:
		return true
	case srid >= 4491 && srid <= 4554: // CGCS2000 Gauss–Kruger: X is northing
		return true
	case srid >= 2327 && srid <= 2390, srid >= 2401 && srid <= 2442, srid >= 21413 && srid <= 21483: // Xian 80, Beijing 54
		return true
	}
	return false
}
