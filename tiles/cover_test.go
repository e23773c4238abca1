package tiles_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/layers"
	"onemap/migrations/dbtest"
	"onemap/tiles"
	"onemap/tiles/pmtiles"
)

// star is an area with a hole: n corners, far and near in turns.
func star(x, y, far float64, n int, r *rand.Rand) orb.MultiPolygon {
	var ring, hole orb.Ring
	for i := range n {
		angle, reach := 2*math.Pi*float64(i)/float64(n), far*(0.4+0.6*r.Float64())
		ring = append(ring, orb.Point{x + reach*math.Cos(angle), y + reach*math.Sin(angle)})
		hole = append(hole, orb.Point{x + far*0.2*math.Cos(-angle), y + far*0.2*math.Sin(-angle)})
	}
	return orb.MultiPolygon{{append(ring, ring[0]), append(hole, hole[0])}}
}

// PostGIS has the same tiles meet an area.
func TestCoverIsWhatMeetsTheArea(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	r := rand.New(rand.NewPCG(1, 2))
	for _, far := range []float64{0.02, 0.3, 4} {
		area := star(116.1, 35.8, far, 9, r)
		b := area.Bound()
		cover := tiles.Cover{MaxZoom: 12, Bounds: layers.Bounds{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}, Area: area}
		cover.MinZoom = 6
		if far < 0.1 {
			cover.MaxZoom = 15
		}
		if far > 1 {
			cover.MaxZoom = 10
		}
		shape, err := wkb.Marshal(area)
		if err != nil {
			t.Fatal(err)
		}
		got := map[tiles.Tile]bool{}
		last := uint64(0)
		for tile := range cover.Tiles() {
			if id := pmtiles.ID(tile.Z, tile.X, tile.Y); got[tile] || id <= last {
				t.Fatalf("%s is out of order", tile)
			} else {
				last = id
			}
			got[tile] = true
		}
		if n := cover.Count(0); n != int64(len(got)) || cover.Count(n-1) <= n-1 {
			t.Errorf("reach %v: %d are counted, %d are there", far, n, len(got))
		}
		rows, err := pool.Query(t.Context(), `with a as (select st_transform(st_segmentize(st_setsrid(st_geomfromwkb($1), 4326), 0.02), 3857) g)
			select z, x, y from a, generate_series($2::int, $3) z,
			lateral generate_series(floor((st_xmin(g) / 40075016.68557849 + 0.5) * 2 ^ z)::int, floor((st_xmax(g) / 40075016.68557849 + 0.5) * 2 ^ z)::int) x,
			lateral generate_series(floor((0.5 - st_ymax(g) / 40075016.68557849) * 2 ^ z)::int, floor((0.5 - st_ymin(g) / 40075016.68557849) * 2 ^ z)::int) y
			where st_area(st_intersection(g, st_tileenvelope(z, x, y))) > 100`, shape, cover.MinZoom, cover.MaxZoom)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for rows.Next() {
			var tile tiles.Tile
			if err := rows.Scan(&tile.Z, &tile.X, &tile.Y); err != nil {
				t.Fatal(err)
			}
			want++
			if !got[tile] {
				t.Errorf("reach %v: %s meets the area and is not covered", far, tile)
			}
		}
		if err := rows.Err(); err != nil || want < 20 || len(got)-want > want/50+3 {
			t.Errorf("reach %v: %d tiles, of which %d meet the area; %v", far, len(got), want, err)
		}
	}
}

// Every set has its tiles; numbers are checked without walking through the world.
func TestCoverOfSets(t *testing.T) {
	t.Parallel()
	drawn := tiles.New(dbtest.New(t), nil, tiles.Options{GCJ02: true})
	bounds := layers.Bounds{115.9, 35.65, 116.3, 35.95}
	box := orb.MultiPolygon{{{{115.9, 35.65}, {116.3, 35.65}, {116.3, 35.95}, {115.9, 35.95}, {115.9, 35.65}}}}
	for _, set := range drawn.MatrixSets() {
		c := tiles.Cover{Set: set, MinZoom: 9, MaxZoom: 13, Bounds: bounds}
		all := slices.Collect(c.Tiles())
		if int64(len(all)) != c.Count(0) || len(all) < 100 {
			t.Errorf("%s: %d tiles, %d counted", set.ID, len(all), c.Count(0))
		}
		for _, tile := range all {
			if err := set.Check(tile); err != nil {
				t.Error(err)
			}
		}
		within := c
		within.Area = box
		if n := within.Count(0); n > int64(len(all)) || float64(n) < 0.9*float64(len(all)) {
			t.Errorf("%s: %d of %d are in the box", set.ID, n, len(all))
		}
	}
	world := tiles.Cover{MaxZoom: 22, Bounds: layers.Bounds{-180, -90, 180, 90}}
	if n := world.Count(1000); n <= 1000 {
		t.Error(n)
	}
}

func TestWhatIsNoCover(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a", "1-", "-3", "9-8", "1-23", "1-2-3", "1.5"} {
		if _, _, err := tiles.ParseZooms(text); !errors.Is(err, layers.ErrInvalid) {
			t.Errorf("zooms %q: %v", text, err)
		}
	}
	for _, text := range []string{"", "1,2,3", "1,2,3,4,5", "1,2,x,4", "3,2,1,4", "1,2,3,NaN", "-181,0,1,1"} {
		if _, err := tiles.ParseBounds(text); !errors.Is(err, layers.ErrInvalid) {
			t.Errorf("bounds %q: %v", text, err)
		}
	}
	for _, text := range []string{"", "{}", "null", "[]", `{"type":"Point","coordinates":[1,2]}`, `{"type":"Polygon","coordinates":[]}`, `{"type":"Polygon","coordinates":[[[1,2],[3,4],[1,2]]]}`,
		`{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,6],[7,8]]]}`, `{"type":"Polygon","coordinates":[[[1,2],[300,4],[5,6],[1,2]]]}`,
		`{"type":"Feature","geometry":null}`, `{"type":"FeatureCollection","features":[]}`, `{"type":"Polygon","coordinates":"x"}`} {
		if area, err := tiles.ParseArea([]byte(text)); !errors.Is(err, layers.ErrInvalid) {
			t.Errorf("area %s: %v, %v", text, area, err)
		}
	}
	const square = `{"type":"Polygon","coordinates":[[[1,2],[3,2],[3,4],[1,2]]]}`
	for _, text := range []string{square, `{"type":"Feature","properties":{},"geometry":` + square + `}`, `{"type":"FeatureCollection","features":[{"type":"Feature","properties":null,"geometry":` + square + `}]}`} {
		if area, err := tiles.ParseArea([]byte(text)); err != nil || len(area) != 1 {
			t.Errorf("%s: %v, %v", text, area, err)
		}
	}
}
