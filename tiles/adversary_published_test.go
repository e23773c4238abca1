package tiles_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"onemap/layers"
	"onemap/migrations/dbtest"
	"onemap/tiles"
)

// newPublished is a layer of points that are in a table of somebody's own, in metres, logged and followed as in the product.
func newPublished(t *testing.T) *field {
	t.Helper()
	f := &field{T: t, pool: dbtest.New(t)}
	f.store = layers.New(f.pool)
	f.exec(`create schema gis; create table gis.wells (id integer primary key, stamp bigint, geom geometry(point, 4548));
		insert into gis.wells select n, n, st_transform(st_point(115.95 + n * 0.00001, 35.7, 4490), 4548) from generate_series(1, 30) n`)
	_, err := f.store.Publish(t.Context(), layers.Anonymous, layers.PublishOptions{TableSchema: "gis", TableName: "wells", Track: true,
		Layer: layers.Layer{Name: "field", Title: "Wells", Drawing: layers.Drawing{Properties: []string{"stamp"}}}})
	if err != nil {
		t.Fatal(err)
	}
	f.follow(layers.NewSequencer(f.store, quiet()).Run)
	f.follow(f.store.Watch)
	f.tiles = f.node()
	return f
}

// Whatever becomes of a published table and its geometry column, its tiles, its count and its bounds are those of its rows.
func TestAnAdversaryCanNotMakeAPublishedLayerStale(t *testing.T) {
	t.Parallel()
	f := newPublished(t)
	all := append(watched(), tileAt(90.0002, 20.0002, 12), tileAt(90.0002, 20.0002, 15), tileAt(-60.0002, 50.0002, 14))
	check := func(what string) {
		t.Helper()
		f.shown()
		seen := 0
		for _, tile := range all {
			_, got, err := find(t.Context(), f.tiles, tile, 0)
			want := f.wells(tile)
			if err != nil || !maps.Equal(got, want) {
				t.Fatalf("%s: tile %s has %v, the table %v (%v)", what, tile, got, want, err)
			}
			seen += len(got)
		}
		f.until(func() bool { return mustLayer(t, f.store, "field").Count == f.number("select count(*) from gis.wells") })
		if seen == 0 {
			t.Errorf("%s: nothing is to be seen", what)
		}
	}
	check("to begin with")
	const away = `alter event trigger onemap_after_ddl disable; alter event trigger onemap_after_drop disable; `
	const back = `; alter event trigger onemap_after_ddl enable; alter event trigger onemap_after_drop enable; select onemap.maintain()`
	for _, step := range []struct{ what, sql string }{
		{"another system", "alter table gis.wells alter geom type geometry(point, 4490) using st_transform(geom, 4490)"},
		{"written after it", "update gis.wells set stamp = stamp + 100; insert into gis.wells values (100, 1, st_point(116.2, 35.9, 4490))"},
		{"moved by a change of type", "alter table gis.wells alter geom type geometry(point, 4490) using st_translate(geom, 90 - 115.95, 20 - 35.7)"},
		{"and back", "alter table gis.wells alter geom type geometry(point, 4490) using st_translate(geom, 115.95 - 90, 35.7 - 20)"},
		{"any kind", "alter table gis.wells alter geom type geometry(geometry, 4490)"},
		{"curves", "insert into gis.wells values (101, 2, 'srid=4490;circularstring(116.2 35.9, 116.201 35.901, 116.202 35.9)'), (102, 3, 'srid=4490;compoundcurve((116.2 35.9, 116.201 35.9), circularstring(116.201 35.9, 116.202 35.901, 116.203 35.9))')"},
		{"values of another type", "alter table gis.wells alter stamp type integer using stamp + 7"},
		{"another column of geometries", "alter table gis.wells rename geom to was; alter table gis.wells rename was to geom"},
		{"triggers off behind our back", away + "alter table gis.wells disable trigger user; insert into gis.wells values (200, 5, st_point(90.0001, 20.0001, 4490)); delete from gis.wells where id < 5; alter table gis.wells enable trigger user" + back},
		{"triggers dropped behind our back", away + "drop trigger onemap_insert on gis.wells; insert into gis.wells values (201, 6, st_point(-60, 50, 4490))" + back},
		{"and written to", "update gis.wells set geom = st_point(116.2, 35.9, 4490) where id = 201"},
		{"a key of another type", "alter table gis.wells alter id type bigint; update gis.wells set stamp = stamp + 1"},
		{"a key of another value", "update gis.wells set id = id + 1000 where id > 10"},
		{"in metres of another zone", "alter table gis.wells alter geom type geometry(geometry, 4549) using st_transform(geom, 4549); update gis.wells set stamp = stamp + 1"},
	} {
		f.exec(step.sql)
		check(step.what)
	}
}

// A view that is dropped leaves a layer that is not found, and is drawn again when it is made again.
func TestALayerWhoseViewIsGoneIsNotFound(t *testing.T) {
	t.Parallel()
	f := newPublished(t)
	const view = "create view gis.seen as select id, stamp, geom from gis.wells"
	f.exec(view)
	if _, err := f.store.Publish(t.Context(), layers.Anonymous, layers.PublishOptions{TableSchema: "gis", TableName: "seen", Layer: layers.Layer{Name: "seen", Title: "Seen"}}); err != nil {
		t.Fatal(err)
	}
	get := func() ([]byte, error) {
		return f.tiles.Body(t.Context(), layers.Anonymous, []string{"seen"}, tileAt(115.9501, 35.7001, 14))
	}
	if body, err := get(); err != nil || len(body) == 0 {
		t.Fatalf("%d bytes, %v", len(body), err)
	}
	f.exec("drop view gis.seen")
	if _, err := get(); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("without the view: %v", err)
	}
	if _, err := f.store.Find(t.Context(), layers.Anonymous, "seen", layers.Query{Limit: 1}); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("features without the view: %v", err)
	}
	f.exec(view)
	if body, err := get(); err != nil || len(body) == 0 {
		t.Errorf("with it again: %d bytes, %v", len(body), err)
	}
}

// wells is the stamps of the rows in a tile, by id, as the database has them.
func (f *field) wells(tile tiles.Tile) map[int64]int64 {
	f.Helper()
	b, out := tile.Buffered(), map[int64]int64{}
	rows, err := f.pool.Query(f.Context(), fmt.Sprintf(`select id::bigint, stamp::bigint from gis.wells
		where st_intersects(st_curvetoline(st_transform(geom, 3857)), st_makeenvelope(%v, %v, %v, %v, 3857))`, b[0], b[1], b[2], b[3]))
	if err != nil {
		f.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, stamp int64
		if err := rows.Scan(&id, &stamp); err != nil {
			f.Fatal(err)
		}
		out[id] = stamp
	}
	if err := rows.Err(); err != nil {
		f.Fatal(err)
	}
	return out
}
