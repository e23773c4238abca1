package mosaic

import "math"

// Least is the part of all from which on a class has to have the area it has: what is less is there or not.
const Least = 0.005

// mostHeld is how many tiles are held while prices are found.
const mostHeld = 8

// dearest is how many times one class's price can be another's.
const dearest = 1000

// A search whose prices are bearable ends when in so many rounds there were none that are clearly better: that much less wrong.
const (
	bearable = 0.012
	mostVain = 10
	clearly  = 0.95
)

// Fitting is a search for prices with which each class has the area on the map that it has in truth. It goes on in short steps,
// of one tile each. Prices stay as good as they were where none are better.
type Fitting struct {
	recipe  *Recipe
	n       int
	rounds  int
	enough  float64
	held    []*Sheet
	truth   [256]float64
	drawn   [256]float64 // by class, how large it is drawn, as a part of its cells
	tile    int          // of this round
	first   bool         // round
	search  int          // 0, 1, 2
	left    int          // rounds of the search
	vain    int          // rounds since prices were last found that are clearly better
	mark    float64      // how wrong those were
	drawing bool         // the round is one of drawing
	cells   [256]float64 // what each class has in this round
	framed  [256]float64 // and with the frame around tiles
	shapes  [256]float64 // and as it is drawn, with the frame
	step    [256]float64
	last    [256]float64
	best    [256]float64 // of this search, as far as is known before they are drawn
	worst   float64
	found   [256]float64 // of all searches, when drawn
	off     float64
}

// searches is how often prices are searched for: drawn straighter, things are smaller or larger than their cells, which is
// known once there are some.
const searches = 3

// NewFitting begins a search that takes so many rounds at most. The map is taken to be like its n tiles. It ends when no class
// has too much or too little by more than enough, as a part of what it should have.
func (r *Recipe) NewFitting(n, rounds int, enough float64) *Fitting {
	f := &Fitting{recipe: r, n: n, rounds: rounds, enough: enough, first: true, off: math.Inf(1)}
	for c := range f.drawn {
		f.drawn[c] = 1
	}
	f.begin(rounds, 1)
	return f
}

// Continue begins a search that goes on from this one, of n other tiles: it knows how large classes are drawn, and takes smaller
// steps.
func (f *Fitting) Continue(n, rounds int) *Fitting {
	next := f.recipe.NewFitting(n, rounds, f.enough)
	next.drawn = f.drawn
	next.begin(rounds, 0.5)
	return next
}

// Best is the best prices so far, and the largest part by which a class is wrong with them.
func (f *Fitting) Best() (prices [256]float64, worst float64) {
	if math.IsInf(f.off, 1) { // none have been drawn
		return f.best, f.worst
	}
	return f.found, f.off
}

// begin begins a search.
func (f *Fitting) begin(rounds int, step float64) {
	f.best, f.worst, f.left, f.drawing = f.recipe.Prices, math.Inf(1), rounds, false
	f.vain, f.mark = 0, math.Inf(1)
	for c := range f.step {
		f.step[c], f.last[c] = step, 0
	}
}

// Step does a round's next tile, whose field, as Label wants it, tile returns. The first few are held in memory, others are
// labelled from the beginning in each round. It reports whether the search is at its end: the recipe has the prices then.
func (f *Fitting) Step(tile func(i int) *Field) (done bool) {
	s := f.sheet(tile)
	s.areas(&f.cells, 0)
	if f.drawing {
		s.areas(&f.framed, f.recipe.frame())
		for _, shape := range s.Trace() {
			for _, ring := range shape.Rings {
				f.shapes[shape.Class] += float64(twiceArea(ring)) / 2
			}
		}
	}
	if f.tile++; f.tile < f.n {
		return false
	}
	switch {
	case !f.drawing:
		f.judge()
	case f.compare() && f.search < searches:
		f.begin(f.rounds/2, max(0.1, 2/float64(f.rounds)))
	default:
		f.recipe.Prices, done = f.found, true
	}
	f.tile, f.first, f.cells, f.framed, f.shapes = 0, false, [256]float64{}, [256]float64{}, [256]float64{}
	return done
}

// sheet is the tile that is next, with the prices of now.
func (f *Fitting) sheet(tile func(i int) *Field) *Sheet {
	if !f.first && f.tile < len(f.held) {
		f.held[f.tile].relabel()
		return f.held[f.tile]
	}
	field := tile(f.tile)
	if f.first {
		f.recipe.truth(field, &f.truth)
	}
	s := Label(field, f.recipe)
	if f.first && f.tile < mostHeld {
		f.held = append(f.held, s)
	}
	return s
}

// compare learns how large the classes are drawn, and keeps the prices where they are the best so far. It reports whether there may
// be better ones.
func (f *Fitting) compare() (more bool) {
	for c := range f.drawn {
		if f.framed[c] > 0 && c != Nothing {
			f.drawn[c] = min(max(f.shapes[c]/f.framed[c], 0.5), 2)
		}
	}
	areas := f.areas()
	if off := off(&f.truth, &areas); off < f.off {
		f.found, f.off = f.recipe.Prices, off
	}
	return f.off > f.enough
}

// areas are what classes have on the map, by their cells of this round and by how large they are drawn.
func (f *Fitting) areas() [256]float64 {
	areas := f.cells
	for c := range areas {
		areas[c] *= f.drawn[c]
	}
	areas[Nothing], f.truth[Nothing] = total(&areas), total(&f.truth)
	return areas
}

// judge ends a round: it keeps the prices where they are the best of this search, and tries others or has the best drawn.
func (f *Fitting) judge() {
	areas := f.areas()
	if off := off(&f.truth, &areas); off < f.worst {
		f.best, f.worst = f.recipe.Prices, off
	}
	if f.vain++; f.worst < f.mark*clearly {
		f.vain, f.mark = 0, f.worst
	}
	if f.left--; f.left > 0 && f.worst > f.enough && (f.worst > bearable || f.vain < mostVain) {
		f.adjust(&areas)
		return
	}
	f.recipe.Prices = f.best
	f.search++
	f.drawing = true
}

// adjust makes dearer what has too little, in steps that become smaller when they go too far.
func (f *Fitting) adjust(areas *[256]float64) {
	prices := &f.recipe.Prices
	for c := range prices {
		if f.truth[c] == 0 {
			continue
		}
		lack := min(max(math.Log(f.truth[c]/max(areas[c], f.truth[c]/8)), -1), 1)
		if lack*f.last[c] < 0 {
			f.step[c] /= 2
		} else {
			f.step[c] = min(f.step[c]*1.2, 1)
		}
		f.last[c] = lack
		if c == Nothing { // the emptier a cell has to be, the less is empty
			prices[c] = min(max(prices[c]*math.Exp(f.step[c]*lack/2), 0.1), 0.98)
		} else {
			prices[c] = min(max(prices[c]*math.Exp(f.step[c]*lack), 1.0/dearest), dearest)
		}
	}
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
