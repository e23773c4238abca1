package format

import (
	"bytes"
	"unicode/utf8"

	"onemap/layers"
)

// textMaker makes the text of values as Row.Values has it, of what GDAL says.
type textMaker struct {
	fields  []Field
	carried *encoding // the bytes travel as if they were Latin-1; nil = they are UTF-8
	utc     bool      // moments that name no zone are UTC
	arena   []byte
}

// begin forgets the last row's texts.
func (m *textMaker) begin() { m.arena = m.arena[:0] }

// value is the text of field i of a row, good until begin. nil = it has none that counts; notes of the row say why.
func (m *textMaker) value(row *Row, i int, v []byte) []byte {
	switch m.fields[i].Kind {
	case Boolean:
		return boolean(v)
	case Number:
		if c := v[max(len(v)-1, 0):]; len(c) == 1 && (c[0] < '0' || c[0] > '9') && c[0] != '.' { // NaN, Inf, Infinity
			row.Notes = append(row.Notes, Note{Rule: "value.number", Severity: Warning, Field: m.fields[i].Name, Value: shown(string(v)), Words: layers.Say(
				"%s is no finite number; the value was left empty", "%s 不是有限数值，已置空", shown(string(v)))})
			return nil
		}
		return v
	case Integer:
		return v
	case Date, DateTime, Time:
		return m.moment(m.fields[i].Kind, v)
	}
	return m.plain(row, i, v)
}

// plain is text: of the file's encoding, without NUL and broken characters.
func (m *textMaker) plain(row *Row, i int, v []byte) []byte {
	if m.carried != nil && !isASCII(v) {
		v = m.decoded(row, i, v)
	}
	if bytes.IndexByte(v, 0) >= 0 {
		row.Notes = append(row.Notes, noteNUL(m.fields[i].Name))
		v = bytes.ReplaceAll(v, []byte{0}, nil)
	}
	if !utf8.Valid(v) {
		row.Notes = append(row.Notes, noteBroken(m.fields[i].Name, v))
		v = bytes.ToValidUTF8(v, []byte("\uFFFD"))
	}
	return v
}

// decoded takes Latin-1's letters for the bytes they are, and those for text of the file's encoding.
func (m *textMaker) decoded(row *Row, i int, v []byte) []byte {
	raw := make([]byte, 0, len(v))
	for _, c := range string(v) {
		if c > 0xff {
			return v // GDAL has decoded it itself, such as \U+4E2D in a drawing
		}
		raw = append(raw, byte(c))
	}
	return m.carried.value(row, m.fields[i].Name, raw)
}

// boolean understands what GDAL's streams write.
func boolean(v []byte) []byte {
	switch string(v) {
	case "1", "t", "true":
		return []byte("true")
	case "0", "f", "false":
		return []byte("false")
	}
	return nil
}

// moment writes a date or a time as RFC 3339 has it: 2020/01/02 03:04:05.678+08 becomes 2020-01-02T03:04:05.678+08:00.
func (m *textMaker) moment(kind Kind, v []byte) []byte {
	start := len(m.arena)
	m.arena = append(m.arena, v...)
	t := m.arena[start:]
	for i := range t {
		if t[i] == '/' && i < 10 {
			t[i] = '-'
		}
	}
	at := bytes.IndexAny(t, "T ")
	switch {
	case kind == Date && at > 0:
		return t[:at:at]
	case kind == Time && at > 0:
		return t[at+1:]
	case at < 0:
		return t
	}
	t[at] = 'T'
	if n := len(t); n > at+3 && (t[n-3] == '+' || t[n-3] == '-') { // hours of the zone without minutes
		m.arena = append(m.arena, ":00"...)
	} else if n > at+5 && (t[n-5] == '+' || t[n-5] == '-') && t[n-3] != ':' { // +0530
		m.arena = append(m.arena, t[n-1])
		t = m.arena[start:]
		t[n-1], t[n-2] = t[n-2], ':'
	} else if m.utc && !bytes.ContainsAny(t[at:], "Z+-") {
		m.arena = append(m.arena, 'Z')
	}
	return m.arena[start:]
}

func noteNUL(field string) Note {
	return Note{Rule: "text.nul", Severity: Warning, Field: field, Words: layers.Say(
		"the value holds NUL bytes, which were left out", "值中含有空字节（NUL），已去除")}
}

func noteBroken(field string, v []byte) Note {
	return Note{Rule: "encoding.broken", Severity: Warning, Field: field, Value: shown(string(bytes.ToValidUTF8(v, []byte("\uFFFD")))), Words: layers.Say(
		"the value holds bytes that are no character of the file's encoding; they stand as \uFFFD",
		"值中含有不符合文件编码的字节，已用 \uFFFD 代替")}
}
