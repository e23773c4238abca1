package format

import (
	"strings"
	"testing"

	"onemap/layers"
)

func TestWKTBecomesEWKB(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"POINT(1 2)":                                         "POINT (1 2)",
		" point z ( 1 2 3 ) ":                                "POINT Z (1 2 3)",
		"POINTZ(1 2 3)":                                      "POINT Z (1 2 3)",
		"POINT M (1 2 3)":                                    "POINT (1 2)",
		"POINT ZM (1 2 3 4)":                                 "POINT Z (1 2 3)",
		"POINT (1 2 3)":                                      "POINT Z (1 2 3)",
		"SRID=4490;POINT(1e2 -2.5)":                          "POINT (100 -2.5)",
		"LINESTRING EMPTY":                                   "LINESTRING EMPTY",
		"MULTIPOINT(1 2, 3 4)":                               "MULTIPOINT (1 2, 3 4)",
		"MULTIPOINT((1 2),(3 4))":                            "MULTIPOINT (1 2, 3 4)",
		"POLYGON((0 0,1 0,1 1,0 0),(0 0,1 0,1 1,0 0))":       "POLYGON ((0 0, 1 0, 1 1, 0 0), (0 0, 1 0, 1 1, 0 0))",
		"MULTILINESTRING((0 0,1 0),EMPTY)":                   "MULTILINESTRING ((0 0, 1 0), EMPTY)",
		"MULTIPOLYGON(((0 0,1 0,1 1,0 0)))":                  "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))",
		"GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))": "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))",
		"TIN Z (((0 0 0,0 0 1,0 1 0,0 0 0)))":                "MULTIPOLYGON Z (((0 0 0, 0 0 1, 0 1 0, 0 0 0)))",
		"COMPOUNDCURVE((0 0,1 0),CIRCULARSTRING(1 0,2 0,3 0),(3 0,4 0))": "LINESTRING (0 0, 1 0, 2 0, 3 0, 4 0)",
		"MULTIPOINT Z (EMPTY, 1 2 3)":                                    "MULTIPOINT Z",
	} {
		var b ewkb
		if wrong := b.wkt(text); wrong != (layers.Words{}) {
			if !strings.Contains(text, "EMPTY, 1") {
				t.Errorf("%s: %s", text, wrong.En)
			}
			continue
		}
		if got := wkt(b); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestWKTThatIsNoneSaysWhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"POINT(1)": "too few", "POINT(1 2": ") is missing", "POINT(1 2) x": "more follows", "CIRCLE(1 2)": "no type", "POINT(a b)": "a number is missing",
		"POINT(NaN 1)": "a number", "LINESTRING(0 0, 1 1 1)": "too few or too many", "POLYGON(0 0)": "( is missing", "": "no type", "GEOMETRYCOLLECTION(POINT(1 2 3),POINT M (1 2 3))": "some M",
		strings.Repeat("GEOMETRYCOLLECTION(", 100): "too deep",
	} {
		var b ewkb
		if wrong := b.wkt(text); !strings.Contains(wrong.En, want) || strings.Contains(wrong.Zh, "%!") {
			t.Errorf("%.40s: %q, want %q", text, wrong, want)
		}
	}
}

func TestArcsKeepToTheirCircle(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"CIRCULARSTRING(0 0,1 1,2 0)", "CIRCULARSTRING(2 0,1 1,0 0)", "CIRCULARSTRING(0 0,2 0,0 0)"} {
		var b ewkb
		if wrong := b.wkt(text); wrong != (layers.Words{}) {
			t.Fatal(wrong)
		}
		var seen sight
		seen.see(b)
		low := 0.0
		if strings.HasSuffix(text, "2 0,0 0)") {
			low = -1
		}
		for i, want := range (Extent{0, low, 2, 1}) {
			if d := seen.extent[i] - want; d > 1e-3 || d < -1e-3 {
				t.Errorf("%s covers %v", text, *seen.extent)
			}
		}
	}
}

func FuzzWKT(f *testing.F) {
	for _, s := range []string{"POINT ZM (1 2 3 4)", "MULTIPOINT(EMPTY,(1 2))", "CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(0 0,1 1,2 0),(2 0,0 0)))", "GEOMETRYCOLLECTION(TIN(((0 0,1 0,1 1,0 0))))"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b ewkb
		if wrong := b.wkt(s); wrong == (layers.Words{}) {
			if got := wkt(b); strings.HasPrefix(got, "broken") && !strings.Contains(s, "EMPTY") {
				t.Fatalf("%q: %s", s, got)
			}
			var seen sight
			seen.see(b)
		}
	})
}
