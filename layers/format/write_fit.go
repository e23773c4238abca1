package format

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"onemap/layers"
)

// textRules are what a format asks of text.
type textRules struct {
	bytes      int  // of a value at most, in the encoding; 0 = any number
	oneLine    bool // it can hold no line ends
	characters int  // likewise in UTF-16 units
	controls   bool // it can hold control characters other than tab and line ends
}

// fitting makes values fit a format, tells what it changed, and learns how large they are.
type fitting struct {
	columns []*column
	writing *Writing
	text    textOut
	notes   *noteBook
	feature layers.Feature // as it is written
}

// fit returns the feature as it is written. The result is good until the next.
func (f *fitting) fit(feature *layers.Feature) *layers.Feature {
	values := f.feature.Properties[:0]
	for _, c := range f.columns {
		values = append(values, f.value(c, feature))
	}
	f.feature = *feature
	f.feature.Properties = values
	return &f.feature
}

// value is what is written for a column. Most values are what they were, and go on in the same piece of memory.
func (f *fitting) value(c *column, feature *layers.Feature) any {
	value := c.value(feature)
	switch v := value.(type) {
	case string:
		if c.Type == layers.Date || c.Type == layers.DateTime {
			return f.moment(c, feature.ID, v)
		}
		if fitted := f.string(c, feature.ID, v); fitted != v {
			return fitted
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			f.notes.add("number.none", Warning, c, feature.ID, string(appendFloat(nil, v)), numberNone)
			return nil
		}
		if f.writing.fixed {
			f.number(c, feature.ID, string(appendFloat(nil, v)), v)
		}
	case json.Number:
		n, err := v.Float64()
		if math.IsNaN(n) || math.IsInf(n, 0) || err != nil {
			f.notes.add("number.none", Warning, c, feature.ID, string(v), numberNone)
			return nil
		}
		if !f.writing.decimal && len(v) > 15 && !exact(v) {
			f.notes.add("number.rounded", Warning, c, feature.ID, string(v), numberRounded)
		}
		if f.writing.fixed {
			f.number(c, feature.ID, string(v), n)
		}
	case int64:
		f.whole(c, feature.ID, v)
	case nil:
		if f.writing.noNull && c.Type != layers.String && c.Type != layers.Date {
			f.notes.add("null.zero", Warning, c, feature.ID, "", nullZero)
		}
	case bool:
	default:
		if c.Type != layers.JSON {
			return f.string(c, feature.ID, string(appendValue(nil, v)))
		}
	}
	return value
}

// whole learns how large whole numbers are.
func (f *fitting) whole(c *column, id string, v int64) {
	var digits [20]byte
	c.max = max(c.max, int64(len(strconv.AppendInt(digits[:0], v, 10))))
	c.huge = c.huge || v != int64(int32(v))
	if most := f.writing.whole; most > 0 && (v > most || v < -most) {
		c.wide = true
		f.notes.add("number.text", Info, c, id, string(appendValue(nil, v)), numberText)
	}
}

// moment leaves out what the log calls infinity: no format has it.
func (f *fitting) moment(c *column, id, v string) any {
	if strings.HasSuffix(v, "infinity") {
		f.notes.add("date.infinite", Warning, c, id, v, dateInfinite)
		return nil
	}
	if at, err := time.Parse(time.RFC3339, v); err == nil && c.Type == layers.DateTime && f.writing.utc {
		f.notes.add("time.zone", Info, c, "", "", timeZone)
		if at.Nanosecond() != 0 {
			f.notes.add("time.fraction", Warning, c, id, v, timeFraction)
		}
		return at.UTC().Format("2006-01-02T15:04:05Z")
	}
	return v
}

func (f *fitting) string(c *column, id, v string) string {
	rules := f.writing.texts
	if v == "" && f.writing.noEmpty {
		f.notes.add("text.empty", Info, c, id, "", textEmpty)
	}
	if !rules.controls && strings.ContainsFunc(v, forbidden) {
		f.notes.add("text.control", Warning, c, id, v, textControl)
		v = strings.Map(func(r rune) rune {
			if forbidden(r) {
				return -1
			}
			return r
		}, v)
	}
	if held, mended := f.text.holds(v); mended {
		f.notes.add("text.encoding", Warning, c, id, v, textEncoding)
		v = held
	}
	if rules.oneLine && strings.ContainsAny(v, "\r\n") {
		f.notes.add("text.line", Warning, c, id, v, textLine)
		v = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(v)
	}
	size := f.text.size(v)
	if rules.bytes > 0 && size > rules.bytes {
		f.notes.add("text.cut", Warning, c, id, v, textCut)
		v = f.text.cut(v, rules.bytes)
		size = f.text.size(v)
	}
	if rules.characters > 0 && utf8.RuneCountInString(v) > rules.characters {
		f.notes.add("text.cut", Warning, c, id, v, textCut)
		v = string([]rune(v)[:rules.characters])
	}
	c.max = max(c.max, int64(size))
	return v
}

// forbidden are the characters that XML 1.0 (2.2) does not allow, even escaped.
func forbidden(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
}

// number learns how many digits a number has on both sides of the point, and tells of one that a .dbf can not hold.
func (f *fitting) number(c *column, id, text string, v float64) {
	if strings.ContainsAny(text, "eE") {
		text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	whole, part, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if len(whole) > dbfDigits {
		c.wide = true
		f.notes.add("number.text", Info, c, id, text, numberText)
		return
	}
	if len(part) > dbfDecimals {
		rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'f', dbfDecimals, 64), 64)
		if err != nil || math.Abs(rounded-v) > 1e-12*math.Abs(v) {
			f.notes.add("number.rounded", Warning, c, id, text, numberRounded)
		}
	}
	c.max, c.decimals = max(c.max, int64(len(whole))), max(c.decimals, len(part))
}

func appendFloat(b []byte, v float64) []byte { return appendValue(b, v) }

// exact reports whether a decimal number survives as a float64.
func exact(n json.Number) bool {
	v, err := n.Float64()
	if err != nil {
		return false
	}
	back := string(appendFloat(nil, v))
	text := string(n)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return back == text
}
