package demo

import "slices"

// build makes the parts in the order they depend on each other.
func (w *World) build() {
	m := &maker{w: w, measures: measuresOf(w.Size)}
	m.bound()
	m.waters()
	highways := m.ways()
	m.survey()
	m.found()
	m.settle()
	m.divide()
	m.affiliate()
	m.network(slices.Concat(m.streets(), highways, m.join()))
	s := m.skeleton()
	s.gatherTowns()
	m.names()
	w.land = m.till(s)
	m.administer(w.land)
	m.draw(w.land)
	m.raise(w.land)
	m.serve(w.land)
	m.hand()
}

// hand gives the world the lines others build on.
func (m *maker) hand() {
	for _, r := range m.ribbons {
		line := inCounty(m, r.line)
		switch r.kind {
		case dike:
			crest := 49.5
			if r.class == "ring" {
				crest = 46.8
			}
			m.w.Dikes = append(m.w.Dikes, Dike{r.class, r.name, line, 2 * r.half, crest})
		case canal, drain:
			m.w.Waters = append(m.w.Waters, Water{r.class, r.name, line, 2 * r.half})
		}
	}
	m.w.Waters = append(m.w.Waters, Water{"river", "黄河", m.river, 700})
}

// inCounty is the longest run of a line's vertices inside the county.
func inCounty(m *maker, line []Point) []Point {
	var best, run []Point
	for _, p := range line {
		if !contains(m.outline, p) {
			run = nil
			continue
		}
		if run = append(run, p); len(run) > len(best) {
			best = run
		}
	}
	return best
}
