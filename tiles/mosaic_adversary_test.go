package tiles_test

import (
	"fmt"
	"strings"
	"testing"
)

// Whatever is done to a table, by whatever statement: once it is followed, a mosaic is the one that would be made of the rows
// there are. Each statement has a column of parcels of its own, so that none mends what another has left wrong.
func TestAnAdversaryCanNotMakeAMosaicStale(t *testing.T) {
	t.Parallel()
	f := newParcels(t, true)
	for i, step := range []string{
		"update layer.field set class = '3' where @",
		"delete from layer.field where @",
		"update layer.field set geom = null where @",
		"update layer.field set geom = 'srid=4490;multipolygon empty' where @",
		"update layer.field set geom = st_translate(geom, 0.3, 0.2) where @",
		"update layer.field set geom = st_translate(geom, 0.3, 0.2) where @; update layer.field set geom = st_translate(geom, -0.3, -0.2), class = '4' where @",
		"begin; update layer.field set class = '2' where @; rollback",
		"begin; update layer.field set class = '1' where @; savepoint s; delete from layer.field where @; rollback to s; commit",
		"begin; set local session_replication_role = replica; update layer.field set class = '3' where @; commit",
		"begin; alter table layer.field disable trigger user; update layer.field set class = '3' where @; alter table layer.field enable trigger user; commit",
		"merge into layer.field f using (select fid from layer.field where @) s on f.fid = s.fid when matched and s.fid % 2 = 0 then delete when matched then update set class = '5'",
		"with gone as (delete from layer.field where @ returning class, geom) insert into layer.field (class, geom) select '2', st_translate(geom, 0, 0.0004) from gone",
		"insert into layer.field (fid, class, geom) overriding system value select fid, '4', geom from layer.field where @ on conflict (fid) do update set class = excluded.class",
		"insert into layer.field (class, geom) select '5', geom from layer.field where @", // later ones lie over earlier ones
		"update layer.field set geom = st_multi(st_makeenvelope(115.9, 35.71, 116.4, 35.711, 4490)) where @ and fid % 50 = 7",
		"create schema heirs; create table heirs.child () inherits (layer.field); insert into heirs.child (fid, class, geom) select fid + 900000, '0', geom from only layer.field where @",
		"do $$ begin for i in 1 .. 50 loop begin update layer.field set class = (i % 6)::text where @ and fid % 50 = i - 1; if i % 3 = 0 then raise exception 'no'; end if; exception when others then null; end; end loop; end $$",
		"create schema elsewhere; alter table layer.field set schema elsewhere; update elsewhere.field set class = '2' where @; alter table elsewhere.field set schema layer",
		"alter table layer.field alter column class type varchar(20); update layer.field set class = '1' where @",
		"alter table layer.field alter column class type text using case when @ then '3' else class end",
		"alter table layer.field alter column class type text using case when @ then '4' else class end",
	} {
		column := fmt.Sprintf("fid between %d and %d", 100*i+1, 100*i+50)
		f.exec(strings.ReplaceAll(step, "@", column))
		f.settled()
		position, err := f.store.Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f.soon(func() bool { // what is not of the mosaic is not noted in it
			return f.number(fmt.Sprintf(`select count(*) from onemap.mosaic where ready and position = noted and position >= coalesce((select max(f.pos)
				from onemap.feed f join onemap.change c on c.seq = f.seq and c.at = f.at where c.layer = 'field' and c.op not in ('schema') and f.pos <= %d), 0)`, position)) == 1
		})
	}
	f.soon(func() bool { return f.number("select count(*) from onemap.mosaic where not ready") == 0 })
	// Sampled again where it was sampled first; the numbers of the classes stay.
	const deepest = `select concat_ws('/', x, y), md5(data) from onemap.mosaic_field join onemap.mosaic using (mosaic)
		where zoom = 12 and x between chunks[1] and chunks[3] and y between chunks[2] and chunks[4]`
	followed := f.pairs(deepest)
	f.exec("begin; update onemap.mosaic set done = 0, ready = false; delete from onemap.mosaic_field; delete from onemap.mosaic_tile; commit")
	f.soon(func() bool { return f.number("select count(*) from onemap.mosaic where ready") == 1 })
	again := f.pairs(deepest)
	for at, sum := range followed {
		if again[at] != sum {
			t.Errorf("chunk %s is another when it is made anew", at)
		}
	}
	if len(again) != len(followed) || len(again) < 4 {
		t.Errorf("%d chunks, made anew %d", len(followed), len(again))
	}
}
