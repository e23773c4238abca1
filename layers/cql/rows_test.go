package cql_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/layers/cql"
	"onemap/migrations/dbtest"
)

// shapes is a layer of geometries as other people have them.
func shapes(t *testing.T) (*pgxpool.Pool, *layers.Store) {
	t.Helper()
	pool := dbtest.New(t)
	store := layers.New(pool)
	def := layers.Definition{Layer: layers.Layer{Name: "shape", Title: "shape", GeometryType: "Geometry", SRID: 4490, Writable: true, Tracked: true}, Columns: []layers.Column{
		{Property: layers.Property{Name: "name", Type: layers.String}, SQLType: "text"}, {Property: layers.Property{Name: "tags", Type: layers.JSON}, SQLType: "jsonb"},
		{Property: layers.Property{Name: "x", Type: layers.Number}, SQLType: "double precision"}, {Property: layers.Property{Name: "at", Type: layers.DateTime}, SQLType: "timestamptz"},
		{Property: layers.Property{Name: "day", Type: layers.Date}, SQLType: "date"}, {Property: layers.Property{Name: "n", Type: layers.Integer}, SQLType: "bigint"},
	}}
	if _, err := store.Create(t.Context(), layers.Anonymous, def); err != nil {
		t.Fatal(err)
	}
	for _, row := range [][2]string{
		{"square", "POLYGON((0 0, 10 0, 10 10, 0 10, 0 0))"},
		{"bow tie", "POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))"},
		{"hole outside", "POLYGON((0 0, 10 0, 10 10, 0 10, 0 0), (-5 -5, 5 -5, 5 5, -5 5, -5 -5))"},
		{"overlapping parts", "MULTIPOLYGON(((0 0, 10 0, 10 10, 0 10, 0 0)), ((5 5, 15 5, 15 15, 5 15, 5 5)))"},
		{"spike", "POLYGON((0 0, 10 0, 20 0, 10 0, 10 10, 0 0))"},
		{"no size", "LINESTRING(1 1, 1 1)"},
		{"not a number", "LINESTRING(NaN NaN, 1 1)"},
		{"empty", "POLYGON EMPTY"},
		{"nothing", ""},
		{"collection", "GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(0 0, 20 20), POLYGON((0 0, 10 0, 10 10, 0 10, 0 0)))"},
		{"point", "POINT(1 1)"},
	} {
		_, err := pool.Exec(t.Context(), `insert into layer.shape (name, geom, tags, x, at, day, n) values
			($1, st_setsrid(nullif($2, '')::geometry, 4490), '["a", 1]', 'NaN', 'infinity', '-infinity', 9223372036854775807)`, row[0], row[1])
		if err != nil {
			t.Fatalf("%s: %v", row[0], err)
		}
	}
	return pool, store
}

// Whatever a row holds, a filter gives an answer: geometries that GEOS refuses are repaired for the question, and where there is
// none it is unknown.
func TestNoRowFailsAFilter(t *testing.T) {
	t.Parallel()
	pool, store := shapes(t)
	l, err := store.Layer(t.Context(), layers.Anonymous, "shape")
	if err != nil {
		t.Fatal(err)
	}
	count := func(text string) (yes, no, unknown int64) {
		f, err := cql.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		rows, err := store.Rows(t.Context(), l, layers.Query{Filter: f})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		sql := fmt.Sprintf("select count(*) filter (where truth), count(*) filter (where not truth), count(*) filter (where truth is null) from (select (%s) truth from %s offset 0) x", rows.Where, rows.From)
		if err := pool.QueryRow(t.Context(), sql, rows.Args).Scan(&yes, &no, &unknown); err != nil {
			t.Errorf("%s: %v", text, err)
			return -1, -1, -1
		}
		return yes, no, unknown
	}
	for _, literal := range []string{
		"POINT(1 1)", "LINESTRING(0 0, 20 20)", "POLYGON((1 1, 15 1, 15 5, 1 5, 1 1))", "POLYGON((1 1, 15 1, 1 5, 15 5, 1 1))", "BBOX(-1, -1, 20, 20)", "BBOX(5, 5, 5, 5)", "BBOX(170, 0, 7, 7)",
		"MULTIPOLYGON(((0 0, 10 0, 10 10, 0 10, 0 0)), ((5 5, 15 5, 15 15, 5 15, 5 5)))", "GEOMETRYCOLLECTION(POINT(1 1), POLYGON((1 1, 15 1, 15 5, 1 5, 1 1)))", "geom", "centroid(geom)", "LINESTRING Z(0 0 1, 0 0 2)",
	} {
		for _, predicate := range []string{"S_INTERSECTS", "S_EQUALS", "S_DISJOINT", "S_TOUCHES", "S_WITHIN", "S_OVERLAPS", "S_CROSSES", "S_CONTAINS"} {
			for _, text := range []string{fmt.Sprintf("%s(geom, %s)", predicate, literal), fmt.Sprintf("%s(%s, geom)", predicate, literal)} {
				if yes, no, unknown := count(text); yes+no+unknown != 11 || unknown > 2 {
					t.Errorf("%s is true of %d, false of %d and unknown of %d", text, yes, no, unknown)
				}
			}
		}
		count(fmt.Sprintf("dwithin(geom, %s, 5)", literal))
	}
	for text, want := range map[string]int64{
		`S_INTERSECTS(geom, BBOX(1, 1, 2, 2))`:   8, // all but the line without an end, the empty one and the null one
		`S_DISJOINT(geom, BBOX(50, 50, 51, 51))`: 10,
		`x / 0 = 1`:                              0, `x % 2 = 1`: 0, `x + 1 > 0`: 11, `x ^ 2 > 0`: 0, `x DIV 2 > 0`: 11, `sqrt(x) > 0`: 0, `substring(name, x, x) = name`: 0, `substring(name, -5, n) = name`: 11, `n + n > n`: 11, `n * n * n > 0`: 11,
		`n ^ 100 > 1`: 0, `n ^ 9 > 1`: 11, `x < 1e308 * 1e308`: 0, `x > 1e308 * 1e308 * n`: 11, `abs(-9223372036854775808) > n`: 11, `round(x) > 1`: 11, `year(at) > 1 OR month(day) > 1`: 11, `T_INTERSECTS(at, day)`: 0, `T_BEFORE(day, at)`: 11, `T_DURING(INTERVAL(day, at), INTERVAL('2020-01-01', '..'))`: 0, `at > day`: 11,
		`area(geom) >= 0 AND lineLength(geom) >= 0 AND numPoints(geom) >= 0 AND isValid(geom)`: 4, `geometryType(geom) = 'Polygon'`: 5,
		`A_CONTAINS(tags, ('a'))`: 11, `A_CONTAINS(tags, ('a', 1.0))`: 11, `A_CONTAINS(tags, ('a', 2))`: 0, `A_CONTAINEDBY(tags, (1, 'a', 'b'))`: 11, `A_EQUALS((1, 'a'), tags)`: 11, `A_EQUALS(tags, ('a'))`: 0,
		`A_OVERLAPS(tags, (2, 'a'))`: 11, `A_OVERLAPS(tags, (2, 'b'))`: 0, `A_OVERLAPS(tags, ())`: 0, `A_CONTAINS(tags, ())`: 11, `A_CONTAINS(tags, (name, TRUE))`: 0, `tags IS NULL`: 0, `A_EQUALS(('x', (n + 1) * 0), ('x', 0))`: 11,
	} {
		if got, _, _ := count(text); got != want {
			t.Errorf("%s selects %d, want %d", text, got, want)
		}
	}
}

// Arrays are those of PostgreSQL too, in tables of other people.
func TestArraysOfOtherTables(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	_, err := pool.Exec(t.Context(), `create table public.well (id integer primary key, kinds text[], depths integer[]);
		insert into public.well values (1, '{a,b}', '{10,20}'), (2, '{b}', '{}'), (3, null, '{30}')`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Publish(t.Context(), layers.Anonymous, layers.PublishOptions{Layer: layers.Layer{Name: "well"}, TableSchema: "public", TableName: "well"}); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int64{
		`A_CONTAINS(kinds, ('b'))`: 2, `A_EQUALS(kinds, ('b', 'a'))`: 1, `A_OVERLAPS(depths, (20, 30))`: 2, `A_CONTAINEDBY(depths, (10, 20))`: 2, `kinds IS NULL`: 1, `NOT A_CONTAINS(kinds, ('a'))`: 1,
	} {
		f, err := cql.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := matched(t, store, "well", f); got != want {
			t.Errorf("%s selects %d, want %d", text, got, want)
		}
	}
	f, err := store.Feature(t.Context(), layers.Anonymous, "well", "1", layers.Query{})
	if err != nil || fmt.Sprint(f.Properties...) != "[a b] [10 20]" {
		t.Errorf("%v, %v", f, err)
	}
}

// What a filter asks of space and of ids is asked of their indexes.
func TestFiltersUseIndexes(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	def := layers.Definition{Layer: layers.Layer{Name: "lot", Title: "lot", GeometryType: "Polygon", SRID: 4490, IDField: "code", Writable: true, Tracked: true}, Columns: []layers.Column{
		{Property: layers.Property{Name: "code", Type: layers.String}, SQLType: "text"},
	}}
	l, err := store.Create(t.Context(), layers.Anonymous, def)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), "set enable_seqscan = off"); err != nil {
		t.Fatal(err)
	}
	for text, index := range map[string]string{
		`code = 'x'`: "lot_code_idx", `code IN ('x', 'y')`: "lot_code_idx",
		`S_INTERSECTS(geom, BBOX(116, 35, 117, 36))`: "lot_geom_idx", `S_WITHIN(POINT(116 35), geom)`: "lot_geom_idx", `S_EQUALS(geom, POLYGON((0 0, 1 0, 1 1, 0 0)))`: "lot_geom_idx",
		`S_TOUCHES(geom, BBOX(170, 1, -170, 2))`: "lot_geom_idx", `dwithin(geom, POINT(116 35), 100)`: "lot_geom_idx",
	} {
		f, err := cql.Read(cql.LangText, text, cql.CRS84)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := store.Rows(t.Context(), l, layers.Query{Filter: f})
		if err != nil {
			t.Fatal(err)
		}
		lines, err := conn.Query(t.Context(), "explain select from "+rows.From+" where "+rows.Where, rows.Args)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := pgx.CollectRows(lines, pgx.RowTo[string])
		if err != nil || !strings.Contains(strings.Join(plan, "\n"), index) {
			t.Errorf("%s: %v\n%s", text, err, strings.Join(plan, "\n"))
		}
	}
}
