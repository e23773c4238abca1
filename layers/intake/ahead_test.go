package intake

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// What is written ahead is what is written after all has been read: the rows, the catalogue, the log, and the report.
func TestWritingAheadChangesNothing(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	for _, c := range []struct {
		name string
		odd  func(i int) (count, geometry string) // of some rows, in GeoJSON; "" = as usual
		kept bool                                 // what was written ahead is kept
	}{
		{"plain", func(int) (string, string) { return "", "" }, true},
		{"faults", func(i int) (string, string) {
			switch i % 17 {
			case 3:
				return "null", `{"type":"Polygon","coordinates":[[[116,35],[116.1,35.1],[116.1,35],[116,35.1],[116,35]]]}`
			case 5:
				return "", "null"
			case 7:
				return "", `{"type":"Polygon","coordinates":[[[216,35],[116.1,35.1],[116.1,35],[216,35]]]}`
			}
			return "", ""
		}, true},
		{"wide", func(i int) (string, string) { return pick2(i == 2900, "5000000000", ""), "" }, false},
		{"mixed", func(i int) (string, string) {
			return "", pick2(i == 2900, `{"type":"LineString","coordinates":[[116,35],[116.1,35.1]]}`, "")
		}, false},
		{"last", func(i int) (string, string) { return pick2(i == 2999, "5000000000", ""), "" }, false},
	} {
		path := gridFile(t, c.name, 3000, c.odd)
		bring := func(layer string, after int64) (*Report, [4]string) {
			r, err := Import(t.Context(), store, layers.Anonymous, []string{path}, Options{Layer: layer, Title: c.name, ahead: after})
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			r.Layer, r.Seconds = "", 0
			return r, tableOf(t, pool.QueryRow, layer)
		}
		late, lateRows := bring(c.name+"_late", 1<<40)
		soon, soonRows := bring(c.name+"_soon", 300)
		if diff := cmp.Diff(late, soon, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(Report{}), cmpopts.SortSlices(func(a, b Finding) bool { return fmt.Sprint(a) < fmt.Sprint(b) }),
			cmpopts.SortSlices(func(a, b RuleCount) bool { return a.Rule < b.Rule })); diff != "" {
			t.Errorf("%s: report (-late +ahead):\n%s", c.name, diff)
		}
		if late.ahead || soon.ahead != c.kept {
			t.Errorf("%s: written ahead: %v and %v", c.name, late.ahead, soon.ahead)
		}
		for i, rows := range lateRows {
			if soon := strings.ReplaceAll(soonRows[i], c.name+"_soon", c.name+"_late"); rows != soon {
				t.Errorf("%s: (-late +ahead):\n%s", c.name, cmp.Diff(rows, soon))
			}
		}
	}
}

func pick2(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// gridFile is a GeoPackage of n small squares, with what odd says of some.
func gridFile(t *testing.T, name string, n int, odd func(i int) (count, geometry string)) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range n {
		count, geometry := odd(i)
		x, y := 116+float64(i%50)*0.001, 35+float64(i/50)*0.001
		if count == "" {
			count = fmt.Sprint(i)
		}
		if geometry == "" {
			geometry = fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f]]]}`, x, y, x+0.0008, y, x, y+0.0008, x, y)
		}
		fmt.Fprintf(&b, "%s\n"+`{"type":"Feature","properties":{"bsm":"%06d","name":"地块 %d","dlbm":"%s","count":%s,"area":%d.25},"geometry":%s}`,
			pick2(i > 0, ",", ""), i, i, []string{"0101", "0702", "1003"}[i%3], count, i, geometry)
	}
	b.WriteString("]}")
	dir := t.TempDir()
	from, to := filepath.Join(dir, name+".geojson"), filepath.Join(dir, name+".gpkg")
	if err := os.WriteFile(from, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.CommandContext(t.Context(), "ogr2ogr", "-f", "GPKG", to, from, "-nlt", "GEOMETRY").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return to
}

// tableOf is all there is of a layer: its rows, its place in the catalogue, its indexes, its log.
func tableOf(t *testing.T, query func(ctx context.Context, sql string, args ...any) pgx.Row, layer string) (all [4]string) {
	t.Helper()
	for i, sql := range []string{
		"select string_agg((to_jsonb(l) - 'version')::text, E'\n' order by fid) from layer." + layer + " l",
		"select (to_jsonb(l) - '{style,created_at,updated_at}'::text[])::text || (select string_agg((to_jsonb(p) - 'layer')::text, E'\n' order by ordinal) from onemap.property p where p.layer = l.layer) from onemap.layer l where layer = '" + layer + "'",
		"select string_agg(indexdef, E'\n' order by indexname) from pg_indexes where schemaname = 'layer' and tablename = '" + layer + "'",
		"select string_agg(concat_ws(' ', op, count, delta, new_bounds), E'\n' order by seq) from onemap.change where op = 'load' and layer = '" + layer + "'",
	} {
		if err := query(t.Context(), sql).Scan(&all[i]); err != nil {
			t.Fatal(err)
		}
	}
	return all
}
