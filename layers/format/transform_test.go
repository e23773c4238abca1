package format

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// The expected numbers come from pyproj; EPSG:3089 is in feet.
func TestOurReadersTransformWhatIntakeCanNot(t *testing.T) {
	t.Parallel()
	folder, err := NewFolder(t.TempDir(), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	text := "wkt\n\"LINESTRING Z(4971350 3905604 7,4971363.5 3905596.24 8)\"\nPOINT EMPTY\n\nGEOMETRYCOLLECTION(POINT(4971350 3905604))\n" + strings.Repeat("POINT(4971350 3905604)\n", 150_000)
	sources, err := openCSV(context.Background(), input{folder: folder, path: file(t, "a.csv", text), name: "a.csv"})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for r, err := range sources[0].Rows(context.Background(), RowOptions{From: "EPSG:3089"}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		want := []string{"LINESTRING Z (-85.576009 38.049063 7, -85.575962 38.049041 8)", "POINT (NaN NaN)", "GEOMETRYCOLLECTION (POINT (-85.576009 38.049063))", "POINT (-85.576009 38.049063)"}[min(n, 4)-1]
		if n > 10 && n < 150_000 {
			continue
		}
		if got := rounded(r.Geometry); got != want {
			t.Fatalf("row %d: %s, want %s", r.Number, got, want)
		}
	}
	if n != 150_003 {
		t.Errorf("%d rows", n)
	}
	if _, err := firstRow(sources[0], "EPSG:99999"); err == nil {
		t.Error("a system that is none is taken")
	}
}

func firstRow(s *Source, from string) (*Row, error) {
	for r, err := range s.Rows(context.Background(), RowOptions{From: from}) {
		return r, err
	}
	return nil, nil
}

// rounded writes a geometry with six digits.
func rounded(b []byte) string {
	var words []string
	for _, w := range strings.Fields(wkt(b)) {
		core := strings.Trim(w, "(),")
		if v, ok := number(core); ok {
			w = strings.Replace(w, core, strings.TrimSuffix(fmt.Sprintf("%.6f", v), ".000000"), 1)
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}
