package tiles_test

import (
	"bytes"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"

	"onemap/layers"
	"onemap/tiles"
)

// A tile that would be too large has the largest of its features, as many as there is room for, the same every time; what is
// on the edge is in both tiles, if both have room for features of its size.
func TestTilesAreNeverTooLarge(t *testing.T) {
	t.Parallel()
	f := newField(t, 0)
	_, err := f.store.Create(t.Context(), layers.Anonymous, layers.Definition{
		Layer: layers.Layer{Name: "dense", Title: "Dense", GeometryType: "MultiPolygon", Writable: true, Tracked: true,
			Drawing: layers.Drawing{Properties: []string{"note", "side"}}},
		Columns: []layers.Column{
			{Property: layers.Property{Name: "note", Type: layers.String}, SQLType: "text"},
			{Property: layers.Property{Name: "side", Type: layers.Number}, SQLType: "double precision"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.exec(`insert into layer.dense (note, side, geom) select md5(n::text) || md5((-n)::text), side, st_multi(st_makeenvelope(x, y, x + side, y + side, 4490))
		from (select n, 0.0001 * exp(hashint8(n) / 2^31 * 2) as side, 116.0 + (n % 200) * 0.0005 as x, 35.7 + (n / 200) * 0.0008 as y from generate_series(1, 24000) n) s`)
	f.shown()
	body := func(tile tiles.Tile) []byte {
		b, err := f.tiles.Body(t.Context(), layers.Anonymous, []string{"dense"}, tile)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tile := tileAt(116.05, 35.75, 11)
	first := body(tile)
	if n := len(first); n > tiles.MostBytes || n < tiles.MostBytes/2 {
		t.Errorf("%d bytes; want up to %d and not much less", n, tiles.MostBytes)
	}
	f.exec("update layer.dense set side = side where fid % 3 = 0") // the rows lie elsewhere in the table
	f.shown()
	if !bytes.Equal(body(tile), first) {
		t.Error("the same rows gave other bytes")
	}
	plain, err := tiles.Plain(first)
	if err != nil {
		t.Fatal(err)
	}
	ls, err := mvt.Unmarshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	least, held := 1.0, map[string]bool{}
	for _, feature := range ls[0].Features {
		least = min(least, feature.Properties["side"].(float64))
		held[feature.Properties["note"].(string)] = true
	}
	missing := 0
	rows, err := f.pool.Query(t.Context(), "select note from layer.dense where side > 1.5 * $1 and geom && st_makeenvelope($2, $3, $4, $5, 4490)", least, tile.Bounds()[0], tile.Bounds()[1], tile.Bounds()[2], tile.Bounds()[3])
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var note string
		if err := rows.Scan(&note); err != nil {
			t.Fatal(err)
		}
		if !held[note] {
			missing++
		}
	}
	if rows.Err() != nil || missing > 0 || len(held) < 1000 {
		t.Errorf("%d features that are larger than the smallest of %d are missing (%v)", missing, len(held), rows.Err())
	}
}
