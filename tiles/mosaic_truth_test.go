package tiles_test

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/layers"
	"onemap/layers/demo"
	"onemap/layers/intake"
	"onemap/migrations/dbtest"
	"onemap/tiles"
)

// newMosaics is a database with layers, whose mosaics are made once they are loaded.
func newMosaics(t *testing.T, load func(*layers.Store) error) *field {
	t.Helper()
	f := &field{T: t, pool: dbtest.New(t)}
	f.store = layers.New(f.pool)
	f.follow(layers.NewSequencer(f.store, quiet()).Run)
	f.follow(f.store.Watch)
	if err := load(f.store); err != nil {
		t.Fatal(err)
	}
	f.tiles = f.node()
	return f
}

// made has the mosaics made.
func (f *field) made(count int) {
	f.Helper()
	f.follow(f.tiles.WatchMosaics)
	f.follow(f.tiles.KeepMosaics)
	f.soon(func() bool {
		ready := 0
		for _, m := range f.tiles.Mosaics() {
			if m.Ready {
				ready++
			}
		}
		return ready == count
	})
}

// lay writes what all tiles of a zoom show of a layer into the table drawn, cut at the tiles' edges, in units of one grid for
// all of them: whole numbers.
func (f *field) lay(layer, by string, zoom int) {
	f.Helper()
	f.exec("drop table if exists drawn")
	f.exec("create table drawn (class text, geom geometry)")
	l := mustLayer(f.T, f.store, layer)
	limit, _ := tiles.WebMercatorQuad.Limit([]*layers.Layer{l}, zoom)
	features := int64(0)
	for x := limit.MinColumn; x <= limit.MaxColumn; x++ {
		for y := limit.MinRow; y <= limit.MaxRow; y++ {
			gz, err := f.tiles.Body(f.Context(), layers.Anonymous, []string{layer}, tiles.Tile{Z: zoom, X: x, Y: y})
			if err != nil {
				f.Fatal(err)
			}
			if len(gz) == 0 {
				continue
			}
			ls, err := mvt.UnmarshalGzipped(gz)
			if err != nil {
				f.Fatal(err)
			}
			for _, feature := range ls[0].Features {
				shape, err := wkb.Marshal(feature.Geometry)
				if err != nil {
					f.Fatal(err)
				}
				features++
				f.exec(`insert into drawn select $1, st_translate(st_intersection(geom, st_makeenvelope(0, 0, 4096, 4096)), 4096 * $3::float8, 4096 * $4::float8)
					from (select st_setsrid(st_geomfromwkb($2), 0) as geom) shape where st_isvalid(geom)`,
					fmt.Sprint(feature.Properties[by]), shape, x, y)
			}
		}
	}
	if valid := f.number("select count(*) from drawn"); valid != features || valid == 0 {
		f.Errorf("%s, zoom %d: %d features are shown, %d of them valid", layer, zoom, features, valid)
	}
}

// grid is a layer's rows on that grid, as SQL.
func grid(layer string, zoom int) string {
	const half = math.Pi * 6378137
	unit := 2 * half / math.Exp2(float64(zoom)) / tiles.Extent
	return fmt.Sprintf("(select *, st_affine(st_setsrid(geom_3857, 0), 1 / %[2]g::float8, 0, 0, -1 / %[2]g::float8, %[3]g, %[3]g) as shape from layer.%[1]s where not st_isempty(geom)) as %[1]s",
		layer, unit, half/unit)
}

// areas compares what each class has on the map with what it has in truth, and returns the worst of those that have at least a
// two-hundredth of all.
func (f *field) areas(layer, by string, zoom int) (worst float64, class string) {
	f.Helper()
	column := "'<nil>'"
	if by != "" {
		column = "coalesce(" + by + "::text, '<nil>')"
	}
	rows, err := f.pool.Query(f.Context(), fmt.Sprintf(`select class, coalesce(drawn, 0) / truth - 1 from (
			select %s as class, sum(st_area(shape)) as truth, sum(sum(st_area(shape))) over () as whole from %s group by 1) t
		left join (select class, sum(st_area(geom)) as drawn from drawn group by class) d using (class) where truth > whole / 200`, column, grid(layer, zoom)))
	if err != nil {
		f.Fatal(err)
	}
	var name string
	var off float64
	if _, err := pgx.ForEachRow(rows, []any{&name, &off}, func() error {
		if math.Abs(off) > math.Abs(worst) {
			worst, class = off, name
		}
		return nil
	}); err != nil {
		f.Fatal(err)
	}
	return worst, class
}

// coverage compares what is covered at all: how much is covered twice, how many holes there are where in truth there is
// something, and by how many pixels along its border what is covered is another than in truth.
func (f *field) coverage(layer string, zoom int) (twice float64, holes int, pixels float64) {
	f.Helper()
	err := f.pool.QueryRow(f.Context(), fmt.Sprintf(`with shown as materialized (select st_union(geom) as geom, sum(st_area(geom)) as area from drawn),
			truth as materialized (select st_union(st_makevalid(shape)) as geom from %s),
			ring as (select st_makepolygon(st_interiorringn(d.geom, n)) as hole from shown, st_dump(shown.geom) d, generate_series(1, st_numinteriorrings(d.geom)) n)
		select shown.area / st_area(shown.geom) - 1,
			(select count(*) from ring where st_area(st_intersection(hole, truth.geom)) > st_area(hole) / 2),
			st_area(st_symdifference(shown.geom, truth.geom)) / st_perimeter(truth.geom) / 8
		from shown, truth`, grid(layer, zoom))).Scan(&twice, &holes, &pixels)
	if err != nil {
		f.Fatal(err)
	}
	return twice, holes, pixels
}

// judge reports what is wrong with a zoom of a mosaic.
func (f *field) judge(layer, by string, zoom int, most float64) {
	f.Helper()
	f.lay(layer, by, zoom)
	worst, class := f.areas(layer, by, zoom)
	twice, holes, pixels := f.coverage(layer, zoom)
	f.Logf("%s %d: class %s is wrong by %.2f %%; covered twice %.5f %%, %d holes, border %.2f pixels", layer, zoom, class, 100*worst, 100*twice, holes, pixels)
	if math.Abs(worst) > most {
		f.Errorf("%s, zoom %d: class %s is wrong by %.1f %%, want %.0f %%", layer, zoom, class, 100*worst, 100*most)
	}
	if math.Abs(twice) > 1e-9 || holes > 0 || pixels > 1 {
		f.Errorf("%s, zoom %d: %.6f %% is covered twice, %d holes are none in truth, the border is %.1f pixels off", layer, zoom, 100*twice, holes, pixels)
	}
}

// Of all zooms where somebody has asked for many tiles, else of some that are made soon.
func TestMosaicsOfTheDemoAreTrue(t *testing.T) {
	t.Parallel()
	of := map[string]string{"dltb": "dlbm", "ydyhgh": "ydyhfldm", "yjjbntbhtb": ""}
	f := newMosaics(t, func(s *layers.Store) error {
		return demo.Write(t.Context(), s, demo.Make(1, demo.Small), func(string, int) {})
	})
	first, last := 6, 12
	if many == 0 {
		first, last = 8, 10
		f.exec(`update onemap.layer set drawing = jsonb_set(drawing, '{rules}', '[{"minZoom": 8, "maxZoom": 10, "dissolve": true}]') where layer = any ($1)`, slices.Collect(maps.Keys(of)))
	}
	f.made(len(of))
	for layer, by := range of {
		for zoom := first; zoom <= last; zoom++ {
			most := 0.02
			if zoom < 9 {
				most = 0.05
			}
			f.judge(layer, by, zoom, most)
		}
	}
}

// A city's plan of land use as it came: with gaps, overlaps, and rings that cross themselves.
func TestAMosaicOfRealLandUseIsTrue(t *testing.T) {
	t.Parallel()
	path := filepath.Join(data(t), "3-landuse", "dc", "land-use-planned-2006.geojson")
	if !exists(path) {
		t.Skip("the file is not there")
	}
	f := newMosaics(t, func(s *layers.Store) error {
		_, err := intake.Import(t.Context(), s, layers.Anonymous, []string{path}, intake.Options{Layer: "plan", Invalid: intake.Keep, Folder: t.TempDir()})
		return err
	})
	f.exec(`update onemap.layer set style = '{"kind": "fill", "by": "lucode"}',
		drawing = '{"minZoom": 9, "properties": ["lucode"], "rules": [{"minZoom": 9, "maxZoom": 11, "dissolve": true}]}'`)
	f.made(1)
	for zoom := 9; zoom <= 11; zoom++ {
		most := 0.02
		if zoom < 10 { // where all of it is smaller than a county at zoom 9
			most = 0.05
		}
		f.judge("plan", "lucode", zoom, most)
	}
}
