package search

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"onemap/layers"
)

// A key of the index is how a text begins, or goes on from a place within, in one of several ways, after two letters: the way, and
// what kind of text it is. Ways are in the order in which they make good answers.
const (
	textBegin   = 'a' // the spelling, from its beginning
	textInside  = 'b' // and from each place within where a word may begin
	soundBegin  = 'c' // the sound
	soundInside = 'd'
	shortBegin  = 'e' // the initials of the sound
	shortInside = 'f'
	ending      = 'g' // the spelling backwards, of numbers
)

// kindsOfText are names of the base map, names of other layers, and numbers. They are kept apart so that of a short word, which
// begins very many texts, some of each are found.
const kindsOfText = "123"

// Keys are this long at most: longer words are looked for by their beginning.
const (
	mostText  = 24 // characters: numbers of parcels have 18 or 19
	mostSound = 20 // letters
	mostBegin = 40 // places of a text where words may begin
	leastEnd  = 3  // characters of an ending
)

// value is a text that features are found by.
type value struct {
	spelling
	readings func() [][]syllable // made when a sound is looked for
}

func newValue(text string) value {
	s := spell(text)
	return value{s, sync.OnceValue(s.soundings)}
}

// kindOfText is the kind of a text of a layer.
func kindOfText(l *layers.Layer, v spelling) byte {
	switch {
	case v.number():
		return kindsOfText[2]
	case l.Theme == baseTheme:
		return kindsOfText[0]
	}
	return kindsOfText[1]
}

// places are those of the spelling where a word may begin to match.
func (s spelling) places() (places []int) {
	for i := range s.runes {
		if s.begins(i) {
			if places = append(places, i); len(places) == mostBegin {
				break
			}
		}
	}
	return places
}

// keys are those of a text of a layer, none twice.
func (v value) keys(l *layers.Layer) map[string]bool {
	keys := map[string]bool{}
	kind := kindOfText(l, v.spelling)
	add := func(begin, inside byte, place int, text string) {
		way := inside
		if place == 0 {
			way = begin
		}
		keys[string([]byte{way, kind})+text] = true
	}
	for _, i := range v.places() {
		add(textBegin, textInside, i, first(v.runes[i:], mostText))
		for _, reading := range v.readings() {
			if sound, short, ok := aloud(reading, i); ok {
				add(soundBegin, soundInside, i, sound)
				add(shortBegin, shortInside, i, short)
			}
		}
	}
	if v.tail() > leastEnd {
		keys[string([]byte{ending, kind})+first([]rune(reversed(v.runes)), mostText)] = true
	}
	return keys
}

// aloud is how a reading goes on from a place of the spelling: its sound, and the initials of it.
func aloud(reading []syllable, place int) (sound, short string, ok bool) {
	var whole, initial strings.Builder
	for _, s := range reading {
		if s.place < place {
			continue
		}
		if whole.Len() == 0 && s.place > place {
			return "", "", false
		}
		whole.WriteString(s.sound)
		initial.WriteString(initials(s.sound)[len(initials(s.sound))-1])
	}
	sound, short = whole.String(), initial.String()
	return first([]rune(sound), mostSound), first([]rune(short), mostSound), sound != ""
}

// span is a part of the index: keys from one on, up to another; and how a text matches that is found there.
type span struct {
	from, to string
	kind     Kind
}

// last is beyond every character.
const last = "\U0010FFFF"

// spans are the parts of the index that have the texts which a word may match.
func (w word) spans() (spans []span) {
	add := func(way byte, kind Kind, text string) {
		for _, k := range []byte(kindsOfText) {
			from := string([]byte{way, k}) + text
			spans = append(spans, span{from, from + last, kind})
		}
	}
	text := first(w.runes, mostText)
	add(textBegin, Prefix, text)
	if w.inside() {
		add(textInside, Inside, text)
	}
	if w.ends() {
		add(ending, Inside, first([]rune(reversed(w.runes)), mostText))
	}
	if w.sound != "" {
		sound := first([]rune(w.sound), mostSound)
		add(soundBegin, Sound, sound)
		if w.inside() {
			add(soundInside, SoundInside, sound)
		}
		for _, short := range shortened(w) {
			add(shortBegin, Short, short)
			add(shortInside, ShortInside, short)
		}
	}
	if len(w.parts) > 0 { // what has them all has the longest
		longest := slices.MaxFunc(w.parts, func(a, b word) int { return cmp.Compare(len(a.runes), len(b.runes)) })
		spans = append(spans, longest.spans()...)
	}
	return spans
}
