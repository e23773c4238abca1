package api

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// Whatever the features, a drawing has them all, inside its frame, and as wide as they are.
func TestDrawingsFitTheirFrame(t *testing.T) {
	point := geom.NewPointFlat(geom.XY, []float64{116, 36})
	line := geom.NewLineStringFlat(geom.XYZ, []float64{116, 35, 9, 117, 36, 9})
	square := geom.NewPolygonFlat(geom.XY, []float64{116, 35.8, 116.01, 35.8, 116.01, 35.81, 116, 35.81, 116, 35.8}, []int{10})
	for name, test := range map[string]struct {
		shapes []geom.T
		closed string
	}{
		"a point":                 {[]geom.T{point}, "y"},
		"points in one place":     {[]geom.T{point, point}, "yy"},
		"a line":                  {[]geom.T{line}, "n"},
		"upright":                 {[]geom.T{geom.NewLineStringFlat(geom.XY, []float64{116, 35, 116, 36})}, "n"},
		"an area":                 {[]geom.T{square}, "y"},
		"several kinds, and none": {[]geom.T{nil, point, line, square, geom.NewPointEmpty(geom.XY)}, "yny"},
		"a collection":            {[]geom.T{geom.NewGeometryCollection().MustPush(point, line)}, "n"},
		"nothing":                 {[]geom.T{nil}, ""},
	} {
		var fs []layers.Feature
		for i, g := range test.shapes {
			fs = append(fs, layers.Feature{ID: strconv.Itoa(i), Geometry: g})
		}
		d := draw(fs, true, 300, 200)
		var closed strings.Builder
		for _, s := range d.Shapes {
			closed.WriteString(map[bool]string{true: "y", false: "n"}[s.Closed])
			for _, m := range regexp.MustCompile(`[ML]([-\d.]+) ([-\d.]+)`).FindAllStringSubmatch(s.Path, -1) {
				x, _ := strconv.ParseFloat(m[1], 64)
				y, _ := strconv.ParseFloat(m[2], 64)
				if x < 0 || x > 300 || y < 0 || y > 200 || len(m[0]) > 20 {
					t.Errorf("%s: %s is outside", name, m[0])
				}
			}
			if s.Path == "" || strings.Contains(s.Path, "NaN") {
				t.Errorf("%s: path %q", name, s.Path)
			}
		}
		if closed.String() != test.closed {
			t.Errorf("%s: closed %q, want %q", name, closed.String(), test.closed)
		}
	}
	// 0.01 degrees east are 0.81 as long as north at this latitude.
	if got, want := draw([]layers.Feature{{Geometry: square}}, true, 200, 200).Shapes[0].Path, "M27.0 190.0L173.0 190.0L173.0 10.0L27.0 10.0L27.0 190.0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
