package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"onemap/layers"
)

// A feature that has no coordinates in the system asked for, here since its axes are exchanged, is the sender's to know: the answer is a refusal that says so, in the
// words of the door, and not an error of the server. In systems that have it, it is given.
func TestFeaturesBeyondASystem(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	if _, err := w.pool.Exec(t.Context(), `create schema far; create table far.pole (id bigint primary key, geom geometry(Point, 4490));
		insert into far.pole values (1, 'SRID=4490;POINT(116 35)'), (2, 'SRID=4490;POINT(35 116)')`); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Publish(t.Context(), layers.Anonymous, layers.PublishOptions{TableSchema: "far", TableName: "pole", Layer: layers.Layer{Name: "pole", Title: "极点"}}); err != nil {
		t.Fatal(err)
	}
	w.wait(func(l *layers.Layer) bool { return l.Name == "pole" })
	const mercator = "http://www.opengis.net/def/crs/EPSG/0/3857"
	wfs := "/wfs?service=WFS&version=2.0.0&request=GetFeature&typeNames=pole&srsName=urn:ogc:def:crs:EPSG::3857"
	for _, path := range []string{
		"/ogc/collections/pole/items?crs=" + mercator, "/ogc/collections/pole/items?limit=5000&crs=" + mercator, "/ogc/collections/pole/items/2?crs=" + mercator,
		"/layers/pole/export?f=csv&crs=" + mercator, wfs, wfs + "&count=10", wfs + "&outputFormat=geojson", strings.Replace(wfs, "2.0.0", "1.1.0", 1) + "&typeName=pole",
	} {
		r := w.ask(http.MethodGet, path)
		if r.StatusCode != http.StatusBadRequest || !strings.Contains(string(r.body), "no coordinates in EPSG:3857") {
			t.Errorf("%s: %d\n%s", path, r.StatusCode, r.body)
		}
		if xml := strings.Contains(string(r.body), "ExceptionReport"); xml != strings.HasPrefix(path, "/wfs") {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	for _, path := range []string{"/ogc/collections/pole/items", "/ogc/collections/pole/items/2", "/ogc/collections/pole/items/1?crs=" + mercator, "/ogc/collections/pole/items?bbox=115,34,117,36&crs=" + mercator} {
		if r := w.ask(http.MethodGet, path); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %d\n%s", path, r.StatusCode, r.body)
		}
	}
}

// What a large answer of WFS says it has is what it has, whoever writes meanwhile.
func TestLargeAnswersAreOfOneMoment(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	fill := func(n int) {
		if _, err := w.pool.Exec(t.Context(), `insert into layer.well (no, depth, geom) select 'w' || i, i, st_setsrid(st_makepoint(116, 35, 1), 4490) from generate_series(1, $1::int) i`, n); err != nil {
			t.Error(err)
		}
	}
	fill(3000)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				fill(7)
			}
		}
	}()
	defer func() { close(stop); <-done }()
	for range 10 {
		for format, member := range map[string]string{"": "<wfs:member>", "&outputFormat=geojson": `"type":"Feature",`} {
			body := string(w.ask(http.MethodGet, "/wfs?service=WFS&version=2.0.0&request=GetFeature&typeNames=well&count=1000000"+format).body)
			n := strings.Count(body, member)
			for _, said := range []string{`numberMatched="%d"`, `numberReturned="%d"`} {
				if format != "" {
					said = strings.Replace(strings.Replace(said, `="`, `":`, 1), `%d"`, "%d,", 1)
				}
				if !strings.Contains(body, fmt.Sprintf(said, n)) {
					t.Fatalf("%d features, and not "+said+"\n%s", n, n, body[:600])
				}
			}
		}
	}
}
