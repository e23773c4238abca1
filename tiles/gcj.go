package tiles

import (
	"math"

	"onemap/layers"
)

// gcj02 is WebMercatorQuad for applications whose base map is shifted (GCJ-02: Gaode, Tencent): what is drawn is shifted
// along. The official algorithm is not public; this is the approximation that everybody uses. For display alone.
var gcj02 = &MatrixSet{ID: "WebMercatorQuadGCJ02", Title: "GCJ-02 近似偏移，仅供显示 Approximate GCJ-02, for display only", SRID: 3857,
	CRS: "urn:x-onemap:def:crs:GCJ02-WebMercator", Axes: [2]string{"X", "Y"}, Approximate: true,
	West: -circumference / 2, North: circumference / 2, Side: circumference, Columns: 2, Rows: 2, MaxZoom: 18, Defined: 18}

// shiftedWorld is where GCJ-02 differs from CGCS2000: west, south, east, north in degrees.
var shiftedWorld = layers.Bounds{73.66, 3.86, 135.05, 53.55}

// mostShift is more than GCJ-02 is ever off, in metres of EPSG:3857.
const mostShift = 3000

// GCJ02 returns where GCJ-02 has the place at lon, lat of CGCS2000: approximately, and the same place outside China.
// Method: the polynomials and sines that are in general use, on the ellipsoid of Krassowsky.
func GCJ02(lon, lat float64) (float64, float64) {
	if !(lon >= shiftedWorld[0] && lon <= shiftedWorld[2] && lat >= shiftedWorld[1] && lat <= shiftedWorld[3]) {
		return lon, lat
	}
	const a, ee = 6378245.0, 0.00669342162296594323
	x, y := lon-105, lat-35
	root := math.Sqrt(math.Abs(x))
	sin := func(v float64) float64 { return math.Sin(v * math.Pi) }
	waves := 20*sin(6*x) + 20*sin(2*x)
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root +
		(waves+20*sin(y)+40*sin(y/3)+160*sin(y/12)+320*sin(y/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root +
		(waves+20*sin(x)+40*sin(x/3)+150*sin(x/12)+300*sin(x/30))*2/3
	phi := lat * math.Pi / 180
	m := 1 - ee*math.Sin(phi)*math.Sin(phi)
	return lon + east*180/(a/math.Sqrt(m)*math.Cos(phi)*math.Pi), lat + north*180/(a*(1-ee)/(m*math.Sqrt(m))*math.Pi)
}

// shift does what GCJ02 does, in metres of EPSG:3857.
func shift(x, y float64) (float64, float64) {
	lon, lat := lonOf(x), latOf(y)
	east, north := GCJ02(lon, lat)
	if east == lon && north == lat {
		return x, y
	}
	return xOf(east), yOf(north)
}

// unshifted returns bounds that hold all that shift brings into b, metres of EPSG:3857.
func unshifted(b layers.Bounds) layers.Bounds {
	side := max(b[2]-b[0], b[3]-b[1])
	wide := layers.Bounds{b[0] - mostShift, b[1] - mostShift, b[2] + mostShift, b[3] + mostShift}
	if side > 100*mostShift || !contains(mercator(shiftedWorld), wide) { // so large that it does not matter, or the edge of the shift is in it
		return wide
	}
	x, y := (b[0]+b[2])/2, (b[1]+b[3])/2
	dx, dy := 0.0, 0.0
	for range 4 {
		east, north := shift(x+dx, y+dy)
		dx, dy = dx-(east-x), dy-(north-y)
	}
	margin := side/50 + 1 // the shift changes by less than a hundredth of the way
	return layers.Bounds{b[0] + dx - margin, b[1] + dy - margin, b[2] + dx + margin, b[3] + dy + margin}
}

// shiftedBounds returns bounds of what shift makes of what lies in b, metres of EPSG:3857.
func shiftedBounds(b layers.Bounds) layers.Bounds {
	out := layers.Bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	const steps = 8
	for i := range steps + 1 {
		for j := range steps + 1 {
			x, y := shift(b[0]+(b[2]-b[0])*float64(i)/steps, b[1]+(b[3]-b[1])*float64(j)/steps)
			out = out.Extend(layers.Bounds{x, y, x, y})
		}
	}
	margin := max(b[2]-b[0], b[3]-b[1])/50 + 1
	return layers.Bounds{out[0] - margin, out[1] - margin, out[2] + margin, out[3] + margin}
}
