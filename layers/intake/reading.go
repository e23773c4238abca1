package intake

import (
	"bytes"
	"unicode/utf8"
)

// reading is a set of types a text can be read as.
type reading uint8

const (
	asInteger reading = 1 << iota
	asNumber
	asBoolean
	asDate
	asDateTime

	asAnything reading = 1<<iota - 1
)

// oddity is a set of things that are peculiar about how values are written.
type oddity uint32

const (
	leadingZero  oddity = 1 << iota // 0101
	plusSign                        // +86
	manyDigits                      // 16 or more digits, as of ID cards and accounts
	codeExponent                    // 1E5, which may be a code
	shortened                       // 3.70832E+11: a spreadsheet has cut a long number
	grouped                         // 1,234
	plainNumber                     // a number without such groups
	decimals                        // 12.5
	longDecimals                    // more than 17 significant digits
	fullWidth                       // １２
	clockTold                       // a time of day other than midnight
	monthOnly                       // 2021年3月
	ambiguousDay                    // 03/04/2021
	notPhone                        // not 11 digits that begin like those of a mobile phone
	not15Digits                     // not 15 digits, as old ID cards have
	yesLetter                       // Y
	noLetter                        // N
)

// foldSize is the room for a short text with its full-width characters folded; a longer one is only text.
const foldSize = 96

// fold trims a text and writes its full-width characters as ASCII, into buf where there are any.
func fold(text, buf []byte) (folded []byte, changed bool) {
	text = bytes.TrimSpace(text)
	if ascii(text) {
		return text, false
	}
	buf = buf[:0]
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		half := halfRune(r)
		changed = changed || half != r
		buf = utf8.AppendRune(buf, half)
		i += size
	}
	return bytes.TrimSpace(buf), changed
}

func ascii(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// readLoose says what a text without a declared type can be, and what is odd about it. Text that may well be a code
// (a leading zero, a plus sign, more than 15 digits, 1E5) is no number.
func readLoose(text []byte) (reading, oddity) {
	const neither = notPhone | not15Digits
	if len(text) > foldSize {
		return 0, neither
	}
	var room [foldSize]byte
	s, changed := fold(text, room[:])
	if len(s) == 0 {
		return 0, neither
	}
	var odd oddity
	if changed {
		odd = fullWidth
	}
	if n, ok := scanNumeral(s); ok {
		could, more := n.reading(s)
		if n.digits == 8 && n.whole == 8 {
			if _, ok := readMoment(s); ok {
				could |= asDate | asDateTime
			}
		}
		if n.whole == 14 && n.digits == 14 {
			if m, ok := readMoment(s); ok {
				could |= asDateTime
				more |= m.oddity()
			}
		}
		return could, odd | more
	}
	if b, ok := readBoolean(s); ok {
		if len(s) == 1 && b {
			odd |= yesLetter
		} else if len(s) == 1 {
			odd |= noLetter
		}
		return asBoolean, odd | neither
	}
	m, ok := readMoment(s)
	switch {
	case !ok && ambiguousDate(s):
		return 0, odd | neither | ambiguousDay
	case !ok:
		return 0, odd | neither
	case m.month:
		return 0, odd | neither | monthOnly
	case m.clock:
		return asDateTime, odd | neither | m.oddity()
	}
	return asDate | asDateTime, odd | neither
}

func (m moment) oddity() oddity {
	if h, mi, s := m.at.Clock(); m.clock && (h != 0 || mi != 0 || s != 0 || m.at.Nanosecond() != 0) {
		return clockTold
	}
	return 0
}

// reading says whether a numeral that nobody has declared a number is one.
func (n numeral) reading(s []byte) (reading, oddity) {
	odd := notPhone | not15Digits
	integer := n.decimals == 0 && !n.exponent && !n.grouped && s[len(s)-1] != '.'
	if integer && n.whole == 11 && s[0] == '1' && s[1] >= '3' {
		odd &^= notPhone
	}
	if integer && n.whole == 15 && s[0] != '-' {
		odd &^= not15Digits
	}
	switch {
	case n.zero:
		return 0, odd | leadingZero
	case n.plus:
		return 0, odd | plusSign
	case n.exponent && n.power >= 11 && n.digits <= 6:
		return 0, odd | shortened
	case n.exponent && n.decimals == 0 && !n.signed:
		return 0, odd | codeExponent
	case n.decimals == 0 && n.digits > 15:
		return 0, odd | manyDigits
	}
	if n.grouped {
		odd |= grouped
	}
	if n.decimals > 0 {
		odd |= decimals
	}
	if n.digits > 17 {
		odd |= longDecimals
	}
	if integer {
		return asInteger | asNumber, odd
	}
	if n.grouped && n.decimals == 0 {
		return asInteger | asNumber, odd
	}
	return asNumber, odd
}

// readBoolean reads true, false, 是, 否, Y and N, in either case.
func readBoolean(s []byte) (value, ok bool) {
	switch {
	case string(s) == "是", len(s) == 1 && s[0]|0x20 == 'y', len(s) == 4 && bytes.EqualFold(s, []byte("true")):
		return true, true
	case string(s) == "否", len(s) == 1 && s[0]|0x20 == 'n', len(s) == 5 && bytes.EqualFold(s, []byte("false")):
		return false, true
	}
	return false, false
}
