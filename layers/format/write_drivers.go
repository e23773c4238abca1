package format

import (
	"fmt"

	"onemap/layers"
)

// The formats that GDAL writes, and what its drivers (gdal.org/drivers/vector) have to be told.

func writeGeoPackage() *Writing {
	return &Writing{
		MediaType: "application/geopackage+sqlite3", Driver: "GPKG", id: "fid", texts: textRules{controls: true},
		names: nameRules{reserved: []string{"fid", "geom"}},
		layout: func(j *job, p *part) layout {
			return layout{args: []string{"-lco", "FID=fid", "-lco", "GEOMETRY_NAME=geom", "-lco", "IDENTIFIER=" + j.layer.Title,
				"-lco", "DESCRIPTION=" + j.layer.Description}}
		},
	}
}

func writeFileGDB() *Writing {
	return &Writing{
		MediaType: "application/zip", Driver: "OpenFileGDB", oneKind: true, whole: 1 << 53, utc: true,
		names: nameRules{bytes: 64, identifier: true, reserved: []string{"objectid", "shape", "shape_length", "shape_area"}},
		kind:  without(layers.Boolean, layers.JSON),
		layout: func(j *job, p *part) layout {
			return layout{args: []string{"-lco", "LAYER_ALIAS=" + j.layer.Title + p.name}, as: func(c *column) string { return whole32(c, "float") }}
		},
	}
}

func writeKML() *Writing {
	return &Writing{
		MediaType: "application/vnd.google-earth.kml+xml", Driver: "KML", Degrees: true, noBool: true,
		kind: without(layers.JSON, layers.Date, layers.DateTime),
		layout: func(j *job, p *part) layout {
			lay := layout{as: func(c *column) string { return whole32(c, "character(20)") }, args: []string{"-dsco", "AltitudeMode=" + map[bool]string{true: "absolute", false: "clampToGround"}[j.layer.HasZ]}}
			for _, c := range j.columns {
				if c.source == j.layer.LabelField && c.meaning == nil {
					lay.args = append(lay.args, "-dsco", "NameField="+c.Name)
				}
			}
			return lay
		},
	}
}

func writeDXF() *Writing {
	return &Writing{
		MediaType: "image/vnd.dxf", Driver: "DXF", plane: true, bare: true,
		layout: func(j *job, p *part) layout {
			return layout{instead: fmt.Sprintf("'%s' AS Layer", j.layer.Name), args: []string{"--config", "DXF_WRITE_HATCH", "NO"}}
		},
	}
}

func writeMapInfo() *Writing {
	return mapInfo([]string{".dat", ".map", ".id", ".ind"})
}

func writeMIF() *Writing {
	return mapInfo([]string{".mid"}, "-dsco", "FORMAT=MIF")
}

func mapInfo(siblings []string, more ...string) *Writing {
	return &Writing{
		MediaType: "application/zip", Driver: "MapInfo File", flat: true, Encodings: true, encoding: "GBK", never8: true, siblings: siblings, whole: 1 << 53, noEmpty: true, noNull: true,
		names: nameRules{bytes: 31, identifier: true}, texts: textRules{bytes: 254, oneLine: true}, widths: true,
		kind: without(layers.JSON, layers.DateTime), listed: true,
		layout: func(j *job, p *part) layout {
			b := p.reach()
			args := append([]string{"-lco", "ENCODING=" + j.text.gdal, "-lco", fmt.Sprintf("BOUNDS=%v,%v,%v,%v", b[0], b[1], b[2], b[3])}, more...)
			return layout{args: args, as: func(c *column) string {
				return whole32(c, "numeric(20,0)") // numbers are floats, and need no width
			}}
		},
	}
}

func writeXLSX() *Writing {
	return &Writing{
		MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Driver: "XLSX", shapeless: true, most: 1<<20 - 1,
		whole: 1e15 - 1, texts: textRules{characters: 32767}, kind: without(layers.JSON, layers.DateTime), noEmpty: true,
		layout: func(j *job, p *part) layout {
			return layout{kind: "NONE", as: func(c *column) string {
				if c.Type == layers.Integer && !c.wide {
					return "bigint"
				}
				return whole32(c, "")
			}}
		},
	}
}

// without has text stand for types that a format has not.
func without(types ...layers.Type) func(layers.Type) layers.Type {
	return func(t layers.Type) layers.Type {
		for _, other := range types {
			if t == other {
				return layers.String
			}
		}
		return t
	}
}

// whole32 is for formats whose whole numbers have 32 bits: a field with larger ones is of another type, or text where
// that is too small as well.
func whole32(c *column, larger string) string {
	switch {
	case c.Type == layers.Date:
		return "date"
	case c.Type == layers.Integer && c.wide:
		return "character(20)"
	case c.Type == layers.Integer && c.huge:
		return larger
	case c.Type == layers.Integer:
		return "integer"
	}
	return ""
}
