package api_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"onemap/api"
)

// wide is a layer whose answers no socket holds: 40 MB.
const wide = `
create table layer.wide (id integer primary key, note text, geom geometry(Point, 4490));
insert into layer.wide select n, repeat('x', 4000), st_setsrid(st_makepoint(116, 35), 4490) from generate_series(1, 10000) n;
insert into onemap.layer (layer, table_schema, table_name, title, title_en, key_column, geom_column, mercator_column, srid, geometry_type, writable, tracked, drawing)
	values ('wide', 'layer', 'wide', '宽表', 'Wide', 'id', 'geom', '', 4490, 'Point', false, false, '{}')`

// A client that stops reading is dropped, and holds neither a connection to the database nor a place.
func TestClientThatStopsReadingIsDropped(t *testing.T) {
	t.Parallel()
	w := newTown(t, func(o *api.Options) { o.Silence = time.Second })
	if _, err := w.pool.Exec(t.Context(), wide); err != nil {
		t.Fatal(err)
	}
	w.has("wide")
	for _, path := range []string{
		"/wfs?service=WFS&version=2.0.0&request=GetFeature&typeNames=wide&count=10000", "/wfs?service=WFS&version=2.0.0&request=GetFeature&typeNames=wide&outputFormat=csv",
		"/ogc/collections/wide/items?limit=10000", "/ogc/collections/wide/items?limit=10000&f=csv", "/layers/wide/export?f=geojson",
	} {
		for range w.pool.Config().MaxConns {
			conn, err := net.Dial("tcp", strings.TrimPrefix(w.server.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: town\r\n\r\n", path)
		}
		for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
			streams, exports := w.ask(http.MethodGet, "/layers/house/ids").StatusCode, w.ask(http.MethodGet, "/layers/house/export?f=csv").StatusCode
			if streams == http.StatusOK && exports == http.StatusOK && w.pool.Stat().AcquiredConns() == 0 {
				break
			}
			if time.Since(begun) > time.Minute {
				t.Fatalf("%s: %d connections are held still; streams %d, exports %d", path, w.pool.Stat().AcquiredConns(), streams, exports)
			}
		}
	}
}

// A body that does not come is told so, whatever door it was meant for, and the connection serves on after what came slowly.
func TestBodyThatStopsIsRefused(t *testing.T) {
	t.Parallel()
	w := newTown(t, func(o *api.Options) { o.Silence = time.Second })
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /wfs HTTP/1.1\r\nHost: town\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n<wfs:GetFeature ")
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || r.StatusCode != http.StatusRequestTimeout {
		t.Fatalf("%v %v", r, err)
	}
	r.Body.Close()

	slow, err := net.Dial("tcp", strings.TrimPrefix(w.server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	answers := bufio.NewReader(slow)
	for range 2 {
		for part := range strings.SplitSeq("GET /ogc/conformance?f=json HTT|P/1.1\r\nHo|st: town\r\n\r\n", "|") {
			time.Sleep(700 * time.Millisecond) // two and more of them are longer than the silence borne
			fmt.Fprint(slow, part)
		}
		r, err := http.ReadResponse(answers, nil)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("slowly: %v %v", r, err)
		}
		if _, err := bufio.NewReader(r.Body).WriteTo(&strings.Builder{}); err != nil {
			t.Fatal(err)
		}
	}
	head := strings.Repeat("x", 2<<20)
	if r := w.ask(http.MethodGet, "/ogc", "X-Long", head); r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a head of 2 MiB: %d", r.StatusCode)
	}
}
