package layers_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// The vectors are PROJ's (EPSG:4490 → EPSG:4548).
func TestGaussKruger(t *testing.T) {
	t.Parallel()
	for _, v := range []struct{ lon, lat, x, y float64 }{
		{116.09, 35.80, 417743.2726, 3963733.3661},
		{115.870312, 35.614699, 397647.8534, 3943379.0632},
		{116.365761, 35.981899, 442801.2425, 3983720.2105},
		{117.0, 35.8, 500000.0000, 3963351.2406},
	} {
		x, y := layers.ToGK(v.lon, v.lat)
		if math.Abs(x-v.x) > 1e-4 || math.Abs(y-v.y) > 1e-4 {
			t.Errorf("ToGK(%v, %v) = %.4f, %.4f; want %.4f, %.4f", v.lon, v.lat, x, y, v.x, v.y)
		}
		lon, lat := layers.FromGK(x, y)
		if math.Abs(lon-v.lon) > 1e-11 || math.Abs(lat-v.lat) > 1e-11 {
			t.Errorf("FromGK(ToGK(%v, %v)) = %.13f, %.13f", v.lon, v.lat, lon, lat)
		}
	}
}

// Every zone of CGCS2000 as PROJ has it, within the zone and two degrees beyond.
func TestGaussKrugerAsPROJ(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	rows, err := pool.Query(t.Context(), `select srid, lon, lat, st_x(p), st_y(p) from generate_series(4491, 4554) srid,
		lateral (select case when srid < 4502 then (srid - 4491) * 6 + 75 when srid < 4513 then (srid - 4502) * 6 + 75
			when srid < 4534 then (srid - 4513) * 3 + 75 else (srid - 4534) * 3 + 75 end as cm) c,
		generate_series(-5, 5) d, unnest(array[3.9, 18.25, 35.8, 53.5]) lat,
		lateral (select cm + d as lon) l, lateral (select st_transform(st_setsrid(st_makepoint(lon, lat), 4490), srid) as p) t`)
	if err != nil {
		t.Fatal(err)
	}
	var srid int
	var lon, lat, x, y float64
	n := 0
	_, err = pgx.ForEachRow(rows, []any{&srid, &lon, &lat, &x, &y}, func() error {
		n++
		g, ok := layers.GaussKrugerOf(srid)
		if !ok || !g.Covers(x, y) {
			return fmt.Errorf("EPSG:%d: %v, %v is not of a zone", srid, x, y)
		}
		if gotX, gotY := g.Project(lon, lat); math.Abs(gotX-x) > 1e-5 || math.Abs(gotY-y) > 1e-5 {
			return fmt.Errorf("EPSG:%d of %v, %v: %.6f, %.6f; PROJ says %.6f, %.6f", srid, lon, lat, gotX, gotY, x, y)
		}
		if gotLon, gotLat := g.Unproject(x, y); math.Abs(gotLon-lon) > 1e-10 || math.Abs(gotLat-lat) > 1e-10 {
			return fmt.Errorf("EPSG:%d of %v, %v back: off by %g, %g", srid, lon, lat, gotLon-lon, gotLat-lat)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if n != 64*11*4 {
		t.Errorf("%d places compared", n)
	}
}

func TestSRSName(t *testing.T) {
	t.Parallel()
	store := layers.New(dbtest.New(t))
	for srid, want := range map[int]string{4490: "China Geodetic Coordinate System 2000", 32650: "WGS 84 / UTM zone 50N", 2363: "Xian 1980 / 3-degree Gauss-Kruger zone 39"} {
		if name, err := store.SRSName(t.Context(), srid); name != want || err != nil {
			t.Errorf("EPSG:%d is %q, %v", srid, name, err)
		}
	}
	if _, err := store.SRSName(t.Context(), 999998); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("a code of no system: %v", err)
	}
}

func BenchmarkUnproject(b *testing.B) {
	g, _ := layers.GaussKrugerOf(4527)
	for b.Loop() {
		g.Unproject(39417743.2726, 3963733.3661)
	}
}
