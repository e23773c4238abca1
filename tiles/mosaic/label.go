package mosaic

import "math"

// Sheet is a tile at work: the cells of it, and around it, where there is anything, each given to a class.
type Sheet struct {
	recipe *Recipe
	x, y   int    // the first cell; 0, 0 is the tile's
	w, h   int    // cells
	field  *Field // blurred
	full   float64
	label  []uint8
}

// fillRounds is how deep a gap is filled that a speck has left.
const fillRounds = 4

// Label gives the cells of a tile to classes. The field is that of the tile with Margin cells around it.
func Label(field *Field, r *Recipe) *Sheet {
	x, y, field := field.cropped(r.reach())
	s := &Sheet{recipe: r, x: x - r.Margin(), y: y - r.Margin(), w: field.w, h: field.h}
	kernel := []uint32{1, 2, 1}
	if r.Scale > 1 {
		kernel = []uint32{1, 4, 6, 4, 1}
	}
	s.field = field.blurred(false, kernel).blurred(true, kernel)
	s.full = float64(r.Full) * float64(sum(kernel)*sum(kernel))
	s.label = make([]uint8, s.w*s.h)
	s.relabel()
	return s
}

// relabel gives the cells to classes by the prices of now.
func (s *Sheet) relabel() {
	for i := range s.label {
		s.label[i] = s.best(i)
	}
	s.sieve()
}

// best is the class that a cell is worth most to.
func (s *Sheet) best(i int) uint8 { return s.most(s.field.at(i)) }

// most is the class that what is in a cell is worth most to.
func (s *Sheet) most(entries []entry) uint8 {
	var best uint8
	var most, all float64
	for _, e := range entries {
		n := float64(e.n)
		all += n
		if worth := n * s.recipe.Prices[e.class]; worth > most {
			best, most = e.class, worth
		}
	}
	if s.full-all >= s.recipe.Prices[Nothing]*s.full {
		return Nothing
	}
	return best
}

// worth is what a cell is worth to a class; to Nothing, how much emptier it is than it has to be.
func (s *Sheet) worth(i int, class uint8) float64 {
	if class == Nothing {
		return s.full - float64(s.field.some(i)) - s.recipe.Prices[Nothing]*s.full
	}
	return float64(s.field.of(i, class)) * s.recipe.Prices[class]
}

// crossing is where between the centres of two neighbours their border runs, in units from the first: where both classes are
// worth the same, but never at a centre.
func (s *Sheet) crossing(i, j int) int {
	unit := s.recipe.unit()
	a, b := s.label[i], s.label[j]
	if a == outside || b == outside {
		return unit / 2
	}
	var here, there float64 // by how much each is worth more to its own class
	switch {
	case a == Nothing:
		here, there = s.worth(i, a), -s.worth(j, a)
	case b == Nothing:
		here, there = -s.worth(i, b), s.worth(j, b)
	default:
		here, there = s.worth(i, a)-s.worth(i, b), s.worth(j, b)-s.worth(j, a)
	}
	here, there = max(here, 0), max(there, 0) // what was a speck is not worth most to what it became
	if here+there == 0 {
		return unit / 2
	}
	return min(max(int(math.Round(float64(unit)*here/(here+there))), 1), unit-1)
}

// sieve gives islands that are too small to the classes around them, cell by cell from their rims.
func (s *Sheet) sieve() {
	open := s.specks()
	var taken []uint8
	for range fillRounds {
		if len(open) == 0 {
			return
		}
		taken = taken[:0]
		for _, i := range open {
			taken = append(taken, s.around(i))
		}
		rest := open[:0]
		for k, i := range open {
			if taken[k] == outside {
				rest = append(rest, i)
			} else {
				s.label[i] = taken[k]
			}
		}
		open = rest
	}
	for _, i := range open {
		s.label[i] = s.best(int(i))
	}
}

// specks takes their label from all cells of small islands, and returns the cells.
func (s *Sheet) specks() (open []int32) {
	most := int32(s.recipe.speck())
	m := islandsOf(s.label, s.w)
	size := make([]int32, len(m.runs))
	for i, r := range m.runs {
		size[m.island(int32(i))] += r.to - r.from
	}
	for i, r := range m.runs {
		if size[m.island(int32(i))] > most {
			continue
		}
		for c := r.from; c < r.to; c++ {
			open = append(open, c)
		}
	}
	for _, c := range open {
		s.label[c] = outside
	}
	return open
}

// around is the class, of those next to a cell, that it is worth most to.
func (s *Sheet) around(i int32) uint8 {
	best, most := uint8(outside), -2.0
	x := int(i) % s.w
	for d, n := range [4]int{int(i) - s.w, int(i) + 1, int(i) + s.w, int(i) - 1} {
		if n < 0 || n >= len(s.label) || d == 1 && x == s.w-1 || d == 3 && x == 0 || s.label[n] == outside {
			continue
		}
		c := s.label[n]
		worth := -1.0
		if c != Nothing {
			worth = s.worth(int(i), c)
		}
		if worth > most || worth == most && c < best {
			best, most = c, worth
		}
	}
	return best
}

// areas adds up what each class has of the tile, and of some cells around it, in square units: cells, and what borders take off
// one and add to another where they do not run midway between two centres.
func (s *Sheet) areas(sum *[256]float64, around int) {
	n, unit := s.recipe.Cells()+around, s.recipe.unit()
	for y := max(0, -around-s.y); y < min(s.h-1, n-s.y); y++ {
		for x := max(0, -around-s.x); x < min(s.w-1, n-s.x); x++ {
			i := y*s.w + x
			sum[s.label[i]] += float64(unit * unit)
			for _, j := range [2]int{i + 1, i + s.w} {
				if s.label[i] != s.label[j] {
					more := float64((s.crossing(i, j) - unit/2) * unit)
					sum[s.label[i]] += more
					sum[s.label[j]] -= more
				}
			}
		}
	}
}
