package api_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
)

// truth asks PostgreSQL itself which houses a condition is true of.
func (w *town) truth(c condition) []string {
	w.Helper()
	rows, err := w.pool.Query(w.Context(), "select fid::text from layer.house where "+c.sql+" order by fid")
	if err != nil {
		w.Fatalf("%s: %v", c.sql, err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		w.Fatalf("%s: %v", c.sql, err)
	}
	return slices.Concat([]string{}, ids)
}

// pages walks all pages of items, so many in each, and holds the count that the first says.
func (w *town) pages(query string, limit int) []string {
	w.Helper()
	ids, matched := []string{}, -1.0
	for at := fmt.Sprintf("/ogc/collections/house/items?limit=%d&%s", limit, query); at != ""; {
		page, doc := w.ids(at)
		if n, said := doc["numberMatched"].(float64); said && matched < 0 {
			matched = n
		}
		if at = ""; len(page) > 0 {
			for _, l := range linksIn(doc) {
				if l["rel"] == "next" {
					at = l["href"].(string)
				}
			}
		}
		ids = append(ids, page...)
	}
	if matched >= 0 && int(matched) != len(ids) {
		w.Errorf("%s: numberMatched is %v of %v", query, matched, ids)
	}
	return ids
}

// exported are the ids in a layer's file.
func (w *town) exported(query string) []string {
	w.Helper()
	var doc struct{ Features []struct{ ID string } }
	if r := w.get("/layers/house/export?f=geojson&" + query); json.Unmarshal(r.body, &doc) != nil {
		w.Fatalf("export of %s: %s", query, r.body)
	}
	ids := []string{}
	for _, f := range doc.Features {
		ids = append(ids, f.ID)
	}
	return ids
}

// drawn are the ids in all tiles of a zoom at which every house is drawn.
func (w *town) drawn(query string) []string {
	w.Helper()
	const zoom = 16
	lower, upper := maptile.At(orb.Point{116.089, 35.812}, zoom), maptile.At(orb.Point{116.102, 35.799}, zoom)
	ids := []string{}
	for x := lower.X; x <= upper.X; x++ {
		for y := lower.Y; y <= upper.Y; y++ {
			r := w.ask(http.MethodGet, fmt.Sprintf("/tiles/house/%d/%d/%d.mvt?%s", zoom, x, y, query))
			if r.StatusCode == http.StatusNoContent {
				continue
			}
			ls, err := mvt.Unmarshal(r.body)
			if err != nil || r.StatusCode != http.StatusOK {
				w.Fatalf("tile of %s: %d %v", query, r.StatusCode, err)
			}
			for _, l := range ls {
				for _, f := range l.Features {
					if id := strconv.FormatFloat(f.ID.(float64), 'f', -1, 64); !slices.Contains(ids, id) {
						ids = append(ids, id)
					}
				}
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// Every door finds what the same words find in the database: items, whatever the size of a page and the CRS, exports and tiles.
func TestDoorsFindWhatTheDatabaseFinds(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	r := rand.New(rand.NewPCG(66, 2026))
	found := 0
	for n := range 40 {
		c := someCondition(r, 3)
		want := w.truth(c)
		found += len(want)
		filter := "filter=" + url.QueryEscape(c.cql)
		crs := "&crs=http://www.opengis.net/def/crs/EPSG/0/" + []string{"4490", "4326", "3857", "4548"}[n%4]
		for door, got := range map[string][]string{"items": w.pages(filter+crs, 1+n%3), "export": w.exported(filter), "tiles": w.drawn(filter)} {
			if !slices.Equal(got, want) {
				t.Errorf("%s finds %v, the database %v: %s", door, got, want, c.cql)
			}
		}
		if counted := w.get("/layers/house/ids?" + filter).json(t)["count"]; counted != float64(len(want)) {
			t.Errorf("%v are counted, the database finds %v: %s", counted, want, c.cql)
		}
		hits := w.wfs("2.0.0", "GetFeature", "TYPENAME=house", "RESULTTYPE=hits", "FILTER="+`<Filter xmlns="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2">`+
			strings.ReplaceAll(c.fes, "PropertyName>", "ValueReference>")+"</Filter>").attribute("numberMatched")
		if hits != strconv.Itoa(len(want)) {
			t.Errorf("WFS counts %s, the database finds %v: %s", hits, want, c.fes)
		}
	}
	if found < 20 {
		t.Errorf("the filters find %d features: they say little", found)
	}
}
