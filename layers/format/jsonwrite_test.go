package format_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"onemap/layers"
	"onemap/layers/format"
)

// asWritten is how a value is written as a property.
func asWritten(v any) string {
	l := &layers.Layer{Properties: []layers.Property{{Name: "v"}}}
	text := string(format.AppendProperties(nil, l, layers.Feature{Properties: []any{v}}))
	return strings.TrimSuffix(strings.TrimPrefix(text, `{"v":`), "}")
}

// asEncoded is how encoding/json writes it.
func asEncoded(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Text is written as encoding/json writes it, whatever is in it.
func TestTextIsWrittenAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	parts := []string{"", "a", "梁山县", "\x00", "\x1f", "\x7f", "\b", "\f", "\n", "\r", "\t", `"`, `\`, "<b>&", "\u2028", "\u2029", "\u2027", "😀", "\ufffd", "\uffff", "\u3000", "\u9fff", "é",
		"\xff", "\xc1\xba", "\xe4", "\xe4\xb8", "\xe4\x41\x80", "\xed\xa0\x80", "\xe0\x80\x80", "\xf5\x80\x80\x80", "\xf0\x9f\x98", "㐀", "￥", "가", "\xe3\x80", "\xe9\xbf\xc0"}
	for c := range 256 {
		parts = append(parts, string([]byte{byte(c)}), string(rune(c)))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 50_000 {
		var text strings.Builder
		for range 1 + r.IntN(6) {
			if part := parts[r.IntN(len(parts))]; i < len(parts) {
				text.WriteString(parts[i])
			} else {
				text.WriteString(part)
			}
		}
		if got, want := asWritten(text.String()), asEncoded(t, text.String()); got != want {
			t.Fatalf("%q is %s, want %s", text.String(), got, want)
		}
	}
}

// Numbers are written so that they are read back to the last bit; what JSON has no word for is null.
func TestNumbersAreWrittenToTheLastBit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    any
		want string
	}{
		{math.NaN(), "null"}, {math.Inf(1), "null"}, {math.Inf(-1), "null"}, {0.0, "0"}, {math.Copysign(0, -1), "-0"}, {1e300, "1e+300"}, {-1e300, "-1e+300"},
		{0.1, "0.1"}, {1e20, "100000000000000000000"}, {1e21, "1e+21"}, {int64(math.MaxInt64), "9223372036854775807"}, {int64(math.MinInt64), "-9223372036854775808"},
		{int64(0), "0"}, {json.Number("1.50"), "1.50"}, {true, "true"}, {false, "false"}, {nil, "null"},
	} {
		if got := asWritten(c.v); got != c.want {
			t.Errorf("%v is %s, want %s", c.v, got, c.want)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		v := math.Float64frombits(r.Uint64())
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		got, err := strconv.ParseFloat(asWritten(v), 64)
		if err != nil || math.Float64bits(got) != math.Float64bits(v) || !json.Valid([]byte(asWritten(v))) {
			t.Fatalf("%v is %s", v, asWritten(v))
		}
		if n := int64(r.Uint64() >> r.IntN(64)); asWritten(n) != strconv.FormatInt(n, 10) {
			t.Fatalf("%d is %s", n, asWritten(n))
		}
	}
}

// reference writes decimals step by step, as they were once written.
func reference(v float64, decimals int) string {
	scale := math.Pow10(decimals)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "null"
	}
	if math.Abs(v)*scale >= 1e15 {
		text := strconv.FormatFloat(v, 'f', decimals, 64)
		if decimals > 0 {
			text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
		}
		return text
	}
	n := uint64(math.Abs(v)*scale + 0.5)
	text := strconv.FormatUint(n/uint64(scale), 10)
	if rest := n % uint64(scale); rest > 0 {
		digits := strconv.FormatUint(rest, 10)
		text += "." + strings.TrimRight(strings.Repeat("0", decimals-len(digits))+digits, "0")
	}
	if v < 0 && n > 0 {
		text = "-" + text
	}
	return text
}

func TestCoordinatesAreWrittenDigitByDigit(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 200_000 {
		v := []float64{(r.Float64() - 0.5) * 360, (r.Float64() - 0.5) * 4e7, float64(r.IntN(1000)) / 100, (r.Float64() - 0.5) * 1e-8, (r.Float64() - 0.5) * math.Pow10(r.IntN(30)),
			math.Float64frombits(r.Uint64())}[i%6]
		decimals := []int{0, 1, 4, 7, 9, 12}[r.IntN(6)]
		text := string(format.AppendGeometry(nil, geom.NewPointFlat(geom.XY, []float64{v, 0}), format.Coordinates{Decimals: decimals}))
		if want := `{"type":"Point","coordinates":[` + reference(v, decimals) + `,0]}`; text != want && v != 0 {
			t.Fatalf("%v to %d decimals is %s, want %s", v, decimals, text, want)
		}
	}
}

// Writing a feature takes no memory of its own.
func TestWritingTakesNoMemory(t *testing.T) {
	f := layers.Feature{ID: "1", Geometry: geom.NewMultiPolygonFlat(geom.XY, []float64{116, 35, 116.1, 35.2, 116.1, 35, 116, 35}, [][]int{{8}}), Properties: []any{"0102", "水浇地", 1234.5, int64(2026), nil, true}}
	l := &layers.Layer{Properties: []layers.Property{{Name: "dlbm"}, {Name: "dlmc"}, {Name: "tbmj"}, {Name: "sjnf"}, {Name: "bz"}, {Name: "sfyx"}}}
	buf := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() { buf = format.AppendGeoJSON(buf[:0], l, f, format.Degrees) }); n > 0 {
		t.Errorf("%v pieces of memory, want none", n)
	}
}
