package demo

import (
	"fmt"
	"math"
	"strings"
)

// serve places public facilities on parcels of their kind, and names on the map.
func (m *maker) serve(d *land) {
	spots := map[[2]int32][]Point{} // by site and class
	for i := range d.units {
		u := &d.units[i]
		for _, p := range u.parcels {
			switch p.class {
			case cSchool, cOffice, cShop, cPark, cUtility, cSquare:
				if p.area() > 600 {
					k := [2]int32{u.site, int32(p.class)}
					spots[k] = append(spots[k], inside([][]vert{vertsOf(p.rings[0])}))
				}
			}
		}
	}
	take := func(site int, class uint8, n int) Point {
		ps := spots[[2]int32{int32(site), int32(class)}]
		if len(ps) > 0 {
			return ps[n%len(ps)]
		}
		h := hash(m.w.Seed, 210, int64(site), int64(class)*100+int64(n))
		return polar(m.sites[site].at, unit01(h)*2*math.Pi, 60+90*unit01(hash(h, 1, 0, 0)))
	}
	add := func(site int, on uint8, n int, class, name string, capacity int) {
		v := m.w.Villages[site]
		m.w.Facilities = append(m.w.Facilities, Facility{class, name, v.Code, v.Town, take(site, on, n), capacity})
	}
	for i, s := range m.sites {
		v := m.w.Villages[i]
		short := strings.TrimSuffix(strings.TrimSuffix(v.Name, "村"), "社区")
		town := strings.TrimRight(m.w.Towns[s.town].Name, "镇乡")
		h := func(k int64) float64 { return unit01(hash(m.w.Seed, 211, int64(i), k)) }
		add(i, cOffice, 0, "clinic", short+"卫生室", 0)
		if s.head {
			add(i, cOffice, 1, "government", m.w.Towns[s.town].Name+"人民政府", 0)
			add(i, cOffice, 2, "police", town+"派出所", 0)
			add(i, cSchool, 0, "hospital", town+"中心卫生院", 60+int(80*h(1)))
			add(i, cSchool, 1, "school", town+"镇中学", 900+int(900*h(2)))
			add(i, cSchool, 2, "school", town+"镇中心小学", 600+int(700*h(3)))
			add(i, cSchool, 3, "kindergarten", town+"中心幼儿园", 200+int(150*h(4)))
			add(i, cShop, 0, "market", town+"农贸市场", 0)
			add(i, cShop, 1, "station", town+"汽车站", 0)
			add(i, cUtility, 0, "waterworks", town+"水厂", 0)
			add(i, cUtility, 1, "substation", town+"变电站", 0)
			add(i, cUtility, 2, "sewage", town+"污水处理站", 0)
			add(i, cOffice, 3, "elderly", town+"敬老院", 60+int(60*h(5)))
			continue
		}
		if s.urban || h(6) < 0.32 {
			add(i, cSchool, 0, "school", short+"小学", 180+int(320*h(7)))
		}
		if s.urban || h(8) < 0.26 {
			add(i, cSchool, 1, "kindergarten", short+"幼儿园", 60+int(140*h(9)))
		}
		if h(10) < 0.06 {
			add(i, cOffice, 1, "elderly", short+"幸福院", 20+int(40*h(11)))
		}
	}
	m.county(add)
	m.places()
}

// county adds what the county seat alone has.
func (m *maker) county(add func(site int, on uint8, n int, class, name string, capacity int)) {
	first := len(m.seats) - 1
	list := []struct {
		class, name string
		on          uint8
		capacity    int
	}{
		{"government", "梁山县人民政府", cOffice, 0}, {"hospital", "梁山县人民医院", cSchool, 1100}, {"hospital", "梁山县中医院", cSchool, 600},
		{"school", "梁山县第一中学", cSchool, 5200}, {"school", "梁山县现代高级中学", cSchool, 4300}, {"school", "梁山县实验小学", cSchool, 2400},
		{"police", "梁山县公安局", cOffice, 0}, {"fire", "梁山县消防救援大队", cOffice, 0}, {"fire", "水泊中路消防站", cUtility, 0},
		{"stadium", "梁山县体育中心", cSquare, 12000}, {"library", "梁山县图书馆", cOffice, 600}, {"library", "梁山县文化馆", cOffice, 400},
		{"park", "水泊公园", cPark, 0}, {"park", "文昌公园", cPark, 0}, {"park", "凤山公园", cPark, 0}, {"station", "梁山汽车站", cShop, 0},
		{"waterworks", "梁山县自来水厂", cUtility, 0}, {"sewage", "梁山县污水处理厂", cUtility, 0}, {"substation", "110千伏梁山变电站", cUtility, 0}, {"market", "水泊农贸市场", cShop, 0},
		{"elderly", "梁山县社会福利中心", cOffice, 260}, {"government", "水泊街道办事处", cOffice, 0}, {"government", "梁山街道办事处", cOffice, 0},
	}
	for k, f := range list {
		add(first+(k*5)%21, f.on, k, f.class, f.name, f.capacity)
	}
	for _, r := range m.ribbons {
		if r.kind == canal {
			line := inCounty(m, r.line)
			p := line[len(line)*2/5]
			best, least := 0, math.Inf(1)
			for i, s := range m.sites {
				if e := dist(s.at, p); e < least {
					best, least = i, e
				}
			}
			v := m.w.Villages[best]
			m.w.Facilities = append(m.w.Facilities, Facility{"port", "梁山港", v.Code, v.Town, Point{p.X - 110, p.Y}, 0})
		}
	}
}

// places lists the names on the map.
func (m *maker) places() {
	w := m.w
	add := func(class, name, code string, at Point, rank int) {
		w.Places = append(w.Places, Place{class, name, code, at, rank})
	}
	add("county", "梁山县", "370832", m.seats[0].plot.at, 1)
	for i, t := range w.Towns {
		if i > 1 {
			add("town", t.Name, t.Code+"000", t.Seat, 2)
		} else {
			add("town", t.Name, t.Code+"000", t.Seat, 4)
		}
	}
	for i, s := range m.sites {
		v := w.Villages[i]
		switch {
		case s.urban:
			add("community", v.Name, v.Code, s.at, 6)
		case !s.head:
			rank := 5
			if v.Population < 1400 {
				rank = 6
			}
			add("village", strings.TrimSuffix(v.Name, "村"), v.Code, s.at, rank)
		}
	}
	for _, a := range m.areas {
		switch a.kind {
		case lake:
			add("water", a.name, "", inside([][]vert{vertsRing(a.ring)}), 3)
		case hill:
			add("hill", a.name, "", inside([][]vert{vertsRing(a.ring)}), 3)
		}
	}
	for _, r := range m.ribbons {
		line := inCounty(m, r.line)
		for k := 1; k <= 2 && len(line) > 10; k++ {
			at := line[k*len(line)/3]
			switch r.kind {
			case canal, drain, dike:
				add("water", r.name, "", at, 4)
			case rail, highway:
				add("road", r.name, "", at, 5)
			}
		}
	}
	for k := 1; k <= 3; k++ {
		p := m.river[k*len(m.river)/4]
		add("water", "黄河", "", Point{p.X + 150, p.Y - 150}, 2)
	}
}

func vertsRing(ring []Point) []vert {
	out := make([]vert, 0, len(ring))
	for _, p := range ring[:len(ring)-1] {
		out = append(out, snap(p))
	}
	return out
}

// code18 is an identifier of the survey's form: county, layer, serial.
func code18(layer, n int) string { return fmt.Sprintf("370832%04d%08d", layer, n) }
