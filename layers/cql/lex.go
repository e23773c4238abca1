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

func tooLong(n int) error {
	return wrong(0, "it has %[1]d characters; want at most %[2]d", "共 %[1]d 个字符，最多 %[2]d 个", n, MaxLength)
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
	case l.numberBegins():
		return l.number(t)
	}
	t.kind = sign
	for _, s := range []string{"<>", "<=", ">=", "=", "<", ">", "(", ")", ","} {
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

func (l *lexer) numberBegins() bool {
	s := strings.TrimLeft(l.rest[:1], "+-") + l.rest[1:]
	return digit(s, 0) || s != "" && s[0] == '.' && digit(s, 1)
}

func (l *lexer) number(t token) (token, error) {
	s, i := l.rest, 0
	digits := func() {
		for digit(s, i) {
			i++
		}
	}
	if s[0] == '+' || s[0] == '-' {
		i++
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
	text := l.take(i)
	if next, _ := utf8.DecodeRuneInString(l.rest); l.rest != "" && begins(next) {
		return t, wrong(t.column, "%[1]s%[2]s is neither a number nor a name; a name that begins with a digit needs double quotes", "%[1]s%[2]s 既不是数值也不是字段名；以数字开头的字段名需加双引号", text, string(next))
	}
	var ok bool
	if t.text, ok = shortest(text); !ok {
		return t, wrong(t.column, "the number is too large", "数值过大")
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
