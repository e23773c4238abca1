package intake

import (
	"math"
	"strconv"
	"testing"
)

func TestNumbersAreNothingButNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{
		"0": 0, "-12": -12, "12.50": 12.5, ".5": 0.5, "1,234.5": 1234.5, "1,234,567": 1234567, "1e3": 1000, "-1.5E-2": -0.015, "007": 7, "+8": 8,
	} {
		if got, ok, inRange := parseFloat([]byte(text)); !ok || !inRange || got != want {
			t.Errorf("%q: %v, %v, %v, want %v", text, got, ok, inRange, want)
		}
	}
	for _, text := range []string{"", "-", ".", "12.5米", "3亩", "50%", "0x10", "NaN", "Inf", "1,23", "12,3456", "1234,567", "1,234,", "1 000", "1e", "1e+", "--1", "1_000", "1,234e"} {
		if v, ok, _ := parseFloat([]byte(text)); ok {
			t.Errorf("%q is %v, want no number", text, v)
		}
	}
}

func TestWholeNumbersKeepTheirRange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text        string
		want        int64
		ok, inRange bool
	}{
		{"12", 12, true, true}, {"12.0", 12, true, true}, {"12.5", 0, false, true}, {"1,234", 1234, true, true},
		{"9223372036854775807", math.MaxInt64, true, true}, {"9223372036854775808", 0, true, false},
		{"-9223372036854775808", math.MinInt64, true, true}, {"-9223372036854775809", 0, true, false},
		{"0000000000000000000000001", 1, true, true}, {"99999999999999999999999999", 0, true, false}, {"1e3", 0, false, true}, {"十", 0, false, true},
	} {
		if got, ok, inRange := parseInteger([]byte(c.text)); got != c.want || ok != c.ok || inRange != c.inRange {
			t.Errorf("%q: %d, %v, %v", c.text, got, ok, inRange)
		}
	}
}

func TestExactNumbersFitTheirColumnOrAreTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text             string
		precision, scale int
		want             bool
	}{
		{"123.45", 5, 2, true}, {"1234.5", 5, 2, false}, {"999.994", 5, 2, true}, {"999.995", 5, 2, false}, {"-999.99", 5, 2, true},
		{"12345678901234567890.123456789", 0, 0, true}, {"1e999", 0, 0, true}, {"1e1001", 0, 0, false}, {"1e-999", 5, 2, true},
	} {
		if _, ok, fits := parseNumeric([]byte(c.text), c.precision, c.scale); !ok || fits != c.want {
			t.Errorf("%s in numeric(%d,%d): %v, %v, want %v", c.text, c.precision, c.scale, ok, fits, c.want)
		}
	}
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"1,234.5", "-0", "1e5", "05H1", "9223372036854775808", "１２３", "1,,2", ",1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		readLoose(text)
		parseNumeric(text, 10, 2)
		if v, ok, inRange := parseInteger(text); ok && inRange {
			if again, ok, _ := parseInteger(strconv.AppendInt(nil, v, 10)); !ok || again != v {
				t.Errorf("%q is %d, which reads as %d", text, v, again)
			}
		}
		if v, ok, inRange := parseFloat(text); ok && inRange {
			if again, ok, _ := parseFloat(strconv.AppendFloat(nil, v, 'g', -1, 64)); !ok || again != v {
				t.Errorf("%q is %v, which reads as %v", text, v, again)
			}
		} else if ok {
			return
		}
	})
}
