package cql

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word of the text: what it is, its value, and where it begins.
type token struct {
	kind   tokenKind
	text   string // a name or a text without its quotes; what is written otherwise
	column int
}

type tokenKind int

const (
	end    tokenKind = iota
	word             // a name or a keyword
	name             // a name in double quotes
	quoted           // a text
	number
	sign // ( ) , and the operators
)

// reserved are the words that a name has to be quoted for.
var reserved = map[string]bool{
	"AND": true, "OR": true, "NOT": true, "LIKE": true, "BETWEEN": true, "IN": true, "IS": true, "NULL": true, "TRUE": true, "FALSE": true,
	"DATE": true, "TIMESTAMP": true, "INTERVAL": true, "CASEI": true, "ACCENTI": true, "DIV": true, "BBOX": true,
	"POINT": true, "LINESTRING": true, "POLYGON": true, "MULTIPOINT": true, "MULTILINESTRING": true, "MULTIPOLYGON": true, "GEOMETRYCOLLECTION": true,
}

// starts are the letters a name may begin with besides those of Unicode's category L: marks and signs within the ranges of
// OGC 21-065r2, annex B (identifierStart).
var starts = &unicode.RangeTable{
	R16: []unicode.Range16{{0x0370, 0x037D, 1}, {0x037F, 0x1FFE, 1}, {0x200C, 0x200D, 1}, {0x2070, 0x218F, 1}, {0x2C00, 0x2FEF, 1}, {0x3001, 0xD7FF, 1}, {0xF900, 0xFDCF, 1}, {0xFDF0, 0xFFFD, 1}},
	R32: []unicode.Range32{{0x10000, 0xEFFFF, 1}},
}

// begins and continues say what a name without quotes is made of (annex B: identifierStart, identifierPart).
func begins(r rune) bool {
	return r == '_' || r == ':' || unicode.IsLetter(r) || unicode.Is(starts, r) && !unicode.IsSpace(r) && r != utf8.RuneError
}

func continues(r rune) bool {
	return begins(r) || r == '.' || r == 0x203F || r == 0x2040 || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r)
}

// lexer cuts a text into tokens.
type lexer struct {
	rest   string
	column int // of what is next
}

// lex cuts the whole text.
func lex(text string) ([]token, error) {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, wrong(0, "it is not UTF-8 text", "不是 UTF-8 文本")
	}
	if n := utf8.RuneCountInString(text); n > MaxLength {
		return nil, tooLong(n)
	}
	l := &lexer{rest: text, column: 1}
	var out []token
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		if t.kind == end {
			return out, nil
		}
	}
}

// take moves on by n bytes, which it returns.
func (l *lexer) take(n int) string {
	taken := l.rest[:n]
	l.rest = l.rest[n:]
	l.column += utf8.RuneCountInString(taken)
	return taken
}

func (l *lexer) next() (token, error) {
	l.take(len(l.rest) - len(strings.TrimLeftFunc(l.rest, unicode.IsSpace)))
	t := token{column: l.column}
	if l.rest == "" {
		return t, nil
	}
	first, _ := utf8.DecodeRuneInString(l.rest)
	switch {
	case begins(first):
		t.kind = word
		t.text = l.take(len(l.rest) - len(strings.TrimLeftFunc(l.rest, continues)))
		return t, nil
	case first == '\'':
		return l.quotation(t, quoted)
	case first == '"':
		return l.quotation(t, name)
	case digit(l.rest, 0) || first == '.' && digit(l.rest, 1):
		return l.number(t)
	}
	t.kind = sign
	for _, s := range []string{"<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%", "^"} {
		if strings.HasPrefix(l.rest, s) {
			t.text = l.take(len(s))
			return t, nil
		}
	}
	if strings.HasPrefix(l.rest, "!=") {
		return t, wrong(t.column, "!= is written <>", "不等于应写作 <>")
	}
	return t, wrong(t.column, "%[1]q has no meaning here", "此处的 %[1]q 无意义", string(first))
}

// escapes are those of a text that stand for one character; of others both characters stay, for LIKE.
var escapes = map[byte]string{'\'': "'", 'a': "\a", 'b': "\b", 't': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r"}

// quotation reads what is in quotes; a quote in it is written twice, in a text also with a backslash.
func (l *lexer) quotation(t token, kind tokenKind) (token, error) {
	t.kind = kind
	quote := l.take(1)
	var out strings.Builder
	for l.rest != "" {
		switch {
		case strings.HasPrefix(l.rest, quote+quote):
			out.WriteString(l.take(2)[:1])
		case strings.HasPrefix(l.rest, quote):
			l.take(1)
			t.text = out.String()
			return t, nil
		case kind == quoted && l.rest[0] == '\\' && len(l.rest) > 1:
			if plain, ok := escapes[l.rest[1]]; ok {
				l.take(2)
				out.WriteString(plain)
				continue
			}
			_, size := utf8.DecodeRuneInString(l.rest[1:])
			out.WriteString(l.take(1 + size))
		default:
			_, size := utf8.DecodeRuneInString(l.rest)
			out.WriteString(l.take(size))
		}
	}
	return t, wrong(t.column, "the quote that begins here is not closed", "此处开始的引号没有结束")
}

func digit(s string, i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }

// number reads one without its sign.
func (l *lexer) number(t token) (token, error) {
	s, i := l.rest, 0
	digits := func() {
		for digit(s, i) {
			i++
		}
	}
	digits()
	if i < len(s) && s[i] == '.' {
		i++
		digits()
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		if digit(s, j) {
			i = j
			digits()
		}
	}
	t.kind = number
	t.text = l.take(i)
	if next, _ := utf8.DecodeRuneInString(l.rest); l.rest != "" && begins(next) {
		return t, wrong(t.column, "%[1]s%[2]s is neither a number nor a name; a name that begins with a digit needs double quotes", "%[1]s%[2]s 既不是数值也不是字段名；以数字开头的字段名需加双引号", t.text, string(next))
	}
	return t, nil
}

// shortest writes a number in its shortest form: whole numbers exactly as far as bigint goes, others as double precision has them.
func shortest(text string) (string, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return strconv.FormatInt(n, 10), true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return "", false
	}
	if f == 0 {
		return "0", true
	}
	return strconv.FormatFloat(f, 'g', -1, 64), true
}
