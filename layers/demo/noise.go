package demo

import "math"

// The frame the county lies in, EPSG:4548 metres.
const (
	west, east   = 397_900.0, 442_600.0
	south, north = 3_943_700.0, 3_983_500.0
)

// hash mixes a seed and up to three numbers into 64 well-spread bits.
func hash(seed uint64, a, b, c int64) uint64 {
	h := seed*0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019
	for _, v := range [3]int64{a, b, c} {
		h ^= uint64(v) * 0xBF58476D1CE4E5B9
		h = (h ^ h>>29) * 0x94D049BB133111EB
		h ^= h >> 32
	}
	return h
}

// unit01 is the hash as a number in [0, 1).
func unit01(h uint64) float64 { return float64(h>>11) / (1 << 53) }

// noise is smooth noise in about [-1, 1] with features of size one.
func noise(seed uint64, channel int64, x, y float64) float64 {
	ix, iy := math.Floor(x), math.Floor(y)
	fx, fy := x-ix, y-iy
	sx, sy := fx*fx*fx*(fx*(fx*6-15)+10), fy*fy*fy*(fy*(fy*6-15)+10)
	at := func(dx, dy float64) float64 {
		return 2*unit01(hash(seed, channel, int64(ix+dx), int64(iy+dy))) - 1
	}
	a := at(0, 0)*(1-sx) + at(1, 0)*sx
	b := at(0, 1)*(1-sx) + at(1, 1)*sx
	return a*(1-sy) + b*sy
}
