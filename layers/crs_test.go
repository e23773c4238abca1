package layers_test

import (
	"math"
	"testing"

	"onemap/layers"
)

// The vectors are PROJ's (EPSG:4490 → EPSG:4548).
func TestGaussKruger(t *testing.T) {
	t.Parallel()
	for _, v := range []struct{ lon, lat, x, y float64 }{
		{116.09, 35.80, 417743.2726, 3963733.3661},
		{115.870312, 35.614699, 397647.8534, 3943379.0632},
		{116.365761, 35.981899, 442801.2425, 3983720.2105},
		{117.0, 35.8, 500000.0000, 3963351.2406},
	} {
		x, y := layers.ToGK(v.lon, v.lat)
		if math.Abs(x-v.x) > 1e-4 || math.Abs(y-v.y) > 1e-4 {
			t.Errorf("ToGK(%v, %v) = %.4f, %.4f; want %.4f, %.4f", v.lon, v.lat, x, y, v.x, v.y)
		}
		lon, lat := layers.FromGK(x, y)
		if math.Abs(lon-v.lon) > 1e-11 || math.Abs(lat-v.lat) > 1e-11 {
			t.Errorf("FromGK(ToGK(%v, %v)) = %.13f, %.13f", v.lon, v.lat, lon, lat)
		}
	}
}
