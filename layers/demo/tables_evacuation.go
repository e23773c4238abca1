package demo

import "fmt"

func (n *networks) town(code string) string {
	for _, t := range n.w.Towns {
		if t.Code == code {
			return t.Name
		}
	}
	return ""
}

func (u *evacUnit) mode() string {
	if u.inplace {
		return "inplace"
	}
	return "move"
}

func (n *networks) units(yield netYield) {
	for _, u := range n.evac.units {
		if !yield(u.village.Code, u.village.Name, u.village.Town, n.town(u.village.Town), u.zone, u.low, u.mean, u.platform, "5737", u.level, u.households, u.people, u.vulnerable, u.cars, u.stock,
			u.mode(), u.leader, u.phone, netWKBArea(u.village.Area)) {
			return
		}
	}
}

func (n *networks) households(yield netYield) {
	for _, u := range n.evac.units {
		for i, j := range u.homes {
			h := n.evac.homes[j]
			if !yield(fmt.Sprintf("%s%05d", u.village.Code, i+1), u.village.Code, h.head, h.members, h.vulnerable, h.cars, h.stock, h.phone, netNil(h.shelter), u.mode(), netWKBPoint(h.at)) {
				return
			}
		}
	}
}

func (n *networks) shelters(yield netYield) {
	for _, s := range n.evac.shelters {
		status := "open"
		if !s.open {
			status = "closed"
		}
		if !yield(s.code, s.name, s.village.Town, n.town(s.village.Town), s.kind, s.capacity, s.area, s.high, "5737", s.assigned, status, n.town(s.village.Town)+"应急办", s.phone, netWKBPoint(s.at)) {
			return
		}
	}
}

func (n *networks) pairings(yield netYield) {
	for i, p := range n.evac.pairs {
		var km any
		if p.metres > 0 {
			km = netRound(p.metres/1000, 2)
		}
		if !yield(fmt.Sprintf("DJ%05d", i+1), p.unit.village.Code, p.unit.village.Name, p.shelter.code, p.shelter.name, p.people, p.households, p.unit.mode(), km, p.ordinal,
			netWKBLine([]Point{p.unit.village.Centre, p.shelter.at}, nil)) {
			return
		}
	}
}

func (n *networks) evacRoutes(yield netYield) {
	for i, l := range n.evac.links {
		r := &n.w.Roads[l.road]
		way := "+"
		if l.along && l.back {
			way = "="
		} else if l.back {
			way = "-"
		}
		if !yield(fmt.Sprintf("ZY%05d", i+1), r.ID, netNil(r.Name), r.Class, r.From, r.To, netRound(length(r.Line), 1), r.Width, netRound(r.Lowest, 2), "5737", l.limit, way, l.units, l.people, netWKBLine(r.Line, nil)) {
			return
		}
	}
}

func (n *networks) dikes(yield netYield) {
	for i, d := range n.w.Dikes {
		if len(d.Line) < 2 {
			continue
		}
		kind := map[string]string{"river": "黄河大堤", "ring": "围坝", "second": "二级湖堤", "canal": "运河堤"}[d.Kind]
		grade, dept := "2级", "梁山县水务局"
		if d.Kind == "river" {
			grade, dept = "1级", "梁山黄河河务局"
		}
		crest := netRound(d.Crest, 2)
		if !yield(fmt.Sprintf("DF%03d", i+1), d.Name, kind, grade, crest, d.Width, netRound(crest-2.5, 2), netRound(crest-3.8, 2), "5737", netRound(length(d.Line), 1), dept, netWKBLine(d.Line, nil)) {
			return
		}
	}
}
