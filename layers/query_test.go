package layers_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// town makes the invented layer the reading tests ask: parcels around 116.09° E, 35.80° N, a thing of every kind in it.
func town(t *testing.T) (*layers.Store, *pgxpool.Pool) {
	t.Helper()
	pool := dbtest.New(t)
	store := layers.New(pool)
	def := layers.Definition{
		Layer: layers.Layer{
			Name: "parcel", Title: "地块", GeometryType: "MultiPolygon", SRID: 4490,
			IDField: "code", TimeField: "surveyed", LabelField: "name", Writable: true, Tracked: true, Grade: "L1", Theme: "other",
		},
		Columns: []layers.Column{
			{Property: layers.Property{Name: "code", Title: "编号", Role: "search"}, SQLType: "text"},
			{Property: layers.Property{Name: "name", Title: "名称", Role: "search"}, SQLType: "text"},
			{Property: layers.Property{Name: "area", Title: "面积", Unit: "m2"}, SQLType: "numeric(18,2)"},
			{Property: layers.Property{Name: "storeys", Title: "层数"}, SQLType: "integer"},
			{Property: layers.Property{Name: "surveyed", Title: "调查时间"}, SQLType: "timestamptz"},
			{Property: layers.Property{Name: "built", Title: "建成"}, SQLType: "date"},
			{Property: layers.Property{Name: "public", Title: "公共"}, SQLType: "boolean"},
		},
	}
	if _, err := store.Create(t.Context(), layers.Anonymous, def); err != nil {
		t.Fatal(err)
	}
	_, err := pool.Exec(t.Context(), `
		insert into layer.parcel (code, name, area, storeys, surveyed, built, public, geom) values
		('0101', '王庄村委会', 1000.50, 2, '2024-05-01 08:00:00+08', '2001-02-03', true,  'SRID=4490;MULTIPOLYGON(((116.0 35.7, 116.1 35.7, 116.1 35.8, 116.0 35.8, 116.0 35.7)))'),
		('0102', '王庄小学',   2000.00, 3, '2025-05-01 08:00:00+08', '2011-02-03', true,  'SRID=4490;MULTIPOLYGON(((116.1 35.7, 116.2 35.7, 116.2 35.8, 116.1 35.8, 116.1 35.7)))'),
		('0103', '100%_\仓库', null,    1, null,                     null,         false, 'SRID=4490;MULTIPOLYGON(((116.3 35.7, 116.4 35.7, 116.4 35.8, 116.3 35.8, 116.3 35.7)))'),
		('0104', '无图',        5.00,    null, '2026-01-01 00:00:00+08', null,      null,  null),
		('0105', '自相交',      7.00,    9, '2026-01-02 00:00:00+08', null,         false, 'SRID=4490;MULTIPOLYGON(((116.30 35.90, 116.32 35.92, 116.32 35.90, 116.30 35.92, 116.30 35.90)))')`)
	if err != nil {
		t.Fatal(err)
	}
	return store, pool
}

func codes(t *testing.T, store *layers.Store, q layers.Query) string {
	t.Helper()
	var found []string
	for f, err := range store.Stream(t.Context(), layers.Anonymous, "parcel", q) {
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, f.Properties[0].(string)[2:])
	}
	return strings.Join(found, " ")
}

func TestOneWhere(t *testing.T) {
	t.Parallel()
	store, _ := town(t)
	at := func(s string) *time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return &v
	}
	open, far := time.Time{}, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	open = open.AddDate(-1, 0, 0)
	for _, c := range []struct {
		name string
		q    layers.Query
		want string
	}{
		{"everything, by key", layers.Query{}, "01 02 03 04 05"},
		{"bounds: touching counts, and so does no geometry", layers.Query{Bounds: &layers.Bounds{115.9, 35.6, 116.0, 35.7}}, "01 04"},
		{"bounds of one point", layers.Query{Bounds: &layers.Bounds{116.35, 35.75, 116.35, 35.75}}, "03 04"},
		{"bounds in metres", layers.Query{Bounds: &layers.Bounds{12923079, 4262000, 12923080, 4263000}, BoundsSRID: 3857}, "01 04"},
		{"the whole world", layers.Query{Bounds: &layers.Bounds{-180, -90, 180, 90}}, "01 02 03 04 05"},
		{"across the antimeridian", layers.Query{Bounds: &layers.Bounds{116.25, 35, -170, 36}}, "03 04 05"},
		{"a polygon that crosses itself is no error", layers.Query{Bounds: &layers.Bounds{116.305, 35.90, 116.306, 35.92}}, "04 05"},
		{"from a moment, inclusive; no time matches", layers.Query{Datetime: &layers.Interval{Start: at("2025-05-01T00:00:00Z")}}, "02 03 04 05"},
		{"within", layers.Query{Datetime: &layers.Interval{Start: at("2024-01-01T00:00:00Z"), End: at("2024-12-31T00:00:00Z")}}, "01 03"},
		{"ends no calendar of PostgreSQL has", layers.Query{Datetime: &layers.Interval{Start: &open, End: &far}}, "01 02 03 04 05"},
		{"text", layers.Query{Equal: []layers.Equal{{Property: "name", Values: []string{"无图", "王庄小学"}}}}, "02 04"},
		{"number of another scale", layers.Query{Equal: []layers.Equal{{Property: "area", Values: []string{"1000.5"}}}}, "01"},
		{"two properties", layers.Query{Equal: []layers.Equal{{Property: "public", Values: []string{"true"}}, {Property: "storeys", Values: []string{"3"}}}}, "02"},
		{"date", layers.Query{Equal: []layers.Equal{{Property: "built", Values: []string{"2011-02-03"}}}}, "02"},
		{"a quote is only a letter", layers.Query{Equal: []layers.Equal{{Property: "name", Values: []string{"' or true --"}}}}, ""},
	} {
		if got := codes(t, store, c.q); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestBadQuestionsAreInvalid(t *testing.T) {
	t.Parallel()
	store, _ := town(t)
	other, err := store.Find(t.Context(), layers.Anonymous, "parcel", layers.Query{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]layers.Query{
		"no such property":         {Equal: []layers.Equal{{Property: "colour", Values: []string{"red"}}}},
		"no number":                {Equal: []layers.Equal{{Property: "storeys", Values: []string{"two"}}}},
		"no date":                  {Equal: []layers.Equal{{Property: "built", Values: []string{"2001-99-99"}}}},
		"a number beyond bigint":   {Equal: []layers.Equal{{Property: "storeys", Values: []string{"99999999999999999999"}}}},
		"a cursor of nobody's":     {After: "%%%"},
		"a cursor of another page": {After: other.Next, Equal: []layers.Equal{{Property: "storeys", Values: []string{"2"}}}},
		"no coordinate":            {Bounds: &layers.Bounds{math.NaN(), 0, 1, 1}},
	} {
		if _, err := store.Find(t.Context(), layers.Anonymous, "parcel", q); !errors.Is(err, layers.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
}

func TestPagesAreWholeAndStable(t *testing.T) {
	t.Parallel()
	store, pool := town(t)
	for limit := 1; limit <= 6; limit++ {
		var all []string
		q := layers.Query{Limit: limit, Count: true}
		for pages := 0; ; pages++ {
			page, err := store.Find(t.Context(), layers.Anonymous, "parcel", q)
			if err != nil {
				t.Fatal(err)
			}
			if page.Matched != 5 {
				t.Errorf("matched %d, want 5", page.Matched)
			}
			for _, f := range page.Features {
				all = append(all, f.ID)
			}
			if page.Next == "" {
				break
			}
			if strings.Trim(page.Next, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
				t.Fatalf("cursor %q does not fit a URL as it is", page.Next)
			}
			q.After = page.Next
		}
		if want := []string{"1", "2", "3", "4", "5"}; !slices.Equal(all, want) {
			t.Errorf("pages of %d: %v, want %v", limit, all, want)
		}
	}
	// A row that goes away between two pages takes no other with it.
	first, err := store.Find(t.Context(), layers.Anonymous, "parcel", layers.Query{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "delete from layer.parcel where fid = 2"); err != nil {
		t.Fatal(err)
	}
	second, err := store.Find(t.Context(), layers.Anonymous, "parcel", layers.Query{Limit: 2, After: first.Next})
	if err != nil {
		t.Fatal(err)
	}
	if second.Features[0].ID != "3" {
		t.Errorf("the page after a deletion begins with %s, want 3", second.Features[0].ID)
	}
}

func TestFeatureByID(t *testing.T) {
	t.Parallel()
	store, _ := town(t)
	f, err := store.Feature(t.Context(), layers.Anonymous, "parcel", "1", layers.Query{})
	if err != nil {
		t.Fatal(err)
	}
	want := []any{"0101", "王庄村委会", json.Number("1000.50"), int64(2), "2024-05-01T08:00:00+08:00", "2001-02-03", true}
	if diff := cmp.Diff(want, f.Properties); diff != "" {
		t.Error(diff)
	}
	if c := f.Geometry.FlatCoords(); c[0] != 116.0 || c[1] != 35.7 {
		t.Errorf("first corner %v, want 116 35.7: east first", c[:2])
	}
	if f.Version == 0 {
		t.Error("a row of our own table has no version")
	}
	for _, id := range []string{"99", "abc", "99999999999999999999999", "-1", "1 or 1=1", "", "1.5"} {
		if _, err := store.Feature(t.Context(), layers.Anonymous, "parcel", id, layers.Query{}); !errors.Is(err, layers.ErrNotFound) {
			t.Errorf("id %q: %v, want ErrNotFound", id, err)
		}
	}
	if _, err := store.Feature(t.Context(), layers.Anonymous, "nowhere", "1", layers.Query{}); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("unknown layer: %v, want ErrNotFound", err)
	}
}

// The page and search lean on indexes whatever the size of a layer: the plan says so, not a stopwatch.
func TestHotQueriesUseIndexes(t *testing.T) {
	t.Parallel()
	_, pool := town(t)
	if _, err := pool.Exec(t.Context(), `insert into layer.parcel (code, geom)
		select 'n' || i, st_multi(st_makeenvelope(116 + i * 1e-5, 35.6, 116 + (i + 1) * 1e-5, 35.6001, 4490)) from generate_series(1, 20000) i`); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "analyze layer.parcel"); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`select fid from layer.parcel where geom && st_makeenvelope(116, 35.6, 116.001, 35.7, 4490)`,
		`select fid from layer.parcel where geom_3857 && st_tileenvelope(18, 215600, 103100)`,
		`select fid from layer.parcel where fid > 700 order by fid limit 11`,
		`select fid from layer.parcel where code collate "C" like 'n1234%'`,
	} {
		rows, err := pool.Query(t.Context(), "explain "+sql)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		if plan := strings.Join(lines, "\n"); strings.Contains(plan, "Seq Scan") || !strings.Contains(plan, "Index") {
			t.Errorf("%s\n%s", sql, plan)
		}
	}
}
