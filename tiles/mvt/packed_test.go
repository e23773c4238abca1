package mvt

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

// What is packed is drawn as what it was packed from, by any grid of its quantum.
func FuzzPack(f *testing.F) {
	square := orb.Ring{{1e6, 4e6}, {1e6 + 40.123456, 4e6}, {1e6 + 40, 4e6 + 33.3}, {1e6, 4e6 + 30}, {1e6, 4e6}}
	hole := orb.Ring{{1e6 + 9, 4e6 + 9}, {1e6 + 9, 4e6 + 12}, {1e6 + 12.7, 4e6 + 12}, {1e6 + 9, 4e6 + 9}}
	for _, g := range []orb.Geometry{
		orb.Point{1e6, 4e6}, orb.Point{-2e7, 2e7}, orb.Point{math.NaN(), 1}, orb.Point{1e300, 0},
		orb.LineString(square), orb.Polygon{square, hole}, orb.MultiPolygon{{square}, {hole}}, orb.MultiPoint{{1e6, 4e6}, {1e6 + 5, 4e6}},
		orb.Collection{orb.Point{1e6, 4e6}, orb.Collection{orb.Polygon{square}}}, orb.Polygon{}, orb.LineString{},
	} {
		b, err := wkb.Marshal(g, binary.LittleEndian)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		if big, err := wkb.Marshal(g, binary.BigEndian); err == nil {
			f.Add(big)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		packed, ok := Pack(nil, b, 1.0/4096)
		if !ok {
			return
		}
		for _, side := range []float64{2446, 40, 4e7} {
			grid := Grid{West: 1e6 - side/3, North: 4e6 + side/2, Side: side, Extent: 4096, Buffer: 64, Quantum: 1.0 / 4096}
			want, got := NewLayer("a", grid, nil), NewLayer("a", grid, nil)
			in, err := want.Add(1, b)
			if err != nil {
				return // it ends before it has said all
			}
			still, err := got.Add(1, packed)
			if err != nil || in != still || !bytes.Equal(got.AppendTo(nil), want.AppendTo(nil)) || got.shape.all != want.shape.all {
				t.Fatalf("%x, packed %x: %v; in the tile %t and %t", b, packed, err, in, still)
			}
		}
	})
}

// Less than half of a parcel's bytes are left.
func TestPackedIsSmall(t *testing.T) {
	t.Parallel()
	ring := orb.Ring{}
	for i := range 9 {
		a := 2 * math.Pi * float64(i) / 8
		ring = append(ring, orb.Point{12923456.789 + 30*math.Cos(a), 4271234.567 + 30*math.Sin(a)})
	}
	b, err := wkb.Marshal(orb.MultiPolygon{{ring}})
	if err != nil {
		t.Fatal(err)
	}
	packed, ok := Pack(nil, b, 1.0/4096)
	if !ok || len(packed) > len(b)/2 {
		t.Errorf("%d of %d bytes, %t", len(packed), len(b), ok)
	}
	if _, ok := Pack(nil, packed, 1.0/4096); ok {
		t.Error("what is packed was packed again")
	}
	for _, broken := range [][]byte{nil, {2}, {2, 1}, {2, 2, 200, 200, 200, 200, 200, 200}, packed[:len(packed)-1], {2, 7, 255, 255, 255, 255, 15, 2, 1}} {
		if _, err := NewLayer("a", Grid{Side: 1, Extent: 4096, Quantum: 1}, nil).Add(1, broken); err == nil {
			t.Errorf("%x is taken for a geometry", broken)
		}
	}
}
