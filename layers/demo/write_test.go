package demo_test

import (
	"math"
	"testing"

	"onemap/layers"
	"onemap/layers/demo"
	"onemap/migrations/dbtest"
)

// What PostGIS says of the county, for questions that Go answers less well.
func TestPostGISFindsTheCountySound(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	w := county(2)
	rows := map[string]int{}
	if err := demo.Write(t.Context(), store, w, func(layer string, n int) { rows[layer] = max(rows[layer], n) }); err != nil {
		t.Fatal(err)
	}
	none := map[string]string{
		"invalid parcels":                           `select count(*) from layer.dltb where not st_isvalid(geom)`,
		"invalid planned use":                       `select count(*) from layer.ydyhgh where not st_isvalid(geom)`,
		"invalid farmland":                          `select count(*) from layer.yjjbntbhtb where not st_isvalid(geom)`,
		"invalid villages":                          `select count(*) from layer.xzq_village where not st_isvalid(geom)`,
		"invalid cells":                             `select count(*) from layer.grid_cell where not st_isvalid(geom)`,
		"invalid lines or zones":                    `select count(*) from (select geom from layer.stbhhx union all select geom from layer.czkfbj union all select geom from layer.river union all select geom from layer.xzhq union all select geom from layer.dyhhxjkq union all select geom from layer.hlfxkzx union all select geom from layer.lswhbhx union all select geom from layer.building) x where not st_isvalid(geom)`,
		"parcels that overlap":                      `select count(*) from layer.dltb a join layer.dltb b on a.fid < b.fid and a.geom && b.geom where st_relate(a.geom, b.geom, '2********') and onemap.area_m2(st_intersection(a.geom, b.geom)) > 0.01`,
		"farmland in towns":                         `select count(*) from layer.yjjbntbhtb a join layer.czkfbj b on a.geom && b.geom where st_relate(a.geom, b.geom, '2********') and onemap.area_m2(st_intersection(a.geom, b.geom)) > 0.01`,
		"farmland in red line":                      `select count(*) from layer.yjjbntbhtb a join layer.stbhhx b on a.geom && b.geom where st_relate(a.geom, b.geom, '2********') and onemap.area_m2(st_intersection(a.geom, b.geom)) > 0.01`,
		"towns in red line":                         `select count(*) from layer.czkfbj a join layer.stbhhx b on a.geom && b.geom where st_relate(a.geom, b.geom, '2********') and onemap.area_m2(st_intersection(a.geom, b.geom)) > 0.01`,
		"parcels with another area than the rule's": `select count(*) from layer.dltb where abs(tbmj - onemap.area_m2(geom)) > 0.0051 + 1e-6 * tbmj`,
		"layers not marked synthetic":               `select count(*) from onemap.layer where not synthetic`,
	}
	for what, query := range none {
		var n int
		if err := pool.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Errorf("%s: %v", what, err)
		} else if n > 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	netsAreSound(t, pool)
	// Loading again replaces, and changes nothing.
	if err := demo.Write(t.Context(), store, w, nil); err != nil {
		t.Fatal(err)
	}
	var again int
	if err := pool.QueryRow(t.Context(), `select count(*) from layer.dltb`).Scan(&again); err != nil || again != rows["dltb"] {
		t.Errorf("loaded again there are %d parcels, before %d (%v)", again, rows["dltb"], err)
	}
}

func TestAreaKeepsTheTestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		ring []float64
		want float64
	}{
		{[]float64{116.09, 35.80, 116.10, 35.80, 116.10, 35.81, 116.09, 35.81, 116.09, 35.80}, 1002871.7704},
		{[]float64{116.1000, 35.8000, 116.1012, 35.8001, 116.1013, 35.8010, 116.0999, 35.8011, 116.1000, 35.8000}, 13038.0513},
		{[]float64{115.88, 35.70, 115.89, 35.70, 115.89, 35.71, 115.88, 35.71, 115.88, 35.70}, 1004110.5568},
	} {
		if got := demo.Area(v.ring); math.Abs(got-v.want) > 0.002 {
			t.Errorf("area of %v is %.4f, want %.4f", v.ring, got, v.want)
		}
	}
}
