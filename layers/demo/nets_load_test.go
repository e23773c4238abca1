package demo_test

import (
	"fmt"
	"testing"

	"onemap/layers"
	"onemap/layers/demo"
	"onemap/migrations/dbtest"
)

// TestNetworksLoad loads the county and asks PostGIS about the nets.
func TestNetworksLoad(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	w := county(2)
	if err := demo.Write(t.Context(), layers.New(pool), w, nil); err != nil {
		t.Fatal(err)
	}
	for _, l := range netLayers {
		if l == "demo_fault" {
			continue
		}
		var rows, bad int
		if err := pool.QueryRow(t.Context(), fmt.Sprintf("select count(*), count(*) filter (where not st_isvalid(geom)) from layer.%s", l)).Scan(&rows, &bad); err != nil {
			t.Fatal(err)
		}
		if rows == 0 || bad > 0 {
			t.Errorf("%s: %d rows, %d invalid", l, rows, bad)
		}
	}
	var overlaps int
	if err := pool.QueryRow(t.Context(), `select count(*) from layer.ps_catchment a join layer.ps_catchment b on a.fid < b.fid and a.geom && b.geom
		where st_area(st_intersection(a.geom, b.geom)) > 1e-12`).Scan(&overlaps); err != nil {
		t.Fatal(err)
	}
	if overlaps > 0 {
		t.Errorf("%d catchments overlap", overlaps)
	}
}
