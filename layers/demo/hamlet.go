package demo

import "math"

// hamlet cuts a village's built-up land: lanes along and across, and between them rows of homesteads, here and there
// a school, a shop, a grove, a pond, an empty yard.
func (f *farmer) hamlet(p piece, o Point, angle, size float64, depth int) {
	area := p.area()
	b := p.rings[0][0].v.point()
	u0, u1 := span(p, b, angle)
	v0, v1 := span(p, b, angle+math.Pi/2)
	along, across := f.lane*2.1, f.lane
	lu, lv := (u1-u0)/along, (v1-v0)/across
	if depth < 14 && area > along*across*1.25 && math.Max(lu, lv) > 1.35 {
		a, at := angle+math.Pi/2, (u0+u1)/2
		if lv > lu { // lanes run the way the long side does
			a = angle
		}
		mid := polar(polar(b, angle, at), angle+math.Pi/2, (v0+v1)/2)
		shift := 0.12 * (2*f.r.Float64() - 1)
		if lv > lu {
			mid = polar(mid, angle+math.Pi/2, shift*(v1-v0))
		} else {
			mid = polar(mid, angle, shift*(u1-u0))
		}
		width := 3.2 + 1.4*f.r.Float64()
		if depth < 2 {
			width += 2
		}
		if left, right, ok := f.bands(p, mid, a, []lay{{width, cStreet}}); ok {
			for _, q := range append(left, right...) {
				f.hamlet(q, o, angle, size, depth+1)
			}
			return
		}
	}
	c := lerp(polar(polar(b, angle, (u0+u1)/2), angle+math.Pi/2, (v0+v1)/2), b, 0.05)
	class := f.yard(area, dist(c, o)/size)
	if class != cHome || area < f.house*1.4 {
		f.keep([]piece{p}, class)
		return
	}
	f.rows(p, angle)
}

// yard is what a block of a village is, by its distance from the middle in village sizes.
func (f *farmer) yard(area, far float64) uint8 {
	x := f.r.Float64()
	if area < 350 {
		return [...]uint8{cHome, cHome, cIdle, cSapling, cGrass}[f.r.IntN(5)]
	}
	edge := math.Max(0, far-0.55)
	switch {
	case far < 0.4 && x < 0.05:
		return cOffice
	case far < 0.5 && x < 0.09, far >= 0.5 && x < 0.008:
		return cSchool
	case x < 0.115:
		return cShop
	case x < 0.125:
		return cSquare
	case x > 1-0.05*edge*2:
		return cFactory
	case x > 1-0.09*edge*2:
		return cBarn
	case x > 1-0.15*edge*2:
		return cPond
	case x > 1-0.21*edge*2:
		return cTrees
	case x > 1-0.25*edge*2:
		return cSapling
	case x > 1-0.29*edge*2:
		return cOrchard
	case x > 1-0.31*edge*2-0.022:
		return cIdle
	case x > 1-0.31*edge*2-0.036:
		return cSapling
	}
	return cHome
}

// rows halves a block of homesteads until its parcels are of the usual size.
func (f *farmer) rows(p piece, angle float64) {
	if area := p.area(); area > f.house*1.6 {
		b := p.rings[0][0].v.point()
		u0, u1 := span(p, b, angle)
		v0, v1 := span(p, b, angle+math.Pi/2)
		mid := polar(polar(b, angle, (u0+u1)/2), angle+math.Pi/2, (v0+v1)/2)
		a := angle
		if u1-u0 > (v1-v0)*0.8 {
			a += math.Pi / 2
			mid = polar(mid, angle, 0.1*(u1-u0)*(2*f.r.Float64()-1))
		}
		if left, right, ok := f.cut(p, mid, a); ok {
			for _, q := range append(left, right...) {
				f.rows(q, angle)
			}
			return
		}
	}
	class := uint8(cHome)
	if x := f.r.Float64(); x < 0.022 {
		class = cIdle
	} else if x < 0.04 {
		class = cSapling
	}
	f.keep([]piece{p}, class)
}
