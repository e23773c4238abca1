package api

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"onemap/layers"
)

// params are the query parameters of a request, the last value of each.
type params map[string]string

// query reads the parameters of a request, which must be among those allowed. It returns ErrInvalid for an unknown
// one (OGC API Features 1.0, /req/core/query-param-unknown) and for text that is no UTF-8.
func query(r *http.Request, allowed ...string) (params, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, layers.Refuse(layers.ErrInvalid, "the query is not properly percent-encoded", "查询字符串的百分号编码不正确")
	}
	out := params{}
	for name, vs := range values {
		if !slices.Contains(allowed, name) {
			return nil, layers.Refuse(layers.ErrInvalid, "unknown parameter %q; known here: %s", "未知参数“%s”；此处可用的有：%s", name, strings.Join(slices.Sorted(slices.Values(allowed)), ", "))
		}
		v := vs[len(vs)-1]
		if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
			return nil, layers.Refuse(layers.ErrInvalid, "the value of %s is not UTF-8 text", "参数 %s 的值不是 UTF-8 文字", name)
		}
		out[name] = v
	}
	if f, ok := out["f"]; ok && f == "" {
		return nil, layers.Refuse(layers.ErrInvalid, "f is empty; name a format, or leave it out", "f 为空；请指明格式，或去掉该参数")
	}
	return out, nil
}

// param is a part of the path, decoded once.
func param(c echo.Context, name string) string {
	v := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return v
	}
	if plain, err := url.PathUnescape(v); err == nil {
		return plain
	}
	return v
}

// limit reads how many are wanted: too many are clamped, what is no positive whole number is refused.
func (p params) limit(usual, most int) (int, error) {
	return p.number("limit", usual, most)
}

// number reads how many of something are wanted.
func (p params) number(name string, usual, most int) (int, error) {
	text, ok := p[name]
	if !ok {
		return usual, nil
	}
	digits := strings.TrimLeft(text, "0")
	if strings.Trim(text, "0123456789") != "" || digits == "" {
		return 0, layers.Refuse(layers.ErrInvalid, "%s %q: want a whole number from 1 to %d", "%s“%s”有误：应为 1 至 %d 的整数", name, text, most)
	}
	if len(digits) > 9 {
		return most, nil
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0, layers.Refuse(layers.ErrInvalid, "%s %q: want a whole number", "%s“%s”有误：应为整数", name, text)
	}
	return min(n, most), nil
}

// ParseBBox reads a bbox of 4 or 6 numbers whose axes are ordered as the CRS has them, and returns it with x first.
// Heights are read and left aside. West may be greater than east in degrees: across the antimeridian.
func ParseBBox(text string, crs CRS) (layers.Bounds, error) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 && len(parts) != 6 {
		return layers.Bounds{}, layers.Refuse(layers.ErrInvalid, "bbox has %d numbers, want 4 or 6", "bbox 有 %d 个数，应为 4 个或 6 个", len(parts))
	}
	n := make([]float64, len(parts))
	for i, part := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || strings.ContainsAny(part, "xX_") {
			return layers.Bounds{}, layers.Refuse(layers.ErrInvalid, "bbox: %q is not a number", "bbox：“%s”不是数值", part)
		}
		n[i] = v
	}
	half := len(n) / 2
	b := layers.Bounds{n[0], n[1], n[half], n[half+1]}
	if crs.NorthFirst {
		b = layers.Bounds{b[1], b[0], b[3], b[2]}
	}
	if b[1] > b[3] {
		return b, layers.Refuse(layers.ErrInvalid, "bbox: south %v is north of north %v", "bbox：南界 %v 在北界 %v 以北", b[1], b[3])
	}
	if half == 3 && n[2] > n[5] {
		return b, layers.Refuse(layers.ErrInvalid, "bbox: lowest height %v is above the highest %v", "bbox：最低高程 %v 高于最高高程 %v", n[2], n[5])
	}
	if b[0] > b[2] && !crs.Geographic {
		return b, layers.Refuse(layers.ErrInvalid, "bbox: west %v is east of east %v", "bbox：西界 %v 在东界 %v 以东", b[0], b[2])
	}
	return b, nil
}

// ParseDatetime reads an instant, a day or an interval of them; ".." or nothing is an open end (OGC API Features 1.0,
// 7.15.4). A day means all of it, in zone.
func ParseDatetime(text string, zone *time.Location) (*layers.Interval, error) {
	from, to, interval := strings.Cut(text, "/")
	var span layers.Interval
	var err error
	if !interval {
		to = from
		if from == "" || from == ".." {
			return nil, layers.Refuse(layers.ErrInvalid, "datetime is empty; want an instant, a day, or start/end", "datetime 为空；应为时刻、日期或 起/止")
		}
	}
	if span.Start, err = moment(from, zone, false); err != nil {
		return nil, err
	}
	if span.End, err = moment(to, zone, true); err != nil {
		return nil, err
	}
	if span.Start != nil && span.End != nil && span.Start.After(*span.End) {
		return nil, layers.Refuse(layers.ErrInvalid, "datetime %q ends before it starts", "datetime“%s”的结束早于开始", text)
	}
	return &span, nil
}

// moment reads one end of an interval; nil is open. A space is a + that was not encoded; "2020-01-02T" is a day, as
// GDAL sends it.
func moment(text string, zone *time.Location, end bool) (*time.Time, error) {
	if text == "" || text == ".." {
		return nil, nil
	}
	text = strings.ReplaceAll(text, " ", "+")
	if day, err := time.ParseInLocation(time.DateOnly, strings.TrimSuffix(text, "T"), zone); err == nil {
		if end {
			day = day.AddDate(0, 0, 1).Add(-time.Microsecond) // PostgreSQL's grain
		}
		return &day, nil
	}
	t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(text))
	if err != nil {
		return nil, layers.Refuse(layers.ErrInvalid, "datetime: %q is not a time; want 2026-05-01T08:00:00Z, 2026-05-01, or start/end with .. for an open end", "datetime：“%s”不是时间；应如 2026-05-01T08:00:00Z、2026-05-01，或 起/止（不限的一端写 ..）", text)
	}
	return &t, nil
}
