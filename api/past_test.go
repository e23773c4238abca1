package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"onemap/api"
)

// edited is the town after three edits, and the positions before, between and after them.
func edited(t *testing.T) (*town, []int64) {
	t.Helper()
	w := newTown(t, func(o *api.Options) { o.Clock = time.Now })
	settle := func() int64 {
		position, err := w.store.Settle(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return position
	}
	at := []int64{settle()}
	for _, sql := range []string{
		"set local onemap.actor = 'surveyor'; set local onemap.reason = '复测'; update layer.house set floors = 9, geom = st_translate(geom, 0.001, 0) where fid = 1",
		"delete from layer.house where fid = 2",
		"insert into layer.house (no, use) values ('丙1', '02')",
	} {
		if _, err := w.pool.Exec(t.Context(), "begin; "+sql+"; commit"); err != nil {
			t.Fatal(err)
		}
		at = append(at, settle())
	}
	return w, at
}

// collection is a feature collection with what the past's doors add.
type collection struct {
	Features []struct {
		ID             string
		Geometry       *struct{ Coordinates json.RawMessage }
		GeometryBefore *struct{ Coordinates json.RawMessage }
		Properties     map[string]any
		Before, After  map[string]any
		Op, Actor      string
		Reason, Change string
		Changed        []string
		Position       *int64
		Version        int64
		ValidFrom      *string
		ValidTo        *string
	}
	Counts                        struct{ Added, Removed, Changed int }
	NumberMatched, NumberReturned int
	Links                         []map[string]string
}

func (w *town) collection(path string) (c collection) {
	w.Helper()
	r := w.get(path)
	if err := json.Unmarshal(r.body, &c); err != nil {
		w.Fatalf("%s: %v\n%s", path, err, r.body)
	}
	if c.NumberReturned != len(c.Features) || r.Header.Get("Content-Crs") == "" {
		w.Errorf("%s: numberReturned %d of %d, Content-Crs %q", path, c.NumberReturned, len(c.Features), r.Header.Get("Content-Crs"))
	}
	return c
}

func next(links []map[string]string) string {
	for _, l := range links {
		if l["rel"] == "next" {
			return l["href"]
		}
	}
	return ""
}

func TestVersionsOfAFeature(t *testing.T) {
	t.Parallel()
	w, at := edited(t)
	c := w.collection("/ogc/collections/house/items/1/versions")
	if len(c.Features) != 2 {
		t.Fatalf("%+v", c)
	}
	now, then := c.Features[0], c.Features[1]
	if now.Op != "update" || now.Actor != "surveyor" || now.Reason != "复测" || strings.Join(now.Changed, " ") != "floors geometry" || now.ValidTo != nil ||
		*now.Position != at[1] || now.Properties["floors"] != 9.0 || now.ID != "1" || now.Version <= then.Version {
		t.Errorf("as it is: %+v", now)
	}
	if then.Op != "insert" || then.ValidTo == nil || *then.ValidTo != *now.ValidFrom || then.Properties["floors"] != 2.0 || then.Changed != nil ||
		string(then.Geometry.Coordinates) == string(now.Geometry.Coordinates) {
		t.Errorf("as it was: %+v", then)
	}
	for _, version := range c.Features { // from then on it is what as-of shows
		f := w.get("/ogc/collections/house/items/1?as-of=" + url.QueryEscape(*version.ValidFrom)).json(t)
		if got := f["properties"].(map[string]any)["floors"]; got != version.Properties["floors"] {
			t.Errorf("as of %s: %v floors, want %v", *version.ValidFrom, got, version.Properties["floors"])
		}
	}
	if c := w.collection("/ogc/collections/house/items/2/versions?crs=" + epsg + "4548&properties=no"); len(c.Features) != 2 || c.Features[0].Op != "delete" || c.Features[0].Geometry != nil ||
		len(c.Features[1].Properties) != 1 {
		t.Errorf("deleted: %+v", c)
	}
	page := w.collection("/ogc/collections/house/items/1/versions?limit=1")
	if rest := w.collection(next(page.Links)); len(page.Features) != 1 || len(rest.Features) != 1 || rest.Features[0].Version != then.Version || next(rest.Links) != "" {
		t.Errorf("one by one: %+v, %+v", page, rest)
	}
	for path, status := range map[string]int{"house/items/99/versions": 404, "house/items/x/versions": 404, "station/items/A%2F1%20%E5%8F%B7/versions": 400,
		"house/items/1/versions?cursor=%21": 400, "house/items/1/versions?limit=0": 400, "house/items/1/versions?x=1": 400} {
		if r := w.ask(http.MethodGet, "/ogc/collections/"+path); r.StatusCode != status {
			t.Errorf("%s: %d, want %d\n%s", path, r.StatusCode, status, r.body)
		}
	}
	if r := w.get("/ogc/collections/house/items/1/versions?f=html"); !strings.Contains(string(r.body), "复测") {
		t.Errorf("the page says no reason:\n%s", r.body)
	}
}

func TestDifferenceOfALayer(t *testing.T) {
	t.Parallel()
	w, at := edited(t)
	between := func(from, to int64) string {
		return fmt.Sprintf("/ogc/collections/house/difference?from=%d&to=%d", from, to)
	}
	c := w.collection(between(at[0], at[3]))
	if c.Counts.Added != 1 || c.Counts.Removed != 1 || c.Counts.Changed != 1 || c.NumberMatched != 3 || len(c.Features) != 3 {
		t.Fatalf("%+v", c)
	}
	changed, removed, added := c.Features[0], c.Features[1], c.Features[2]
	if changed.Change != "changed" || strings.Join(changed.Changed, " ") != "floors geometry" || changed.Before["floors"] != 2.0 || changed.After["floors"] != 9.0 ||
		changed.GeometryBefore == nil || string(changed.GeometryBefore.Coordinates) == string(changed.Geometry.Coordinates) {
		t.Errorf("changed: %+v", changed)
	}
	if removed.Change != "removed" || removed.After != nil || removed.Before["no"] != "甲2" || removed.Geometry == nil || removed.GeometryBefore != nil {
		t.Errorf("removed: %+v", removed)
	}
	if added.Change != "added" || added.Before != nil || added.After["no"] != "丙1" || added.Properties["no"] != "丙1" {
		t.Errorf("added: %+v", added)
	}
	var kinds []string
	for at := between(at[0], at[3]) + "&limit=1"; at != ""; {
		page := w.collection(at)
		kinds = append(kinds, page.Features[0].Change)
		at = next(page.Links)
	}
	if strings.Join(kinds, " ") != "changed removed added" {
		t.Errorf("one by one: %v", kinds)
	}
	if c := w.collection(between(at[0], at[1]) + "&bbox=116.0925,35.80,116.0928,35.801"); len(c.Features) != 0 {
		t.Errorf("elsewhere: %+v", c)
	}
	if c := w.collection(between(at[1], at[1])); len(c.Features) != 0 {
		t.Errorf("between the same moment: %+v", c)
	}
	if c := w.collection("/ogc/collections/house/difference?from=1990-01-01T00:00:00Z"); c.Counts.Added != 3 || len(c.Features) != 3 {
		t.Errorf("since before all: %+v", c)
	}
	if r := w.get(between(at[0], at[3]) + "&f=html"); !strings.Contains(string(r.body), "删除 Removed") {
		t.Errorf("the page:\n%s", r.body)
	}
	for _, query := range []string{"", "?to=1", "?from=x", "?from=9999999", "?from=3&to=2", "?from=1&cursor=x", "?from=1&x=", "?from=" + url.QueryEscape("2090-01-01T00:00:00Z")} {
		if r := w.ask(http.MethodGet, "/ogc/collections/house/difference"+query); r.StatusCode != 400 {
			t.Errorf("%s: %d\n%s", query, r.StatusCode, r.body)
		}
	}
}

func TestFeedOfChangesIsResumed(t *testing.T) {
	t.Parallel()
	w, at := edited(t)
	type feed struct {
		Changes []struct {
			Position          int64
			Layer, ID, Op, At string
			Actor, Reason     string
			Changed           []string
			BoundsAfter       []float64
		}
		Next  string
		More  bool
		Links []map[string]string
	}
	read := func(path string) (f feed) {
		t.Helper()
		if err := json.Unmarshal(w.get(path).body, &f); err != nil {
			t.Fatal(err)
		}
		return f
	}
	all, pages := []string{}, 0
	for path := "/changes?limit=7"; path != ""; pages++ {
		f := read(path)
		for _, ch := range f.Changes {
			all = append(all, fmt.Sprint(ch.Position))
		}
		if path = ""; f.More {
			path = next(f.Links)
		}
	}
	if len(all) != int(at[3]) || all[0] != "1" || all[len(all)-1] != fmt.Sprint(at[3]) || pages < 2 {
		t.Errorf("the log to %d in %d pages: %v", at[3], pages, all)
	}
	f := read(fmt.Sprintf("/changes?since=%d&layers=house", at[0]))
	if len(f.Changes) != 3 || f.More || f.Next != fmt.Sprint(at[3]) {
		t.Fatalf("%+v", f)
	}
	if ch := f.Changes[0]; ch.Op != "update" || ch.ID != "1" || ch.Actor != "surveyor" || ch.Reason != "复测" || strings.Join(ch.Changed, " ") != "floors geom" || len(ch.BoundsAfter) != 4 {
		t.Errorf("%+v", ch)
	}
	if f := read("/changes?since=" + f.Next); len(f.Changes) != 0 || f.Next != fmt.Sprint(at[3]) {
		t.Errorf("at the end: %+v", f)
	}
	if f := read(fmt.Sprintf("/changes?since=%d&layers=well", at[0])); len(f.Changes) != 0 || f.Next != fmt.Sprint(at[3]) {
		t.Errorf("of another layer: %+v", f)
	}
	for path, status := range map[string]int{"/changes?since=x": 400, "/changes?since=-1": 400, "/changes?layers=none": 404, "/changes?limit=0": 400, "/changes?from=1": 400} {
		if r := w.ask(http.MethodGet, path); r.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, r.StatusCode, status)
		}
	}
}

func TestIDsAndStatistics(t *testing.T) {
	t.Parallel()
	w, at := edited(t)
	past := fmt.Sprintf("as-of=%d", at[0])
	for query, want := range map[string]string{
		"house/ids": `1 3 4`, "house/ids?" + past: `1 2 3`, "house/ids?sortby=-no&" + past: `2 1 3`, "house/ids?filter=floors%3E100": ``,
		"house/ids?bbox=116.1,35.8,116.2,35.9": `3 4`, "house/ids?use=02": `3 4`, "station/ids": `A/1 号`,
	} {
		var doc struct {
			Position int64
			Count    *int
			IDs      []string
		}
		if err := json.Unmarshal(w.get("/layers/"+query).body, &doc); err != nil {
			t.Fatal(err)
		}
		if strings.Join(doc.IDs, " ") != want || *doc.Count != len(doc.IDs) || doc.Position == 0 {
			t.Errorf("%s: %+v, want %s", query, doc, want)
		}
	}
	for query, want := range map[string]string{
		"property=floors&" + past:             `"type":"integer","position":POS,"count":3,"nulls":1,"distinct":2,"min":2,"max":3,"mean":2.5,"sum":5,"histogram":[{"from":2,"to":3,"count":1},{"from":3,"to":4,"count":1}]}`,
		"property=use":                        `"type":"string","position":POS,"count":3,"nulls":0,"distinct":2,"min":"01","max":"02","values":[{"value":"02","count":2,"name":"学校","nameEn":"School","colour":"#2F7D4F"},{"value":"01","count":1,"name":"住宅","nameEn":"Dwelling","colour":"#E7B70E"}]}`,
		"property=floors&filter=floors%3E100": `"type":"integer","position":POS,"count":0,"nulls":0,"distinct":0}`,
		"property=listed&values=1&" + past:    `"type":"boolean","position":POS,"count":3,"nulls":1,"distinct":2,"min":false,"max":true,"values":[{"value":false,"count":1}]}`,
	} {
		body := string(w.get("/layers/house/statistics?" + query).body)
		for _, position := range at {
			body = strings.Replace(body, fmt.Sprintf(`"position":%d,`, position), `"position":POS,`, 1)
		}
		if !strings.HasSuffix(strings.TrimSpace(body), want) {
			t.Errorf("%s: %s\nwant %s", query, body, want)
		}
	}
	for path, status := range map[string]int{"house/statistics": 400, "house/statistics?property=colour": 400, "house/statistics?property=use&values=0": 400, "none/statistics?property=a": 404,
		"house/ids?limit=3": 400, "house/ids?sortby=colour": 400, "none/ids": 404, "lane_name/ids": 400} {
		if r := w.ask(http.MethodGet, "/layers/"+path); r.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, r.StatusCode, status)
		}
	}
}
