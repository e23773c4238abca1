package format

import (
	"bytes"
	"strings"
	"unicode/utf8"

	xenc "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"onemap/layers"
)

// encoding is how a file's text is written down, and how we know.
type encoding struct {
	name string
	how  string // for Encoding.How
	code xenc.Encoding
}

var (
	utf8Text = encoding{name: "UTF-8", code: xenc.Nop}
	gb18030  = encoding{name: "GB18030", code: simplifiedchinese.GB18030}
	big5     = encoding{name: "Big5", code: traditionalchinese.Big5}
	latin1   = encoding{name: "ISO-8859-1", code: charmap.ISO8859_1}
)

// namedEncoding understands what people and .cpg files write: UTF-8, utf8, 65001, GBK, CP936, 936, ANSI 1252, Big5 …
func namedEncoding(name string) (encoding, error) {
	key := strings.ToUpper(strings.TrimSpace(name))
	key = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(key, "ANSI"), "OEM"), " _-")
	number := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(key, "WINDOWS"), "CP"), "-_ ")
	switch {
	case key == "UTF-8" || key == "UTF8" || number == "65001":
		return utf8Text, nil
	case strings.HasPrefix(key, "GB") || number == "936" || number == "54936" || number == "20936":
		return gb18030, nil // a superset of GBK and GB2312
	case strings.HasPrefix(strings.ReplaceAll(key, "-", ""), "BIG5") || number == "950":
		return big5, nil
	case number == "850":
		return encoding{name: "CP850", code: charmap.CodePage850}, nil
	case number == "437":
		return encoding{name: "CP437", code: charmap.CodePage437}, nil
	case number == "932":
		key = "shift_jis"
	case number == "949":
		key = "euc-kr"
	case len(number) == 4 && strings.HasPrefix(number, "125"):
		key = "windows-" + number
	case strings.HasPrefix(key, "88591"), key == "ISO-8859-1", key == "ISO8859-1", key == "ISO8859_1", key == "LATIN1":
		return latin1, nil // and not windows-1252, as the web takes it
	}
	code, err := htmlindex.Get(strings.ToLower(key))
	if err != nil {
		return encoding{}, refuse("encoding %q is not known; try GB18030, UTF-8, Big5 or ISO-8859-1", "不认识字符编码 %q，可用 GB18030、UTF-8、Big5 或 ISO-8859-1", name)
	}
	canonical, err := htmlindex.Name(code)
	if err != nil {
		canonical = key
	}
	return encoding{name: strings.ToUpper(canonical), code: code}, nil
}

// said is what a Source says of its encoding.
func (e encoding) said() Encoding { return Encoding{Name: e.name, How: e.how} }

// text decodes b; what is no character becomes U+FFFD.
func (e encoding) text(b []byte) string {
	if isASCII(b) {
		return string(b)
	}
	s, err := e.code.NewDecoder().Bytes(b)
	if err != nil {
		s = b
	}
	return strings.ToValidUTF8(string(s), "\uFFFD")
}

// valid tells whether b is clean text of the encoding.
func (e encoding) valid(b []byte) bool {
	if e.name == utf8Text.name {
		return utf8.Valid(b)
	}
	s, err := e.code.NewDecoder().Bytes(b)
	return err == nil && !bytes.ContainsRune(s, utf8.RuneError)
}

// whole is the length of b without a character that was cut off at its end: fields have so many bytes, not characters.
func (e encoding) whole(b []byte) int {
	for cut := 0; cut <= 3 && cut < len(b); cut++ {
		if e.valid(b[:len(b)-cut]) {
			return len(b) - cut
		}
	}
	return len(b)
}

// value decodes the value of a field and notes in the row what had to be done: a character cut off at the end is left
// out (encoding.mended), bytes that are none become U+FFFD (encoding.broken).
func (e encoding) value(row *Row, field string, b []byte) []byte {
	if isASCII(b) || e.name == utf8Text.name && utf8.Valid(b) {
		return b
	}
	if whole := e.whole(b); whole < len(b) {
		b = b[:whole]
		text := []byte(e.text(b))
		row.Notes = append(row.Notes, Note{Rule: "encoding.mended", Severity: Warning, Field: field, Value: shown(string(text)), Words: layers.Say(
			"the value ended in the middle of a character, which was left out: the field is too short for it",
			"值在字符中间被截断，已去除残缺字符（字段长度不足）")})
		return text
	}
	text := []byte(e.text(b))
	if bytes.ContainsRune(text, utf8.RuneError) {
		row.Notes = append(row.Notes, noteBroken(field, text))
	}
	return text
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
