package format

import "unicode/utf8"

// witness reads all text of a file, names and values, and remembers how well it reads in each of the encodings that
// files have here. That bytes are valid says little (nearly any two high bytes are a character of GB18030): what counts
// is whether the characters are common ones. Levels of GB 2312-1980 and of Big5 (1984) are ordered by use, so that the
// first byte tells.
type witness struct {
	values int // that are not ASCII
	letter int // of high bytes, those with an ASCII letter before or after
	high   int // high bytes
	c1     int // bytes 0x80–0x9F, which Latin-1 does not use
	latin  int // high bytes that are letters of Latin-1, alone among ASCII letters
	upper  int // high bytes 0xC0–0xFF, the Cyrillic letters of windows-1251
	runs   int // of high bytes
	three  int // UTF-8 characters of three bytes and more
	others map[string]int
	tests  []tally
}

// tally is how the text reads in one encoding.
type tally struct {
	e     encoding
	step  func(b []byte) (size int, weight float64) // of the character b begins with; size 0 = none, -1 = cut off
	chars int                                       // beyond ASCII
	sum   float64                                   // of their weights
	bad   int                                       // values with bytes that are no character
}

func newWitness() *witness {
	return &witness{others: map[string]int{}, tests: []tally{
		{e: utf8Text, step: stepUTF8}, {e: gb18030, step: stepGB18030}, {e: big5, step: stepBig5}, {e: shiftJIS(), step: stepShiftJIS},
	}}
}

// see takes in one value, or a piece of text.
func (w *witness) see(value []byte) {
	if isASCII(value) {
		return
	}
	w.values++
	for i := range w.tests {
		w.tests[i].read(value)
	}
	for _, c := range string(value) {
		if c >= 0x800 && c != utf8.RuneError {
			w.three++
		}
	}
	w.neighbours(value)
}

// neighbours counts what tells single-byte encodings: high bytes alone among ASCII letters.
func (w *witness) neighbours(b []byte) {
	at := func(i int) byte {
		if i < 0 || i >= len(b) {
			return ' '
		}
		return b[i]
	}
	for i, c := range b {
		if c < utf8.RuneSelf {
			continue
		}
		before, after := at(i-1), at(i+1)
		w.high++
		if before < utf8.RuneSelf {
			w.runs++
		}
		if c < 0xa0 {
			w.c1++
		}
		if c >= 0xc0 {
			w.upper++
		}
		if !isLetter(before) && !isLetter(after) {
			continue
		}
		w.letter++
		if c >= 0xc0 && c != 0xd7 && c != 0xf7 && before < utf8.RuneSelf && after < utf8.RuneSelf {
			w.latin++
		}
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// read takes in one value.
func (t *tally) read(b []byte) {
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		size, weight := t.step(b)
		if size < 0 {
			return // cut off at the end: no fault of the encoding
		}
		if size == 0 {
			t.bad++
			return
		}
		t.chars++
		t.sum += weight
		b = b[size:]
	}
}

// score is between 0, nonsense, and 1, all characters are common; values that can not be read count five times.
func (t *tally) score(values int) float64 {
	if t.chars == 0 {
		return 0
	}
	return t.sum/float64(t.chars) - 5*float64(t.bad)/float64(max(values, 1))
}

func stepUTF8(b []byte) (int, float64) {
	if !utf8.FullRune(b) {
		return -1, 0
	}
	r, size := utf8.DecodeRune(b)
	if r == utf8.RuneError && size == 1 {
		return 0, 0
	}
	return size, 1
}

func between(c, from, to byte) bool { return c >= from && c <= to }

// stepGB18030: level 1 of GB 2312 has the 3,755 common characters, level 2 the others, what GBK added is rare.
func stepGB18030(b []byte) (int, float64) {
	if !between(b[0], 0x81, 0xfe) {
		return 0, 0
	}
	if len(b) < 2 {
		return -1, 0
	}
	lead, trail := b[0], b[1]
	if between(trail, '0', '9') {
		switch {
		case len(b) < 4:
			return -1, 0
		case between(b[2], 0x81, 0xfe) && between(b[3], '0', '9'):
			return 4, 0
		}
		return 0, 0
	}
	switch {
	case !between(trail, 0x40, 0xfe) || trail == 0x7f:
		return 0, 0
	case trail >= 0xa1 && between(lead, 0xb0, 0xd7):
		return 2, 1
	case trail >= 0xa1 && between(lead, 0xd8, 0xf7):
		return 2, 0.5
	case trail >= 0xa1 && between(lead, 0xa1, 0xa3):
		return 2, 0.8 // punctuation, numbers, full-width letters
	case trail >= 0xa1 && between(lead, 0xa4, 0xa9):
		return 2, 0.2
	}
	return 2, 0.1
}

// stepBig5: A4–C6 has the 5,401 common characters, C9–F9 the others.
func stepBig5(b []byte) (int, float64) {
	if !between(b[0], 0x81, 0xfe) {
		return 0, 0
	}
	if len(b) < 2 {
		return -1, 0
	}
	lead, trail := b[0], b[1]
	switch {
	case !between(trail, 0x40, 0x7e) && !between(trail, 0xa1, 0xfe):
		return 0, 0
	case between(lead, 0xa4, 0xc5), lead == 0xc6 && trail <= 0x7e:
		return 2, 1
	case between(lead, 0xa1, 0xa3):
		return 2, 0.8
	case between(lead, 0xc9, 0xf9):
		return 2, 0.4
	}
	return 2, 0
}

// stepShiftJIS: kana, and the 2,965 common characters of level 1 of JIS X 0208.
func stepShiftJIS(b []byte) (int, float64) {
	lead := b[0]
	if between(lead, 0xa1, 0xdf) {
		return 1, 0.3 // half-width kana: any byte would do
	}
	if !between(lead, 0x81, 0x9f) && !between(lead, 0xe0, 0xfc) {
		return 0, 0
	}
	if len(b) < 2 {
		return -1, 0
	}
	trail := b[1]
	switch {
	case !between(trail, 0x40, 0xfc) || trail == 0x7f:
		return 0, 0
	case lead == 0x82 || lead == 0x83 || between(lead, 0x88, 0x98):
		return 2, 1
	case lead == 0x81:
		return 2, 0.8
	case between(lead, 0x99, 0x9f), between(lead, 0xe0, 0xea):
		return 2, 0.4
	}
	return 2, 0
}
