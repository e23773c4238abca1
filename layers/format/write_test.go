package format_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/migrations/dbtest"
)

// oddLayer makes a layer with every type, and with values that formats stumble over.
func oddLayer(t *testing.T, kind string, z bool, wkts ...string) (*layers.Store, *pgxpool.Pool) {
	t.Helper()
	pool := dbtest.New(t)
	store := layers.New(pool)
	column := func(name, title string, kind layers.Type, sql string) layers.Column {
		return layers.Column{Property: layers.Property{Name: name, Title: title, Type: kind}, SQLType: sql}
	}
	_, err := store.Create(t.Context(), layers.Anonymous, layers.Definition{
		Layer: layers.Layer{Name: "odd", Title: "奇怪的图层", Theme: "other", Grade: "internal", GeometryType: kind, HasZ: z, SRID: 4490, Writable: true},
		Columns: []layers.Column{
			column("name", "名称", layers.String, "text"), column("code", "代码", layers.String, "text"), column("n", "整数", layers.Integer, "bigint"),
			column("d", "小数", layers.Number, "double precision"), column("m", "面积", layers.Number, "numeric(18,2)"),
			column("ok", "是否", layers.Boolean, "boolean"), column("day", "日期", layers.Date, "date"), column("at", "时刻", layers.DateTime, "timestamptz"),
			column("j", "其他", layers.JSON, "jsonb"), column("property_name_a", "第一个很长的字段名称", layers.String, "text"),
			column("property_name_b", "第一个很长的字段名", layers.Integer, "integer"),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	values := [][]any{
		{"梁山县、韩岗镇", "0101", int64(1e15 + 1), 0.1, "1234567890.12", true, "1990-01-01", "2026-05-01T08:00:00+08:00", `{"a": [1, "二"]}`, "x", -5},
		{"a\"b,c\nd;'", "", int64(-3), -1.5, "0.00", false, "2026-12-31", "2026-05-01T08:00:00.123+08:00", `[]`, "㐂", 2147483647},
		{nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil},
	}
	for i, wkt := range wkts {
		row := append([]any{}, values[i%len(values)]...)
		var shape any
		if wkt != "" {
			shape = wkt
		}
		_, err := pool.Exec(t.Context(), `insert into layer.odd (name, code, n, d, m, ok, day, at, j, property_name_a, property_name_b, geom)
			values ($1, $2, $3, $4, ($5::text)::numeric, $6, ($7::text)::date, ($8::text)::timestamptz, ($9::text)::jsonb, $10, $11,
			st_geomfromtext($12::text, 4490))`, append(row, shape)...)
		if err != nil {
			t.Fatal(err)
		}
	}
	return store, pool
}

// sequence has the log followed until the layer's bounds are known.
func sequence(t *testing.T, store *layers.Store) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = layers.NewSequencer(store, slog.New(slog.DiscardHandler)).Run(ctx) // until it is stopped
	}()
	defer func() { stop(); <-done }()
	for _, err := range store.Follow(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if l, err := store.Layer(ctx, layers.Anonymous, "odd"); err == nil && l.Bounds != nil {
			return
		}
	}
}

// feature is what GDAL reads of a file.
type feature struct {
	Geometry   json.RawMessage
	Properties map[string]any
}

// gdalReads returns the features of a file as GDAL has them.
func gdalReads(t *testing.T, args ...string) []feature {
	t.Helper()
	options := []string{"-f", "GeoJSONSeq", "/vsistdout/", "-lco", "COORDINATE_PRECISION=15"}
	if !slices.Contains(args, "-a_srs") {
		options = append(options, "-t_srs", "EPSG:4490")
	}
	cmd := exec.Command("ogr2ogr", append(options, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ogr2ogr %v: %v\n%s", args, err, stderr.String())
	}
	var all []feature
	for line := range bytes.Lines(out) {
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		var f feature
		if err := d.Decode(&f); err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

// flat is a geometry's type and coordinates. Multi… of one part counts as the part, as formats differ in that.
func flat(t *testing.T, raw json.RawMessage) (string, []float64) {
	t.Helper()
	if len(raw) == 0 || string(raw) == "null" {
		return "", nil
	}
	var g geom.T
	if err := geojson.Unmarshal(raw, &g); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	switch m := g.(type) {
	case *geom.MultiPolygon:
		if m.NumPolygons() == 1 {
			g = m.Polygon(0)
		}
	case *geom.MultiLineString:
		if m.NumLineStrings() == 1 {
			g = m.LineString(0)
		}
	case *geom.MultiPoint:
		if m.NumPoints() == 1 {
			g = m.Point(0)
		}
	}
	if c, ok := g.(*geom.GeometryCollection); ok {
		return fmt.Sprintf("collection of %d", c.NumGeoms()), nil
	}
	return fmt.Sprintf("%T", g), g.FlatCoords()
}

func near(t *testing.T, got, want json.RawMessage, tolerance float64) {
	t.Helper()
	gotKind, gotFlat := flat(t, got)
	wantKind, wantFlat := flat(t, want)
	if gotKind != wantKind || len(gotFlat) != len(wantFlat) {
		t.Errorf("geometry %s, want %s", got, want)
		return
	}
	for i := range gotFlat {
		if math.Abs(gotFlat[i]-wantFlat[i]) > tolerance {
			t.Errorf("geometry %s, want %s", got, want)
			return
		}
	}
}

// area has two parts with heights, one of them with a hole.
const area = `MULTIPOLYGON Z (((116.1 35.8 40,116.2 35.8 41,116.2 35.9 42,116.1 35.9 43,116.1 35.8 40),(116.12 35.82 1,116.12 35.84 2,116.14 35.84 3,116.14 35.82 4,116.12 35.82 1)),` +
	`((116.3123456789 35.8 1.5,116.31234568 35.8000001 2.5,116.31234 35.8000001 3.5,116.3123456789 35.8 1.5)))`

const areaJSON = `{"type":"MultiPolygon","coordinates":[[[[116.1,35.8,40],[116.2,35.8,41],[116.2,35.9,42],[116.1,35.9,43],[116.1,35.8,40]],[[116.12,35.82,1],[116.12,35.84,2],[116.14,35.84,3],[116.14,35.82,4],[116.12,35.82,1]]],` +
	`[[[116.3123456789,35.8,1.5],[116.31234568,35.8000001,2.5],[116.31234,35.8000001,3.5],[116.3123456789,35.8,1.5]]]]}`

// want is what GDAL should read of the rows of oddLayer; a nil geometry is null.
func want() []feature {
	return []feature{
		{json.RawMessage(areaJSON), map[string]any{
			"name": "梁山县、韩岗镇", "code": "0101", "n": json.Number("1000000000000001"), "d": json.Number("0.1"), "m": json.Number("1234567890.12"),
			"ok": true, "day": "1990-01-01", "at": "2026-05-01T08:00:00+08:00", "j": `{"a":[1,"二"]}`, "property_name_a": "x", "property_name_b": json.Number("-5"),
		}},
		{json.RawMessage(strings.ReplaceAll(areaJSON, ",40]", ",-40]")), map[string]any{
			"name": "a\"b,c\nd;'", "code": "", "n": json.Number("-3"), "d": json.Number("-1.5"), "m": json.Number("0"),
			"ok": false, "day": "2026-12-31", "at": "2026-05-01T08:00:00.123+08:00", "j": "[]", "property_name_a": "㐂", "property_name_b": json.Number("2147483647"),
		}},
		{nil, map[string]any{}},
	}
}

// rename gives properties the names they have in a file.
func rename(p map[string]any, names ...string) {
	for i := 0; i < len(names); i += 2 {
		if v, ok := p[names[i]]; ok {
			p[names[i+1]] = v
			delete(p, names[i])
		}
	}
}

// set gives the values of a property in the three rows; "=" leaves one as it is.
func set(all []feature, name string, values ...any) {
	for i, v := range values {
		if v == nil {
			delete(all[i].Properties, name)
		} else if v != "=" {
			all[i].Properties[name] = v
		}
	}
}

func flatten(all []feature) {
	z := regexp.MustCompile(`,[-0-9.]+\]`)
	for i := range all {
		all[i].Geometry = json.RawMessage(z.ReplaceAllString(string(all[i].Geometry), "]"))
	}
}

// Every format, read by GDAL, gives back ids, values and geometries as far as the format can hold them.
func TestGDALReadsWhatWasWritten(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "MultiPolygon", true, area, strings.ReplaceAll(area, " 40", " -40"), "")
	sequence(t, store) // a GML says its system in the layer's bounds, which come from the log
	number := json.Number("1")
	shapefile := func(all []feature) {
		set(all, "code", "=", nil)
		set(all, "ok", number, json.Number("0"))
		for i := range all {
			rename(all[i].Properties, "property_name_a", "property_n", "property_name_b", "property_2")
		}
	}
	mapinfo := func(all []feature) {
		flatten(all)
		set(all, "name", "=", "a\"b,c d;'", "")
		set(all, "code", "=", "=", "")
		set(all, "property_name_a", "=", "〓", "")
		set(all, "ok", number, json.Number("0"), json.Number("0"))
		for _, name := range []string{"at", "j"} {
			set(all, name, "=", "=", "")
		}
		for _, name := range []string{"n", "d", "m", "property_name_b"} {
			set(all, name, "=", "=", json.Number("0"))
		}
	}
	csv := func(all []feature) {
		for i := range all {
			for name, v := range all[i].Properties {
				all[i].Properties[name] = fmt.Sprint(v)
			}
		}
		set(all, "code", "=", nil)
	}
	for _, c := range []struct {
		file  string
		want  func([]feature)
		near  float64 // degrees
		open  []string
		notes []string
	}{
		{file: "a.geojson", near: 1e-9},
		{file: "a.geojsonl", near: 1e-9},
		{file: "a.geojsons", near: 1e-9},
		{file: "a.fgb"},
		{file: "a.csv", want: csv, open: []string{"-s_srs", "EPSG:4490", "-oo", "EMPTY_STRING_AS_NULL=YES"}},
		{file: "a.gpkg"},
		{file: "a.shp", want: shapefile, notes: []string{"bool.number ok", "name.changed ", "text.empty code"}},
		{file: "a.gdb", near: 1.1e-9, notes: []string{"time.zone at", "time.fraction at"}, want: func(all []feature) {
			set(all, "at", "2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z")
			set(all, "ok", "true", "false")
		}},
		{file: "a.kml", notes: []string{"bool.number ok"}, want: func(all []feature) {
			set(all, "ok", number, json.Number("0"))
			set(all, "n", "1000000000000001", "-3")
			for i := range all {
				rename(all[i].Properties, "name", "Name")
			}
		}},
		{file: "a.kmz", notes: []string{"bool.number ok"}, want: func(all []feature) {
			set(all, "ok", number, json.Number("0"))
			set(all, "n", "1000000000000001", "-3")
			for i := range all {
				rename(all[i].Properties, "name", "Name")
			}
		}},
		{file: "a.gml", near: 1e-9, open: []string{"-oo", "EMPTY_AS_NULL=NO"}},
		{file: "a.tab", near: 1e-9, want: mapinfo, notes: []string{"z.lost ", "text.line name", "text.empty code", "text.encoding property_name_a",
			"null.zero n", "null.zero d", "null.zero m", "null.zero ok", "null.zero property_name_b"}},
		{file: "a.mif", want: mapinfo, notes: []string{"z.lost ", "text.line name", "text.empty code", "text.encoding property_name_a",
			"null.zero n", "null.zero d", "null.zero m", "null.zero ok", "null.zero property_name_b"}},
		{file: "a.xlsx", notes: []string{"number.text n", "text.empty code"}, want: func(all []feature) {
			set(all, "code", "=", nil)
			set(all, "n", "1000000000000001", "-3") // Excel shows 15 digits
			for i := range all {
				all[i].Geometry = nil
			}
		}},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), c.file)
			report, err := format.Export(t.Context(), store, layers.Anonymous, "odd", layers.Query{}, format.ExportOptions{File: path})
			if err != nil {
				t.Fatal(err)
			}
			var notes []string
			for _, n := range report.Notes {
				notes = append(notes, n.Rule+" "+n.Field)
			}
			if diff := cmp.Diff(c.notes, notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			all := want()
			if c.want != nil {
				c.want(all)
			}
			got := gdalReads(t, append(c.open, path)...)
			if len(got) != len(all) || report.Rows != int64(len(all)) {
				t.Fatalf("%d features, report of %d", len(got), report.Rows)
			}
			for i := range got {
				near(t, got[i].Geometry, all[i].Geometry, c.near+1e-14)
				same(t, got[i].Properties, all[i].Properties)
			}
		})
	}
}

// What we write, we read: every format through Open, the values as text. Rows without anything are no rows of a table.
func TestWeReadWhatWeWrote(t *testing.T) {
	t.Parallel()
	store, _ := oddLayer(t, "MultiPolygon", true, area, strings.ReplaceAll(area, " 40", " -40"), "")
	sequence(t, store) // a GML says its system in the layer's bounds, which come from the log
	for _, c := range []struct {
		file, encoding string
		srid           int // that the file says
		rows           int
	}{
		{"a.geojson", "", 4326, 3}, {"a.geojsonl", "", 4326, 3}, {"a.geojsons", "", 4326, 3}, {"a.fgb", "", 4490, 3}, {"a.gpkg", "", 4490, 3},
		{"a.csv", "", 0, 2}, {"a.csv", "GBK", 0, 2}, {"a.xlsx", "", 0, 2},
		{"a.shp", "", 4490, 3}, {"a.shp", "GBK", 4490, 3}, {"a.shp", "GB18030", 4490, 3}, {"a.zip", "", 4490, 3}, {"a.zip", "GBK", 4490, 3},
		{"a.gdb", "", 4490, 3}, {"a.gdb.zip", "", 4490, 3}, {"a.kml", "", 4326, 3}, {"a.kmz", "", 4326, 3}, {"a.gml", "", 4490, 3}, {"gml31", "", 4490, 3}, {"a.mif", "", 4326, 3},
		{"gml2", "", 0, 3}, // GDAL does not look into a gml:Box
	} {
		t.Run(c.file+c.encoding, func(t *testing.T) {
			t.Parallel()
			opt := format.ExportOptions{Encoding: c.encoding}
			if !strings.Contains(c.file, ".") { // a format by its name
				opt.Format, c.file = c.file, "a.gml"
			}
			path, _ := export(t, store, c.file, layers.Query{}, opt)
			folder, err := format.NewFolder(t.TempDir(), format.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			defer folder.Close()
			data, err := format.Open(t.Context(), folder, []string{path}, format.Hints{})
			if err != nil {
				t.Fatal(err)
			}
			if len(data.Sources) != 1 {
				t.Fatalf("%d sources in %+v", len(data.Sources), data.Files)
			}
			source := data.Sources[0]
			if source.CRS.EPSG != c.srid {
				t.Errorf("EPSG:%d", source.CRS.EPSG)
			}
			rows := 0
			for row, err := range source.Rows(t.Context(), format.RowOptions{}) {
				if err != nil {
					t.Fatal(err)
				}
				sameRow(t, source, row, rows)
				rows++
			}
			if rows != c.rows {
				t.Errorf("%d rows", rows)
			}
		})
	}
}

// sameRow compares a row with the one of oddLayer that it is, as far as formats differ: how they write yes and no, days and JSON.
func sameRow(t *testing.T, source *format.Source, row *format.Row, n int) {
	t.Helper()
	mapinfo := source.Format.Name == "mif"
	names := map[string]string{"Name": "name", "property_n": "property_name_a", "property_2": "property_name_b"}
	seen := 0
	for i, f := range source.Fields {
		name := f.Name
		if as, ok := names[name]; ok {
			name = as
		}
		w, known := want()[n].Properties[name]
		if _, property := want()[0].Properties[name]; !property {
			continue
		}
		seen++
		got, text := string(row.Values[i]), fmt.Sprint(w)
		switch {
		case !known || text == "":
			if got != "" && !(mapinfo && got == "0") {
				t.Errorf("row %d: %s is %q, want null", n, name, got)
			}
			continue
		case name == "ok":
			got = map[string]string{"1": "true", "0": "false"}[got] + strings.Trim(got, "01")
		case name == "day":
			got = got[:min(len(got), len("2006-01-02"))]
		case name == "j":
			var b bytes.Buffer
			if err := json.Compact(&b, row.Values[i]); err != nil {
				t.Error(err)
			}
			got = b.String()
		case name == "at":
			a, err := time.Parse(time.RFC3339, got)
			b, _ := time.Parse(time.RFC3339, text)
			if err == nil && b.Sub(a).Abs() < time.Second {
				got = text
			}
		case name == "m":
			got = strings.TrimSuffix(got, ".00")
		case name == "name" && mapinfo:
			text = strings.ReplaceAll(text, "\n", " ")
		case name == "property_name_a" && got == "〓":
			got = "㐂" // which GBK has not
		}
		if got != text {
			t.Errorf("row %d: %s is %q, want %q", n, name, got, text)
		}
	}
	if seen != len(want()[0].Properties) {
		t.Errorf("%d properties in %v", seen, source.Fields)
	}
}

// same compares values; a null, and one that is not there, are equal, and fields that formats add do not count.
func same(t *testing.T, got, want map[string]any) {
	t.Helper()
	for name, w := range want {
		switch g := got[name].(type) {
		case json.Number:
			a, _ := g.Float64()
			b, err := json.Number(fmt.Sprint(w)).Float64()
			if err != nil || math.Abs(a-b) > 1e-15*math.Abs(b) {
				t.Errorf("%s is %v, want %v", name, g, w)
			}
		case map[string]any, []any:
			b, err := json.Marshal(g)
			if err != nil || string(b) != w {
				t.Errorf("%s is %s, want %v", name, b, w)
			}
		case string:
			short := strings.TrimSuffix(strings.TrimSuffix(g, "Z"), "T00:00:00") // a day that is a moment in the format
			if g != w && short != w {
				t.Errorf("%s is %q, want %q", name, g, w)
			}
		default:
			if g != w {
				t.Errorf("%s is %v, want %v", name, g, w)
			}
		}
	}
	for name, g := range got {
		added := []string{"id", "gml_id", "WKT", "altitudeMode", "extrude", "tessellate", "visibility", "drawOrder", "description", "timestamp", "begin", "end", "icon", "snippet"}
		if _, ok := want[name]; !ok && g != nil && !slices.Contains(added, name) {
			t.Errorf("%s is %v, want null", name, g)
		}
	}
}

// Every kind of geometry goes through FlatGeobuf, alone in a layer of its kind and among others.
func TestEveryKindOfGeometry(t *testing.T) {
	t.Parallel()
	for kind, wkts := range map[string][]string{
		"Point":           {"POINT%s(116 35)"},
		"MultiPoint":      {"MULTIPOINT%s((116 35))", "MULTIPOINT%s((116 35),(117 36))"},
		"LineString":      {"LINESTRING%s(116 35,117 36)"},
		"MultiLineString": {"MULTILINESTRING%s((116 35,117 36))", "MULTILINESTRING%s((116 35,117 36),(116 36,117 37,118 38))"},
		"Polygon":         {"POLYGON%s((116 35,117 35,117 36,116 35))", "POLYGON%s((116 35,117 35,117 36,116 35),(116.5 35.1,116.7 35.3,116.7 35.1,116.5 35.1))"},
		"MultiPolygon":    {"MULTIPOLYGON%s(((116 35,117 35,117 36,116 35)),((118 35,119 35,119 36,118 35)))"},
		"Geometry":        {"POINT%s(116 35)", "MULTILINESTRING%s((116 35,117 36))", "GEOMETRYCOLLECTION%s(POINT%[1]s(1 2),LINESTRING%[1]s(1 2,3 4))"},
	} {
		for _, z := range []bool{false, true} {
			t.Run(fmt.Sprint(kind, z), func(t *testing.T) {
				t.Parallel()
				var all []string
				for _, wkt := range wkts {
					text := fmt.Sprintf(wkt+"%.0[1]s", "")
					if z {
						text = regexp.MustCompile(`(\d) ([\d.]+)`).ReplaceAllString(fmt.Sprintf(wkt+"%.0[1]s", " Z "), "$1 $2 7.5")
					}
					all = append(all, text)
				}
				store, pool := oddLayer(t, kind, z, all...)
				for _, version := range []string{"gml", "gml31", "gml2"} { // xmllint takes a second each: what has heights stands for the rest
					if !z || version != "gml" && kind != "Geometry" && kind != "MultiPolygon" {
						continue
					}
					path, _ := export(t, store, "a.gml", layers.Query{}, format.ExportOptions{Format: version})
					validGML(t, path)
				}
				for _, name := range []string{"a.fgb", "a.gpkg", "a.gml"} {
					path, _ := export(t, store, name, layers.Query{}, format.ExportOptions{})
					got := gdalReads(t, "-a_srs", "EPSG:4326", path) // GDAL breaks collections when it transforms
					if len(got) != len(all) {
						t.Fatalf("%d features", len(got))
					}
					for i, f := range got {
						var want string
						if err := pool.QueryRow(t.Context(), "select st_asgeojson(geom, 15) from layer.odd where fid = $1", i+1).Scan(&want); err != nil {
							t.Fatal(err)
						}
						near(t, f.Geometry, json.RawMessage(want), map[string]float64{"a.gml": 1e-9}[name])
					}
				}
			})
		}
	}
}
