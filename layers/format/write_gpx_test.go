package format_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"onemap/layers"
	"onemap/layers/format"
)

func TestGPXHoldsPointsAndLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, wkt, element, layer, geometry string
	}{
		{"Point", "POINT Z (116.1 35.8 40.5)", "wpt", "waypoints", "POINT (116.1 35.8)"},
		{"MultiPoint", "MULTIPOINT Z (116.1 35.8 40.5)", "wpt", "waypoints", "POINT (116.1 35.8)"},
		{"LineString", "LINESTRING Z (116.1 35.8 40, 116.2 35.8 41)", "trk", "tracks", "MULTILINESTRING ((116.1 35.8,116.2 35.8))"},
		{"MultiLineString", "MULTILINESTRING Z ((116.1 35.8 40, 116.2 35.8 41), (117 36 1, 117 37 2))", "trk", "tracks",
			"MULTILINESTRING ((116.1 35.8,116.2 35.8),(117 36,117 37))"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			store, _ := oddLayer(t, c.kind, true, c.wkt)
			path, report := export(t, store, "a.gpx", layers.Query{}, format.ExportOptions{})
			if text := read(t, path); strings.Count(text, "</"+c.element+">") != 1 || !strings.Contains(text, "<name>梁山县、韩岗镇</name>") || !strings.Contains(text, "<ogr:code>0101</ogr:code>") {
				t.Errorf("%s: %s\n%+v", c.kind, text, report.Notes)
			}
			said, err := exec.CommandContext(t.Context(), "ogrinfo", "-al", "-q", path, c.layer).CombinedOutput()
			for _, want := range []string{"  " + c.geometry, "ogr_day (String) = 1990-01-01", "ogr_n (", "name (String) = 梁山县、韩岗镇"} {
				if err != nil || !strings.Contains(string(said), want) {
					t.Errorf("%s: %v, no %q in\n%s", c.kind, err, want, said)
				}
			}
		})
	}
	for _, kind := range []string{"MultiPolygon", "Geometry"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			store, _ := oddLayer(t, kind, true, area)
			_, err := format.Export(t.Context(), store, layers.Anonymous, "odd", layers.Query{}, format.ExportOptions{File: filepath.Join(t.TempDir(), "a.gpx")})
			if !errors.Is(err, layers.ErrInvalid) || !strings.Contains(err.Error(), "GPX holds points or lines") {
				t.Errorf("%s: %v", kind, err)
			}
		})
	}
}
