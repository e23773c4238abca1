package tiles_test

import (
	"math"
	"testing"

	"onemap/tiles"
)

// caughtUp waits until the mosaic has the changes there are, and returns its last zoom and how many chunks it has.
func (f *field) caughtUp() (last, chunks int64) {
	f.Helper()
	f.settled()
	position, err := f.store.Position(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	f.readyMosaic(position)
	f.soon(func() bool { return f.number("select count(*) from onemap.mosaic") == 1 })
	return f.number("select zooms[2] from onemap.mosaic where ready"), f.number("select count(*) from onemap.mosaic_field join onemap.mosaic using (mosaic) where zoom = zooms[2]")
}

// A feature as wide as the world, by mistake or not, is drawn as all others are, and takes nobody's memory: zooms at which there
// would be too much of a mosaic are drawn from the rows. When it has gone, all is as it was.
func TestAFeatureAsWideAsTheWorldIsDrawn(t *testing.T) {
	t.Parallel()
	f := newParcels(t, true)
	f.exec("update layer.field set class = 'world', geom = st_multi(st_makeenvelope(-179, -80, 179, 80, 4490)) where fid = 1")
	if last, _ := f.caughtUp(); last >= 12 {
		t.Errorf("the mosaic's last zoom is %d", last)
	}
	truth := f.areasOfRows()
	for _, zoom := range []int{10, 12} {
		covered := f.classesAt(tileAt(-70.003, -33.003, zoom))
		if math.Abs(covered["world"]-1) > 0.01 {
			t.Errorf("zoom %d: the other end of the world is covered by %v", zoom, covered)
		}
		parcels := f.classesAt(tileAt(116.03, 35.72, zoom))
		if len(parcels) != len(truth) {
			t.Errorf("zoom %d: there are the classes %v beside the large one, want %v", zoom, parcels, truth)
		}
	}
	f.exec("update layer.field set class = '0', geom = st_multi(st_makeenvelope(116, 35.7, 116.001, 35.701, 4490)) where fid = 1")
	if last, chunks := f.caughtUp(); last != 12 || chunks > 20 {
		t.Errorf("the mosaic's last zoom is %d, of %d chunks", last, chunks)
	}
	areas, _ := f.areaWhere(12, tileAt(116.03, 35.72, 12))
	for class, area := range f.areasOfRows() {
		if off := areas[class]/area - 1; math.Abs(off) > 0.03 {
			t.Errorf("class %s is wrong by %.1f %%", class, 100*off)
		}
	}
}

// One whose coordinates are wrong takes a place of its own in the mosaic, not all that is between.
func TestAFeatureFarFromAllOthersIsInTheMosaic(t *testing.T) {
	t.Parallel()
	f := newParcels(t, false)
	f.exec("update layer.field set geom = st_multi(st_makeenvelope(0.001, 0.001, 0.003, 0.003, 4490)) where fid = 1")
	f.exec("update layer.field set geom = st_multi(st_makeenvelope(179.99, -84, 180, -83.99, 4490)) where fid = 2")
	f.settled()
	f.follow(f.tiles.KeepMosaics)
	last, chunks := f.caughtUp()
	if jobs := f.number("select total from onemap.mosaic"); last != 12 || chunks > 20 || jobs > 5000 {
		t.Errorf("the mosaic's last zoom is %d, of %d chunks, in %d jobs", last, chunks, jobs)
	}
	for _, place := range [][2]float64{{0.002, 0.002}, {179.995, -83.995}} {
		if classes := f.classesAt(tileAt(place[0], place[1], 12)); len(classes) != 1 {
			t.Errorf("at %v there are %v", place, classes)
		}
	}
	f.exec("update layer.field set class = 'new' where fid % 3 = 0") // prices are found again, of the fields there are
	f.soon(func() bool {
		return f.number("select count(*) from onemap.mosaic where ready and priced = cardinality(classes) and 'new' = any (classes)") == 1
	})
	if _, again := f.caughtUp(); again != chunks {
		t.Errorf("there are %d chunks, %d before", again, chunks)
	}
}

// classesAt is what part of a tile each class has.
func (f *field) classesAt(tile tiles.Tile) map[string]float64 {
	f.Helper()
	m := tile.Mercator()
	areas := map[string]float64{}
	f.classes(tile, areas)
	for class := range areas {
		areas[class] /= (m[2] - m[0]) * (m[3] - m[1])
	}
	return areas
}

// areaWhere is area of some tiles around one.
func (f *field) areaWhere(zoom int, middle tiles.Tile) (areas map[string]float64, names map[tiles.Tile]string) {
	f.Helper()
	areas, names = map[string]float64{}, map[tiles.Tile]string{}
	for x := middle.X - 2; x <= middle.X+2; x++ {
		for y := middle.Y - 2; y <= middle.Y+2; y++ {
			tile := tiles.Tile{Z: zoom, X: x, Y: y}
			names[tile] = f.classes(tile, areas)
		}
	}
	return areas, names
}
