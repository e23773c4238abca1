package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Features come in every format of the table, by the names that clients call it.
func TestWFSFormats(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, c := range []struct {
		name, media, file string
		shown             int // features that GDAL finds
	}{
		{"application/json", "application/geo+json", "a.geojson", 3}, {"json", "application/geo+json", "a.geojson", 3}, {"csv", "text/csv", "a.csv", 3},
		{"text/csv", "text/csv", "a.csv", 3}, {"SHAPE-ZIP", "application/zip", "a.shp.zip", 3}, {"shp", "application/zip", "a.shp.zip", 3},
		{"application/vnd.google-earth.kml+xml", "application/vnd.google-earth.kml+xml", "a.kml", 3}, {"KML", "application/vnd.google-earth.kml+xml", "a.kml", 3},
		{"flatgeobuf", "application/flatgeobuf", "a.fgb", 3}, {"application/geopackage+sqlite3", "application/geopackage+sqlite3", "a.gpkg", 3},
		{"dxf", "image/vnd.dxf", "a.dxf", -1}, {"excel2007", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "a.xlsx", 3},
		{"geojsonl", "application/x-ndjson", "a.geojsonl", 3}, {"gdb", "application/zip", "a.gdb.zip", 3}, {"text/xml; subtype=gml/3.1.1", "text/xml; subtype=gml/3.1.1", "a.gml", 3},
		{"gml2", "text/xml; subtype=gml/2.1.2", "a.gml", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.wfs("2.0.0", "GetFeature", "TYPENAMES=house", "OUTPUTFORMAT="+c.name)
			if r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), c.media) {
				t.Fatalf("%d %s\n%.900s", r.StatusCode, r.Header.Get("Content-Type"), r.body)
			}
			path := filepath.Join(t.TempDir(), c.file)
			if err := os.WriteFile(path, r.body, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("ogrinfo", "-ro", "-al", "-so", path).CombinedOutput()
			if err != nil || c.shown >= 0 && !strings.Contains(string(out), "Feature Count: 3") {
				t.Errorf("GDAL: %v\n%s", err, out)
			}
		})
	}
	w.wfs("2.0.0", "GetFeature", "TYPENAMES=well", "OUTPUTFORMAT=boundary").refused(t, "InvalidParameterValue", "outputFormat", 400)
	w.wfs("2.0.0", "GetFeature", "TYPENAMES=(well)(house)", "OUTPUTFORMAT=csv").refused(t, "OptionNotSupported", "outputFormat", 400)
	if r := w.wfs("2.0.0", "GetFeature", "TYPENAMES=well", "OUTPUTFORMAT=csv", "COUNT=3", "STARTINDEX=5", "SORTBY=no", "PROPERTYNAME=no"); string(bytes.TrimPrefix(r.body, []byte("\xef\xbb\xbf"))) != "no\r\nW14\r\nW15\r\nW16\r\n" {
		t.Errorf("a page as CSV: %q", r.body)
	}
	if r := w.wfs("2.0.0", "GetFeature", "TYPENAMES=house", "OUTPUTFORMAT=SHAPE-ZIP"); true {
		z, err := zip.NewReader(bytes.NewReader(r.body), int64(len(r.body)))
		if err != nil || len(z.File) < 4 {
			t.Errorf("the archive: %v", err)
		}
		if d := r.Header.Get("Content-Disposition"); !strings.Contains(d, "house.shp.zip") {
			t.Errorf("it is called %s", d)
		}
	}
}

// GeoJSON of WFS is as web clients want it: in the CRS they ask for, east first, and said to be.
func TestWFSGeoJSON(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for srs, want := range map[string]struct {
		x, y float64
		crs  string
	}{
		"":                              {116.09, 35.8, ""},
		"EPSG:3857":                     {12923079.6862, 4273136.4624, "urn:ogc:def:crs:EPSG::3857"},
		"urn:ogc:def:crs:EPSG::4490":    {116.09, 35.8, "urn:ogc:def:crs:EPSG::4490"},
		"urn:ogc:def:crs:EPSG::4326":    {116.09, 35.8, ""},
		"urn:ogc:def:crs:OGC:1.3:CRS84": {116.09, 35.8, ""},
	} {
		r := w.wfs("2.0.0", "GetFeature", "TYPENAMES=station", "OUTPUTFORMAT=application/json", "SRSNAME="+srs)
		var doc struct {
			NumberMatched, NumberReturned int
			CRS                           struct{ Properties struct{ Name string } }
			Features                      []struct {
				ID       string
				Geometry struct{ Coordinates [2]float64 }
			}
		}
		if err := json.Unmarshal(r.body, &doc); err != nil {
			t.Fatalf("%v\n%s", err, r.body)
		}
		if doc.NumberMatched != 1 || doc.NumberReturned != 1 || len(doc.Features) != 1 || doc.CRS.Properties.Name != want.crs {
			t.Fatalf("%q: %s", srs, r.body)
		}
		f := doc.Features[0]
		if abs(f.Geometry.Coordinates[0]-want.x) > 3e-4 || abs(f.Geometry.Coordinates[1]-want.y) > 3e-4 || f.ID != "station.A_x002F_1_x0020_号" {
			t.Errorf("%q: %+v", srs, f)
		}
	}
}
