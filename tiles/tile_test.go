package tiles_test

import (
	"errors"
	"math"
	"testing"

	"onemap/layers"
	"onemap/tiles"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		z, x, y string
		want    tiles.Tile
		err     error
	}{
		{"0", "0", "0", tiles.Tile{}, nil},
		{"14", "13475", "6445.mvt", tiles.Tile{Z: 14, X: 13475, Y: 6445}, nil},
		{"14", "13475", "6445.pbf", tiles.Tile{Z: 14, X: 13475, Y: 6445}, nil},
		{"22", "4194303", "4194303", tiles.Tile{Z: 22, X: 4194303, Y: 4194303}, nil},
		{"22", "4194304", "0", tiles.Tile{}, layers.ErrNotFound},
		{"23", "0", "0", tiles.Tile{}, layers.ErrNotFound},
		{"0", "0", "1", tiles.Tile{}, layers.ErrNotFound},
		{"5", "2147483647", "0", tiles.Tile{}, layers.ErrNotFound},
		{"5", "99999999999999999999", "0", tiles.Tile{}, layers.ErrNotFound},
		{"-1", "0", "0", tiles.Tile{}, layers.ErrInvalid},
		{"+1", "0", "0", tiles.Tile{}, layers.ErrInvalid},
		{"", "0", "0", tiles.Tile{}, layers.ErrInvalid},
		{"1", "1e0", "0", tiles.Tile{}, layers.ErrInvalid},
		{"1", "0", ".mvt", tiles.Tile{}, layers.ErrInvalid},
	} {
		got, err := tiles.WebMercatorQuad.Parse(c.z, c.x, c.y)
		if !errors.Is(err, c.err) || err == nil && got != c.want {
			t.Errorf("%s/%s/%s: %v, %v; want %v, %v", c.z, c.x, c.y, got, err, c.want, c.err)
		}
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	world := tiles.Tile{}.Bounds()
	want := layers.Bounds{-180, -85.05112877980659, 180, 85.05112877980659}
	for i := range want {
		if math.Abs(world[i]-want[i]) > 1e-9 {
			t.Errorf("the world is %v, want %v", world, want)
		}
	}
	b := tiles.Tile{Z: 14, X: 13475, Y: 6445}.Bounds()
	if !(b[0] <= 116.0925 && 116.0925 < b[2] && b[1] < 35.7995 && 35.7995 <= b[3]) {
		t.Errorf("116.0925, 35.7995 is not in %v", b)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range [][3]string{{"0", "0", "0.mvt"}, {"22", "1", "2"}, {"-1", "x", ""}, {"9", "٣", "1"}} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, z, x, y string) {
		tile, err := tiles.WebMercatorQuad.Parse(z, x, y)
		if err != nil {
			if !errors.Is(err, layers.ErrInvalid) && !errors.Is(err, layers.ErrNotFound) {
				t.Errorf("%q/%q/%q: %v is not for the sender", z, x, y, err)
			}
			return
		}
		b := tile.Bounds()
		if b[0] < -180.000001 || b[2] > 180.000001 || b[1] < -85.06 || b[3] > 85.06 || b[0] >= b[2] || b[1] >= b[3] {
			t.Errorf("%v covers %v", tile, b)
		}
	})
}
