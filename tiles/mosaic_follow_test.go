package tiles_test

import (
	"context"
	"maps"
	"math"
	"testing"
	"time"
)

// Changes are brought in by steps, each of which somebody else may have to go on from; what is shown is what was before them,
// until it is what is after all of them.
func TestChangesAreShownTogetherWhoeverBringsThemIn(t *testing.T) {
	t.Parallel()
	f := newParcels(t, false)
	ctx, die := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f.tiles.KeepMosaics(ctx) }()
	f.readyMosaic(0)
	die()
	<-done
	_, before := f.area(12)
	f.exec(`update layer.field set class = '5' where geom && st_makeenvelope(116.002, 35.702, 116.0079, 35.7079, 4490)`)
	f.exec(`delete from layer.field where geom && st_makeenvelope(116.042, 35.732, 116.0479, 35.7379, 4490)`)
	f.settled()
	position, err := f.store.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shown := func() (at int64) {
		t.Helper()
		if err := f.pool.QueryRow(t.Context(), "select position from onemap.mosaic").Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	steps := 0
	for lives := time.Millisecond; shown() < position; lives += lives/8 + time.Millisecond {
		ctx, die := context.WithTimeout(t.Context(), lives)
		if err := f.tiles.KeepMosaics(ctx); ctx.Err() == nil {
			t.Fatal(err)
		}
		die()
		var left int
		if err := f.pool.QueryRow(t.Context(), "select count(*) from onemap.mosaic_todo").Scan(&left); err != nil {
			t.Fatal(err)
		}
		if left > 0 {
			steps++
		}
		if at := shown(); at < position {
			if _, now := f.area(12); shown() == at && !maps.Equal(before, now) {
				t.Fatal("some of the changes are shown before all are")
			}
		}
	}
	if steps == 0 {
		t.Error("nobody died on the way: that proves nothing")
	}
	f.readyMosaic(position)
	areas, after := f.area(12)
	if maps.Equal(before, after) {
		t.Error("nothing is shown of the changes")
	}
	for class, area := range f.areasOfRows() {
		if off := areas[class]/area - 1; math.Abs(off) > 0.1 {
			t.Errorf("class %s is wrong by %.1f %%", class, 100*off)
		}
	}
	f.sameMadeAnew(position)
}

// sameMadeAnew has the mosaic made from its beginning, and compares the fields.
func (f *field) sameMadeAnew(position int64) {
	f.Helper()
	fields := f.fields()
	f.exec("delete from onemap.mosaic")
	f.soon(func() bool { all := f.tiles.Mosaics(); return len(all) == 0 || !all[0].Ready })
	f.follow(f.tiles.KeepMosaics)
	f.readyMosaic(position)
	if again := f.fields(); !maps.Equal(fields, again) {
		f.Errorf("%d fields, made anew %d, are not the same", len(fields), len(again))
	}
}

// A change that leaves every sample as it was makes no tile anew, however large what it touches is.
func TestAChangeOfNothingThatIsDrawnMakesNothingAnew(t *testing.T) {
	t.Parallel()
	f := newParcels(t, true)
	made := f.number("select max(made) from onemap.mosaic_tile")
	f.exec("update layer.field set geom = st_translate(geom, 1e-9, 0) where fid = 7")
	f.exec("update layer.field set class = class where fid < 900")
	f.settled()
	position, err := f.store.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.readyMosaic(position)
	if now := f.number("select max(made) from onemap.mosaic_tile"); now != made {
		t.Errorf("tiles have been made anew: %d, %d before", now, made)
	}
}

func (f *field) number(sql string) (n int64) {
	f.Helper()
	if err := f.pool.QueryRow(f.Context(), sql).Scan(&n); err != nil {
		f.Fatal(err)
	}
	return n
}

// Where many pixels have become others, prices are found again: each class keeps the area it has.
func TestPricesAreFoundAgainAfterManyEdits(t *testing.T) {
	t.Parallel()
	f := newParcels(t, true)
	id := f.number("select mosaic from onemap.mosaic")
	// Statements of some rows each, together half of all, at once: after prices are found, none is left that could make them wrong again.
	f.exec("do $$ begin for n in 0..39 loop update layer.field set class = ((class::int + 1 + fid % 4) % 6)::text where fid % 80 = n; end loop; end $$")
	f.soon(func() bool {
		return f.number("select coalesce(min(mosaic), 0) from onemap.mosaic where ready") > id && f.number("select count(*) from onemap.mosaic") == 1
	})
	f.soon(func() bool { all := f.tiles.Mosaics(); return len(all) == 1 && all[0].Ready })
	truth := f.areasOfRows()
	for zoom := 10; zoom <= 12; zoom++ {
		areas, _ := f.area(zoom)
		for class, area := range truth {
			if off := areas[class]/area - 1; math.Abs(off) > 0.04 {
				t.Errorf("zoom %d: class %s is wrong by %.1f %%", zoom, class, 100*off)
			}
		}
	}
}
