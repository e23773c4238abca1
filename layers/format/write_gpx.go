package format

import (
	"fmt"
	"slices"
	"strings"

	"onemap/layers"
)

// writeGPX is GPX 1.1: points become waypoints, lines tracks. What GPX has no element for goes into its extensions; names
// of elements that hold numbers, times or links are kept for those. GDAL writes no heights to it.
func writeGPX() *Writing {
	return &Writing{
		MediaType: "application/gpx+xml", Driver: "GPX", Degrees: true, paths: true, noBool: true, flat: true,
		names: nameRules{identifier: true, reserved: []string{"ele", "time", "magvar", "geoidheight", "url", "urlname", "fix", "sat", "hdop", "vdop",
			"pdop", "ageofdgpsdata", "dgpsid", "number"}},
		kind: without(layers.JSON, layers.Date, layers.DateTime),
		layout: func(j *job, p *part) layout {
			lay := layout{as: func(c *column) string { return whole32(c, "character(20)") }, args: []string{"-dsco", "GPX_USE_EXTENSIONS=YES", "-lco", "FORCE_GPX_TRACK=YES"}}
			if strings.HasSuffix(p.kind, "Point") {
				lay.args = append(lay.args[:2], "-explodecollections")
				lay.kind = ogrKind("Point", false)
			}
			lay.more = gpxName(j)
			return lay
		},
	}
}

// gpxName has a device show what names a feature in our map, where no property is called name.
func gpxName(j *job) string {
	if slices.ContainsFunc(j.columns, func(c *column) bool { return strings.EqualFold(c.Name, "name") }) {
		return ""
	}
	at := slices.IndexFunc(j.columns, func(c *column) bool { return c.source == j.layer.LabelField && c.meaning == nil })
	if at < 0 || j.layer.LabelField == "" {
		return ""
	}
	return fmt.Sprintf(`"c%d" AS name`, at)
}
