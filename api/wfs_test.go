package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onemap/layers/format/xsdtest"
)

// wfsVersions are those that are offered, with what their answers are valid by.
var wfsVersions = []struct{ number, schema, capabilities, report, namespace string }{
	{"2.0.0", "wfs/2.0/wfs.xsd", "wfs/2.0/wfs.xsd", "ows/1.1.0/owsExceptionReport.xsd", "http://www.opengis.net/wfs/2.0"},
	{"1.1.0", "wfs/1.1.0/wfs.xsd", "wfs/1.1.0/wfs.xsd", "ows/1.0.0/owsExceptionReport.xsd", "http://www.opengis.net/wfs"},
	{"1.0.0", "wfs/1.0.0/WFS-basic.xsd", "wfs/1.0.0/WFS-capabilities.xsd", "wfs/1.0.0/OGC-exception.xsd", "http://www.opengis.net/wfs"},
}

// wfs asks by KVP; parameters are pairs of name=value, not encoded.
func (w *town) wfs(version, request string, parameters ...string) reply {
	w.Helper()
	return w.ask(http.MethodGet, wfsURL(version, request, parameters...))
}

func wfsURL(version, request string, parameters ...string) string {
	q := url.Values{"SERVICE": {"WFS"}, "VERSION": {version}, "REQUEST": {request}}
	for _, p := range parameters {
		name, v, _ := strings.Cut(p, "=")
		q.Set(name, v)
	}
	return "/wfs?" + q.Encode()
}

// post sends XML.
func (w *town) post(body string, header ...string) reply {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.server.URL+"/wfs", strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "text/xml")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(answer.Body); err != nil {
		w.Fatal(err)
	}
	return reply{answer, b.Bytes()}
}

var gmlIDs = regexp.MustCompile(`<onemap:[a-z_]+ (?:gml:id|fid)="([^"]*)"`)

// ids are those of the features in an answer, in their order.
func (r reply) ids() []string {
	var out []string
	for _, m := range gmlIDs.FindAllSubmatch(r.body, -1) {
		out = append(out, string(m[1]))
	}
	return out
}

func (r reply) attribute(name string) string {
	if m := regexp.MustCompile(`\b` + name + `="([^"]*)"`).FindSubmatch(r.body); m != nil {
		return strings.ReplaceAll(string(m[1]), "&amp;", "&")
	}
	return ""
}

// refused wants an exception under a code and a locator; statuses are those that it may have.
func (r reply) refused(t testing.TB, code, locator string, statuses ...int) {
	t.Helper()
	got, at := r.attribute("exceptionCode"), r.attribute("locator")
	if got != code || !strings.EqualFold(at, locator) || !slices.Contains(statuses, r.StatusCode) {
		t.Errorf("%s: %d %s at %q, want %v %s at %q\n%s", r.Request.URL.RawQuery, r.StatusCode, got, at, statuses, code, locator, r.body)
	}
}

func TestWFSDocumentsAreValid(t *testing.T) {
	t.Parallel()
	x, w := xsdtest.New(t), newTown(t)
	for _, v := range wfsVersions {
		x.Valid(v.capabilities, w.wfs(v.number, "GetCapabilities").body, w.wfs(v.number, "GetCapabilities", "UPDATESEQUENCE=0").body)
		refused := w.wfs(v.number, "GetFeature", "TYPENAMES=nowhere")
		if refused.StatusCode != 400 {
			t.Errorf("%s: an unknown type: %d", v.number, refused.StatusCode)
		}
		x.Valid(v.report, refused.body)
		described := w.wfs(v.number, "DescribeFeatureType")
		var answers [][]byte
		for _, layer := range []string{"house", "lane", "well", "odd", "field", "old_parcel", "station", "lane_name"} {
			r := w.wfs(v.number, "GetFeature", "TYPENAMES="+layer)
			if r.StatusCode != 200 {
				t.Fatalf("%s %s: %d\n%s", v.number, layer, r.StatusCode, r.body)
			}
			answers = append(answers, r.body)
		}
		answers = append(answers, w.wfs(v.number, "GetFeature", "TYPENAMES=house", "RESULTTYPE=hits").body,
			w.wfs(v.number, "GetFeature", "TYPENAMES=(house)(well)", "COUNT=4").body, w.wfs(v.number, "GetFeature", "TYPENAMES=house", "PROPERTYNAME=no").body)
		if v.number == "2.0.0" {
			answers = append(answers, w.wfs(v.number, "GetFeature", "STOREDQUERY_ID=urn:ogc:def:query:OGC-WFS::GetFeatureById", "ID=house.1").body,
				w.wfs(v.number, "GetPropertyValue", "TYPENAMES=house", "VALUEREFERENCE=no").body, w.wfs(v.number, "GetPropertyValue", "TYPENAMES=house", "VALUEREFERENCE=@gml:id").body,
				w.wfs(v.number, "GetPropertyValue", "TYPENAMES=house", "VALUEREFERENCE=onemap:geom").body, w.wfs(v.number, "ListStoredQueries").body, w.wfs(v.number, "DescribeStoredQueries").body)
		}
		x.Features(v.schema, v.namespace, described.body, answers...)
	}
}

func TestWFSVersionsAreNegotiated(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for query, want := range map[string]string{
		"": "2.0.0", "&version=1.1.0": "1.1.0", "&version=1.0.0": "1.0.0", "&version=1.0.9": "1.0.0", "&version=0.1": "1.0.0", "&version=3.0.0": "2.0.2",
		"&AcceptVersions=10.0.0,2.0.0,1.1.0": "2.0.0", "&acceptversions=2.0.2": "2.0.2", "&ACCEPTVERSIONS=1.0.0,2.0.0": "1.0.0", "&AcceptVersions=1.1.0&version=2.0.0": "1.1.0",
	} {
		r := w.get("/wfs?service=WFS&request=GetCapabilities" + query)
		if got := regexp.MustCompile(`WFS_Capabilities version="([^"]*)"`).FindSubmatch(r.body); got == nil || string(got[1]) != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	w.ask(http.MethodGet, "/wfs?service=WFS&request=GetCapabilities&acceptversions=9.0.0").refused(t, "VersionNegotiationFailed", "", 400)
	w.ask(http.MethodGet, "/wfs?request=GetCapabilities").refused(t, "MissingParameterValue", "service", 400)
	w.ask(http.MethodGet, "/wfs?service=WMS&request=GetCapabilities").refused(t, "InvalidParameterValue", "service", 400)
	w.ask(http.MethodGet, "/wfs?service=WFS").refused(t, "MissingParameterValue", "request", 400)
	w.ask(http.MethodGet, "/wfs?service=WFS&request=Dance").refused(t, "InvalidParameterValue", "request", 400)
	w.wfs("2.0.0", "Transaction").refused(t, "OperationNotSupported", "Transaction", 400)
	w.wfs("3.0.0", "GetFeature", "typenames=house").refused(t, "InvalidParameterValue", "version", 400)
}

// Pages of one answer follow each other and are the whole, however they are asked for.
func TestWFSPages(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	hits := w.wfs("2.0.0", "GetFeature", "TYPENAMES=well", "COUNT=1", "RESULTTYPE=hits")
	if hits.attribute("numberMatched") != "25" || hits.attribute("numberReturned") != "0" || hits.attribute("next") == "" || hits.attribute("previous") != "" {
		t.Errorf("hits: %s", hits.body)
	}
	first := w.get(hits.attribute("next"))
	if ids := first.ids(); !slices.Equal(ids, []string{"well.1"}) || first.attribute("previous") != "" {
		t.Errorf("page 1: %s", first.body)
	}
	second := w.get(first.attribute("next"))
	if ids := w.get(second.attribute("previous")).ids(); !slices.Equal(ids, []string{"well.1"}) || !slices.Equal(second.ids(), []string{"well.2"}) {
		t.Errorf("page 2: %v, and before it %v", second.ids(), ids)
	}
	for _, query := range []string{"TYPENAMES=well", "TYPENAMES=(well)(house)(lane)", "TYPENAMES=well&SORTBY=no DESC", "TYPENAMES=well&BBOX=35.80,116.09,35.81,116.1,urn:ogc:def:crs:EPSG::4490"} {
		whole := w.wfs("2.0.0", "GetFeature", strings.Split(query, "&")...)
		var all []string
		at := wfsURL("2.0.0", "GetFeature", append(strings.Split(query, "&"), "COUNT=4")...)
		for at != "" {
			page := w.get(at)
			if n := page.attribute("numberReturned"); n != strconv.Itoa(len(page.ids())) {
				t.Errorf("%s: %s of %d", query, n, len(page.ids()))
			}
			all = append(all, page.ids()...)
			at = page.attribute("next")
		}
		if !slices.Equal(all, whole.ids()) || len(all) == 0 || whole.attribute("numberMatched") != strconv.Itoa(len(all)) {
			t.Errorf("%s: pages give %v, the whole %v", query, all, whole.ids())
		}
	}
}

// The addresses of pages say where the page before ended: what comes or goes before that place moves nothing behind it. Pages
// that are read at once and such as are streamed, in the order of the key and in others, each go on where the last one ended.
func TestWFSPagesGoOnWhereTheLastOneEnded(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	exec := func(sql string) {
		t.Helper()
		if _, err := w.pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec("insert into layer.lane (name, width, geom) select case when n % 7 > 0 then 'L' || n % 50 end, n, st_multi(st_makeline(st_setsrid(st_makepoint(116 + n / 1e5, 35), 4490), st_setsrid(st_makepoint(116 + n / 1e5, 35.001), 4490))) from generate_series(1, 3000) n")
	for _, sort := range []string{"", "name", "name DESC,width"} {
		whole := w.wfs("2.0.0", "GetFeature", "TYPENAMES=lane", "SORTBY="+sort).ids()
		for _, count := range []int{370, 1100, 3002, len(whole)} {
			var all []string
			for at := wfsURL("2.0.0", "GetFeature", "TYPENAMES=lane", "SORTBY="+sort, "COUNT="+strconv.Itoa(count)); at != ""; {
				page := w.get(at)
				if ids := page.ids(); page.attribute("numberReturned") != strconv.Itoa(len(ids)) || page.attribute("numberMatched") != strconv.Itoa(len(whole)) {
					t.Fatalf("%s: %d features, said to be %s of %s", at, len(ids), page.attribute("numberReturned"), page.attribute("numberMatched"))
				}
				all = append(all, page.ids()...)
				at = page.attribute("next")
			}
			if !slices.Equal(all, whole) || len(all) != 3002 {
				t.Errorf("by %q, %d a page: %d features, not those of the whole", sort, count, len(all))
			}
		}
	}
	for _, count := range []string{"3", "1500"} {
		first := w.wfs("2.0.0", "GetFeature", "TYPENAMES=lane", "COUNT="+count)
		next, last := first.attribute("next"), first.ids()[len(first.ids())-1]
		exec("delete from layer.lane where fid = (select min(fid) from layer.lane)")
		var after string
		if err := w.pool.QueryRow(t.Context(), "select 'lane.' || min(fid) from layer.lane where fid > split_part($1, '.', 2)::bigint", last).Scan(&after); err != nil {
			t.Fatal(err)
		}
		if ids := w.get(next).ids(); len(ids) == 0 || ids[0] != after {
			t.Errorf("behind %s, after a deletion before it: %.3v, want %s", last, ids, after)
		}
		if ids := w.get(strings.Replace(next, "startindex="+count, "startindex=0", 1)).ids(); len(ids) == 0 || ids[0] == after {
			t.Errorf("an address whose startindex was changed begins with %.3v", ids)
		}
		other := strings.Replace(strings.TrimPrefix(next, w.server.URL), "typenames=lane", "typenames=house", 1)
		w.ask(http.MethodGet, other).refused(t, "InvalidParameterValue", "cursor", 400)
	}
}

func TestWFSCoordinatesAreInTheOrderOfTheirCRS(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, c := range []struct {
		version, srs, said string
		want               string // of station A/1
	}{
		{"2.0.0", "", "urn:ogc:def:crs:EPSG::4548", "3963733.3661 417743.2726"},
		{"2.0.0", "urn:ogc:def:crs:EPSG::4326", "", "35.8 116.09"},
		{"2.0.0", "http://www.opengis.net/def/crs/EPSG/0/4490", "", "35.8 116.09"},
		{"2.0.0", "urn:ogc:def:crs:OGC:1.3:CRS84", "", "116.09 35.8"},
		{"2.0.0", "EPSG:4326", "", "116.09 35.8"},
		{"2.0.0", "urn:ogc:def:crs:EPSG::3857", "", "12923079.6862 4273136.4624"},
		{"1.1.0", "", "urn:ogc:def:crs:EPSG::4548", "3963733.3661 417743.2726"},
		{"1.1.0", "urn:x-ogc:def:crs:EPSG:6.9:4326", "", "35.8 116.09"},
		{"1.1.0", "EPSG:4326", "", "116.09 35.8"},
		{"1.0.0", "", "EPSG:4548", "417743.2726,3963733.3661"},
		{"1.0.0", "EPSG:4326", "", "116.09,35.8"},
		{"1.0.0", "http://www.opengis.net/gml/srs/epsg.xml#4490", "", "116.09,35.8"},
	} {
		r := w.wfs(c.version, "GetFeature", "TYPENAME=station", "SRSNAME="+c.srs)
		said := c.said
		if said == "" {
			said = c.srs
		}
		m := regexp.MustCompile(`<gml:Point[^>]* srsName="([^"]*)"[^>]*><gml:(?:pos|coordinates)>([^<]*)<`).FindSubmatch(r.body)
		if m == nil || string(m[1]) != said || !near(string(m[2]), c.want) {
			t.Errorf("%s in %s: %q, want %s in %s\n%.600s", c.version, c.srs, m, c.want, said, r.body)
		}
	}
	w.wfs("2.0.0", "GetFeature", "TYPENAMES=house", "SRSNAME=urn:ogc:def:crs:EPSG::32690").refused(t, "InvalidParameterValue", "srsName", 400)
	w.wfs("2.0.0", "GetFeature", "TYPENAMES=house", "SRSNAME=moon").refused(t, "InvalidParameterValue", "srsName", 400)
}

// near compares pairs of numbers to some tenths of a millimetre, or as much of a degree.
func near(got, want string) bool {
	var a, b, c, d float64
	fmt.Sscanf(strings.ReplaceAll(got, ",", " "), "%g %g", &a, &b)
	fmt.Sscanf(strings.ReplaceAll(want, ",", " "), "%g %g", &c, &d)
	grain := 3e-4
	if c < 180 {
		grain = 3e-9
	}
	return abs(a-c) <= grain && abs(b-d) <= grain && strings.Contains(got, ",") == strings.Contains(want, ",")
}
