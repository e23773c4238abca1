package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// spelling is a text as texts are compared: without case, width, accents and needless space, character by character.
type spelling struct {
	runes []rune
	at    []int // which character of the text each was
}

// spell returns how a text is compared.
func spell(text string) spelling {
	s := spelling{runes: make([]rune, 0, len(text)), at: make([]int, 0, len(text))}
	n := 0
	for _, r := range text {
		switch {
		case unicode.IsSpace(r) || r == 0x3000:
			if len(s.runes) > 0 && s.runes[len(s.runes)-1] != ' ' {
				s.add(' ', n)
			}
		case r < 0x80:
			s.add(unicode.ToLower(r), n)
		case unified(r):
			s.add(r, n)
		default:
			for _, part := range norm.NFKD.String(string(r)) {
				if !unicode.Is(unicode.Mn, part) {
					s.add(unicode.ToLower(part), n)
				}
			}
		}
		n++
	}
	if last := len(s.runes) - 1; last >= 0 && s.runes[last] == ' ' {
		s.runes, s.at = s.runes[:last], s.at[:last]
	}
	return s
}

func (s *spelling) add(r rune, at int) {
	s.runes, s.at = append(s.runes, r), append(s.at, at)
}

func (s spelling) String() string { return string(s.runes) }

// unified reports whether r is a Chinese character that is written in one way only.
func unified(r rune) bool { return r >= 0x3400 && r <= 0x9FFF }

// sort is what a character is.
type sort int

const (
	mark   sort = iota // space, punctuation
	han                // a Chinese character is a word by itself
	letter             // letters in a row are a word
	digit
)

func sortOf(r rune) sort {
	switch {
	case r >= 'a' && r <= 'z':
		return letter
	case r >= '0' && r <= '9':
		return digit
	case r < 0x80:
		return mark
	case unicode.Is(unicode.Han, r):
		return han
	case unicode.IsLetter(r):
		return letter
	case unicode.IsDigit(r):
		return digit
	}
	return mark
}

// begins reports whether a word may begin to match at place i of the spelling: at its beginning, at each Chinese character, and
// where letters or digits begin.
func (s spelling) begins(i int) bool {
	if i == 0 {
		return true
	}
	kind := sortOf(s.runes[i])
	return kind == han || kind != mark && kind != sortOf(s.runes[i-1])
}

// parts cuts where Chinese characters and others meet: 梁山12 is 梁山 and 12.
func (s spelling) parts() (parts []spelling) {
	from := 0
	for i := 1; i <= len(s.runes); i++ {
		if i == len(s.runes) || (sortOf(s.runes[i]) == han) != (sortOf(s.runes[i-1]) == han) {
			parts = append(parts, spelling{s.runes[from:i], s.at[from:i]})
			from = i
		}
	}
	return parts
}

// latin reports whether a spelling has letters and digits of ASCII only, and a letter at the least: it may be a sound.
func (s spelling) latin() bool {
	some := false
	for _, r := range s.runes {
		if r >= 0x80 || sortOf(r) == mark {
			return false
		}
		some = some || sortOf(r) == letter
	}
	return some
}

// tail is how many letters and digits of ASCII a spelling ends with.
func (s spelling) tail() int {
	n := 0
	for n < len(s.runes) {
		if r := s.runes[len(s.runes)-1-n]; r >= 0x80 || sortOf(r) == mark {
			break
		}
		n++
	}
	return n
}

// number reports whether a spelling is a code: digits, and no Chinese character.
func (s spelling) number() bool {
	digits := false
	for _, r := range s.runes {
		switch sortOf(r) {
		case han:
			return false
		case digit:
			digits = true
		}
	}
	return digits
}

// hasPrefix reports whether the spelling goes on with a word at place i.
func (s spelling) hasPrefix(i int, word []rune) bool {
	if len(s.runes)-i < len(word) {
		return false
	}
	for k, r := range word {
		if s.runes[i+k] != r {
			return false
		}
	}
	return true
}

// first is a text's beginning of at most n characters.
func first(runes []rune, n int) string { return string(runes[:min(len(runes), n)]) }

func reversed(runes []rune) string {
	var b strings.Builder
	for i := len(runes) - 1; i >= 0; i-- {
		b.WriteRune(runes[i])
	}
	return b.String()
}
