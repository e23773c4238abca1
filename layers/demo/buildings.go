package demo

import "math"

// fabric is how what stands on a class of land is built.
type fabric struct {
	use, structure string
	deep, long     float64 // m
	gapDeep, gap   float64
	low, high      int // floors
	storey, chance float64
	margin         float64
}

func fabricOf(class uint8, urban bool) (fabric, bool) {
	switch class {
	case cHome:
		return fabric{"residential", "砖混", 9, 13, 8.5, 2.2, 1, 2, 3.2, 0.9, 1.2}, true
	case cTown:
		return fabric{"residential", "钢筋混凝土", 13, 46, 26, 9, 5, 18, 2.95, 0.95, 6}, true
	case cShop:
		if !urban {
			return fabric{"commercial", "砖混", 10, 24, 14, 5, 1, 3, 3.6, 0.8, 2}, true
		}
		return fabric{"commercial", "框架", 22, 42, 20, 10, 2, 6, 4.2, 0.9, 5}, true
	case cFactory:
		return fabric{"industrial", "钢结构", 24, 66, 16, 12, 1, 1, 8.5, 0.85, 7}, true
	case cStore:
		return fabric{"storage", "钢结构", 28, 80, 22, 14, 1, 1, 9, 0.85, 8}, true
	case cOffice:
		return fabric{"public", "框架", 14, 40, 22, 10, 2, 6, 3.5, 0.8, 5}, true
	case cSchool:
		return fabric{"public", "框架", 12, 48, 30, 14, 2, 5, 3.6, 0.75, 6}, true
	case cUtility:
		return fabric{"public", "框架", 14, 24, 20, 14, 1, 2, 4, 0.6, 6}, true
	case cBarn:
		return fabric{"farm", "简易", 9, 60, 4, 6, 1, 1, 3, 0.32, 2}, true
	}
	return fabric{}, false
}

// raise puts buildings on the parcels: rows that face south, along the lanes.
func (m *maker) raise(d *land) {
	for i := range d.units {
		u := &d.units[i]
		if u.kind != settlement && u.kind != urban && u.kind != open {
			continue
		}
		angle := m.sites[u.site].angle
		if u.kind == urban {
			angle = m.seats[u.of].plot.angle
		}
		for k, p := range u.parcels {
			f, ok := fabricOf(p.class, u.kind == urban)
			if !ok || u.kind == open && p.class != cBarn {
				continue
			}
			a := angle
			if u.kind == open {
				a = axis(p.piece, angle, 0)
			}
			m.fill(u, p, f, a, hash(m.w.Seed, 200, int64(i), int64(k)))
		}
	}
}

// fill puts rows on one parcel.
func (m *maker) fill(u *unit, p parcel, f fabric, angle float64, h uint64) {
	if p.class == cHome && unit01(hash(h, 9, 0, 0)) > m.footprint {
		return
	}
	ring := polygon([][]vert{vertsOf(p.rings[0])})[0]
	o := ring[0]
	u0, u1 := span(p.piece, o, angle)
	v0, v1 := span(p.piece, o, angle+math.Pi/2)
	if f.use == "farm" && v1-v0 > u1-u0 {
		angle += math.Pi / 2
		u0, u1, v0, v1 = v0, v1, -u1, -u0
	}
	length := math.Min(f.long*(0.85+0.3*unit01(hash(h, 1, 0, 0))), u1-u0-2*f.margin)
	if p.class == cHome { // houses stand wall to wall
		length = math.Min(u1-u0-2*f.margin, 28)
		if n := math.Ceil((u1 - u0 - 2*f.margin) / 30); n > 1 {
			length = (u1-u0-2*f.margin)/n - f.gap
		}
	}
	if length < 6 {
		return
	}
	floors := f.low + int(unit01(hash(h, 2, 0, 0))*float64(f.high-f.low+1))
	village := m.w.Villages[u.site].Code
	for n, v := int64(0), v0+f.margin; v+f.deep <= v1-f.margin+0.1; v += f.deep + f.gapDeep {
		for x := u0 + f.margin; x+length <= u1-f.margin+0.1; x += length + f.gap {
			n++
			g := hash(h, 3, n, 0)
			if unit01(g) > f.chance || n > 60 {
				continue
			}
			r := Polygon{{local(o, angle, x, v), local(o, angle, x+length, v), local(o, angle, x+length, v+f.deep), local(o, angle, x, v+f.deep)}}
			if !contains(ring, r[0][0]) || !contains(ring, r[0][1]) || !contains(ring, r[0][2]) || !contains(ring, r[0][3]) || !contains(ring, local(o, angle, x+length/2, v+f.deep/2)) {
				continue
			}
			r[0] = append(r[0], r[0][0])
			k := floors
			if f.use == "residential" && f.high < 3 && unit01(hash(g, 1, 0, 0)) < 0.55 {
				k = 1
			}
			m.w.Buildings = append(m.w.Buildings, Building{village, r, k, math.Round(float64(k)*f.storey*10) / 10, f.use, f.structure, 1985 + int(unit01(hash(g, 2, 0, 0))*39), ""})
		}
	}
}
