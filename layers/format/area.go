package format

import (
	"fmt"
	"regexp"
	"strconv"
)

// Area is where a coordinate system is meant to be used, in degrees: west, south, east, north. West is more than east
// where it crosses the 180th meridian.
type Area [4]float64

// WKT has south, west, north, east (ISO 19162, 7.3.2.3.3).
var crsArea = regexp.MustCompile(`BBOX\[([-\d.]+),([-\d.]+),([-\d.]+),([-\d.]+)\]`)

// AreaOf tells the area of a CRS; false where its text does not say it.
func AreaOf(c CRS) (Area, bool) {
	all := crsArea.FindAllStringSubmatch(c.WKT, -1)
	if all == nil {
		return Area{}, false
	}
	var n [4]float64
	for i, text := range all[len(all)-1][1:] { // of several the last is that of the whole
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return Area{}, false
		}
		n[i] = v
	}
	return Area{n[1], n[0], n[3], n[2]}, true
}

// Grown is the area with so many degrees around it, beyond the 180th meridian too.
func (a Area) Grown(by float64) Area {
	g := Area{a[0] - by, a[1] - by, a[2] + by, a[3] + by}
	width := a[2] - a[0]
	if width < 0 {
		width += 360
	}
	switch {
	case width+2*by >= 360:
		g[0], g[2] = -180, 180
	case g[0] < -180:
		g[0] += 360
	case g[2] > 180:
		g[2] -= 360
	}
	return g
}

// Has reports whether a place lies in the area.
func (a Area) Has(lon, lat float64) bool {
	if lat < a[1] || lat > a[3] {
		return false
	}
	if a[0] > a[2] {
		return lon >= a[0] || lon <= a[2]
	}
	return lon >= a[0] && lon <= a[2]
}

// String is the area for people.
func (a Area) String() string {
	return fmt.Sprintf("%g, %g – %g, %g", a[0], a[1], a[2], a[3])
}
