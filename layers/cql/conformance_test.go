package cql_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onemap/layers"
	"onemap/layers/cql"
	"onemap/migrations/dbtest"
)

// published is a file of the standard's own tests, which are not in the repository.
func published(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join("../../../shared/data/6-conformance/cql2", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not here: %v", name, err)
	}
	return path
}

// Every example of the standard is read, in both languages; the text gives the JSON that is published beside it.
func TestPublishedExamples(t *testing.T) {
	t.Parallel()
	dir := published(t, "schema/examples")
	texts, err := filepath.Glob(filepath.Join(dir, "text", "*.txt"))
	if err != nil || len(texts) < 100 {
		t.Fatal(len(texts), err)
	}
	for _, path := range texts {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".txt"), "-alt")
		want, err := os.ReadFile(filepath.Join(dir, "json", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		fromText, err := cql.Parse(string(text))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		fromJSON, err := cql.Read(cql.LangJSON, string(want), cql.CRS84)
		if err != nil {
			t.Errorf("%s.json: %v", name, err)
			continue
		}
		if fromText.String() != fromJSON.String() {
			t.Errorf("%s is %s, its JSON is %s", path, fromText, fromJSON)
		}
		got, err := json.Marshal(fromText)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(decoded(t, want), decoded(t, got)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestJSONIsRefusedBeforeItIsTooDeep(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		strings.Repeat(`{"op":"not","args":[`, 3000) + "true" + strings.Repeat("]}", 3000): "deeper",
		strings.Repeat(`[`, 50_000): "deeper",
		strings.Repeat(`{"op":"not","args":[`, 63) + "true" + strings.Repeat("]}", 63): "",
		`{"op":"=","args":["` + strings.Repeat(`[\"{`, 200) + `","x"]}`:                "",
		`{"op":"=","args":[1]}`: "arguments", `{"op":"and","args":[true,1]}`: "conditions", `{"op":"in","args":[1,2]}`: "array", `{"op":"=","args":[1,null]}`: "isNull", `{"property":"a"}`: "condition",
		`{"op":"s_within","args":[{"type":"Circle","coordinates":[1,2]},{"property":"geom"}]}`: "Circle", `{"op":"s_within","args":[{"type":"Point","coordinates":[[1,2]]},{"property":"geom"}]}`: "two numbers",
		`{"op":"=","args":[{"what":1},1]}`: "args/0", `{"op":5,"args":[1,1]}`: "text",
	} {
		_, err := cql.Read(cql.LangJSON, text, cql.CRS84)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %v, want %s", text, err, want)
		}
	}
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// naturalEarth is the standard's test data as three layers.
func naturalEarth(t *testing.T) *layers.Store {
	t.Helper()
	source := published(t, "data/ne110m4cql2.gpkg")
	pool := dbtest.New(t)
	command := exec.Command("ogr2ogr", "-q", "-f", "PostgreSQL", "PG:"+dbtest.URL(t), source, "-lco", "SCHEMA=public", "-lco", "LAUNDER=NO", "-lco", "GEOMETRY_NAME=geom", "-lco", "FID=fid")
	command.Env = append(os.Environ(), "PGTZ=UTC") // this ogr2ogr writes the times of a GeoPackage, which are UTC, without their zone
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("ogr2ogr: %v\n%s", err, out)
	}
	store := layers.New(pool)
	for _, name := range []string{"ne_110m_admin_0_countries", "ne_110m_populated_places_simple", "ne_110m_rivers_lake_centerlines"} {
		_, err := store.Publish(t.Context(), layers.Anonymous, layers.PublishOptions{Layer: layers.Layer{Name: name, Title: name}, TableSchema: "public", TableName: name})
		if err != nil {
			t.Fatal(err)
		}
	}
	return store
}

// matched counts what a filter selects; -1 = it is refused.
func matched(t *testing.T, store *layers.Store, layer string, f *cql.Filter) int64 {
	t.Helper()
	page, err := store.Find(t.Context(), layers.Anonymous, layer, layers.Query{Filter: f, Count: true, Limit: 1})
	if err != nil {
		t.Errorf("%s: %v", f, err)
		return -1
	}
	return page.Matched
}

func TestNaturalEarth(t *testing.T) {
	t.Parallel()
	store := naturalEarth(t)
	t.Run("predicates", func(t *testing.T) { publishedPredicates(t, store) })
	t.Run("classes", func(t *testing.T) { classesOfTheStandard(t, store) })
	t.Run("coordinates", func(t *testing.T) { geometriesInOtherCoordinates(t, store) })
}

// The published predicates select as many features as is published with them, and so do the same ones written again, as
// text and as JSON.
func publishedPredicates(t *testing.T, store *layers.Store) {
	n := 0
	for _, row := range predicates(t) {
		f, err := cql.Parse(row.predicate)
		if err != nil {
			t.Errorf("%s: %v", row.predicate, err)
			continue
		}
		n++
		inJSON, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		asJSON, err := cql.Read(cql.LangJSON, string(inJSON), cql.CRS84)
		if err != nil {
			t.Errorf("%s: %v", inJSON, err)
			continue
		}
		asText, err := cql.Parse(f.String())
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		for _, f := range []*cql.Filter{f, asJSON, asText} {
			if got := matched(t, store, row.layer, f); got != row.want {
				t.Errorf("%s: %s selects %d, want %d", row.predicate, f, got, row.want)
			}
		}
	}
	if n < 139 {
		t.Errorf("only %d predicates", n)
	}
}

type predicate struct {
	layer, predicate string
	want             int64
}

// predicates are the published ones. Rows of four are to be combined as the standard's annex A says.
func predicates(t *testing.T) []predicate {
	t.Helper()
	file, err := os.Open(published(t, "ats_predicates_A.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comma = '\t'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []predicate
	for _, row := range rows[1:] {
		want, err := strconv.ParseInt(row[5], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		p := predicate{row[3], row[4], want}
		if four := strings.Split(row[4], "` |`"); len(four) == 4 {
			p.layer = "ne_110m_populated_places_simple"
			p.predicate = fmt.Sprintf("((NOT (%[2]s) AND %[1]s) OR (%[3]s AND %[4]s) OR NOT (%[1]s OR %[4]s))", four[0], four[1], four[2], four[3])
		}
		all = append(all, p)
	}
	return all
}
