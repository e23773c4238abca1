package intake

import (
	"bytes"
	"time"
	"unicode/utf8"

	"onemap/layers"
)

// moment is a day, or a point in time, as a text names it.
type moment struct {
	at    time.Time // in layers.Zone where the text names no zone
	clock bool      // the text tells a time of day
	month bool      // the text tells no day; at is the first of the month
}

// readMoment reads a day or a point in time in the ways Chinese offices and ISO 8601 write it: 2021-03-05, 2021/3/5,
// 2021.03.05, 20210305, 2021年3月5日, 二〇二一年三月五日, 2021年3月; then 10:05, 10:05:30.5, 10时5分, 下午3:05, and Z or
// +08:00. The year comes first and has four digits: 03/04/2021 is two different days, and is neither.
// Full-width characters have been folded before.
func readMoment(text []byte) (moment, bool) {
	r := momentReader{s: bytes.TrimSpace(text)}
	m, ok := r.day()
	if !ok {
		return moment{}, false
	}
	y, mo, d := m.year, m.month, m.day
	if d == 0 {
		d = 1
	}
	at := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, layers.Zone)
	if y < 1 || at.Day() != d || at.Month() != time.Month(mo) {
		return moment{}, false
	}
	if r.ended() {
		return moment{at: at, month: m.day == 0}, true
	}
	if m.day == 0 || !r.between(m.joined) {
		return moment{}, false
	}
	clock, zone, ok := r.clock(m.compact)
	if !ok || !r.ended() {
		return moment{}, false
	}
	return moment{at: time.Date(y, time.Month(mo), d, 0, 0, 0, 0, zone).Add(clock), clock: true}, true
}

// ambiguousDate tells a date whose year comes last, so that nobody knows its day from its month.
func ambiguousDate(s []byte) bool {
	r := momentReader{s: s}
	for range 2 {
		if _, n := r.digits(2); n == 0 || !r.any("/-.") {
			return false
		}
	}
	_, n := r.digits(4)
	return n == 4 && (r.ended() || r.any(" T"))
}

// momentReader walks through a text.
type momentReader struct {
	s []byte
	i int
}

// writtenDay is a day as written; day 0 = only the month is told.
type writtenDay struct {
	year, month, day int
	joined           bool // a clock may follow without a space
	compact          bool // 20210305
}

func (r *momentReader) day() (d writtenDay, ok bool) {
	year, n := r.digits(8)
	switch {
	case n == 8:
		return writtenDay{year / 10000, year / 100 % 100, year % 100, true, true}, year/10000 >= 1800 && year/10000 < 2200
	case n == 0:
		if year, ok = r.chineseYear(); !ok || !r.word("年") {
			return d, false
		}
		return r.chineseDay(year)
	case n != 4:
		return d, false
	}
	if r.word("年") {
		return r.chineseDay(year)
	}
	separator := r.i
	if !r.any("-/.") {
		return d, false
	}
	month, n := r.digits(2)
	if n == 0 {
		return d, false
	}
	if r.ended() && r.s[separator] == '-' && n == 2 {
		return writtenDay{year: year, month: month}, true
	}
	if r.ended() || r.s[r.i] != r.s[separator] {
		return d, false
	}
	r.i++
	day, n := r.digits(2)
	return writtenDay{year: year, month: month, day: day}, n > 0 && day > 0
}

// chineseDay reads what follows 年.
func (r *momentReader) chineseDay(year int) (writtenDay, bool) {
	month, ok := r.count()
	if !ok || !r.word("月") {
		return writtenDay{}, false
	}
	if r.ended() {
		return writtenDay{year: year, month: month}, true
	}
	day, ok := r.count()
	if !ok || day == 0 || !r.word("日") && !r.word("号") {
		return writtenDay{}, false
	}
	return writtenDay{year: year, month: month, day: day, joined: true}, true
}

// between passes over what stands between a day and its clock.
func (r *momentReader) between(joined bool) bool {
	from := r.i
	if r.any("Tt") {
		return true
	}
	for r.any(" ") {
	}
	return joined || r.i > from
}

// clock reads a time of day, as the time since midnight, and its zone.
func (r *momentReader) clock(compact bool) (time.Duration, *time.Location, bool) {
	half := r.half()
	var hour, minute, second, nano int
	if value, n := r.digits(6); compact && n == 6 {
		hour, minute, second = value/10000, value/100%100, value%100
	} else {
		if n == 0 || n > 2 {
			return 0, nil, false
		}
		var ok bool
		if minute, second, ok = r.minutes(); !ok {
			return 0, nil, false
		}
		hour = value
	}
	if r.any(".,") {
		scale := 100_000_000
		for ; r.i < len(r.s) && r.s[r.i] >= '0' && r.s[r.i] <= '9'; r.i++ {
			nano += int(r.s[r.i]-'0') * scale
			scale /= 10
		}
	}
	if half == none {
		for r.any(" ") {
		}
		half = r.half()
	}
	hour, ok := half.hour(hour)
	zone, known := r.zone()
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + time.Duration(nano),
		zone, ok && known && minute < 60 && second < 60
}

// minutes reads what follows the hour: :05, :05:30, 时, 时5分, 点5分30秒.
func (r *momentReader) minutes() (minute, second int, ok bool) {
	if r.any(":") {
		minute, n := r.digits(2)
		if n != 2 {
			return 0, 0, false
		}
		if !r.any(":") {
			return minute, 0, true
		}
		second, n = r.digits(2)
		return minute, second, n == 2
	}
	if !r.word("时") && !r.word("点") {
		return 0, 0, false
	}
	if minute, n := r.digits(2); n > 0 {
		if !r.word("分") {
			return 0, 0, false
		}
		if second, n = r.digits(2); n > 0 && !r.word("秒") {
			return 0, 0, false
		}
		return minute, second, true
	}
	return 0, 0, true
}

// half is a word for a part of the day.
type half int

const (
	none half = iota
	before
	after
	noon
)

func (r *momentReader) half() half {
	for _, w := range []struct {
		word string
		half half
	}{{"上午", before}, {"凌晨", before}, {"早上", before}, {"下午", after}, {"晚上", after}, {"中午", noon},
		{"AM", before}, {"PM", after}, {"am", before}, {"pm", after}} {
		if r.word(w.word) {
			for r.any(" ") {
			}
			return w.half
		}
	}
	return none
}

// hour is the hour of the day that hour h of the half means.
func (h half) hour(hour int) (int, bool) {
	switch {
	case hour > 23:
		return 0, false
	case h == before && hour == 12:
		return 0, true
	case h == after && hour < 12, h == noon && hour < 3:
		return hour + 12, true
	}
	return hour, true
}

// zone reads Z or an offset; none is the county's.
func (r *momentReader) zone() (*time.Location, bool) {
	for r.any(" ") {
	}
	if r.ended() {
		return layers.Zone, true
	}
	if r.any("Zz") || r.word("UTC") {
		return time.UTC, true
	}
	sign := 1
	if r.i < len(r.s) && r.s[r.i] == '-' {
		sign = -1
	}
	if !r.any("+-") {
		return nil, false
	}
	value, n := r.digits(4)
	minutes := 0
	switch n {
	case 4:
		value, minutes = value/100, value%100
	case 2:
		if r.any(":") {
			if minutes, n = r.digits(2); n != 2 {
				return nil, false
			}
		}
	default:
		return nil, false
	}
	if value > 15 || minutes > 59 {
		return nil, false
	}
	return time.FixedZone("", sign*(value*3600+minutes*60)), true
}

func (r *momentReader) ended() bool { return r.i >= len(r.s) }

// any takes one of the characters.
func (r *momentReader) any(of string) bool {
	if r.i < len(r.s) && bytes.IndexByte([]byte(of), r.s[r.i]) >= 0 {
		r.i++
		return true
	}
	return false
}

// word takes the word.
func (r *momentReader) word(w string) bool {
	if len(r.s)-r.i >= len(w) && string(r.s[r.i:r.i+len(w)]) == w {
		r.i += len(w)
		return true
	}
	return false
}

// digits takes up to most digits, and none where there are more.
func (r *momentReader) digits(most int) (value, n int) {
	for ; n < most && r.i < len(r.s) && r.s[r.i] >= '0' && r.s[r.i] <= '9'; n++ {
		value = value*10 + int(r.s[r.i]-'0')
		r.i++
	}
	return value, n
}

// count takes one or two digits, or a Chinese number to 99.
func (r *momentReader) count() (int, bool) {
	if v, n := r.digits(2); n > 0 {
		return v, true
	}
	tens, ones, found := 0, 0, false
	for {
		c, size := utf8.DecodeRune(r.s[r.i:])
		d := chineseDigit(c)
		switch {
		case c == '十' && tens == 0:
			tens, ones = max(ones, 1), 0
		case d >= 0 && ones == 0:
			ones = d
		default:
			return tens*10 + ones, found
		}
		found = true
		r.i += size
	}
}

// chineseYear takes four Chinese digits.
func (r *momentReader) chineseYear() (year int, ok bool) {
	for range 4 {
		c, size := utf8.DecodeRune(r.s[r.i:])
		d := chineseDigit(c)
		if d < 0 {
			return 0, false
		}
		year = year*10 + d
		r.i += size
	}
	return year, true
}

func chineseDigit(c rune) int {
	switch c {
	case '〇', '零', '○':
		return 0
	case '一':
		return 1
	case '二':
		return 2
	case '三':
		return 3
	case '四':
		return 4
	case '五':
		return 5
	case '六':
		return 6
	case '七':
		return 7
	case '八':
		return 8
	case '九':
		return 9
	}
	return -1
}
