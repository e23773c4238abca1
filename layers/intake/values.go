package intake

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

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
		return folded(func(s []byte) (any, bool) {
			m, ok := readMoment(s)
			return time.Date(m.at.Year(), m.at.Month(), m.at.Day(), 0, 0, 0, 0, time.UTC), ok
		}, "a date", "日期")
	case "timestamptz", "timestamp with time zone":
		return folded(func(s []byte) (any, bool) {
			m, ok := readMoment(s)
			return m.at, ok
		}, "a date or time", "日期时间")
	case "jsonb":
		return func(text []byte) (any, *format.Note) {
			if !json.Valid(text) {
				return nil, noValue("JSON", "JSON", text)
			}
			return append([]byte(nil), text...), nil
		}
	case "uuid":
		return folded(func(s []byte) (any, bool) {
			var id pgtype.UUID
			err := id.Scan(string(s))
			return id, err == nil
		}, "a UUID", "UUID")
	}
	return func(text []byte) (any, *format.Note) {
		if len(text) == 0 && loose {
			return nil, nil
		}
		return string(text), nil
	}
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
		s, changed := fold(text, room[:])
		if len(s) == 0 {
			return nil, nil
		}
		v, ok := read(s)
		if !ok {
			return nil, noValue(what, whatZh, text)
		}
		if changed {
			return v, &format.Note{Rule: "value.fullwidth", Severity: format.Info, Value: sample(text),
				Words: format.Say("full-width characters were read as ASCII", "全角字符已按半角读取")}
		}
		return v, nil
	}
}

func noValue(what, whatZh string, text []byte) *format.Note {
	return &format.Note{Rule: "value.type", Severity: format.Error, Value: sample(text),
		Words: format.Words{En: "not " + what, Zh: "不是有效的" + whatZh}}
}
