package demo

import (
	"math"
	"slices"
)

// maker holds what is needed while a county is being made and not after.
type maker struct {
	w *World
	measures

	river    []Point // middle of the Yellow River, from south-west to north-east: the county's north-western bound
	upstream []Point // the same, going on beyond both ends
	outline  []Point // closed
	areas    []area
	ribbons  []ribbon
	zones    []Zone
	seats    []seat
	sites    []site
	tracks   []track
}

// measures say how finely a size is cut.
type measures struct {
	villages  int
	block     float64 // m² of fields between field roads
	strip     float64 // m² of one strip
	lane      float64 // m between lanes in a village
	house     float64 // m² of one parcel of homesteads
	lot       float64 // m² of one parcel in a seat
	footprint float64 // chance that a house is drawn
}

func measuresOf(s Size) measures {
	switch s {
	case Small:
		return measures{villages: 60, block: 1_500_000, strip: 125_000, lane: 300, house: 30_000, lot: 36_000, footprint: 0.15}
	case Large:
		return measures{villages: 640, block: 31_000, strip: 150, lane: 52, house: 190, lot: 900, footprint: 1}
	}
	return measures{villages: 640, block: 105_000, strip: 4_700, lane: 54, house: 1_350, lot: 5_000, footprint: 1}
}

// at turns shares of the frame into a point.
func at(u, v float64) Point { return Point{west + u*(east-west), south + v*(north-south)} }

// through draws a natural line through control points given as u, v pairs: jittered by the seed, rounded, and swaying.
func (m *maker) through(channel int64, jitter, sway float64, uv ...float64) []Point {
	var line []Point
	for i := 0; i < len(uv); i += 2 {
		h := hash(m.w.Seed, channel, int64(i), 7)
		line = append(line, at(uv[i]+jitter*(2*unit01(h)-1), uv[i+1]+jitter*(2*unit01(hash(h, 1, 0, 0))-1)))
	}
	line = resample(smooth(line, 3), 120)
	n := len(line)
	return offset(line, func(i int) float64 {
		s := float64(i) * 120
		edge := math.Min(1, math.Min(float64(i), float64(n-1-i))/8)
		return edge * sway * (noise(m.w.Seed, channel, s/2600, 0.5) + 0.45*noise(m.w.Seed, channel+500, s/900, 0.5))
	})
}

// bound makes the county's outline: the river in the north-west, and elsewhere an invented line that wanders as such
// lines do, sized to 964 km².
func (m *maker) bound() {
	m.river = m.through(1, 0.006, 260,
		0.008, 0.235, 0.06, 0.35, 0.15, 0.46, 0.21, 0.56, 0.275, 0.68, 0.36, 0.78, 0.465, 0.855, 0.545, 0.945, 0.60, 0.985)
	n := len(m.river)
	before, after := polar(m.river[0], -2.1, 9000), polar(m.river[n-1], 0.75, 9000)
	m.upstream = slices.Concat(resample([]Point{before, m.river[0]}, 150), m.river[1:n-1], resample([]Point{m.river[n-1], after}, 150))
	lo, hi := 0.7, 1.15
	for range 24 {
		s := (lo + hi) / 2
		m.outline = slices.Concat(m.river, m.rest(s))
		m.outline = append(m.outline, m.outline[0])
		if math.Abs(planar(m.outline)) > 964.0e6 {
			hi = s
		} else {
			lo = s
		}
	}
}

// rest is the outline from the river's end around the east and south to its beginning, scaled about the middle.
func (m *maker) rest(scale float64) []Point {
	uv := []float64{
		0.68, 0.945, 0.76, 0.87, 0.86, 0.86, 0.965, 0.79, 0.985, 0.67, 0.93, 0.57, 0.955, 0.45, 0.885, 0.35, 0.80, 0.27,
		0.765, 0.13, 0.67, 0.03, 0.56, 0.02, 0.475, 0.10, 0.36, 0.075, 0.27, 0.14, 0.17, 0.105, 0.075, 0.15,
	}
	line := []Point{m.river[len(m.river)-1]}
	for i := 0; i < len(uv); i += 2 {
		h := hash(m.w.Seed, 2, int64(i), 7)
		u := 0.5 + (uv[i]-0.5)*scale + 0.012*(2*unit01(h)-1)
		v := 0.5 + (uv[i+1]-0.5)*scale + 0.012*(2*unit01(hash(h, 1, 0, 0))-1)
		line = append(line, at(math.Max(0.01, math.Min(0.99, u)), math.Max(0.01, math.Min(0.99, v))))
	}
	line = append(line, m.river[0])
	line = resample(smooth(line, 2), 260)
	n := len(line)
	line = offset(line, func(i int) float64 {
		s := float64(i) * 260
		edge := math.Min(1, math.Min(float64(i), float64(n-1-i))/6)
		return edge * (330*noise(m.w.Seed, 3, s/2300, 0.5) + 190*noise(m.w.Seed, 4, s/700, 0.5))
	})
	return line[1 : n-1]
}

// Rows is about how many rows a county of this size has, in all its layers: a measure of progress.
func (s Size) Rows() int {
	switch s {
	case Small:
		return 45_000
	case Large:
		return 4_200_000
	}
	return 750_000
}
