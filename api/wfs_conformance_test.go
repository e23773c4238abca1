package api_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"onemap/layers"
)

// certified is the invented layer set that suites of tests are run against: points, lines and areas in EPSG:4326 whose every
// property is filled, with ids, a moment, and the properties that GML gives names to.
const certified = `
create schema certified;
create table certified.cert_point (id integer primary key, name text, description text, identifier text, size double precision, opened timestamptz, geom geometry(Point, 4326));
create table certified.cert_line (id integer primary key, name text, description text, identifier text, size double precision, opened timestamptz, geom geometry(LineString, 4326));
create table certified.cert_area (id integer primary key, name text, description text, identifier text, size double precision, opened timestamptz, geom geometry(Polygon, 4326));
insert into certified.cert_point select n, 'Point ' || n, 'The point of number ' || n, 'urn:x:p:' || n, n * 1.5, timestamptz '2026-01-01T00:00:00Z' + n * interval '1 day', st_setsrid(st_makepoint(n, n / 2.0), 4326) from generate_series(1, 20) n;
insert into certified.cert_line select n, 'Line ' || n, 'The line of number ' || n, 'urn:x:l:' || n, n * 1.5, timestamptz '2026-01-01T00:00:00Z' + n * interval '1 day', st_setsrid(st_makeline(st_makepoint(n, n / 2.0), st_makepoint(n + 1, n)), 4326) from generate_series(1, 12) n;
insert into certified.cert_area select n, 'Area ' || n, 'The area of number ' || n, 'urn:x:a:' || n, n * 1.5, timestamptz '2026-01-01T00:00:00Z' + n * interval '1 day', st_buffer(st_setsrid(st_makepoint(n * 3, n), 4326), 1, 4) from generate_series(1, 12) n;
insert into onemap.layer (layer, table_schema, table_name, title, title_en, key_column, geom_column, mercator_column, srid, geometry_type, writable, tracked, drawing) values
    ('cert_point', 'certified', 'cert_point', '认证点', 'Certified points', 'id', 'geom', '', 4326, 'Point', false, false, '{}'),
    ('cert_line', 'certified', 'cert_line', '认证线', 'Certified lines', 'id', 'geom', '', 4326, 'LineString', false, false, '{}'),
    ('cert_area', 'certified', 'cert_area', '认证面', 'Certified areas', 'id', 'geom', '', 4326, 'Polygon', false, false, '{}')`

func newCertified(t testing.TB) *town {
	w := newTown(t)
	if _, err := w.pool.Exec(t.Context(), certified); err != nil {
		t.Fatal(err)
	}
	w.has("cert_area")
	return w
}

// has waits until a layer that was published by SQL is in the catalogue.
func (w *town) has(layer string) {
	w.Helper()
	for begun := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if _, err := w.store.Layer(w.Context(), layers.Anonymous, layer); err == nil {
			return
		}
		if time.Since(begun) > 30*time.Second {
			w.Fatalf("the layer %s did not appear", layer)
		}
	}
}

var certifiedTypes = []string{"onemap:cert_point", "onemap:cert_line", "onemap:cert_area"}

// both asks a query by URL and by XML, as the suite does for each binding, and wants the same.
func (w *town) both(operation, attributes, typeName, inside string, parameters ...string) [2]reply {
	w.Helper()
	byURL := append([]string{"NAMESPACES=xmlns(onemap,http://onemap/layer),xmlns(ns1,http://onemap/layer)", "TYPENAMES=" + typeName}, parameters...)
	if inside != "" {
		byURL = append(byURL, "FILTER="+inside)
	}
	byXML := fmt.Sprintf(`<wfs:%s service="WFS" version="2.0.0" %s xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:onemap="http://onemap/layer"><wfs:Query typeNames="%s">%s</wfs:Query></wfs:%[1]s>`, operation, attributes, typeName, inside)
	return [2]reply{w.wfs("2.0.0", operation, byURL...), w.post(byXML)}
}

func filterOf(condition string) string { return fmt.Sprintf(fes2, condition) }

// The checks of class Simple of the official suite of WFS 2.0 (standards' suite wfs20, 1.43).
func TestWFSSimple(t *testing.T) {
	t.Parallel()
	w := newCertified(t)
	capabilities := string(w.get("/wfs?service=WFS&request=GetCapabilities").body)
	for _, name := range strings.Fields("ImplementsBasicWFS ImplementsResultPaging KVPEncoding XMLEncoding ImplementsQuery ImplementsAdHocQuery ImplementsResourceId ImplementsMinStandardFilter ImplementsStandardFilter ImplementsMinSpatialFilter ImplementsSpatialFilter ImplementsMinTemporalFilter ImplementsSorting ImplementsMinimumXPath") {
		if !strings.Contains(capabilities, `Constraint name="`+name+`"><ows:NoValues/><ows:DefaultValue>TRUE<`) {
			t.Errorf("%s is not TRUE", name)
		}
	}
	for _, name := range strings.Fields("ImplementsTransactionalWFS ImplementsLockingWFS SOAPEncoding ImplementsInheritance ImplementsRemoteResolve ImplementsStandardJoins ImplementsSpatialJoins ImplementsTemporalJoins ImplementsFeatureVersioning ManageStoredQueries") {
		if !strings.Contains(capabilities, `Constraint name="`+name+`"><ows:NoValues/><ows:DefaultValue>FALSE<`) {
			t.Errorf("%s is not FALSE", name)
		}
	}
	for _, name := range strings.Fields("GetCapabilities DescribeFeatureType ListStoredQueries DescribeStoredQueries GetFeature GetPropertyValue") {
		if !regexp.MustCompile(`<ows:Operation name="` + name + `"><ows:DCP><ows:HTTP><ows:Get xlink:href="` + w.server.URL + `/wfs"/><ows:Post`).MatchString(capabilities) {
			t.Errorf("operation %s is not listed", name)
		}
	}
	if strings.Contains(capabilities, "Transaction\"><ows:DCP") || strings.Count(capabilities, `<ows:Parameter name="resolve"><ows:AllowedValues><ows:Value>none</ows:Value><ows:Value>local</ows:Value>`) != 2 {
		t.Error("operations say more, or less, than there is")
	}
	if all := string(w.wfs("2.0.0", "DescribeFeatureType").body); strings.Count(all, "<xsd:schema") != 1 || !strings.Contains(all, `targetNamespace="http://onemap/layer"`) || strings.Count(all, `substitutionGroup="gml:AbstractFeature"`) != 11 {
		t.Errorf("DescribeFeatureType: %s", all)
	}
	w.wfs("2.0.0", "DescribeFeatureType", "TYPENAMES=ns9:Unknown1").refused(t, "InvalidParameterValue", "typeName", 400)
	w.post(`<wfs:DescribeFeatureType service="WFS" version="2.0.0" xmlns:wfs="http://www.opengis.net/wfs/2.0"><wfs:TypeName xmlns:ns1="http://example.org">ns1:cert_point</wfs:TypeName></wfs:DescribeFeatureType>`).refused(t, "InvalidParameterValue", "typeName", 400)
	for _, id := range []string{"urn:ogc:def:query:OGC-WFS::GetFeatureById", "http://www.opengis.net/def/query/OGC-WFS/0/GetFeatureById"} {
		for _, list := range []reply{w.wfs("2.0.0", "ListStoredQueries"), w.wfs("2.0.0", "DescribeStoredQueries", "STOREDQUERY_ID="+id),
			w.post(`<DescribeStoredQueries service="WFS" version="2.0.0" xmlns="http://www.opengis.net/wfs/2.0"><StoredQueryId>` + id + `</StoredQueryId></DescribeStoredQueries>`)} {
			if !strings.Contains(string(list.body), `id="`+id+`"`) {
				t.Errorf("no %s in %s", id, list.body)
			}
		}
		for _, feature := range []reply{w.wfs("2.0.0", "GetFeature", "STOREDQUERY_ID="+id, "ID=cert_line.3"),
			w.post(`<GetFeature service="WFS" version="2.0.0" xmlns="http://www.opengis.net/wfs/2.0"><StoredQuery id="` + id + `"><Parameter name="ID">cert_line.3</Parameter></StoredQuery></GetFeature>`)} {
			if !regexp.MustCompile(`^<\?xml[^>]*>\s*<onemap:cert_line [^>]*gml:id="cert_line.3"`).Match(feature.body) || feature.StatusCode != 200 {
				t.Errorf("by id: %s", feature.body)
			}
		}
		for _, missing := range []string{"cert_line.99", "nowhere.1", "x", "cert_line.a", "cert_line.99999999999999999999"} {
			w.wfs("2.0.0", "GetFeature", "STOREDQUERY_ID="+id, "ID="+missing).refused(t, "NotFound", "id", 404)
		}
	}
	w.wfs("2.0.0", "GetFeature", "TYPENAMES="+strings.Repeat("(cert_line)", 1001), "COUNT=1").refused(t, "InvalidParameterValue", "typeNames", 400)
	w.wfs("2.0.0", "GetFeature", "STOREDQUERY_ID=urn:example:none").refused(t, "InvalidParameterValue", "storedquery_id", 400)
	w.wfs("2.0.0", "DescribeStoredQueries", "STOREDQUERY_ID=urn:example:none").refused(t, "InvalidParameterValue", "storedquery_id", 400)
	w.wfs("2.0.0", "GetFeature", "STOREDQUERY_ID=urn:ogc:def:query:OGC-WFS::GetFeatureById").refused(t, "MissingParameterValue", "ID", 400)
}

// The checks of class Basic, each by URL and by XML.
func TestWFSBasic(t *testing.T) {
	t.Parallel()
	w := newCertified(t)
	for _, name := range certifiedTypes {
		short := strings.TrimPrefix(name, "onemap:")
		for _, r := range w.both("GetFeature", "", name, "") {
			if r.StatusCode != 200 || len(r.ids()) < 12 || slices.ContainsFunc(r.ids(), func(id string) bool { return !strings.HasPrefix(id, short+".") }) {
				t.Errorf("%s: %d %v", name, r.StatusCode, r.ids())
			}
		}
		r := w.wfs("2.0.0", "GetFeature", "TYPENAMES="+name, "SRSNAME=urn:ogc:def:crs:EPSG::3857")
		for _, m := range regexp.MustCompile(`srsName="([^"]*)"`).FindAllSubmatch(r.body, -1) {
			if string(m[1]) != "urn:ogc:def:crs:EPSG::3857" {
				t.Errorf("%s is in %s", name, m[1])
			}
		}
		w.wfs("2.0.0", "GetFeature", "TYPENAMES="+name, "SRSNAME=urn:ogc:def:crs:EPSG::32690").refused(t, "InvalidParameterValue", "SRSNAME", 400)
		for _, r := range w.both("GetPropertyValue", `valueReference="@gml:id"`, name, "", "VALUEREFERENCE=@gml:id") {
			if r.StatusCode != 200 || !strings.Contains(string(r.body), "<wfs:member>"+short+".1</wfs:member>") {
				t.Errorf("@gml:id: %s", r.body)
			}
		}
		for _, r := range w.both("GetPropertyValue", `valueReference=""`, name, "", "VALUEREFERENCE=") {
			r.refused(t, "InvalidParameterValue", "valueReference", 400)
		}
	}
	w.wfs("2.0.0", "GetPropertyValue", "TYPENAMES=cert_point", "VALUEREFERENCE=undefined").refused(t, "InvalidParameterValue", "valueReference", 400)
	two := func(op, attribute, value, name string) string {
		return fmt.Sprintf(`<fes:%s %s><fes:Literal>%s</fes:Literal><fes:ValueReference>%s</fes:ValueReference></fes:%[1]s>`, op, attribute, value, name)
	}
	box := func(ref, lower, upper string) string {
		return fmt.Sprintf(`<fes:BBOX>%s<gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326"><gml:lowerCorner>%s</gml:lowerCorner><gml:upperCorner>%s</gml:upperCorner></gml:Envelope></fes:BBOX>`, ref, lower, upper)
	}
	during := func(op, begin, end string) string {
		return fmt.Sprintf(`<fes:%s><fes:ValueReference>ns1:opened</fes:ValueReference><gml:TimePeriod gml:id="t"><gml:beginPosition>%s</gml:beginPosition><gml:endPosition>%s</gml:endPosition></gml:TimePeriod></fes:%[1]s>`, op, begin, end)
	}
	instant := func(op, at string) string {
		return fmt.Sprintf(`<fes:%s><fes:ValueReference>ns1:opened</fes:ValueReference><gml:TimeInstant gml:id="t"><gml:timePosition>%s</gml:timePosition></gml:TimeInstant></fes:%[1]s>`, op, at)
	}
	for _, c := range []struct {
		condition string
		want      int // points; of 20
	}{
		{two("PropertyIsLessThan", `matchAction="Any"`, "15", "ns1:size"), 10}, // 15 < size
		{two("PropertyIsLessThan", `matchAction="All"`, "15", "ns1:size"), 10},
		{two("PropertyIsGreaterThan", "", "15", "ns1:size"), 9},
		{two("PropertyIsGreaterThanOrEqualTo", "", "15", "ns1:size"), 10},
		{two("PropertyIsLessThanOrEqualTo", "", "15", "ns1:size"), 11},
		{two("PropertyIsEqualTo", "", "Point 7", "ns1:name"), 1},
		{two("PropertyIsNotEqualTo", `matchCase="true"`, "point 7", "ns1:name"), 20},
		{two("PropertyIsEqualTo", `matchCase="false"`, "pOINT 7", "ns1:name"), 1},
		{`<fes:PropertyIsLike wildCard="*" singleChar="?" escapeChar="\"><fes:ValueReference>ns1:name</fes:ValueReference><fes:Literal>Point 1*</fes:Literal></fes:PropertyIsLike>`, 11},
		{`<fes:Not><fes:PropertyIsLike wildCard="*" singleChar="?" escapeChar="\"><fes:ValueReference>ns1:name</fes:ValueReference><fes:Literal>Point 1*</fes:Literal></fes:PropertyIsLike></fes:Not>`, 9},
		{`<fes:PropertyIsNull><fes:ValueReference>gml:name</fes:ValueReference></fes:PropertyIsNull>`, 20},
		{`<fes:Not><fes:PropertyIsNull><fes:ValueReference>ns1:name</fes:ValueReference></fes:PropertyIsNull></fes:Not>`, 20},
		{`<fes:PropertyIsNil nilReason="unknown"><fes:ValueReference>ns1:name</fes:ValueReference></fes:PropertyIsNil>`, 0},
		{`<fes:PropertyIsNil><fes:ValueReference>gml:boundedBy</fes:ValueReference></fes:PropertyIsNil>`, 20},
		{`<fes:ResourceId rid="cert_point.4"/><fes:ResourceId rid="cert_point.9"/>`, 2},
		{`<fes:ResourceId rid="test-d41d8cd9"/>`, 0},
		{box("", "0 0", "5 10"), 10},
		{box("<fes:ValueReference>ns1:geom</fes:ValueReference>", "0 0", "5 10"), 10},
		{box("", "-90 -180", "90 180"), 20},
		{`<fes:Intersects><fes:ValueReference>ns1:geom</fes:ValueReference><gml:LineString gml:id="l" srsName="urn:ogc:def:crs:EPSG::4326"><gml:posList>0.5 1 1 2 5 10</gml:posList></gml:LineString></fes:Intersects>`, 10},
		{`<fes:Intersects><fes:ValueReference>ns1:geom</fes:ValueReference><gml:Polygon gml:id="l" srsName="urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing><gml:posList>0 0 0 4 4 4 4 0 0 0</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></fes:Intersects>`, 4},
		{instant("After", "2026-01-11T08:00:00+08:00"), 10},
		{instant("Before", "2026-01-11T00:00:00Z"), 9},
		{instant("Before", "2026-01-11T00:00Z"), 9}, // as Java writes it
		{instant("After", "2026-01-11T08:00+08:00"), 10},
		{during("During", "2026-01-02T12:00:00Z", "2026-01-06T12:00:00+08:00"), 4},
		{during("After", "2026-01-02T12:00:00Z", "2026-01-06T12:00:00Z"), 15},
	} {
		for i, r := range w.both("GetFeature", "", "onemap:cert_point", filterOf(c.condition)) {
			if len(r.ids()) != c.want || r.StatusCode != 200 {
				t.Errorf("binding %d: %d features, want %d\n%s\n%.900s", i, len(r.ids()), c.want, c.condition, r.body)
			}
		}
	}
	for _, c := range []struct {
		condition, code string
		statuses        []int
	}{
		{two("PropertyIsEqualTo", "", "x", "undefined"), "InvalidParameterValue", []int{400}},
		{`<fes:PropertyIsLessThan><fes:ValueReference>gml:boundedBy</fes:ValueReference><fes:Literal><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326"><gml:lowerCorner>0 0</gml:lowerCorner><gml:upperCorner>1 1</gml:upperCorner></gml:Envelope></fes:Literal></fes:PropertyIsLessThan>`, "OperationProcessingFailed", []int{400, 403}},
		{box("<fes:ValueReference>gml:description</fes:ValueReference>", "0 0", "5 10"), "InvalidParameterValue", []int{400}},
		{`<fes:ResourceId rid="cert_line.1"/>`, "InvalidParameterValue", []int{400}},
		{`<fes:Nonsense/>`, "OperationParsingFailed", []int{400}},
	} {
		for _, r := range w.both("GetFeature", "", "onemap:cert_point", filterOf(c.condition)) {
			if code := r.attribute("exceptionCode"); code != c.code || r.attribute("locator") == "" || !slices.Contains(c.statuses, r.StatusCode) {
				t.Errorf("%s: %d %s", c.condition, r.StatusCode, r.body)
			}
		}
	}
	w.wfs("2.0.0", "GetFeature", "TYPENAMES=cert_point", "RESOURCEID=cert_line.1").refused(t, "InvalidParameterValue", "resourceId", 400)
}

// What else a request may say, or may not.
func TestWFSOptions(t *testing.T) {
	t.Parallel()
	w := newCertified(t)
	for query, want := range map[string]string{
		"RESOURCEID=cert_point.3,cert_line.2,cert_point.1,none.5": "cert_point.1 cert_point.3 cert_line.2",
		"TYPENAMES=cert_point&COUNT=0":                            "",
		"TYPENAMES=cert_point&COUNT=2&STARTINDEX=18":              "cert_point.19 cert_point.20",
		"TYPENAMES=cert_point&COUNT=2&STARTINDEX=99":              "",
		"TYPENAMES=cert_point&COUNT=2&SORTBY=size DESC":           "cert_point.20 cert_point.19",
		"TYPENAMES=cert_point&COUNT=2&SORTBY=onemap:size D":       "cert_point.20 cert_point.19",
		"TYPENAMES=(cert_point)(cert_line)&COUNT=3&STARTINDEX=18": "cert_point.19 cert_point.20 cert_line.1",
		"TYPENAMES=cert_point&BBOX=0,0,2,3":                       "cert_point.1 cert_point.2 cert_point.3", // latitude first
		"TYPENAMES=cert_point&BBOX=0,0,3,2,EPSG:4326":             "cert_point.1 cert_point.2 cert_point.3",
		"TYPENAMES=cert_point&RESOLVE=local&COUNT=1":              "cert_point.1",
		"typename=cert_point&maxFeatures=1&vendor=x":              "cert_point.1",
	} {
		r := w.wfs("2.0.0", "GetFeature", strings.Split(query, "&")...)
		if got := strings.Join(r.ids(), " "); got != want || r.StatusCode != 200 {
			t.Errorf("%s: %d %s, want %s", query, r.StatusCode, got, want)
		}
	}
	form := w.post("service=WFS&version=2.0.0&request=GetFeature&typenames=cert_point&count=1", "Content-Type", "application/x-www-form-urlencoded")
	if got := form.ids(); !slices.Equal(got, []string{"cert_point.1"}) {
		t.Errorf("by form: %s", form.body)
	}
	if only := string(w.wfs("2.0.0", "GetFeature", "TYPENAMES=cert_point", "PROPERTYNAME=onemap:name", "COUNT=1").body); !strings.Contains(only, "<onemap:name>") || strings.Contains(only, "<onemap:size>") || strings.Contains(only, "<onemap:geom>") {
		t.Errorf("propertyName: %s", only)
	}
	for query, want := range map[string][2]string{
		"TYPENAMES=cert_point,cert_line":                 {"OperationNotSupported", "typeNames"},
		"TYPENAMES=cert_point&RESOLVE=remote":            {"OptionNotSupported", "resolve"},
		"TYPENAMES=cert_point&RESOLVE=x":                 {"InvalidParameterValue", "resolve"},
		"TYPENAMES=cert_point&COUNT=-1":                  {"InvalidParameterValue", "count"},
		"TYPENAMES=cert_point&STARTINDEX=x":              {"InvalidParameterValue", "startIndex"},
		"TYPENAMES=cert_point&RESULTTYPE=x":              {"InvalidParameterValue", "resultType"},
		"TYPENAMES=cert_point&OUTPUTFORMAT=text/klingon": {"InvalidParameterValue", "outputFormat"},
		"TYPENAMES=cert_point&SORTBY=none":               {"InvalidParameterValue", "sortBy"},
		"TYPENAMES=cert_point&SORTBY=size UP":            {"InvalidParameterValue", "sortBy"},
		"TYPENAMES=cert_point&PROPERTYNAME=none":         {"InvalidParameterValue", "propertyName"},
		"TYPENAMES=cert_point&BBOX=1,2,3":                {"InvalidParameterValue", "bbox"},
		"TYPENAMES=cert_point&BBOX=3,0,1,1":              {"InvalidParameterValue", "bbox"},
		"TYPENAMES=cert_point&BBOX=0,0,1,1,EPSG:99999":   {"InvalidParameterValue", "bbox"},
		"TYPENAMES=cert_point&FILTER=<Filter><Disjoint><ValueReference>geom</ValueReference><Point srsName='EPSG:99999'><pos>1 2</pos></Point></Disjoint></Filter>": {"InvalidParameterValue", "filter"},
		"TYPENAMES=cert_point&BBOX=0,0,1,1&FILTER=<Filter>": {"InvalidParameterValue", "bbox"},
		"TYPENAMES=cert_point&FILTER=<Filter>":              {"OperationParsingFailed", "filter"},
		"":                                                  {"MissingParameterValue", "typeNames"},
	} {
		w.wfs("2.0.0", "GetFeature", strings.Split(query, "&")...).refused(t, want[0], want[1], 400)
	}
	if head := w.ask(http.MethodHead, wfsURL("2.0.0", "GetFeature", "TYPENAMES=cert_point")); head.StatusCode != 200 || len(head.body) > 0 {
		t.Errorf("HEAD: %d, %d bytes", head.StatusCode, len(head.body))
	}
}
