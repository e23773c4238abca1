package format

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	xenc "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"onemap/layers"
)

// textOut is an encoding to write text in. The zero value is UTF-8.
type textOut struct {
	name     string        // for people, and as GDAL's ENCODING option wants it where that differs in gdal
	gdal     string        //
	cpg      string        // what a .cpg says; ArcGIS knows code pages by number
	language byte          // LDID of a .dbf; 0 = the .cpg tells
	encoding xenc.Encoding // nil = UTF-8
	missing  string        // stands for a character that it can not hold
}

// textOuts are the encodings that may be asked for, by their names in capitals. 〓 is what Chinese printers set where
// they have no type.
var textOuts = map[string]textOut{
	"UTF-8":      {name: "UTF-8", gdal: "UTF-8", cpg: "UTF-8", missing: "〓"},
	"GB18030":    {name: "GB18030", gdal: "GB18030", cpg: "GB18030", encoding: simplifiedchinese.GB18030, missing: "〓"},
	"GBK":        {name: "GBK", gdal: "CP936", cpg: "936", language: 0x4d, encoding: simplifiedchinese.GBK, missing: "〓"},
	"BIG5":       {name: "Big5", gdal: "CP950", cpg: "950", language: 0x4f, encoding: traditionalchinese.Big5, missing: "?"},
	"ISO-8859-1": {name: "ISO-8859-1", gdal: "ISO-8859-1", cpg: "ISO-8859-1", encoding: charmap.ISO8859_1, missing: "?"},
}

// textOutNamed finds an encoding to write; "" is UTF-8.
func textOutNamed(name string) (textOut, error) {
	key := strings.ToUpper(strings.TrimSpace(name))
	switch key {
	case "", "UTF8":
		key = "UTF-8"
	case "GB2312", "CP936", "936":
		key = "GBK"
	case "LATIN1":
		key = "ISO-8859-1"
	}
	out, ok := textOuts[key]
	if !ok {
		return out, layers.Refuse(layers.ErrInvalid, "text can not be written in %q; it can be in UTF-8, GB18030, GBK, Big5 and ISO-8859-1", "文字不能以“%s”写出；可用 UTF-8、GB18030、GBK、Big5 与 ISO-8859-1", name)
	}
	return out, nil
}

// size is how many bytes s takes; what can not be held does not count.
func (t textOut) size(s string) int {
	if t.encoding == nil {
		return len(s)
	}
	if asciiText(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += t.runeSize(r)
	}
	return n
}

// runeSize is how many bytes one character takes; 0 = it can not be held.
func (t textOut) runeSize(r rune) int {
	if r < utf8.RuneSelf {
		return 1
	}
	if t.encoding == nil {
		return utf8.RuneLen(r)
	}
	var out [8]byte
	n, _, err := t.encoding.NewEncoder().Transform(out[:], []byte(string(r)), true)
	if err != nil {
		return 0
	}
	return n
}

// holds makes text of characters that the encoding has; mended tells that it had others.
func (t textOut) holds(s string) (out string, mended bool) {
	if t.encoding == nil || asciiText(s) {
		return s, false
	}
	if _, err := t.encoding.NewEncoder().String(s); err == nil {
		return s, false
	}
	var b strings.Builder
	for _, r := range s {
		if t.runeSize(r) == 0 {
			b.WriteString(t.missing)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String(), true
}

// cut cuts text to so many bytes, between characters.
func (t textOut) cut(s string, bytes int) string {
	n := 0
	for i, r := range s {
		if n += t.runeSize(r); n > bytes {
			return s[:i]
		}
	}
	return s
}

func asciiText(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// nameRules are what a format asks of the names of fields.
type nameRules struct {
	bytes      int      // at most, in the encoding; 0 = any number
	identifier bool     // letters, digits and _ only, and no digit first
	reserved   []string // names that the format keeps for itself, in small letters
}

// fit gives every name a form that the format can hold, none twice whatever the case.
func (r nameRules) fit(names []string, text textOut) []string {
	used := map[string]bool{}
	for _, name := range r.reserved {
		used[name] = true
	}
	out := make([]string, len(names))
	for i, name := range names {
		base := r.clean(name, text)
		if base == "" {
			base = fmt.Sprintf("f%d", i+1)
		}
		fitted := r.cut(base, "", text)
		for n := 2; used[strings.ToLower(fitted)]; n++ {
			fitted = r.cut(base, fmt.Sprintf("_%d", n), text)
		}
		used[strings.ToLower(fitted)] = true
		out[i] = fitted
	}
	return out
}

func (r nameRules) clean(name string, text textOut) string {
	clean := strings.Map(func(c rune) rune {
		switch {
		case unicode.IsControl(c), text.runeSize(c) == 0:
			return '_'
		case r.identifier && c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c):
			return '_'
		}
		return c
	}, name)
	if r.identifier && clean != "" && unicode.IsDigit([]rune(clean)[0]) {
		clean = "_" + clean
	}
	return clean
}

// cut cuts base so that it fits together with its tail.
func (r nameRules) cut(base, tail string, text textOut) string {
	if r.bytes == 0 {
		return base + tail
	}
	return text.cut(base, r.bytes-len(tail)) + tail
}
