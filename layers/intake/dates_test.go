package intake

import (
	"testing"
	"time"

	"onemap/layers"
)

func TestDatesAreReadAsOfficesWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2021-03-05": "2021-03-05", "2021/3/5": "2021-03-05", "2021.03.05": "2021-03-05", "20210305": "2021-03-05",
		"2021年3月5日": "2021-03-05", "2021年03月05号": "2021-03-05", " 2021-03-05 ": "2021-03-05",
		"二〇二一年三月五日": "2021-03-05", "二零二一年十二月三十一日": "2021-12-31", "二〇二一年十月二十日": "2021-10-20",
		"2021年3月": "2021-03", "2021-03": "2021-03",
		"2021-03-05 10:05": "2021-03-05T10:05:00+08:00", "2021-03-05 10:05:30.5": "2021-03-05T10:05:30.5+08:00",
		"2021年3月5日10时5分": "2021-03-05T10:05:00+08:00", "2021年3月5日 下午3点05分": "2021-03-05T15:05:00+08:00",
		"2021-03-05 上午12:30": "2021-03-05T00:30:00+08:00", "2021/3/5 3:05 PM": "2021-03-05T15:05:00+08:00",
		"2021-03-05T10:05:00Z": "2021-03-05T18:05:00+08:00", "2021-03-05T10:05:00+09:00": "2021-03-05T09:05:00+08:00",
		"2021/03/05 10:05:00+08": "2021-03-05T10:05:00+08:00", "20210305100500": "2021-03-05T10:05:00+08:00",
		"2020-02-29": "2020-02-29", "2021-02-29": "", "2021-13-01": "", "2021-00-10": "", "2021-04-31": "",
		"03/04/2021": "", "21-3-5": "", "2021": "", "2021年": "", "2021-3/5": "", "2021-03-05 25:00": "", "2021-03-05 10:60": "",
		"99999999": "", "20211301": "", "2021.03.05.1": "", "昨天": "", "": "", "12345.678": "", "0000-00-00": "",
	} {
		m, ok := readMoment([]byte(text))
		got := ""
		switch {
		case !ok:
		case m.clock:
			got = m.at.In(layers.Zone).Format(time.RFC3339Nano)
		case m.month:
			got = m.at.Format("2006-01")
		default:
			got = m.at.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestADateWithTheYearLastIsAmbiguous(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"03/04/2021": true, "3-4-2021": true, "03.04.2021 10:00": true, "2021-03-04": false, "3/4": false, "1.2.3": false,
	} {
		if got := ambiguousDate([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func FuzzDates(f *testing.F) {
	for _, s := range []string{"2021-03-05", "二〇二一年三月五日", "2021年3月5日下午3时5分", "20210305T101010+08:00", "十十年", "\xff年"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		ambiguousDate(text)
		m, ok := readMoment(text)
		if !ok {
			return
		}
		again, ok := readMoment([]byte(m.at.Format(time.RFC3339Nano)))
		if !ok || !again.at.Equal(m.at) {
			t.Errorf("%q is %s, which reads as %s, %v", text, m.at, again.at, ok)
		}
	})
}
