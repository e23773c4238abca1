package format

import (
	"fmt"
	"regexp"
	"strings"

	"onemap/layers"
)

var (
	crsName = regexp.MustCompile(`^[A-Z0-9_]+\["([^"]*)"`)
	crsCode = regexp.MustCompile(`ID\["EPSG",(\d+)\]\]\s*$`)
	shifted = regexp.MustCompile(`(?i)xian[ _]?(19)?80|beijing[ _]?(19)?54|krass?ovsky|1980西安|北京54`)
)

// sourceCRS settles the CRS of the file: as told, else as the file says. It returns the -s_srs to use ("" = the
// file's own) and words for the summary. It refuses to guess.
func sourceCRS(s source, told int) (srs, words string, err error) {
	if s.geometry == "None" {
		return "", "", nil
	}
	if told != 0 {
		if told == 4610 || told == 4214 || told >= 2327 && told <= 2390 || told >= 2401 && told <= 2442 {
			return "", "", refuseShifted(fmt.Sprintf("EPSG:%d", told))
		}
		return fmt.Sprintf("EPSG:%d", told), fmt.Sprintf("EPSG:%d, as told", told), nil
	}
	if s.wkt == "" {
		return "", "", fmt.Errorf("%w: the file does not say its coordinate system%s. Say it with --srid: 4490 (CGCS2000 degrees), 4548 (3° zone, 117°E), 4527 (zone 39, eastings of 8 digits), 4326 (WGS 84)",
			layers.ErrInvalid, looksLike(s.extent))
	}
	if shifted.MatchString(s.wkt) {
		return "", "", refuseShifted(nameOf(s.wkt))
	}
	return "", nameOf(s.wkt), nil
}

// refuseShifted: the parameters between the national datums are secret, so any shift we chose would be invented.
func refuseShifted(name string) error {
	return fmt.Errorf("%w: the file is in %s, an older datum. Its parameters to CGCS2000 are not public, and a guess would be wrong by up to a hundred metres: have it converted by the survey office first", layers.ErrInvalid, name)
}

// nameOf is the name of a CRS in WKT, with its EPSG code where it has one.
func nameOf(wkt string) string {
	name := strings.TrimSpace(wkt)
	if m := crsName.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	if m := crsCode.FindStringSubmatch(wkt); m != nil {
		name += " (EPSG:" + m[1] + ")"
	}
	return name
}

// looksLike says what numbers like these usually are; the reader decides.
func looksLike(e *[4]float64) string {
	if e == nil {
		return ""
	}
	in := func(lowX, highX, lowY, highY float64) bool {
		return e[0] >= lowX && e[2] <= highX && e[1] >= lowY && e[3] <= highY
	}
	numbers := fmt.Sprintf(" (x %.6g to %.6g, y %.6g to %.6g", e[0], e[2], e[1], e[3])
	switch {
	case in(73, 136, 3, 54):
		return numbers + ", which looks like degrees in China)"
	case in(3, 54, 73, 136):
		return numbers + ", which looks like degrees with latitude first)"
	case in(-180, 180, -90, 90):
		return numbers + ", which looks like degrees)"
	case in(25e6, 46e6, 2e6, 6e6):
		return numbers + fmt.Sprintf(", which looks like a 3° zone with its number, %d)", int(e[0]/1e6))
	case in(2e6, 6e6, 25e6, 46e6):
		return numbers + ", which looks like a 3° zone with its number and north first)"
	case in(1e5, 9e5, 2e6, 6e6):
		return numbers + ", which looks like metres of a 3° zone)"
	case in(2e6, 6e6, 1e5, 9e5):
		return numbers + ", which looks like metres of a 3° zone with north first)"
	case in(8e6, 15.2e6, 3e5, 7.2e6):
		return numbers + ", which looks like Web Mercator, 3857)"
	}
	return numbers + ")"
}
