package layers_test

import (
	"encoding/json"
	"testing"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// Whatever coordinates somebody writes, the bounds of a layer and of its changes are of the world: they can be told to anybody.
func TestBoundsAreOfTheWorldWhateverIsWritten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		points string
		want   layers.Bounds
	}{
		"no number":         {"('NaN', 35)", layers.Bounds{116, 35, 180, 36}},
		"no numbers":        {"('NaN', 'NaN')", layers.Bounds{116, 36, 180, 90}},
		"endless":           {"('Infinity', '-Infinity')", layers.Bounds{116, -90, 180, 36}},
		"metres as degrees": {"(39500000, 3970000)", layers.Bounds{116, 36, 180, 90}},
		"the poles":         {"(-180, 90), (180, -90)", layers.Bounds{-180, -90, 180, 90}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := dbtest.New(t)
			store := layers.New(pool)
			_, err := store.Create(t.Context(), layers.Anonymous, layers.Definition{Layer: layers.Layer{Name: "speck", Title: "点", GeometryType: "Point", SRID: 4490, Writable: true, Tracked: true}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := pool.Exec(t.Context(), "insert into layer.speck (geom) select st_setsrid(st_makepoint(x, y), 4490) from (values (116::float8, 36::float8), "+test.points+") p (x, y)"); err != nil {
				t.Fatal(err)
			}
			if _, err := pool.Exec(t.Context(), "select onemap.sequence()"); err != nil {
				t.Fatal(err)
			}
			l, err := store.Layer(t.Context(), layers.Anonymous, "speck")
			if err != nil {
				t.Fatal(err)
			}
			if b := l.Bounds; b == nil || b[0] > test.want[0] || b[1] > test.want[1] || b[2] < test.want[2] || b[3] < test.want[3] {
				t.Errorf("bounds are %v, want them around %v", b, test.want)
			}
			changes, err := store.Changes(t.Context(), 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := json.Marshal([]any{l, changes}); err != nil {
				t.Error(err)
			}
			if len(changes) < 2 {
				t.Errorf("%d changes", len(changes))
			}
		})
	}
}
