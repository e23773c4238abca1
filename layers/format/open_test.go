package format_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/ewkb"

	"onemap/layers"
	"onemap/layers/format"
)

// folder makes a folder of an import, gone with the test.
func folder(t testing.TB, limits format.Limits) *format.Folder {
	t.Helper()
	f, err := format.NewFolder(t.TempDir(), limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// open opens files and fails the test if that fails.
func open(t testing.TB, hints format.Hints, files ...string) *format.Dataset {
	t.Helper()
	data, err := format.Open(t.Context(), folder(t, format.DefaultLimits()), files, hints)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// write makes a file in a directory of the test's own.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ogr2ogr makes a file of GeoJSON.
func ogr2ogr(t testing.TB, geoJSON, name string, args ...string) string {
	t.Helper()
	from, to := write(t, "in.geojson", geoJSON), filepath.Join(t.TempDir(), name)
	out, err := exec.CommandContext(t.Context(), "ogr2ogr", append(args, to, from)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ogr2ogr: %v: %s", err, out)
	}
	return to
}

func beside(path, ext string) string { return strings.TrimSuffix(path, filepath.Ext(path)) + ext }

// patch changes a file in place.
func patch(t testing.TB, path string, change func(raw []byte) []byte) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(raw), 0o600); err != nil {
		t.Fatal(err)
	}
}

func setLDID(t testing.TB, shp string, id byte) {
	t.Helper()
	patch(t, beside(shp, ".dbf"), func(raw []byte) []byte { raw[29] = id; return raw })
}

// zipped packs files under other names.
func zipped(t testing.TB, name string, files map[string]string) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for inner, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(inner)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, name, buf.String())
}

// told is a row in one line: number, values, the geometry's type and first coordinate, rules of its notes.
func told(r *format.Row) string {
	var b strings.Builder
	fmt.Fprint(&b, r.Number)
	for _, v := range r.Values {
		if v == nil {
			b.WriteString(" -")
		} else {
			fmt.Fprintf(&b, " %s", v)
		}
	}
	b.WriteString(" " + geometryText(r.Geometry))
	for _, n := range r.Notes {
		b.WriteString(" !" + n.Rule)
	}
	if r.Lost {
		b.WriteString(" LOST")
	}
	return b.String()
}

var kinds = []string{"?", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Collection"}

// geometryText is the type of EWKB and its first coordinate.
func geometryText(b []byte) string {
	if b == nil {
		return "null"
	}
	kind := binary.LittleEndian.Uint32(b[1:])
	text := kinds[kind&0xf]
	numbers := 2
	if kind&0x80000000 != 0 {
		text, numbers = text+"Z", 3
	}
	at := map[string]int{"Point": 5, "LineString": 9, "Polygon": 13, "MultiPoint": 14, "MultiLineString": 18, "MultiPolygon": 22}[kinds[kind&0xf]]
	for range numbers {
		if at == 0 || at+8 > len(b) {
			return text
		}
		text += fmt.Sprintf(" %.6g", math.Float64frombits(binary.LittleEndian.Uint64(b[at:])))
		at += 8
	}
	return text
}

// rows are all rows of a source.
func rows(t testing.TB, s *format.Source, opt format.RowOptions) (all []string) {
	t.Helper()
	for r, err := range s.Rows(t.Context(), opt) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, told(r))
	}
	return all
}

func rules(notes []format.Note) string {
	var all []string
	for _, n := range notes {
		if n.Words.En == "" || n.Words.Zh == "" {
			all = append(all, "WORDLESS")
		}
		all = append(all, n.Rule)
	}
	return strings.Join(all, " ")
}

const parcels = `{"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"地块名":"梁山县水泊街道","编号":"0102","面积":12.5,"count":7},
  "geometry":{"type":"Polygon","coordinates":[[[116.09,35.8],[116.1,35.8],[116.1,35.81],[116.09,35.81],[116.09,35.8]]]}},
 {"type":"Feature","properties":{"地块名":"韩垓镇","编号":"0013","面积":null,"count":8},
  "geometry":{"type":"MultiPolygon","coordinates":[[[[116.2,35.8],[116.21,35.8],[116.21,35.81],[116.2,35.8]]],[[[116.3,35.8],[116.31,35.8],[116.31,35.81],[116.3,35.8]]]]}},
 {"type":"Feature","properties":{"地块名":"无图形","编号":"0099","面积":1,"count":9},"geometry":null}]}`

// A file of each way says what it is, and gives the same rows.
func TestOpenUnderstands(t *testing.T) {
	t.Parallel()
	shp := func(args ...string) func(t *testing.T) []string {
		return func(t *testing.T) []string {
			return []string{ogr2ogr(t, parcels, "地块.shp", append([]string{"-f", "ESRI Shapefile"}, args...)...)}
		}
	}
	const polygons = "1 梁山县水泊街道 0102 12.5 7 Polygon 116.09 35.8; 2 韩垓镇 0013 - 8 MultiPolygon 116.2 35.8; 3 无图形 0099 1 9 null"
	const multi = "1 梁山县水泊街道 0102 12.5 7 MultiPolygon 116.09 35.8; 2 韩垓镇 0013 - 8 MultiPolygon 116.2 35.8; 3 无图形 0099 1 9 null"
	for _, c := range []struct {
		what          string
		files         func(t *testing.T) []string
		hints         format.Hints
		encoding, how string
		epsg          int
		notes, rows   string
	}{
		{what: "UTF-8 with .cpg", encoding: "UTF-8", how: ".cpg says UTF-8", epsg: 4326, files: shp("-lco", "ENCODING=UTF-8")},
		{what: "GBK with a number in the .dbf and no .cpg", encoding: "GB18030", how: "LDID 0x4D in the .dbf", epsg: 4326,
			files: func(t *testing.T) []string {
				files := shp("-lco", "ENCODING=GBK")(t)
				os.Remove(beside(files[0], ".cpg"))
				setLDID(t, files[0], 0x4d)
				return files
			}},
		{what: "GBK that says nothing", encoding: "GB18030", how: "all text reads as GB18030: ", epsg: 4326,
			files: func(t *testing.T) []string {
				files := shp("-lco", "ENCODING=GBK")(t)
				os.Remove(beside(files[0], ".cpg"))
				setLDID(t, files[0], 0)
				return files
			}},
		{what: "GBK that claims to be UTF-8", encoding: "GB18030", how: "all text reads as GB18030: ", epsg: 4326, notes: "encoding.contradiction",
			files: func(t *testing.T) []string {
				files := shp("-lco", "ENCODING=GBK")(t)
				setLDID(t, files[0], 0)
				patch(t, beside(files[0], ".cpg"), func([]byte) []byte { return []byte("UTF-8\r\n") })
				return files
			}},
		{what: "zone 39 by its .prj", encoding: "UTF-8", how: ".cpg says UTF-8", epsg: 4527,
			files: shp("-lco", "ENCODING=UTF-8", "-s_srs", "EPSG:4490", "-t_srs", "EPSG:4527"),
			rows:  "1 梁山县水泊街道 0102 12.5 7 Polygon 3.94177e+07 3.96373e+06; 2 韩垓镇 0013 - 8 MultiPolygon 3.94277e+07 3.96365e+06; 3 无图形 0099 1 9 null"},
		{what: "a zip with directories and capitals", encoding: "UTF-8", how: ".cpg says UTF-8", epsg: 4326,
			files: func(t *testing.T) []string {
				in, members := shp("-lco", "ENCODING=UTF-8")(t)[0], map[string]string{}
				for _, ext := range []string{".shp", ".shx", ".dbf", ".prj", ".cpg"} {
					members["成果/2023/地块"+strings.ToUpper(ext)] = beside(in, ext)
				}
				return []string{zipped(t, "地块.zip", members)}
			}},
		{what: "the parts of a shapefile, each by itself", encoding: "UTF-8", how: ".cpg says UTF-8", epsg: 4326,
			files: func(t *testing.T) []string {
				in := shp("-lco", "ENCODING=UTF-8")(t)[0]
				return []string{beside(in, ".dbf"), beside(in, ".prj"), beside(in, ".shx"), beside(in, ".cpg"), in}
			}},
		{what: "a shapefile without index", encoding: "UTF-8", how: ".cpg says UTF-8", epsg: 4326, notes: "file.missing",
			files: func(t *testing.T) []string {
				files := shp("-lco", "ENCODING=UTF-8")(t)
				os.Remove(beside(files[0], ".shx"))
				return files
			}},
		{what: "GeoJSON", encoding: "UTF-8", how: "GeoJSON is always UTF-8", epsg: 4326, rows: polygons,
			files: func(t *testing.T) []string { return []string{write(t, "地块.geojson", "\xef\xbb\xbf"+parcels)} }},
		{what: "a GeoJSON sequence called .txt", encoding: "UTF-8", how: "GeoJSON sequence is always UTF-8", epsg: 4326, rows: polygons,
			files: func(t *testing.T) []string {
				return []string{beside(ogr2ogr(t, parcels, "地块.geojsonl", "-f", "GeoJSONSeq"), ".geojsonl")}
			}},
		{what: "GeoPackage", encoding: "UTF-8", how: "GeoPackage is always UTF-8", epsg: 4490, rows: multi,
			files: func(t *testing.T) []string {
				return []string{ogr2ogr(t, parcels, "地块.gpkg", "-a_srs", "EPSG:4490", "-nlt", "PROMOTE_TO_MULTI")}
			}},
		{what: "FlatGeobuf in a gzip", encoding: "UTF-8", how: "FlatGeobuf is always UTF-8", epsg: 4326, rows: strings.TrimSuffix(polygons, "; 3 无图形 0099 1 9 null"),
			files: func(t *testing.T) []string {
				fgb := ogr2ogr(t, parcels, "地块.fgb", "-nlt", "GEOMETRY", "-where", "count < 9", "-lco", "SPATIAL_INDEX=NO")
				if out, err := exec.Command("gzip", fgb).CombinedOutput(); err != nil {
					t.Skipf("needs gzip: %v %s", err, out)
				}
				return []string{fgb + ".gz"}
			}},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			data := open(t, c.hints, c.files(t)...)
			if len(data.Sources) != 1 {
				t.Fatalf("%d sources: %+v", len(data.Sources), data.Files)
			}
			s := data.Sources[0]
			want := c.rows
			if want == "" {
				want = polygons
			}
			if got := strings.Join(rows(t, s, format.RowOptions{}), "; "); got != want {
				t.Errorf("rows:\n got %s\nwant %s", got, want)
			}
			if s.Encoding.Name != c.encoding || !strings.HasPrefix(s.Encoding.How, c.how) {
				t.Errorf("encoding %s (%s), want %s (%s)", s.Encoding.Name, s.Encoding.How, c.encoding, c.how)
			}
			if s.CRS.EPSG != c.epsg || s.CRS.How == "" {
				t.Errorf("CRS %d (%s), want %d; %s", s.CRS.EPSG, s.CRS.How, c.epsg, s.CRS.WKT)
			}
			if got := rules(s.Notes); got != c.notes {
				t.Errorf("notes %q, want %q", got, c.notes)
			}
			if len(s.Fields) != 4 || s.Fields[0].Name != "地块名" || s.Fields[3].Kind != format.Integer {
				t.Errorf("fields %+v", s.Fields)
			}
			if s.Count != int64(strings.Count(want, ";")+1) || s.Extent == nil {
				t.Errorf("count %d, extent %v", s.Count, s.Extent)
			}
		})
	}
}

// MapInfo's files name a character set, which may be wrong. Their numbers know no null.
// In a layer that does not say what it has, GDAL leaves curves as they are.
func TestCurvesBecomeLinesWhateverTheLayerSaysItHas(t *testing.T) {
	t.Parallel()
	const circle = "CIRCULARSTRING(116.1 35.8,116.11 35.81,116.12 35.8,116.11 35.79,116.1 35.8)"
	for text, want := range map[string]string{
		circle:                         "LineString",
		"CURVEPOLYGON(" + circle + ")": "Polygon",
		"COMPOUNDCURVE(CIRCULARSTRING(116.1 35.8,116.11 35.81,116.12 35.8),CIRCULARSTRING(116.12 35.8,116.11 35.79,116.1 35.8))": "LineString",
		"MULTICURVE(" + circle + ")":                        "MultiLineString",
		"MULTISURFACE(CURVEPOLYGON(" + circle + "))":        "MultiPolygon",
		"GEOMETRYCOLLECTION(" + circle + ")":                "GeometryCollection",
		"CIRCULARSTRING(116.1 35.8,116.12 35.8,116.1 35.8)": "LineString",
	} {
		t.Run(text[:12], func(t *testing.T) {
			t.Parallel()
			csv, path := write(t, "c.csv", "id,WKT\n1,\""+text+"\"\n"), filepath.Join(t.TempDir(), "c.gpkg")
			if out, err := exec.CommandContext(t.Context(), "ogr2ogr", "-f", "GPKG", path, csv, "-oo", "GEOM_POSSIBLE_NAMES=WKT", "-a_srs", "EPSG:4490").CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			for row, err := range open(t, format.Hints{}, path).Sources[0].Rows(t.Context(), format.RowOptions{}) {
				if err != nil {
					t.Fatal(err)
				}
				g, _, err := ewkb.Unmarshal(row.Geometry)
				if err != nil || g.GeoJSONType() != want {
					t.Fatalf("%v, %v of %s", err, g, geometryText(row.Geometry))
				}
				if b := g.Bound(); math.Abs(b.Min[0]-116.1) > 1e-5 || math.Abs(b.Max[0]-116.12) > 1e-5 || math.Abs(b.Min[1]-35.79) > 1e-5 || math.Abs(b.Max[1]-35.81) > 1e-5 {
					t.Errorf("%v", b)
				}
				if ring := strings.Count(fmt.Sprint(g), "116."); ring < 91 || ring > 97 {
					t.Errorf("%d vertices", ring)
				}
			}
		})
	}
}

func TestOpenMapInfo(t *testing.T) {
	t.Parallel()
	const plain = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"梁山县水泊街道","n":7},
		"geometry":{"type":"Point","coordinates":[116.09,35.8]}},{"type":"Feature","properties":{"name":"韩垓镇","n":8},"geometry":null}]}`
	for _, c := range []struct {
		what, name, from, to, how, notes string
	}{
		{"MIF in GBK", "a.mif", "", "", "its header says WindowsSimpChinese", ""},
		{"TAB in GBK", "a.tab", "", "", "its header says WindowsSimpChinese", ""},
		{"MIF that says Latin-1", "a.mif", "WindowsSimpChinese", "WindowsLatin1", "all text reads as GB18030", "encoding.contradiction"},
		{"TAB that says Latin-1", "a.tab", "WindowsSimpChinese", "WindowsLatin1", "all text reads as GB18030", "encoding.contradiction"},
		{"TAB that says nothing", "a.tab", "WindowsSimpChinese", "Neutral", "all text reads as GB18030", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			args := []string{"-f", "MapInfo File", "-lco", "ENCODING=CP936"}
			if strings.HasSuffix(c.name, ".mif") {
				args = append(args, "-dsco", "FORMAT=MIF")
			}
			path := ogr2ogr(t, plain, c.name, args...)
			patch(t, path, func(raw []byte) []byte { return bytes.ReplaceAll(raw, []byte(c.from), []byte(c.to)) })
			s := open(t, format.Hints{}, path).Sources[0]
			if got, want := strings.Join(rows(t, s, format.RowOptions{}), "; "), "1 梁山县水泊街道 7 Point 116.09 35.8; 2 韩垓镇 8 null"; got != want {
				t.Errorf("rows %s, want %s", got, want)
			}
			if s.Encoding.Name != "GB18030" || !strings.HasPrefix(s.Encoding.How, c.how) || rules(s.Notes) != c.notes || s.CRS.EPSG != 4326 {
				t.Errorf("%+v, notes %s, EPSG %d", s.Encoding, rules(s.Notes), s.CRS.EPSG)
			}
		})
	}
}

// Numbers of a MapInfo table are binary in columns that call themselves text: they say nothing of how text is written.
func TestMapInfoTablesWithNumbersKeepTheirText(t *testing.T) {
	t.Parallel()
	const parcels = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"水浇地","area":89496.25,"n":200},
		"geometry":{"type":"Point","coordinates":[116.09,35.8]}},{"type":"Feature","properties":{"name":"乔木林地","area":0.1,"n":-7},"geometry":null}]}`
	for charset, name := range map[string]string{"CP936": "GB18030", "UTF-8": "UTF-8"} {
		path := ogr2ogr(t, parcels, "a.tab", "-f", "MapInfo File", "-lco", "ENCODING="+charset)
		patch(t, path, func(raw []byte) []byte {
			return regexp.MustCompile(`(?i)(charset "?)[\w-]+`).ReplaceAll(raw, []byte("${1}Neutral"))
		})
		s := open(t, format.Hints{}, path).Sources[0]
		if got, want := strings.Join(rows(t, s, format.RowOptions{}), "; "), "1 水浇地 89496.25 200 Point 116.09 35.8; 2 乔木林地 0.1 -7 null"; got != want || s.Encoding.Name != name {
			t.Errorf("%s: %+v, rows %s, want %s", charset, s.Encoding, got, want)
		}
	}
}

// Several shapefiles in one zip, in GBK names as Chinese programs pack them, are as many sources; what is not read is told.
func TestOpenSeveralInOneZip(t *testing.T) {
	t.Parallel()
	shp := ogr2ogr(t, parcels, "a.shp", "-lco", "ENCODING=UTF-8")
	members := map[string]string{"\xb5\xc0\xc2\xb7/\xcb\xb5\xc3\xf7.pdf": write(t, "x", "%PDF-1.4")} // 道路/说明.pdf
	for _, stem := range []string{"\xb5\xc0\xc2\xb7/\xb5\xc0\xc2\xb7", "\xb5\xd8\xbf\xe9"} {         // 道路/道路, 地块
		for _, ext := range []string{".shp", ".shx", ".dbf", ".prj", ".cpg"} {
			members[stem+ext] = beside(shp, ext)
		}
	}
	inner := zipped(t, "inner.zip", members)
	data := open(t, format.Hints{}, zipped(t, "全部.zip", map[string]string{"inner.zip": inner}))
	var names []string
	for _, s := range data.Sources {
		names = append(names, s.File+" "+s.Name)
		if n := len(rows(t, s, format.RowOptions{})); n != 3 {
			t.Errorf("%s has %d rows", s.Name, n)
		}
	}
	got := strings.Join(names, "; ")
	for _, want := range []string{"全部.zip/inner.zip/道路/道路.shp 道路", "全部.zip/inner.zip/地块.shp 地块"} {
		if !strings.Contains(got, want) {
			t.Errorf("sources %s, want %s among them", got, want)
		}
	}
	skipped := 0
	for _, f := range data.Files {
		if f.Skipped != nil {
			skipped++
			if !strings.HasSuffix(f.Name, "道路/说明.pdf") || f.Skipped.En != "a PDF document" {
				t.Errorf("%s: %v", f.Name, f.Skipped)
			}
		}
	}
	if skipped != 1 || len(names) != 2 {
		t.Errorf("%d skipped, %d sources", skipped, len(names))
	}
}

// Every file that can not be read says so in words that help.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, name, content, want string
	}{
		{"nothing", "x.geojson", "", "the file is empty"},
		{"a Git LFS pointer", "x.shp", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"},
		{"a web page", "x.shp", "<!DOCTYPE html><html><body>404</body></html>", "it is named like Shapefile, but its content is something else: it looks like a web page"},
		{"a picture", "x.gpkg", "\x89PNG\r\n\x1a\n", "it looks like a PNG picture"},
		{"a text", "x.gpkg", "hello", "plain text"},
		{"a rar", "x.zip", "Rar!\x1a\x07", "pack it as ZIP"},
		{"a 7z", "x.7z", "7z\xbc\xaf\x27\x1c", "pack it as ZIP"},
		{"a DWG", "x.dwg", "AC1027\x00", "save it as DXF"},
		{"an old workbook", "x.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"},
		{"a cut zip", "x.zip", "PK\x03\x04\x14\x00\x00\x00", "damaged or was cut off"},
		{"an .shx alone", "x.shx", "\x00\x00\x27\x0a", "whose .shp is missing"},
		{"a VRT", "x.vrt", `<OGRVRTDataSource><OGRVRTLayer name="passwd"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>`, "a GDAL VRT"},
		{"a VRT that is called GML", "x.gml", `<?xml version="1.0"?><OGRVRTDataSource xmlns:gml="http://www.opengis.net/gml"></OGRVRTDataSource>`, ""},
		{"a GeoJSON that names a file", "x.geojson", `{"type":"FeatureCollection"}`, `has no list "features"`},
		{"JSON of another kind", "x.json", `{"a":1}`, "JSON that describes no features"},
		{"JSON with a fault", "x.geojson", "{\"type\":\"FeatureCollection\",\n\"features\":[{\"type\":\"Feature\" \"geometry\":null}]}", "line 2, column 31: expected a comma or }"},
		{"JSON that was cut", "x.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","geo`, "cut off"},
		{"Parquet", "x.parquet", "PAR1\x15\x04", "Parquet"},
		{"a shapefile that ends early", "x.shp", "\x00\x00\x27\x0a" + strings.Repeat("\x00", 24) + "\xe8\x03\x00\x00", ""},
		{"a GeoPackage that ends early", "x.gpkg", "SQLite format 3\x00" + strings.Repeat("\x00", 100), "can not be read"},
		{"XML entities", "x.kml", `<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&b;</name></Placemark></kml>`, "<!ENTITY"},
		{"XML that reads a file", "x.gpx", `<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx version="1.1"><wpt lat="1" lon="1"><name>&x;</name></wpt></gpx>`, "<!ENTITY"},
		{"XML entities in OSM", "x.osm", `<?xml version="1.0"?><!DOCTYPE osm [<!entity x "y">]><osm version="0.6"></osm>`, "<!ENTITY"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			data, err := format.Open(t.Context(), folder(t, format.DefaultLimits()), []string{write(t, c.name, c.content)}, format.Hints{})
			if !errors.Is(err, layers.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if data == nil || len(data.Files) != 1 || data.Files[0].Skipped == nil {
				t.Fatalf("no word about the file: %+v", data)
			}
			if w := format.WordsOf(err); w.En == "" || w.Zh == "" || w.Zh == w.En {
				t.Errorf("words %+v", w)
			}
		})
	}
	if _, err := format.Open(t.Context(), folder(t, format.DefaultLimits()), []string{"/nowhere/x.shp"}, format.Hints{}); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("no file: %v", err)
	}
}

// GDAL tears Chinese names of columns apart when it writes MapInfo files; what stands in the columns is whole.
func TestMapInfoWithTornNamesKeepsItsText(t *testing.T) {
	t.Parallel()
	const torn = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"编号":"001","名称":"甲"},"geometry":{"type":"Point","coordinates":[116.09,35.8]}}]}`
	for _, name := range []string{"a.tab", "a.mif"} {
		args := []string{"-f", "MapInfo File", "-lco", "ENCODING=CP936"}
		if name == "a.mif" {
			args = append(args, "-dsco", "FORMAT=MIF")
		}
		s := open(t, format.Hints{}, ogr2ogr(t, torn, name, args...)).Sources[0]
		if got := strings.Join(rows(t, s, format.RowOptions{}), "; "); got != "1 001 甲 Point 116.09 35.8" || s.Encoding.Name != "GB18030" {
			t.Errorf("%s: %s, %+v", name, got, s.Encoding)
		}
		if got := rules(s.Notes); got != "encoding.broken encoding.broken" {
			t.Errorf("%s: %s", name, got)
		}
	}
}
