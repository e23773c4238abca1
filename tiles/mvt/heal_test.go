package mvt

import (
	"math/rand/v2"
	"testing"
)

// What is taken for star-shaped at a glance is a ring that nothing crosses: comparing each edge with each finds the same.
func TestStarsDoNotMeetThemselves(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	var h healer
	stars := 0
	for range 50_000 {
		ring := make([]cell, 3+r.IntN(7))
		if r.IntN(2) == 0 {
			for i := range ring {
				ring[i] = cell{r.Int32N(9), r.Int32N(9)}
			}
		} else {
			ring = ring[:0]
			for _, p := range star(r, 0, 0, 12) {
				ring = append(ring, round(p))
			}
		}
		if !starShaped(ring) {
			continue
		}
		stars++
		if h.take([][]cell{ring}); h.touch() {
			t.Errorf("%v is star-shaped and meets itself", ring)
		}
	}
	if stars < 1000 {
		t.Errorf("only %d of the rings were star-shaped", stars)
	}
	pentagram := []cell{{0, -100}, {59, 81}, {-95, -31}, {95, -31}, {-59, 81}} // seen from its middle, but round twice
	if starShaped(pentagram) || !h.bent([][]cell{pentagram}) {
		t.Error("a pentagram is taken for a star")
	}
}
