package layers_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

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
