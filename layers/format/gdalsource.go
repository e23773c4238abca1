package format

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"onemap/layers"
)

// gdalSource is one layer of a file that GDAL reads.
type gdalSource struct {
	folder  *Folder
	driver  string
	path    string
	read    []string // what the children may read
	env     []string // configuration of theirs
	options []string // "-oo", "NAME=VALUE" …
	info    info
	columns []int // of info.fields, for each of Source.Fields
	fields  []Field

	firstFID int64                  // of the format: what GDAL calls its first row
	plain    bool                   // rows can only be read in the file's own way, without numbers of ours
	utc      bool                   // moments that name no zone are UTC
	native   bool                   // the driver takes SQL itself, which spares GDAL a copy of each row
	faults   map[int64]layers.Words // what is wrong with geometries, by their place in the file from 0, where it was found before
	carried  *encoding              // text travels as if it were Latin-1, and is this; nil = GDAL knows its encoding
}

// gdalWay is how a format is read with GDAL.
type gdalWay struct {
	driver   string
	ext      string // that the file is given, for drivers that look at it
	env      []string
	options  []string
	encoding string // words for Encoding.How; "" = "<Title> is always UTF-8"
	crs      string // words for CRS.How
	firstFID int64
	plain    bool
	utc      bool // moments that name no zone are UTC
	native   bool
	faults   map[int64]layers.Words
	given    bool // what fields there are is the format's business, not the file's
	lax      bool // rows without geometry need not come: the caller knows them
	carried  *encoding
}

// viaGDAL opens a file in the way given, with its parts beside it.
func (in input) viaGDAL(ctx context.Context, w gdalWay) ([]*Source, error) {
	path, read, err := in.place(w.ext)
	if err != nil {
		return nil, err
	}
	return in.sourcesOf(ctx, w, path, read)
}

// sourcesOf makes the sources of what GDAL finds at path.
func (in input) sourcesOf(ctx context.Context, w gdalWay, path string, read []string) ([]*Source, error) {
	all, warnings, err := in.folder.describe(ctx, w.driver, path, read, w.env, w.options)
	if err != nil {
		return nil, err
	}
	var sources []*Source
	for _, i := range all {
		if len(i.fields) > in.folder.limits.Fields {
			return nil, refuse("layer %s has %d fields; at most %d are read", "图层 %s 有 %d 个字段，最多读取 %d 个", i.layer, len(i.fields), in.folder.limits.Fields)
		}
		g := &gdalSource{
			folder: in.folder, driver: w.driver, path: path, read: read, env: w.env, options: w.options, info: i,
			firstFID: w.firstFID, plain: w.plain, native: w.native, utc: w.utc, carried: w.carried, faults: w.faults,
		}
		s := g.source(w)
		if w.lax {
			g.info.count = -1
		}
		for _, warning := range warnings {
			s.Notes = append(s.Notes, warningNote(warning))
		}
		sources = append(sources, s)
	}
	return sources, nil
}

// warningNote is a warning of GDAL; the usual ones have words of ours.
func warningNote(text string) Note {
	note := Note{Rule: "reader.warning", Severity: Info}
	switch {
	case strings.HasPrefix(text, "Non closed ring"):
		note.Rule, note.Words = "geometry.unclosed", layers.Say("some rings do not end where they begin", "部分多边形边界首尾不闭合")
	case strings.HasPrefix(text, "This version of GeoPackage"):
		note.Words = layers.Say("GDAL does not know this version of GeoPackage in full; it was read all the same: hold the number of rows against the file",
			"GDAL 不完全支持该 GeoPackage 的版本，仍已读取，请核对行数")
	case strings.Contains(text, "parsing kml Style"):
		note.Words = layers.Say("a style in the KML is incomplete; styles are not imported, features are", "KML 中有样式定义不完整；样式不导入，不影响要素")
	default:
		note.Words = layers.Say("GDAL, which reads the file, warns: %s", "读取程序 GDAL 给出警告（英文原文），请核对导入结果：%s", shown(text))
	}
	return note
}

// source tells what ogrinfo told.
func (g *gdalSource) source(w gdalWay) *Source {
	i := g.info
	s := &Source{Name: plainLine(i.layer), Geometry: i.geometry, Count: i.count, Extent: i.extent, Encoding: Encoding{Name: utf8Text.name, How: w.encoding}}
	if s.Geometry == "" {
		s.Geometry = "None"
	}
	if s.Geometry != "None" {
		s.CRS = identify(i.wkt)
		if s.CRS.WKT != "" {
			s.CRS.How = w.crs
		}
	}
	for at, f := range i.fields {
		kind, ok := f.declared()
		if !ok {
			s.Notes = append(s.Notes, Note{Rule: "field.binary", Severity: Warning, Field: f.name,
				Words: layers.Say("field %s holds binary data and was left out", "字段 %s 为二进制数据，已略去", f.name)})
			continue
		}
		if strings.HasSuffix(f.kind, "List") {
			s.Notes = append(s.Notes, Note{Rule: "field.list", Severity: Info, Field: f.name,
				Words: layers.Say("field %s holds lists, which become text", "字段 %s 为列表，已转为文本", f.name)})
		}
		g.columns = append(g.columns, at)
		g.fields = append(g.fields, Field{Name: f.name, Kind: kind, Width: f.width, Given: w.given})
	}
	s.Fields = g.fields
	s.read = g.rows
	return s
}

// plainLine is a name as it can be shown and typed: on one line, without spaces around it.
func plainLine(name string) string {
	if strings.ContainsAny(name, "\n\r\t") {
		return strings.Join(strings.Fields(name), " ")
	}
	return strings.TrimSpace(name)
}

// straight tells whether no geometry of the layer can be a curve, by its type.
func (i info) straight() bool {
	switch strings.TrimPrefix(strings.TrimPrefix(i.geometry, "3D "), "Measured ") {
	case "Point", "Line String", "Polygon", "Multi Point", "Multi Line String", "Multi Polygon":
		return true
	}
	return false
}

func (i info) unknown() bool {
	return strings.Contains(i.geometry, "Unknown") || strings.Contains(i.geometry, "Collection")
}

// swift tells whether flatStream can carry the layer: it knows no rows without geometry, and no type of layer that is
// made straight on the way.
func (g *gdalSource) swift() bool {
	return g.info.geometry != "" && g.info.geometry != "None" && (g.info.straight() || g.info.unknown()) && (g.plain || g.namesDiffer())
}

// namesDiffer tells whether SQL can tell the fields apart.
func (g *gdalSource) namesDiffer() bool {
	seen := map[string]bool{}
	for _, f := range g.info.fields {
		if key := strings.ToLower(f.name); seen[key] || strings.ContainsAny(key, "\x00\n") {
			return false
		} else {
			seen[key] = true
		}
	}
	return true
}

// arguments of ogr2ogr, but for the driver and what is selected. Coordinates are transformed only when asked to.
func (g *gdalSource) arguments(opt RowOptions, to string, creation ...string) []string {
	args := append([]string{"-q", "-f", to, "/vsistdout/t.fgb"}, creation...) // without -q some drivers' progress gets into the stream
	args = append(args, "-nln", "t", "-skipfailures", "-mapFieldType",
		"StringList=String,IntegerList=String,Integer64List=String,RealList=String,Time=String")
	if g.info.geometry == "None" || g.info.geometry == "" {
		args = append(args, "-nlt", "NONE")
	} else {
		if g.info.straight() {
			args = append(args, "-nlt", "GEOMETRY") // a polygon may be of several parts
		} else {
			args = append(args, "-nlt", "CONVERT_TO_LINEAR")
		}
		dim := "XY"
		if strings.HasPrefix(g.info.geometry, "3D") || g.info.unknown() {
			dim = "XYZ"
		}
		args = append(args, "-dim", dim)
		if opt.From != "" {
			args = append(args, "-s_srs", opt.From, "-t_srs", "EPSG:4490")
		}
	}
	return append(args, g.options...)
}

// selection is what is read: our SQL, or the whole layer as it is.
func (g *gdalSource) selection(list []string) []string {
	if list == nil {
		return []string{g.path, g.info.layer}
	}
	return []string{"-dialect", "OGRSQL", "-sql", "SELECT " + strings.Join(list, ", ") + " FROM " + quoted(g.info.layer), g.path}
}

// swiftSelection is what the swift stream carries: the row's number, then the fields.
func (g *gdalSource) swiftSelection() []string {
	if g.plain {
		return g.selection(nil)
	}
	name, list := quoted, []string{"FID AS onemap_fid"}
	native := g.native && g.info.fidColumn != "" && g.info.geometryColumn != ""
	if native { // as text: a number would get the type of the first row's
		name = quotedSQLite
		list = []string{name(g.info.fidColumn) + " || '' AS onemap_fid", name(g.info.geometryColumn)}
	}
	for i, at := range g.columns {
		list = append(list, name(g.info.fields[at].name)+" AS c"+strconv.Itoa(i+1))
	}
	if native {
		return []string{"-sql", "SELECT " + strings.Join(list, ", ") + " FROM " + name(g.info.layer), g.path}
	}
	return g.selection(list)
}

// quotedSQLite is a name in SQLite's SQL.
func quotedSQLite(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// quoted is a name in OGR's SQL.
func quoted(name string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(name, `\`, `\\`), `"`, `\"`) + `"`
}

// fatal tells whether an error ends the reading for good: ours, or a limit that another attempt would meet again.
func fatal(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || !errors.Is(err, layers.ErrInvalid) && !errors.Is(err, errStream))
}
