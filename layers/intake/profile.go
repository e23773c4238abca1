package intake

import (
	"bytes"
	"unicode/utf8"

	"onemap/layers/format"
)

const (
	maxDistinct    = 1000    // different values of a field that are kept; codes are among fewer
	maxAllDistinct = 100_000 // and of all fields together
	maxShort       = 64      // bytes of a value that is kept whole
	maxSamples     = 5
	maxSample      = 80 // characters of a sample
	maxStrangers   = 5  // values told that are not like all others
)

// profile is what all values of a source are like, field by field.
type profile struct {
	rows   int64
	fields []fieldProfile
	kept   int // different values of all fields
}

// fieldProfile is what all values of one field are like.
type fieldProfile struct {
	format.Field
	judged bool // its values are to tell its type

	values  int64 // not null, nor blank where the field is loose
	could   reading
	odd     oddity
	longest int  // characters
	digits  int  // most digits of a whole number
	wide    bool // a whole number does not fit 32 bits

	strange   int64    // values that read as nothing but text
	strangers []string // some of them
	zeros     string   // one with a leading zero
	unlike    string   // one that has another oddity which makes it text

	places   map[string]int32 // of the different values in distinct; nil = there were too many
	distinct []distinct
	last     int32 // place of the last value, which is often the next one too
	samples  []string
	unique   *uniqueness // of a field that may be an identifier; nil = not watched
}

// distinct is one of the different values of a field.
type distinct struct {
	text  string
	count int64
	whole bool // text is all of it
}

// newProfile is a profile of no rows. Keys are fields, by their names in the file, that must tell rows apart; some that
// are called like identifiers are watched besides.
func newProfile(fields []format.Field, keys ...string) *profile {
	p := &profile{fields: make([]fieldProfile, len(fields))}
	watched := identifiers(fields, keys)
	for i, f := range fields {
		p.fields[i] = fieldProfile{
			Field: f, judged: f.Loose || f.Kind == format.Text && !f.Verbatim && meansDate(f.Name),
			could: asAnything, places: map[string]int32{}, last: -1,
		}
		if watched[i] {
			p.fields[i].unique = &uniqueness{}
		}
	}
	return p
}

// see takes the values of a row into account; it keeps none of them.
func (p *profile) see(values [][]byte) {
	p.rows++
	for i := range min(len(values), len(p.fields)) {
		if v := values[i]; v != nil {
			if f := &p.fields[i]; !f.Loose || !blank(v) {
				f.see(p, v)
			}
		}
	}
}

func (f *fieldProfile) see(p *profile, v []byte) {
	f.values++
	if f.unique != nil {
		f.unique.add(v)
	}
	if f.places != nil && f.again(v) {
		return
	}
	if len(v) > f.longest {
		f.longest = max(f.longest, utf8.RuneCount(v))
	}
	switch {
	case f.judged:
		f.judge(v)
	case f.Kind == format.Integer:
		f.measure(v)
	case f.Kind == format.Number && f.odd&longDecimals == 0 && len(v) > 17:
		if n, ok := scanNumeral(bytes.TrimSpace(v)); ok && n.digits > 17 {
			f.odd |= longDecimals
		}
	}
	if f.places != nil {
		f.keep(p, v)
	}
}

// again counts a value that was seen before.
func (f *fieldProfile) again(v []byte) bool {
	if len(v) > maxShort {
		return false
	}
	if f.last >= 0 && string(v) == f.distinct[f.last].text {
		f.distinct[f.last].count++
		return true
	}
	at, ok := f.places[string(v)]
	if ok {
		f.last = at
		f.distinct[at].count++
	}
	return ok
}

// keep remembers a value; where there are too many, all are forgotten.
func (f *fieldProfile) keep(p *profile, v []byte) {
	key := string(v[:min(len(v), maxShort)])
	if _, ok := f.places[key]; len(v) > maxShort && ok {
		return // two long values that begin alike count as one
	}
	if len(f.samples) < maxSamples {
		f.samples = append(f.samples, sample(v))
	}
	if len(f.distinct) == maxDistinct || p.kept == maxAllDistinct {
		p.kept -= len(f.distinct)
		f.places, f.distinct, f.last = nil, nil, -1
		return
	}
	p.kept++
	f.last = int32(len(f.distinct))
	f.places[key] = f.last
	f.distinct = append(f.distinct, distinct{text: key, count: 1, whole: len(v) <= maxShort})
}

// judge takes away what the field can not be because of v.
func (f *fieldProfile) judge(v []byte) {
	if f.strange > 20 && f.strange > f.values/10 { // it is text
		f.odd |= notPhone | not15Digits
		return
	}
	could, odd := readLoose(v)
	f.odd |= odd
	if odd&grouped == 0 && could&asNumber != 0 {
		f.odd |= plainNumber
	}
	if could&asInteger != 0 {
		f.measure(v)
	}
	if could != 0 {
		f.could &= could
		return
	}
	if blank(v) {
		return
	}
	f.strange++
	switch {
	case odd&leadingZero != 0 && f.zeros == "":
		f.zeros = sample(v)
	case odd&(plusSign|manyDigits|codeExponent|shortened) != 0 && f.unlike == "":
		f.unlike = sample(v)
	}
	if len(f.strangers) < maxStrangers {
		f.strangers = append(f.strangers, sample(v))
	}
}

// blank tells a text of nothing but spaces.
func blank(v []byte) bool {
	return len(v) == 0 || v[0] <= ' ' && len(bytes.TrimSpace(v)) == 0
}

// measure finds out how large whole numbers are.
func (f *fieldProfile) measure(v []byte) {
	if len(v) < 10 && f.digits >= len(v) {
		return
	}
	var room [foldSize]byte
	if len(v) > foldSize {
		f.digits, f.wide = max(f.digits, len(v)), true
		return
	}
	s, _ := fold(v, room[:])
	n, ok := scanNumeral(s)
	if !ok {
		return
	}
	f.digits = max(f.digits, n.digits)
	if value, _, inRange := parseInteger(s); !inRange {
		f.digits, f.wide = max(f.digits, 19), true
	} else if value > 1<<31-1 || value < -1<<31 {
		f.wide = true
	}
}

// sample is a value as people are shown it.
func sample(v []byte) string {
	n := 0
	for i := range string(v) {
		if n++; n > maxSample {
			return string(v[:i]) + "…"
		}
	}
	return string(v)
}

// different is how many different values there are; one more than maxDistinct stands for more.
func (f *fieldProfile) different() int64 {
	if f.places == nil {
		return maxDistinct + 1
	}
	return int64(len(f.distinct))
}
