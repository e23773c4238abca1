package demo

import "math"

// The plain falls by about one in five thousand from the river's bank to the lake, with swells of half a metre.
func (w *World) ground(p Point) float64 {
	u := (p.X - west) / (east - west)
	v := (p.Y - south) / (north - south)
	fall := 44.2 - 5.2*(0.75*u+0.35*(1-v)*0.6+0.12) - 1.4*math.Max(0, u-0.62)
	swell := 0.45*noise(w.Seed, 11, p.X/5200, p.Y/5200) + 0.22*noise(w.Seed, 12, p.X/1300, p.Y/1300)
	return math.Max(36, math.Min(46, fall+swell))
}
