package layers_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// mixture is a layer with a column of every kind, whose values are few, often null, and awkward.
func mixture(t *testing.T) (*layers.Store, *pgxpool.Pool) {
	t.Helper()
	pool := dbtest.New(t)
	_, err := pool.Exec(t.Context(), `
		create schema survey;
		create table survey.mixture (id integer primary key, word text, whole bigint, share numeric, thin real, wide double precision, yes boolean,
			day date, moment timestamptz, clock timestamp, thing jsonb, geom geometry(Point, 4490));
		insert into survey.mixture
		select n, (array['', '王', '汪', 'b', 'B', 'a''b', E'a\nb', null])[1 + n % 8], (array[null, 1, -1, 9007199254740993, 9007199254740992])[1 + n % 5],
			(array[null, 'NaN', 0.1, 0.10000000000000000001, -3])[1 + n * 7 % 5]::numeric, (array[null, 'NaN', 0.1, 1e-30, -0.0, 'infinity'])[1 + n % 6]::real,
			(array[null, 0.1, 1e300, '-infinity'])[1 + n % 4]::float8, (array[null, true, false])[1 + n % 3],
			(array[null, '0044-03-15 BC', '2026-05-01', 'infinity'])[1 + n % 4]::date,
			(array[null, '2026-05-01 00:00:00.000001+08', '2026-05-01 00:00:00+08', '-infinity'])[1 + n * 3 % 4]::timestamptz,
			(array[null, '2026-05-01 00:00:00.1', '1900-01-01'])[1 + n % 3]::timestamp, '{}', st_setsrid(st_makepoint(116 + n / 100.0, 35), 4490)
		from generate_series(1, 61) n`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = pool.Exec(t.Context(), `
		create view survey.mixture_of_many as select word, whole from survey.mixture;
		insert into onemap.layer (layer, table_schema, table_name, title, title_en, key_column, geom_column, mercator_column, srid, geometry_type, writable, tracked) values
			('mixture', 'survey', 'mixture', '什锦', 'Mixture', 'id', 'geom', '', 4490, 'Point', false, false),
			('keyless', 'survey', 'mixture_of_many', '无键', 'Without key', '', '', '', 4490, '', false, false)`)
	if err != nil {
		t.Fatal(err)
	}
	store := layers.New(pool)
	own(t, pool, store)
	return store, pool
}

// own is the same as a layer of our own.
func own(t *testing.T, pool *pgxpool.Pool, store *layers.Store) {
	t.Helper()
	def := layers.Definition{Layer: layers.Layer{Name: "own", Title: "own", GeometryType: "Point", SRID: 4490, Writable: true, Tracked: true}}
	for _, c := range []struct {
		name, sqlType string
		kind          layers.Type
	}{
		{"id", "integer", layers.Integer}, {"word", "text", layers.String}, {"whole", "bigint", layers.Integer}, {"share", "numeric", layers.Number}, {"thin", "real", layers.Number},
		{"wide", "double precision", layers.Number}, {"yes", "boolean", layers.Boolean}, {"day", "date", layers.Date}, {"moment", "timestamptz", layers.DateTime},
		{"clock", "timestamptz", layers.DateTime},
	} {
		def.Columns = append(def.Columns, layers.Column{Property: layers.Property{Name: c.name, Title: c.name, Type: c.kind}, SQLType: c.sqlType})
	}
	if _, err := store.Create(t.Context(), layers.Anonymous, def); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `insert into layer.own (id, word, whole, share, thin, wide, yes, day, moment, clock, geom)
		select id, word, whole, share, thin, wide, yes, day, moment, clock, geom from survey.mixture order by id`); err != nil {
		t.Fatal(err)
	}
}

// pagesOf reads all pages, and returns the ids, or where there are none the first properties.
func pagesOf(t *testing.T, store *layers.Store, layer string, q layers.Query) []string {
	t.Helper()
	var all []string
	for range 200 {
		page, err := store.Find(t.Context(), layers.Anonymous, layer, q)
		if err != nil {
			t.Fatalf("%+v: %v", q.Sort, err)
		}
		for _, f := range page.Features {
			if f.ID == "" {
				f.ID = fmt.Sprint(f.Properties[0])
			}
			all = append(all, f.ID)
		}
		if page.Next == "" {
			return all
		}
		q.After, q.Offset = page.Next, 0
	}
	t.Fatal("pages without end")
	return nil
}

func TestPagesFollowAnyOrder(t *testing.T) {
	t.Parallel()
	store, pool := mixture(t)
	names := []string{"word", "whole", "share", "thin", "wide", "yes", "day", "moment", "clock", "id"}
	for i, first := range names {
		for j, second := range []string{names[(i+1)%len(names)], names[(i+4)%len(names)]} {
			by := []layers.Sort{{Property: first, Descending: j == 0}, {Property: second, Descending: i%2 == 0}}
			var order []string
			for _, s := range by {
				column := "mixture." + s.Property
				if s.Property == "word" {
					column += ` collate "C"`
				}
				if s.Descending {
					column += " desc"
				}
				order = append(order, column+" nulls last")
			}
			rows, err := pool.Query(t.Context(), "select id::text from survey.mixture order by "+strings.Join(append(order, "mixture.id"), ", "))
			if err != nil {
				t.Fatal(err)
			}
			want, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			for layer, limits := range map[string][]int{"mixture": {1, 7, 60, 61}, "own": {7, 61}} {
				for _, limit := range limits {
					if got := pagesOf(t, store, layer, layers.Query{Sort: by, Limit: limit}); !slices.Equal(got, want) {
						t.Errorf("%s, %v in pages of %d:\n%v, want\n%v", layer, by, limit, got, want)
					}
				}
			}
		}
	}
	if got := pagesOf(t, store, "keyless", layers.Query{Sort: []layers.Sort{{Property: "word", Descending: true}}, Limit: 9}); len(got) != 61 || got[0] != "汪" && got[0] != "王" {
		t.Errorf("without a key: %d of 61, first %q", len(got), got[0])
	}
}

func TestOrderAndPropertiesThatCannotBe(t *testing.T) {
	t.Parallel()
	store, _ := mixture(t)
	page, err := store.Find(t.Context(), layers.Anonymous, "mixture", layers.Query{Limit: 1, Sort: []layers.Sort{{Property: "word"}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]layers.Query{
		"sorted by nothing there is":          {Sort: []layers.Sort{{Property: "colour"}}},
		"sorted by objects":                   {Sort: []layers.Sort{{Property: "thing"}}},
		"sorted by the geometry":              {Sort: []layers.Sort{{Property: "geom"}}},
		"sorted by what is no name":           {Sort: []layers.Sort{{Property: `word" desc --`}}},
		"a cursor of another order":           {Sort: []layers.Sort{{Property: "word", Descending: true}}, After: page.Next},
		"a cursor where there is no order":    {After: page.Next},
		"a property that the layer has not":   {Properties: []string{"word", "colour"}},
		"ids of a layer whose rows have none": {IDs: []string{"1"}},
	} {
		layer := "mixture"
		if q.IDs != nil {
			layer = "keyless"
		}
		if _, err := store.Find(t.Context(), layers.Anonymous, layer, q); !errors.Is(err, layers.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
}

func TestAnswerHasWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	store, _ := mixture(t)
	q := layers.Query{Properties: []string{"yes", "word"}, NoGeometry: true, IDs: []string{"3", "2", "99", "x", "3.0", "99999999999"}}
	page, err := store.Find(t.Context(), layers.Anonymous, "mixture", q)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Features) != 2 || page.Features[0].ID != "2" || len(page.Layer.Properties) != 2 || page.Layer.Properties[0].Name != "word" {
		t.Fatalf("%+v of %+v", page.Features, page.Layer.Properties)
	}
	if f := page.Features[1]; f.Geometry != nil || len(f.Properties) != 2 || f.Properties[0] != "b" || f.Properties[1] != nil {
		t.Errorf("%+v", f)
	}
	if n, err := store.Count(t.Context(), layers.Anonymous, "mixture", q); n != 2 || err != nil {
		t.Errorf("counted %d, %v", n, err)
	}
	one, err := store.Feature(t.Context(), layers.Anonymous, "mixture", "3", layers.Query{Properties: []string{}, NoGeometry: true})
	if err != nil || one.Geometry != nil || len(one.Properties) != 0 {
		t.Errorf("%+v, %v", one, err)
	}
	for f, err := range store.Stream(t.Context(), layers.Anonymous, "mixture", layers.Query{Properties: []string{"whole"}, Sort: []layers.Sort{{Property: "whole", Descending: true}}}) {
		if err != nil || f.Properties[0] != int64(9007199254740993) || f.Geometry == nil {
			t.Errorf("%+v, %v", f, err)
		}
		break
	}
	none := layers.Query{IDs: []string{}}
	if n, err := store.Count(t.Context(), layers.Anonymous, "mixture", none); n != 0 || err != nil {
		t.Errorf("of no ids %d, %v", n, err)
	}
}

func TestOffsetPassesOver(t *testing.T) {
	t.Parallel()
	store, _ := mixture(t)
	for _, layer := range []string{"mixture", "own", "keyless"} {
		all := pagesOf(t, store, layer, layers.Query{Limit: 1000})
		for _, offset := range []int{0, 1, 30, 60, 61, 1000} {
			got := pagesOf(t, store, layer, layers.Query{Limit: 7, Offset: offset})
			if want := all[min(offset, len(all)):]; !slices.Equal(got, want) {
				t.Errorf("%s behind %s: %v, want %v", layer, strconv.Itoa(offset), got, want)
			}
		}
	}
}

// The number of a first page holds on the pages after it as long as nobody writes.
func TestCountIsKeptWhileTheLayerIs(t *testing.T) {
	t.Parallel()
	store, pool := wells(t)
	exec(t, pool, "insert into layer.well (name) select 'w' || n from generate_series(1, 30) n")
	sequence(t, pool)
	q := layers.Query{Limit: 10, CountIfCheap: true}
	first, err := store.Find(t.Context(), layers.Anonymous, "well", q)
	if err != nil {
		t.Fatal(err)
	}
	q.After = first.Next
	second, err := store.Find(t.Context(), layers.Anonymous, "well", q)
	if err != nil || first.Matched != 30 || second.Matched != 30 {
		t.Errorf("%d, then %d, %v", first.Matched, second.Matched, err)
	}
	exec(t, pool, "delete from layer.well where fid > 25")
	sequence(t, pool)
	if third, err := store.Find(t.Context(), layers.Anonymous, "well", q); err != nil || third.Matched != 25 {
		t.Errorf("after a deletion %d, want 25, %v", third.Matched, err)
	}
}
