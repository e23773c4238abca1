package intake

import (
	"encoding/binary"
	"fmt"
	"math"

	"onemap/layers"
	"onemap/layers/format"
)

// The ends of the map: what Web Mercator can show. A hair more than 180 is rounding.
const (
	mostLon = 180.000001
	mostLat = 85.06
	pole    = 90.0000001
)

// placing says how the coordinates of a source become longitude and latitude of EPSG:4490. Its zero value takes them
// for that already.
type placing struct {
	from    string // what RowOptions.From has to be, so that the reader transforms; "" = coordinates come as in the file
	system  system // what the coordinates are in when they come
	datum   Datum  // shift to take back from degrees
	poles   bool   // the layer takes what lies beyond the ends of the map
	heights int64  // vertices whose height was no number and is 0 now
	polar   int64  // geometries that reach beyond the ends of the map
	beyond  bool   // the one being placed does
}

// misplaced is why a geometry can not be put on the map, with words for people.
type misplaced struct{ format.Note }

func (m *misplaced) Error() string { return m.Words.En }

// place turns the coordinates of a geometry into EPSG:4490, longitude first, where they stand. It changes ordinates
// and nothing else, whatever the bytes. The error is a *misplaced: the bytes are no geometry (geometry.broken), or a
// vertex can not be on the map (geometry.outside); the geometry is then changed in part, and of no use.
func (p *placing) place(ewkb []byte) error {
	p.beyond = false
	err := walk(ewkb, p.placeRun)
	if p.beyond {
		p.polar++
	}
	if err == errBroken {
		return broken()
	}
	return err
}

func (p *placing) placeRun(h header, run []byte) error {
	if p.system == (system{}) && p.datum == "" && !h.z { // most files
		return p.checkRun(h, run)
	}
	for at := 0; at+h.stride <= len(run); at += h.stride {
		v := run[at : at+h.stride]
		x, y := ordinate(v), ordinate(v[8:])
		lon, lat, ok := p.system.lonLat(x, y)
		if !ok || !p.onGlobe(lon, lat) {
			return p.outside(x, y)
		}
		if p.datum != "" {
			lon, lat = p.datum.unshift(lon, lat)
		}
		setOrdinate(v, lon)
		setOrdinate(v[8:], lat)
		if h.z {
			if z := ordinate(v[16:]); math.IsNaN(z) || math.Abs(z) > 1e6 {
				setOrdinate(v[16:], 0)
				p.heights++
			}
		}
	}
	return nil
}

func (p *placing) checkRun(h header, run []byte) error {
	for at := 0; at+h.stride <= len(run); at += h.stride {
		x := math.Float64frombits(binary.LittleEndian.Uint64(run[at:]))
		y := math.Float64frombits(binary.LittleEndian.Uint64(run[at+8:]))
		if !p.onGlobe(x, y) {
			return p.outside(x, y)
		}
	}
	return nil
}

// onGlobe reports whether a place can be in the layer, and remembers one that the map does not show.
func (p *placing) onGlobe(lon, lat float64) bool {
	if onMap(lon, lat) {
		return true
	}
	p.beyond = p.poles && math.Abs(lon) <= mostLon && math.Abs(lat) <= pole
	return p.beyond
}

// onMap is false for what is no number, too.
func onMap(lon, lat float64) bool {
	return math.Abs(lon) <= mostLon && math.Abs(lat) <= mostLat
}

// doubts are what a person should hear when all has been placed.
func (p *placing) doubts() (doubts []Doubt) {
	if p.heights > 0 {
		doubts = append(doubts, Doubt{Rule: "geometry.height", Severity: format.Warning, Words: layers.Say(
			"%d heights are no numbers or beyond 1,000 km, and became 0", "有 %d 个高程值不是有效数字或超出 1000 公里，已记为 0", p.heights)})
	}
	if p.polar > 0 {
		doubts = append(doubts, Doubt{Rule: "geometry.pole", Severity: format.Info, Words: layers.Say(
			"%d features reach beyond latitude ±85.06: they are kept whole, and the map shows the part up to there",
			"有 %d 个要素超出纬度 ±85.06 度：要素完整保存，地图只显示该范围以内的部分", p.polar)})
	}
	return doubts
}

func broken() error {
	return &misplaced{format.Note{Rule: "geometry.broken", Severity: format.Error,
		Words: layers.Say("the geometry can not be read: its bytes are damaged", "图形数据已损坏，无法读取")}}
}

func (p *placing) outside(x, y float64) error {
	n := format.Note{Rule: "geometry.outside", Severity: format.Error, Value: fmt.Sprintf("%.10g, %.10g", x, y)}
	switch {
	case math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0):
		n.Words = layers.Say("a coordinate is no number", "坐标不是有效数字")
	case p.system.kind == gaussKruger:
		n.Words = layers.Words{
			En: fmt.Sprintf("the coordinates are outside the map: x %.10g, y %.10g can not be of %s", x, y, p.system.name()),
			Zh: fmt.Sprintf("坐标超出地图范围：x %.10g，y %.10g 不属于%s", x, y, p.system.nameZh()),
		}
	default:
		most := mostLat
		if p.poles {
			most = 90
		}
		n.Words = layers.Say("the coordinates are outside the map: x %.10g, y %.10g (it reaches to ±180, ±%[3]g degrees)",
			"坐标超出地图范围：x %.10g，y %.10g（应在经度 ±180、纬度 ±%[3]g 度以内）", x, y, most)
	}
	return &misplaced{n}
}

// systemKind is a family of coordinate systems that this package understands itself.
type systemKind uint8

const (
	degrees     systemKind = iota // of CGCS2000 or WGS 84
	gaussKruger                   // metres of a zone of CGCS2000
	mercator                      // metres of EPSG:3857
)

// system is one way to read pairs of numbers as places. Its zero value: degrees, longitude first.
type system struct {
	kind systemKind
	swap bool // north comes first
	zone int  // EPSG code, of gaussKruger
	gk   layers.GaussKruger
}

// systemOf is the system of an EPSG code, where this package understands it.
func systemOf(srid int) (system, bool) {
	switch srid {
	case 4490, 4326, 4480, 4979:
		return system{}, true
	case 3857:
		return system{kind: mercator}, true
	}
	gk, ok := layers.GaussKrugerOf(srid)
	return system{kind: gaussKruger, zone: srid, gk: gk}, ok
}

// lonLat is the place; false where the numbers can not be of the system.
func (s system) lonLat(x, y float64) (lon, lat float64, ok bool) {
	if s.swap {
		x, y = y, x
	}
	switch s.kind {
	case gaussKruger:
		if !s.gk.Covers(x, y) { // also of what is no number
			return 0, 0, false
		}
		lon, lat = s.gk.Unproject(x, y)
		return lon, lat, true
	case mercator:
		const radius = 6378137
		return x / radius / degree, math.Atan(math.Sinh(y/radius)) / degree, true
	}
	return x, y, true
}

// epsg is the system's code; degrees are CGCS2000's.
func (s system) epsg() int {
	switch s.kind {
	case gaussKruger:
		return s.zone
	case mercator:
		return 3857
	}
	return 4490
}

// numbered: the zone's number stands in front of eastings.
func (s system) numbered() bool { return s.kind == gaussKruger && s.gk.FalseEasting > 1e6 }

// sixDegrees tells whether the zone is one of those of six degrees, of which EPSG's codes come first.
func (s system) sixDegrees() bool { return s.zone <= 4512 }

// number is the zone's, of those that have it in front of eastings.
func (s system) number() int { return int(s.gk.FalseEasting / 1e6) }

// name is for people, as the EPSG registry has it.
func (s system) name() string {
	switch s.kind {
	case mercator:
		return "WGS 84 / Pseudo-Mercator"
	case degrees:
		return "CGCS2000"
	}
	width, which := "3-degree ", fmt.Sprintf("CM %.0fE", s.gk.Meridian)
	if s.sixDegrees() {
		width = ""
	}
	if s.numbered() {
		which = fmt.Sprintf("zone %d", s.number())
	}
	return "CGCS2000 / " + width + "Gauss-Kruger " + which
}

// nameZh is the name as offices here say it.
func (s system) nameZh() string {
	switch s.kind {
	case mercator:
		return " Web 墨卡托"
	case degrees:
		return " CGCS2000 经纬度"
	}
	width, which := "三度带", fmt.Sprintf("、中央经线 %.0f°", s.gk.Meridian)
	if s.sixDegrees() {
		width = "六度带"
	}
	if s.numbered() {
		which = fmt.Sprintf("第 %d 带", s.number())
	}
	return " CGCS2000 " + width + which
}
