package pmtiles_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"onemap/tiles/pmtiles"
)

// The numbers of the specification's own tests.
func TestID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		z, x, y int
		id      uint64
	}{{0, 0, 0, 0}, {1, 0, 0, 1}, {1, 0, 1, 2}, {1, 1, 1, 3}, {1, 1, 0, 4}, {2, 0, 0, 5}, {2, 1, 3, 11}, {3, 3, 0, 26}, {20, 0, 0, 366503875925}, {12, 3423, 1763, 19078479}} {
		if got := pmtiles.ID(c.z, c.x, c.y); got != c.id {
			t.Errorf("%d/%d/%d is %d, want %d", c.z, c.x, c.y, got, c.id)
		}
	}
	seen := map[uint64]bool{}
	for z := range 7 {
		for x := range 1 << z {
			for y := range 1 << z {
				id := pmtiles.ID(z, x, y)
				if az, ax, ay := pmtiles.Address(id); az != z || ax != x || ay != y || seen[id] {
					t.Fatalf("%d/%d/%d is %d, which is %d/%d/%d", z, x, y, id, az, ax, ay)
				}
				seen[id] = true
			}
		}
	}
}

// What is written is read: few tiles, and so many that directories have leaves; runs of equal ones; none where none are.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 50, 60_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.pmtiles")
			file, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			w, err := pmtiles.NewWriter(file)
			if err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(1, uint64(n)))
			tiles := map[uint64][]byte{}
			for len(tiles) < n {
				z := 8 + r.IntN(4)
				tiles[pmtiles.ID(z, r.IntN(1<<z), r.IntN(1<<z))] = fmt.Appendf(nil, "body %d", r.IntN(n/2+1))
			}
			ids := make([]uint64, 0, n)
			for id := range tiles {
				ids = append(ids, id)
			}
			slices.Sort(ids)
			for _, id := range ids {
				z, x, y := pmtiles.Address(id)
				if err := w.Add(z, x, y, tiles[id]); err != nil {
					t.Fatal(err)
				}
			}
			if z, x, y := pmtiles.Address(ids[0]); w.Add(z, x, y, []byte("again")) == nil {
				t.Error("a tile out of order is taken")
			}
			if err := w.Close(pmtiles.Header{MinZoom: 8, MaxZoom: 11, West: 115.9, South: 35.6, East: 116.4, North: 36}, map[string]any{"name": "梁山"}); err != nil {
				t.Fatal(err)
			}
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
			if file, err = os.Open(path); err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			info, err := file.Stat()
			if err != nil {
				t.Fatal(err)
			}
			archive, err := pmtiles.NewReader(file, info.Size())
			if err != nil {
				t.Fatal(err)
			}
			if archive.MinZoom != 8 || archive.East != 116.4 || archive.Metadata["name"] != "梁山" || archive.Addressed != uint64(n) || !archive.Zipped() {
				t.Errorf("%+v", archive.Header)
			}
			for _, id := range ids {
				z, x, y := pmtiles.Address(id)
				if got, err := archive.Tile(z, x, y); err != nil || !bytes.Equal(got, tiles[id]) {
					t.Fatalf("%d/%d/%d is %q, %v; want %q", z, x, y, got, err, tiles[id])
				}
				if z, x, y := pmtiles.Address(id + 1); tiles[id+1] == nil {
					if got, err := archive.Tile(z, x, y); err != nil || got != nil {
						t.Fatalf("%d/%d/%d is %q, %v", z, x, y, got, err)
					}
				}
			}
		})
	}
}

// What the library of the format's authors for Python (pmtiles 3.8) has written: tiles compressed and not. Each has one layer
// of one point, whose id tells which tile it is.
func TestArchivesOfOthers(t *testing.T) {
	t.Parallel()
	for name, zipped := range map[string]bool{"python-gzip": true, "python-plain": false} {
		raw, err := os.ReadFile(filepath.Join("testdata", name+".pmtiles"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := pmtiles.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		if r.Zipped() != zipped || r.Metadata["name"] != "python" || r.MaxZoom != 4 || r.West != -180 {
			t.Errorf("%s: %+v", name, r.Header)
		}
		n := 0
		for id := range r.IDs() {
			z, x, y := pmtiles.Address(id)
			body, err := r.Tile(z, x, y)
			if err != nil {
				t.Fatal(err)
			}
			if zipped {
				u, err := gzip.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if body, err = io.ReadAll(u); err != nil {
					t.Fatal(err)
				}
			}
			if want := byte(id%100 + 1); len(body) < 9 || body[8] != want {
				t.Errorf("%s: %d/%d/%d is % x", name, z, x, y, body)
			}
			n++
		}
		if n != 1+4+16+64+256 {
			t.Errorf("%s: %d tiles", name, n)
		}
	}
}

// Whatever a file says, reading it ends in an answer or an error.
func FuzzReader(f *testing.F) {
	path := filepath.Join(f.TempDir(), "a.pmtiles")
	file, err := os.Create(path)
	if err != nil {
		f.Fatal(err)
	}
	w, err := pmtiles.NewWriter(file)
	if err != nil {
		f.Fatal(err)
	}
	if err := w.Add(0, 0, 0, []byte("x")); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(pmtiles.Header{}, nil); err != nil {
		f.Fatal(err)
	}
	file.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole[:300], whole[16384:])
	f.Fuzz(func(t *testing.T, head, rest []byte) {
		b := append(append(head, make([]byte, max(0, 16384-len(head)))...), rest...)
		r, err := pmtiles.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		_, _ = r.Tile(0, 0, 0) // nothing but that it returns
		_, _ = r.Tile(14, 13475, 6445)
	})
}
