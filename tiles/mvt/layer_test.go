package mvt

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Each distinct value has one place, whatever came between, and a layer that has another one's memory knows nothing of it.
func TestValuesHaveOnePlace(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	var v values
	for range 3 {
		v.reset()
		places := map[string]uint32{}
		for range 20_000 {
			value := fmt.Sprint(r.IntN(7000))
			place := v.place([]byte(value))
			if want, ok := places[value]; ok && place != want || string(v.at(place)) != value {
				t.Fatalf("%s is at %d, which is %s; want %d", value, place, v.at(place), want)
			}
			places[value] = place
		}
		if len(v.spans) != len(places) {
			t.Fatalf("%d values have %d places", len(places), len(v.spans))
		}
	}
}

func TestLayersThatShareMemoryAreTheSame(t *testing.T) {
	t.Parallel()
	shapes := parcels(200)
	first := encoded(shapes)
	encoded(parcels(900))
	if again := encoded(shapes); string(again) != string(first) {
		t.Error("the same features gave other bytes")
	}
}

// parcels are polygons as (E)WKB, all over the tile of testGrid and over its edge.
func parcels(n int) (shapes [][]byte) {
	r := rand.New(rand.NewPCG(5, uint64(n)))
	for range n {
		b := binary.LittleEndian.AppendUint32([]byte{1}, 3)
		b = binary.LittleEndian.AppendUint32(b, 1)
		ring := star(r, r.Float64()*4096, r.Float64()*4096, 10+r.Float64()*100)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(ring)+1))
		for _, p := range append(ring, ring[0]) {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.x))
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.y))
		}
		shapes = append(shapes, b)
	}
	return shapes
}

var testGrid = Grid{Side: 4096, North: 4096, Extent: 4096, Buffer: 64}

func encoded(shapes [][]byte) []byte {
	l := NewLayer("parcels", testGrid, []string{"code", "owner", "area"})
	defer l.Release()
	for i, wkb := range shapes {
		l.Text(0, []byte(fmt.Sprintf("%04d", i%40)))
		l.Text(1, []byte("农村集体经济组织"))
		l.Number(2, float64(i)+0.5)
		if _, err := l.Add(int64(i), wkb); err != nil {
			panic(err)
		}
	}
	return l.AppendTo(nil)
}

func BenchmarkLayer(b *testing.B) {
	shapes := parcels(1500)
	b.ReportAllocs()
	for b.Loop() {
		encoded(shapes)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(shapes)), "ns/feature")
}
