package format

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"

	"onemap/layers"
)

func shiftJIS() encoding { return encoding{name: "SHIFT_JIS", code: japanese.ShiftJIS} }

// claim is what a file says about its encoding.
type claim struct{ name, how string } // how: words for Encoding.How, e.g. ".cpg says GBK"

// decide weighs what was told by a person, what the file claims (in order of trust), and how the whole text reads:
// see shows all names and values to the witness. What a person told is used, whatever the text says. The notes are
// about claims that the text contradicts, and about doubts.
func decide(told string, claims []claim, see func(*witness) error) (e encoding, notes []Note, err error) {
	if told != "" {
		claims = []claim{{told, "as told"}}
	}
	w := newWitness()
	if err := see(w); err != nil {
		return e, nil, err
	}
	found, sure := w.find()
	for _, c := range claims {
		named, err := namedEncoding(c.name)
		if err != nil {
			if told != "" {
				return e, nil, err
			}
			notes = append(notes, Note{Rule: "encoding.unknown", Severity: Info, Value: shown(c.name), Words: layers.Say(
				"the file names an encoding that is not known: %s", "文件声明的编码无法识别：%s", shown(c.how))})
			continue
		}
		named.how = c.how
		if told != "" || !w.contradicts(named, found) {
			if w.contradicts(named, found) {
				notes = append(notes, contradiction(c.how, named, found, false))
			}
			return named, notes, nil
		}
		notes = append(notes, contradiction(c.how, named, found, true))
	}
	if !sure {
		notes = append(notes, Note{Rule: "encoding.doubt", Severity: Warning, Words: layers.Say(
			"the encoding of the text could not be told and was taken to be %s: look at the values, and say the encoding if they are wrong",
			"无法判定文本编码，已按 %s 读取；请核对文字，如有乱码请指定编码", found.name)})
	}
	return found, notes, nil
}

func contradiction(how string, named, found encoding, left bool) Note {
	en, zh := "it was read as %[2]s all the same", "仍按 %[2]s 读取"
	if left {
		en, zh = "it was read as %[3]s", "已按 %[3]s 读取"
	}
	return Note{Rule: "encoding.contradiction", Severity: Warning, Words: layers.Say(
		"%[1]s, but the text is not clean %[2]s and reads as %[3]s; "+en, "%[1]s，但文本不符合 %[2]s，而像是 %[3]s；"+zh, how, named.name, found.name)}
}

// tally of an encoding, nil if it is none of those that are weighed.
func (w *witness) tally(name string) *tally {
	for i := range w.tests {
		if w.tests[i].e.name == name {
			return &w.tests[i]
		}
	}
	return nil
}

// european is the share of high bytes that stand alone among letters, as in words of European languages.
func (w *witness) european() float64 { return float64(w.latin) / float64(max(w.high, 1)) }

// find says what the text is by itself, and whether that is sure.
func (w *witness) find() (encoding, bool) {
	as := func(e encoding, how string, args ...any) encoding {
		e.how = fmt.Sprintf(how, args...)
		return e
	}
	if w.values == 0 {
		return as(utf8Text, "all text is ASCII"), true
	}
	unicode, gb := w.tally(utf8Text.name), w.tally(gb18030.name)
	// Some pairs of common GB characters are also letters of two bytes in UTF-8 ("联通"): then neighbours decide.
	accident := w.three == 0 && w.letter == 0 && gb.bad == 0 && gb.score(w.values) > 0.95
	if unicode.chars > 0 && unicode.bad*20 <= w.values && !accident {
		if unicode.bad > 0 {
			return as(utf8Text, "%d of %d values beyond ASCII are valid UTF-8", w.values-unicode.bad, w.values), true
		}
		return as(utf8Text, "all text is valid UTF-8"), true
	}
	if w.european() > 0.5 {
		if w.c1 > 0 {
			return as(encoding{name: "WINDOWS-1252", code: charmap.Windows1252}, "letters beyond ASCII stand alone within words, as in European languages"), true
		}
		return as(latin1, "letters beyond ASCII stand alone within words, as in European languages"), true
	}
	best, score := gb, gb.score(w.values)
	for i := range w.tests[2:] {
		t := &w.tests[2+i]
		if s := t.score(w.values); s > score+0.05 {
			best, score = t, s
		}
	}
	if score >= 0.5 {
		return as(best.e, "all text reads as %s: %.0f %% of %d characters beyond ASCII are common ones", best.e.name, 100*best.sum/float64(best.chars), best.chars), score > 0.7
	}
	if w.upper*10 > w.high*9 && w.high > 2*w.runs {
		return as(encoding{name: "WINDOWS-1251", code: charmap.Windows1251}, "whole words are letters of the Cyrillic half"), w.high > 20
	}
	if best.bad*10 <= w.values && score > 0.2 {
		return as(best.e, "nothing fits better"), false
	}
	return as(latin1, "nothing else fits"), false
}

// contradicts tells whether the text speaks against a claim: it can not be read so, or is plainly something else.
func (w *witness) contradicts(claimed, found encoding) bool {
	if w.values == 0 || claimed.name == found.name {
		return false
	}
	unicode := w.tally(utf8Text.name)
	if t := w.tally(claimed.name); t != nil {
		return t.bad > 0 && t.bad*20 > w.values || t.score(w.values) < 0.4
	}
	if strings.HasPrefix(claimed.name, "EUC-KR") {
		return found.name == utf8Text.name && unicode.bad == 0
	}
	// One byte, one character: never invalid. But real text of such an encoding is no clean UTF-8, nor common Chinese.
	switch found.name {
	case utf8Text.name:
		return unicode.bad == 0
	case gb18030.name, big5.name, shiftJIS().name:
		t := w.tally(found.name)
		return t.bad == 0 && t.chars >= 2 && t.score(w.values) > 0.8 && w.european() < 0.3
	}
	return false
}
