package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
)

// decode reads a tile: its layers by name, coordinates in degrees.
func decode(t *testing.T, body []byte, z, x, y int) map[string]*mvt.Layer {
	t.Helper()
	ls, err := mvt.Unmarshal(body)
	if err != nil {
		t.Fatal(err)
	}
	ls.ProjectToWGS84(maptile.New(uint32(x), uint32(y), maptile.Zoom(z)))
	out := map[string]*mvt.Layer{}
	for _, l := range ls {
		if out[l.Name] != nil {
			t.Errorf("layer %s is there twice", l.Name)
		}
		if l.Extent != 4096 || l.Version != 2 {
			t.Errorf("layer %s: extent %d, version %d", l.Name, l.Extent, l.Version)
		}
		out[l.Name] = l
	}
	return out
}

func TestTileHoldsTheRowsOfItsPlace(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	const z, x, y = 13, 6737, 3222
	r := w.get(fmt.Sprintf("/tiles/lane,house,old_parcel,station/%d/%d/%d.mvt", z, x, y))
	if r.Header.Get("Content-Type") != "application/vnd.mapbox-vector-tile" {
		t.Errorf("Content-Type %q", r.Header.Get("Content-Type"))
	}
	ls := decode(t, r.body, z, x, y)
	house := ls["house"]
	if house == nil || ls["lane"] == nil || ls["old_parcel"] == nil || ls["station"] == nil {
		t.Fatalf("layers %v", ls)
	}
	var got []string
	for _, f := range house.Features {
		got = append(got, fmt.Sprint(f.ID, " ", f.Properties))
		if p, ok := f.Geometry.(orb.Polygon); !ok || p[0].Orientation() != orb.CW { // as seen on the screen, MVT 2.1, 4.3.4.4
			t.Errorf("feature %v is %v", f.ID, f.Geometry)
		}
	}
	// All of Drawing.Properties, no null, nothing else; in the order of the key.
	want := []string{"1 map[area:120.5 checked:2026-03-01T00:30:00+08:00 use:01]", "2 map[area:240 use:01]"}
	if diff := cmp.Diff(want, got[:min(2, len(got))]); diff != "" {
		t.Errorf("houses (-want +got):\n%s", diff)
	}
	b := house.Features[1].Geometry.Bound()
	if d := max(abs(b.Min[0]-116.092), abs(b.Min[1]-35.8), abs(b.Max[0]-116.094), abs(b.Max[1]-35.802)); d > 2e-5 { // a grid unit is 1e-5°
		t.Errorf("house 2 is at %v", b)
	}
	if hole := house.Features[1].Geometry.(orb.Polygon); len(hole) != 2 {
		t.Errorf("house 2 has %d rings", len(hole))
	}
	p := ls["station"].Features[0]
	if at := p.Geometry.(orb.Point); abs(at[0]-116.09) > 2e-5 || abs(at[1]-35.8) > 2e-5 || p.Properties["code"] != "A/1 号" || p.ID != nil && p.ID != 0.0 {
		t.Errorf("station %v %v %v", p.ID, at, p.Properties)
	}
	parcel := ls["old_parcel"].Features[0]
	if parcel.ID != 7.0 || parcel.Properties["面积 m2"] != 12.5 || parcel.Properties["limit"] != "x" {
		t.Errorf("old parcel %v %v", parcel.ID, parcel.Properties)
	}
	if again := w.get(r.Request.URL.Path); string(again.body) != string(r.body) {
		t.Error("the same tile has other bytes")
	}
}

func TestEachLabelStandsInOneTile(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	seen := map[string]int{}
	for _, z := range []int{14, 17} {
		n := 1 << (z - 14)
		for x := 13475 * n; x < 13476*n; x++ {
			for y := 6444 * n; y < 6446*n; y++ {
				r := w.ask(http.MethodGet, fmt.Sprintf("/tiles/house/%d/%d/%d.mvt", z, x, y))
				if r.StatusCode == 204 {
					continue
				}
				if labels := decode(t, r.body, z, x, y)["house_label"]; labels != nil {
					for _, f := range labels.Features {
						seen[fmt.Sprint(z, " ", f.Properties["no"])]++
						if _, ok := f.Geometry.(orb.Point); !ok {
							t.Errorf("label is %v", f.Geometry)
						}
					}
				}
			}
		}
	}
	want := map[string]int{"14 甲1": 1, "14 甲2": 1, "14 乙\"1": 1, "17 甲1": 1, "17 甲2": 1, "17 乙\"1": 1}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}

func TestRulesThinLowZooms(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	// Up to zoom 13 houses of use 01 with at least 2 square pixels. At zoom 10 a pixel is 76 m of Mercator: the smaller
	// house, 111 by 137 m, has 2.6 of them; at 9 it has 0.7 and the larger one 2.4.
	for z, want := range map[int]string{14: "1 2", 13: "1 2", 10: "1 2", 9: "2", 8: "", 0: ""} {
		x, y := 13475>>max(0, 14-z), 6445>>max(0, 14-z)
		r := w.ask(http.MethodGet, fmt.Sprintf("/tiles/house/%d/%d/%d.mvt", z, x, y))
		got := []string{}
		if r.StatusCode == 200 {
			for _, f := range decode(t, r.body, z, x, y)["house"].Features {
				if id := fmt.Sprint(f.ID); id != "3" || z < 14 {
					got = append(got, id)
				}
			}
		} else if r.StatusCode != 204 || r.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("zoom %d: %d %v", z, r.StatusCode, r.Header)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("zoom %d: %v, want %q", z, got, want)
		}
	}
}

func TestTilesOfAwkwardLayers(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for path, want := range map[string]int{
		"/tiles/field/0/0/0.mvt": 204, "/tiles/odd/0/0/0.mvt": 200, "/tiles/odd/12/3368/1611.mvt": 200, "/tiles/well/9/421/201.mvt": 204, "/tiles/well/10/842/402.mvt": 200,
		"/tiles/lane_name/0/0/0.mvt": 204, "/tiles/old_parcel/0/0/0.mvt": 204, "/tiles/old_parcel/12/3368/1611.mvt": 200, "/tiles/station/3/6/3.mvt": 200, "/tiles/house/14/0/0.mvt": 204,
		"/tiles/none/0/0/0.mvt": 404, "/tiles/house,none/0/0/0.mvt": 404, "/tiles/house,house/0/0/0.mvt": 400, "/tiles/,/0/0/0.mvt": 404, "/tiles/house/0/0/1.mvt": 404,
		"/tiles/house/0/1/0.mvt": 404, "/tiles/house/23/0/0.mvt": 404, "/tiles/house/99999999999999999999/0/0.mvt": 404, "/tiles/house/-1/0/0.mvt": 400, "/tiles/house/1.5/0/0.mvt": 400,
		"/tiles/house/1/0x1/0.mvt": 400, "/tiles/house/0/0/0": 404, "/tiles/house/0/0/0.png": 404, "/tiles/house/22/3449728/1650000.mvt": 204, "/tiles/house/0/0/0.mvt?x=1": 400,
	} {
		if r := w.ask(http.MethodGet, path); r.StatusCode != want {
			t.Errorf("%s: %d, want %d\n%s", path, r.StatusCode, want, r.body)
		}
	}
}

func TestTileJSONSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	r := w.get("/tiles/house,well.json")
	w.golden("house-well.tilejson.golden", r.body)
	doc := r.json(t)
	ids := []string{}
	for _, l := range doc["vector_layers"].([]any) {
		ids = append(ids, l.(map[string]any)["id"].(string))
	}
	if !slices.Equal(ids, []string{"house", "house_label", "well"}) {
		t.Errorf("vector layers %v", ids)
	}
	template := doc["tiles"].([]any)[0].(string)
	w.get(strings.NewReplacer("{z}", "14", "{x}", "13475", "{y}", "6445").Replace(template))
}

func TestFilterThatNoValueFitsIsToldByTiles(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	if _, err := w.pool.Exec(t.Context(), "update layer.house set built = '5874897-01-01' where fid = 1"); err != nil {
		t.Fatal(err)
	}
	for _, filter := range []string{"built > TIMESTAMP('2020-01-01T00:00:00Z')", "1e308*1e308 > floors"} {
		items := w.ask(http.MethodGet, "/ogc/collections/house/items?filter="+url.QueryEscape(filter))
		tile := w.ask(http.MethodGet, "/tiles/house/13/6737/3222.mvt?filter="+url.QueryEscape(filter))
		if items.StatusCode >= 500 || (items.StatusCode == 400) != (tile.StatusCode == 400) {
			t.Errorf("%s: items %d, tile %d\n%s", filter, items.StatusCode, tile.StatusCode, tile.body)
		}
	}
}
