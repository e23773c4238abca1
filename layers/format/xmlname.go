package format

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// XMLName makes a name that XML takes (an NCName) of any text, so that FromXMLName finds the text again: a character that
// a name can not hold becomes _xHHHH_, its number in hexadecimal, as in SQL/XML (ISO/IEC 9075-14, 9.1). Chinese stays as it is.
func XMLName(s string) string {
	return string(appendXMLName(nil, s, true))
}

// appendXMLName appends s, which stands at the start of a name or, as the tail of one, may begin with anything. What begins
// like an escape is escaped: the next character's could complete it.
func appendXMLName(b []byte, s string, start bool) []byte {
	for i, r := range s {
		switch {
		case r == '_' && hexDigits(s[i:]) >= 4, !namePart(r), start && i == 0 && !nameStart(r):
			b = append(b, "_x"...)
			hex := strconv.AppendInt(nil, int64(r), 16)
			for range 4 - len(hex) {
				b = append(b, '0')
			}
			b = append(b, strings.ToUpper(string(hex))...)
			b = append(b, '_')
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}

// FromXMLName is the inverse of XMLName. Other names stay as they are.
func FromXMLName(name string) string {
	if !strings.Contains(name, "_x") {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		if n := escapeLength(name[i:]); n > 0 {
			code, _ := strconv.ParseInt(name[i+2:i+n-1], 16, 32) // escapeLength has seen that it is a number
			b.WriteRune(rune(code))
			i += n
			continue
		}
		b.WriteByte(name[i])
		i++
	}
	return b.String()
}

// escapeLength is how long the escape is that s begins with; 0 = it begins with none.
func escapeLength(s string) int {
	n := hexDigits(s)
	if n < 4 || n > 6 || len(s) == 2+n || s[2+n] != '_' {
		return 0
	}
	return 2 + n + 1
}

// hexDigits is how many digits follow on the _x that s begins with.
func hexDigits(s string) int {
	digits, ok := strings.CutPrefix(s, "_x")
	if !ok {
		return 0
	}
	return len(digits) - len(strings.TrimLeft(digits, "0123456789ABCDEF"))
}

// nameStart and namePart are the characters that parsers of every edition of XML 1.0 take in names, as far as they matter
// here.
func nameStart(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r >= 0x4e00 && r <= 0x9fa5 || r == 0x3007
}

func namePart(r rune) bool { return nameStart(r) || r >= '0' && r <= '9' || r == '-' || r == '.' }

// appendXML appends text with what XML needs escaped, in elements and in attributes; what it can not hold at all is left
// out, and bytes that are no UTF-8 become U+FFFD.
func appendXML(b []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '&' && c != '<' && c != '>' && c != '"' {
			i++
			continue
		}
		r, size := rune(c), 1
		if c >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		with, plain := escapeOf(r, size)
		if !plain {
			b = append(append(b, s[from:i]...), with...)
			from = i + size
		}
		i += size
	}
	return append(b, s[from:]...)
}

// escapeOf is what stands for a character of so many bytes; plain = itself.
func escapeOf(r rune, size int) (with string, plain bool) {
	switch {
	case r == '&':
		return "&amp;", false
	case r == '<':
		return "&lt;", false
	case r == '>':
		return "&gt;", false
	case r == '"':
		return "&#34;", false
	case r == '\r':
		return "&#13;", false
	case r == utf8.RuneError && size == 1:
		return "\ufffd", false
	case forbidden(r):
		return "", false
	}
	return "", true
}

// EscapeXML is text as XML has it.
func EscapeXML(s string) string { return string(appendXML(nil, s)) }
