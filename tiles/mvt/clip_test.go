package mvt

import (
	"math"
	"math/rand/v2"
	"testing"
)

// star is a ring without crossings around a middle: its corners go round at random distances.
func star(r *rand.Rand, x, y, size float64) []point {
	n := 3 + r.IntN(30)
	ring := make([]point, n)
	for i := range ring {
		a := 2 * math.Pi * (float64(i) + r.Float64()*0.9) / float64(n)
		d := size * (0.1 + 0.9*r.Float64())
		ring[i] = point{x + d*math.Cos(a), y + d*math.Sin(a)}
	}
	return ring
}

func area(rs *rings) (sum float64) {
	for i := range rs.ends {
		a := math.Abs(signedArea(rs.ring(i)))
		if !rs.outer[i] {
			a = -a
		}
		sum += a
	}
	return sum
}

// Clipping keeps exactly the area in the box, as proper parts and not as parts that hang together by the box's edge.
func TestClipKeepsTheAreaInTheBox(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	c := box{0, 0, 100, 100}
	var k linker
	plain, parts := 0, 0
	for range 20_000 {
		var in, out, want rings
		x, y, size := r.Float64()*140-20, r.Float64()*140-20, 5+r.Float64()*150
		in.add(star(r, x, y, size), true)
		if r.IntN(2) == 0 {
			in.add(star(r, x, y, size*0.1), false)
		}
		k.clip(c, &in, &out)
		k.plain(&in, &want)
		if got, want := area(&out), area(&want); math.Abs(got-want) > 1e-6*want+1e-3 {
			t.Fatalf("area %v, want %v of %v", got, want, in)
		}
		for i := range out.ends {
			for _, p := range out.ring(i) {
				if !c.contains(box{p.x, p.y, p.x, p.y}) {
					t.Fatalf("%v lies outside the box", p)
				}
			}
			if out.outer[i] && signedArea(out.ring(i)) < 0 {
				plain++
			}
		}
		if len(out.ends) > 2 {
			parts++
		}
	}
	if parts < 100 {
		t.Errorf("only %d polygons came apart: the test does not test", parts)
	}
	if plain > 20 {
		t.Errorf("%d polygons were clipped the plain way", plain)
	}
}

func TestClipFindsTheBoxInsideAPolygon(t *testing.T) {
	t.Parallel()
	var in, out rings
	in.add([]point{{-10, -10}, {200, -10}, {200, 200}, {-10, 200}}, true)
	in.add([]point{{40, 40}, {40, 60}, {60, 60}, {60, 40}}, false)
	in.add([]point{{90, 90}, {90, 150}, {150, 150}, {150, 90}}, false) // cut by the corner
	var k linker
	k.clip(box{0, 0, 100, 100}, &in, &out)
	if got := area(&out); got != 10000-400-100 {
		t.Errorf("area %v", got)
	}
	if len(out.ends) != 2 {
		t.Errorf("%d rings, want the outer one and one hole: %v", len(out.ends), out)
	}
}

func FuzzAdd(f *testing.F) {
	f.Add([]byte{1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{1, 3, 0, 0, 0x20, 0x11, 0xf, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0})
	f.Fuzz(func(t *testing.T, wkb []byte) {
		l := NewLayer("x", Grid{Side: 4096, North: 4096, Extent: 4096, Buffer: 64}, []string{"note"})
		defer l.Release()
		for id := range int64(4) {
			l.Text(0, wkb)
			_, _ = l.Add(3-id, wkb)
		}
		l.AppendTo(nil)
		for {
			step, ok := l.Step(0.9)
			if !ok {
				return
			}
			l.Thin(step)
			l.AppendTo(nil)
		}
	})
}
