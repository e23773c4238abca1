package format

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
)

// tablePlace says which columns of a table hold the geometry; -1 = none does.
type tablePlace struct {
	wkt, x, y, z int
	names        []string
}

// findPlace chooses the columns: well-known text, else longitude and latitude, else a pair of plane coordinates.
func findPlace(h header, rows []tableRow) (tablePlace, []Note) {
	p := tablePlace{-1, -1, -1, -1, h.names}
	roles := make([]string, len(h.names))
	for i := range h.names {
		if roles[i] = columnRole(h.names[i]); roles[i] == "" {
			roles[i] = columnRole(h.short[i])
		}
		if p.wkt < 0 && holdsWKT(rows, i) {
			p.wkt = i
		}
	}
	if p.wkt >= 0 {
		return p, []Note{p.chosen(p.wkt)}
	}
	for _, pair := range [][2]string{{"lon", "lat"}, {"east", "north"}, {"x", "y"}} {
		x, y := slices.Index(roles, pair[0]), slices.Index(roles, pair[1])
		if x < 0 || y < 0 {
			continue
		}
		if len(rows) > 0 && !holdNumbers(rows, x, y) {
			continue
		}
		p.x, p.y, p.z = x, y, slices.Index(roles, "z")
		notes := []Note{p.chosen(x, y, p.z)}
		if pair[0] == "x" && northingFirst(rows, x, y) {
			notes = append(notes, Note{Rule: "table.axes", Severity: Warning, Words: layers.Say(
				"%q holds northings and %q eastings, as Chinese survey tables write them; they were not changed round",
				"“%s”列为北坐标、“%s”列为东坐标（测量坐标系习惯）；读取时未作调换", h.names[x], h.names[y])})
		}
		return p, notes
	}
	return p, []Note{{Rule: "table.nogeometry", Severity: Info, Words: layers.Say(
		"no columns hold coordinates (they would be called lon and lat, x and y, 经度 and 纬度, or hold WKT): the rows have no geometry",
		"未找到坐标列（列名如 经度、纬度，X、Y，或内容为 WKT），各行没有图形")}}
}

// chosen tells the columns that the geometry is made of.
func (p tablePlace) chosen(columns ...int) Note {
	var names []string
	for _, c := range columns {
		if c >= 0 {
			names = append(names, p.names[c])
		}
	}
	return Note{Rule: "table.geometry", Severity: Info, Words: layers.Words{
		En: `the geometry comes from "` + strings.Join(names, `", "`) + `"; what they hold stays as fields, too`,
		Zh: "图形取自“" + strings.Join(names, "”、“") + "”列；其内容同时保留为属性"}}
}

// columnRole tells what a column's name says about coordinates: lon, lat, east, north, x, y, z; "" = nothing.
func columnRole(name string) string {
	name = strings.ToLower(name)
	base, inner := name, ""
	if i := strings.IndexAny(name, "(（[【"); i > 0 {
		base, inner = name[:i], strings.Trim(name[i:], "()（）[]【】 ")
	}
	base = strings.TrimSpace(base)
	switch {
	case containsAny(base, "经度", "經度"), base == "东经", base == "東經":
		return "lon"
	case containsAny(base, "纬度", "緯度"), base == "北纬", base == "北緯":
		return "lat"
	case containsAny(base, "横坐标", "橫座標", "橫坐標", "东坐标", "東坐標", "東座標"):
		return "east"
	case containsAny(base, "纵坐标", "縱座標", "縱坐標", "北坐标", "北坐標", "北座標"):
		return "north"
	case base == "坐标" && (inner == "x" || inner == "y"):
		return inner
	}
	tight := strings.NewReplacer("_", "", " ", "", "-", "", ".", "", "/", "").Replace(base)
	for _, r := range []struct {
		role  string
		names []string
	}{
		{"lon", []string{"lon", "long", "lng", "longitude", "jd", "londd", "gpslon", "gpslng", "decimallongitude"}},
		{"lat", []string{"lat", "latitude", "wd", "latdd", "gpslat", "decimallatitude"}},
		{"east", []string{"easting", "east", "eastings"}},
		{"north", []string{"northing", "north", "northings"}},
		{"x", []string{"x", "xcoord", "coordx", "xcoordinate", "pointx", "x坐标", "坐标x", "x坐標", "x座標", "xzb", "centroidx", "x坐标值"}},
		{"y", []string{"y", "ycoord", "coordy", "ycoordinate", "pointy", "y坐标", "坐标y", "y坐標", "y座標", "yzb", "centroidy", "y坐标值"}},
		{"z", []string{"z", "zcoord", "coordz", "pointz", "z坐标", "坐标z", "高程", "标高", "海拔", "elevation", "elev", "altitude"}},
	} {
		if slices.Contains(r.names, tight) {
			return r.role
		}
	}
	for _, end := range [][2]string{{"_longitude", "lon"}, {"_lon", "lon"}, {"_lng", "lon"}, {"_long", "lon"}, {"_latitude", "lat"}, {"_lat", "lat"}} {
		if strings.HasSuffix(strings.ReplaceAll(base, " ", "_"), end[0]) {
			return end[1]
		}
	}
	return ""
}

func containsAny(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// holdsWKT tells whether what stands in a column is well-known text, in at least nine rows of ten.
func holdsWKT(rows []tableRow, column int) bool {
	values, good := 0, 0
	for i := range rows {
		v := strings.TrimSpace(cell1(rows[i].cells, column))
		if v == "" {
			continue
		}
		values++
		if _, after, ok := strings.Cut(v, ";"); ok && len(v) > 5 && strings.EqualFold(v[:5], "SRID=") {
			v = after
		}
		name, _, _ := strings.Cut(strings.ToUpper(v), "(")
		name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
		for _, known := range []string{"POINT", "LINESTRING", "POLYGON", "MULTI", "GEOMETRYCOLLECTION", "CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "TIN", "TRIANGLE", "POLYHEDRALSURFACE"} {
			if strings.HasPrefix(name, known) && strings.ContainsAny(v, "(Ee") {
				good++
				break
			}
		}
	}
	return good > 0 && good*10 >= values*9
}

// holdNumbers tells whether at least half of the pairs that are there can be read.
func holdNumbers(rows []tableRow, x, y int) bool {
	values, good := 0, 0
	for i := range rows {
		a, b := cell1(rows[i].cells, x), cell1(rows[i].cells, y)
		if strings.TrimSpace(a+b) == "" {
			continue
		}
		values++
		_, okA := ordinate(a)
		_, okB := ordinate(b)
		if okA && okB {
			good++
		}
	}
	return good*2 >= values
}

// northingFirst tells whether the first of a pair holds northings of China and the second eastings of its zones.
func northingFirst(rows []tableRow, x, y int) bool {
	values, turned := 0, 0
	for i := range rows {
		a, okA := ordinate(cell1(rows[i].cells, x))
		b, okB := ordinate(cell1(rows[i].cells, y))
		if !okA || !okB {
			continue
		}
		values++
		if a > 1.9e6 && a < 6.2e6 && (b > 1e5 && b < 9e5 || b > 13e6 && b < 46e6) {
			turned++
		}
	}
	return turned > 0 && turned*10 >= values*9
}

// cell1 is a cell as it stands.
func cell1(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return cells[i]
}

// draw makes a row's geometry.
func (p tablePlace) draw(m *rowMaker, cells []string) {
	switch {
	case p.wkt >= 0:
		text := strings.TrimSpace(cell1(cells, p.wkt))
		if text == "" {
			return
		}
		if wrong := m.geometry.wkt(text); wrong != (layers.Words{}) {
			m.geometry = m.geometry[:0]
			m.note(Note{Rule: "geometry.wkt", Severity: Error, Field: p.names[p.wkt], Value: shown(text), Words: wrong})
		}
	case p.x >= 0:
		p.drawPoint(m, cells)
	}
}

// drawPoint makes a point, if both its numbers can be read.
func (p tablePlace) drawPoint(m *rowMaker, cells []string) {
	var v [2]float64
	if strings.TrimSpace(cell1(cells, p.x)+cell1(cells, p.y)) == "" {
		return
	}
	for i, column := range []int{p.x, p.y} {
		text := cell1(cells, column)
		var ok bool
		if v[i], ok = ordinate(text); !ok && strings.TrimSpace(text) == "" {
			m.note(Note{Rule: "geometry.number", Severity: Error, Field: p.names[column], Words: layers.Say(
				"column %q is empty, the other coordinate is not: no geometry", "“%s”列为空，缺少坐标，该行没有图形", p.names[column])})
			return
		} else if !ok {
			m.note(Note{Rule: "geometry.number", Severity: Error, Field: p.names[column], Value: shown(text), Words: layers.Say(
				"%q in column %q is no coordinate: no geometry", "“%s”（“%s”列）不是有效坐标，该行没有图形", shown(text), p.names[column])})
			return
		}
		if strings.ContainsAny(text, "°º度") {
			m.note(Note{Rule: "geometry.degrees", Severity: Info, Field: p.names[column], Value: shown(text), Words: layers.Say(
				"degrees, minutes and seconds were turned into degrees: %s", "度分秒已换算为度：%s", strconv.FormatFloat(v[i], 'f', -1, 64))})
		}
	}
	if p.z < 0 {
		m.geometry.point(v[0], v[1], nil)
		return
	}
	text := cell1(cells, p.z)
	z, ok := ordinate(text)
	switch {
	case ok:
		m.geometry.point(v[0], v[1], &z)
		return
	case strings.TrimSpace(text) != "":
		m.note(Note{Rule: "geometry.height", Severity: Warning, Field: p.names[p.z], Value: shown(text), Words: layers.Say(
			"%q is no height: the point has none", "“%s”不是有效高程，该点不带高程", shown(text))})
	}
	m.geometry.point(v[0], v[1], nil)
}

// ordinate reads a coordinate as people write it: in decimals, with full-width digits, with commas between thousands,
// with a comma in place of the point, or in degrees, minutes and seconds.
func ordinate(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if v, ok := number(s); ok {
		return v, true
	}
	if len(s) > 100 {
		return 0, false
	}
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // full-width forms of ASCII
			return r - '！' + '!'
		}
		if r == '\u3000' || r == '\u00a0' {
			return ' '
		}
		return r
	}, s))
	if v, ok := number(s); ok {
		return v, true
	}
	if plain, ok := thousands(s); ok {
		return number(plain)
	}
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		return number(strings.Replace(s, ",", ".", 1))
	}
	return degrees(s)
}

// thousands takes out the commas of 3,963,700.12.
func thousands(s string) (string, bool) {
	whole, _, _ := strings.Cut(s, ".")
	groups := strings.Split(strings.TrimLeft(whole, "+-"), ",")
	for i, g := range groups {
		if len(g) != 3 && (i > 0 || g == "" || len(g) > 3) {
			return "", false
		}
	}
	return strings.ReplaceAll(s, ",", ""), len(groups) > 1
}

// degrees reads 116°05′24.5″, 116度5分24秒, N35°48.5', 东经116°5′ …
func degrees(s string) (float64, bool) {
	sign := 1.0
	for _, h := range []struct {
		mark string
		sign float64
	}{{"N", 1}, {"E", 1}, {"S", -1}, {"W", -1}, {"北纬", 1}, {"东经", 1}, {"南纬", -1}, {"西经", -1}} {
		for _, cut := range []func(string, string) (string, bool){strings.CutPrefix, strings.CutSuffix} {
			if rest, ok := cut(strings.ToUpper(s), h.mark); ok {
				s, sign = strings.TrimSpace(rest), h.sign
			}
		}
	}
	if strings.HasPrefix(s, "-") {
		s, sign = s[1:], -sign
	}
	s = strings.NewReplacer("º", "°", "度", "°", "′", "'", "’", "'", "‘", "'", "分", "'", "″", `"`, "”", `"`, "“", `"`, "秒", `"`, "''", `"`, " ", "").Replace(s)
	total, unit, parts := 0.0, 1.0, 0
	for _, mark := range []string{"°", "'", `"`} {
		part, rest, ok := strings.Cut(s, mark)
		if !ok {
			if mark != "°" && s != "" && !strings.ContainsAny(s, `°'"`) { // the last mark was left out
				part, rest = s, ""
			} else if mark == "°" {
				return 0, false
			} else {
				unit /= 60
				continue
			}
		}
		v, good := number(part)
		if !good || v < 0 || parts > 0 && v >= 60 {
			return 0, false
		}
		total += v * unit
		unit /= 60
		parts++
		s = rest
	}
	if s != "" || math.Abs(total) > 360 {
		return 0, false
	}
	// fifteen digits are more than any survey has, and hide the sum's rounding
	total, err := strconv.ParseFloat(fmt.Sprintf("%.12f", sign*total), 64)
	return total, err == nil
}
