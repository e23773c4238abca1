package search

// Kind is how a word matches a text, the best first.
type Kind int

// The kinds of matches. A sound is pinyin, written in full; it is short where a syllable before the last is only its initial.
const (
	Exact Kind = iota
	Prefix
	Word // where a word begins within the text: after a space or a mark, or where numbers or letters begin
	Inside
	Sound
	SoundInside
	Short
	ShortInside
)

var kindNames = []string{"exact", "prefix", "word", "inside", "sound", "sound", "initials", "initials"}

func (k Kind) String() string { return kindNames[k] }

// match is where and how a word is found in a text.
type match struct {
	kind     Kind
	from, to int // places of the spelling
}

// word is a word that is looked for.
type word struct {
	spelling
	sound string // as a sound is written; "" where it can be none
	mixed bool   // its sound can not be read in full: some of it is short
	parts []word // that may be found instead, all of them, in any order: 梁山 and 12 of 梁山12
	one   bool   // of several
	ended bool   // another part follows: 12 is not the beginning of 120
}

// inside reports whether the word may be found within a text: one letter or digit that stands alone is looked for at the
// beginning only.
func (w word) inside() bool { return len(w.runes) > 1 || sortOf(w.runes[0]) == han || w.one }

// ends reports whether the word may be the end of a number.
func (w word) ends() bool { return len(w.runes) >= leastEnd && w.tail() == len(w.runes) }

// match finds the best place of a word in the text.
func (v value) match(w word) (best match, ok bool) {
	better := func(m match) {
		if !ok || m.kind < best.kind {
			best, ok = m, true
		}
	}
	for _, i := range v.places() {
		if i > 0 && !w.inside() && w.sound == "" {
			break
		}
		if v.hasPrefix(i, w.runes) && (i == 0 || w.inside()) && !(w.ended && v.goesOn(i+len(w.runes))) {
			better(match{v.kindAt(i, len(w.runes)), i, i + len(w.runes)})
		}
		if w.sound == "" || i > 0 && !w.inside() {
			continue
		}
		for _, reading := range v.readings() {
			if m, found := heard(reading, i, w); found {
				better(m)
			}
		}
	}
	if n := len(v.runes) - len(w.runes); w.ends() && v.tail() > leastEnd && n > 0 && v.hasPrefix(n, w.runes) {
		better(match{Inside, n, len(v.runes)})
	}
	return best, ok
}

// goesOn reports whether letters or digits go on at place i.
func (v value) goesOn(i int) bool {
	return i < len(v.runes) && sortOf(v.runes[i]) != han && sortOf(v.runes[i]) == sortOf(v.runes[i-1])
}

func (v value) kindAt(i, n int) Kind {
	switch {
	case i == 0 && n == len(v.runes):
		return Exact
	case i == 0:
		return Prefix
	case sortOf(v.runes[i]) != han || sortOf(v.runes[i-1]) == mark:
		return Word
	}
	return Inside
}

// heard finds a sound at a place of a reading.
func heard(reading []syllable, place int, w word) (m match, ok bool) {
	for k, s := range reading {
		if s.place != place {
			continue
		}
		n, short, ok := sounds(reading[k:], w)
		if !ok {
			return m, false
		}
		m = match{Sound, place, reading[k+n-1].place + 1}
		if short {
			m.kind = Short
		}
		if place > 0 {
			m.kind++
		}
		return m, true
	}
	return m, false
}

// all finds a word in one of several texts, or its parts in them: the best match of each text that has any.
func all(values []value, w word) (found []match, in []int) {
	for i, v := range values {
		if m, ok := v.match(w); ok {
			found, in = append(found, m), append(in, i)
		}
	}
	if len(found) > 0 || len(w.parts) == 0 {
		return found, in
	}
	for _, part := range w.parts {
		ms, at := all(values, part)
		if len(ms) == 0 {
			return nil, nil
		}
		for i := range ms {
			ms[i].kind = max(ms[i].kind, Inside)
		}
		found, in = append(found, ms...), append(in, at...)
	}
	return found, in
}
