package tiles_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/planar"

	"onemap/layers"
	"onemap/migrations/dbtest"
	"onemap/tiles"
)

// newParcels is a layer of parcels of six classes, which is drawn as a mosaic up to zoom 12, followed as in the product. It
// has its mosaics made where keep says so.
func newParcels(t *testing.T, keep bool) *field {
	t.Helper()
	f := &field{T: t, pool: dbtest.New(t)}
	f.store = layers.New(f.pool)
	_, err := f.store.Create(t.Context(), layers.Anonymous, layers.Definition{
		Layer: layers.Layer{Name: "field", Title: "Parcels", GeometryType: "MultiPolygon", Writable: true, Tracked: true,
			Drawing: layers.Drawing{MinZoom: 10, Properties: []string{"class"}, Rules: []layers.Rule{{MinZoom: 10, MaxZoom: 12, Dissolve: true, MinSize: 2}}},
			Style:   layers.Style{Kind: "fill", By: "class"}},
		Columns: []layers.Column{{Property: layers.Property{Name: "class", Type: layers.String}, SQLType: "text"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.exec(`insert into layer.field (class, geom) select floor(6.0 * (hashint4(50 * x + y) & 65535) * (hashint4(-1 - 50 * x - y) & 65535) / 65536 / 65536)::int::text,
		st_multi(st_makeenvelope(116 + 0.001 * x, 35.7 + 0.001 * y, 116.001 + 0.001 * x, 35.701 + 0.001 * y, 4490))
		from generate_series(0, 59) x, generate_series(0, 49) y`)
	f.follow(layers.NewSequencer(f.store, quiet()).Run)
	f.follow(f.store.Watch)
	f.tiles = f.node()
	f.follow(f.tiles.WatchMosaics)
	if keep {
		f.follow(f.tiles.KeepMosaics)
		f.readyMosaic(0)
	}
	return f
}

// soon waits for what a slow machine may take long to make.
func (f *field) soon(ok func() bool) {
	f.Helper()
	for end := time.Now().Add(5 * time.Minute); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			f.Fatal("it takes too long")
		}
	}
}

// readyMosaic waits until a mosaic can be read that has the changes up to a position.
func (f *field) readyMosaic(position int64) {
	f.Helper()
	f.soon(func() bool {
		for _, m := range f.tiles.Mosaics() {
			if m.Ready && m.Position >= position {
				return true
			}
		}
		return false
	})
}

// area is what each class has of all tiles of a zoom, in metres of EPSG:3857, and what the tiles are called.
func (f *field) area(zoom int) (areas map[string]float64, names map[tiles.Tile]string) {
	f.Helper()
	areas, names = map[string]float64{}, map[tiles.Tile]string{}
	l := mustLayer(f.T, f.store, "field")
	limit, _ := tiles.WebMercatorQuad.Limit([]*layers.Layer{l}, zoom)
	for x := limit.MinColumn; x <= limit.MaxColumn; x++ {
		for y := limit.MinRow; y <= limit.MaxRow; y++ {
			tile := tiles.Tile{Z: zoom, X: x, Y: y}
			names[tile] = f.classes(tile, areas)
		}
	}
	return areas, names
}

// classes adds what each class has of a tile, in metres of EPSG:3857, and returns what the tile is called.
func (f *field) classes(tile tiles.Tile, areas map[string]float64) (name string) {
	f.Helper()
	name, body, err := fetch(f.Context(), f.tiles, tile, 0)
	if err != nil {
		f.Fatal(err)
	}
	if body.Empty() {
		return name
	}
	plain, err := body.Plain()
	if err != nil {
		f.Fatal(err)
	}
	ls, err := mvt.Unmarshal(plain)
	if err != nil {
		f.Fatal(err)
	}
	m := tile.Mercator()
	unit := (m[2] - m[0]) / tiles.Extent
	for _, feature := range ls[0].Features {
		part := clip.Geometry(orb.Bound{Max: orb.Point{tiles.Extent, tiles.Extent}}, feature.Geometry)
		areas[fmt.Sprint(feature.Properties["class"])] += math.Abs(planar.Area(part)) * unit * unit
		if feature.ID != nil && f.number(fmt.Sprintf("select count(*) from onemap.mosaic where ready and %d between zooms[1] and zooms[2]", tile.Z)) > 0 {
			f.Errorf("a class of tile %v has an id, %v", tile, feature.ID)
		}
	}
	return name
}

func (f *field) areasOfRows() map[string]float64 {
	f.Helper()
	out := map[string]float64{}
	rows, err := f.pool.Query(f.Context(), "select class, sum(st_area(geom_3857)) from layer.field group by class")
	if err != nil {
		f.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var class string
		var area float64
		if err := rows.Scan(&class, &area); err != nil {
			f.Fatal(err)
		}
		out[class] = area
	}
	return out
}

func TestMosaicsHaveTheAreasOfTheirRows(t *testing.T) {
	t.Parallel()
	f := newParcels(t, true)
	truth := f.areasOfRows()
	for zoom := 10; zoom <= 12; zoom++ {
		areas, _ := f.area(zoom)
		if len(areas) != len(truth) {
			t.Errorf("zoom %d has %d classes, want %d", zoom, len(areas), len(truth))
		}
		for class, area := range truth {
			if off := areas[class]/area - 1; math.Abs(off) > 0.03 {
				t.Errorf("zoom %d: class %s is wrong by %.1f %%", zoom, class, 100*off)
			}
		}
	}
}

func TestAnEditMakesItsTilesAnew(t *testing.T) {
	t.Parallel()
	f := newParcels(t, true)
	_, before := f.area(12)
	f.exec(`update layer.field set class = '5' where geom && st_makeenvelope(116.002, 35.702, 116.0079, 35.7079, 4490)`)
	f.settled()
	position, err := f.store.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.readyMosaic(position)
	areas, after := f.area(12)
	if off := areas["5"]/f.areasOfRows()["5"] - 1; math.Abs(off) > 0.1 {
		t.Errorf("what was edited is wrong by %.0f %%", 100*off)
	}
	same := 0
	for tile, name := range before {
		if after[tile] == name {
			same++
		}
	}
	if same == 0 || same == len(before) {
		t.Errorf("%d of %d tiles are called as before; want some, and not all", same, len(before))
	}

	fields := f.fields()
	f.exec("delete from onemap.mosaic") // what is made anew is the same
	f.soon(func() bool { return len(f.tiles.Mosaics()) > 0 && !f.tiles.Mosaics()[0].Ready })
	f.readyMosaic(position)
	if again := f.fields(); !maps.Equal(fields, again) {
		t.Errorf("%d fields, made anew %d, are not the same", len(fields), len(again))
	}
}

// A class that comes with an edit has the area it has, like those that were there.
func TestANewClassHasItsArea(t *testing.T) {
	t.Parallel()
	f := newParcels(t, true)
	f.exec(`update layer.field set class = 'new' where fid % 13 = 0`)
	f.settled()
	f.soon(func() bool { // it has prices of its own when the mosaic that was there has been replaced
		var priced bool
		if err := f.pool.QueryRow(t.Context(), `select coalesce(bool_and(ready) and bool_and(prices[1 + array_position(classes, 'new')] <> 1), false)
			from onemap.mosaic join onemap.mosaic_zoom using (mosaic)`).Scan(&priced); err != nil {
			t.Fatal(err)
		}
		return priced
	})
	f.soon(func() bool { all := f.tiles.Mosaics(); return len(all) == 1 && all[0].Ready })
	truth := f.areasOfRows()
	for zoom := 10; zoom <= 12; zoom++ {
		areas, _ := f.area(zoom)
		for class, area := range truth {
			if off := areas[class]/area - 1; math.Abs(off) > 0.06 {
				t.Errorf("zoom %d: class %s is wrong by %.1f %%", zoom, class, 100*off)
			}
		}
	}
}

// fields are the mosaic's fields: how many samples each class has of each place.
func (f *field) fields() map[string]string {
	f.Helper()
	return f.pairs("select concat_ws('/', zoom, x, y), md5(data) from onemap.mosaic_field join onemap.mosaic using (mosaic) where ready")
}

// pairs are the answers to a question of two columns.
func (f *field) pairs(sql string) map[string]string {
	f.Helper()
	rows, err := f.pool.Query(f.Context(), sql)
	if err != nil {
		f.Fatal(err)
	}
	out := map[string]string{}
	var key, value string
	if _, err := pgx.ForEachRow(rows, []any{&key, &value}, func() error { out[key] = value; return nil }); err != nil {
		f.Fatal(err)
	}
	return out
}

func TestAMosaicIsMadeToItsEndByAnother(t *testing.T) {
	t.Parallel()
	f := newParcels(t, false)
	for again := 0; again < 50; again++ { // each dies after a step or some
		ctx, die := context.WithCancel(t.Context())
		done := make(chan error)
		before := f.done()
		go func() { done <- f.tiles.KeepMosaics(ctx) }()
		f.soon(func() bool { return f.done() != before || f.ready() })
		die()
		<-done
		if f.ready() {
			break
		}
		if f.done() < before {
			t.Fatalf("%d steps are done, %d were before", f.done(), before)
		}
	}
	f.readyMosaic(0)
	areas, _ := f.area(11)
	for class, area := range f.areasOfRows() {
		if off := areas[class]/area - 1; math.Abs(off) > 0.03 {
			t.Errorf("class %s is wrong by %.1f %%", class, 100*off)
		}
	}
}

func (f *field) done() (n int) {
	f.Helper()
	if err := f.pool.QueryRow(f.Context(), "select coalesce(max(done), -1) from onemap.mosaic").Scan(&n); err != nil {
		f.Fatal(err)
	}
	return n
}

func (f *field) ready() (ok bool) {
	f.Helper()
	if err := f.pool.QueryRow(f.Context(), "select coalesce(bool_or(ready), false) from onemap.mosaic").Scan(&ok); err != nil {
		f.Fatal(err)
	}
	return ok
}

// A mosaic has all rows. Who asks for some of them, or for those of the past, gets those.
func TestAMosaicIsNotShownForRowsItDoesNotMean(t *testing.T) {
	t.Parallel()
	f := newParcels(t, true)
	tile := tileAt(116.03, 35.72, 12)
	position, err := f.store.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]tiles.Request{
		"filter":      {Filter: "class = '1'"},
		"past":        {AsOf: position},
		"another set": {Set: mustSet(t, "WorldCRS84Quad"), Tile: tiles.Tile{Z: 11, X: 3367, Y: 617}},
	} {
		r.Layers = []string{"field"}
		if r.Set == nil {
			r.Tile = tile
		}
		plain := plainTile(t, f.tiles, r)
		ls, err := mvt.Unmarshal(plain)
		if err != nil || len(ls) == 0 {
			t.Fatalf("%s: %d layers, %v", name, len(ls), err)
		}
		for _, feature := range ls[0].Features {
			if feature.ID == nil || name == "filter" && feature.Properties["class"] != "1" {
				t.Fatalf("%s: a feature is no row that was asked for: %v %v", name, feature.ID, feature.Properties)
			}
		}
	}
}

// Where features are too small to be told apart, rows that are asked for are squares that have the area of the rows, in the same
// places in all tiles.
func TestSomeRowsOfAMosaicAreSquaresOfTheirArea(t *testing.T) {
	t.Parallel()
	f := newParcels(t, false)
	f.exec("insert into layer.field (class, geom) values ('large', st_multi(st_makeenvelope(116.01, 35.76, 116.04, 35.78, 4490)))")
	f.settled()
	position, err := f.store.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.tiles.Await(t.Context(), position); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]tiles.Request{"filter": {Filter: "class IN ('0', '3', 'large')"}, "past": {AsOf: position}, "unmade": {}, "set": {Set: mustSet(t, "WorldCRS84Quad")}} {
		r.Layers = []string{"field"}
		zoom := 10
		if r.Set != nil {
			zoom = 9
		}
		set := cmp.Or(r.Set, tiles.WebMercatorQuad)
		limit, _ := set.Limit([]*layers.Layer{mustLayer(t, f.store, "field")}, zoom)
		areas, seen := map[string]float64{}, map[string]bool{}
		for x := limit.MinColumn; x <= limit.MaxColumn; x++ {
			for y := limit.MinRow; y <= limit.MaxRow; y++ {
				r.Tile = tiles.Tile{Z: zoom, X: x, Y: y}
				answer, err := f.tiles.Find(t.Context(), layers.Anonymous, r)
				if err != nil {
					t.Fatal(err)
				}
				body, err := answer.Body(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if body.Empty() {
					continue
				}
				plain, err := body.Plain()
				if err != nil {
					t.Fatal(err)
				}
				ls, err := mvt.Unmarshal(plain)
				if err != nil {
					t.Fatal(err)
				}
				b := set.Bounds(r.Tile)
				unit := (b[2] - b[0]) / tiles.Extent
				for _, feature := range ls[0].Features {
					class := fmt.Sprint(feature.Properties["class"])
					if feature.ID != nil && class != "large" {
						t.Fatalf("%s: feature %v of class %s has an id", name, feature.ID, class)
					}
					part := clip.Geometry(orb.Bound{Max: orb.Point{tiles.Extent, tiles.Extent}}, feature.Geometry)
					areas["all"] += math.Abs(planar.Area(part)) * unit * unit
					seen[class] = true
				}
			}
		}
		where, column := "true", "geom_3857"
		if name == "filter" {
			where = "class in ('0', '3', 'large')"
		}
		if name == "set" {
			column = "geom"
		}
		var truth float64
		if err := f.pool.QueryRow(t.Context(), "select sum(st_area("+column+")) from layer.field where "+where).Scan(&truth); err != nil {
			t.Fatal(err)
		}
		if off := areas["all"]/truth - 1; math.Abs(off) > 0.06 {
			t.Errorf("%s: the area is wrong by %.1f %%", name, 100*off)
		}
		if !seen["large"] || name == "filter" && (!seen["0"] || !seen["3"] || seen["1"] || seen["2"]) {
			t.Errorf("%s: classes %v", name, slices.Collect(maps.Keys(seen)))
		}
	}
}

func mustSet(t *testing.T, id string) *tiles.MatrixSet {
	t.Helper()
	set, err := tiles.AnyMatrixSet(id)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Where a layer is so large that its rows can not be drawn instead of a mosaic that is being made, it is said at once, and how far that
// is; what is not of the mosaic is drawn as ever, and so is all when it is there.
func TestAMosaicThatIsMissingIsSaidToBe(t *testing.T) {
	f := newParcels(t, false)
	f.exec("update onemap.layer_stat set count = 10000000 where layer = 'field'")
	f.exec("insert into onemap.mosaic (layer, plan, by, zooms, chunks, position, done, total) values ('field', 'to be', 'class', '{10,12}', '{0,0,0,0}', 0, 43, 100)")
	f.exec("delete from layer.field where fid = 1") // the catalogue counts again
	f.soon(func() bool { return mustLayer(t, f.store, "field").Count > 1_000_000 && len(f.tiles.Mosaics()) > 0 })

	wide := tiles.Tile{Z: 10, X: 842, Y: 403}
	_, _, err := fetch(t.Context(), f.tiles, wide, 0)
	var making tiles.Making
	if !errors.As(err, &making) || making != (tiles.Making{Layer: "field", Done: 0.43}) || !errors.Is(err, tiles.ErrBusy) {
		t.Errorf("a tile of ten million rows: %v, want that 43 %% of its mosaic are made", err)
	}
	if words := making.Words(); !strings.Contains(words.En, "43 %") || !strings.Contains(words.Zh, "43%") {
		t.Errorf("it is said as %+v", words)
	}
	a, err := f.tiles.Find(t.Context(), layers.Anonymous, tiles.Request{Layers: []string{"field"}, Tile: wide, Filter: "class = '1'"})
	if err == nil {
		_, err = a.Body(t.Context())
	}
	if err != nil {
		t.Errorf("with a filter, which no mosaic has: %v", err)
	}
	if _, body, err := fetch(t.Context(), f.tiles, tiles.Tile{Z: 13, X: 842*8 + 1, Y: 403 * 8}, 0); err != nil {
		t.Errorf("deeper than the mosaic: %v, %v", body, err)
	}

	f.follow(f.tiles.KeepMosaics)
	f.readyMosaic(0)
	if _, body, err := fetch(t.Context(), f.tiles, wide, 0); err != nil || body.Empty() {
		t.Errorf("when it is made: empty %v, %v", body.Empty(), err)
	}
}
