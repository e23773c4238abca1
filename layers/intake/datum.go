package intake

import "math"

// The ellipsoid of the published approximation of GCJ-02: Krasovsky's.
const (
	gcjAxis = 6378245.0
	gcjE2   = 0.00669342162296594323
	degree  = math.Pi / 180
)

// inChina reports whether the internet maps shift this place at all.
func inChina(lon, lat float64) bool {
	return lon >= 73.66 && lon <= 135.05 && lat >= 3.86 && lat <= 53.55
}

// toGCJ02 shifts degrees of WGS 84 or CGCS2000 as Gaode and Tencent do. The official algorithm is not public; this is
// the approximation that everyone uses (domain.md 2.5), good to a few metres. Outside China it changes nothing.
func toGCJ02(lon, lat float64) (float64, float64) {
	if !inChina(lon, lat) {
		return lon, lat
	}
	x, y := lon-105, lat-35
	root := math.Sqrt(math.Abs(x))
	common := (20*math.Sin(6*math.Pi*x) + 20*math.Sin(2*math.Pi*x)) * 2 / 3
	dLat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + common +
		(20*math.Sin(math.Pi*y)+40*math.Sin(math.Pi*y/3))*2/3 +
		(160*math.Sin(math.Pi*y/12)+320*math.Sin(math.Pi*y/30))*2/3
	dLon := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + common +
		(20*math.Sin(math.Pi*x)+40*math.Sin(math.Pi*x/3))*2/3 +
		(150*math.Sin(math.Pi*x/12)+300*math.Sin(math.Pi*x/30))*2/3
	sin, cos := math.Sincos(lat * degree)
	m := 1 - gcjE2*sin*sin
	dLat = dLat * 180 / (gcjAxis * (1 - gcjE2) / (m * math.Sqrt(m)) * math.Pi)
	dLon = dLon * 180 / (gcjAxis / math.Sqrt(m) * cos * math.Pi)
	return lon + dLon, lat + dLat
}

// toBD09 shifts degrees of GCJ-02 on, as Baidu does.
func toBD09(lon, lat float64) (float64, float64) {
	z := math.Hypot(lon, lat) + 2e-5*math.Sin(lat*3000*degree)
	sin, cos := math.Sincos(math.Atan2(lat, lon) + 3e-6*math.Cos(lon*3000*degree))
	return z*cos + 0.0065, z*sin + 0.006
}

// shift applies a datum's whole shift to degrees of WGS 84 or CGCS2000.
func (d Datum) shift(lon, lat float64) (float64, float64) {
	switch d {
	case GCJ02:
		return toGCJ02(lon, lat)
	case BD09:
		if inChina(lon, lat) {
			return toBD09(toGCJ02(lon, lat))
		}
	}
	return lon, lat
}

// unshift takes a datum's shift back, by subtracting the forward error until that is below 1e-11°: a round trip is
// good to a micrometre. Outside China it changes nothing.
func (d Datum) unshift(lon, lat float64) (float64, float64) {
	if d == "" || !inChina(lon, lat) {
		return lon, lat
	}
	x, y := lon, lat
	for range 12 {
		fx, fy := d.shift(x, y)
		dx, dy := fx-lon, fy-lat
		x, y = x-dx, y-dy
		if math.Abs(dx) < 1e-11 && math.Abs(dy) < 1e-11 {
			return x, y
		}
	}
	return x, y
}
