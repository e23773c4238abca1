package api_test

import (
	"strings"
	"testing"
	"time"

	"onemap/layers"
)

// Data reach beyond the antimeridian by a rounding, as the countries of Natural Earth do, and some are astray: no document speaks of what is not on earth.
func TestBoundsAreOnEarth(t *testing.T) {
	t.Parallel()
	w := newTown(t, shifted)
	if _, err := w.pool.Exec(t.Context(), `create schema far; create table far.world (id bigint primary key, geom geometry(Polygon, 4490));
		insert into far.world values (1, st_makeenvelope(-180, -90, 180.00000000000006, 83.5, 4490)), (2, st_makeenvelope(190, 91, 200, 92, 4490))`); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Publish(t.Context(), layers.Anonymous, layers.PublishOptions{TableSchema: "far", TableName: "world", Layer: layers.Layer{Name: "world", Title: "世界", Style: layers.Style{Kind: "fill"}}}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if l, err := w.store.Layer(t.Context(), layers.Anonymous, "world"); err == nil && l.Bounds != nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("nobody knows the bounds")
		}
	}
	const bounds, box = `"bounds":[-180,-90,180,90]`, "<ows:LowerCorner>-180 -90</ows:LowerCorner><ows:UpperCorner>180 90</ows:UpperCorner>"
	for path, want := range map[string]string{
		"/ogc/collections/world":                       `"bbox":[[-180,-90,180,90]]`,
		"/ogc/collections/world/tiles/WebMercatorQuad": `"lowerLeft":[-180,-90],"upperRight":[180,90]`,
		"/tiles/world.json":                            bounds,
		"/tiles/WorldCRS84Quad/world,house.json":       bounds,
		"/tiles/WebMercatorQuadGCJ02/world.json":       `"bounds":[-180,-85.`,
		"/styles/onemap.json":                          bounds,
		wmts:                                           box,
		"/wfs?service=WFS&version=2.0.0&request=GetCapabilities": box,
	} {
		if r := w.get(path, "Accept", "application/json"); !strings.Contains(string(r.body), want) {
			t.Errorf("%s has not %s\n%.9000s", path, want, r.body)
		}
	}
}
