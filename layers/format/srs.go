package format

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	crsName      = regexp.MustCompile(`^[A-Z0-9_]+\["([^"]*)"`)
	crsCode      = regexp.MustCompile(`(?:ID|AUTHORITY)\["EPSG","?(\d+)"?\]\]\s*$`)
	crsInner     = regexp.MustCompile(`(?:PROJCRS|PROJCS|GEOGCRS|GEOGCS|GEODCRS)\["`)
	crsParameter = regexp.MustCompile(`PARAMETER\["([^"]+)",\s*([-+.\deE]+)`)
	shiftedName  = regexp.MustCompile(`(?i)(xi'?an|西安)[ _坐标系年-]{0,6}(19)?80|(^|[^\d])(19)?80[ _年-]{0,2}(xi'?an|西安)|\bxa_?80` +
		`|(beijing|北京)[ _坐标系年-]{0,6}(19)?54|(^|[^\d])(19)?54[ _年-]{0,2}(beijing|北京)|\bbj_?54|new[ _]?beijing|新北京` +
		`|krass?ovs?[ks]k?y|"[^"]*",\s*6378245(\.0*)?,\s*298\.3|"[^"]*",\s*6378140(\.0*)?,\s*298\.25[67]|iag[ _]?(19)?75`)
	// The datum of CGCS2000, by the names that programs and offices give it.
	cgcs2000 = regexp.MustCompile(`(?i)"(D_|GCS_)?(China[_ ]2000|CGCS[_ ]?2000|China[_ ]Geodetic[_ ]Coordinate[_ ]System[_ ]2000)["_]` +
		`|"[^"]*(2000国家大地坐标系|国家2000|国家大地坐标系2000|2000坐标系)`)
	// A plane tied to no place, and GDAL's words for the codes −1 and 0 of a GeoPackage.
	unknownSystem = regexp.MustCompile(`^(?:ENGCRS|ENGINEERINGCRS|LOCAL_CS)\[|^[A-Z]+\["[Uu]ndefined (?:SRS|geographic SRS|Cartesian SRS)"`)
	utmName       = regexp.MustCompile(`(?i)^WGS[_ ]?(?:19)?84(?: /)?[_ ]UTM[_ ]zone[_ ](\d{1,2})([NS])$`)
)

// identify makes a CRS of WKT in any of its dialects: of GDAL, of ESRI's .prj files. The EPSG code is found also where
// the text has none, for the systems that files have here: CGCS2000 in degrees and in all its zones of 3° and 6°,
// WGS 84, its UTM zones and Web Mercator. Zones are told by their parameters; a name may be wrong.
func identify(wkt string) CRS {
	wkt = strings.TrimSpace(wkt)
	if wkt == "" {
		return CRS{}
	}
	if unknownSystem.MatchString(wkt) {
		return CRS{}
	}
	c := CRS{WKT: wkt, Name: nameIn(wkt)}
	inner := horizontal(wkt)
	if m := crsCode.FindStringSubmatch(inner); m != nil {
		c.EPSG, _ = strconv.Atoi(m[1]) // digits; too many of them are no code
		return c
	}
	name := strings.ReplaceAll(strings.ToLower(nameIn(inner)), "_", " ")
	projected := strings.HasPrefix(inner, "PROJ")
	switch {
	case ShiftedDatum(c):
	case !projected && (isCGCS2000(inner) || name == "cgcs2000" || name == "gcs cgcs2000"):
		c.EPSG = 4490
	case !projected && name == "unnamed" && strings.Contains(inner, `"World Geodetic System 1984"`): // as GDAL tells of MapInfo's
		c.EPSG, c.Name = 4326, "WGS 84"
	case !projected && (name == "gcs wgs 1984" || name == "wgs 84" || name == "wgs84"):
		c.EPSG = 4326
	case strings.Contains(name, "web mercator auxiliary sphere") || name == "wgs 84 / pseudo-mercator":
		c.EPSG = 3857
	case utmName.MatchString(nameIn(inner)):
		m := utmName.FindStringSubmatch(nameIn(inner))
		zone, _ := strconv.Atoi(m[1]) // two digits
		c.EPSG = map[string]int{"N": 32600, "S": 32700}[strings.ToUpper(m[2])] + zone
	case projected && isCGCS2000(inner):
		c.EPSG = gaussKrugerZone(inner)
	}
	return c
}

// isCGCS2000 tells by the datum.
func isCGCS2000(wkt string) bool { return cgcs2000.MatchString(wkt) }

// horizontal is the part of a compound or bound system that is about the plane.
func horizontal(wkt string) string {
	if !strings.HasPrefix(wkt, "COMP") && !strings.HasPrefix(wkt, "BOUND") {
		return wkt
	}
	at := crsInner.FindStringIndex(wkt)
	if at == nil {
		return wkt
	}
	depth, text := 0, false
	for i := at[0]; i < len(wkt); i++ {
		switch c := wkt[i]; {
		case c == '"':
			text = !text
		case !text && c == '[':
			depth++
		case !text && c == ']':
			if depth--; depth == 0 {
				return wkt[at[0] : i+1]
			}
		}
	}
	return wkt
}

// gaussKrugerZone is the EPSG code of a zone of CGCS2000 by its central meridian and false easting; 0 if it is none.
// EPSG has them in four series: 6° with the zone's number in the easting (4491–4501) and without (4502–4512), 3° with
// (4513–4533) and without (4534–4554).
func gaussKrugerZone(wkt string) int {
	p := map[string]float64{"scale": 1}
	for _, m := range crsParameter.FindAllStringSubmatch(wkt, -1) {
		key := strings.ReplaceAll(strings.ToLower(m[1]), "_", " ")
		v, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return 0
		}
		switch {
		case strings.Contains(key, "central meridian"), strings.Contains(key, "longitude of natural origin"):
			p["meridian"] = v
		case strings.Contains(key, "scale"):
			p["scale"] = v
		case strings.Contains(key, "latitude"), key == "false northing":
			p["other"] += math.Abs(v)
		case key == "false easting":
			p["easting"] = v
		}
	}
	meridian, number := int(p["meridian"]), int(p["easting"])/1_000_000
	if p["scale"] != 1 || p["other"] != 0 || float64(meridian) != p["meridian"] || math.Mod(p["easting"], 1e6) != 500_000 {
		return 0
	}
	switch {
	case number == 0 && meridian%3 == 0 && meridian >= 75 && meridian <= 135:
		return 4534 + (meridian-75)/3
	case number >= 25 && number <= 45 && meridian == 3*number:
		return 4513 + number - 25
	case number >= 13 && number <= 23 && meridian == 6*number-3:
		return 4491 + number - 13
	}
	return 0
}

// nameIn is the name of a CRS in WKT.
func nameIn(wkt string) string {
	if m := crsName.FindStringSubmatch(wkt); m != nil {
		return m[1]
	}
	first, _, _ := strings.Cut(wkt, "\n")
	return shown(first)
}

// ShiftedDatum tells whether a CRS is on one of the older national datums, Beijing 1954, New Beijing or Xian 1980. Their
// parameters to CGCS2000 are not public: a shift of our choice would be wrong by up to a hundred metres.
func ShiftedDatum(c CRS) bool {
	n := c.EPSG
	return shiftedName.MatchString(c.WKT) || shiftedName.MatchString(c.Name) ||
		n == 4610 || n >= 2327 && n <= 2390 || // Xian 1980
		n == 4214 || n >= 2401 && n <= 2442 || n >= 21413 && n <= 21423 || n >= 21453 && n <= 21463 || n >= 21473 && n <= 21483 || // Beijing 1954
		n == 4555 || n >= 4568 && n <= 4589 || n == 4652 || n >= 4766 && n <= 4800 || n == 4812 || n == 4822 // New Beijing
}
