package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"onemap/layers"
)

// What a text that is looked for may have.
const (
	mostCharacters = 100
	mostWords      = 8 // those beyond are not looked for
)

// parse cuts what somebody typed into the words it has: at spaces and commas. Marks around a word are left out; none is looked for
// twice. It returns ErrInvalid for a text that is too long or can not be read.
func parse(text string) ([]word, error) {
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return nil, layers.Refuse(layers.ErrInvalid, "q is not UTF-8 text", "q 不是有效的 UTF-8 文本")
	case utf8.RuneCountInString(text) > mostCharacters:
		return nil, layers.Refuse(layers.ErrInvalid, "q has more than %d characters: type less of what you look for", "q 超过 %d 个字符：请少输入一些", mostCharacters)
	}
	var words []word
	seen := map[string]bool{}
	for _, one := range strings.FieldsFunc(spell(text).String(), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;、，；", r) }) {
		one = strings.TrimFunc(one, func(r rune) bool { return sortOf(r) == mark })
		if one != "" && !seen[one] && len(words) < mostWords {
			seen[one] = true
			words = append(words, newWord(spell(one)))
		}
	}
	for i := range words {
		words[i].one = len(words) > 1
	}
	return words, nil
}

func newWord(s spelling) word {
	w := word{spelling: s}
	plain := spelling{runes: []rune(strings.ReplaceAll(s.String(), "'", ""))} // xi'an
	if plain.latin() {
		w.sound = plain.String()
		w.mixed = !readable(w.sound)
	}
	if parts := s.parts(); len(parts) > 1 {
		for i, part := range parts {
			if text := strings.TrimFunc(part.String(), func(r rune) bool { return sortOf(r) == mark }); text != "" {
				part := newWord(spell(text))
				part.one, part.ended = true, i < len(parts)-1
				w.parts = append(w.parts, part)
			}
		}
	}
	return w
}
