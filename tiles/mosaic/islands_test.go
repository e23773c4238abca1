package mosaic

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Islands are what walking from cell to neighbouring cell of the same class reaches, on maps of few classes, where they wind, and of
// many.
func TestIslandsAreWhatHangsTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8))
	for round := range 200 {
		w, h := 1+r.IntN(30), 1+r.IntN(30)
		label := make([]uint8, w*h)
		for i := range label {
			label[i] = uint8(r.IntN(2 + round%3))
		}
		m := islandsOf(label, w)
		found := make([]int32, len(label))
		for i, run := range m.runs {
			for c := run.from; c < run.to; c++ {
				found[c] = m.island(int32(i))
			}
		}
		want := walked(label, w)
		for i := range label {
			for j := range label {
				if (found[i] == found[j]) != (want[i] == want[j]) {
					t.Fatalf("cells %d and %d of a map %d wide: together %v, want %v\n%v", i, j, w, found[i] == found[j], want[i] == want[j], slices.Collect(slices.Chunk(label, w)))
				}
			}
		}
	}
}

// walked numbers cells by where a walk that reaches them began.
func walked(label []uint8, w int) []int {
	out := make([]int, len(label))
	var walk func(i, from int)
	walk = func(i, from int) {
		if out[i] != 0 {
			return
		}
		out[i] = from
		for d, n := range [4]int{i - w, i + 1, i + w, i - 1} {
			if n >= 0 && n < len(label) && label[n] == label[i] && !(d == 1 && n%w == 0) && !(d == 3 && i%w == 0) {
				walk(n, from)
			}
		}
	}
	for i := range label {
		walk(i, i+1)
	}
	return out
}
