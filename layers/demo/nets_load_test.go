package demo_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// netsAreSound asks PostGIS about the nets of a county that is loaded.
func netsAreSound(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
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
