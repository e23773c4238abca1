package intake

import (
	"fmt"
	"strings"
	"time"

	"onemap/layers"
)

// placeholders are days that programs write where nobody knew one: the first day that spreadsheets, databases and clocks
// count from, and their last. Often says that it may as well be a true day: it is told only where many values have it.
var placeholders = []struct {
	day   string
	often bool
}{{"0001-01-01", false}, {"1753-01-01", false}, {"1899-12-30", false}, {"1899-12-31", false}, {"1900-01-01", false}, {"9999-12-31", false},
	{"1970-01-01", true}, {"1980-01-01", true}, {"1990-01-01", true}, {"2000-01-01", true}}

// oftenShare is what part of the values is many.
const oftenShare = 0.1

// placeholders tells of values of a date's field that probably are none. They are kept.
func (f *fieldProfile) placeholders(t layers.Type) []layers.Words {
	if t != layers.Date && t != layers.DateTime {
		return nil
	}
	counts := map[string]int64{}
	var room [foldSize]byte
	for _, d := range f.distinct {
		s, _ := fold([]byte(d.text), room[:])
		if m, ok := readMoment(s); ok && !m.month {
			counts[m.at.Format(time.DateOnly)] += d.count
		}
	}
	var found, foundZh []string
	for _, p := range placeholders {
		if n := counts[p.day]; n > 0 && (!p.often || n > 1 && float64(n) >= oftenShare*float64(f.values)) {
			found, foundZh = append(found, fmt.Sprintf("%s (%d)", p.day, n)), append(foundZh, fmt.Sprintf("%s（%d）", p.day, n))
		}
	}
	if found == nil {
		return nil
	}
	return []layers.Words{{
		En: "days that often stand for no day are kept: " + strings.Join(found, ", "),
		Zh: "含有常用来表示“无日期”的值，按原值保存：" + strings.Join(foundZh, "、"),
	}}
}
