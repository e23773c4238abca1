package format

import (
	"bytes"
	"math"
	"strconv"
)

// appendDecimal writes v with at most so many decimals and no zeros at the end. Coordinates go by whole numbers: strconv
// takes a hundred times the steps for a fixed number of decimals, and its digits differ, if at all, by one in the last place.
func appendDecimal(b []byte, v float64, decimals int) []byte {
	if scale := math.Pow10(decimals); math.Abs(v)*scale < 1e15 {
		return appendScaled(b, v < 0, uint64(math.Abs(v)*scale+0.5), uint64(scale), decimals)
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	start := len(b)
	b = strconv.AppendFloat(b, v, 'f', decimals, 64)
	if decimals > 0 {
		b = bytes.TrimRight(b, "0")
		b = bytes.TrimSuffix(b, []byte("."))
	}
	if string(b[start:]) == "-0" {
		b = append(b[:start], '0')
	}
	return b
}

// appendScaled writes n / scale, which is ten to the power of decimals.
func appendScaled(b []byte, negative bool, n, scale uint64, decimals int) []byte {
	if negative && n > 0 {
		b = append(b, '-')
	}
	whole := n / scale
	b = strconv.AppendUint(b, whole, 10)
	rest := n - whole*scale
	if rest == 0 {
		return b
	}
	var digits [20]byte // from the right, which divides by ten only
	end := decimals
	for i := decimals - 1; i >= 0; i-- {
		digits[i] = byte('0' + rest%10)
		if rest /= 10; end == i+1 && digits[i] == '0' {
			end = i
		}
	}
	return append(append(b, '.'), digits[:end]...)
}
