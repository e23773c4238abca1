package format

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// packageOf makes a GeoPackage of WKT and values, and has SQLite change it.
func packageOf(t testing.TB, kind string, rows []string, statements ...string) string {
	t.Helper()
	dir := t.TempDir()
	csv, path := filepath.Join(dir, "c.csv"), filepath.Join(dir, "c.gpkg")
	types := `"String","String","Integer","Integer64","Real","Date","DateTime","Integer(Boolean)","String"`
	head := "WKT,name,n,long,share,day,at,ok,note\n"
	for path, text := range map[string]string{csv: head + strings.Join(rows, "\n") + "\n", csv + "t": types} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program(t, "ogr2ogr", "-f", "GPKG", path, csv, "-nln", "parcels", "-nlt", kind, "-a_srs", "EPSG:4490", "-oo", "GEOM_POSSIBLE_NAMES=WKT", "-oo", "KEEP_GEOM_COLUMNS=NO",
		"-oo", "EMPTY_STRING_AS_NULL=NO")
	for _, s := range statements {
		program(t, "ogrinfo", path, "-sql", s)
	}
	return path
}

func program(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil || strings.Contains(string(out), "ERROR") {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

// rowTexts are all rows of a file's only source, in the order of their numbers.
func rowTexts(t testing.TB, s *Source, opt RowOptions) map[int64]string {
	t.Helper()
	all := map[int64]string{}
	for row, err := range s.Rows(t.Context(), opt) {
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, v := range row.Values {
			text += fmt.Sprintf("|%t %s", v != nil, strings.Replace(string(v), "+00:00", "Z", 1)) // the complete stream names the zone
		}
		for _, n := range row.Notes {
			text += " !" + n.Rule + n.Field
		}
		text += fmt.Sprintf(" %x", row.Geometry)
		if _, again := all[row.Number]; again {
			t.Errorf("row %d comes twice", row.Number)
		}
		all[row.Number] = text
	}
	return all
}

func openOne(t testing.TB, path string) *Source {
	t.Helper()
	folder, err := NewFolder(t.TempDir(), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	data, err := Open(t.Context(), folder, []string{path}, Hints{})
	if err != nil {
		t.Fatal(err)
	}
	return data.Sources[0]
}

const plainArea = "MULTIPOLYGON(((116 35,116.1 35,116.1 35.1,116 35),(116.02 35.01,116.05 35.01,116.05 35.02,116.02 35.01)),((117 36,117 37,118 37,117 36)))"

// manyRows are rows as they should be, of all types.
func manyRows(n int) (rows []string) {
	for i := range n {
		rows = append(rows, fmt.Sprintf(`"%s",梁山 %d,%d,%d,%v,2021-03-%02d,2021-03-04T05:06:07.%03dZ,%d,%s`,
			strings.ReplaceAll(plainArea, "116.05", fmt.Sprintf("116.05%d", i)), i, i-50, int64(i)<<33-1, float64(i)*1.1, i%28+1, i%3*250, i%2, strings.Repeat("长", i%40*i%300)))
	}
	return rows
}

// The same rows come from the file itself as from GDAL, whatever is odd about some; GDAL transforms from a system to itself.
func TestRowsOfAGeoPackageAreThoseThatGDALReads(t *testing.T) {
	t.Parallel()
	hexOf := func(blob string) string { return "UPDATE parcels SET geom = X'" + blob + "' WHERE fid = 2" }
	const head = "4750000100000000"
	for what, c := range map[string]struct {
		kind       string
		rows       []string
		statements []string
	}{
		"all is well":              {"MULTIPOLYGON", manyRows(1500), nil},
		"pages of 512 bytes":       {"MULTIPOLYGON", manyRows(300), []string{"PRAGMA page_size = 512", "VACUUM"}},
		"rows were deleted":        {"MULTIPOLYGON", manyRows(300), []string{"DELETE FROM parcels WHERE fid % 3 = 1"}},
		"nulls":                    {"MULTIPOLYGON", manyRows(5), []string{"UPDATE parcels SET name = NULL, n = NULL, share = NULL, day = NULL, at = NULL, ok = NULL, geom = NULL WHERE fid > 2"}},
		"a column came later":      {"MULTIPOLYGON", manyRows(5), []string{"ALTER TABLE parcels ADD COLUMN later TEXT"}},
		"a column with a default":  {"MULTIPOLYGON", manyRows(5), []string{"ALTER TABLE parcels ADD COLUMN later TEXT DEFAULT '是'"}},
		"a value of another type":  {"MULTIPOLYGON", manyRows(5), []string{"UPDATE parcels SET ok = 'many' WHERE fid = 3", "UPDATE parcels SET name = X'E6A281' WHERE fid = 4"}},
		"a number too large":       {"MULTIPOLYGON", manyRows(5), []string{"UPDATE parcels SET long = 9223372036854775807, share = 9007199254740993 WHERE fid = 3"}},
		"numbers without end":      {"MULTIPOLYGON", manyRows(5), []string{"UPDATE parcels SET share = 9e999 WHERE fid = 3", "UPDATE parcels SET share = -1e-300 WHERE fid = 4"}},
		"dates that are none":      {"MULTIPOLYGON", manyRows(5), []string{"UPDATE parcels SET day = '2021-02-30' WHERE fid = 1", "UPDATE parcels SET day = '2021/3/4', at = '2021-03-04 05:06' WHERE fid = 2", "UPDATE parcels SET day = '', at = '2021-03-04T05:06:07' WHERE fid = 3"}},
		"times of a zone":          {"MULTIPOLYGON", manyRows(5), []string{"UPDATE parcels SET at = '2021-03-04T05:06:07.250+08:00' WHERE fid = 1", "UPDATE parcels SET at = '2021-03-04T05:06:07.000-03:30' WHERE fid = 2", "UPDATE parcels SET at = '2021-03-04T05:06:07.000+08:07' WHERE fid = 3"}},
		"broken characters":        {"MULTIPOLYGON", manyRows(5), []string{"UPDATE parcels SET name = CAST(X'41D6D0' AS TEXT) WHERE fid = 2", "UPDATE parcels SET name = CAST(X'410042' AS TEXT) WHERE fid = 3"}},
		"a broken geometry":        {"MULTIPOLYGON", manyRows(5), []string{hexOf("00")}},
		"big end first":            {"POINT", []string{"POINT(1 2),a", "POINT(1 2),b"}, []string{hexOf("4750000000000000" + "00000000013FF00000000000004000000000000000")}},
		"a height in a flat layer": {"POINT", []string{"POINT(1 2),a", "POINT(1 2),b"}, []string{hexOf(head + "01E9030000000000000000F03F00000000000000400000000000000840")}},
		"heights":                  {"POINT25D", []string{"POINT Z(1 2 3),a", "POINT Z(1 2 0),b"}, nil},
		"an empty point":           {"POINT", []string{"POINT(1 2),a", "POINT EMPTY,b"}, nil},
		"an empty point, unsaid":   {"POINT", []string{"POINT(1 2),a", "POINT(1 2),b"}, []string{hexOf(head + "0101000000000000000000F87F000000000000F87F")}},
		"an empty part":            {"MULTIPOLYGON", manyRows(5), []string{hexOf(head + "010600000001000000010300000000000000")}},
		"a curve":                  {"LINESTRING", []string{`"LINESTRING(1 2,3 4)",a`, `"LINESTRING(1 2,3 4)",b`}, []string{hexOf(head + "010800000003000000000000000000F03F0000000000000040000000000000084000000000000010400000000000001440000000000000F03F")}},
		"a ring that is not closed": {"POLYGON", []string{`"POLYGON((1 2,3 4,5 1,1 2))",a`, `"POLYGON((1 2,3 4,5 1,1 2))",b`},
			[]string{hexOf(head + "01030000000100000003000000000000000000F03F0000000000000040000000000000084000000000000010400000000000001440000000000000F03F")}},
		"another kind":       {"MULTIPOLYGON", append(manyRows(3), `"POLYGON((1 2,3 4,5 1,1 2))",b`, "POINT(1 2),c"), []string{hexOf(head + "0101000000000000000000F03F0000000000000040")}},
		"any kind":           {"GEOMETRY", append(manyRows(3), "POINT(1 2),c", "GEOMETRYCOLLECTION(POINT(1 2)),d"), nil},
		"a text of 2 MB":     {"MULTIPOLYGON", manyRows(5), []string{"UPDATE parcels SET note = replace(hex(zeroblob(1000000)), '0', '8') WHERE fid = 2"}},
		"a column in quotes": {"MULTIPOLYGON", manyRows(5), []string{`ALTER TABLE parcels RENAME COLUMN note TO "a ""b"", (c) PRIMARY"`}},
		"a computed column":  {"MULTIPOLYGON", manyRows(5), []string{"ALTER TABLE parcels ADD COLUMN twice INTEGER GENERATED ALWAYS AS (n * 2) VIRTUAL"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := openOne(t, packageOf(t, c.kind, c.rows, c.statements...))
			got, want := rowTexts(t, s, RowOptions{}), rowTexts(t, s, RowOptions{From: "EPSG:4490"})
			for n, w := range want {
				if got[n] != w {
					t.Errorf("row %d:\n got %.300s\nwant %.300s", n, got[n], w)
				}
			}
			if len(got) != len(want) || len(want) == 0 {
				t.Errorf("%d rows, GDAL reads %d", len(got), len(want))
			}
		})
	}
}

// Where all is as it should be nothing is left to GDAL: here it can not even be started.
func TestRowsOfAPlainGeoPackageNeedNoGDAL(t *testing.T) {
	path := packageOf(t, "MULTIPOLYGON", manyRows(700), "UPDATE parcels SET geom = NULL, name = NULL WHERE fid = 5", "ALTER TABLE parcels ADD COLUMN later TEXT")
	s := openOne(t, path)
	t.Setenv("PATH", "")
	if got := rowTexts(t, s, RowOptions{}); len(got) != 700 || !strings.Contains(got[8], "|true 梁山 7|true -43|") || !strings.HasPrefix(got[5], "|false |") {
		t.Errorf("%d rows; row 8: %s; row 5: %s", len(got), got[8], got[5])
	}
}

// GDAL makes 0 of text in a column of numbers, and another number of one that is larger than declared.
func TestAGeoPackageWithValuesThatItsColumnsDoNotDeclareLosesNone(t *testing.T) {
	t.Parallel()
	s := openOne(t, packageOf(t, "MULTIPOLYGON", manyRows(3), "UPDATE parcels SET n = 3000000000, share = '一半' WHERE fid = 2", "UPDATE parcels SET n = '无' WHERE fid = 3"))
	got := rowTexts(t, s, RowOptions{})
	if !strings.HasPrefix(got[2], "|true 梁山 1|true 3000000000|true 8589934591|true 一半|") || !strings.HasPrefix(got[3], "|true 梁山 2|true 无|") {
		t.Errorf("%.100s\n%.100s", got[2], got[3])
	}
}

// Whatever the bytes, reading ends, and reads nothing that is not there. Two places of a good file are written over.
func FuzzSQLite(f *testing.F) {
	good, err := os.ReadFile(packageOf(f, "MULTIPOLYGON", manyRows(40), "PRAGMA page_size = 512", "VACUUM"))
	if err != nil {
		f.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		f.Add(chance.Uint32N(uint32(len(good))), []byte{byte(chance.Uint32())}, chance.Uint32N(uint32(len(good))), binary.BigEndian.AppendUint32(nil, chance.Uint32()))
	}
	f.Fuzz(func(t *testing.T, at uint32, patch []byte, at2 uint32, patch2 []byte) {
		raw := slices.Clone(good)
		copy(raw[int(at)%len(raw):], patch)
		copy(raw[int(at2)%len(raw):], patch2)
		path := filepath.Join(t.TempDir(), "c.gpkg")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		table := &packageTable{}
		if table.file, err = openSQLite(path, 1<<20); err != nil {
			return
		}
		defer table.file.close()
		fields := []infoField{{name: "name", kind: "String"}, {name: "n", kind: "Integer"}, {name: "long", kind: "Integer64"}, {name: "share", kind: "Real"},
			{name: "day", kind: "Date"}, {name: "at", kind: "DateTime"}, {name: "ok", kind: "Integer", sub: "Boolean"}, {name: "note", kind: "String"}}
		if table.find(&gdalSource{info: info{layer: "parcels", fields: fields, fidColumn: "fid", geometryColumn: "geom"}, columns: []int{0, 1, 2, 3, 4, 5, 6, 7}}) == nil {
			table.file.rows(table.root, func(_ int64, content []byte) error {
				table.row(content)
				return nil
			})
		}
	})
}
