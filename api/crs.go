package api

import (
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
)

// CRS is a coordinate reference system as the OGC API doors name it.
type CRS struct {
	URI        string
	SRID       int  // in PostGIS
	NorthFirst bool // latitude or northing is the first axis
	Geographic bool
}

// crs84 is longitude, latitude on WGS 84: the default of every request. PostGIS's 4490 stands for it, the two agree to
// centimetres; only the order of axes differs from the EPSG code.
var crs84 = CRS{URI: "http://www.opengis.net/def/crs/OGC/1.3/CRS84", SRID: 4490, Geographic: true}

func epsg(srid int) CRS {
	return CRS{URI: "http://www.opengis.net/def/crs/EPSG/0/" + strconv.Itoa(srid), SRID: srid, NorthFirst: layers.NorthFirst(srid), Geographic: layers.Geographic(srid)}
}

// crsOf lists what a layer can be asked in, the default first; where it is stored is among them.
func crsOf(l *layers.Layer) []CRS {
	list := []CRS{crs84}
	for _, srid := range layers.OfferedSRIDs() {
		list = append(list, epsg(srid))
	}
	if stored := epsg(l.SRID); l.SRID > 0 && !slices.Contains(list, stored) {
		list = append(list, stored)
	}
	return list
}

// lookupCRS finds a CRS of the layer by URI, http or https, by URN or by CURIE; "" is CRS84. It returns ErrInvalid for others.
func lookupCRS(l *layers.Layer, name, text string) (CRS, error) {
	if text == "" {
		return crs84, nil
	}
	for _, crs := range crsOf(l) {
		if canonical(text) == crs.URI {
			return crs, nil
		}
	}
	return CRS{}, layers.Refuse(layers.ErrInvalid, "%s %q is not offered for layer %q; the list is at its collection, member crs", "%[1]s：图层“%[3]s”不提供坐标系“%[2]s”；可用的见该图层 collection 的 crs", name, text, l.Name)
}

// canonical brings the spellings of one CRS to one URI.
func canonical(text string) string {
	text = strings.TrimSuffix(strings.Trim(text, "[]<>"), "/")
	if rest, ok := strings.CutPrefix(text, "https://"); ok {
		text = "http://" + rest
	}
	parts := strings.Split(text, ":")
	switch {
	case strings.HasPrefix(text, "urn:ogc:def:crs:OGC:") && parts[len(parts)-1] == "CRS84":
		return crs84.URI
	case strings.HasPrefix(text, "urn:ogc:def:crs:EPSG:") && len(parts) == 7, len(parts) == 2 && parts[0] == "EPSG":
		return "http://www.opengis.net/def/crs/EPSG/0/" + parts[len(parts)-1]
	}
	return text
}

// answerSRID is what PostGIS is asked for: degrees as they are stored where they are degrees already.
func (crs CRS) answerSRID(l *layers.Layer) int {
	if crs.Geographic && layers.Geographic(l.SRID) {
		return l.SRID
	}
	return crs.SRID
}

// coordinates says how positions are written: in the order of the CRS's axes, to a tenth of a millimetre.
func (crs CRS) coordinates() format.Coordinates {
	if crs.Geographic {
		return format.Coordinates{Decimals: 9, YX: crs.NorthFirst}
	}
	return format.Coordinates{Decimals: 4, YX: crs.NorthFirst}
}
