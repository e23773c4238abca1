package layers_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// Who has made a layer finds it from then on, whoever else reads the catalogue meanwhile: a reading that began before does not
// take it back.
func TestCatalogueNeverGoesBack(t *testing.T) {
	t.Parallel()
	store := layers.New(dbtest.New(t))
	ctx, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	defer others.Wait()
	defer stop()
	made := func(name string) {
		if _, err := store.Create(ctx, layers.Anonymous, layers.Definition{Layer: layers.Layer{Name: name, Title: "图层"}}); err != nil {
			t.Fatal(err)
		}
	}
	made("first")
	others.Go(func() { _ = store.Watch(ctx) }) // it ends with the test; questions asked before it has begun do not go back either
	for range 4 {
		others.Go(func() {
			for ctx.Err() == nil {
				_ = store.Refresh(ctx) // it fails when the test ends
			}
		})
	}
	for n := range 20 {
		name := fmt.Sprintf("made_%d", n)
		made(name)
		for range 2000 {
			if _, err := store.Layer(t.Context(), layers.Anonymous, name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Rows change nothing but their layer's counts: descriptions stay as they were read, and are read again when one of them has
// changed.
func TestCatalogueKeepsUp(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store := layers.New(pool)
	ctx, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	defer others.Wait()
	defer stop()
	for _, name := range []string{"still", "busy"} {
		definition := layers.Definition{Layer: layers.Layer{Name: name, Title: name, GeometryType: "Point", Tracked: true}}
		if _, err := store.Create(ctx, layers.Anonymous, definition); err != nil {
			t.Fatal(err)
		}
	}
	others.Go(func() { _ = layers.NewSequencer(store, slog.New(slog.DiscardHandler)).Run(ctx) }) // these end with the test
	others.Go(func() { _ = store.Watch(ctx) })
	layer := func(name string) *layers.Layer {
		l, err := store.Layer(ctx, layers.Anonymous, name)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	until := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: it takes too long", what)
			}
		}
	}
	exec := func(sql string) {
		t.Helper()
		if _, err := pool.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	var still, busy *layers.Layer
	until("the catalogue is watched", func() bool {
		still, busy = layer("still"), layer("busy")
		return still == layer("still") && still.Revision > 0 && busy.Revision > 0
	})
	exec("insert into layer.busy (geom) select st_point(116, 35.8, 4490) from generate_series(1, 3)")
	until("three rows are counted", func() bool { return layer("busy").Count == 3 })
	if now := layer("busy"); now == busy || busy.Count != 0 || now.Bounds == nil || now.Revision <= busy.Revision || len(now.Properties) != len(busy.Properties) {
		t.Errorf("the layer that has got rows was %+v and is %+v", busy, now)
	}
	if layer("still") != still {
		t.Error("a layer that nothing has happened to was described anew")
	}
	exec("begin; delete from layer.busy; alter table layer.still add column note text; update onemap.layer set title = '静' where layer = 'still'; commit")
	until("descriptions are read", func() bool { return layer("still").Title == "静" && layer("busy").Count == 0 })
	if _, ok := layer("still").Property("note"); !ok {
		t.Error("the new column is not there")
	}
}
