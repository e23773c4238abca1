package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
	"onemap/tiles"
)

// tileList is the tiles of one zoom that every target is asked for, in this order.
type tileList struct {
	Zoom  int          `json:"zoom"`
	Of    int          `json:"of"` // tiles of the zoom that meet the bounds
	Empty float64      `json:"empty"`
	Tiles []tiles.Tile `json:"-"`
	Count int          `json:"tiles"`
}

// newTileList chooses up to most tiles that meet the bounds. The same bounds and seed give the same list.
func newTileList(bounds layers.Bounds, zoom, most int, seed uint64) *tileList {
	minX, minY := tileAt(bounds[0], bounds[3], zoom)
	maxX, maxY := tileAt(bounds[2], bounds[1], zoom)
	wide, high := maxX-minX+1, maxY-minY+1
	l := &tileList{Zoom: zoom, Of: wide * high}
	r := rand.New(rand.NewPCG(seed, uint64(zoom)))
	seen := map[int]bool{}
	for len(seen) < min(most, l.Of) {
		if n := r.IntN(l.Of); !seen[n] {
			seen[n] = true
			l.Tiles = append(l.Tiles, tiles.Tile{Z: zoom, X: minX + n%wide, Y: minY + n/wide})
		}
	}
	l.Count = len(l.Tiles)
	return l
}

// tileAt is the column and row of a place in degrees.
func tileAt(lon, lat float64, zoom int) (x, y int) {
	n := math.Exp2(float64(zoom))
	s := math.Sin(lat * math.Pi / 180)
	x = int(math.Floor((lon + 180) / 360 * n))
	y = int(math.Floor((0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)) * n))
	last := int(n) - 1
	return min(max(x, 0), last), min(max(y, 0), last)
}

// parseZooms reads zooms and ranges of them: 8-12,14,16.
func parseZooms(text string) ([]int, error) {
	var zooms []int
	for part := range strings.SplitSeq(text, ",") {
		from, to, ok := strings.Cut(part, "-")
		low, err1 := strconv.Atoi(from)
		high, err2 := strconv.Atoi(cmp.Or(to, from))
		if err1 != nil || err2 != nil || ok && to == "" || low < 0 || high > tiles.MaxZoom || low > high {
			return nil, fmt.Errorf("zooms %q: want numbers up to %d and ranges, as in 8-12,14", text, tiles.MaxZoom)
		}
		for z := low; z <= high; z++ {
			zooms = append(zooms, z)
		}
	}
	slices.Sort(zooms)
	return slices.Compact(zooms), nil
}

// parseBounds reads west,south,east,north.
func parseBounds(text string) (b layers.Bounds, err error) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 {
		return b, fmt.Errorf("bounds %q: want west,south,east,north in degrees", text)
	}
	for i, part := range parts {
		if b[i], err = strconv.ParseFloat(part, 64); err != nil {
			return b, fmt.Errorf("bounds %q: %w", text, err)
		}
	}
	return b, nil
}
