package tiles_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/planar"

	"onemap/layers"
	"onemap/migrations/dbtest"
	"onemap/tiles"
)

// newDrawn is a layer with a class and a rank, drawn by one rule.
func newDrawn(t *testing.T, geometryType, rows string, rule layers.Rule) *field {
	t.Helper()
	f := &field{T: t, pool: dbtest.New(t)}
	f.store = layers.New(f.pool)
	_, err := f.store.Create(t.Context(), layers.Anonymous, layers.Definition{
		Layer: layers.Layer{Name: "field", Title: "Field", GeometryType: geometryType, Writable: true, Tracked: true,
			Drawing: layers.Drawing{Properties: []string{"class"}, Rules: []layers.Rule{rule}}, Style: layers.Style{Kind: "line", By: "class"}},
		Columns: []layers.Column{{Property: layers.Property{Name: "class", Type: layers.String}, SQLType: "text"},
			{Property: layers.Property{Name: "rank", Type: layers.Integer}, SQLType: "bigint"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.exec("insert into layer.field (class, rank, geom) " + rows)
	f.tiles = tiles.New(f.pool, f.store, tiles.Options{Bytes: -1})
	return f
}

// scattered are 2000 points around one place, the same in each run.
const scattered = `select (n % 3)::text, n, st_setsrid(st_makepoint(116 + 0.1 * (hashint4(n) & 65535) / 65536, 35.7 + 0.1 * (hashint4(-n) & 65535) / 65536), 4490) from generate_series(1, 2000) n`

// all are the features of a zoom's tiles; points only of the tile that they lie in.
func (f *field) all(zoom int, filter string) (features []orbFeature) {
	f.Helper()
	from, to := tileAt(115.95, 35.85, zoom), tileAt(116.15, 35.65, zoom)
	for x := from.X; x <= to.X; x++ {
		for y := from.Y; y <= to.Y; y++ {
			plain := plainTile(f, f.tiles, tiles.Request{Layers: []string{"field"}, Tile: tiles.Tile{Z: zoom, X: x, Y: y}, Filter: filter})
			ls, err := mvt.Unmarshal(plain)
			if err != nil {
				f.Fatal(err)
			}
			for _, l := range ls {
				for _, feature := range l.Features {
					p, point := feature.Geometry.(orb.Point)
					if !point || p[0] >= 0 && p[0] < tiles.Extent && p[1] >= 0 && p[1] < tiles.Extent {
						features = append(features, orbFeature{feature.ID, feature.Properties, feature.Geometry, tiles.Tile{Z: zoom, X: x, Y: y}})
					}
				}
			}
		}
	}
	return features
}

type orbFeature struct {
	id         any
	properties map[string]any
	geometry   orb.Geometry
	tile       tiles.Tile
}

func TestClustersCountEveryPointOnce(t *testing.T) {
	t.Parallel()
	f := newDrawn(t, "Point", scattered, layers.Rule{MinZoom: 0, MaxZoom: 13, Cluster: 40})
	for zoom := 8; zoom <= 14; zoom++ {
		for filter, want := range map[string]float64{"": 2000, "class = '1'": 667} {
			var sum float64
			features := f.all(zoom, filter)
			for _, feature := range features {
				n, cluster := feature.properties["count"].(float64)
				if cluster == (feature.id != nil) {
					t.Fatalf("zoom %d: a feature with id %v and count %v", zoom, feature.id, feature.properties["count"])
				}
				sum += max(n, 1)
			}
			if sum != want {
				t.Errorf("zoom %d, filter %q: clusters have %v points, want %v", zoom, filter, sum, want)
			}
			if zoom == 14 && filter == "" && len(features) != 2000 {
				t.Errorf("beyond the rule's zooms there are %d points, want all", len(features))
			}
			if zoom == 10 && len(features) > 200 {
				t.Errorf("zoom 10 has %d clusters: too many to be any", len(features))
			}
		}
	}
}

func TestThinnedPointsAreTheFirstOfTheirSquare(t *testing.T) {
	t.Parallel()
	f := newDrawn(t, "Point", scattered, layers.Rule{MinZoom: 0, MaxZoom: 13, Keep: 2, Rank: "rank"})
	for zoom := 9; zoom <= 12; zoom++ {
		squares := map[string]int{}
		first := false
		for _, feature := range f.all(zoom, "") {
			p := feature.geometry.(orb.Point)
			square := func(v float64, of int) float64 { return math.Floor((float64(of*tiles.Extent) + v) / 512) } // 64 pixels; the world's middle is a corner of some
			squares[fmt.Sprint(square(p[0], feature.tile.X), square(p[1], feature.tile.Y))]++
			first = first || feature.id.(float64) == 1
		}
		over := 0
		for _, n := range squares {
			if n > 2 {
				over++
			}
		}
		if over > len(squares)/20 { // rounding may move one over the side of a square
			t.Errorf("zoom %d: %d of %d squares have more than two points", zoom, over, len(squares))
		}
		if !first {
			t.Errorf("zoom %d: the first of all is not there", zoom)
		}
	}
}

func TestLinesOfAClassAreOne(t *testing.T) {
	t.Parallel()
	const lines = `select (n % 3)::text, n, st_multi(st_setsrid(st_makeline(st_makepoint(116 + 0.001 * (n / 3), 35.7 + 0.01 * (n % 3)), st_makepoint(116.001 + 0.001 * (n / 3), 35.7 + 0.01 * (n % 3))), 4490)) from generate_series(0, 149) n`
	length := func(features []orbFeature) (sum float64) {
		for _, feature := range features {
			sum += planar.Length(feature.geometry)
		}
		return sum
	}
	var one, many []orbFeature
	t.Run("merged", func(t *testing.T) {
		one = newDrawn(t, "MultiLineString", lines, layers.Rule{MinZoom: 0, MaxZoom: 24, Merge: true}).all(8, "")
	})
	t.Run("plain", func(t *testing.T) {
		many = newDrawn(t, "MultiLineString", lines, layers.Rule{MinZoom: 0, MaxZoom: 24}).all(8, "")
	})
	if len(one) != 3 || len(many) != 150 {
		t.Errorf("%d features of %d, want 3 of 150", len(one), len(many))
	}
	for _, feature := range one {
		if _, joined := feature.geometry.(orb.LineString); !joined {
			t.Errorf("lines that meet are a %T", feature.geometry)
		}
	}
	if a, b := length(one), length(many); math.Abs(a-b) > 3 {
		t.Errorf("merged they are %v units long, want %v", a, b)
	}
}
