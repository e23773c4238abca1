package mosaic

// rim is how many cells along the edges of a tile stay as they are when the rest is made coarser: borders then cross the edge
// where those of its neighbours do, whatever has become of them.
const rim = 4

// The smallest and the largest square that cells are made, in cells: smaller ones would be islands that are given to what is
// around them, larger ones have nothing to say.
const (
	coarse   = 4
	coarsest = 64
)

// square is what cells have in common that are one.
type square struct {
	entries []entry
	label   uint8
}

// Draw traces the polygons and returns what encode makes of them. Where that is more than most bytes, they are drawn coarser,
// but for a rim, until it is not.
func (s *Sheet) Draw(most int, encode func([]Shape) ([]byte, error)) ([]byte, error) {
	for side := coarse; ; side *= 2 {
		body, err := encode(s.Trace())
		if err != nil || len(body) <= most || side > coarsest {
			return body, err
		}
		s.coarsen(side)
	}
}

// coarsen makes squares of side × side cells one: they have in common what each has on average, and are of one class.
func (s *Sheet) coarsen(side int) {
	squares := map[[2]int]square{}
	field := newField(s.w, s.h)
	var count tally
	for y := range s.h {
		for x := range s.w {
			i, at := y*s.w+x, [2]int{floorDiv(s.x+x, side), floorDiv(s.y+y, side)}
			if !s.within(at, side) {
				field.copyFrom(s.field, i, i+1)
				continue
			}
			common, known := squares[at]
			if !known {
				common = s.square(at, side)
				squares[at] = common
			}
			s.label[i] = common.label
			count.all(common.entries, 1)
			field.end(&count, 1)
		}
	}
	s.field = field
}

// within reports whether a square is whole inside the rim.
func (s *Sheet) within(at [2]int, side int) bool {
	for _, v := range at {
		if v*side < rim || (v+1)*side > s.recipe.Cells()-rim {
			return false
		}
	}
	return true
}

// square is the average of a square's cells, of which those beyond the sheet are empty.
func (s *Sheet) square(at [2]int, side int) square {
	var count tally
	left, top := at[0]*side-s.x, at[1]*side-s.y
	for y := max(0, top); y < min(s.h, top+side); y++ {
		for x := max(0, left); x < min(s.w, left+side); x++ {
			count.all(s.field.at(y*s.w+x), 1)
		}
	}
	average := newField(1, 1)
	average.end(&count, uint64(side*side))
	return square{average.entries, s.most(average.entries)}
}
