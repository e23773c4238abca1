package mosaic_test

import (
	"testing"

	"onemap/tiles/mosaic"
)

// BenchmarkFitting is the search for prices of one tile that is held in memory, where most cells have several classes.
func BenchmarkFitting(b *testing.B) {
	l := newLand(b, 3, 4, 4, 9, true)
	r := mosaic.Even(1, 4*mosaic.Samples*mosaic.Samples)
	up := land{}
	for x := range 2 {
		for y := range 2 {
			up[[2]int{x, y}] = mosaic.Shrink([4]*mosaic.Field{l.at(2*x, 2*y), l.at(2*x+1, 2*y), l.at(2*x, 2*y+1), l.at(2*x+1, 2*y+1)}, 1)
		}
	}
	window := up.window(r, 0, 0)
	b.ResetTimer()
	for b.Loop() {
		f := r.NewFitting(1, 10, 0)
		for !f.Step(func(int) *mosaic.Field { return window }) {
		}
	}
}

// BenchmarkTile is a tile from a field to polygons.
func BenchmarkTile(b *testing.B) {
	l := newLand(b, 3, 4, 4, 9, true)
	r := mosaic.Even(1, mosaic.Samples*mosaic.Samples)
	for b.Loop() {
		l.tile(r, 0, 0)
	}
}
