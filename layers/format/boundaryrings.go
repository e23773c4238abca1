package format

import (
	"math"
	"strconv"
	"strings"

	"onemap/layers"
)

// draw makes a parcel's geometry and notes what its line and its points disagree about.
func (b *boundarySource) draw(m *rowMaker, p *Parcel) {
	parts, ok := m.parts(p)
	m.checkCount(p, len(parts))
	if !ok || len(parts) == 0 {
		return
	}
	b.checkZone(m, parts)
	kind := "面"
	if len(p.Fields) > 4 && geometryWord(p.Fields[4]) != "" {
		kind = p.Fields[4]
	}
	switch kind {
	case "点":
		m.drawPoints(parts)
	case "线":
		m.drawLines(parts)
	default:
		m.drawPolygons(p, parts)
	}
}

// parts parts the points into rings: where the ring's number changes, and where a ring has closed.
func (m *rowMaker) parts(p *Parcel) (parts [][][2]float64, ok bool) {
	closed := false
	for i := range p.Points {
		q := &p.Points[i]
		north, okX := number(q.X)
		east, okY := number(q.Y)
		if !okX || !okY {
			value := q.X
			if okX {
				value = q.Y
			}
			m.note(Note{Rule: "geometry.number", Severity: Error, Value: shown(value), Words: layers.Say(
				"the coordinate %q of point %s on line %d is not a number: no geometry", "第 %[3]d 行界址点 %[2]s 的坐标“%[1]s”不是数值，该地块没有图形",
				shown(value), shown(q.Name), q.Line)})
			return nil, false
		}
		if i == 0 || closed || q.Ring != p.Points[i-1].Ring {
			parts = append(parts, nil)
		}
		last := &parts[len(parts)-1]
		*last = append(*last, [2]float64{east, north})
		n := len(*last)
		closed = n > 3 && (*last)[0] == (*last)[n-1]
	}
	return parts, true
}

// checkCount compares the number of points with that of the parcel's line, which may leave out those that close rings.
func (m *rowMaker) checkCount(p *Parcel, rings int) {
	if len(p.Fields) == 0 || p.Fields[0] == "" {
		return
	}
	said, err := strconv.Atoi(p.Fields[0])
	if err != nil || said == len(p.Points) || said == len(p.Points)-rings {
		return
	}
	m.note(Note{Rule: "boundary.count", Severity: Warning, Field: parcelFields[0], Value: shown(p.Fields[0]), Words: layers.Say(
		"the parcel on line %d says %d points and has %d", "第 %d 行地块注明 %d 个界址点，实有 %d 个", p.Line, said, len(p.Points))})
}

// checkZone finds parcels whose eastings have another zone number than most of the file.
func (b *boundarySource) checkZone(m *rowMaker, parts [][][2]float64) {
	if zone := int(parts[0][0][0] / 1e6); zone != b.zone && len(b.zones) > 1 {
		m.note(Note{Rule: "boundary.zone", Severity: Warning, Value: strconv.Itoa(zone), Words: layers.Say(
			"the eastings of this parcel begin with %d, the file's zone is %d", "该地块横坐标带号为 %d，文件按 %d 带读取", zone, b.zone)})
	}
}

func (m *rowMaker) drawPoints(parts [][][2]float64) {
	var all [][2]float64
	for _, p := range parts {
		all = append(all, p...)
	}
	if len(all) == 1 {
		m.geometry.point(all[0][0], all[0][1], nil)
		return
	}
	m.geometry.head(wkbMultiPoint, false)
	m.geometry.setCount(m.geometry.count(), len(all))
	for _, p := range all {
		m.geometry.point(p[0], p[1], nil)
	}
}

func (m *rowMaker) drawLines(parts [][][2]float64) {
	var lines [][][2]float64
	for i, p := range parts {
		if len(p) < 2 {
			m.short(i+1, len(p))
			continue
		}
		lines = append(lines, p)
	}
	switch {
	case len(lines) == 1:
		m.geometry.line(lines[0])
	case len(lines) > 1:
		m.geometry.head(wkbMultiLineString, false)
		m.geometry.setCount(m.geometry.count(), len(lines))
		for _, l := range lines {
			m.geometry.line(l)
		}
	}
}

// drawPolygons closes the rings, sorts outer ones and holes, and compares the area.
func (m *rowMaker) drawPolygons(p *Parcel, parts [][][2]float64) {
	var rings [][][2]float64
	for i, r := range parts {
		open := r[0] != r[len(r)-1]
		if open {
			r = append(r, r[0])
		}
		if len(r) < 4 {
			m.short(i+1, len(parts[i]))
			continue
		}
		if open {
			m.note(Note{Rule: "geometry.unclosed", Severity: Warning, Words: layers.Say(
				"ring %d does not end where it begins; it was closed", "第 %d 圈首尾界址点不一致，已自动闭合", i+1)})
		}
		rings = append(rings, r)
	}
	polygons, area, ok := polygonsOf(rings)
	if !ok {
		m.note(Note{Rule: "geometry.large", Severity: Error, Words: layers.Say(
			"the parcel has %d rings, too many to tell which are holes: no geometry", "该地块共有 %d 圈，数量过多，无法判断内外圈，没有图形", len(rings))})
		return
	}
	switch {
	case len(polygons) == 1:
		m.geometry.polygon(polygons[0])
	case len(polygons) > 1:
		m.geometry.head(wkbMultiPolygon, false)
		m.geometry.setCount(m.geometry.count(), len(polygons))
		for _, q := range polygons {
			m.geometry.polygon(q)
		}
	}
	if len(polygons) > 0 {
		m.checkArea(p, area)
	}
}

func (m *rowMaker) short(ring, points int) {
	m.note(Note{Rule: "geometry.short", Severity: Warning, Words: layers.Say(
		"ring %d has only %d points and was left out", "第 %d 圈只有 %d 个界址点，未采用", ring, points)})
}

// checkArea compares the area of the parcel's line, in hectares, with that of the coordinates, in their plane. Half a unit of the last
// digit and a thousandth are allowed. Degrees have no such area.
func (m *rowMaker) checkArea(p *Parcel, square float64) {
	if len(p.Fields) < 2 || square < 0.01 {
		return
	}
	text := strings.TrimRight(p.Fields[1], "公顷平方米亩㎡m² ")
	said, ok := number(text)
	if !ok || said == 0 {
		return
	}
	decimals := 0
	if _, after, found := strings.Cut(text, "."); found {
		decimals = len(after)
	}
	agrees := func(squareMetres float64) bool {
		return math.Abs(said*squareMetres-square) <= squareMetres/2/pow10(min(decimals, 15))*1.001+square/1000
	}
	note := Note{Rule: "boundary.area", Severity: Warning, Field: parcelFields[1], Value: shown(p.Fields[1])}
	switch {
	case agrees(10_000):
		return
	case agrees(1):
		note.Severity = Info
		note.Words = layers.Say("the area %s is in square metres, the format wants hectares; the value was not changed", "地块面积 %s 的单位应为公顷，实为平方米；数值未作换算", text)
	case agrees(10_000.0 / 15):
		note.Severity = Info
		note.Words = layers.Say("the area %s is in mu, the format wants hectares; the value was not changed", "地块面积 %s 的单位应为公顷，实为亩；数值未作换算", text)
	default:
		note.Words = layers.Say("the area is given as %s hectares, the coordinates enclose %.4f", "注明地块面积 %s 公顷，按坐标计算为 %.4f 公顷", text, square/10_000)
	}
	m.note(note)
}
