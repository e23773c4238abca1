package format

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"onemap/layers"
)

// Writable lists the formats that can be written: rows of the table with their Writing, and the extensions that are
// written.
func Writable() []Format {
	all := All()
	formats := written()
	for i, w := range formats {
		if at := slices.IndexFunc(all, func(f Format) bool { return f.Name == w.Name }); at >= 0 {
			formats[i] = all[at]
			formats[i].Extensions, formats[i].Writing = w.Extensions, w.Writing
		}
	}
	return formats
}

// ForWriting finds the format to write by its name or, where that is "", by what the file is called; parcels.zip is a
// shapefile, parcels.gdb.zip a file geodatabase. It returns ErrInvalid with what can be written.
func ForWriting(name, file string) (Format, error) {
	ext := formatExtension(file)
	var known []string
	for _, f := range Writable() {
		if name != "" && f.Name == name || name == "" && slices.Contains(f.Extensions, ext) {
			return f, nil
		}
		known = append(known, fmt.Sprintf("%s (%s)", f.Name, f.Extensions[0]))
	}
	list := strings.Join(known, ", ")
	if name != "" {
		return Format{}, layers.Refuse(layers.ErrInvalid, "format %q can not be written; these can: %s", "不能写出格式“%s”；可用的有：%s", name, list)
	}
	return Format{}, layers.Refuse(layers.ErrInvalid, "the name %s does not tell a format that can be written; give one: %s", "无法由文件名 %s 判断写出格式；请指明：%s", filepath.Base(file), list)
}

// OneFile is what a file of the format is called that holds all an export writes: an archive where that is several files.
func (f Format) OneFile(stem string) string {
	name := stem + f.Extensions[0]
	if w := f.Writing; w.Stream == nil && (w.siblings != nil || w.listed || w.oneKind) {
		name += ".zip"
	}
	return name
}

// Zipped reports whether OneFile is an archive.
func (f Format) Zipped(stem string) bool { return strings.HasSuffix(f.OneFile(stem), ".zip") }

// Plane reports whether the format makes sense in a plane only: it is written in one where no system is asked for.
func (f Format) Plane() bool { return f.Writing.plane }

// Text is the encoding of the format's text where encoding is asked for; "" asks for none.
func (f Format) Text(encoding string) string { return cmp.Or(encoding, f.Writing.encoding, "UTF-8") }

// Fits reports whether the format can hold a layer's features.
func (f Format) Fits(l *layers.Layer) bool {
	switch {
	case f.Writing.areas:
		return strings.HasSuffix(l.GeometryType, "Polygon")
	case f.Writing.paths:
		return slices.Contains([]string{"Point", "MultiPoint", "LineString", "MultiLineString"}, l.GeometryType)
	}
	return true
}

// holds says what geometries the format holds, where those are not all.
func (f Format) holds() string {
	if f.Writing.areas {
		return "areas"
	}
	return "points or lines"
}

// formatExtension is what tells the format in a file's name.
func formatExtension(file string) string {
	name := strings.ToLower(filepath.Base(file))
	if inner, zipped := strings.CutSuffix(name, ".zip"); zipped {
		if ext := filepath.Ext(inner); ext != "" {
			return ext
		}
		return ".shp"
	}
	return filepath.Ext(name)
}

// The formats whose writers are ours.
func writeGeoJSON() *Writing {
	return &Writing{MediaType: "application/geo+json", Stream: newGeoJSON, Degrees: true, decimal: true, texts: textRules{controls: true}}
}

func writeGeoJSONSeq() *Writing {
	return &Writing{MediaType: "application/geo+json-seq", Stream: newGeoJSONSeq, Degrees: true, decimal: true, texts: textRules{controls: true}}
}

func writeGeoJSONLines() *Writing {
	return &Writing{MediaType: "application/x-ndjson", Stream: newGeoJSONLines, Degrees: true, decimal: true, texts: textRules{controls: true}}
}

func writeCSV() *Writing {
	return &Writing{MediaType: "text/csv", Stream: newCSV, Encodings: true, decimal: true, texts: textRules{controls: true}}
}

func writeFlatGeobuf() *Writing {
	return &Writing{MediaType: "application/flatgeobuf", Stream: newFlatGeobuf, texts: textRules{controls: true}}
}

// written says of each format how it is written. It is not part of the rows themselves, which would then refer to
// themselves.
func written() []Format {
	return []Format{
		{Name: "geojson", Title: "GeoJSON", Extensions: []string{".geojson", ".json"}, Writing: writeGeoJSON()},
		{Name: "geojsonseq", Title: "GeoJSON text sequence", Extensions: []string{".geojsons"}, Writing: writeGeoJSONSeq()},
		{Name: "geojsonl", Title: "GeoJSON, a line each", Extensions: []string{".geojsonl", ".ndjson"}, Writing: writeGeoJSONLines()},
		{Name: "jsonfg", Title: "JSON-FG", Extensions: []string{".jsonfg"}, Writing: writeJSONFG()},
		{Name: "csv", Title: "CSV", Extensions: []string{".csv"}, Writing: writeCSV()},
		{Name: "fgb", Title: "FlatGeobuf", Extensions: []string{".fgb"}, Writing: writeFlatGeobuf()},
		{Name: "shp", Title: "Shapefile", Extensions: []string{".shp"}, Writing: writeShapefile()},
		{Name: "gpkg", Title: "GeoPackage", Extensions: []string{".gpkg"}, Writing: writeGeoPackage()},
		{Name: "gdb", Title: "File geodatabase", Extensions: []string{".gdb"}, Writing: writeFileGDB()},
		{Name: "kml", Title: "KML", Extensions: []string{".kml"}, Writing: writeKML()},
		{Name: "kmz", Title: "KMZ", Extensions: []string{".kmz"}, Writing: writeKMZ()},
		{Name: "gpx", Title: "GPX", Extensions: []string{".gpx"}, Writing: writeGPX()},
		{Name: "gml", Title: "GML 3.2", Extensions: []string{".gml"}, Writing: writeGML(GML32())},
		{Name: "gml31", Title: "GML 3.1", Extensions: []string{".gml"}, Writing: writeGML(GML31())},
		{Name: "gml2", Title: "GML 2", Extensions: []string{".gml"}, Writing: writeGML(GML2())},
		{Name: "dxf", Title: "DXF", Extensions: []string{".dxf"}, Writing: writeDXF()},
		{Name: "tab", Title: "MapInfo TAB", Extensions: []string{".tab"}, Writing: writeMapInfo()},
		{Name: "mif", Title: "MapInfo MIF", Extensions: []string{".mif"}, Writing: writeMIF()},
		{Name: "boundary", Title: "界址点 TXT", Extensions: []string{".txt"}, Writing: writeBoundary()},
		{Name: "xlsx", Title: "Excel", Extensions: []string{".xlsx"}, Writing: writeXLSX()},
	}
}
