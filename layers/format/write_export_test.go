package format_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/text/encoding/simplifiedchinese"

	"onemap/layers"
	"onemap/layers/format"
)

// export writes the odd layer, and returns where.
func export(t *testing.T, store *layers.Store, name string, q layers.Query, opt format.ExportOptions) (string, *format.ExportReport) {
	t.Helper()
	opt.File = filepath.Join(t.TempDir(), name)
	report, err := format.Export(t.Context(), store, layers.Anonymous, "odd", q, opt)
	if err != nil {
		t.Fatal(err)
	}
	return opt.File, report
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// members are the files of an archive.
func members(t *testing.T, path string) map[string][]byte {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func names(all map[string][]byte) (out []string) {
	for name := range all {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func TestCSVToTheByte(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "Point", true, "POINT Z (116.1 35.8 -1.5)", "POINT Z EMPTY", "")
	opt := format.ExportOptions{Properties: []string{"code", "name", "m"}, ID: "编号"}
	path, _ := export(t, store, "a.csv", layers.Query{}, opt)
	want := "编号,code,name,m,lon,lat,height\r\n1,0101,梁山县、韩岗镇,1234567890.12,116.1,35.8,-1.5\r\n2,\"\",\"a\"\"b,c\nd;'\",0,,,\r\n3,,,,,,\r\n"
	if diff := cmp.Diff("\ufeff"+want, read(t, path)); diff != "" {
		t.Errorf("UTF-8 (-want +got):\n%s", diff)
	}
	opt.Encoding, opt.Names = "GBK", "title"
	path, _ = export(t, store, "b.csv", layers.Query{}, opt)
	got, err := simplifiedchinese.GBK.NewDecoder().String(read(t, path))
	if diff := cmp.Diff(strings.Replace(want, "code,name,m", "代码,名称,面积", 1), got); diff != "" || err != nil {
		t.Errorf("GBK (-want +got):\n%s%v", diff, err)
	}
}

func TestEmptyLayerIsAValidFileWithItsFields(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"MultiPolygon", "Geometry", ""} {
		t.Run(kind, func(t *testing.T) { emptyIn(t, kind) })
	}
}

func emptyIn(t *testing.T, kind string) {
	store, _ := oddLayer(t, kind, false)
	l, err := store.Layer(t.Context(), layers.Anonymous, "odd")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range format.Writable() {
		if !f.Fits(l) {
			continue
		}
		path, report := export(t, store, "a"+f.Extensions[0], layers.Query{}, format.ExportOptions{})
		if report.Rows != 0 || len(report.Files) == 0 {
			t.Errorf("%s of %q: %d rows, %d files", f.Name, kind, report.Rows, len(report.Files))
		}
		if kind == "" && f.Name == "shp" {
			path = strings.TrimSuffix(path, ".shp") + ".dbf"
		}
		switch f.Name {
		case "boundary":
		case "geojsons", "geojsonl", "geojsonseq":
			if read(t, path) != "" {
				t.Errorf("%s has something in it", f.Name)
			}
		default:
			open := []string{path}
			if f.Name == "csv" || f.Name == "dxf" {
				open = []string{"-s_srs", "EPSG:4490", path}
			}
			if got := gdalReads(t, open...); len(got) != 0 {
				t.Errorf("%s of %q: GDAL reads %v", f.Name, kind, got)
			}
		}
	}
}

func TestShapefileHoldsOneKindEach(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "Geometry", false, "POINT(116 35)", "POLYGON((116 35,117 35,117 36,116 35))",
		"GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4),LINESTRING(5 6,7 8))", "")
	path, report := export(t, store, "镇.zip", layers.Query{}, format.ExportOptions{})
	all := members(t, path)
	want := []string{}
	for _, part := range []string{"_area", "_line", "_point"} {
		for _, ext := range []string{".cpg", ".dbf", ".fields.csv", ".prj", ".shp", ".shx"} {
			want = append(want, "镇"+part+ext)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, names(all)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if !slices.ContainsFunc(report.Notes, func(n *format.ExportNote) bool { return n.Rule == "geometry.split" }) {
		t.Error("nothing is said about it")
	}
	for part, wkts := range map[string][]string{
		"_point": {`{"type":"Point","coordinates":[116,35]}`, `{"type":"Point","coordinates":[1,2]}`},
		"_line":  {`{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}`},
		"_area":  {`{"type":"Polygon","coordinates":[[[116,35],[117,35],[117,36],[116,35]]]}`, "null"},
	} {
		got := gdalReads(t, "/vsizip/"+path+"/镇"+part+".shp")
		if len(got) != len(wkts) {
			t.Errorf("%s has %d features", part, len(got))
			continue
		}
		for i, wkt := range wkts {
			near(t, got[i].Geometry, json.RawMessage(wkt), 0)
		}
	}
}

func TestShapefileSaysWhatArcGISReads(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "MultiPolygon", false, "MULTIPOLYGON(((116 35,117 35,117 36,116 35)))")
	for _, c := range []struct {
		srid     int
		encoding string
		prj, cpg string
		language byte
		fields   []string
	}{
		{0, "", `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"`, "UTF-8", 0, []string{"名称", "代码", "整数", "小数", "面积", "是否", "日期", "时刻", "其他", "第一个", "第一_2"}},
		{4548, "GBK", `PROJCS["CGCS2000_3_Degree_GK_CM_117E"`, "936", 0x4d, []string{"名称", "代码", "整数", "小数", "面积", "是否", "日期", "时刻", "其他", "第一个很长", "第一个很_2"}},
		{4527, "GB18030", `PROJCS["CGCS2000_3_Degree_GK_Zone_39"`, "GB18030", 0, []string{"名称", "代码", "整数", "小数", "面积", "是否", "日期", "时刻", "其他", "第一个很长", "第一个很_2"}},
	} {
		path, report := export(t, store, "a.zip", layers.Query{SRID: c.srid}, format.ExportOptions{Encoding: c.encoding, Names: "title"})
		all := members(t, path)
		if !strings.HasPrefix(string(all["a.prj"]), c.prj) {
			t.Errorf(".prj of %d is %s", c.srid, all["a.prj"])
		}
		if got := strings.TrimSpace(string(all["a.cpg"])); got != c.cpg {
			t.Errorf(".cpg of %q is %q", c.encoding, got)
		}
		if got := all["a.dbf"][29]; got != c.language {
			t.Errorf("LDID of %q is %#x", c.encoding, got)
		}
		var fields []string
		for _, f := range report.Fields {
			fields = append(fields, f.Name)
		}
		if diff := cmp.Diff(c.fields, fields); diff != "" {
			t.Errorf("fields in %q (-want +got):\n%s", c.encoding, diff)
		}
		got := gdalReads(t, "/vsizip/"+path+"/a.shp")
		if len(got) != 1 || got[0].Properties["名称"] != "梁山县、韩岗镇" || got[0].Properties[c.fields[9]] != "x" {
			t.Errorf("GDAL reads %v in %q", got, c.encoding)
		}
		near(t, got[0].Geometry, json.RawMessage(`{"type":"Polygon","coordinates":[[[116,35],[117,35],[117,36],[116,35]]]}`), 1e-9)
		if list := string(all["a.fields.csv"]); !strings.Contains(list, c.fields[10]+",") || !strings.Contains(list, ",property_name_b,") {
			t.Errorf("the list of fields says %s", list)
		}
	}
}

func TestTextIsCutBetweenCharactersAndSaid(t *testing.T) {
	t.Parallel()
	store, pool := oddLayer(t, "Point", false, "POINT(116 35)")
	long := strings.Repeat("梁", 130)
	edit(t, pool, "name", long)
	for encoding, want := range map[string]int{"GBK": 127, "UTF-8": 84} {
		path, report := export(t, store, "a.shp", layers.Query{}, format.ExportOptions{Encoding: encoding})
		if got := gdalReads(t, path)[0].Properties["name"]; got != strings.Repeat("梁", want) {
			t.Errorf("%s: %v", encoding, got)
		}
		i := slices.IndexFunc(report.Notes, func(n *format.ExportNote) bool { return n.Rule == "text.cut" })
		if i < 0 || report.Notes[i].Count != 1 || report.Notes[i].Field != "name" || !slices.Equal(report.Notes[i].Features, []string{"1"}) {
			t.Errorf("%s: notes %v", encoding, report.Notes)
		}
	}
}

// edit changes a property of all features.
func edit(t *testing.T, pool *pgxpool.Pool, property, value string) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), "update layer.odd set "+property+" = $1", value); err != nil {
		t.Fatal(err)
	}
}

func TestDrawingIsInMetres(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "LineString", true, "LINESTRING Z (116.09 35.80 1,117.0 35.8 2)", "")
	path, report := export(t, store, "a.dxf", layers.Query{}, format.ExportOptions{})
	if report.SRID != 4548 || report.Rows != 2 {
		t.Errorf("EPSG:%d, %d rows", report.SRID, report.Rows)
	}
	got := gdalReads(t, "-s_srs", "EPSG:4548", path)
	if len(got) != 1 || got[0].Properties["Layer"] != "odd" {
		t.Fatalf("GDAL reads %v", got)
	}
	near(t, got[0].Geometry, json.RawMessage(`{"type":"LineString","coordinates":[[116.09,35.8,1],[117.0,35.8,2]]}`), 1e-9)
}

func TestBoundaryPoints(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "MultiPolygon", false, "MULTIPOLYGON(((116.09 35.80,117.0 35.8,117 35.9,116.09 35.80)))")
	for _, srid := range []int{0, 4548, 4527} {
		path, _ := export(t, store, "a.txt", layers.Query{SRID: srid}, format.ExportOptions{})
		text, err := simplifiedchinese.GBK.NewDecoder().String(read(t, path))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"带号=39\r\n", "\r\n4,123456.7890,1,梁山县、韩岗镇,面,,,,@\r\n", "J1,1,3963733.3661,39417743.2726\r\n", "J2,1,3963351.2406,39500000.0000\r\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("EPSG:%d: no %q in\n%s", srid, want, text)
			}
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "Point", false, "POINT(116 35)")
	dir := t.TempDir()
	there := filepath.Join(dir, "there.shx")
	if err := os.WriteFile(there, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file string
		q    layers.Query
		opt  format.ExportOptions
		want error
		says string
	}{
		{file: "a.docx", want: layers.ErrInvalid, says: "gpkg"},
		{file: "a", opt: format.ExportOptions{Format: "pdf"}, want: layers.ErrInvalid, says: "pdf"},
		{file: "a.geojson", q: layers.Query{SRID: 4548}, want: layers.ErrInvalid, says: "gpkg"},
		{file: "a.gpkg", q: layers.Query{SRID: 999999}, want: layers.ErrInvalid, says: "EPSG:999999"},
		{file: "a.gpkg", opt: format.ExportOptions{Encoding: "GBK"}, want: layers.ErrInvalid, says: "shp"},
		{file: "a.csv", opt: format.ExportOptions{Encoding: "KOI8"}, want: layers.ErrInvalid, says: "GB18030"},
		{file: "a.tab", opt: format.ExportOptions{Encoding: "UTF-8"}, want: layers.ErrInvalid, says: "GBK"},
		{file: "a.csv", opt: format.ExportOptions{Properties: []string{"nom"}}, want: layers.ErrInvalid, says: "property_name_a"},
		{file: "a.csv", q: layers.Query{Equal: []layers.Equal{{Property: "n", Values: []string{"x"}}}}, want: layers.ErrInvalid},
		{file: "a.txt", want: layers.ErrInvalid, says: "areas"},
		{file: "there.shp", want: layers.ErrConflict, says: "there.shx"},
		{file: "no/a.csv", want: layers.ErrInvalid, says: "directory"},
	} {
		c.opt.File = filepath.Join(dir, c.file)
		_, err := format.Export(t.Context(), store, layers.Anonymous, "odd", c.q, c.opt)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.file, err)
		}
	}
	onlyThere(t, dir, "there.shx")
}

// onlyThere checks that a directory holds just these.
func onlyThere(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("left in the directory (-want +got):\n%s", diff)
	}
}

func TestAnEndInTheMiddleLeavesNothing(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "Point", false, "POINT(116 35)", "POINT(116 36)")
	for _, name := range []string{"a.csv", "a.gpkg", "a.shp", "a.gdb"} {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := format.Export(ctx, store, layers.Anonymous, "odd", layers.Query{}, format.ExportOptions{
			File: filepath.Join(dir, name), Progress: func(string, int64, int64) { cancel() },
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		onlyThere(t, dir, []string{}...)
	}
}

func TestOverwriteIsAskedFor(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "Point", false, "POINT(116 35)")
	for _, name := range []string{"a.csv", "a.shp", "a.gdb", "a.zip"} {
		dir := t.TempDir()
		opt := format.ExportOptions{File: filepath.Join(dir, name)}
		for i, want := range []error{nil, layers.ErrConflict, nil} {
			opt.Overwrite = i == 2
			if _, err := format.Export(t.Context(), store, layers.Anonymous, "odd", layers.Query{}, opt); !errors.Is(err, want) {
				t.Errorf("%s, %d: %v", name, i, err)
			}
		}
	}
}

func TestPartOfALayer(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "Point", false, "POINT(116 35)", "POINT(117 36)", "POINT(118 37)", "POINT(119 38)")
	for _, c := range []struct {
		q    layers.Query
		want string
	}{
		{layers.Query{Bounds: &layers.Bounds{116.5, 35.5, 118.5, 37.5}}, "23"},
		{layers.Query{Bounds: &layers.Bounds{417000, 3.8e6, 600000, 4e6}, BoundsSRID: 4548}, "2"},
		{layers.Query{Equal: []layers.Equal{{Property: "code", Values: []string{"0101"}}}}, "14"},
		{layers.Query{Equal: []layers.Equal{{Property: "n", Values: []string{"-3", "5"}}, {Property: "ok", Values: []string{"false"}}}}, "2"},
	} {
		path, report := export(t, store, "a.csv", c.q, format.ExportOptions{Properties: []string{}, ID: "id", NoBOM: true})
		got := ""
		for line := range strings.Lines(read(t, path)) {
			if id, _, _ := strings.Cut(line, ","); id != "id" {
				got += id
			}
		}
		if got != c.want || report.Rows != int64(len(c.want)) {
			t.Errorf("%+v gives %s, %d rows", c.q, got, report.Rows)
		}
	}
}

// A stream says neither count nor bounds nor where a schema lies, and is otherwise the file.
func TestStreamIsTheFile(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "MultiPolygon", true, area, "")
	for _, f := range format.Writable() {
		if f.Writing.Stream == nil {
			continue
		}
		var out bytes.Buffer
		report, err := format.ExportTo(t.Context(), &out, store, layers.Anonymous, "odd", layers.Query{}, format.ExportOptions{Format: f.Name})
		if err != nil || report.Rows != 2 {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		path, _ := export(t, store, "a"+f.Extensions[0], layers.Query{}, format.ExportOptions{Format: f.Name})
		if f.Name == "fgb" {
			streamed := filepath.Join(t.TempDir(), "b.fgb")
			if err := os.WriteFile(streamed, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(gdalReads(t, path), gdalReads(t, streamed)); diff != "" {
				t.Errorf("fgb (-file +stream):\n%s", diff)
			}
		} else if file, stream := features(read(t, path)), features(out.String()); file != stream {
			t.Errorf("%s (-file +stream):\n%s", f.Name, cmp.Diff(file, stream))
		}
	}
}

// features is a text without what a GML says before its first feature.
func features(text string) string {
	if _, after, ok := strings.Cut(text, "<onemap:odd "); ok {
		return after
	}
	return text
}

func TestAsOf(t *testing.T) {
	t.Parallel()
	store, pool := oddLayer(t, "Point", false, "POINT(116 35)")
	if _, err := pool.Exec(t.Context(), "select onemap.sequence()"); err != nil {
		t.Fatal(err)
	}
	pos, err := store.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	edit(t, pool, "name", "新的")
	path, _ := export(t, store, "a.csv", layers.Query{AsOf: pos}, format.ExportOptions{Properties: []string{"name"}, NoBOM: true})
	if got := read(t, path); !strings.Contains(got, "韩岗镇") {
		t.Errorf("as of %d: %s", pos, got)
	}
}

func TestFlatGeobufHeaderTellsCountAndBounds(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "LineString", false, "LINESTRING(116 35,117 36)", "LINESTRING(115 36,117 37)", "")
	path, _ := export(t, store, "a.fgb", layers.Query{}, format.ExportOptions{})
	head := []byte(read(t, path))[:1000]
	corner := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, math.Float64bits(115)), math.Float64bits(35))
	if !bytes.Contains(head, corner) || !bytes.Contains(head, binary.LittleEndian.AppendUint64(nil, 3)) {
		t.Error("the header has not the bounds or not the count")
	}
}

// A number that a format can not hold is told of, and never rounded beyond what float64 is.
func TestNumbersBeyondTheFormat(t *testing.T) {
	t.Parallel()
	store, pool := oddLayer(t, "Point", false, "POINT(116 35)", "POINT(116 36)", "")
	edit := func(n, d, m string) {
		t.Helper()
		if _, err := pool.Exec(t.Context(), "update layer.odd set n = "+n+", d = "+d+", m = "+m+" where fid < 3; update layer.odd set d = -0.05, m = -0.05 where fid = 2"); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		file    string
		n, d, m string
		want    []any
		notes   []string
	}{
		{"a.shp", "9223372036854775807", "1e300", "9999999999999999.99", []any{"9223372036854775807", "1e+300", json.Number("1e16")},
			[]string{"number.text n", "number.text d", "number.rounded m"}},
		{"b.shp", "999999999999999999", "1.5e-11", "1e15", []any{json.Number("999999999999999999"), json.Number("1.5e-11"), json.Number("1e15")}, nil},
		{"c.shp", "0", "1.23456e-14", "0", []any{json.Number("0"), json.Number("1.2e-14"), json.Number("0")}, []string{"number.rounded d"}},
		{"a.gdb", "9223372036854775807", "1e300", "12.34", []any{"9223372036854775807", json.Number("1e300"), json.Number("12.34")}, []string{"number.text n"}},
		{"a.mif", "-9223372036854775807", "1e300", "12.34", []any{"-9223372036854775807", json.Number("1e300"), json.Number("12.34")}, []string{"number.text n"}},
		{"a.gpkg", "9223372036854775807", "'infinity'", "9999999999999999.99", []any{json.Number("9223372036854775807"), nil, json.Number("1e16")},
			[]string{"number.none d", "number.rounded m"}},
		{"a.kml", "9223372036854775807", "1e-300", "12.34", []any{"9223372036854775807", json.Number("1e-300"), json.Number("12.34")}, nil},
	} {
		edit(c.n, c.d, c.m)
		path, report := export(t, store, c.file, layers.Query{}, format.ExportOptions{})
		rows := gdalReads(t, path)
		same(t, map[string]any{"n": rows[0].Properties["n"], "d": rows[0].Properties["d"], "m": rows[0].Properties["m"]},
			map[string]any{"n": c.want[0], "d": c.want[1], "m": c.want[2]})
		if m, _ := rows[1].Properties["m"].(json.Number); m != "-0.05" {
			t.Errorf("%s: -0.05 became %v", c.file, rows[1].Properties["m"])
		}
		var notes []string
		for _, n := range report.Notes {
			if strings.HasPrefix(n.Rule, "number.") {
				notes = append(notes, n.Rule+" "+n.Field)
			}
		}
		slices.Sort(notes)
		slices.Sort(c.notes)
		if diff := cmp.Diff(c.notes, notes); diff != "" {
			t.Errorf("%s: notes (-want +got):\n%s", c.file, diff)
		}
	}
}
