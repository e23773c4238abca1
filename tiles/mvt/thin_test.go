package mvt

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// made is a layer of these features, in this order.
func made(shapes [][]byte, order []int) *Layer {
	l := NewLayer("parcels", testGrid, []string{"code", "name"})
	for _, i := range order {
		l.Integer(0, int64(i%17))
		l.Text(1, []byte{'a' + byte(i%23)})
		if _, err := l.Add(int64(i), shapes[i]); err != nil {
			panic(err)
		}
	}
	return l
}

// The bytes say nothing of the order in which features came.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	t.Parallel()
	shapes := parcels(300)
	first := made(shapes, count(300)).AppendTo(nil)
	for seed := range uint64(5) {
		order := rand.New(rand.NewPCG(seed, 1)).Perm(300)
		if !bytes.Equal(made(shapes, order).AppendTo(nil), first) {
			t.Fatal("another order gave other bytes")
		}
	}
}

// A thinned layer is the layer of those features that are large enough, however it came to be: nothing is left of others.
func TestThinnedIsTheLayerOfTheLargest(t *testing.T) {
	t.Parallel()
	shapes := parcels(300)
	all := made(shapes, count(300))
	held := all.Count()
	for _, share := range []float64{0.7, 0.4, 0.05} {
		step, ok := all.Step(share)
		if !ok {
			t.Fatalf("no step leaves %v", share)
		}
		thinned := made(shapes, rand.New(rand.NewPCG(7, 8)).Perm(300))
		half := min(step, 3)
		thinned.Thin(half)
		thinned.Thin(step)
		before := thinned.AppendTo(nil)
		largest := slices.DeleteFunc(count(300), func(i int) bool {
			one := made(shapes, []int{i})
			return one.Count() == 0 || int(one.features[0].rank) < step
		})
		if len(largest) == 0 || len(largest) >= held {
			t.Fatalf("step %d keeps %d of %d", step, len(largest), held)
		}
		held = len(largest)
		if !bytes.Equal(before, made(shapes, largest).AppendTo(nil)) {
			t.Errorf("step %d: not the layer of the %d largest", step, len(largest))
		}
		small := slices.IndexFunc(shapes, func(s []byte) bool {
			return !slices.ContainsFunc(largest, func(i int) bool { return &shapes[i][0] == &s[0] })
		})
		if ok, err := thinned.Add(1000, shapes[small]); ok || err != nil {
			t.Errorf("a small feature that came after thinning: %v, %v", ok, err)
		}
	}
}

// A step leaves no more than is wanted, and the next lower one would have left more.
func TestSteps(t *testing.T) {
	t.Parallel()
	shapes := parcels(500)
	for _, share := range []float64{0.9, 0.5, 0.2, 0.01} {
		l := made(shapes, count(500))
		all := l.weight
		step, _ := l.Step(share)
		below := made(shapes, count(500))
		below.Thin(step - 1)
		l.Thin(step)
		if got, more := float64(l.weight)/float64(all), float64(below.weight)/float64(all); got > share || step > 1 && more <= share {
			t.Errorf("step %d leaves %.2f, the one below %.2f; want %.2f", step, got, more, share)
		}
	}
}

// The same polygon has the same rank in every tile it is in, whatever of it the tile shows; one of twice the size is as
// large a zoom further out.
func TestRanksAreOfTheWholeFeature(t *testing.T) {
	t.Parallel()
	square := square(4000, 1000, 300)
	rank := func(g Grid) uint8 {
		l := NewLayer("parcels", g, nil)
		if ok, err := l.Add(1, square); !ok || err != nil {
			t.Fatal(ok, err)
		}
		return l.features[0].rank / halves
	}
	east := testGrid
	east.West = 4096
	if a, b := rank(testGrid), rank(east); a != b {
		t.Errorf("rank %d here and %d in the next tile", a, b)
	}
	up := testGrid
	up.Side, up.North = 8192, 8192
	if a, b := rank(testGrid), rank(up); a != b+2 {
		t.Errorf("rank %d, and %d a zoom above; want a quarter of the area", a, b)
	}
}

// A layer that is too heavy while it is read is the same in the end whatever came first.
func TestHeavyLayers(t *testing.T) {
	t.Parallel()
	shapes := parcels(2000)
	text := bytes.Repeat([]byte("heavy"), 2000)
	heavy := func(order []int) *Layer {
		l := NewLayer("parcels", testGrid, []string{"note"})
		for _, i := range order {
			l.Text(0, binary.AppendUvarint(text, uint64(i)))
			if _, err := l.Add(int64(i), shapes[i]); err != nil {
				t.Fatal(err)
			}
		}
		return l
	}
	first := heavy(count(2000))
	if first.weight > mostWeight || first.weight < mostWeight/2 {
		t.Fatalf("%d bytes at step %d", first.weight, first.floor)
	}
	second := heavy(rand.New(rand.NewPCG(5, 5)).Perm(2000))
	if !bytes.Equal(first.AppendTo(nil), second.AppendTo(nil)) {
		t.Error("another order gave other bytes")
	}
}

// Features of one size go by halves, and never all of them.
func TestEqualFeatures(t *testing.T) {
	t.Parallel()
	l := NewLayer("squares", testGrid, nil)
	for i := range 4096 {
		if _, err := l.Add(int64(i), square(float64(i%64)*64, float64(i/64)*64, 64)); err != nil {
			t.Fatal(err)
		}
	}
	for want := 2048; want >= 64; want /= 2 {
		step, ok := l.Step(0.7)
		if l.Thin(step); !ok || l.Count() < want*8/10 || l.Count() > want*12/10 {
			t.Fatalf("step %d, %v: %d squares; want about %d", step, ok, l.Count(), want)
		}
	}
	if step, ok := l.Step(0); ok {
		t.Errorf("step %d leaves nothing", step)
	}
}

// Labels stay with what they name.
func TestAmong(t *testing.T) {
	t.Parallel()
	shapes := parcels(100)
	l := made(shapes, count(100))
	step, _ := l.Step(0.5)
	l.Thin(step)
	labels := NewLayer("labels", testGrid, nil)
	for i := range 100 {
		if _, err := labels.Add(int64(i), point1(float64(i), 100)); err != nil {
			t.Fatal(err)
		}
	}
	labels.Among(l)
	ids := func(l *Layer) (ids []int64) {
		for _, f := range l.features {
			ids = append(ids, f.id)
		}
		return ids
	}
	if !slices.Equal(ids(labels), ids(l)) || l.Count() == 0 {
		t.Errorf("labels of %v; the features are %v", ids(labels), ids(l))
	}
}

func count(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

func point1(x, y float64) []byte {
	return appendPoints(binary.LittleEndian.AppendUint32([]byte{1}, 1), []point{{x, y}})
}

func square(x, y, side float64) []byte {
	b := binary.LittleEndian.AppendUint32([]byte{1}, 3)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, 5)
	return appendPoints(b, []point{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}})
}

func appendPoints(b []byte, points []point) []byte {
	for _, p := range points {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.x))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.y))
	}
	return b
}
