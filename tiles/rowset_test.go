package tiles_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"onemap/layers"
	"onemap/tiles"
)

// counted is tiles that keep rows, and how many were drawn from rows that were kept.
func counted(f *field, bytes int64) (drawn *tiles.Tiles, kept *atomic.Int64) {
	kept = &atomic.Int64{}
	drawn = tiles.New(f.pool, f.store, tiles.Options{Bytes: bytes, Observe: func(stage tiles.Stage, _ time.Duration) {
		if stage == tiles.StageKept {
			kept.Add(1)
		}
	}})
	f.follow(drawn.Follow)
	f.until(func() bool {
		position, _ := drawn.Freshness()
		now, _ := f.tiles.Freshness()
		return position > 0 && position >= now
	})
	return drawn, kept
}

// A tile that is drawn from the rows of one above it has the bytes that it has when its own rows are asked for: of people's
// files and of odd ones, as far below as rows are used.
func TestRowsOfATileAboveDrawTheSame(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	f := &field{T: t, pool: g.pool, store: g.store, tiles: g.drawn}
	drawn, kept := counted(f, 4<<20)
	r := rand.New(rand.NewPCG(7, 7))
	for _, name := range g.names {
		for range 6 {
			x, y := g.place(name, r)
			for z := 6 + r.IntN(10); z <= tiles.MaxZoom; z += 1 + r.IntN(3) {
				tile := tileAt(x, y, z)
				want, err := g.drawn.Body(t.Context(), layers.Anonymous, []string{name}, tile)
				if err != nil {
					t.Fatal(err)
				}
				got, err := drawn.Body(t.Context(), layers.Anonymous, []string{name}, tile)
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s %s: %d bytes from kept rows, %d from its own, %v", name, tile, len(got), len(want), err)
				}
			}
		}
	}
	if kept.Load() < 30 {
		t.Errorf("%d tiles were drawn from rows that were kept", kept.Load())
	}
}

// Rows are used for a tile as long as nothing has touched it since they were read; a tile beside it is still drawn from them.
func TestRowsAreUsedWhileTheyAreTrue(t *testing.T) {
	t.Parallel()
	f := newField(t, 20000)
	drawn, kept := counted(f, 64<<20)
	above := tileAt(116.1, 35.8, 12)
	if _, s, err := find(t.Context(), drawn, above, 0); err != nil || len(s) < 50 {
		t.Fatalf("%d features, %v", len(s), err)
	}
	below := func(x, y int) tiles.Tile { return tiles.Tile{Z: 16, X: above.X<<4 + x, Y: above.Y<<4 + y} }
	look := func(tile tiles.Tile) (stamps map[int64]int64, fromKept bool) {
		t.Helper()
		before := kept.Load()
		_, stamps, err := find(t.Context(), drawn, tile, 0)
		if err != nil {
			t.Fatal(err)
		}
		return stamps, kept.Load() > before
	}
	stamps, fromKept := look(below(2, 2))
	if !fromKept || len(stamps) == 0 {
		t.Fatalf("%d features, from kept rows: %t", len(stamps), fromKept)
	}
	for id := range stamps {
		f.exec("update layer.field set stamp = 7 where fid = $1", id)
		f.until(func() bool { s, _ := look(below(2, 2)); return s[id] == 7 })
		if stamps, fromKept = look(below(6, 6)); !fromKept || len(stamps) == 0 {
			t.Errorf("a tile that was not touched: %d features, from kept rows: %t", len(stamps), fromKept)
		}
		deeper := below(2, 2)
		deeper = tiles.Tile{Z: 17, X: 2 * deeper.X, Y: 2 * deeper.Y}
		look(above)
		if stamps, fromKept = look(deeper); !fromKept {
			t.Errorf("below a tile that was drawn anew its rows are not used: %v", stamps)
		}
		break
	}
	f.exec("insert into layer.field (stamp, geom) values (9, st_multi(st_expand(st_transform(st_centroid(st_tileenvelope(16, $1, $2)), 4490), 0.0001)))", below(4, 4).X, below(4, 4).Y)
	f.until(func() bool {
		s, _ := look(below(4, 4))
		for _, stamp := range s {
			if stamp == 9 {
				return true
			}
		}
		return false
	})
	f.exec("truncate layer.field")
	f.until(func() bool { s, _ := look(below(6, 6)); return len(s) == 0 })
}

// What rows take is bounded: the last used stay.
func TestRowsAreBounded(t *testing.T) {
	t.Parallel()
	f := newField(t, 20000)
	drawn, kept := counted(f, 1<<20)
	from := tileAt(west, north, 15)
	first := tiles.Tile{Z: 16, X: 2 * from.X, Y: 2 * from.Y}
	for x := range 30 {
		for y := range 30 {
			if _, _, err := find(context.Background(), drawn, tiles.Tile{Z: 15, X: from.X + x, Y: from.Y + y}, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	before := kept.Load()
	if _, _, err := find(t.Context(), drawn, first, 0); err != nil || kept.Load() != before {
		t.Errorf("rows of the first of 900 tiles are still there, %v", err)
	}
	last := tiles.Tile{Z: 16, X: 2 * (from.X + 29), Y: 2 * (from.Y + 29)}
	if _, _, err := find(t.Context(), drawn, last, 0); err != nil || kept.Load() == before {
		t.Errorf("rows of the last are not, %v", err)
	}
}
