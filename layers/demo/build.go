package demo

import "slices"

// build makes the parts in the order they depend on each other.
func (w *World) build() {
	m := &maker{w: w, measures: measuresOf(w.Size)}
	m.bound()
	m.waters()
	highways := m.ways()
	m.found()
	m.settle()
	m.divide()
	m.affiliate()
	m.names()
	m.network(slices.Concat(m.streets(), highways, m.join()))
	w.land = m.till(m.skeleton())
}
