package intake_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"onemap/layers/format"
	"onemap/layers/intake"
)

// polar are a continent that reaches the pole, a point at the other, and a field at home.
var polar = map[string]string{
	"area": `{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,-70],[0,-65],[-180,-70],[-180,-90]]]}`,
	"line": `{"type":"LineString","coordinates":[[0,80],[0,90]]}`,
	"dot":  `{"type":"Point","coordinates":[0,90]}`,
}

func TestFeaturesAtThePolesAreKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for kind, home := range map[string]string{
		"area": `{"type":"Polygon","coordinates":[[[116,35],[116.1,35],[116,35.1],[116,35]]]}`,
		"line": `{"type":"LineString","coordinates":[[116,35],[116.1,35]]}`,
		"dot":  `{"type":"Point","coordinates":[116,35]}`,
	} {
		file := d.file(kind+".geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"n":1},"geometry":`+polar[kind]+
			`},{"type":"Feature","properties":{"n":2},"geometry":`+home+`}]}`)
		r := d.must(intake.Options{Layer: kind}, file)
		if r.Rows.Taken != 2 || !hasDoubt(r, "geometry.pole") {
			t.Errorf("%s: %+v %+v", kind, r.Rows, r.Doubts)
		}
		if got := d.text("select bool_or(abs(st_ymax(l.geom)) = 90 or st_ymin(l.geom) = -90)::text || ' ' || (max(abs(st_y(p.geom))) < 20100000)::text from layer." + kind + " l" +
			" left join lateral st_dumppoints(l.geom_3857) p on true"); got != "true true" {
			t.Errorf("%s: whole, and shown within the map: %s", kind, got)
		}
	}
	// A layer of an older version has another Mercator column: it takes none of these.
	if _, err := d.pool.Exec(t.Context(), `begin; set local onemap.ddl = 'off'; delete from layer.area where n = 1; alter table layer.area drop column geom_3857;
		alter table layer.area add column geom_3857 geometry(MultiPolygon, 3857) generated always as (st_transform(geom, 3857)) stored; commit`); err != nil {
		t.Fatal(err)
	}
	r := d.must(intake.Options{Layer: "area", Mode: intake.Append}, d.file("again.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"n":1},"geometry":`+
		polar["area"]+`},{"type":"Feature","properties":{"n":3},"geometry":{"type":"Polygon","coordinates":[[[116,35],[116.1,35],[116,35.1],[116,35]]]}}]}`))
	if r.Rows.Taken != 1 || r.Rows.Rejected != 1 || r.Findings[0].Rule != "geometry.outside" {
		t.Errorf("older layer: %+v %+v", r.Rows, r.Findings)
	}
}

func hasDoubt(r *intake.Report, rule string) bool {
	for _, d := range r.Doubts {
		if d.Rule == rule && d.Severity == format.Info {
			return true
		}
	}
	return false
}

func TestTimesOfAGeoPackageAreUTC(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	from := d.file("times.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":
		{"OBJNAME":"a","Zulu":"2020-03-04T01:02:03Z","Bare":"2020-03-04T01:02:03","Ours":"2020-03-04T01:02:03+08:00"},"geometry":{"type":"Point","coordinates":[116,35]}}]}`)
	dir := t.TempDir()
	for driver, c := range map[string]struct{ file, bare string }{
		"GPKG":       {"times.gpkg", "2020-03-04 01:02:03"},
		"FlatGeobuf": {"times.fgb", "2020-03-03 17:02:03"}, // says nothing of zones: ours
	} {
		path := filepath.Join(dir, c.file)
		if said, err := exec.CommandContext(t.Context(), "ogr2ogr", "-f", driver, path, from).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		layer := "times_" + filepath.Ext(c.file)[1:]
		d.must(intake.Options{Layer: layer}, path)
		got := d.text("select concat_ws('|', zulu at time zone 'UTC', bare at time zone 'UTC', ours at time zone 'UTC') from layer." + layer)
		if want := "2020-03-04 01:02:03|" + c.bare + "|2020-03-03 17:02:03"; got != want {
			t.Errorf("%s: %s, want %s", driver, got, want)
		}
		if got := d.text("select property || ' ' || title from onemap.property where layer = '" + layer + "' order by ordinal limit 1"); got != "objname OBJNAME" {
			t.Errorf("%s: %s", driver, got)
		}
	}
}

// file is a file of the given content.
func (d *desk) file(name, content string) string {
	d.t.Helper()
	path := filepath.Join(d.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}
