package mosaic

import (
	"iter"
	"math"
)

// Least is the share of all from which on a class has to have the area it has: what is less is there or not.
const Least = 0.005

// dearest is how many times one class's price can be another's.
const dearest = 1000

// Fit finds prices with which each class has the area on the map that it has in truth, in at most so many rounds. Tiles are
// fields as Label wants them, the same ones each time; what is in them is taken for all. It returns the largest part, of what
// it should have, that a class has too much or too little; prices stay as good as they were where none are better.
func (r *Recipe) Fit(tiles iter.Seq[*Field], rounds int, enough float64) (worst float64) {
	var truth [256]float64
	best, worst := *r, math.Inf(1)
	var step, last [256]float64
	for i := range step {
		step[i] = 1
	}
	for round := range rounds {
		var areas [256]float64
		for field := range tiles {
			if round == 0 {
				r.truth(field, &truth)
			}
			Label(field, r).Areas(&areas)
		}
		off := r.off(&truth, &areas)
		if off < worst {
			best, worst = *r, off
		}
		if off <= enough {
			break
		}
		truth[Nothing], areas[Nothing] = total(&truth), total(&areas)
		for c := range r.Prices {
			if truth[c] == 0 {
				continue
			}
			lack := min(max(math.Log(truth[c]/max(areas[c], truth[c]/8)), -1), 1)
			if lack*last[c] < 0 {
				step[c] /= 2
			} else if round > 0 {
				step[c] = min(step[c]*1.25, 2)
			}
			last[c] = lack
			if c == Nothing { // the emptier a cell has to be, the less is empty
				r.Prices[c] = min(max(r.Prices[c]*math.Exp(step[c]*lack/2), 0.1), 0.98)
			} else {
				r.Prices[c] = min(max(r.Prices[c]*math.Exp(step[c]*lack), 1.0/dearest), dearest)
			}
		}
	}
	*r = best
	return worst
}

// truth adds up what each class has of a tile, in square units.
func (r *Recipe) truth(f *Field, sum *[256]float64) {
	margin, n := r.Margin(), r.Cells()
	sample := float64(r.unit()*r.unit()) / float64(r.Full)
	for y := margin; y < margin+n; y++ {
		for _, e := range f.entries[f.start[y*f.w+margin]:f.start[y*f.w+margin+n]] {
			sum[e.class] += float64(e.n) * sample
		}
	}
}

// total is what all classes but Nothing have.
func total(areas *[256]float64) (sum float64) {
	for _, a := range areas[Nothing+1:] {
		sum += a
	}
	return sum
}

// off is the largest part by which a class that has something to say is wrong.
func (r *Recipe) off(truth, areas *[256]float64) (worst float64) {
	least := Least * total(truth)
	for c := Nothing + 1; c < len(truth); c++ {
		if truth[c] > least {
			worst = max(worst, math.Abs(areas[c]/truth[c]-1))
		}
	}
	return worst
}
