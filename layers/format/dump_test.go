package format

import (
	"context"
	"fmt"
	"os"
	"testing"
)

func TestDump(t *testing.T) {
	if len(os.Getenv("DUMP")) == 0 {
		t.Skip()
	}
	f, err := NewFolder("", DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	files := []string{os.Getenv("DUMP")}
	ds, err := Open(context.Background(), f, files, Hints{})
	fmt.Println("ERR", err)
	if ds == nil {
		return
	}
	for _, x := range ds.Files {
		fmt.Printf("FILE %s %d %s %v\n", x.Name, x.Bytes, x.Format, x.Skipped)
	}
	for _, s := range ds.Sources {
		fmt.Printf("SRC %s %q geom=%s n=%d ext=%v crs=%s/%d/%s enc=%v fields=%d\n", s.Format.Name, s.Name, s.Geometry, s.Count, s.Extent, s.CRS.Name, s.CRS.EPSG, s.CRS.How, s.Encoding, len(s.Fields))
		for _, n := range s.Notes {
			fmt.Printf("   NOTE %s %s\n", n.Rule, n.Words.Zh)
		}
		n, empty, lost := 0, 0, 0
		for r, err := range s.Rows(context.Background(), RowOptions{}) {
			if err != nil {
				fmt.Println("   ROWERR", err)
				break
			}
			if n < 2 {
				fmt.Printf("   %d %q %d\n", r.Number, r.Values, len(r.Geometry))
			}
			for _, n := range r.Notes {
				fmt.Printf("   ROWNOTE %d %s %s %q %s\n", r.Number, n.Rule, n.Field, n.Value, n.Words.En)
			}
			n++
			if r.Geometry == nil {
				empty++
			}
			if r.Lost {
				lost++
			}
		}
		fmt.Printf("   ROWS %d empty %d lost %d\n", n, empty, lost)
	}
}
