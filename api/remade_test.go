package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/mvt"

	"onemap/api"
	"onemap/layers"
	"onemap/tiles"
)

// newCrops is a town with a layer of fields that is drawn as a mosaic at zooms 11 and 12, which nobody makes yet.
func newCrops(t *testing.T) (w *town, drawn *tiles.Tiles) {
	t.Helper()
	w = newTown(t, func(o *api.Options) { drawn = o.Ground.Tiles })
	_, err := w.store.Create(t.Context(), layers.Anonymous, layers.Definition{
		Layer: layers.Layer{Name: "crop", Title: "Crops", GeometryType: "MultiPolygon", Writable: true, Tracked: true,
			Drawing: layers.Drawing{MinZoom: 11, Properties: []string{"class"}, Rules: []layers.Rule{{MinZoom: 11, MaxZoom: 12, Dissolve: true}}},
			Style:   layers.Style{Kind: "fill", By: "class"}},
		Columns: []layers.Column{{Property: layers.Property{Name: "class", Type: layers.String}, SQLType: "text"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.change(`insert into layer.crop (class, geom) select ((x + y) % 3)::text,
		st_multi(st_makeenvelope(116.02 + 0.004 * x, 35.7 + 0.004 * y, 116.024 + 0.004 * x, 35.704 + 0.004 * y, 4490))
		from generate_series(0, 9) x, generate_series(0, 9) y`)
	w.follow(drawn.WatchMosaics)
	return w, drawn
}

// newMosaic is one with the mosaic made to its end.
func newMosaic(t *testing.T) *town {
	t.Helper()
	w, drawn := newCrops(t)
	w.follow(drawn.KeepMosaics)
	for end := time.Now().Add(5 * time.Minute); len(drawn.Mosaics()) == 0 || !drawn.Mosaics()[0].Ready; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the mosaic takes too long")
		}
	}
	return w
}

// Who asks for a tile of a mosaic that is being made, of too many rows to be drawn instead, hears so at once: why, how far it is, and
// when to come back.
func TestATileOfAMosaicThatIsBeingMade(t *testing.T) {
	t.Parallel()
	w, _ := newCrops(t)
	w.change(`with large as (update onemap.layer_stat set count = 10000000 where layer = 'crop')
		insert into onemap.mosaic (layer, plan, by, zooms, chunks, position, done, total) values ('crop', 'to be', 'class', '{11,12}', '{0,0,0,0}', 0, 43, 100)`)
	w.change("delete from layer.crop where fid = 1") // the catalogue counts again
	const tile = "/tiles/crop/11/1684/806.mvt"
	r := w.ask(http.MethodGet, tile)
	for end := time.Now().Add(time.Minute); r.StatusCode != http.StatusServiceUnavailable; r = w.ask(http.MethodGet, tile) {
		if time.Now().After(end) {
			t.Fatalf("%d, %s", r.StatusCode, r.body)
		}
		time.Sleep(10 * time.Millisecond)
	}
	var said struct {
		Detail, DetailZh string
		Making           struct {
			Layer string
			Done  float64
		}
	}
	if err := json.Unmarshal(r.body, &said); err != nil {
		t.Fatal(err)
	}
	if said.Making.Layer != "crop" || said.Making.Done != 0.43 || !strings.Contains(said.Detail, "43 %") || !strings.Contains(said.DetailZh, "43%") || r.Header.Get("Retry-After") == "" {
		t.Errorf("it is told as %s, to come back after %q", r.body, r.Header.Get("Retry-After"))
	}
}

func TestOpenMapsHearWhenAMosaicHasBeenRemade(t *testing.T) {
	t.Parallel()
	w := newMosaic(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	next := w.listen(ctx, "/events", "")
	w.want(next, "position")
	position := w.change(`update layer.crop set class = 'new' where geom && st_makeenvelope(116.0281, 35.7081, 116.0319, 35.7119, 4490)`)
	changed := false
	for {
		e, err := next()
		if err != nil {
			t.Fatal(err)
		}
		changed = changed || e.name == "change"
		if e.name != "remade" || e.data["bounds"] == nil || e.data["zoom"] != 12.0 { // the first mosaic is told without bounds
			continue
		}
		if b := e.data["bounds"].([]any); e.id != "" || e.data["layer"] != "crop" || b[0].(float64) > 116.028 || b[3].(float64) < 35.712 {
			t.Errorf("%+v does not tell of the crops that were changed, or has an id", e)
		}
		break
	}
	if !changed {
		t.Error("nothing was told of the change itself")
	}
	if !w.classes("/tiles/crop/12/3368/1612.mvt")["new"] {
		t.Error("the tile that was made again does not have the change")
	}

	again := w.listen(ctx, "/events", fmt.Sprint(position)) // one who was away when it was made again
	w.want(again, "position")
	for range 2 {
		if e := w.want(again, "remade"); e.id != "" || e.data["layer"] != "crop" || e.data["bounds"] != nil {
			t.Errorf("who comes back is told %+v", e)
		}
	}
}

// classes are the values of the property class in a tile.
func (w *town) classes(path string) map[string]bool {
	w.Helper()
	r := w.ask(http.MethodGet, path)
	ls, err := mvt.Unmarshal(r.body)
	if r.StatusCode != 200 || err != nil {
		w.Fatalf("%s: %d, %v", path, r.StatusCode, err)
	}
	found := map[string]bool{}
	for _, l := range ls {
		for _, f := range l.Features {
			found[fmt.Sprint(f.Properties["class"])] = true
		}
	}
	return found
}
