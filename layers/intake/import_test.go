package intake_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/text/encoding/simplifiedchinese"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/layers/intake"
	"onemap/migrations/dbtest"
)

var clerk = layers.Actor{ID: "clerk"}

// desk is where a test's files go in.
type desk struct {
	t     *testing.T
	pool  *pgxpool.Pool
	store *layers.Store
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	pool := dbtest.New(t)
	return &desk{t, pool, layers.New(pool)}
}

func (d *desk) bring(opt intake.Options, files ...string) (*intake.Report, error) {
	d.t.Helper()
	return intake.Import(d.t.Context(), d.store, clerk, files, opt)
}

// must imports and fails the test if that fails.
func (d *desk) must(opt intake.Options, files ...string) *intake.Report {
	d.t.Helper()
	r, err := d.bring(opt, files...)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

func (d *desk) text(sql string) string {
	d.t.Helper()
	rows, err := d.pool.Query(d.t.Context(), sql)
	if err != nil {
		d.t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		d.t.Fatal(err)
	}
	return strings.Join(got, "\n")
}

// write makes a file in a directory of the test's own.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// made has ogr2ogr make a file of GeoJSON.
func made(t *testing.T, name, geoJSON string, args ...string) string {
	t.Helper()
	from, to := write(t, "in.geojson", geoJSON), filepath.Join(t.TempDir(), name)
	out, err := exec.CommandContext(t.Context(), "ogr2ogr", append(args, to, from)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ogr2ogr: %v: %s", err, out)
	}
	return to
}

const parcels = `{"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"地块名":"梁山县水泊街道","编号":"0102","面积":12.5,"count":7},
  "geometry":{"type":"Polygon","coordinates":[[[116.09,35.8],[116.1,35.8],[116.1,35.81],[116.09,35.81],[116.09,35.8]]]}},
 {"type":"Feature","properties":{"地块名":"韩垓镇","编号":"0013","面积":null,"count":8},
  "geometry":{"type":"MultiPolygon","coordinates":[[[[116.2,35.8],[116.21,35.8],[116.21,35.81],[116.2,35.8]]],[[[116.3,35.8],[116.31,35.8],[116.31,35.81],[116.3,35.8]]]]}},
 {"type":"Feature","properties":{"地块名":"无图形","编号":"0099","面积":1,"count":9},"geometry":null}]}`

const parcelsAsText = `select di_kuai_ming || ' ' || bian_hao || ' ' || coalesce(st_geometrytype(geom), '-')
	|| ' ' || coalesce(round(st_xmin(geom)::numeric, 6)::text, '-') from layer.parcels order by fid`
const parcelsWanted = "梁山县水泊街道 0102 ST_MultiPolygon 116.090000\n韩垓镇 0013 ST_MultiPolygon 116.200000\n无图形 0099 - -"

func TestTheSameRowsWhateverTheFile(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]func(*testing.T) string{
		"GeoJSON":       func(t *testing.T) string { return write(t, "p.geojson", parcels) },
		"GeoPackage":    func(t *testing.T) string { return made(t, "p.gpkg", parcels, "-f", "GPKG") },
		"Shapefile GBK": func(t *testing.T) string { return made(t, "地块.shp", parcels, "-lco", "ENCODING=GBK") },
		"zone in .prj": func(t *testing.T) string {
			return made(t, "p.shp", parcels, "-lco", "ENCODING=UTF-8", "-s_srs", "EPSG:4490", "-t_srs", "EPSG:4527")
		},
		"Web Mercator": func(t *testing.T) string { return made(t, "m.gpkg", parcels, "-f", "GPKG", "-t_srs", "EPSG:3857") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			r := d.must(intake.Options{Layer: "parcels"}, file(t))
			if diff := cmp.Diff(parcelsWanted, d.text(parcelsAsText)); diff != "" {
				t.Errorf("(-want +got):\n%s\n%+v", diff, r)
			}
			if r.Rows.Read != 3 || r.Rows.Taken != 3 || r.Rows.Inserted != 3 {
				t.Errorf("rows %+v", r.Rows)
			}
			if r.GeometryType != "MultiPolygon" || r.Bounds == nil {
				t.Errorf("%s %v", r.GeometryType, r.Bounds)
			}
		})
	}
}

// GPX has twenty elements for a point, of which a file says two or three.
func TestFieldsThatOnlyTheFormatHasAreLeftOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const text = `<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="35.8" lon="116.1"><ele>37.5</ele><name>测点1</name></wpt>
		<wpt lat="35.81" lon="116.1"><name>测点2</name></wpt></gpx>`
	path := write(t, "a.gpx", text)
	columns := func(layer string) string {
		return d.text("select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid = 'layer." + layer + "'::regclass and attnum > 0 and attname not in ('fid', 'geom', 'geom_3857', 'version')")
	}
	r := d.must(intake.Options{Layer: "points"}, path)
	if got := columns("points"); got != "ele name" {
		t.Errorf("columns %s", got)
	}
	if !slices.ContainsFunc(r.Fields, func(f intake.Field) bool {
		return f.Source == "hdop" && f.Name == "" && strings.Contains(f.Notes[0].En, "without a value")
	}) {
		t.Errorf("nobody says what was left out: %+v", r.Fields)
	}
	d.must(intake.Options{Layer: "asked", Map: map[string]string{"cmt": "remark"}}, path)
	if got := columns("asked"); got != "ele name remark" {
		t.Errorf("columns %s where one was asked for", got)
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var preview bytes.Buffer
	r := d.must(intake.Options{DryRun: true, Preview: &preview}, write(t, "p.geojson", parcels))
	if r.Rows.Taken != 3 || r.Rows.Empty != 1 || len(r.Fields) != 4 {
		t.Errorf("%+v", r)
	}
	if got := d.text("select layer from onemap.layer"); got != "" {
		t.Errorf("there is a layer %s", got)
	}
	var doc struct{ Features []json.RawMessage }
	if err := json.Unmarshal(preview.Bytes(), &doc); err != nil || len(doc.Features) != 2 {
		t.Errorf("preview %v: %s", err, preview.Bytes())
	}
}

func TestADryRunProposesANameThatIsFree(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.must(intake.Options{Layer: "shui_jing"}, write(t, "a.csv", "n\n1\n"))
	if _, err := d.pool.Exec(t.Context(), "select onemap.sequence()"); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"地块.csv": "di_kuai", "水井.csv": "shui_jing_2", "2023 Roads.csv": "f_2023_roads", "_.csv": "layer"} {
		if r := d.must(intake.Options{DryRun: true}, write(t, file, "n\n1\n")); r.Layer != want {
			t.Errorf("%s is %q, want %q", file, r.Layer, want)
		}
	}
}

// What came from a file of boundary points goes out as it stood there, to the byte.
func TestBoundaryPointsGoOutAsTheyCameIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	text := strings.ReplaceAll(`[属性描述]
格式版本号=1.01版本
数据产生单位=梁山县自然资源和规划局
数据产生日期=2023-5-1
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=39
精度=0.001
转换参数=,,,,,,
[地块坐标]
10,0.8400,DK1,地块一,面,I50G005034,建设用地,0601,@
J1,1,3963733.366,39417743.273
J2,1,3963833.366,39417743.273
J3,1,3963833.366,39417843.273
J4,1,3963733.366,39417843.273
J1,1,3963733.366,39417743.273
J5,2,3963753.366,39417763.273
J6,2,3963753.366,39417803.273
J7,2,3963793.366,39417803.273
J8,2,3963793.366,39417763.273
J5,2,3963753.366,39417763.273
4,0.5000,DK2,地块二,面,,,,@
J1,1,3964733.366,39417743.273
J2,1,3964833.366,39417743.273
J3,1,3964833.366,39417843.273
J1,1,3964733.366,39417743.273
`, "\n", "\r\n")
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	d.must(intake.Options{Layer: "plots", Invalid: intake.Keep}, write(t, "勘测定界.txt", gbk))
	if _, err := d.pool.Exec(t.Context(), "select onemap.sequence()"); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out.txt")
	if _, err := format.Export(t.Context(), d.store, clerk, "plots", layers.Query{}, format.ExportOptions{File: out}); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	back, err := simplifiedchinese.GBK.NewDecoder().String(string(raw))
	if diff := cmp.Diff(text, back); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

const bowtie = `{"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"n":1},"geometry":{"type":"Polygon","coordinates":[[[116,35.8],[116.01,35.81],[116.01,35.8],[116,35.81],[116,35.8]]]}},
 {"type":"Feature","properties":{"n":2},"geometry":{"type":"Polygon","coordinates":[[[116,35.7],[116.01,35.7],[116.01,35.71],[116,35.7]]]}},
 {"type":"Feature","properties":{"n":2},"geometry":{"type":"Polygon","coordinates":[[[116,35.7],[116.01,35.7],[116.01,35.71],[116,35.7]]]}}]}`

func TestInvalidGeometriesAreToldAndDoneWithAsAsked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		invalid intake.Invalid
		done    intake.Done
		rows    intake.Counts
		valid   string
	}{
		{intake.Repair, intake.Repaired, intake.Counts{Read: 3, Taken: 3, Repaired: 1, Duplicate: 1, Inserted: 3}, "3 3"},
		{intake.Reject, intake.Rejected, intake.Counts{Read: 3, Taken: 2, Rejected: 1, Duplicate: 1, Inserted: 2}, "2 2"},
		{intake.Keep, intake.Kept, intake.Counts{Read: 3, Taken: 3, Duplicate: 1, Inserted: 3}, "3 2"},
	} {
		t.Run(string(c.invalid), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			r := d.must(intake.Options{Layer: "bows", Invalid: c.invalid}, write(t, "b.geojson", bowtie))
			if diff := cmp.Diff(c.rows, r.Rows); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := d.text("select count(*) || ' ' || count(*) filter (where st_isvalid(geom)) from layer.bows"); got != c.valid {
				t.Errorf("rows and valid ones %s, want %s", got, c.valid)
			}
			i := slices.IndexFunc(r.Findings, func(f intake.Finding) bool { return f.Rule == "geometry.self-intersection" })
			if i < 0 {
				t.Fatalf("not told: %+v", r.Findings)
			}
			f := r.Findings[i]
			if f.Row != 1 || f.Done != c.done || f.At == nil || f.Words.Zh == "" || f.Before == nil || (f.After != nil) != (c.done == intake.Repaired) {
				t.Errorf("%+v", f)
			}
		})
	}
}

// In the county the map has a layer, by which coordinates are judged.
func inTheCounty(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.must(intake.Options{Layer: "xzq_county", Standard: "none"}, write(t, "county.geojson", `{"type":"Feature","properties":{"name":"county"},
		"geometry":{"type":"Polygon","coordinates":[[[115.88,35.62],[116.36,35.62],[116.36,35.97],[115.88,35.97],[115.88,35.62]]]}}`))
	if _, err := d.pool.Exec(t.Context(), "select onemap.sequence()"); err != nil {
		t.Fatal(err)
	}
	return d
}

// The place of domain.md 2.2's first vector, in ways that files have it.
func TestCoordinatesAreProposedByNameAndFixedWhenTold(t *testing.T) {
	t.Parallel()
	d := inTheCounty(t)
	for i, c := range []struct{ what, csv, fix string }{
		{"zone 117°E", "name,x,y\na,417743.2726,3963733.3661\n", "other-zone"},
		{"north first", "name,x,y\na,3963733.3661,417743.2726\n", "swap-axes+other-zone"},
		{"with the zone's number", "name,x,y\na,39417743.2726,3963733.3661\n", "other-zone"},
		{"degrees", "name,x,y\na,116.09,35.80\n", "degrees"},
		{"latitude first", "name,x,y\na,35.80,116.09\n", "swap-axes+degrees"},
	} {
		file := write(t, "p.csv", c.csv)
		layer := "fix" + string(rune('a'+i))
		r, err := d.bring(intake.Options{Layer: layer}, file)
		if !errors.Is(err, layers.ErrInvalid) || r == nil || r.CRS.Fix == nil || r.CRS.Fix.Name != c.fix || r.CRS.Fix.Applied {
			t.Errorf("%s: %v, %+v", c.what, err, r.CRS)
			continue
		}
		if r.Rows.Read != 0 || !strings.Contains(err.Error(), "--fix-crs") {
			t.Errorf("%s: %v", c.what, err)
		}
		d.must(intake.Options{Layer: layer, FixCRS: true}, file)
		if got := d.text("select round(st_x(geom)::numeric, 6) || ' ' || round(st_y(geom)::numeric, 6) from layer." + layer); got != "116.090000 35.800000" {
			t.Errorf("%s: %s", c.what, got)
		}
	}
}

func TestNothingLikeTheCountyIsRefusedWithItsNumbers(t *testing.T) {
	t.Parallel()
	d := inTheCounty(t)
	_, err := d.bring(intake.Options{Layer: "lost"}, write(t, "p.csv", "name,x,y\na,12,7\n"))
	if !errors.Is(err, layers.ErrInvalid) || !strings.Contains(err.Error(), "--srid") {
		t.Error(err)
	}
	r, err := d.bring(intake.Options{Layer: "old", SRID: 2384}, write(t, "q.csv", "name,x,y\na,417743,3963733\n"))
	if !errors.Is(err, layers.ErrInvalid) || !strings.Contains(err.Error(), "older datum") || len(r.Doubts) == 0 {
		t.Error(err)
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.must(intake.Options{Layer: "t"}, write(t, "a.csv", "code,name,n\nA1,一,1\nA2,二,2\n"))
	all := "select code || ' ' || coalesce(name, '-') || ' ' || coalesce(n::text, '-') from layer.t order by code"
	if _, err := d.bring(intake.Options{Layer: "t"}, write(t, "a.csv", "code\nA\n")); !errors.Is(err, layers.ErrConflict) {
		t.Errorf("a second layer: %v", err)
	}
	if _, err := d.bring(intake.Options{Layer: "u", Mode: intake.Append}, write(t, "a.csv", "code\nA\n")); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("append to nothing: %v", err)
	}
	r := d.must(intake.Options{Layer: "t", Mode: intake.Upsert, Key: "code"}, write(t, "b.csv", "CODE,n\nA2,２２\nA1,1\nA3,3\n"))
	if c := r.Rows; c.Updated != 1 || c.Inserted != 1 || c.Unchanged != 1 {
		t.Errorf("upsert: %+v", c)
	}
	if got := d.text(all); got != "A1 一 1\nA2 二 22\nA3 - 3" {
		t.Errorf("after upsert:\n%s", got)
	}
	r = d.must(intake.Options{Layer: "t", Mode: intake.Append}, write(t, "c.csv", "code,n,extra\nA4,x,?\n"))
	if r.Rows.Taken != 1 || len(r.Findings) != 1 || r.Findings[0].Done != intake.Emptied || r.Findings[0].Value != "x" {
		t.Errorf("append: %+v", r.Findings)
	}
	if !slices.ContainsFunc(r.Doubts, func(d intake.Doubt) bool { return d.Rule == "field.unknown" }) {
		t.Errorf("append: the field that is left out is not told: %+v", r.Doubts)
	}
	r = d.must(intake.Options{Layer: "t", Mode: intake.Replace, Map: intake.Mapping{"代码": "code", "n": ""}}, write(t, "d.csv", "代码,n\nB1,5\n"))
	if got := d.text(all); got != "B1 - -" || r.Rows.Removed != 4 {
		t.Errorf("replace: %s, %+v", got, r.Rows)
	}
	if got := d.text("select count(*)::text from history.t"); got != "5" {
		t.Errorf("%s rows of the past, want 5", got)
	}
}

func TestTypesComeFromAllValues(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var csv strings.Builder
	csv.WriteString("代码,数,日期,是否,混合\n")
	for range 500 {
		csv.WriteString("0101,1,2021年3月5日,是,1\n")
	}
	csv.WriteString("0102,2.5,2021-03-06,否,无\n")
	r := d.must(intake.Options{Layer: "t"}, write(t, "t.csv", csv.String()))
	var got []string
	for _, f := range r.Fields {
		got = append(got, f.Source+" "+f.Name+" "+string(f.Type))
	}
	want := []string{"代码 dai_ma string", "数 shu number", "日期 ri_qi date", "是否 shi_fou boolean", "混合 hun_he string"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(r.Fields[0].Notes) == 0 || !strings.Contains(r.Fields[0].Notes[0].Zh, "0101") {
		t.Errorf("why 代码 is text is not told: %+v", r.Fields[0])
	}
	if got := d.text("select distinct ri_qi::text || ' ' || shi_fou from layer.t order by 1"); got != "2021-03-05 true\n2021-03-06 false" {
		t.Error(got)
	}
}

func TestAStandardTableIsMappedTo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := write(t, "p.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"BSM":"1","DLBM":"0101","图斑面积":"１２.5","外加":"x"},
		"geometry":{"type":"Polygon","coordinates":[[[116,35.7],[116.01,35.7],[116.01,35.71],[116,35.7]]]}}]}`)
	r := d.must(intake.Options{Layer: "dltb"}, file)
	if r.Standard != "dltb" || len(r.Missing) == 0 {
		t.Errorf("%+v", r)
	}
	if got := d.text("select bsm || ' ' || dlbm || ' ' || tbmj || ' ' || wai_jia from layer.dltb"); got != "1 0101 12.5 x" {
		t.Error(got)
	}
	if _, err := d.bring(intake.Options{Layer: "other", Standard: "dltb"}, write(t, "n.geojson", `{"type":"Feature","properties":{"a":1},"geometry":null}`)); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("required properties are missing: %v", err)
	}
}

func TestTheReportHoldsEveryFinding(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var all []intake.Finding
	r := d.must(intake.Options{Layer: "bows", Findings: func(f intake.Finding) error { all = append(all, f); return nil }}, write(t, "b.geojson", bowtie))
	var out bytes.Buffer
	if err := r.WriteJSON(&out, func(yield func(intake.Finding, error) bool) {
		for _, f := range all {
			if !yield(f, nil) {
				return
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	var back intake.Report
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || len(back.Findings) != len(all) || len(all) != 2 {
		t.Errorf("%v: %s", err, out.Bytes())
	}
}
