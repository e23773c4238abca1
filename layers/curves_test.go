package layers_test

import (
	"testing"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// Arcs that somebody writes into a layer of any geometries are read as lines: they do not take the rest of it from anybody.
func TestArcsAreReadAsLines(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	_, err := store.Create(t.Context(), layers.Anonymous, layers.Definition{Layer: layers.Layer{Name: "arc", Title: "弧", GeometryType: "Geometry", SRID: 4490, Writable: true, Tracked: true}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `insert into layer.arc (geom) values ('srid=4490;point(116 36)'), ('srid=4490;circularstring(116 36, 116.1 36.1, 116.2 36)'),
		('srid=4490;curvepolygon(circularstring(116 36, 116.2 36.2, 116 36.4, 115.8 36.2, 116 36))'), ('srid=4490;multisurface(((116 36, 117 36, 117 37, 116 36)))'),
		('srid=4490;geometrycollection(compoundcurve((116 36, 116.1 36), circularstring(116.1 36, 116.2 36.1, 116.3 36)))')`); err != nil {
		t.Fatal(err)
	}
	for _, srid := range []int{0, 4548, 3857} {
		page, err := store.Find(t.Context(), layers.Anonymous, "arc", layers.Query{Limit: 10, SRID: srid})
		if err != nil {
			t.Fatalf("EPSG:%d: %v", srid, err)
		}
		if len(page.Features) != 5 {
			t.Errorf("EPSG:%d: %d features", srid, len(page.Features))
		}
	}
	if _, err := pool.Exec(t.Context(), "update layer.arc set geom = st_translate(geom, 0.1, 0) where fid = 2"); err != nil { // into history
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "select onemap.sequence()"); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Find(t.Context(), layers.Anonymous, "arc", layers.Query{Limit: 10, AsOf: 2}); err != nil {
		t.Error(err)
	}
}
