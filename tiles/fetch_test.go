package tiles_test

import (
	"testing"

	"onemap/layers"
	"onemap/tiles"
)

// plainTile is a tile as the doors give it to who wants it without compression; nothing where it is empty.
func plainTile(t testing.TB, drawn *tiles.Tiles, r tiles.Request) []byte {
	t.Helper()
	answer, err := drawn.Find(t.Context(), layers.Anonymous, r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := answer.Body(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plain, err := body.Plain()
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
