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
		widths: true, finish: finishShapefile,
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

// The widest number of a .dbf that programs agree on.
const (
	dbfText     = 254
	dbfDigits   = 19
	dbfDecimals = 15
)

// dbfType is the type of GDAL's SQL that gives a .dbf field as wide as its values, or as the standard has it.
func dbfType(c *column) string {
	switch c.Type {
	case layers.Date:
		return "date"
	case layers.Boolean:
		return ""
	case layers.Integer:
		if c.max > 18 {
			return "character(20)"
		}
		if c.max > 9 {
			return "bigint"
		}
		return "integer"
	case layers.Number:
		return fmt.Sprintf("numeric(%d,%d)", c.numberWidth(), c.numberDecimals())
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

func (c *column) numberDecimals() int {
	if c.max == 0 {
		return 6
	}
	room := dbfDigits - 2 - int(c.max)
	return max(min(c.decimals, dbfDecimals, room), 1)
}

func (c *column) numberWidth() int {
	return max(int(c.max), 1) + 2 + c.numberDecimals() // a sign and the point
}
