package tiles_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/planar"

	"onemap/layers"
	"onemap/migrations/dbtest"
	"onemap/tiles"
)

// nasty are geometries that people's tables hold and drawing programs forget, by the type of their column. Tiles are those
// around 116, 35.8 at every zoom.
var nasty = map[string][]string{
	"geometry(PointZ)":        {"POINT Z (116 35.8 12.5)", "POINT Z EMPTY"},
	"geometry(PointM)":        {"POINT M (116 35.8 7)"},
	"geometry(LineStringZM)":  {"LINESTRING ZM (115.9 35.7 1 2, 116 35.8 3 4, 116.1 35.7 5 6)"},
	"geometry(MultiPolygonZ)": {"MULTIPOLYGON Z (((115.9 35.7 1, 116.1 35.7 1, 116.1 35.9 1, 115.9 35.9 1, 115.9 35.7 1)))"},
	"geometry(GeometryCollection)": {
		"GEOMETRYCOLLECTION (POINT (116 35.8), LINESTRING (115.99 35.79, 116.01 35.81), POLYGON ((116 35.8, 116.02 35.8, 116.02 35.82, 116 35.8)))",
		"GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (MULTIPOINT (116 35.8, 116.001 35.801)), GEOMETRYCOLLECTION EMPTY)",
		"GEOMETRYCOLLECTION EMPTY"},
	"geometry(CurvePolygon)":       {"CURVEPOLYGON (CIRCULARSTRING (115.99 35.8, 116 35.81, 116.01 35.8, 116 35.79, 115.99 35.8))"},
	"geometry(CompoundCurve)":      {"COMPOUNDCURVE (CIRCULARSTRING (115.99 35.8, 116 35.81, 116.01 35.8), (116.01 35.8, 116.02 35.8))"},
	"geometry(MultiSurface)":       {"MULTISURFACE (((115.99 35.79, 116.01 35.79, 116 35.81, 115.99 35.79)), CURVEPOLYGON (CIRCULARSTRING (116.02 35.8, 116.03 35.81, 116.04 35.8, 116.03 35.79, 116.02 35.8)))"},
	"geometry(PolyhedralSurfaceZ)": {"POLYHEDRALSURFACE Z (((115.99 35.79 0, 116.01 35.79 0, 116.01 35.81 0, 115.99 35.79 0)), ((115.99 35.79 0, 116.01 35.81 0, 115.99 35.81 0, 115.99 35.79 0)))"},
	"geometry(TINZ)":               {"TIN Z (((115.99 35.79 0, 116.01 35.79 0, 116 35.81 0, 115.99 35.79 0)))"},
	"geometry": {
		"POLYGON ((-180 -85, 180 -85, 180 85, -180 85, -180 -85))",                                                                   // the whole world, and every tile inside it
		"POLYGON ((-180 -90, 180 -90, 180 90, -180 90, -180 -90))",                                                                   // and its poles, which Mercator has not
		"POLYGON ((100 20, 130 20, 130 50, 100 50, 100 20), (115.99 35.79, 115.99 35.81, 116.01 35.81, 116.01 35.79, 115.99 35.79))", // a hole as large as a tile
		"LINESTRING (-179.9 35.8, 179.9 35.8)",                                                                                       // round the world, through each tile
		"LINESTRING (115.9 -85, 116.1 85)",
		"POLYGON ((116 35.8, 116 35.8, 116 35.8, 116 35.8))",                   // no area
		"POLYGON ((116 35.8, 116.01 35.8, 116 35.8, 116 35.8))",                // there and back
		"POLYGON ((116 35.8, 116.01 35.81, 116.01 35.8, 116 35.81, 116 35.8))", // a bow tie
		"POLYGON ((116 35.8, 116.01 35.8, 116.01 35.81, 116 35.8), (116.002 35.801, 116.009 35.801, 116.009 35.808, 116.002 35.801))",
		"MULTIPOLYGON (((116 35.8, 116.01 35.8, 116.01 35.81, 116 35.8)), ((116.005 35.8, 116.015 35.8, 116.015 35.81, 116.005 35.8)))", // parts that overlap
		"LINESTRING (116 35.8, 116 35.8)",
		"MULTILINESTRING ((116 35.8, 116.01 35.8), EMPTY, (116 35.81, 116.01 35.81))",
		"MULTIPOINT (116 35.8, 116 35.8, 116.00001 35.80001)",
		"POINT EMPTY", "POLYGON EMPTY", "LINESTRING EMPTY",
	},
}

// A table with any of them is drawn, at every zoom: what ST_AsMVT has is there and lies within a unit of where it is. Curves
// and solids, which ST_AsMVT refuses, are what PostGIS makes straight of them.
func TestNastyGeometriesAgreeWithPostGIS(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	drawn := tiles.New(pool, store, tiles.Options{})
	for i, kind := range slices.Sorted(maps.Keys(nasty)) {
		name := fmt.Sprintf("nasty%d", i)
		if _, err := pool.Exec(t.Context(), fmt.Sprintf("create table public.%s (id serial primary key, shape %s)", name, withSRID(kind))); err != nil {
			t.Fatal(kind, err)
		}
		for _, wkt := range nasty[kind] {
			if _, err := pool.Exec(t.Context(), fmt.Sprintf("insert into public.%s (shape) values (st_setsrid($1::geometry, 4490))", name), wkt); err != nil {
				t.Fatal(kind, wkt, err)
			}
		}
		if _, err := store.Publish(t.Context(), layers.Anonymous, layers.PublishOptions{Layer: layers.Layer{Name: name, Title: kind}, TableSchema: "public", TableName: name}); err != nil {
			t.Fatal(kind, err)
		}
		for z := range tiles.MaxZoom + 1 {
			againstOracle(t, pool, drawn, name, kind, tileAt(116.0001, 35.8001, z))
		}
	}
}

// withSRID is a column type with its SRID.
func withSRID(kind string) string {
	if head, ok := strings.CutSuffix(kind, ")"); ok {
		return head + ", 4490)"
	}
	return "geometry(Geometry, 4490)"
}

// againstOracle compares a tile with that of ST_AsMVTGeom, feature by feature.
func againstOracle(t *testing.T, pool *pgxpool.Pool, drawn *tiles.Tiles, name, kind string, tile tiles.Tile) {
	t.Helper()
	body, err := drawn.Body(t.Context(), layers.Anonymous, []string{name}, tile)
	if err != nil {
		t.Errorf("%s, tile %s: %v", kind, tile, err)
		return
	}
	ours := map[string][]orb.Geometry{}
	for id, shapes := range features(t, body, true) {
		id, _, _ = strings.Cut(id, " ")
		ours[id] = append(ours[id], shapes...)
	}
	m, d := tile.Mercator(), tile.Bounds()
	rows, err := pool.Query(t.Context(), fmt.Sprintf(`select id::text, st_asbinary(st_force2d(g)), valid from (
		select id, st_isvalid(flat) as valid, st_asmvtgeom(st_transform(case when flat @ world then flat else st_clipbybox2d(flat, world) end, 3857), st_makeenvelope($1, $2, $3, $4, 3857), 4096, 64, true) as g
		from (select id, st_force2d(st_curvetoline(case geometrytype(shape) when 'TIN' then st_collectionextract(st_force2d(shape), 3) when 'POLYHEDRALSURFACE' then st_collectionextract(st_force2d(shape), 3) else shape end)) as flat, st_makeenvelope(-180, -85.06, 180, 85.06, 4490) as world from public.%s) a
		) b where g is not null and not st_isempty(g)`, name), m[0], m[1], m[2], m[3])
	if err != nil {
		t.Fatal(err)
	}
	var id string
	var raw []byte
	var valid bool
	if _, err := pgx.ForEachRow(rows, []any{&id, &raw, &valid}, func() error {
		want, err := wkb.Unmarshal(raw)
		if err != nil {
			return err
		}
		got := ours[id]
		switch {
		case len(got) == 0 && slight([]orb.Geometry{want}):
		case len(got) == 0:
			t.Errorf("%s, tile %s: feature %s is missing: %s", kind, tile, id, brief([]orb.Geometry{want}))
		case valid && !alike(orb.Collection(got), want):
			t.Errorf("%s, tile %s %v: feature %s is %s, want %s", kind, tile, d, id, brief(got), brief([]orb.Geometry{want}))
		}
		return nil
	}); err != nil {
		t.Fatal(kind, err)
	}
}

// alike reports whether two shapes have the same bounds and the same area, but for what rounding explains. Of a collection
// ST_AsMVTGeom keeps one kind alone.
func alike(got orb.Collection, want orb.Geometry) bool {
	a, b := got.Bound(), want.Bound()
	for _, v := range []float64{a.Left() - b.Left(), a.Right() - b.Right(), a.Bottom() - b.Bottom(), a.Top() - b.Top()} {
		if math.Abs(v) > 2 && len(got) == 1 {
			return false
		}
	}
	return len(got) > 1 || math.Abs(planar.Area(got)-planar.Area(want)) <= 4+rim([]orb.Geometry{want})
}
