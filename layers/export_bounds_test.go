package layers_test

import (
	"testing"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// What was imported by the command is exported by the command, bounds and all, though no server has run in between.
func TestBoundsAreToldBeforeAServerHasFollowedTheLog(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	def := layers.Definition{
		Layer:   layers.Layer{Name: "marks", Title: "点", Writable: true, Tracked: true, GeometryType: "Point", SRID: 4490},
		Columns: []layers.Column{{Property: layers.Property{Name: "code", Type: layers.String}, SQLType: "text"}},
	}
	if _, _, err := store.CreateLoad(t.Context(), layers.Anonymous, def, []string{"code"}, rowsOf(), layers.LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	l, err := store.Layer(t.Context(), layers.Anonymous, "marks")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := store.BoundsIn(t.Context(), l, 4490); b != nil || err != nil {
		t.Errorf("of nothing: %v, %v", b, err)
	}
	if _, err := pool.Exec(t.Context(), "insert into layer.marks (geom) select st_point(116 + n, 35, 4490) from generate_series(0, 1) n"); err != nil {
		t.Fatal(err)
	}
	b, err := store.BoundsIn(t.Context(), l, 4490)
	if err != nil || b == nil || *b != (layers.Bounds{116, 35, 117, 35}) {
		t.Errorf("%v, %v", b, err)
	}
	if b, err = store.BoundsIn(t.Context(), l, 4548); err != nil || b == nil || b[0] < 4e5 || b[2] > 6e5 {
		t.Errorf("in metres: %v, %v", b, err)
	}
}
