package tiles_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/tiles"
)

// watched are tiles at places where the adversary is at work, of zooms where nothing is too small to be seen.
func watched() (all []tiles.Tile) {
	for _, place := range [][2]float64{{115.95, 35.7}, {116.2, 35.9}, {100.0, 30.0}} {
		for _, z := range []int{10, 12, 13, 14, 15, 16, 17, 19} {
			all = append(all, tileAt(place[0]+0.0002, place[1]+0.0002, z))
		}
	}
	return all
}

// truth is the stamps of the rows in a tile, by id, as the database has them.
func (f *field) truth(tile tiles.Tile) map[int64]int64 {
	f.Helper()
	b := tile.Buffered()
	rows, err := f.pool.Query(f.Context(), `select fid, coalesce(stamp, -1) from only layer.field
		where geom_3857 && st_makeenvelope($1, $2, $3, $4, 3857) and not st_isempty(geom)`, b[0], b[1], b[2], b[3])
	if err != nil {
		f.Fatal(err)
	}
	stamps := map[int64]int64{}
	var id, stamp int64
	if _, err := pgx.ForEachRow(rows, []any{&id, &stamp}, func() error { stamps[id] = stamp; return nil }); err != nil {
		f.Fatal(err)
	}
	return stamps
}

// Whatever is done to a table, by whatever statement: once the log is followed, every tile is what the rows are.
func TestAnAdversaryCanNotMakeATileStale(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	const squares = `insert into layer.field (stamp, geom) select n, st_multi(st_makeenvelope(x, y, x + 0.0004, y + 0.0004, 4490))
		from generate_series(1, 20) n, (values (115.95, 35.7), (116.2, 35.9)) place(x, y)`
	f.exec(squares)
	all := watched()
	check := func(what string) {
		t.Helper()
		f.shown()
		for _, tile := range all {
			_, got, err := find(t.Context(), f.tiles, tile, 0)
			if want := f.truth(tile); err != nil || !maps.Equal(got, want) {
				t.Errorf("%s: tile %s has %d features, %v, the table %d, %v (%v)", what, tile, len(got), got, len(want), want, err)
				return
			}
		}
	}
	check("to begin with")
	for _, step := range []struct{ what, sql string }{
		{"many rows of several places in one statement", "update layer.field set stamp = stamp + 100"},
		{"moved far away", "update layer.field set geom = st_translate(geom, -15.95, -5.7) where stamp % 2 = 0 and st_x(st_centroid(geom)) < 116"},
		{"moved back, and on by another statement of the transaction", "begin; update layer.field set geom = st_translate(geom, 15.95, 5.7) where st_x(st_centroid(geom)) < 101; update layer.field set geom = st_translate(geom, 0.25, 0.2) where fid in (3, 4); commit"},
		{"no geometry", "update layer.field set geom = null where fid % 3 = 0"},
		{"an empty one", "update layer.field set geom = 'srid=4490;multipolygon empty' where fid % 3 = 1"},
		{"a geometry again", "update layer.field set geom = st_multi(st_makeenvelope(115.95, 35.7, 115.9502, 35.7002, 4490)) where geom is null or st_isempty(geom)"},
		{"one as wide as a province", "update layer.field set geom = st_multi(st_makeenvelope(99, 29, 117, 37, 4490)) where fid = 5"},
		{"and small again", "update layer.field set geom = st_multi(st_makeenvelope(116.2, 35.9, 116.2004, 35.9004, 4490)) where fid = 5"},
		{"rolled back", "begin; update layer.field set stamp = -7; delete from layer.field where fid < 9; rollback"},
		{"a savepoint rolled back, the rest not", "begin; update layer.field set stamp = 1001 where fid = 6; savepoint s; update layer.field set stamp = -8; delete from layer.field where fid = 7; rollback to s; update layer.field set stamp = 1002 where fid = 8; commit"},
		{"an exception caught", "do $$ begin update layer.field set stamp = 1003 where fid = 9; begin update layer.field set stamp = 1 / 0 where fid = 10; exception when division_by_zero then update layer.field set stamp = 1004 where fid = 11; end; end $$"},
		{"inserts that become updates", "insert into layer.field (fid, stamp, geom) overriding system value select fid, 2000, geom from layer.field where fid < 12 on conflict (fid) do update set stamp = excluded.stamp"},
		{"a merge", "merge into layer.field f using (select fid from layer.field) s on f.fid = s.fid when matched and s.fid % 4 = 0 then delete when matched then update set stamp = f.stamp + 1"},
		{"a delete that inserts", "with gone as (delete from layer.field where fid % 5 = 0 returning stamp, geom) insert into layer.field (stamp, geom) select stamp + 5000, geom from gone"},
		{"triggers switched off for replication", "begin; set local session_replication_role = replica; update layer.field set stamp = 3000 where fid % 2 = 1; commit"},
		{"more rows than are logged one by one", "insert into layer.field (stamp, geom) select n, st_multi(st_makeenvelope(116.2, 35.9, 116.2004, 35.9004, 4490)) from generate_series(1, 1500) n"},
		{"and their end", "delete from layer.field where fid > 60"},
		{"keys of the writer's own", "alter table layer.field alter fid drop identity; insert into layer.field (fid, stamp, geom) select fid + 500000, stamp, geom from layer.field where fid % 2 = 0"},
		{"a column more", "alter table layer.field add note text; update layer.field set note = 'new', stamp = stamp + 1"},
		{"all rows written anew", "alter table layer.field alter stamp type bigint using stamp + 7"},
		{"a trigger taken away meanwhile", "begin; alter table layer.field disable trigger user; update layer.field set stamp = 4000 where fid % 2 = 1; alter table layer.field enable trigger user; commit"},
		{"the table away and back", "create schema elsewhere; alter table layer.field set schema elsewhere; update elsewhere.field set stamp = 4001; alter table elsewhere.field set schema layer"},
		{"rows of a table that inherits", "create schema heirs; create table heirs.child () inherits (layer.field); insert into heirs.child (fid, stamp, geom) values (900001, 1, st_multi(st_makeenvelope(115.95, 35.7, 115.9504, 35.7004, 4490)))"},
		{"and inherits no more", "drop schema heirs cascade"},
		{"a trigger of the writer's own, before and after ours", `create function public.push() returns trigger language plpgsql as $f$ begin new.geom := st_translate(new.geom, 0.00001, 0); return new; end $f$;
			create trigger aa_push before update on layer.field for each row execute function public.push();
			create function public.again() returns trigger language plpgsql as $f$ begin if pg_trigger_depth() < 2 then update layer.field set stamp = stamp + 1 where fid = new.fid; end if; return null; end $f$;
			create trigger zzz_again after update on layer.field for each row execute function public.again();
			update layer.field set stamp = stamp + 10 where fid % 7 = 1`},
		{"without them", "drop trigger aa_push on layer.field; drop trigger zzz_again on layer.field; update layer.field set stamp = stamp + 1 where fid % 7 = 2"},
		{"a rule instead", "create rule diverted as on delete to layer.field do instead update layer.field set stamp = 4100 where fid = old.fid; delete from layer.field where fid % 7 = 3; drop rule diverted on layer.field; delete from layer.field where fid % 7 = 4"},
		{"through a view", "create view public.seen as select fid, stamp, geom from layer.field; update public.seen set stamp = 4200 where fid % 7 = 5; drop view public.seen"},
		{"by a cursor", "do $$ declare c cursor for select * from layer.field order by fid for update; r record; begin open c; for i in 1 .. 3 loop fetch c into r; update layer.field set stamp = 4300 + i where current of c; end loop; end $$"},
		{"not logged by the database, and logged again", "alter table layer.field set unlogged; update layer.field set stamp = stamp + 1; alter table layer.field set logged"},
		{"a column less", "alter table layer.field drop column note; update layer.field set geom = st_reverse(geom), stamp = stamp + 1"},
		{"in order of its places", "cluster layer.field using " + f.placeIndex()},
		{"many savepoints", "do $$ begin for i in 1 .. 100 loop begin update layer.field set stamp = stamp + 1 where fid = (select min(fid) from layer.field); if i % 3 = 0 then raise exception 'no'; end if; exception when others then null; end; end loop; end $$"},
		{"truncated and filled", "begin; truncate layer.field; insert into layer.field (fid, stamp, geom) select n, n, st_multi(st_makeenvelope(115.95, 35.7, 115.9504, 35.7004, 4490)) from generate_series(1, 5) n; commit"},
		{"vacuumed", "vacuum full layer.field"},
		{"truncated", "truncate layer.field"},
	} {
		f.exec(step.sql)
		check(step.what)
	}
	if t.Failed() {
		return
	}
	f.writers(check)
}

// placeIndex is the name of the spatial index.
func (f *field) placeIndex() (name string) {
	f.Helper()
	if err := f.pool.QueryRow(f.Context(), `select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
		where i.indrelid = 'layer.field'::regclass and a.amname = 'gist' limit 1`).Scan(&name); err != nil {
		f.Fatal(err)
	}
	return name
}

// writers is the same of several who write at once: one who stays open long, and others who commit meanwhile.
func (f *field) writers(check func(string)) {
	f.Helper()
	ctx := f.Context()
	_, err := f.pool.CopyFrom(ctx, pgx.Identifier{"layer", "field"}, []string{"fid", "stamp"}, pgx.CopyFromSlice(40, func(i int) ([]any, error) { return []any{i + 1, i}, nil }))
	if err != nil {
		f.Fatal(err)
	}
	f.exec("update layer.field set geom = st_multi(st_makeenvelope(116.2, 35.9, 116.2004, 35.9004, 4490))")
	check("copied")
	long, err := f.pool.Begin(ctx)
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = long.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := long.Exec(ctx, "update layer.field set stamp = stamp + 100 where fid <= 10"); err != nil {
		f.Fatal(err)
	}
	for n := range 5 {
		f.exec("update layer.field set stamp = stamp + 1000, geom = st_translate(geom, 0.00001, 0) where fid > 30 and fid % 5 = $1", n)
		position, err := f.store.Position(ctx)
		if err != nil {
			f.Fatal(err)
		}
		if err := f.tiles.Await(ctx, position); err != nil {
			f.Fatal(err)
		}
		if _, err := long.Exec(ctx, fmt.Sprintf("savepoint s%d; insert into layer.field (fid, stamp, geom) select %d, 1, geom from layer.field where fid = 1", n, 100+n)); err != nil {
			f.Fatal(err)
		}
		check(fmt.Sprintf("beside one who is still writing, %d", n))
	}
	if err := long.Commit(ctx); err != nil {
		f.Fatal(err)
	}
	check("committed long after it was written")
	if _, err := f.store.Layer(ctx, layers.Anonymous, "field"); err != nil {
		f.Fatal(err)
	}
}
