package api_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// A box in any system finds the points whose coordinates in that system, as PostGIS has them, lie within it; its numbers are in the
// order of the system's axes.
func TestBoxesOfAnySystem(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	if _, err := w.pool.Exec(t.Context(), `insert into layer.well (no, geom) select 'p' || n, st_setsrid(st_makepoint(115.7 + random() * 0.8, 35.5 + random() * 0.6, 0), 4490) from generate_series(1, 400) n`); err != nil {
		t.Fatal(err)
	}
	r, found := rand.New(rand.NewPCG(7, 8)), 0
	for _, crs := range []struct {
		uri        string
		srid       int
		northFirst bool
	}{
		{"http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4490, false}, {"http://www.opengis.net/def/crs/EPSG/0/4326", 4326, true},
		{"http://www.opengis.net/def/crs/EPSG/0/4490", 4490, true}, {"http://www.opengis.net/def/crs/EPSG/0/3857", 3857, false},
		{"http://www.opengis.net/def/crs/EPSG/0/4548", 4548, true}, {"http://www.opengis.net/def/crs/EPSG/0/4527", 4527, true},
	} {
		for range 8 {
			var corner, opposite [2]float64 // two points of the area, east first
			for _, p := range []*[2]float64{&corner, &opposite} {
				if err := w.pool.QueryRow(t.Context(), "select st_x(p), st_y(p) from st_transform(st_setsrid(st_makepoint($1, $2), 4490), $3::int) p",
					115.7+r.Float64()*0.8, 35.5+r.Float64()*0.6, crs.srid).Scan(&p[0], &p[1]); err != nil {
					t.Fatal(err)
				}
			}
			west, east := min(corner[0], opposite[0]), max(corner[0], opposite[0])
			south, north := min(corner[1], opposite[1]), max(corner[1], opposite[1])
			box := []float64{west, south, east, north}
			if crs.northFirst {
				box = []float64{south, west, north, east}
			}
			var want, edge []string // what is so near an edge that it may bend over it is not judged
			if err := w.pool.QueryRow(t.Context(), `with p as (select fid::text as id, st_transform(geom, $1::int) as geom from layer.well where geom is not null),
				d as (select id, least(st_x(geom) - $2, $4 - st_x(geom)) as x, least(st_y(geom) - $3, $5 - st_y(geom)) as y from p)
				select coalesce(array_agg(id) filter (where x > 0 and y > 0), '{}'), coalesce(array_agg(id) filter (where abs(x) < 1e-4 * ($4 - $2) or abs(y) < 1e-4 * ($5 - $3)), '{}') from d`,
				crs.srid, west, south, east, north).Scan(&want, &edge); err != nil {
				t.Fatal(err)
			}
			at := fmt.Sprintf("/ogc/collections/well/items?limit=1000&bbox=%.17g,%.17g,%.17g,%.17g&bbox-crs=%s", box[0], box[1], box[2], box[3], url.QueryEscape(crs.uri))
			got, _ := w.ids(at)
			judged := func(ids []string) []string {
				ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(edge, id) })
				slices.Sort(ids)
				return ids
			}
			if got, want := judged(got), judged(want); !slices.Equal(got, want) {
				t.Errorf("%s\nfinds %s\nwant  %s", at, strings.Join(got, " "), strings.Join(want, " "))
			}
			found += len(want)
		}
	}
	if found < 500 {
		t.Errorf("only %d points in all boxes: too few to tell", found)
	}
}
