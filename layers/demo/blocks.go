package demo

import "math"

// town cuts a seat's block between streets: courts apart by narrow lanes, then lots.
func (f *farmer) town(p piece, angle float64, main uint8, scale float64, depth int) {
	area := p.area()
	b := p.rings[0][0].v.point()
	a, u0, u1, v0, v1 := longAxis(p, b, axis(p, angle, 0.3))
	mid := polar(polar(b, a, (u0+u1)/2+0.1*(u1-u0)*(2*f.r.Float64()-1)), a+math.Pi/2, (v0+v1)/2)
	court := 26_000 * scale
	if main == cFactory || main == cStore {
		court *= 2.2
	}
	if main == cPark {
		court = 1e9
	}
	if area > court*1.7 && depth < 8 {
		if left, right, ok := f.bands(p, mid, a+math.Pi/2, []lay{{7 + 4*f.r.Float64(), cStreet}}); ok {
			for _, q := range append(left, right...) {
				f.town(q, angle, main, scale, depth+1)
			}
			return
		}
	}
	f.lots(p, angle, f.court(main), depth+1)
}

// court is what one court of a block is, given what most of the block is.
func (f *farmer) court(main uint8) uint8 {
	x := f.r.Float64()
	switch main {
	case cTown:
		switch {
		case x < 0.09:
			return cShop
		case x < 0.16:
			return cSchool
		case x < 0.20:
			return cOffice
		case x < 0.25:
			return cPark
		case x < 0.265:
			return cSquare
		case x < 0.285:
			return cUtility
		case x < 0.31:
			return cIdle
		}
	case cFactory:
		switch {
		case x < 0.10:
			return cStore
		case x < 0.15:
			return cIdle
		case x < 0.19:
			return cTown
		case x < 0.21:
			return cUtility
		case x < 0.24:
			return cShop
		}
	case cShop:
		if x < 0.3 {
			return cTown
		}
	case cOffice:
		if x < 0.25 {
			return cSquare
		}
	}
	return main
}

// lots divides a court among those who use it.
func (f *farmer) lots(p piece, angle float64, class uint8, depth int) {
	want := f.lot
	switch class {
	case cFactory, cStore, cSchool:
		want *= 2.6
	case cPark, cSquare, cIdle:
		want = math.Inf(1)
	}
	if p.area() > want*1.6 && depth < 16 {
		b := p.rings[0][0].v.point()
		a, u0, u1, v0, v1 := longAxis(p, b, axis(p, angle, 0.3))
		mid := polar(polar(b, a, (u0+u1)/2+0.12*(u1-u0)*(2*f.r.Float64()-1)), a+math.Pi/2, (v0+v1)/2)
		if left, right, ok := f.cut(p, mid, a+math.Pi/2); ok {
			for _, q := range append(left, right...) {
				f.lots(q, angle, class, depth+1)
			}
			return
		}
	}
	if x := f.r.Float64(); class == cTown && x < 0.06 {
		class = cShop
	}
	f.keep([]piece{p}, class)
}

// mainUse is what a seat's block mostly is: shops and offices in the middle, industry to one side, parks at water,
// homes between.
func (m *maker) mainUse(s seat, p Point, h uint64) uint8 {
	d := dist(p, s.plot.at) / s.radius
	a := math.Cos(math.Atan2(p.Y-s.plot.at.Y, p.X-s.plot.at.X) - s.works)
	x := unit01(h)
	works := 0.62
	if len(s.towns) == 1 && s.towns[0] == 4 { // Quanpu builds trailers
		works = 0.1
	}
	clear, _ := m.clear(p)
	switch {
	case clear < 260 && s.radius > 2000 && x < 0.6:
		return cPark
	case d > 0.5 && a > works:
		if x < 0.15 {
			return cStore
		}
		return cFactory
	case d < 0.16 && x < 0.4:
		return cOffice
	case d < 0.42 && x < 0.34:
		return cShop
	case x < 0.05:
		return cPark
	case x < 0.10:
		return cSchool
	case x > 0.955 && d > 0.5:
		return cUtility
	}
	return cTown
}
