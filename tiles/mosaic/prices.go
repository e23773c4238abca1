package mosaic

import "math"

// Least is the part of all from which on a class has to have the area it has: what is less is there or not.
const Least = 0.005

// mostHeld is how many tiles are held while prices are found.
const mostHeld = 8

// dearest is how many times one class's price can be another's.
const dearest = 1000

// Fit finds prices with which each class has the area on the map that it has in truth, in at most so many rounds. The map is
// taken to be like its n tiles, whose fields, as Label wants them, tile returns. It returns the largest part, of what it
// should have, that a class has too much or too little; prices stay as good as they were where none are better. The first few
// tiles are held in memory, others are labelled from the beginning in each round.
func (r *Recipe) Fit(n int, tile func(i int) *Field, rounds int, enough float64) (worst float64) {
	f := fitting{recipe: r, n: n, tile: tile}
	for c := range f.drawn {
		f.drawn[c] = 1
	}
	f.search(rounds, 1, enough)
	for range 2 { // drawn straighter, things are smaller or larger than their cells: known once there are some
		f.draw()
		worst = f.search(rounds/2, 0.1, enough)
	}
	return worst
}

// fitting is a search for prices.
type fitting struct {
	recipe *Recipe
	n      int
	tile   func(i int) *Field
	held   []*Sheet
	truth  [256]float64
	drawn  [256]float64 // by class, how large it is drawn, as a part of its cells
	round  int
}

// areas are what each class has with the prices of now.
func (f *fitting) areas() (areas [256]float64) {
	for i := range f.n {
		switch {
		case f.round == 0:
			field := f.tile(i)
			f.recipe.truth(field, &f.truth)
			s := Label(field, f.recipe)
			s.areas(&areas, 0)
			if i < mostHeld {
				f.held = append(f.held, s)
			}
		case i < mostHeld:
			f.held[i].relabel()
			f.held[i].areas(&areas, 0)
		default:
			Label(f.tile(i), f.recipe).areas(&areas, 0)
		}
	}
	if f.round == 0 {
		f.truth[Nothing] = total(&f.truth)
	}
	f.round++
	for c := range areas {
		areas[c] *= f.drawn[c]
	}
	areas[Nothing] = total(&areas)
	return areas
}

// draw learns how large the classes are drawn.
func (f *fitting) draw() {
	var cells, polygons [256]float64
	for i := range f.n {
		var s *Sheet
		if i < len(f.held) {
			s = f.held[i]
			s.relabel()
		} else {
			s = Label(f.tile(i), f.recipe)
		}
		s.areas(&cells, f.recipe.frame())
		for _, shape := range s.Trace() {
			for _, ring := range shape.Rings {
				polygons[shape.Class] += float64(twiceArea(ring)) / 2
			}
		}
	}
	for c := range f.drawn {
		if cells[c] > 0 && c != Nothing {
			f.drawn[c] = min(max(polygons[c]/cells[c], 0.5), 2)
		}
	}
}

// search tries prices, each time dearer for what has too little, and keeps the best.
func (f *fitting) search(rounds int, first, enough float64) (worst float64) {
	r := f.recipe
	best, worst := r.Prices, math.Inf(1)
	var step, last [256]float64
	for c := range step {
		step[c] = first
	}
	for range rounds {
		areas := f.areas()
		if off := off(&f.truth, &areas); off < worst {
			best, worst = r.Prices, off
		}
		if worst <= enough {
			break
		}
		for c := range r.Prices {
			if f.truth[c] == 0 {
				continue
			}
			lack := min(max(math.Log(f.truth[c]/max(areas[c], f.truth[c]/8)), -1), 1)
			if lack*last[c] < 0 {
				step[c] /= 2
			} else {
				step[c] = min(step[c]*1.2, 1)
			}
			last[c] = lack
			if c == Nothing { // the emptier a cell has to be, the less is empty
				r.Prices[c] = min(max(r.Prices[c]*math.Exp(step[c]*lack/2), 0.1), 0.98)
			} else {
				r.Prices[c] = min(max(r.Prices[c]*math.Exp(step[c]*lack), 1.0/dearest), dearest)
			}
		}
	}
	r.Prices = best
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
func off(truth, areas *[256]float64) (worst float64) {
	least := Least * total(truth)
	for c := Nothing + 1; c < len(truth); c++ {
		if truth[c] > least {
			worst = max(worst, math.Abs(areas[c]/truth[c]-1))
		}
	}
	return worst
}
