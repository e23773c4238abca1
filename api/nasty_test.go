package api_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// nasty are values that some parameter somewhere stumbles over.
func nasty() []string {
	return []string{
		"", " ", "\x00", "\xff\xfe", "\ufeff", "字", "😀", "'", `"`, `\`, "%", "%25", "%zz", "+", "&a=b", "#", "..", "../..", "/", "//", "null", "undefined", "true", "[]", "{}", "()", ",", ",,,,", "a,b,c", "-", "--", "*", ";drop table layer.house", "<x>", "${7*7}",
		"0", "-0", "-1", "1.5", "1e3", "0x10", "９", "99999999999999999999", "1e400", "NaN", "Infinity", "-9223372036854775808", "9223372036854775808",
		"1,2,3", "1,2,3,4", "4,3,2,1", "170,-10,-170,10", "-180,-90,180,90", "1e308,1e308,1e309,1e309", "NaN,NaN,NaN,NaN", "1,2,3,4,5,6", "1,2,3,4,5,6,7", "0,0,0,0", "-1e308,-1e308,1e308,1e308",
		"2026-05-01", "2026-05-01T", "2026-05-01T08:00:00Z", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z/..", "../9999-12-31T23:59:59Z", "9999-12-31T23:59:60Z", "-infinity", "2027-01-01T00:00:00Z/2026-01-01T00:00:00Z", "../..", "/", "2026-05-01T08:00:00+99:00", "294277-01-01T00:00:00Z",
		"http://www.opengis.net/def/crs/EPSG/0/4490", "http://www.opengis.net/def/crs/EPSG/0/0", "http://www.opengis.net/def/crs/EPSG/0/99999999999", "EPSG:4326", "urn:ogc:def:crs:EPSG::4548", "urn:x",
		"floors=1", "floors = ", "floors IS", "NOT", "no LIKE '%", "no LIKE '\\'", "floors / 0 > 1", "floors ^ 1e9 > 1", "geom IS NULL", "house = 1", "1=1", "floors IN ()", "S_INTERSECTS(geom,POINT(1e400 1))", "S_INTERSECTS(geom,POINT EMPTY)", "S_WITHIN(geom,POLYGON((0 0,1 1)))", "T_AFTER(built,DATE('2026-13-01'))", "CASEI(floors)='a'",
		`{"op":"=","args":[{"property":"floors"},1]}`, `{"op":"=","args":[]}`, `{"op":{"op":{}}}`, "[1,2", strings.Repeat("(", 2000), strings.Repeat("NOT ", 2000) + "floors=1", strings.Repeat("x", 7000), strings.Repeat("1,", 2000), strings.Repeat("{\"op\":\"not\",\"args\":[", 300),
	}
}

// answered is what the definition says that an operation answers under a status; nil = it says nothing.
func answered(o *openapi3.Operation, status int) *openapi3.Response {
	if r := o.Responses.Status(status); r != nil {
		return r.Value
	}
	return nil
}

// Whatever a parameter is, the answer is one of those that the definition has for it: never a failure of the server, never one
// of another type.
func TestNastyValuesGetDocumentedAnswers(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	doc, err := openapi3.NewLoader().LoadFromData(w.get("/ogc/api", "Accept", typeOpenAPI).body)
	if err != nil {
		t.Fatal(err)
	}
	values, asked := nasty(), 0
	try := func(o *openapi3.Operation, at string) {
		asked++
		r := w.ask(http.MethodGet, at)
		said := answered(o, r.StatusCode)
		media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
		switch {
		case r.StatusCode >= 500 || said == nil:
			t.Errorf("%d, which is not documented: %.300s\n%.300s", r.StatusCode, at, r.body)
		case r.StatusCode != http.StatusNoContent && r.StatusCode != http.StatusNotModified && len(said.Content) > 0 && !slices.ContainsFunc(slices.Collect(maps.Keys(said.Content)), func(m string) bool { own, _, _ := strings.Cut(m, ";"); return own == media }):
			t.Errorf("%d as %q, which is not documented: %.300s", r.StatusCode, media, at)
		}
	}
	plain := map[string]string{"tileMatrixSetId": "WebMercatorQuad", "tileMatrix": "14", "tileRow": "6444", "tileCol": "13475", "featureId": "1", "collectionId": "house"}
	for n, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		if strings.Contains(path, "/collections/") && !strings.Contains(path, "/collections/house") && !strings.Contains(path, "{collectionId}") {
			continue // the other layers have the same doors
		}
		o := doc.Paths.Value(path).Get
		var fixed []string
		in := map[string][]*openapi3.Parameter{}
		for _, p := range slices.Concat(doc.Paths.Value(path).Parameters, o.Parameters) {
			in[p.Value.In] = append(in[p.Value.In], p.Value)
			if p.Value.In == "query" && p.Value.Required {
				fixed = append(fixed, p.Value.Name+"=1")
			}
		}
		fill := func(name, value string) string {
			out := path
			for _, p := range in["path"] {
				v := plain[p.Name]
				if p.Name == name {
					v = value
				}
				out = strings.ReplaceAll(out, "{"+p.Name+"}", url.PathEscape(v))
			}
			return "/ogc" + out
		}
		every := 7 // doors share what reads their parameters: all values at items, some of them everywhere
		if strings.HasSuffix(path, "/house/items") {
			every = 1
		}
		for k, p := range slices.Concat(in["query"], in["path"]) {
			for i := (n + k) % every; i < len(values); i += every {
				at := fill(p.Name, values[i])
				if p.In == "query" {
					at = fill("", "") + "?" + strings.Join(slices.Concat(fixed, []string{url.QueryEscape(p.Name) + "=" + url.QueryEscape(values[i])}), "&")
				} else if values[i] == "" || strings.Trim(values[i], "./") == "" || strings.Contains(values[i], "/") {
					continue // another path
				}
				if len(at) < 8000 {
					try(o, at)
				}
			}
		}
	}
	if asked < 2000 {
		t.Errorf("only %s requests were made", strconv.Itoa(asked))
	}
}
