package format

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"onemap/layers"
)

// A dBASE table is a header of 32 bytes, 32 bytes per field and a terminator, then records of fixed width.
const (
	dbfHeader   = 32
	dbfField    = 32
	dbfLanguage = 29 // LDID: the code page, by a number
)

// languages are the code pages that a .dbf names by number (LDID). 0x57 means "what this machine uses": nothing.
var languages = map[byte]string{
	0x01: "CP437", 0x02: "CP850", 0x03: "CP1252", 0x13: "CP932", 0x4d: "GB18030", 0x4e: "CP949", 0x4f: "CP950",
	0x58: "CP1252", 0x59: "CP1252", 0x78: "CP950", 0x79: "CP949", 0x7a: "GB18030", 0x7b: "CP932", 0xc8: "CP1250", 0xc9: "CP1251",
}

// dbf is the attribute table of a shapefile, as far as its header goes.
type dbf struct {
	size     int64 // of the header, in bytes
	record   int   // bytes per record
	count    int64 // records, as the header says
	language byte
	fields   []dbfColumn
}

type dbfColumn struct {
	name     []byte // as in the file, up to 10 bytes in its encoding, maybe cut within a character
	kind     byte   // C N F D L …
	at       int    // offset within the record
	width    int
	decimals int
}

// readDBF reads the header. It returns layers.ErrInvalid when it is not one.
func readDBF(r io.Reader) (*dbf, error) {
	head := make([]byte, dbfHeader)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, refuse("the .dbf ends within its header", ".dbf 文件头不完整")
	}
	size := int(binary.LittleEndian.Uint16(head[8:]))
	d := &dbf{
		size: int64(size), record: int(binary.LittleEndian.Uint16(head[10:])), count: int64(binary.LittleEndian.Uint32(head[4:])),
		language: head[dbfLanguage],
	}
	if size <= dbfHeader || d.record == 0 {
		return nil, refuse("the .dbf has no fields", ".dbf 没有字段")
	}
	header := append(head, make([]byte, size-dbfHeader)...)
	if _, err := io.ReadFull(r, header[dbfHeader:]); err != nil {
		return nil, refuse("the .dbf ends within its header", ".dbf 文件头不完整")
	}
	at := 1 // the first byte of a record tells whether it is deleted
	for off := dbfHeader; off+dbfField <= size && header[off] != '\r'; off += dbfField {
		f := header[off : off+dbfField]
		c := dbfColumn{kind: f[11], at: at, width: int(f[16]), decimals: int(f[17])}
		if c.kind == 'C' { // long text keeps the high byte of its width where numbers keep decimals
			c.width += int(f[17]) << 8
			c.decimals = 0
		}
		c.name = bytes.TrimRight(bytes.SplitN(f[:11], []byte{0}, 2)[0], " ")
		at += c.width
		if at > d.record {
			return nil, refuse("the .dbf says its records have %d bytes, but its fields need more", ".dbf 声明每条记录 %d 字节，但各字段之和超出此长度", d.record)
		}
		d.fields = append(d.fields, c)
	}
	return d, nil
}

// texts gives every text value of the records that follow the header, in bytes without the padding, and counts the
// records that are whole and not deleted.
func (d *dbf) texts(r io.Reader, each func(value []byte)) (records, deleted int64, err error) {
	in := d.reader(r)
	for {
		rec, err := in.next()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return in.read, deleted, nil
			}
			return in.read, deleted, err
		}
		if rec[0] == '*' {
			deleted++
			continue
		}
		for _, f := range d.fields {
			if f.kind == 'C' {
				each(bytes.TrimRight(rec[f.at:f.at+f.width], " \x00"))
			}
		}
	}
}

// dbfReader gives records one after the other, in the same memory.
type dbfReader struct {
	d    *dbf
	in   *bufio.Reader
	rec  []byte
	read int64
}

func (d *dbf) reader(r io.Reader) *dbfReader {
	return &dbfReader{d: d, in: bufio.NewReaderSize(r, 1<<18), rec: make([]byte, d.record)}
}

// next is the next record, or io.EOF after the last that is there: the header may promise more, or fewer.
func (r *dbfReader) next() ([]byte, error) {
	if r.read >= r.d.count {
		return nil, io.EOF
	}
	_, err := io.ReadFull(r.in, r.rec)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	if err != nil {
		return nil, err
	}
	r.read++
	return r.rec, nil
}

// columns are the fields for people: decoded names, each only once.
func (d *dbf) columns(e encoding) (fields []Field, notes []Note) {
	seen := map[string]int{}
	for i, f := range d.fields {
		whole := e.whole(f.name)
		name := strings.TrimSpace(strings.ReplaceAll(e.text(f.name[:whole]), "\x00", ""))
		if name == "" {
			name = "字段" + strconv.Itoa(i+1)
		}
		if seen[name]++; seen[name] > 1 {
			other := name + "_" + strconv.Itoa(seen[name])
			notes = append(notes, Note{Rule: "field.duplicate", Severity: Info, Field: other, Words: layers.Say(
				"several fields are called %s; this one is %s here", "多个字段同名 %s，此字段记为 %s", name, other)})
			name = other
		}
		if whole < len(f.name) {
			notes = append(notes, Note{Rule: "encoding.mended", Severity: Info, Field: name, Words: layers.Say(
				"the name of field %s ended in the middle of a character, which was left out", "字段名 %s 在字符中间被截断，已去除残缺字符", name)})
		}
		fields = append(fields, Field{Name: name, Kind: f.declared(), Width: f.width})
	}
	return fields, notes
}

func (f dbfColumn) declared() Kind {
	switch f.kind {
	case 'N', 'F':
		if f.decimals == 0 && f.kind == 'N' {
			return Integer
		}
		return Number
	case 'I', '+':
		return Integer
	case 'B', 'O':
		return Number
	case 'D':
		return Date
	case 'L':
		return Boolean
	case '@', 'T':
		return DateTime
	}
	return Text
}

// value is the text of a field of a record; nil = none.
func (f dbfColumn) value(row *Row, name string, rec []byte, e encoding) []byte {
	raw := rec[f.at : f.at+f.width]
	if f.width == 0 {
		return nil
	}
	switch f.kind {
	case 'N', 'F':
		return f.number(row, name, bytes.Trim(raw, " \x00"))
	case 'D':
		return f.date(row, name, bytes.Trim(raw, " \x00"))
	case 'L':
		switch raw[0] {
		case 'T', 't', 'Y', 'y', '1':
			return []byte("true")
		case 'F', 'f', 'N', 'n', '0':
			return []byte("false")
		}
		return nil
	case 'I', '+':
		if f.width == 4 {
			return strconv.AppendInt(nil, int64(int32(binary.LittleEndian.Uint32(raw))), 10)
		}
	case '@', 'T':
		if f.width == 8 {
			return julian(raw)
		}
	case 'B', 'O':
		if f.width == 8 {
			if v := math.Float64frombits(binary.LittleEndian.Uint64(raw)); v-v == 0 {
				return appendNumber(nil, v, 64)
			}
			return nil
		}
	}
	text := bytes.TrimRight(raw, " \x00")
	if len(text) == 0 {
		return nil
	}
	if at := bytes.IndexByte(text, 0); at >= 0 { // what follows is left over from an older value
		text = text[:at]
	}
	return e.value(row, name, text)
}

// number is a number as it was typed, without zeros that say nothing. Stars stand for null, and for what did not fit.
func (f dbfColumn) number(row *Row, name string, text []byte) []byte {
	if len(text) == 0 || text[0] == '*' {
		return nil
	}
	if isNumber(text) {
		if bytes.ContainsAny(text, "eE") {
			v, _ := strconv.ParseFloat(string(text), 64) // isNumber has tried
			return appendNumber(nil, v, 64)
		}
		if bytes.IndexByte(text, '.') >= 0 {
			text = bytes.TrimSuffix(bytes.TrimRight(text, "0"), []byte("."))
		}
		return bytes.TrimPrefix(text, []byte("+"))
	}
	row.Notes = append(row.Notes, Note{Rule: "value.number", Severity: Warning, Field: name, Value: shown(string(bytes.ToValidUTF8(text, []byte("\uFFFD")))), Words: layers.Say(
		"a field of numbers holds text; the value was left empty", "数值字段中含有非数值内容，已置空")})
	return nil
}

// julian is a moment in days of the Julian calendar's count and milliseconds.
func julian(raw []byte) []byte {
	day, ms := int64(int32(binary.LittleEndian.Uint32(raw))), int64(int32(binary.LittleEndian.Uint32(raw[4:])))
	if day <= 0 {
		return nil
	}
	const epoch = 2440588 // 1970-01-01
	return time.UnixMilli((day-epoch)*86_400_000+ms).UTC().AppendFormat(nil, "2006-01-02T15:04:05.999")
}

// isNumber tells whether text is what ParseFloat reads, and finite, without its other spellings.
func isNumber(text []byte) bool {
	if isDigits(text) {
		return true
	}
	for _, c := range text {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c|0x20 != 'e' {
			return false
		}
	}
	v, err := strconv.ParseFloat(string(text), 64)
	return err == nil && v-v == 0
}

// date is 20200102 as 2020-01-02.
func (f dbfColumn) date(row *Row, name string, text []byte) []byte {
	if len(text) == 0 || len(bytes.Trim(text, "0")) == 0 {
		return nil
	}
	if len(text) == 8 && isDigits(text) && string(text[4:6]) >= "01" && string(text[4:6]) <= "12" && string(text[6:]) >= "01" && string(text[6:]) <= "31" {
		return fmt.Appendf(nil, "%s-%s-%s", text[:4], text[4:6], text[6:])
	}
	row.Notes = append(row.Notes, Note{Rule: "value.date", Severity: Warning, Field: name, Value: shown(string(bytes.ToValidUTF8(text, []byte("\uFFFD")))), Words: layers.Say(
		"this is no date; the value was left empty", "不是有效日期，已置空")})
	return nil
}

func isDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
