package api_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// gdal runs a program of GDAL against the server, and skips where there is none.
func (w *town) gdal(program string, args ...string) string {
	w.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		w.Skip("no GDAL here (package gdal-bin)")
	}
	cmd := exec.CommandContext(w.Context(), path, args...)
	cmd.Env = append(os.Environ(), "GDAL_HTTP_TIMEOUT=60", "OGR_WFS_LOAD_MULTIPLE_LAYER_DEFN=YES")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
	return string(out)
}

// GDAL reads each version: counts, types, axes, filters that it hands on.
func TestGDALReadsWFS(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, version := range []string{"1.0.0", "1.1.0", "2.0.0"} {
		source := "WFS:" + w.server.URL + "/wfs?VERSION=" + version
		house := w.gdal("ogrinfo", "-ro", "-so", source, "onemap:house")
		for _, want := range []string{"Feature Count: 3", "floors: Integer", "area: Real", "built: Date", "checked: DateTime", "listed: Integer(Boolean)", "no: String", "(116.090000, 35.800000) - (116.101000, 35.811000)", `ID["EPSG",4490]`} {
			if !strings.Contains(house, want) {
				t.Errorf("%s: no %q in\n%s", version, want, house)
			}
		}
		var doc struct {
			Features []struct {
				Properties map[string]any
				Geometry   struct {
					Type        string
					Coordinates json.RawMessage
				}
			}
		}
		out := w.gdal("ogr2ogr", "-q", "-f", "GeoJSON", "/vsistdout/", source, "onemap:house", "-where", `"use" = '01' and floors > 2`, "-lco", "RFC7946=NO")
		if err := json.Unmarshal([]byte(out), &doc); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if len(doc.Features) != 1 || doc.Features[0].Properties["no"] != "甲2" || !strings.Contains(string(doc.Features[0].Geometry.Coordinates), "116.092,35.8") && !strings.Contains(string(doc.Features[0].Geometry.Coordinates), "116.092, 35.8") {
			t.Errorf("%s: %s", version, out)
		}
		boxed := w.gdal("ogrinfo", "-ro", "-so", source, "onemap:well", "-spat", "116.0905", "35.8", "116.1005", "35.81")
		if !strings.Contains(boxed, "Feature Count: 10") {
			t.Errorf("%s: %s", version, boxed)
		}
	}
}

// GDAL pages through thousands of features and finds each once.
func TestGDALPagesThroughWFS(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	if _, err := w.pool.Exec(t.Context(), "insert into layer.lane (name, width, geom) select 'L' || n, n, st_multi(st_makeline(st_setsrid(st_makepoint(116 + n / 1e5, 35), 4490), st_setsrid(st_makepoint(116 + n / 1e5, 35.001), 4490))) from generate_series(1, 3000) n"); err != nil {
		t.Fatal(err)
	}
	out := w.gdal("ogr2ogr", "-q", "-f", "CSV", "/vsistdout/", "WFS:"+w.server.URL+"/wfs?VERSION=2.0.0", "onemap:lane", "--config", "OGR_WFS_PAGE_SIZE", "700", "-select", "name")
	lines := strings.Fields(strings.ReplaceAll(out, `"`, ""))
	slices.Sort(lines)
	if n := len(slices.Compact(lines)); len(lines) != 3003 || n != 3003 { // and the header
		t.Errorf("%d lines, %d of them different", len(lines), n)
	}
}

// python runs a script with the packages of Debian, and skips where one is missing.
func (w *town) python(module, script string) string {
	w.Helper()
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import "+module).Run(); err != nil {
		w.Skipf("no %s for Python here", module)
	}
	cmd := exec.CommandContext(w.Context(), python, "-c", script, w.server.URL)
	cmd.Env = append(os.Environ(), "QT_QPA_PLATFORM=offscreen")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func TestOWSLibReadsWFS(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, version := range []string{"1.0.0", "1.1.0", "2.0.0"} {
		out := w.python("owslib", fmt.Sprintf(`
import sys, re
from owslib.wfs import WebFeatureService
w = WebFeatureService(sys.argv[1] + "/wfs", version="%s")
print(sorted(w.contents)[0], w["onemap:house"].title, [round(v, 3) for v in w["onemap:house"].boundingBoxWGS84])
print(sorted(w.get_schema("onemap:house")["properties"].items()))
body = w.getfeature(typename=["onemap:house"], maxfeatures=2).read().decode()
print(len(re.findall("<onemap:house ", body)))
body = w.getfeature(typename=["onemap:well"], bbox=(116.0905, 35.8, 116.1005, 35.81, "EPSG:4326" if "%[1]s" == "1.0.0" else "urn:ogc:def:crs:EPSG::4326")).read().decode()
print(len(re.findall("<onemap:well ", body)))
`, version))
		for _, want := range []string{"onemap:field 房屋 [116.09, 35.8, 116.101, 35.811]", "('area', 'double')", "('floors', '", "\n2\n", "\n10\n"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", version, want, out)
			}
		}
	}
}

// QGIS reads WFS, with what it filters by, and OGC API Features.
func TestQGISReadsWFS(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	out := w.python("qgis.core", `
import sys
from qgis.core import QgsApplication, QgsVectorLayer, QgsFeatureRequest, QgsRectangle
app = QgsApplication([], False)
app.initQgis()
root = sys.argv[1]
for source, provider in [(f"url='{root}/wfs' typename='onemap:house' version='{v}' srsname='EPSG:4490'", "WFS") for v in ("1.0.0", "1.1.0", "2.0.0", "auto")] + [(f"url='{root}/ogc' typename='house'", "OAPIF")]:
    layer = QgsVectorLayer(source, "house", provider)
    if not layer.isValid():
        print("invalid", source, layer.error().message())
        continue
    features = sorted(layer.getFeatures(), key=lambda f: f["no"])
    c = features[1].geometry().boundingBox()
    boxed = list(layer.getFeatures(QgsFeatureRequest().setFilterRect(QgsRectangle(116.0915, 35.7995, 116.0945, 35.8025))))
    chosen = list(layer.getFeatures(QgsFeatureRequest().setFilterExpression('"use" = \'01\' and "floors" > 2')))
    print(provider, len(features), [f.name() + ":" + f.typeName() for f in layer.fields() if f.name() in ("no", "floors", "area")], features[1]["no"], round(c.xMinimum(), 4), round(c.yMinimum(), 4), len(boxed), len(chosen))
sys.stdout.flush()
import os
os._exit(0)
`)
	if n := strings.Count(out, " 3 ["); n != 5 || strings.Count(out, "甲1 116.09 35.8 1 1") != 5 {
		t.Errorf("QGIS finds\n%s", out)
	}
}
