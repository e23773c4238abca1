package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"

	"onemap/layers"
	"onemap/layers/format"
)

// converter makes of a text the value its column takes. The note says what was changed, or with Severity Error that the
// text is no value of the column; the value is then nil.
type converter func(text []byte) (value any, note *format.Note)

// converterOf is the converter to a column's SQL type. Loose fields have no empty text: it is null.
func converterOf(sqlType string, loose bool) converter {
	base, size, _ := strings.Cut(strings.TrimSuffix(sqlType, ")"), "(")
	switch strings.TrimSpace(base) {
	case "smallint":
		return integerUpTo(math.MaxInt16)
	case "integer":
		return integerUpTo(math.MaxInt32)
	case "bigint":
		return integerUpTo(math.MaxInt64)
	case "double precision", "real":
		return folded(func(s []byte) (any, bool) {
			v, ok, inRange := parseFloat(s)
			return v, ok && inRange
		}, "a number", "数值")
	case "numeric":
		precision, scale := sizes(size)
		return folded(func(s []byte) (any, bool) {
			v, ok, inRange := parseNumeric(s, precision, scale)
			return v, ok && inRange
		}, "a number of "+sqlType, "数值（"+sqlType+"）")
	case "boolean":
		return folded(boolean, "yes or no", "是或否")
	case "date":
		return day
	case "timestamptz", "timestamp with time zone", "timestamp without time zone":
		return folded(func(s []byte) (any, bool) {
			m, ok := readMoment(s)
			return m.at.In(layers.Zone), ok && !m.month
		}, "a date or time", "日期时间")
	case "jsonb", "json":
		return jsonValue
	case "uuid":
		return folded(func(s []byte) (any, bool) {
			var id pgtype.UUID
			err := id.Scan(string(s))
			return id, err == nil
		}, "a UUID", "UUID")
	}
	most, _ := sizes(size) // of varchar(n)
	return func(text []byte) (any, *format.Note) {
		switch {
		case loose && blank(text):
			return nil, nil
		case most > 0 && utf8.RuneCount(text) > most:
			return nil, noValue(fmt.Sprintf("a text of up to %d characters", most), fmt.Sprintf("长度不超过 %d 个字符的文本", most), text)
		}
		return string(text), nil
	}
}

// codeIn is the converter of a text column that has a code list: full-width characters and spaces around are no part of
// a code.
func codeIn(column converter) converter {
	var room [foldSize]byte
	return func(text []byte) (any, *format.Note) {
		if len(text) > foldSize {
			return column(text)
		}
		s, changed := fold(text, room[:])
		if len(s) == 0 {
			return nil, nil
		}
		value, note := column(s)
		if note == nil && changed {
			note = fullWidthNote(text)
		}
		return value, note
	}
}

// day is the converter of a date. A month without a day becomes its first, a time of day is dropped, and both are told.
func day(text []byte) (any, *format.Note) {
	var m moment
	value, note := folded(func(s []byte) (_ any, ok bool) {
		m, ok = readMoment(s)
		return time.Date(m.at.Year(), m.at.Month(), m.at.Day(), 0, 0, 0, 0, time.UTC), ok
	}, "a date", "日期")(text)
	switch {
	case value == nil || note != nil:
	case m.month:
		note = changed("value.day", text, layers.Say("tells no day: the first of the month is kept", "没有写明日，按当月 1 日保存"))
	case m.oddity()&clockTold != 0:
		note = changed("value.clock", text, layers.Say("the time of day is not kept", "只保存日期，不保存时刻"))
	}
	return value, note
}

// jsonValue is the converter of JSON that PostgreSQL takes: no \u0000, no half of a surrogate pair, no depth without end.
func jsonValue(text []byte) (any, *format.Note) {
	if blank(text) {
		return nil, nil
	}
	if !json.Valid(text) || bytes.Contains(text, []byte(`\u0000`)) || deep(text) {
		return nil, noValue("JSON", " JSON", text)
	}
	if !bytes.Contains(text, []byte(`\u`)) {
		return append([]byte(nil), text...), nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, noValue("JSON", " JSON", text)
	}
	again, err := json.Marshal(v)
	if err != nil {
		return nil, noValue("JSON", " JSON", text)
	}
	return again, nil
}

// deep tells JSON that is nested deeper than anything written for people.
func deep(text []byte) bool {
	depth, most := 0, 0
	for _, c := range text {
		switch c {
		case '[', '{':
			depth++
			most = max(most, depth)
		case ']', '}':
			depth--
		}
	}
	return most > 200
}

// sizes reads "8,2".
func sizes(text string) (precision, scale int) {
	p, s, _ := strings.Cut(text, ",")
	precision, _ = strconv.Atoi(strings.TrimSpace(p)) // "" is 0: any
	scale, _ = strconv.Atoi(strings.TrimSpace(s))
	return precision, scale
}

func integerUpTo(most int64) converter {
	return folded(func(s []byte) (any, bool) {
		v, ok, inRange := parseInteger(s)
		return v, ok && inRange && v <= most && v >= -most-1
	}, "a whole number", "整数")
}

// boolean also takes what databases write.
func boolean(s []byte) (any, bool) {
	if v, ok := readBoolean(s); ok {
		return v, true
	}
	switch string(s) {
	case "1", "t", "T":
		return true, true
	case "0", "f", "F":
		return false, true
	}
	return nil, false
}

// folded reads a text with its full-width characters as ASCII; blanks are null.
func folded(read func([]byte) (any, bool), what, whatZh string) converter {
	var room [foldSize]byte
	return func(text []byte) (any, *format.Note) {
		if len(text) > foldSize {
			return nil, noValue(what, whatZh, text)
		}
		s, full := fold(text, room[:])
		if len(s) == 0 {
			return nil, nil
		}
		v, ok := read(s)
		if !ok {
			return nil, noValue(what, whatZh, text)
		}
		if bytes.IndexByte(s, ',') >= 0 {
			return v, changed("value.grouped", text, layers.Say("the commas were read as separators of thousands", "逗号已按千位分隔符读取"))
		}
		if full {
			return v, fullWidthNote(text)
		}
		return v, nil
	}
}

func noValue(what, whatZh string, text []byte) *format.Note {
	return &format.Note{Rule: "value.type", Severity: format.Error, Value: sample(text),
		Words: layers.Words{En: "not " + what, Zh: "不是有效的" + whatZh}}
}

// changed is the note of a value that was kept otherwise than written.
func changed(rule string, text []byte, words layers.Words) *format.Note {
	return &format.Note{Rule: rule, Severity: format.Info, Value: sample(text), Words: words}
}

func fullWidthNote(text []byte) *format.Note {
	return changed("value.fullwidth", text, layers.Say("full-width characters were read as ASCII", "全角字符已按半角读取"))
}
