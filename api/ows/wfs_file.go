package ows

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"onemap/layers/format"
)

// wfsNames are what clients of WFS call the formats of the table besides their names and media types.
func wfsNames() map[string][]string {
	return map[string][]string{
		"geojson": {"application/json", "json", "text/json", "application/vnd.geo+json"},
		"shp":     {"SHAPE-ZIP", "shapezip", "shapefile", "application/x-shapefile", "application/shapefile"},
		"kml":     {"application/vnd.google-earth.kml", "application/vnd.google-earth.kml xml"},
		"gpkg":    {"geopackage", "application/geopackage+vnd.sqlite3", "application/x-gpkg"},
		"fgb":     {"flatgeobuf"},
		"dxf":     {"application/dxf", "DXF-ZIP"},
		"xlsx":    {"excel2007", "excel"},
	}
}

// formatNames are the values of outputFormat that the capabilities list: the versions of GML, and the table's formats by their
// names and media types.
func (r *wfsRequest) formatNames() []string {
	names := []string{r.version.gml.MediaType}
	for _, g := range []*format.GML{format.GML32(), format.GML31(), format.GML2()} {
		if g.Version != r.version.gml.Version {
			names = append(names, g.MediaType)
		}
	}
	for _, f := range format.Writable() {
		if strings.HasPrefix(f.Name, "gml") {
			continue
		}
		names = append(names, f.Name)
		switch f.Name {
		case "geojson":
			names = append(names, "application/json", "application/geo+json")
		case "shp":
			names = append(names, "SHAPE-ZIP")
		default:
			if !slices.Contains(names, f.Writing.MediaType) && f.Writing.MediaType != "application/zip" {
				names = append(names, f.Writing.MediaType)
			}
		}
	}
	return names
}

// fileFormat finds a format of the table by any of its names.
func fileFormat(name string) (format.Format, error) {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer(" ", "", "+", "").Replace(s)) } // a + in a query is a blank
	for _, f := range format.Writable() {
		names := append([]string{f.Name}, wfsNames()[f.Name]...)
		if f.Writing.MediaType != "application/zip" {
			names = append(names, f.Writing.MediaType)
		}
		if slices.ContainsFunc(names, func(n string) bool { return plain(n) == plain(name) }) {
			return f, nil
		}
	}
	return format.Format{}, Invalid("outputFormat", "there is no format %q; they are in the capabilities", "没有格式“%s”，可选项见能力文档", name)
}

// file answers GetFeature in a format of files.
func (r *wfsRequest) file(queries []*wfsQuery, p paging) error {
	f, err := fileFormat(r.kvp["outputformat"])
	if err != nil {
		return err
	}
	if len(queries) != 1 {
		return Refuse(OptionNotSupported, "outputFormat", "%s holds the features of one query; send one at a time", "%s 一次只能写出一个查询的要素", f.Title)
	}
	ctx, done, err := r.Take(r.http.Context(), true)
	if err != nil {
		return err
	}
	defer done()
	q := queries[0]
	if f.Name == "geojson" {
		return r.moment(ctx, true, func(from source) error { return r.geoJSON(ctx, from, q, p) })
	}
	q.find.Limit, q.find.Offset = max(p.count, 0), p.start
	if f.Writing.Degrees && r.kvp["srsname"] == "" || q.layer.GeometryType == "" {
		q.find.SRID = 0
	}
	opt := format.ExportOptions{Format: f.Name, Properties: q.find.Properties}
	q.find.Properties = nil
	if f.Writing.Stream != nil {
		out := &fileOut{w: r.w, media: f.Writing.MediaType, name: q.layer.Name + f.Extensions[0]}
		_, err := format.ExportTo(ctx, out, r.Store, r.actor, q.layer.Name, q.find, opt)
		if err == nil && !out.begun { // of nothing
			_, err = out.Write(nil)
		}
		return Blame("outputFormat", err)
	}
	return r.wholeFile(ctx, q, opt, f)
}

// wholeFile writes a file aside and sends it; what consists of several goes as an archive.
func (r *wfsRequest) wholeFile(ctx context.Context, q *wfsQuery, opt format.ExportOptions, f format.Format) error {
	folder, err := format.NewFolder(r.Folder, format.DefaultLimits())
	if err != nil {
		return err
	}
	defer folder.Close()
	name, media := f.OneFile(q.layer.Name), f.Writing.MediaType
	if f.Zipped(q.layer.Name) {
		media = "application/zip"
	}
	opt.File, opt.Folder = filepath.Join(folder.Path(), name), folder.Path()
	if _, err := format.Export(ctx, r.Store, r.actor, q.layer.Name, q.find, opt); err != nil {
		return Blame("outputFormat", err)
	}
	file, err := os.Open(opt.File)
	if err != nil {
		return fmt.Errorf("written file: %w", err)
	}
	defer file.Close()
	_, err = io.Copy(&fileOut{w: r.w, media: media, name: name}, file)
	return err
}

// fileOut sends a file; its head goes with the first bytes, so that an error before them can still be told.
type fileOut struct {
	w           http.ResponseWriter
	media, name string
	begun       bool
}

// Write implements io.Writer.
func (o *fileOut) Write(b []byte) (int, error) {
	if !o.begun {
		o.begun = true
		o.w.Header().Set("Content-Type", o.media)
		o.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": o.name}))
		o.w.WriteHeader(http.StatusOK)
	}
	return o.w.Write(b)
}

// geoJSON answers as GeoServer and its clients have it: in any CRS, which a member crs names, east always first; ids are
// those of GML.
func (r *wfsRequest) geoJSON(ctx context.Context, from source, q *wfsQuery, p paging) error {
	if r.kvp["srsname"] == "" && q.layer.GeometryType != "" { // what GeoJSON is in where nobody asks
		var err error
		if q.in, err = r.version.srsOf(q.layer, "urn:ogc:def:crs:OGC:1.3:CRS84"); err != nil {
			return err
		}
		q.find.SRID = q.in.answer(q.layer)
	}
	parts, err := r.counted(ctx, from, q, p)
	if err != nil {
		return err
	}
	one := parts[0]
	out := newXMLOut(r.w, "application/geo+json")
	out.text(`{"type":"FeatureCollection","numberMatched":` + strconv.FormatInt(one.matched, 10) + `,"numberReturned":` + strconv.Itoa(max(one.take, 0)) +
		`,"timeStamp":"` + r.Now().UTC().Format(time.RFC3339) + `"`)
	if r.kvp["srsname"] != "" && q.in.srid != 4326 {
		out.text(`,"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::` + strconv.Itoa(q.in.srid) + `"}}`)
	}
	out.text(`,"features":[`)
	c := q.in.coordinates()
	c.YX = false
	first := true
	for f, err := range r.features(ctx, one) {
		if err != nil {
			return err
		}
		if !first {
			out.text(",\n")
		}
		first = false
		if f.ID != "" {
			f.ID = format.GMLID(q.layer.Name, f.ID)
		}
		out.buf = format.AppendGeoJSON(out.buf, q.layer, f, c)
		if err := out.full(); err != nil {
			return err
		}
	}
	out.text("]}\n")
	return out.flush()
}

// counted is parts of one query that is counted in every version.
func (r *wfsRequest) counted(ctx context.Context, from source, q *wfsQuery, p paging) ([]*part, error) {
	matched, err := from.Count(ctx, r.actor, q.layer.Name, q.find)
	if err != nil {
		return nil, err
	}
	one := &part{wfsQuery: q, from: from, matched: matched, skip: int(min(int64(p.start), matched))}
	one.take = int(matched) - one.skip
	if p.count >= 0 {
		one.take = min(one.take, p.count)
	}
	return []*part{one}, r.read(ctx, one)
}
