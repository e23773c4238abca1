package tiles

import (
	"iter"
	"slices"

	"onemap/tiles/mosaic"
)

// box is places of a zoom, chunks or tiles: columns and rows, the last included.
type box struct{ x0, y0, x1, y1 int }

// all visits the places of the box, row by row.
func (b box) all() iter.Seq[[2]int] {
	return func(yield func([2]int) bool) {
		for y := b.y0; y <= b.y1; y++ {
			for x := b.x0; x <= b.x1; x++ {
				if !yield([2]int{x, y}) {
					return
				}
			}
		}
	}
}

func (b box) count() int { return max(0, b.x1-b.x0+1) * max(0, b.y1-b.y0+1) }

// above is the box of a zoom some zooms above.
func (b box) above(zooms int) box {
	return box{b.x0 >> zooms, b.y0 >> zooms, b.x1 >> zooms, b.y1 >> zooms}
}

// pixels are those of a box of chunks.
func (b box) pixels() pixels {
	const side = mosaic.Chunk
	return pixels{b.x0 * side, b.y0 * side, (b.x1 + 1) * side, (b.y1 + 1) * side}
}

// around is the box around others.
func around(boxes []box) (all box) {
	for i, b := range boxes {
		if i == 0 {
			all = b
		}
		all = box{min(all.x0, b.x0), min(all.y0, b.y0), max(all.x1, b.x1), max(all.y1, b.y1)}
	}
	return all
}

// union is the places that boxes become, each once, in the order of the boxes.
func union(boxes []box, become func(box) box) (all [][2]int) {
	if len(boxes) == 1 {
		return slices.Collect(become(boxes[0]).all())
	}
	seen := map[[2]int]bool{}
	for _, b := range boxes {
		for at := range become(b).all() {
			if !seen[at] {
				seen[at] = true
				all = append(all, at)
			}
		}
	}
	return all
}

// boxesOf reads boxes as the database has them: four numbers for each.
func boxesOf(numbers []int32) (boxes []box) {
	for n := range slices.Chunk(numbers, 4) {
		boxes = append(boxes, box{int(n[0]), int(n[1]), int(n[2]), int(n[3])})
	}
	return boxes
}

func numbersOf(boxes []box) []int32 {
	numbers := make([]int32, 0, 4*len(boxes))
	for _, b := range boxes {
		numbers = append(numbers, int32(b.x0), int32(b.y0), int32(b.x1), int32(b.y1))
	}
	return numbers
}
