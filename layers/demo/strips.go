package demo

import "math"

// strips ploughs a block: narrow strips across it, fanning where its ends are not parallel.
func (f *farmer) strips(p piece, o Point, a, u0, u1, v0, v1 float64) {
	theme := f.theme()
	w := v1 - v0
	area := p.area()
	if area < f.strip*0.6 || area < 700 {
		f.keep([]piece{p}, f.corner(area))
		return
	}
	if w > 2.1*math.Sqrt(f.strip)*3.2 && w > 330 && area > 20*f.strip { // too deep for one row: a baulk along the middle
		left, right, ok := f.cut(p, polar(o, a+math.Pi/2, (v0+v1)/2+w*0.08*f.r.NormFloat64()), a)
		if ok {
			for _, q := range append(left, right...) {
				o := q.rings[0][0].v.point()
				b, u0, u1, v0, v1 := longAxis(q, o, a)
				f.plough(q, o, b, u0, u1, v0, v1, theme)
			}
			return
		}
	}
	if w < 130 && f.r.Float64() < 0.35 || w < 45 { // along a narrow block rather than across
		a, u0, u1, v0, v1 = a+math.Pi/2, v0, v1, -u1, -u0
	}
	f.plough(p, o, a, u0, u1, v0, v1, theme)
}

// plough cuts p into strips one after another along the axis a.
func (f *farmer) plough(p piece, o Point, a, u0, u1, v0, v1 float64, theme uint8) {
	size := f.strip * math.Exp(0.38*f.r.NormFloat64()-0.07)
	switch theme {
	case cOrchard, cPaddy:
		size *= 1.6
	case cTrees:
		size *= 2.5
	case cFishpond:
		size *= 3.2
	}
	step := math.Max(size/math.Max(v1-v0, 20), 1.5)
	mid := (v0 + v1) / 2
	low, high := f.ends(p, o, a, u0, u1)
	rest := []piece{p}
	at := u0
	for at < u1 && len(rest) > 0 {
		width := step * (0.72 + 0.56*f.r.Float64())
		if f.r.Float64() < 0.06 {
			width *= 1.5 + 1.3*f.r.Float64()
		}
		at += width
		if u1-at < step*0.55 {
			break
		}
		t := (at - u0) / (u1 - u0)
		line := polar(polar(o, a, at), a+math.Pi/2, mid)
		angle := a + math.Pi/2 + low + (high-low)*t
		var next []piece
		for _, q := range rest {
			left, right, ok := f.cut(q, line, angle)
			if !ok {
				if farthest(q, line, angle) > 0 {
					f.sow(q, theme)
				} else {
					next = append(next, q)
				}
				continue
			}
			for _, s := range left {
				f.sow(s, theme)
			}
			next = append(next, right...)
		}
		rest = next
	}
	for _, q := range rest {
		f.sow(q, theme)
	}
}

// ends are the leanings of a block's two ends from square, radians, at most a tenth or so.
func (f *farmer) ends(p piece, o Point, a, u0, u1 float64) (low, high float64) {
	var sum, weight [2]float64
	for _, r := range p.rings[:1] {
		for i, n := range r {
			q, s := n.v.point(), r[(i+1)%len(r)].v.point()
			lean := math.Atan2(s.Y-q.Y, s.X-q.X) - a - math.Pi/2
			lean -= math.Round(lean/math.Pi) * math.Pi
			if math.Abs(lean) > 0.5 {
				continue
			}
			m := lerp(q, s, 0.5)
			sn, cs := math.Sincos(a)
			k := 0
			if ((m.X-o.X)*cs+(m.Y-o.Y)*sn-u0)/(u1-u0) > 0.5 {
				k = 1
			}
			l := dist(q, s)
			sum[k], weight[k] = sum[k]+l*lean, weight[k]+l
		}
	}
	clamp := func(k int) float64 {
		if weight[k] < 20 {
			return 0
		}
		return math.Max(-0.22, math.Min(0.22, sum[k]/weight[k]))
	}
	return clamp(0), clamp(1)
}

// theme is what most of a block grows.
func (f *farmer) theme() uint8 {
	x := f.r.Float64()
	if f.plain {
		switch {
		case x < 0.11:
			return cTrees
		case x < 0.17:
			return cDry
		case x < 0.25:
			return cOrchard
		}
		return cWheat
	}
	switch {
	case x < 0.022:
		return cOrchard
	case x < 0.033:
		return cTrees
	case x < 0.041:
		return cBarn
	case x < 0.044:
		return cSapling
	case x > 1-0.42*f.wet*f.wet:
		return cPaddy
	case x > 1-0.42*f.wet*f.wet-0.07*f.wet:
		return cFishpond
	}
	return cWheat
}

// corner is what grows where a piece is too small to plough.
func (f *farmer) corner(area float64) uint8 {
	x := f.r.Float64()
	switch {
	case area > 1500 || x < 0.5:
		return cWheat
	case x < 0.68:
		return cTrees
	case x < 0.82:
		return cSapling
	case x < 0.92:
		return cGrass
	}
	return cIdle
}

// sow decides what one strip is, and cuts out the rare thing within it.
func (f *farmer) sow(p piece, theme uint8) {
	x := f.r.Float64()
	class := theme
	switch theme {
	case cWheat:
		edge := 0.0
		if x < 0.16 && len(f.homes) > 0 { // near a village much else grows
			if d, _ := distLine(p.rings[0][0].v.point(), f.homes); d < 130 {
				edge = 0.15
			}
		}
		switch {
		case x < 0.0045+edge*0.16:
			class = cTrees
		case x < 0.009+edge*0.36:
			class = cOrchard
		case x < 0.0105+edge*0.46:
			class = cSapling
		case x < 0.013+edge*0.60:
			class = cBarn
		case x > 0.9965:
			class = cDry
		}
	case cOrchard, cPaddy:
		if x < 0.16 {
			class = cWheat
		}
	case cTrees, cBarn:
		if x < 0.3 {
			class = cWheat
		}
	}
	if class == cWheat && f.r.Float64() < 0.0045 && f.strip < 10_000 && f.strip > 500 {
		if f.graves(p) {
			return
		}
	}
	f.keep([]piece{p}, class)
}

// graves puts a family's graves across a strip.
func (f *farmer) graves(p piece) bool {
	o := p.rings[0][0].v.point()
	a, u0, u1, v0, v1 := longAxis(p, o, axis(p, f.grain, 0))
	if u1-u0 < 70 {
		return false
	}
	at := u0 + (u1-u0)*(0.3+0.4*f.r.Float64())
	before := len(f.u.parcels)
	left, right, ok := f.bands(p, polar(polar(o, a, at), a+math.Pi/2, (v0+v1)/2), a+math.Pi/2, []lay{{14 + 10*f.r.Float64(), cGrave}})
	if !ok {
		f.u.parcels = f.u.parcels[:before]
		return false
	}
	f.keep(append(left, right...), cWheat)
	return true
}
