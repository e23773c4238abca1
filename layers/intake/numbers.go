package intake

import (
	"bytes"
	"math"
	"math/big"
	"strconv"

	"github.com/jackc/pgx/v5/pgtype"
)

// numeral is how a number is written.
type numeral struct {
	whole    int  // digits before the point
	decimals int  // digits after it
	digits   int  // significant digits: without leading zeros
	zero     bool // a 0 leads other digits before the point
	plus     bool
	grouped  bool // 1,234
	fraction bool // a digit after the point is not 0
	exponent bool
	signed   bool // the exponent has a sign
	power    int  // the exponent
}

// scanNumeral looks at a decimal number: a sign, digits, maybe in groups of three, a point, an exponent. Nothing else
// is one: no unit, no percent, no hexadecimal, no NaN.
func scanNumeral(s []byte) (n numeral, ok bool) {
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		n.plus = s[i] == '+'
		i++
	}
	start, group := i, -1
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n.whole++
			if n.digits > 0 || c != '0' {
				n.digits++
			}
			continue
		case c == ',' && (group < 0 && n.whole >= 1 && n.whole <= 3 || group >= 0 && i-group == 4):
			n.grouped, group = true, i
			continue
		}
		break
	}
	if n.grouped && i-group != 4 {
		return n, false
	}
	n.zero = n.whole > 1 && s[start] == '0'
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			n.decimals++
			n.fraction = n.fraction || s[i] != '0'
			if n.digits > 0 || s[i] != '0' {
				n.digits++
			}
		}
	}
	if n.whole+n.decimals == 0 {
		return n, false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		return n, n.scanExponent(s[i+1:])
	}
	return n, i == len(s)
}

func (n *numeral) scanExponent(s []byte) bool {
	negative := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		n.signed, negative = true, s[0] == '-'
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 4 {
		return false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
		n.power = n.power*10 + int(c-'0')
	}
	if negative {
		n.power = -n.power
	}
	n.exponent = true
	return true
}

// parseInteger reads a whole number; 12.0 is one. inRange is false for one of more than 64 bits.
func parseInteger(s []byte) (v int64, ok, inRange bool) {
	n, ok := scanNumeral(s)
	if !ok || n.fraction || n.exponent {
		return 0, false, true
	}
	if n.digits-n.decimals > 19 {
		return 0, true, false
	}
	negative := s[0] == '-'
	var u uint64
	for _, c := range s {
		if c == '.' {
			break
		}
		if c >= '0' && c <= '9' {
			if u > (math.MaxUint64-9)/10 {
				return 0, true, false
			}
			u = u*10 + uint64(c-'0')
		}
	}
	switch {
	case negative && u <= -math.MinInt64:
		return -int64(u), true, true
	case !negative && u <= math.MaxInt64:
		return int64(u), true, true
	}
	return 0, true, false
}

// parseFloat reads a number. inRange is false for one beyond what a float64 holds.
func parseFloat(s []byte) (v float64, ok, inRange bool) {
	n, ok := scanNumeral(s)
	if !ok {
		return 0, false, true
	}
	if n.grouped {
		s = bytes.ReplaceAll(s, []byte{','}, nil)
	}
	v, err := strconv.ParseFloat(string(s), 64)
	return v, true, err == nil
}

// maxNumericDigits is how long an exact number may be; PostgreSQL would take 131,072.
const maxNumericDigits = 1000

// parseNumeric reads a number exactly. precision and scale are those of numeric(precision, scale); 0 = any.
func parseNumeric(s []byte, precision, scale int) (v pgtype.Numeric, ok, inRange bool) {
	n, ok := scanNumeral(s)
	if !ok {
		return v, false, true
	}
	if n.whole+n.decimals > maxNumericDigits || n.power > maxNumericDigits || n.power < -maxNumericDigits {
		return v, true, false
	}
	digits := make([]byte, 0, len(s))
	for _, c := range s {
		if c == 'e' || c == 'E' {
			break
		}
		if c == '-' || c >= '0' && c <= '9' {
			digits = append(digits, c)
		}
	}
	value, ok := new(big.Int).SetString(string(digits), 10)
	if !ok {
		return v, false, true
	}
	v = pgtype.Numeric{Int: value, Exp: int32(n.power - n.decimals), Valid: true}
	return v, true, precision == 0 || fitsNumeric(value, n.power-n.decimals, precision, scale)
}

// fitsNumeric tells whether value × 10^exp, rounded to scale decimals, has at most precision digits.
func fitsNumeric(value *big.Int, exp, precision, scale int) bool {
	ten := big.NewInt(10)
	limit := new(big.Rat).SetInt(new(big.Int).Exp(ten, big.NewInt(int64(precision)), nil))
	limit.Sub(limit, big.NewRat(1, 2)) // what rounds up to one digit more; in units of the last decimal
	size := new(big.Rat).SetInt(new(big.Int).Abs(value))
	power := new(big.Rat).SetInt(new(big.Int).Exp(ten, big.NewInt(int64(abs(exp+scale))), nil))
	if exp+scale < 0 {
		power.Inv(power)
	}
	return size.Mul(size, power).Cmp(limit) < 0
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
