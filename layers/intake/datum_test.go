package intake

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The vectors are those of domain.md 2.5.
func TestDatumShift(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		datum    Datum
		lon, lat float64
	}{
		{GCJ02, 116.095843325, 35.800129028},
		{BD09, 116.102464677, 35.805794041},
	} {
		lon, lat := v.datum.shift(116.09, 35.80)
		if math.Abs(lon-v.lon) > 1e-9 || math.Abs(lat-v.lat) > 1e-9 {
			t.Errorf("%s of 116.09, 35.80 = %.9f, %.9f; want %v, %v", v.datum, lon, lat, v.lon, v.lat)
		}
		if lon, lat = v.datum.unshift(v.lon, v.lat); math.Abs(lon-116.09) > 2e-9 || math.Abs(lat-35.80) > 2e-9 {
			t.Errorf("%s taken back = %.10f, %.10f", v.datum, lon, lat)
		}
	}
}

func TestDatumUnshiftIsExact(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		lon, lat := 75+59*rng.Float64(), 5+47*rng.Float64()
		for _, d := range []Datum{GCJ02, BD09} {
			x, y := d.unshift(d.shift(lon, lat))
			if math.Abs(x-lon) > 1e-10 || math.Abs(y-lat) > 1e-10 {
				t.Fatalf("%s there and back moves %v, %v by %g, %g", d, lon, lat, x-lon, y-lat)
			}
		}
	}
	for _, p := range [][2]float64{{2.35, 48.85}, {-70, -33}, {140, 36}, {math.NaN(), 1}, {math.Inf(1), 0}} {
		for _, d := range []Datum{GCJ02, BD09, ""} {
			if x, y := d.unshift(p[0], p[1]); math.Float64bits(x) != math.Float64bits(p[0]) || math.Float64bits(y) != math.Float64bits(p[1]) {
				t.Errorf("%s moves %v, which is not in China", d, p)
			}
		}
	}
}
