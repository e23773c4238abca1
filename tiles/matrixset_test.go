package tiles_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"onemap/layers"
	"onemap/migrations/dbtest"
	"onemap/tiles"
)

// near compares to a part in 10⁹, which is what the register's figures are good for.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(math.Abs(a), math.Abs(b)) }

func TestMatrixSetsAreThoseOfTheRegister(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	drawn := tiles.New(pool, layers.New(pool), tiles.Options{})
	var ids []string
	for _, s := range drawn.MatrixSets() {
		ids = append(ids, s.ID)
	}
	if got := strings.Join(ids, " "); got != "WebMercatorQuad WorldCRS84Quad CGCS2000Quad" {
		t.Errorf("sets %s", got)
	}
	if _, err := drawn.MatrixSet("WebMercatorQuadGCJ02"); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("GCJ-02 is there unasked: %v", err)
	}
	// Scale denominators and cells of the first zoom, as published: 17-083r4 annex D; domain.md 2.4 for TianDiTu's c,
	// whose level 1 has pixels of 0.703125°.
	for _, c := range []struct {
		id, crs, axes, uri string
		first, last        int
		scale, cell        float64
		origin             [2]float64
		width, height      int
	}{
		{"WebMercatorQuad", "http://www.opengis.net/def/crs/EPSG/0/3857", "X Y", "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
			0, 24, 559082264.028717, 156543.033928041, [2]float64{-20037508.3427892, 20037508.3427892}, 1, 1},
		{"WorldCRS84Quad", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "Lon Lat", "http://www.opengis.net/def/tilematrixset/OGC/1.0/WorldCRS84Quad",
			0, 23, 279541132.014358, 0.703125, [2]float64{-180, 90}, 2, 1},
		{"CGCS2000Quad", "http://www.opengis.net/def/crs/EPSG/0/4490", "Lat Lon", "",
			1, 20, 279541132.0143589, 0.703125, [2]float64{90, -180}, 2, 1},
	} {
		s, err := drawn.MatrixSet(c.id)
		if err != nil {
			t.Fatal(err)
		}
		ms := s.Matrices()
		if s.CRS != c.crs || strings.Join(s.Axes[:], " ") != c.axes || s.URI != c.uri || len(ms) != c.last-c.first+1 {
			t.Errorf("%s: %s %v %s, %d matrices", c.id, s.CRS, s.Axes, s.URI, len(ms))
		}
		for i, m := range ms {
			half := float64(int(1) << i)
			if m.ID != fmt.Sprint(c.first+i) || !near(m.ScaleDenominator, c.scale/half) || !near(m.CellSize, c.cell/half) ||
				!near(m.PointOfOrigin[0], c.origin[0]) || !near(m.PointOfOrigin[1], c.origin[1]) || m.CornerOfOrigin != "topLeft" ||
				m.MatrixWidth != c.width<<i || m.MatrixHeight != c.height<<i || m.TileWidth != 256 || m.TileHeight != 256 {
				t.Errorf("%s: %+v", c.id, m)
			}
			z := c.first + i
			if z > s.MaxZoom {
				continue
			}
			first := s.Bounds(tiles.Tile{Z: z})
			last := s.Bounds(tiles.Tile{Z: z, X: m.MatrixWidth - 1, Y: m.MatrixHeight - 1})
			if !near(first[2]-first[0], 256*m.CellSize) || !near(last[2], -first[0]) || !near(last[1], -first[3]) {
				t.Errorf("%s zoom %d: from %v to %v", c.id, z, first, last)
			}
		}
	}
	// The same place in all of them, and the offset of TianDiTu's levels.
	crs84, _ := drawn.MatrixSet("WorldCRS84Quad")
	cgcs, _ := drawn.MatrixSet("CGCS2000Quad")
	if a, b := crs84.Bounds(tiles.Tile{Z: 13, X: 13475, Y: 2466}), cgcs.Bounds(tiles.Tile{Z: 14, X: 13475, Y: 2466}); a != b {
		t.Errorf("%v and %v", a, b)
	}
}

func TestApproximateShift(t *testing.T) {
	t.Parallel()
	lon, lat := tiles.GCJ02(116.09, 35.80) // domain.md 2.5
	if math.Abs(lon-116.095843325) > 5e-10 || math.Abs(lat-35.800129028) > 5e-10 {
		t.Errorf("%.9f %.9f", lon, lat)
	}
	for _, p := range [][2]float64{{0, 0}, {73.65, 35}, {116, 53.56}, {-116, 35.8}, {math.NaN(), 3}} {
		if x, y := tiles.GCJ02(p[0], p[1]); x != p[0] && p[0] == p[0] || y != p[1] {
			t.Errorf("%v is shifted to %v %v", p, x, y)
		}
	}
}

// A layer of places, drawn shifted: each is in the tile where it is shown, and labels in one tile only.
func TestShiftedTilesHoldWhatIsShownThere(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	def := layers.Definition{Layer: layers.Layer{Name: "place", Title: "地", GeometryType: "Polygon", SRID: 4490, Writable: true, Tracked: true,
		Drawing: layers.Drawing{MaxZoom: 18}, Style: layers.Style{Label: "n"}},
		Columns: []layers.Column{{Property: layers.Property{Name: "n", Type: layers.Integer}, SQLType: "integer"}}}
	if _, err := store.Create(t.Context(), layers.Anonymous, def); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `insert into layer.place (n, geom) select n, st_expand(st_setsrid(st_makepoint(
		116.09 + (n % 20) * 0.0007, 35.80 + (n / 20) * 0.0009), 4490), 1e-5) from generate_series(0, 399) n`); err != nil {
		t.Fatal(err)
	}
	drawn := tiles.New(pool, store, tiles.Options{GCJ02: true})
	set, err := drawn.MatrixSet("WebMercatorQuadGCJ02")
	if err != nil {
		t.Fatal(err)
	}
	seen, labels := map[int64][2]float64{}, map[int64]int{}
	side := 40075016.685578488 / (1 << 17)
	at := func(x, y float64) (int, int) {
		return int((20037508.342789244 + x) / side), int((20037508.342789244 - y) / side)
	}
	west, north := at(12923000, 4274000)
	for x := west; x < west+12; x++ {
		for y := north - 12; y < north+3; y++ {
			plain := plainTile(t, drawn, tiles.Request{Layers: []string{"place"}, Set: set, Tile: tiles.Tile{Z: 17, X: x, Y: y}})
			ls, err := mvt.Unmarshal(plain)
			if err != nil {
				t.Fatal(err)
			}
			b := set.Bounds(tiles.Tile{Z: 17, X: x, Y: y})
			for _, l := range ls {
				for _, f := range l.Features {
					n := int64(f.ID.(float64)) - 1
					c := f.Geometry.Bound().Center()
					if l.Name == "place_label" {
						labels[n]++
						c = f.Geometry.(orb.Point)
						if c[0] < 0 || c[0] > 4096 || c[1] < 0 || c[1] > 4096 {
							t.Errorf("label %d is outside its tile", n)
						}
						continue
					}
					seen[n] = [2]float64{b[0] + c[0]/4096*side, b[3] - c[1]/4096*side}
				}
			}
		}
	}
	if len(seen) != 400 || len(labels) != 400 {
		t.Errorf("%d places and %d labels of 400", len(seen), len(labels))
	}
	for n, p := range seen {
		lon, lat := tiles.GCJ02(116.09+float64(n%20)*0.0007, 35.80+float64(n/20)*0.0009)
		x, y := lon/360*40075016.685578488, math.Asinh(math.Tan(lat*math.Pi/180))*6378137
		if math.Hypot(p[0]-x, p[1]-y) > side/4096*2 {
			t.Errorf("place %d is shown %v, which is %.2f m off", n, p, math.Hypot(p[0]-x, p[1]-y))
		}
		if labels[n] != 1 {
			t.Errorf("label %d stands in %d tiles", n, labels[n])
		}
	}
	if doc := tiles.DescribeRequest([]*layers.Layer{mustLayer(t, store, "place")}, tiles.Request{Set: set}, ""); !strings.Contains(doc.Name, "近似") || doc.TileMatrixSet != set.ID {
		t.Errorf("%+v", doc)
	}
}

func mustLayer(t *testing.T, store *layers.Store, name string) *layers.Layer {
	t.Helper()
	l, err := store.Layer(t.Context(), layers.Anonymous, name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLimitsAreTrue(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	drawn := tiles.New(pool, layers.New(pool), tiles.Options{GCJ02: true})
	bounds := layers.Bounds{115.86, 35.58, 116.38, 35.96}
	here := &layers.Layer{Name: "a", Tracked: true, Bounds: &bounds, Table: layers.Table{Geom: "geom"}, Drawing: layers.Drawing{MinZoom: 8, MaxZoom: 16}}
	for _, c := range []struct {
		set         string
		first, last int
		box         string // of zoom 12: columns, rows
	}{
		{"WebMercatorQuad", 8, 16, "3366-3372 1608-1614"},
		{"WorldCRS84Quad", 7, 15, "6732-6744 1229-1238"},
		{"CGCS2000Quad", 8, 16, "3366-3372 614-619"},
		{"WebMercatorQuadGCJ02", 8, 16, "3366-3372 1608-1614"},
	} {
		s, err := drawn.MatrixSet(c.set)
		if err != nil {
			t.Fatal(err)
		}
		limits := s.Limits([]*layers.Layer{here})
		if limits[0].Zoom != c.first || limits[len(limits)-1].Zoom != c.last {
			t.Errorf("%s: zooms %d to %d", c.set, limits[0].Zoom, limits[len(limits)-1].Zoom)
		}
		i := slices.IndexFunc(limits, func(l tiles.Limit) bool { return l.Zoom == 12 })
		l := limits[i]
		if got := fmt.Sprintf("%d-%d %d-%d", l.MinColumn, l.MaxColumn, l.MinRow, l.MaxRow); got != c.box {
			t.Errorf("%s: %s, want %s", c.set, got, c.box)
		}
		if l.Check(tiles.Tile{Z: 12, X: l.MinColumn, Y: l.MaxRow}) != nil || !errors.Is(l.Check(tiles.Tile{Z: 12, X: l.MinColumn - 1, Y: l.MaxRow}), layers.ErrNotFound) {
			t.Errorf("%s: %+v does not hold", c.set, l)
		}
	}
	unknown := *here
	unknown.Tracked = false
	s, _ := drawn.MatrixSet("WorldCRS84Quad")
	if l, ok := s.Limit([]*layers.Layer{here, &unknown}, 7); !ok || l != (tiles.Limit{Zoom: 7, MaxRow: 127, MaxColumn: 255}) {
		t.Errorf("%+v", l)
	}
	if _, ok := s.Limit([]*layers.Layer{here}, 6); ok {
		t.Error("there are tiles below the first zoom")
	}
}
