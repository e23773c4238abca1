package demo

import "math/rand/v2"

// Fault is an error seeded on purpose: what a check of domain rule Rule must find, on the feature Key of Layer.
// Rules are "4.5-point-…", "4.5-line-…", "4.5-net-…" for pipes and "5.3-<n>" for drains; some faults break several.
type Fault struct {
	Rule, Layer, Key, Note string
}

// Faults is the truth table: all errors in the demo's pipes and drains, and no others are there.
func (w *World) Faults() []Fault { return w.networks().faults }

// seed puts a few faults of each kind into the nets, never two at one place.
func (n *networks) seed() {
	r := n.w.Rand("faults")
	p := &pipeFaults{n: n, r: r, used: map[*pipePoint]bool{}}
	d := &drainFaults{n: n, r: r, used: map[*drainNode]bool{}}
	for range 3 {
		p.points()
		p.lines()
		p.nets()
		if len(n.drains) > 0 {
			d.pipes()
			d.nodes()
			d.parts()
		}
	}
}

func (n *networks) fault(rule, layer, key, note string) {
	n.faults = append(n.faults, Fault{rule, layer, key, note})
}

func faultPick[T any](r *rand.Rand, all []T, ok func(T) bool) (T, bool) {
	start := 0
	if len(all) > 0 {
		start = r.IntN(len(all))
	}
	for i := range all {
		if v := all[(start+i)%len(all)]; ok(v) {
			return v, true
		}
	}
	var none T
	return none, false
}
