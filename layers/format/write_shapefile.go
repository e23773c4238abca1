package format

import (
	"errors"
	"fmt"
	"os"

	"onemap/layers"
)

// writeShapefile follows the ESRI Shapefile Technical Description (1998) and dBASE III: names of 10 bytes, texts of 254,
// no moments, no null texts.
func writeShapefile() *Writing {
	return &Writing{
		MediaType: "application/zip", Driver: "ESRI Shapefile", oneKind: true, Encodings: true, noEmpty: true, listed: true, ownAreas: true, noBool: true,
		siblings: []string{".shx", ".dbf", ".prj", ".cpg"}, whole: 1e18 - 1,
		widths: true, fixed: true, finish: finishShapefile,
		names: nameRules{bytes: 10, identifier: true}, texts: textRules{bytes: 254},
		kind: without(layers.JSON, layers.DateTime),
		layout: func(j *job, p *part) layout {
			return layout{args: []string{"-lco", "ENCODING=" + j.text.gdal, "-lco", "SHPT=" + shapeType(p, j.layer.HasZ), "-lco", "2GB_LIMIT=YES"}, as: dbfType}
		},
	}
}

// shapeType is the SHPT of a part.
func shapeType(p *part, z bool) string {
	name := map[string]string{
		"Point": "POINT", "MultiPoint": "MULTIPOINT", "LineString": "ARC", "MultiLineString": "ARC", "Polygon": "POLYGON", "MultiPolygon": "POLYGON",
	}[p.kind]
	if name == "" {
		return "NULL"
	}
	if z {
		name += "Z"
	}
	return name
}

// What a .dbf holds: the descriptions say 19 digits, but every program reads more, and an area in square metres with
// fifteen decimals needs them.
const (
	dbfText     = 254
	dbfDigits   = 17 // before the point
	dbfDecimals = 15
)

// dbfType is the type of GDAL's SQL that gives a .dbf field as wide as its values, or as the standard has it.
func dbfType(c *column) string {
	switch {
	case c.Type == layers.Date:
		return "date"
	case c.Type == layers.Integer && c.wide:
		return "character(20)"
	case c.Type == layers.Number && c.wide:
		return "character(32)"
	case c.Type == layers.Integer && c.max > 9:
		return "bigint"
	case c.Type == layers.Integer:
		return "integer"
	case c.Type == layers.Number:
		decimals := max(min(c.decimals, dbfDecimals), 1) // without any it would read as a whole number
		return fmt.Sprintf("numeric(%d,%d)", max(int(c.max), 1)+2+decimals, decimals)
	}
	return "" // the spool's header says how wide; a cast would count in UTF-8
}

// textWidth is how wide a text has to be: as the standard has it, or as its values are.
func (c *column) textWidth() int {
	return int(min(max(int64(c.Width), c.max, 1), dbfText))
}

// finishShapefile puts our own shapes in place, and says the encoding as ArcGIS knows it.
func finishShapefile(j *job, p *part, stem string) error {
	if p.shapes != nil {
		for _, ext := range []string{".shp", ".shx"} {
			if err := os.Rename(p.path+ext, stem+ext); err != nil {
				return err
			}
		}
	}
	if err := os.WriteFile(stem+".cpg", []byte(j.text.cpg), 0o644); err != nil {
		return err
	}
	dbf, err := os.OpenFile(stem+".dbf", os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = dbf.WriteAt([]byte{j.text.language}, 29)
	return errors.Join(err, dbf.Close())
}
