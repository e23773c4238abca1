package layers_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
)

// past is the layer as of a position: a line of column names, a line for each row.
func past(t *testing.T, store *layers.Store, pos int64) []string {
	t.Helper()
	names, rows, err := store.History(t.Context(), layers.Anonymous, "well", pos)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{strings.Join(names, " ")}
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(row...))
	}
	return lines
}

// present is the same of the table itself.
func present(t *testing.T, pool *pgxpool.Pool) []string {
	t.Helper()
	var columns []string
	rows, err := pool.Query(t.Context(), `select attname from pg_attribute where attrelid = 'layer.well'::regclass and attnum > 0
		and not attisdropped and attname not in ('version', 'geom_3857') order by attnum`)
	if err == nil {
		columns, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{strings.Join(columns, " ")}
	rows, err = pool.Query(t.Context(), `select "`+strings.Join(columns, `", "`)+`" from layer.well order by 1`, pgx.QueryExecModeDescribeExec) // a cached plan would not stand a change of type
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(values...))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// TestEveryMomentIsReadBackExactly writes at random, by two who interleave, with schema changes in between, keeps a
// copy of what could be seen at each position, and asks for all of them at the end.
func TestEveryMomentIsReadBackExactly(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			store, pool := wells(t)
			random := rand.New(rand.NewPCG(seed, 7))
			shadow := map[int64][]string{position(t, store): present(t, pool)}
			column, columns := "depth", 0
			var open pgx.Tx // the second writer, on features beyond 1000
			for range 150 {
				switch n := random.IntN(20); {
				case n < 5:
					exec(t, pool, "insert into layer.well (name, geom) select $1, st_setsrid(st_point(116 + random(), 35), 4490) from generate_series(1, $2)", fmt.Sprint(n), 1+random.IntN(5))
				case n < 9:
					exec(t, pool, "update layer.well set name = name || 'x' where fid % 5 = $1 and fid < 1000", random.IntN(5))
				case n < 11:
					exec(t, pool, "delete from layer.well where fid % 7 = $1 and fid < 1000", random.IntN(7))
				case n < 14 && open == nil:
					var err error
					if open, err = pool.Begin(t.Context()); err != nil {
						t.Fatal(err)
					}
					defer open.Rollback(t.Context())
					if _, err := open.Exec(t.Context(), `insert into layer.well (fid, name) overriding system value values ($1, 'second')
						on conflict (fid) do update set name = well.name || 'y'`, 1000+random.IntN(5)); err != nil {
						t.Fatal(err)
					}
				case n < 16 && open != nil:
					if err := open.Commit(t.Context()); err != nil {
						t.Fatal(err)
					}
					open = nil
				case open != nil: // the rest would wait for it
				case n == 16:
					exec(t, pool, "truncate layer.well")
				case n == 17:
					columns++
					exec(t, pool, fmt.Sprintf("alter table layer.well rename %s to c%d; update layer.well set name = 'r' where fid %% 3 = 0", column, columns))
					column = fmt.Sprintf("c%d", columns)
				case n == 18:
					columns++
					exec(t, pool, fmt.Sprintf("alter table layer.well drop column %s, add column c%d numeric default %[2]d", column, columns))
					column = fmt.Sprintf("c%d", columns)
				case n == 19:
					exec(t, pool, fmt.Sprintf("alter table layer.well alter column %s type %s using length(%[1]s::text)", column, []string{"text", "numeric", "integer"}[random.IntN(3)]))
				}
				sequence(t, pool)
				shadow[position(t, store)] = present(t, pool)
			}
			if open != nil {
				if err := open.Rollback(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			for pos, want := range shadow {
				if diff := cmp.Diff(want, past(t, store, pos)); diff != "" {
					t.Fatalf("as of %d: %s", pos, diff)
				}
				if _, err := store.Find(t.Context(), layers.Anonymous, "well", layers.Query{AsOf: pos, Count: true}); err != nil {
					t.Fatalf("as of %d with the present columns: %v", pos, err)
				}
			}
		})
	}
}

func TestTheSchemaIsFollowed(t *testing.T) {
	t.Parallel()
	const row = "insert into layer.well (name, depth) values ('a', 1.5); "
	for _, test := range []struct {
		name, sql string
		want      string // the schema changes told
		fails     bool
	}{
		{name: "column added", sql: `alter table layer.well add column "Größe" text default 'x'`, want: `[add "Größe"]`},
		{name: "column renamed", sql: `alter table layer.well rename depth to d`, want: "[rename depth to d]"},
		{name: "column dropped", sql: `alter table layer.well drop column depth`, want: "[] [drop depth]"},
		{name: "column dropped by us", sql: `select onemap.drop_column('well', 'depth')`, want: "[] [drop depth]"},
		{name: "column dropped, spelled oddly", sql: `ALTER TABLE "layer" . "well" DROP depth`, want: "[] [drop depth]"},
		{name: "column dropped behind our back", sql: `do $$ begin execute 'alter table layer.' || 'well drop column depth'; end $$`, fails: true},
		{name: "type changed", sql: `alter table layer.well alter depth type text`, want: "[] [type depth]"},
		{name: "trigger dropped", sql: `drop trigger onemap_update on layer.well`, want: "[triggers]"},
		{name: "trigger disabled", sql: `alter table layer.well disable trigger all`, want: "[triggers]"},
		{name: "replica", sql: `set session_replication_role = replica; set session_replication_role = origin`},
		{name: "table renamed", sql: `alter table layer.well rename to brunnen`, want: "[table layer.brunnen]"},
		{name: "table moved", sql: `alter table layer.well set schema public`, want: "[table public.well]"},
		{name: "version renamed", sql: `alter table layer.well rename version to v`, fails: true},
		{name: "another table of the name", sql: `create table public.well (depth int, x int); alter table well drop depth; drop table well`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			store, pool := wells(t)
			exec(t, pool, row)
			sequence(t, pool)
			before := position(t, store)
			then := past(t, store, before)
			_, err := pool.Exec(t.Context(), test.sql)
			if (err != nil) != test.fails {
				t.Fatalf("%v, want failure: %v", err, test.fails)
			}
			exec(t, pool, "select onemap.maintain()")
			sequence(t, pool)
			changes, err := store.Changes(t.Context(), before, 100)
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, c := range changes {
				if c.Columns != nil {
					told = append(told, fmt.Sprint(c.Columns))
				}
			}
			if got := strings.Join(told, " "); got != test.want {
				t.Errorf("told %s, want %s", got, test.want)
			}
			if diff := cmp.Diff(then, past(t, store, before)); diff != "" {
				t.Errorf("as of before: %s", diff)
			}
			layer, err := store.Layer(t.Context(), layers.Anonymous, "well")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Find(t.Context(), layers.Anonymous, "well", layers.Query{}); err != nil {
				t.Error(err)
			}
			exec(t, pool, fmt.Sprintf(`insert into %s (name) values ('later')`, pgx.Identifier{layer.Table.Schema, layer.Table.Name}.Sanitize()))
			sequence(t, pool)
			after := position(t, store)
			if got := said(t, store, after-1); len(got) != 1 || !strings.HasPrefix(got[0], "insert") {
				t.Errorf("a write afterwards is told as %q", got)
			}
		})
	}
}

func TestADroppedTableStaysReadable(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{"drop table layer.well", "drop schema layer cascade", "set search_path = layer, public; drop table well; reset search_path"} {
		t.Run(sql, func(t *testing.T) {
			t.Parallel()
			store, pool := wells(t)
			exec(t, pool, "insert into layer.well (name, depth) values ('a', 1.5), ('b', 2)")
			sequence(t, pool)
			before := position(t, store)
			then := past(t, store, before)
			exec(t, pool, sql)
			sequence(t, pool)
			if diff := cmp.Diff(then, past(t, store, before)); diff != "" {
				t.Error(diff)
			}
			if now := past(t, store, position(t, store)); len(now) != 1 {
				t.Errorf("afterwards: %v", now)
			}
			if _, err := store.Layer(t.Context(), layers.Anonymous, "well"); !errors.Is(err, layers.ErrNotFound) {
				t.Errorf("the layer: %v", err)
			}
			if got := strings.Join(said(t, store, before), "; "); !strings.Contains(got, "drop ") {
				t.Errorf("log: %s", got)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	store, pool := wells(t)
	after := position(t, store)
	load := func(mode layers.LoadMode, names ...string) {
		t.Helper()
		rows := [][]any{}
		for _, n := range names {
			rows = append(rows, []any{n})
		}
		_, err := store.Load(t.Context(), layers.Actor{ID: "test"}, "well", []string{"name"}, pgx.CopyFromRows(rows), layers.LoadOptions{Mode: mode, Reason: "survey"})
		if err != nil {
			t.Fatal(err)
		}
		sequence(t, pool)
	}
	var want [][]string
	var positions []int64
	step := func() {
		positions = append(positions, position(t, store))
		want = append(want, present(t, pool))
	}
	load(layers.Append, "a", "b")
	step()
	load(layers.Append, "c")
	step()
	load(layers.Replace, "d")
	step()
	exec(t, pool, "update layer.well set name = 'e'")
	sequence(t, pool)
	if diff := cmp.Diff([]string{"load n=2 +2", "load n=1 +1", "load n=1 -2", "update n=1 +0 fid=4 [name]"}, said(t, store, after)); diff != "" {
		t.Error(diff)
	}
	for i, pos := range positions {
		if diff := cmp.Diff(want[i], past(t, store, pos)); diff != "" {
			t.Errorf("as of step %d: %s", i, diff)
		}
	}
	var indexes int
	if err := pool.QueryRow(t.Context(), "select count(*) from pg_indexes where schemaname = 'layer' and tablename = 'well'").Scan(&indexes); err != nil || indexes != 4 {
		t.Errorf("%d indexes, want 4 (%v)", indexes, err)
	}
	_, err := store.Load(t.Context(), layers.Anonymous, "well", []string{"nome"}, pgx.CopyFromRows(nil), layers.LoadOptions{})
	if !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("unknown column: %v", err)
	}
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	store, _ := wells(t)
	column := func(name, sqlType string) []layers.Column {
		return []layers.Column{{Property: layers.Property{Name: name}, SQLType: sqlType}}
	}
	for field, test := range map[string]struct {
		def  layers.Definition
		want error
	}{
		"name":            {layers.Definition{Layer: layers.Layer{Name: "No", Title: "x"}}, layers.ErrInvalid},
		"title":           {layers.Definition{Layer: layers.Layer{Name: "no"}}, layers.ErrInvalid},
		"geometryType":    {layers.Definition{Layer: layers.Layer{Name: "no", Title: "x", GeometryType: "Kreis"}}, layers.ErrInvalid},
		"columns[0].name": {layers.Definition{Layer: layers.Layer{Name: "no", Title: "x"}, Columns: column("version", "text")}, layers.ErrInvalid},
		"sqlType":         {layers.Definition{Layer: layers.Layer{Name: "no", Title: "x"}, Columns: column("a", "text); drop table x; --")}, layers.ErrInvalid},
		"idField":         {layers.Definition{Layer: layers.Layer{Name: "no", Title: "x", IDField: "b"}, Columns: column("a", "text")}, layers.ErrInvalid},
		"well":            {layers.Definition{Layer: layers.Layer{Name: "well", Title: "x"}}, layers.ErrConflict},
	} {
		if _, err := store.Create(t.Context(), layers.Anonymous, test.def); !errors.Is(err, test.want) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestAnExistingTableIsPublishedAsItIs(t *testing.T) {
	t.Parallel()
	store, pool := wells(t)
	exec(t, pool, `create schema "Amt 1";
		create table "Amt 1"."Straßen Nr.1" ("Schlüssel %s" int primary key, "Name" text, "Geom.1" geometry(LineString, 4548));
		insert into "Amt 1"."Straßen Nr.1" values (7, 'a', 'SRID=4548;LINESTRING(500000 3960000, 500100 3960000)');
		create view "Amt 1".v as select "Name", "Geom.1"::geometry as g from "Amt 1"."Straßen Nr.1";
		create table public.nosrid (id int primary key, g geometry)`)
	layer := func(name string) layers.Layer { return layers.Layer{Name: name, Title: name} }
	_, err := store.Publish(t.Context(), layers.Anonymous, layers.PublishOptions{Layer: layer("x"), TableSchema: "public", TableName: "nosrid"})
	if !errors.Is(err, layers.ErrInvalid) || !strings.Contains(err.Error(), "UpdateGeometrySRID") {
		t.Errorf("no SRID: %v", err)
	}
	view, err := store.Publish(t.Context(), layers.Anonymous, layers.PublishOptions{Layer: layer("view"), TableSchema: "Amt 1", TableName: "v"})
	if err != nil || view.Writable || view.SRID != 4548 || view.Table.Key != "" {
		t.Errorf("view: %+v, %v", view, err)
	}
	street, err := store.Publish(t.Context(), layers.Anonymous, layers.PublishOptions{Layer: layer("street"), TableSchema: "Amt 1", TableName: "Straßen Nr.1", Track: true})
	if err != nil {
		t.Fatal(err)
	}
	if street.Table.Key != "Schlüssel %s" || street.Table.Geom != "Geom.1" || street.GeometryType != "LineString" || street.Properties[0].Name != "Name" {
		t.Errorf("street: %+v", street)
	}
	if street.Style.Kind != "line" || street.Style.Colour == "" || !street.Style.Visible {
		t.Errorf("street is drawn as %+v, a line that is seen was wanted", street.Style)
	}
	sequence(t, pool)
	after := position(t, store)
	exec(t, pool, `update "Amt 1"."Straßen Nr.1" set "Schlüssel %s" = 8; update "Amt 1"."Straßen Nr.1" set "Name" = 'b'; update "Amt 1"."Straßen Nr.1" set "Name" = 'b';
		alter table "Amt 1"."Straßen Nr.1" rename "Name" to "N"; insert into "Amt 1"."Straßen Nr.1" values (9, 'n', null); delete from "Amt 1"."Straßen Nr.1" where "Schlüssel %s" = 8`)
	sequence(t, pool)
	var ops []string
	for _, line := range said(t, store, after) {
		if op, _, _ := strings.Cut(line, " old"); !strings.HasPrefix(op, "schema") {
			op, _, _ = strings.Cut(op, " new")
			ops = append(ops, op)
		}
	}
	if diff := cmp.Diff([]string{"delete n=1 -1 fid=7", "insert n=1 +1 fid=8", "update n=1 +0 fid=8", "insert n=1 +1 fid=9", "delete n=1 -1 fid=8"}, sorted(ops)); diff != "" {
		t.Error(diff)
	}
	if _, err := store.Find(t.Context(), layers.Anonymous, "street", layers.Query{AsOf: after}); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("its past: %v", err)
	}
	if l, err := store.Layer(t.Context(), layers.Anonymous, "street"); err != nil || l.Count != 1 || l.Bounds == nil || l.Bounds[0] < 116 || l.Bounds[0] > 118 {
		t.Errorf("count and bounds: %+v, %v", l, err)
	}
}

// sorted puts the two halves of a changed key, told by one statement, in a known order.
func sorted(ops []string) []string {
	if len(ops) > 1 && strings.HasPrefix(ops[0], "insert") {
		ops[0], ops[1] = ops[1], ops[0]
	}
	return ops
}
