package demo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// gridCell is one cell of the lowest level of the governance grid.
type gridCell struct {
	code, name, village string
	households, people  int
	area                [][]vert
}

// administer derives villages, grid cells, towns and the county from the skeleton, each exactly the sum of the next.
func (m *maker) administer(d *land) {
	w := m.w
	s := d.skeleton
	villages := d.regions(len(m.sites), func(f int32) int32 { return s.labels[f].site })
	grid := &land{skeleton: s, on: make([][]vert, len(s.from))}
	units := make([]unit, len(m.sites))
	for i, ps := range villages {
		units[i].whole = ps[0]
	}
	m.populate(d)
	for i := range units {
		m.splitGrid(grid, &units[i], i)
	}
	for i := range units {
		w.Villages[i].Area = polygon(grid.rings(units[i].whole, nil))
		w.cells = append(w.cells, m.gridCells(grid, &units[i], i)...)
	}
	town := d.regions(len(w.Towns), func(f int32) int32 {
		if i := s.labels[f].site; i >= 0 {
			return int32(m.sites[i].town)
		}
		return -1
	})
	for t := range w.Towns {
		w.Towns[t].Area = polygon(grid.rings(town[t][0], nil))
	}
	county := d.regions(1, func(f int32) int32 { return min(s.labels[f].site, 0) })
	w.Boundary = polygon(grid.rings(county[0][0], nil))
}

// populate counts people and households by the built-up land, and gives villages their outlines.
func (m *maker) populate(d *land) {
	s := d.skeleton
	homes := make([]float64, len(m.sites))
	for i := range d.units {
		u := &d.units[i]
		for _, p := range u.parcels {
			switch p.class {
			case cHome:
				homes[u.site] += p.area() / 520
			case cTown:
				homes[u.site] += p.area() / 115
			}
		}
	}
	built := d.regions(len(m.sites), func(f int32) int32 {
		switch s.labels[f].kind {
		case settlement, urban, street:
			return s.labels[f].site
		}
		return -1
	})
	for i := range m.w.Villages {
		v := &m.w.Villages[i]
		v.Households = 40 + int(homes[i])
		v.Population = int(float64(v.Households) * (2.9 + 0.7*unit01(hash(m.w.Seed, 170, int64(i), 0))))
		for _, p := range built[i] {
			if p.area() > 3000 {
				v.Built = append(v.Built, polygon(d.rings(piece{p.rings}, nil)))
			}
		}
	}
}

// splitGrid cuts a village into cells of some 300 to 500 households.
func (m *maker) splitGrid(d *land, u *unit, i int) {
	v := m.w.Villages[i]
	want := float64(v.Households) / 400
	n := max(1, min(9, int(math.Round(want))))
	if v.Urban {
		n = max(2, n)
	}
	c := cutter{u, d.on}
	parts := []piece{u.whole}
	for len(parts) < n {
		slices.SortStableFunc(parts, func(a, b piece) int { return cmp.Compare(b.area(), a.area()) })
		p := parts[0]
		o := p.rings[0][0].v.point()
		a, u0, u1, v0, v1 := longAxis(p, o, axis(p, m.sites[i].angle, 0.4))
		mid := polar(polar(o, a, (u0+u1)/2), a+math.Pi/2, (v0+v1)/2)
		left, right, ok := c.cut(p, mid, a+math.Pi/2)
		if !ok {
			break
		}
		parts = slices.Concat(parts[1:], left, right)
	}
	for _, p := range parts {
		u.parcels = append(u.parcels, parcel{piece: p})
	}
}

// gridCells numbers a village's cells from north to south in rows, and west to east within a row.
func (m *maker) gridCells(d *land, u *unit, i int) []gridCell {
	v := m.w.Villages[i]
	type placed struct {
		rings    [][]vert
		row, col float64
	}
	var ps []placed
	for _, p := range u.parcels {
		rs := d.rings(p.piece, u.chords)
		b := boxOf(rs[0])
		ps = append(ps, placed{rs, -math.Round(float64(b.y0+b.y1) / 1_600_000), float64(b.x0 + b.x1)})
	}
	slices.SortStableFunc(ps, func(a, b placed) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col)) })
	var out []gridCell
	for k, p := range ps {
		n := v.Households/len(ps) + min(1, max(0, v.Households%len(ps)-k))
		q := v.Population/len(ps) + min(1, max(0, v.Population%len(ps)-k))
		out = append(out, gridCell{fmt.Sprintf("%s%03d", v.Code, k+1), fmt.Sprintf("%s第%d网格", v.Name, k+1), v.Code, n, q, p.rings})
	}
	return out
}
