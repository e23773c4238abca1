package cql

import (
	"strings"
	"time"

	"onemap/layers"
)

// zone is where a day begins and ends, when it is beside a timestamp.
var zone = layers.Zone

// readMoment brings a date or a timestamp to its one spelling: a timestamp in UTC, in microseconds as PostgreSQL has them.
func readMoment(text string, kind Kind) (string, bool) {
	if kind == Date {
		_, err := time.Parse(time.DateOnly, text)
		return text, err == nil
	}
	t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(text))
	if err != nil {
		return "", false
	}
	t = t.Round(time.Microsecond).UTC()
	return t.Format(time.RFC3339Nano), t.Year() >= 0 && t.Year() <= 9999
}

func notMoment(column int, text string, kind Kind) error {
	return wrong(column, "%[1]q is no %[2]s; want DATE('2026-05-01') or TIMESTAMP('2026-05-01T08:00:00Z')", "%[1]q 不是%[3]s；应写作 DATE('2026-05-01') 或 TIMESTAMP('2026-05-01T08:00:00Z')", text, kind, kindsZh[kind])
}

// bound is the literal as PostgreSQL is given it, which has no year 0; clients send that, and 9999, for what is open.
func (l *Literal) bound() string {
	switch {
	case l.Kind != Date && l.Kind != Timestamp:
		return l.Value
	case strings.HasPrefix(l.Value, "0000-"):
		return "-infinity"
	case strings.HasPrefix(l.Value, "9999-"):
		return "infinity"
	}
	return l.Value
}

// first and last are the ends of a date, or a timestamp itself.
func (l *Literal) first() time.Time {
	if l.Kind == Date {
		t, _ := time.ParseInLocation(time.DateOnly, l.Value, zone)
		return t
	}
	t, _ := time.Parse(time.RFC3339Nano, l.Value)
	return t
}

func (l *Literal) last() time.Time {
	if l.Kind == Date {
		return l.first().AddDate(0, 0, 1).Add(-time.Microsecond)
	}
	return l.first()
}
