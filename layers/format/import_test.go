package format_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/migrations/dbtest"
)

var clerk = layers.Actor{ID: "clerk"}

// imported imports a file into the test's database and fails the test if that fails.
func imported(t *testing.T, file string, opt format.Options) (*format.Summary, *pgxpool.Pool) {
	t.Helper()
	pool := dbtest.New(t)
	sum, err := format.Import(t.Context(), layers.New(pool), clerk, dbtest.URL(t), file, opt)
	if err != nil {
		t.Fatal(err)
	}
	return sum, pool
}

// shared finds a file of the collection that lies beside the repository.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	for ; err == nil && dir != "/"; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "shared", "data", filepath.FromSlash(name))
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skipf("needs the file %s of the shared collection of test files, which is not on this machine", name)
	return ""
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

// shapefile has ogr2ogr make a shapefile of GeoJSON, in the encoding and CRS of the arguments.
func shapefile(t *testing.T, geoJSON string, args ...string) string {
	t.Helper()
	from, to := write(t, "in.geojson", geoJSON), filepath.Join(t.TempDir(), "地块.shp")
	out, err := exec.CommandContext(t.Context(), "ogr2ogr", append(append([]string{"-f", "ESRI Shapefile"}, args...), to, from)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ogr2ogr: %v: %s", err, out)
	}
	return to
}

func beside(path, ext string) string { return strings.TrimSuffix(path, filepath.Ext(path)) + ext }

const parcels = `{"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"地块名":"梁山县水泊街道","编号":"0102","面积":12.5,"count":7},
  "geometry":{"type":"Polygon","coordinates":[[[116.09,35.8],[116.1,35.8],[116.1,35.81],[116.09,35.81],[116.09,35.8]]]}},
 {"type":"Feature","properties":{"地块名":"韩垓镇","编号":"0013","面积":null,"count":8},
  "geometry":{"type":"MultiPolygon","coordinates":[[[[116.2,35.8],[116.21,35.8],[116.21,35.81],[116.2,35.8]]],[[[116.3,35.8],[116.31,35.8],[116.31,35.81],[116.3,35.8]]]]}},
 {"type":"Feature","properties":{"地块名":"无图形","编号":"0099","面积":1,"count":9},"geometry":null}]}`

// What a row of the layer must be, in the words of SQL, whichever file it came in.
const parcelsAsText = `select string_agg(di_kuai_ming || ' ' || bian_hao || ' ' || coalesce(st_geometrytype(geom), '-')
	|| ' ' || coalesce(round(st_xmin(geom)::numeric, 6)::text, '-'), '; ' order by fid) from layer.parcels`
const parcelsWanted = "梁山县水泊街道 0102 ST_MultiPolygon 116.090000; 韩垓镇 0013 ST_MultiPolygon 116.200000; 无图形 0099 - -"

func TestImportUnderstands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what      string
		file      func(t *testing.T) string
		opt       format.Options
		encoding  string
		crs, note string
	}{
		{what: "UTF-8 with .cpg", encoding: "UTF-8 (.cpg says UTF-8)", crs: "WGS 84",
			file: func(t *testing.T) string { return shapefile(t, parcels, "-lco", "ENCODING=UTF-8") }},
		{what: "GBK with a number in the .dbf and no .cpg", encoding: "GB18030 (LDID 0x4D in the .dbf)", crs: "WGS 84",
			file: func(t *testing.T) string {
				shp := shapefile(t, parcels, "-lco", "ENCODING=GBK")
				os.Remove(beside(shp, ".cpg"))
				setLDID(t, shp, 0x4d)
				return shp
			}},
		{what: "GBK that says nothing", encoding: "GB18030 (all text is clean GB18030)", crs: "WGS 84",
			file: func(t *testing.T) string {
				shp := shapefile(t, parcels, "-lco", "ENCODING=GBK")
				os.Remove(beside(shp, ".cpg"))
				setLDID(t, shp, 0)
				return shp
			}},
		{what: "GBK that claims to be UTF-8", encoding: "GB18030 (all text is clean GB18030)", crs: "WGS 84", note: "but the text is not UTF-8",
			file: func(t *testing.T) string {
				shp := shapefile(t, parcels, "-lco", "ENCODING=GBK")
				setLDID(t, shp, 0)
				if err := os.WriteFile(beside(shp, ".cpg"), []byte("UTF-8\r\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				return shp
			}},
		{what: "zone 39 by its .prj", encoding: "UTF-8 (.cpg says UTF-8)", crs: "zone 39",
			file: func(t *testing.T) string {
				return shapefile(t, parcels, "-lco", "ENCODING=UTF-8", "-s_srs", "EPSG:4490", "-t_srs", "EPSG:4527")
			}},
		{what: "3° zone as told, without .prj", opt: format.Options{SRID: 4548}, encoding: "UTF-8 (.cpg says UTF-8)", crs: "EPSG:4548, as told",
			file: func(t *testing.T) string {
				shp := shapefile(t, parcels, "-lco", "ENCODING=UTF-8", "-s_srs", "EPSG:4490", "-t_srs", "EPSG:4548")
				os.Remove(beside(shp, ".prj"))
				return shp
			}},
		{what: "a zip with directories", encoding: "UTF-8 (.cpg says UTF-8)", crs: "WGS 84",
			file: func(t *testing.T) string { return zipped(t, shapefile(t, parcels, "-lco", "ENCODING=UTF-8")) }},
		{what: "GeoJSON", encoding: "UTF-8 (GeoJSON is always UTF-8)", crs: "WGS 84",
			file: func(t *testing.T) string { return write(t, "地块.geojson", "\xef\xbb\xbf"+parcels) }},
		{what: "GeoPackage", encoding: "UTF-8 (GeoPackage is always UTF-8)", crs: "4490",
			file: func(t *testing.T) string {
				to := filepath.Join(t.TempDir(), "地块.gpkg")
				out, err := exec.Command("ogr2ogr", "-a_srs", "EPSG:4490", "-nlt", "PROMOTE_TO_MULTI", to, write(t, "in.geojson", parcels)).CombinedOutput()
				if err != nil {
					t.Fatalf("ogr2ogr: %v: %s", err, out)
				}
				return to
			}},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			c.opt.Layer = "parcels"
			sum, pool := imported(t, c.file(t), c.opt)
			var got string
			if err := pool.QueryRow(t.Context(), parcelsAsText).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != parcelsWanted {
				t.Errorf("rows:\n got %s\nwant %s", got, parcelsWanted)
			}
			if sum.Encoding != c.encoding {
				t.Errorf("encoding %q, want %q", sum.Encoding, c.encoding)
			}
			if !strings.Contains(sum.CRS, c.crs) {
				t.Errorf("CRS %q, want %q in it", sum.CRS, c.crs)
			}
			if notes := strings.Join(sum.Warnings, "\n"); !strings.Contains(notes, c.note) || c.note == "" && notes != "" {
				t.Errorf("notes %q, want %q", notes, c.note)
			}
			if sum.Rows != 3 || sum.NoShape != 1 || sum.Repaired != 0 {
				t.Errorf("%d rows, %d without geometry, %d repaired; want 3, 1, 0", sum.Rows, sum.NoShape, sum.Repaired)
			}
			if i := slices.IndexFunc(sum.Fields, func(c layers.Column) bool { return c.Title == "地块名" }); i < 0 {
				t.Errorf("no field keeps its Chinese name: %+v", sum.Fields)
			}
			if sum.Layer.LabelField != "di_kuai_ming" || sum.Layer.GeometryType != "MultiPolygon" || !sum.Layer.Style.Visible {
				t.Errorf("label %q, geometry %s, visible %t", sum.Layer.LabelField, sum.Layer.GeometryType, sum.Layer.Style.Visible)
			}
			nothingLeft(t, pool)
		})
	}
}

// One import is one change of the log, and one that fails leaves no trace.
func TestImportIsOneChangeOrNone(t *testing.T) {
	t.Parallel()
	sum, pool := imported(t, write(t, "a.geojson", parcels), format.Options{Layer: "a", Title: "甲"})
	var ops string
	err := pool.QueryRow(t.Context(), `select string_agg(op || ' ' || count || ' ' || actor || ' ' || reason, '; ' order by seq)
		from onemap.change where layer = 'a' and op not in ('schema')`).Scan(&ops)
	if err != nil {
		t.Fatal(err)
	}
	if want := "load 3 clerk import of a.geojson"; ops != want {
		t.Errorf("log: %s, want %s", ops, want)
	}
	if sum.Layer.Title != "甲" {
		t.Errorf("title %q", sum.Layer.Title)
	}
	store := layers.New(pool)
	if _, err := format.Import(t.Context(), store, clerk, dbtest.URL(t), sum.File, format.Options{Layer: "a"}); !errors.Is(err, layers.ErrConflict) {
		t.Errorf("a second time: %v, want ErrConflict", err)
	}
	// Cancelled when the rows are in the staging table.
	ctx, cancel := context.WithCancel(t.Context())
	_, err = format.Import(ctx, store, clerk, dbtest.URL(t), sum.File, format.Options{Layer: "b", Progress: func(p format.Progress) {
		if p.Step == "check" {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := store.Layer(t.Context(), clerk, "b"); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("a cancelled import left its layer: %v", err)
	}
	nothingLeft(t, pool)
}

// A staging table whose import was killed is taken away by the next; one whose import lives is not.
func TestImportSweepsWhatTheKilledLeft(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	_, err = conn.Exec(t.Context(), `create table onemap.import_00000001 (); create table onemap.import_00000002 ();
		select pg_advisory_lock(6909296, 2)`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := format.Import(t.Context(), layers.New(pool), clerk, dbtest.URL(t), write(t, "a.geojson", parcels), format.Options{Layer: "a"}); err != nil {
		t.Fatal(err)
	}
	var left string
	err = pool.QueryRow(t.Context(), "select string_agg(relname, ' ') from pg_class where relkind = 'r' and relname like 'import\\_%'").Scan(&left)
	if err != nil || left != "import_00000002" {
		t.Errorf("left: %s (%v), want import_00000002", left, err)
	}
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	noPRJ := func(t *testing.T, args ...string) string {
		shp := shapefile(t, parcels, append([]string{"-lco", "ENCODING=UTF-8"}, args...)...)
		os.Remove(beside(shp, ".prj"))
		return shp
	}
	for _, c := range []struct {
		what string
		file func(t *testing.T) string
		opt  format.Options
		want string
	}{
		{"degrees without a CRS", func(t *testing.T) string { return noPRJ(t) }, format.Options{}, "looks like degrees in China"},
		{"zone 39 without a CRS", func(t *testing.T) string { return noPRJ(t, "-s_srs", "EPSG:4490", "-t_srs", "EPSG:4527") },
			format.Options{}, "3° zone with its number, 39"},
		{"an older datum by its .prj", func(t *testing.T) string { return shapefile(t, parcels, "-t_srs", "EPSG:2384") }, format.Options{}, "older datum"},
		{"an older datum as told", func(t *testing.T) string { return noPRJ(t) }, format.Options{SRID: 2363}, "older datum"},
		{"the wrong zone", func(t *testing.T) string { return noPRJ(t, "-s_srs", "EPSG:4490", "-t_srs", "EPSG:4527") },
			format.Options{SRID: 4326}, "--srid"},
		{"no file", func(t *testing.T) string { return "/nowhere/x.shp" }, format.Options{}, "no file"},
		{"a directory", func(t *testing.T) string { return t.TempDir() }, format.Options{}, "directory"},
		{"another file called .shp", func(t *testing.T) string { return write(t, "x.shp", "PK text") }, format.Options{}, "content is not"},
		{"a text file", func(t *testing.T) string { return write(t, "x.txt", "hello") }, format.Options{}, "no known format"},
		{"an empty collection", func(t *testing.T) string { return write(t, "x.json", `{"type":"FeatureCollection","features":[]}`) }, format.Options{}, "no features"},
		{"JSON that is no GeoJSON", func(t *testing.T) string { return write(t, "x.json", `{"a":1}`) }, format.Options{}, "can not be read"},
		{"a layer name that is none", func(t *testing.T) string { return write(t, "x.json", parcels) }, format.Options{Layer: "Karte 1"}, "layer name"},
		{"a theme that is none", func(t *testing.T) string { return write(t, "x.json", parcels) }, format.Options{Theme: "roads"}, "no theme"},
		{"a layer the file has not", func(t *testing.T) string { return write(t, "x.json", parcels) }, format.Options{From: "roads"}, `no layer "roads"`},
		{"an encoding nobody knows", func(t *testing.T) string { return shapefile(t, parcels) }, format.Options{Encoding: "klingon"}, "not known"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			pool := dbtest.New(t)
			if c.opt.Layer == "" {
				c.opt.Layer = "x"
			}
			_, err := format.Import(t.Context(), layers.New(pool), clerk, dbtest.URL(t), c.file(t), c.opt)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if !errors.Is(err, layers.ErrInvalid) && !errors.Is(err, layers.ErrNotFound) {
				t.Errorf("%v is not said to the user", err)
			}
			nothingLeft(t, pool)
		})
	}
}

func TestImportRepairsAndKeeps(t *testing.T) {
	t.Parallel()
	const odd = `{"type":"FeatureCollection","features":[
	 {"type":"Feature","properties":{"Name":"bow","name":"tie","fid":5,"Select":"a","tags":{"k":[1,2]},"list":["x","y"]},
	  "geometry":{"type":"Polygon","coordinates":[[[116,35.6],[116.1,35.7],[116.1,35.6],[116,35.7],[116,35.6]]]}},
	 {"type":"Feature","properties":{"Name":"z"},"geometry":{"type":"Polygon","coordinates":[[[116,35.6,40.5],[116.1,35.6,41],[116.1,35.7,42],[116,35.6,40.5]]]}}]}`
	sum, pool := imported(t, write(t, "odd.json", odd), format.Options{Layer: "odd"})
	if sum.Repaired != 1 || !sum.Layer.HasZ {
		t.Errorf("repaired %d, heights %t; want 1, true", sum.Repaired, sum.Layer.HasZ)
	}
	var names []string
	for _, f := range sum.Fields {
		names = append(names, f.Name)
	}
	if got, want := strings.Join(names, " "), "name name_2 fid_2 select tags list"; got != want {
		t.Errorf("columns %s, want %s", got, want)
	}
	var got string
	err := pool.QueryRow(t.Context(), `select string_agg(name || ' ' || st_isvalid(geom) || ' ' || round(st_zmax(geom)::numeric, 1), '; ' order by fid)
		from layer.odd`).Scan(&got)
	if want := "bow true 0.0; z true 42.0"; err != nil || got != want {
		t.Errorf("%s (%v), want %s", got, err, want)
	}
}

// Names have 10 bytes and values the width of their field: both may end within a character.
func TestImportMendsWhatWasCut(t *testing.T) {
	t.Parallel()
	shp := shapefile(t, strings.ReplaceAll(parcels, "地块名", "地块名称"), "-lco", "ENCODING=UTF-8")
	raw, err := os.ReadFile(beside(shp, ".dbf"))
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.Replace(raw, []byte("韩垓镇"), []byte("韩垓\xe9\x95 "), 1)         // the last byte is missing
	raw = bytes.Replace(raw, []byte("地块名\x00\x00"), []byte("地块名\xe7\x00"), 1) // as other programs cut it
	if err := os.WriteFile(beside(shp, ".dbf"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	sum, pool := imported(t, shp, format.Options{Layer: "cut"})
	if notes := strings.Join(sum.Warnings, "\n"); !strings.HasPrefix(notes, "1 values ended in the middle of a character") {
		t.Errorf("notes %q", notes)
	}
	if sum.Fields[0].Title != "地块名" {
		t.Errorf("field %q", sum.Fields[0].Title)
	}
	var got string
	if err := pool.QueryRow(t.Context(), "select di_kuai_ming from layer.cut where fid = 2").Scan(&got); err != nil || got != "韩垓" {
		t.Errorf("value %q (%v), want 韩垓", got, err)
	}
}

func TestImportSharedFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file     string
		opt      format.Options
		rows     int64
		kind     string
		encoding string
		probe    string // a condition some row fulfils
	}{
		{"1-admin/gbk-shp/shanghai_shp/区县界_area.shp", format.Options{}, 17, "MultiPolygon", "GB18030 (LDID 0x4D", "name = '崇明县'"},
		{"1-admin/gbk-shp/metroline2/metroline2.shp", format.Options{SRID: 4326}, 2, "MultiLineString", "UTF-8 (.cpg", "true"},
		{"1-admin/boundaries/shan1_dong1_ji4_ning2.geojson", format.Options{}, 0, "MultiPolygon", "UTF-8", "name = '梁山县'"},
		{"3-landuse/dc/sewers-inlets.geojson", format.Options{}, 2772, "MultiPolygon", "UTF-8", "true"},
		{"5-nasty/r5-datasource/nl-null-points.shp", format.Options{}, 20, "Point", "UTF-8", "geom is null"},
		{"5-nasty/r5-datasource/duplicate-fields.shp", format.Options{}, 1, "MultiPolygon", "UTF-8", "true"},
		{"5-nasty/r5-datasource/hkzones-mixed-geometries.geojson", format.Options{}, 3, "Geometry", "UTF-8", "true"},
		{"5-nasty/fiona/coutwildrnp.zip", format.Options{}, 67, "MultiPolygon", "UTF-8 (all text is ASCII)", "true"},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			c.opt.Layer = "x"
			sum, pool := imported(t, shared(t, c.file), c.opt)
			if c.rows != 0 && sum.Rows != c.rows || sum.Layer.GeometryType != c.kind || !strings.HasPrefix(sum.Encoding, c.encoding) {
				t.Errorf("%d rows, %s, %s; want %d, %s, %s", sum.Rows, sum.Layer.GeometryType, sum.Encoding, c.rows, c.kind, c.encoding)
			}
			var found bool
			if err := pool.QueryRow(t.Context(), "select exists (select from layer.x where "+c.probe+")").Scan(&found); err != nil || !found {
				t.Errorf("no row with %s (%v)", c.probe, err)
			}
		})
	}
}

// nothingLeft fails when a staging table is still there.
func nothingLeft(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	var n int
	err := pool.QueryRow(t.Context(), "select count(*) from pg_class where relkind = 'r' and relname like 'import\\_%'").Scan(&n)
	if err != nil || n > 0 {
		t.Errorf("%d staging tables are left (%v)", n, err)
	}
}

func setLDID(t *testing.T, shp string, id byte) {
	t.Helper()
	f, err := os.OpenFile(beside(shp, ".dbf"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte{id}, 29); err != nil {
		t.Fatal(err)
	}
}

func zipped(t *testing.T, shp string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "地块.zip")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	for _, ext := range []string{".shp", ".shx", ".dbf", ".prj", ".cpg"} {
		raw, err := os.ReadFile(beside(shp, ext))
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create("成果/2023/地块" + strings.ToUpper(ext))
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
	return path
}
