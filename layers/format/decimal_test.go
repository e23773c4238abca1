package format_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"onemap/layers/format"
)

// Coordinates are the nearest decimals there are, as strconv finds them, whatever their size.
func TestDecimalsOfCoordinates(t *testing.T) {
	t.Parallel()
	written := func(v float64, decimals int) string {
		text := string(format.AppendGeometry(nil, geom.NewPointFlat(geom.XY, []float64{v, 0}), format.Coordinates{Decimals: decimals}))
		return strings.TrimSuffix(strings.TrimPrefix(text, `{"type":"Point","coordinates":[`), ",0]}")
	}
	for v, want := range map[float64]string{
		0: "0", -0.0000000001: "0", 1: "1", -1.5: "-1.5", 116.09: "116.09", 0.000000001: "0.000000001", 0.0000000005: "0.000000001", 35.100000000: "35.1", -179.999999999: "-179.999999999",
		179.9999999996: "180", 1e15: "1000000000000000", -123456789012.5: "-123456789012.5", 1e300: strconv.FormatFloat(1e300, 'f', 0, 64),
	} {
		if got := written(v, 9); got != want {
			t.Errorf("%v is %s, want %s", v, got, want)
		}
	}
	for range 100_000 {
		v, decimals := (rand.Float64()-0.5)*360, 9
		if rand.IntN(2) == 0 {
			v, decimals = (rand.Float64()-0.5)*2e7, 4
		}
		got, err := strconv.ParseFloat(written(v, decimals), 64)
		if err != nil || math.Abs(got-v) > 0.5001*math.Pow10(-decimals) {
			t.Fatalf("%v is %v to %d decimals", v, got, decimals)
		}
	}
}
