package mosaic_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"onemap/migrations/dbtest"
	"onemap/tiles/mosaic"
)

// land is a made-up map: fields of the deepest zoom by their place.
type land map[[2]int]*mosaic.Field

// newLand paints parcels of several classes, some of them over others and some places left empty, over columns × rows chunks;
// covered, another class is where all else is empty, and around.
func newLand(t testing.TB, seed uint64, columns, rows int, size float64, covered bool) land {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 7))
	const side = 1000.0
	type parcel struct {
		wkb   []byte
		class uint8
		x, y  float64
	}
	var parcels []parcel
	if covered {
		const far = 9 * side
		parcels = append(parcels, parcel{wkb([][2]float64{{-far, far}, {far, far}, {far, -far}, {-far, -far}, {-far, far}}), 20, 0, 0})
	}
	for x := -size; x < float64(columns)*side; x += size {
		for y := -float64(rows) * side; y < size; y += size {
			if random.IntN(12) == 0 {
				continue
			}
			n := 3 + random.IntN(5)
			ring := make([][2]float64, 0, n+1)
			for i := range n {
				angle := 2 * math.Pi * float64(i) / float64(n)
				far := size * (0.3 + 0.9*random.Float64())
				ring = append(ring, [2]float64{x + size/2 + far*math.Cos(angle), y + size/2 + far*math.Sin(angle)})
			}
			parcels = append(parcels, parcel{wkb(append(ring, ring[0])), uint8(1 + random.IntN(9)), x, y})
		}
	}
	out := land{}
	for cx := -1; cx <= columns; cx++ {
		for cy := -1; cy <= rows; cy++ {
			r := mosaic.NewRaster(float64(cx)*side, -float64(cy)*side, side)
			for _, p := range parcels {
				if p.class < 20 && (math.Abs(p.x-float64(cx)*side-side/2) > side/2+2*size || math.Abs(p.y+float64(cy)*side+side/2) > side/2+2*size) {
					continue
				}
				if err := r.Fill(p.wkb, p.class); err != nil {
					t.Fatal(err)
				}
			}
			out[[2]int{cx, cy}] = r.Field()
		}
	}
	return out
}

func wkb(ring [][2]float64) []byte {
	b := []byte{1, 3, 0, 0, 0, 1, 0, 0, 0}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(ring)))
	for _, p := range ring {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
	}
	return b
}

func (l land) at(column, row int) *mosaic.Field { return l[[2]int{column, row}] }

// window is the field of tile x, y with its margin.
func (l land) window(r *mosaic.Recipe, x, y int) *mosaic.Field {
	n, m := r.Cells(), r.Margin()
	return mosaic.Window(l.at, x*n-m, y*n-m, n+2*m, n+2*m)
}

func (l land) tile(r *mosaic.Recipe, x, y int) []mosaic.Shape {
	return mosaic.Label(l.window(r, x, y), r).Trace()
}

// recipes has what a map is made by: coarse and fine, and with prices that distort.
func recipes() map[string]*mosaic.Recipe {
	dear := mosaic.Even(1, mosaic.Samples*mosaic.Samples)
	for c := 1; c < 10; c++ {
		dear.Prices[c] = math.Pow(1.5, float64(c-5))
	}
	return map[string]*mosaic.Recipe{
		"coarse": mosaic.Even(1, mosaic.Samples*mosaic.Samples),
		"fine":   mosaic.Even(2, mosaic.Samples*mosaic.Samples),
		"dear":   dear,
	}
}

func TestNeighboursMeetAtTheirEdgeWithoutADifference(t *testing.T) {
	t.Parallel()
	for name, r := range recipes() {
		side := 2 * r.Scale
		l := newLand(t, 1, 2*side, 2*side, 12, false)
		east, south := edge(l.tile(r, 0, 0), 0, mosaic.Extent), edge(l.tile(r, 0, 0), 1, mosaic.Extent)
		if len(east) < 50 || len(south) < 50 {
			t.Fatalf("%s: %d and %d places at the edges: the map is too plain to tell", name, len(east), len(south))
		}
		if west := edge(l.tile(r, 1, 0), 0, 0); !slices.Equal(east, west) {
			t.Errorf("%s: east of 0/0 differs from west of 1/0:\n%v\n%v", name, east, west)
		}
		if north := edge(l.tile(r, 0, 1), 1, 0); !slices.Equal(south, north) {
			t.Errorf("%s: south of 0/0 differs from north of 0/1:\n%v\n%v", name, south, north)
		}
	}
}

// A tile that is made coarser, because it would be too large, still fits neighbours that are not, and is valid.
func TestCoarseTilesFitTheirNeighbours(t *testing.T) {
	t.Parallel()
	r := recipes()["dear"]
	l := newLand(t, 4, 2, 2, 6, false)
	var texts []string
	whole := l.tile(r, 0, 0)
	for most := corners(whole) / 2; most > 20_000; most /= 2 {
		var last []mosaic.Shape
		if _, err := mosaic.Label(l.window(r, 0, 0), r).Draw(most, func(shapes []mosaic.Shape) ([]byte, error) {
			last = shapes
			return make([]byte, corners(shapes)), nil
		}); err != nil {
			t.Fatal(err)
		}
		if n := corners(last); n > most || n == 0 {
			t.Errorf("%d corners, want some, and no more than %d", n, most)
		}
		for axis := range 2 {
			if !slices.Equal(edge(last, axis, mosaic.Extent), edge(whole, axis, mosaic.Extent)) {
				t.Errorf("with no more than %d corners edge %d is another", most, axis)
			}
		}
		for _, s := range last {
			texts = append(texts, text(s))
		}
	}
	if len(texts) == 0 {
		t.Fatalf("%d corners: the map is too plain to tell", corners(whole))
	}
	var invalid int
	err := dbtest.New(t).QueryRow(t.Context(), "select count(*) from unnest($1::text[]) w where not st_isvalid(st_geomfromtext(w))", texts).Scan(&invalid)
	if err != nil || invalid > 0 {
		t.Errorf("%d of %d classes are not valid; %v", invalid, len(texts), err)
	}
}

func corners(shapes []mosaic.Shape) (n int) {
	for _, s := range shapes {
		for _, ring := range s.Rings {
			n += len(ring)
		}
	}
	return n
}

// edge lists where the rings of each class come to an edge of the tile.
func edge(shapes []mosaic.Shape, axis int, at int32) (out [][3]int32) {
	for _, s := range shapes {
		for _, ring := range s.Rings {
			for _, p := range ring {
				on, along := p.X, p.Y
				if axis == 1 {
					on, along = along, on
				}
				if on == at && along >= 0 && along <= mosaic.Extent {
					out = append(out, [3]int32{along, int32(s.Class)})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b [3]int32) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return out
}

func TestATileMadeAloneIsTheSame(t *testing.T) {
	t.Parallel()
	r := mosaic.Even(1, mosaic.Samples*mosaic.Samples)
	l := newLand(t, 2, 4, 4, 12, false)
	whole := l.tile(r, 0, 0)
	for place, f := range l { // what is far from it does not count, and fields are the same when they have been stored
		again, err := mosaic.DecodeField(f.Encode())
		if err != nil {
			t.Fatal(err)
		}
		l[place] = again
		if place[0] == 3 || place[1] == 3 {
			delete(l, place)
		}
	}
	if fmt.Sprint(whole) != fmt.Sprint(l.tile(r, 0, 0)) {
		t.Error("a tile differs when it is made again")
	}
}

// Polygons are valid, do not overlap, leave no gaps within the frame, and wind as tiles want it: PostGIS says so.
func TestPolygonsAreValidAndCover(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	for i, test := range []struct {
		recipe string
		size   float64 // of parcels, in metres; a cell has four, or two
	}{{"coarse", 6}, {"coarse", 60}, {"dear", 12}, {"fine", 12}} {
		r := recipes()[test.recipe]
		side := 2 * r.Scale
		l := newLand(t, uint64(10+i), side, side, test.size, false)
		var texts []string
		for _, s := range l.tile(r, 0, 0) {
			texts = append(texts, text(s))
		}
		var invalid, parts int
		var sum, union float64
		err := pool.QueryRow(context.Background(), `
			with p as (select st_geomfromtext(w) as g from unnest($1::text[]) w)
			select (select count(*) from p where not st_isvalid(g)),
				(select sum(st_area(g)) from p), (select st_area(st_union(g)) from p), (select sum(st_numgeometries(g)) from p)`,
			texts).Scan(&invalid, &sum, &union, &parts)
		if err != nil {
			t.Fatal(err)
		}
		if invalid > 0 {
			t.Errorf("%v: %d of %d classes have polygons that are not valid", test, invalid, len(texts))
		}
		if math.Abs(sum-union) > 1e-6*sum {
			t.Errorf("%v: polygons of %.0f square units cover %.0f", test, sum, union)
		}
		if parts < 50 {
			t.Errorf("%v: only %d polygons: too plain to tell", test, parts)
		}
	}
}

// text is a shape as WKT, with the rule of tiles for what is a hole.
func text(s mosaic.Shape) string {
	var b strings.Builder
	b.WriteString("MULTIPOLYGON(")
	for i, ring := range s.Rings {
		var area int64
		last := ring[len(ring)-1]
		for _, p := range ring {
			area += int64(last.X)*int64(p.Y) - int64(p.X)*int64(last.Y)
			last = p
		}
		switch {
		case area > 0 && i > 0:
			b.WriteString("),(")
		case area > 0:
			b.WriteString("(")
		default:
			b.WriteString(",")
		}
		b.WriteString("(")
		for _, p := range append(slices.Clone(ring), ring[0]) {
			fmt.Fprintf(&b, "%d %d,", p.X, p.Y)
		}
		text := strings.TrimSuffix(b.String(), ",") + ")"
		b.Reset()
		b.WriteString(text)
	}
	b.WriteString("))")
	return b.String()
}

func TestNoGapsInACoverage(t *testing.T) {
	t.Parallel()
	r := mosaic.Even(1, mosaic.Samples*mosaic.Samples)
	l := newLand(t, 5, 2, 2, 12, true)
	var sum int64
	for _, s := range l.tile(r, 0, 0) {
		for _, ring := range s.Rings {
			last := ring[len(ring)-1]
			for _, p := range ring {
				sum += int64(last.X)*int64(p.Y) - int64(p.X)*int64(last.Y)
				last = p
			}
		}
	}
	const frame = mosaic.Extent + 2*mosaic.Buffer
	if whole := int64(2 * frame * frame); sum > whole || whole-sum > 4*64 { // its four corners are cut
		t.Errorf("the polygons have %d of %d half units", sum, whole)
	}
}

// fit searches for prices of a map of one tile, and returns the largest part by which a class is wrong.
func fit(r *mosaic.Recipe, tile func(int) *mosaic.Field, rounds int, enough float64) (worst float64) {
	f := r.NewFitting(1, rounds, enough)
	for !f.Step(tile) {
	}
	_, worst = f.Best()
	return worst
}

// Classes that lie scattered in small pieces lose all they have to those between; prices give it back.
func TestPricesKeepAreas(t *testing.T) {
	t.Parallel()
	l := newLand(t, 3, 4, 4, 9, true)
	r := mosaic.Even(1, 4*mosaic.Samples*mosaic.Samples) // of the zoom above: a pixel has several parcels
	up := land{}
	for x := range 2 {
		for y := range 2 {
			up[[2]int{x, y}] = mosaic.Shrink([4]*mosaic.Field{l.at(2*x, 2*y), l.at(2*x+1, 2*y), l.at(2*x, 2*y+1), l.at(2*x+1, 2*y+1)}, 1)
		}
	}
	tile := func(int) *mosaic.Field { return up.window(r, 0, 0) }
	before := fit(r, tile, 1, 0)
	after := fit(r, tile, 12, 0.005)
	if before < 0.04 || after > 0.02 {
		t.Errorf("areas are wrong by up to %.1f %%, and by %.1f %% with prices; want more than 4 %%, and less than 2 %%", 100*before, 100*after)
	}
}

// However many zooms a pixel is above the deepest, what is full is full, and stays so when it is made coarser.
func TestAMapOfManyZoomsIsFull(t *testing.T) {
	t.Parallel()
	const side = 1000.0
	raster := mosaic.NewRaster(0, side, side)
	if err := raster.Fill(wkb([][2]float64{{0, 0}, {0, side}, {side, side}, {side, 0}, {0, 0}}), 7); err != nil {
		t.Fatal(err)
	}
	full := raster.Field()
	for up := range 16 {
		if up > 0 {
			full = mosaic.Shrink([4]*mosaic.Field{full, full, full, full}, up)
		}
		if up != 11 && up != 15 {
			continue
		}
		r := mosaic.Even(2, mosaic.Full(up))
		n, m := r.Cells(), r.Margin()
		sheet := mosaic.Label(mosaic.Window(func(int, int) *mosaic.Field { return full }, -m, -m, n+2*m, n+2*m), r)
		drawn := 0
		_, err := sheet.Draw(0, func(shapes []mosaic.Shape) ([]byte, error) {
			drawn++
			if len(shapes) != 1 || shapes[0].Class != 7 || len(shapes[0].Rings) != 1 {
				t.Errorf("%d zooms up, drawn for the %d. time, there are %d shapes", up, drawn, len(shapes))
			}
			return []byte("too much"), nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A coordinate that is no number, or endless, paints nothing wrong and does not end the program.
func TestOddNumbersArePaintedWithoutHarm(t *testing.T) {
	t.Parallel()
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e308, -1e308, 0, 3, 999}
	random := rand.New(rand.NewPCG(5, 6))
	r := mosaic.NewRaster(0, 1000, 1000)
	for range 3000 {
		ring := make([][2]float64, 3+random.IntN(4))
		for i := range ring {
			ring[i] = [2]float64{odd[random.IntN(len(odd))], odd[random.IntN(len(odd))]}
		}
		if err := r.Fill(wkb(append(ring, ring[0])), 1); err != nil {
			t.Fatal(err)
		}
	}
	if f := r.Field(); f == nil {
		t.Error("there is no field")
	}
}
