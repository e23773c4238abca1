package format

import (
	"fmt"
	"strconv"
	"strings"

	"onemap/layers"
)

// datum is a national datum, with the EPSG codes of its Gauss–Kruger zones: those with the zone number before the
// easting, and those without (by central meridian). The first is 3-degree zone 25, or 6-degree zone 13.
type datum struct {
	name              string
	geographic        int
	three, threePlain int
	six, sixPlain     int
}

// systemNamed understands a head's 坐标系: 2000国家大地坐标系, CGCS2000, 1980西安坐标系, 80国家大地坐标系, 北京54 …
func systemNamed(s string) (datum, bool) {
	switch {
	case strings.Contains(s, "2000"):
		return datum{"CGCS2000", 4490, 4513, 4534, 4491, 4502}, true
	case strings.Contains(s, "80"):
		return datum{"Xian 1980", 4610, 2349, 2370, 2327, 2338}, true
	case strings.Contains(s, "54"):
		return datum{"Beijing 1954", 4214, 2401, 2422, 21413, 21453}, true
	}
	return datum{}, false
}

// zoned returns the coordinate system of a zone; width is 3 or 6 degrees, plain says that the zone number is not in the easting.
func (s datum) zoned(width, zone int, plain bool) (CRS, bool) {
	first, last, code, codePlain := 25, 45, s.three, s.threePlain
	meridian := 3 * zone
	if width == 6 {
		first, last, code, codePlain = 13, 23, s.six, s.sixPlain
		meridian = 6*zone - 3
	}
	if zone < first || zone > last {
		return CRS{}, false
	}
	if plain {
		return CRS{EPSG: codePlain + zone - first, Name: fmt.Sprintf("%s / %d-degree Gauss-Kruger CM %dE", s.name, width, meridian)}, true
	}
	return CRS{EPSG: code + zone - first, Name: fmt.Sprintf("%s / %d-degree Gauss-Kruger zone %d", s.name, width, zone)}, true
}

// settleCRS weighs what the head says against the coordinates, and notes where they disagree. Coordinates win over the
// head's zone, for they carry it; nothing is guessed where neither says it.
func (b *boundarySource) settleCRS(s *Source) {
	value := func(key string) string { return (&Boundary{Head: b.head}).Value(key) }
	warn := func(rule string, words layers.Words) {
		s.Notes = append(s.Notes, Note{Rule: rule, Severity: Warning, Words: words})
	}
	if b.turned > 0 {
		warn("boundary.axes", layers.Say(
			"in %d points the third number is an easting with its zone: X (north) and Y (east) seem to have changed places; they were not changed back",
			"有 %d 个界址点的 X 值带有带号，疑似 X（北）、Y（东）互换；读取时未作调换", b.turned))
	}
	most, points := 0, 0
	for zone, n := range b.zones {
		if points += n; n > b.zones[most] || n == b.zones[most] && zone < most {
			most = zone
		}
	}
	if unit := value("计量单位"); unit != "" && unit != "米" && !strings.EqualFold(unit, "m") && b.degree == 0 {
		warn("boundary.unit", layers.Say("the head says the coordinates are in %s; they were taken to be metres", "文件头计量单位为“%s”，已按米读取", shown(unit)))
	}
	sys, ok := systemNamed(value("坐标系"))
	if !ok {
		warn("boundary.crs", layers.Say("the head names no coordinate system that is known (坐标系=%s)", "文件头未注明可识别的坐标系（坐标系=%s）", shown(value("坐标系"))))
		return
	}
	if b.degree > 0 && b.degree >= points {
		s.CRS = CRS{EPSG: sys.geographic, Name: sys.name, How: "坐标系=" + value("坐标系")}
		return
	}
	width := 3
	if strings.HasPrefix(value("几度分带"), "6") || strings.HasPrefix(value("几度分带"), "六") {
		width = 6
	}
	zone, err := strconv.Atoi(strings.TrimSuffix(value("带号"), "带"))
	if err != nil {
		zone = 0
	}
	if b.zones[zone] > 0 { // some have the head's zone: the others are wrong, even if they are more
		most = zone
	}
	how := "[属性描述] 带号=" + value("带号")
	switch b.zone = most; {
	case len(b.zones) > 1:
		warn("boundary.zone", layers.Say("the eastings are of %d zones and were taken to be of %s; parcels of another are told", "横坐标分属 %d 个不同的带，按 %s 读取；其他带的地块另行提示", len(b.zones), zoneWords(most)))
	case most > 0 && zone > 0 && most != zone:
		warn("boundary.zone", layers.Say("the head says zone %d, the eastings begin with %d; the coordinates were believed", "文件头带号为 %d，坐标带号为 %d；已按坐标中的带号读取", zone, most))
	}
	if most > 0 {
		zone, how = most, "the zone number in the eastings"
		if _, fits := sys.zoned(width, most, false); !fits {
			if _, other := sys.zoned(9-width, most, false); other {
				warn("boundary.width", layers.Say("zone %d is of %d degrees, the head says %d", "%d 带应为 %d 度分带，文件头注明 %d 度", most, 9-width, width))
				width = 9 - width
			}
		}
	}
	crs, ok := sys.zoned(width, zone, most == 0)
	if !ok {
		warn("boundary.crs", layers.Say("neither the head (带号=%s) nor the eastings tell the zone", "文件头（带号=%s）与坐标均未给出有效带号", shown(value("带号"))))
		return
	}
	crs.How = how
	s.CRS = crs
}

func zoneWords(zone int) string {
	if zone == 0 {
		return "—"
	}
	return strconv.Itoa(zone)
}
