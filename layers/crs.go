package layers

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"
)

// CGCS2000's ellipsoid (GB 22021-2008).
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257222101
)

// GaussKruger is a transverse Mercator projection of CGCS2000: scale 1 on the central meridian, which is given in
// degrees; false easting in metres, with the zone's number in front where the zone has one.
type GaussKruger struct {
	Meridian     float64
	FalseEasting float64
}

// countyZone is the 3-degree zone of the county: EPSG:4548.
var countyZone = GaussKruger{Meridian: 117, FalseEasting: 500000}

// OfferedSRIDs are the systems that every layer is offered in at the doors, besides the one it is stored in.
func OfferedSRIDs() []int { return []int{4326, 4490, 3857, 4548, 4527} }

// GaussKrugerOf returns the projection of an EPSG code of CGCS2000: the 6-degree zones 13–23 (4491–4501 with the zone's number
// in front, 4502–4512 without), and the 3-degree zones 25–45 (4513–4533 and 4534–4554).
func GaussKrugerOf(srid int) (g GaussKruger, ok bool) {
	numbered := func(zone int) float64 { return float64(zone)*1e6 + 500000 }
	switch {
	case srid >= 4491 && srid <= 4501:
		zone := srid - 4491 + 13
		return GaussKruger{float64(zone*6 - 3), numbered(zone)}, true
	case srid >= 4502 && srid <= 4512:
		return GaussKruger{float64(srid-4502)*6 + 75, 500000}, true
	case srid >= 4513 && srid <= 4533:
		zone := srid - 4513 + 25
		return GaussKruger{float64(zone * 3), numbered(zone)}, true
	case srid >= 4534 && srid <= 4554:
		return GaussKruger{float64(srid-4534)*3 + 75, 500000}, true
	}
	return GaussKruger{}, false
}

// gk holds the Krüger series of the third flattening n: alpha and beta to the fourth power (Karney 2011, eqs. 35 and
// 36; truncation below a micrometre within a zone), delta, from conformal to geographic latitude, to the sixth.
var gk = func() (s struct {
	a           float64 // rectifying radius
	alpha, beta [4]float64
	delta       [6]float64
	e           float64 // first eccentricity
}) {
	n := flattening / (2 - flattening)
	n2, n3, n4, n5, n6 := n*n, n*n*n, n*n*n*n, n*n*n*n*n, n*n*n*n*n*n
	s.a = semiMajor / (1 + n) * (1 + n2/4 + n4/64)
	s.alpha = [4]float64{n/2 - 2*n2/3 + 5*n3/16 + 41*n4/180, 13*n2/48 - 3*n3/5 + 557*n4/1440, 61*n3/240 - 103*n4/140, 49561 * n4 / 161280}
	s.beta = [4]float64{n/2 - 2*n2/3 + 37*n3/96 - n4/360, n2/48 + n3/15 - 437*n4/1440, 17*n3/480 - 37*n4/840, 4397 * n4 / 161280}
	s.delta = [6]float64{
		2*n - 2*n2/3 - 2*n3 + 116*n4/45 + 26*n5/45 - 2854*n6/675,
		7*n2/3 - 8*n3/5 - 227*n4/45 + 2704*n5/315 + 2323*n6/945,
		56*n3/15 - 136*n4/35 - 1262*n5/105 + 73814*n6/2835,
		4279*n4/630 - 332*n5/35 - 399572*n6/14175,
		4174*n5/315 - 144838*n6/6237,
		601676 * n6 / 22275,
	}
	s.e = math.Sqrt(flattening * (2 - flattening))
	return s
}()

// Project turns longitude and latitude (EPSG:4490, degrees) into easting and northing (metres).
func (g GaussKruger) Project(lon, lat float64) (x, y float64) {
	phi, lam := lat*math.Pi/180, (lon-g.Meridian)*math.Pi/180
	t := math.Sinh(math.Atanh(math.Sin(phi)) - gk.e*math.Atanh(gk.e*math.Sin(phi)))
	xi0, eta0 := math.Atan2(t, math.Cos(lam)), math.Asinh(math.Sin(lam)/math.Hypot(t, math.Cos(lam)))
	xi, eta := xi0, eta0
	for j, a := range gk.alpha {
		k := 2 * float64(j+1)
		xi += a * math.Sin(k*xi0) * math.Cosh(k*eta0)
		eta += a * math.Cos(k*xi0) * math.Sinh(k*eta0)
	}
	return g.FalseEasting + gk.a*eta, gk.a * xi
}

// Unproject is the inverse of Project: easting and northing (metres) to longitude and latitude (EPSG:4490, degrees).
// Far outside the zone its results mean nothing; Covers says where they do.
func (g GaussKruger) Unproject(x, y float64) (lon, lat float64) {
	xi, eta := y/gk.a, (x-g.FalseEasting)/gk.a
	dXi, dEta := sineSeries(&gk.beta, 2*xi, 2*eta)
	xi, eta = xi-dXi, eta-dEta
	sinXi, cosXi := math.Sincos(xi)
	sinhEta := math.Sinh(eta)
	lam := math.Atan2(sinhEta, cosXi)
	chi := math.Atan2(sinXi, math.Hypot(sinhEta, cosXi))
	sin, cos := math.Sincos(2 * chi)
	var u, before float64 // Clenshaw's summation of the series in sin 2jχ
	for j := len(gk.delta) - 1; j >= 0; j-- {
		u, before = gk.delta[j]+2*cos*u-before, u
	}
	return g.Meridian + lam*180/math.Pi, (chi + sin*u) * 180 / math.Pi
}

// sineSeries sums c[j]·sin((j+1)·w) of the complex w = re + i·im, by Clenshaw's method.
func sineSeries(c *[4]float64, re, im float64) (float64, float64) {
	sin, cos := math.Sincos(re)
	e := math.Exp(im)
	sinh, cosh := (e-1/e)/2, (e+1/e)/2
	twice := complex(2*cos*cosh, -2*sin*sinh)
	var u, before complex128
	for j := len(c) - 1; j >= 0; j-- {
		u, before = complex(c[j], 0)+twice*u-before, u
	}
	s := complex(sin*cosh, cos*sinh) * u
	return real(s), imag(s)
}

// Covers reports whether easting and northing can be of this projection at all: within 1,000 km of the central
// meridian, between the poles. What lies outside has another zone, or none.
func (g GaussKruger) Covers(x, y float64) bool {
	return math.Abs(x-g.FalseEasting) <= 1e6 && math.Abs(y) <= 1e7
}

// ToGK projects longitude and latitude (EPSG:4490, degrees) to easting and northing of the county's zone (EPSG:4548,
// central meridian 117° E, metres).
func ToGK(lon, lat float64) (x, y float64) { return countyZone.Project(lon, lat) }

// FromGK is the inverse of ToGK: easting and northing (EPSG:4548, metres) to longitude and latitude (EPSG:4490, degrees).
func FromGK(x, y float64) (lon, lat float64) { return countyZone.Unproject(x, y) }

// SRSName returns the name of an EPSG code as the database's registry has it, such as "WGS 84 / UTM zone 50N".
// It returns ErrInvalid for a code that is in no registry.
func (s *Store) SRSName(ctx context.Context, srid int) (string, error) {
	var text string
	err := s.pool.QueryRow(ctx, "select coalesce(srtext, '') from spatial_ref_sys where srid = $1 and auth_name = 'EPSG'", srid).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", Refuse(ErrInvalid, "no coordinate system has the EPSG code %d", "没有 EPSG 代码为 %d 的坐标系", srid)
	}
	if err != nil {
		return "", fmt.Errorf("look up EPSG:%d: %w", srid, translate(err))
	}
	if _, name, ok := strings.Cut(text, `["`); ok {
		if name, _, ok = strings.Cut(name, `"`); ok {
			return name, nil
		}
	}
	return fmt.Sprintf("EPSG:%d", srid), nil
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
