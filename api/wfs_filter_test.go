package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	fes2 = `<fes:Filter xmlns:fes="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:ns1="http://onemap/layer">%s</fes:Filter>`
	ogc1 = `<Filter xmlns="http://www.opengis.net/ogc" xmlns:gml="http://www.opengis.net/gml">%s</Filter>`
)

// older is a condition in the words of Filter 1.1.
func older(condition string) string {
	return strings.NewReplacer("fes:", "", "ValueReference", "PropertyName", "EPSG::4490", "EPSG::4326").Replace(condition)
}

// What a filter finds, it finds in every version, by URL and by POST, under any prefix.
func TestWFSFiltersInEveryVersion(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	compare := func(op, name, value string) string {
		return fmt.Sprintf("<fes:%s><fes:ValueReference>%s</fes:ValueReference><fes:Literal>%s</fes:Literal></fes:%[1]s>", op, name, value)
	}
	for _, c := range []struct {
		condition string
		want      []string
	}{
		{compare("PropertyIsEqualTo", "ns1:use", "01"), []string{"house.1", "house.2"}},
		{compare("PropertyIsEqualTo", "use", "01"), []string{"house.1", "house.2"}},
		{compare("PropertyIsEqualTo", "house/use", "01"), []string{"house.1", "house.2"}},
		{compare("PropertyIsLessThan", "floors", "3"), []string{"house.1"}},
		{"<fes:PropertyIsGreaterThan><fes:Literal>200</fes:Literal><fes:ValueReference>area</fes:ValueReference></fes:PropertyIsGreaterThan>", []string{"house.1"}},
		{compare("PropertyIsGreaterThanOrEqualTo", "built", "2004-09-30"), []string{"house.2"}},
		{compare("PropertyIsNotEqualTo", "no", "甲1"), []string{"house.2", "house.3"}},
		{`<fes:PropertyIsLike wildCard="*" singleChar="?" escapeChar="\"><fes:ValueReference>no</fes:ValueReference><fes:Literal>甲?</fes:Literal></fes:PropertyIsLike>`, []string{"house.1", "house.2"}},
		{`<fes:Not><fes:PropertyIsLike wildCard="*" singleChar="?" escapeChar="\"><fes:ValueReference>no</fes:ValueReference><fes:Literal>甲*</fes:Literal></fes:PropertyIsLike></fes:Not>`, []string{"house.3"}},
		{"<fes:PropertyIsNull><fes:ValueReference>floors</fes:ValueReference></fes:PropertyIsNull>", []string{"house.3"}},
		{"<fes:Not><fes:PropertyIsNull><fes:ValueReference>floors</fes:ValueReference></fes:PropertyIsNull></fes:Not>", []string{"house.1", "house.2"}},
		{"<fes:And>" + compare("PropertyIsEqualTo", "use", "01") + compare("PropertyIsEqualTo", "listed", "true") + "</fes:And>", []string{"house.1"}},
		{"<fes:Or>" + compare("PropertyIsEqualTo", "use", "02") + compare("PropertyIsEqualTo", "no", "甲2") + "</fes:Or>", []string{"house.2", "house.3"}},
		{`<fes:PropertyIsBetween><fes:ValueReference>area</fes:ValueReference><fes:LowerBoundary><fes:Literal>100</fes:Literal></fes:LowerBoundary><fes:UpperBoundary><fes:Literal>200</fes:Literal></fes:UpperBoundary></fes:PropertyIsBetween>`, []string{"house.1"}},
		{`<fes:BBOX><fes:ValueReference>geom</fes:ValueReference><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4490"><gml:lowerCorner>35.8 116.091</gml:lowerCorner><gml:upperCorner>35.805 116.095</gml:upperCorner></gml:Envelope></fes:BBOX>`, []string{"house.1", "house.2"}},
		{`<fes:Intersects><fes:ValueReference>geom</fes:ValueReference><gml:Polygon gml:id="p" srsName="urn:ogc:def:crs:EPSG::4490"><gml:exterior><gml:LinearRing><gml:posList>35.8 116.0915 35.8 116.095 35.803 116.095 35.803 116.0915 35.8 116.0915</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></fes:Intersects>`, []string{"house.2"}},
	} {
		for version, filter := range map[string]string{"2.0.0": fmt.Sprintf(fes2, c.condition), "1.1.0": fmt.Sprintf(ogc1, older(c.condition)), "1.0.0": fmt.Sprintf(ogc1, older(c.condition))} {
			if version == "1.0.0" && strings.Contains(filter, "gml:") && strings.Contains(filter, "pos") {
				continue // GML 3 is not of its time
			}
			filter = strings.ReplaceAll(filter, "ns1:use", map[bool]string{true: "ns1:use", false: "onemap:use"}[version == "2.0.0"])
			got := w.wfs(version, "GetFeature", "TYPENAME=house", "FILTER="+filter)
			if ids := got.ids(); !slices.Equal(ids, c.want) {
				t.Errorf("%s: %v, want %v\n%s\n%.900s", version, ids, c.want, filter, got.body)
			}
			uri, attribute := "http://www.opengis.net/wfs", "typeName"
			if version == "2.0.0" {
				uri, attribute = "http://www.opengis.net/wfs/2.0", "typeNames"
			}
			posted := w.post(fmt.Sprintf(`<?xml version="1.0"?><q:GetFeature service="WFS" version="%s" xmlns:q="%s" xmlns:any="http://onemap/layer"><q:Query %s="any:house">%s</q:Query></q:GetFeature>`, version, uri, attribute, filter))
			if ids := posted.ids(); !slices.Equal(ids, c.want) {
				t.Errorf("%s by POST: %v, want %v\n%s\n%.900s", version, ids, c.want, filter, posted.body)
			}
		}
	}
}

// The alias that a query gives its type stands for the type in paths, by URL and by POST; lengths may be in units of UCUM.
func TestWFSReadsAliasesAndUnits(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for _, c := range []struct {
		condition string
		want      []string
	}{
		{`<fes:PropertyIsEqualTo><fes:ValueReference>h/no</fes:ValueReference><fes:Literal>甲1</fes:Literal></fes:PropertyIsEqualTo>`, []string{"house.1"}},
		{`<fes:PropertyIsNull><fes:ValueReference>/h/ns1:floors</fes:ValueReference></fes:PropertyIsNull>`, []string{"house.3"}},
		{`<fes:DWithin><fes:ValueReference>h/geom</fes:ValueReference><gml:Point gml:id="p" srsName="urn:ogc:def:crs:EPSG::4490"><gml:pos>35.8 116.09</gml:pos></gml:Point><fes:Distance uom="[mi_i]">0.15</fes:Distance></fes:DWithin>`, []string{"house.1", "house.2"}},
	} {
		filter := fmt.Sprintf(fes2, c.condition)
		if got := w.wfs("2.0.0", "GetFeature", "TYPENAMES=house", "ALIASES=h", "FILTER="+filter); !slices.Equal(got.ids(), c.want) {
			t.Errorf("%v, want %v\n%s\n%.900s", got.ids(), c.want, filter, got.body)
		}
		posted := w.post(`<GetFeature service="WFS" version="2.0.0" xmlns="http://www.opengis.net/wfs/2.0" xmlns:any="http://onemap/layer"><Query typeNames="any:house" aliases="h">` + filter + `</Query></GetFeature>`)
		if !slices.Equal(posted.ids(), c.want) {
			t.Errorf("by POST: %v, want %v\n%s\n%.900s", posted.ids(), c.want, filter, posted.body)
		}
	}
}

// XML that would grow, read files or lie about itself is refused; a mark, another encoding and comments are borne.
func TestWFSReadsStrangeXML(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	request := `<GetFeature service="WFS" version="2.0.0" xmlns="http://www.opengis.net/wfs/2.0" xmlns:o="http://onemap/layer"><Query typeNames="o:house"><Filter xmlns="http://www.opengis.net/fes/2.0"><PropertyIsEqualTo><ValueReference>o:no</ValueReference><Literal>甲<!-- one -->1</Literal></PropertyIsEqualTo></Filter></Query></GetFeature>`
	for name, body := range map[string]string{
		"plain": request, "mark": "\ufeff" + request, "declared": `<?xml version="1.0" encoding="UTF-8"?>` + request, "blank": "\r\n  " + request,
		"GBK": `<?xml version="1.0" encoding="GBK"?>` + strings.ReplaceAll(request, "甲", "\xbc\xd7"), "CDATA": strings.Replace(request, "甲<!-- one -->1", "<![CDATA[甲1]]>", 1),
	} {
		if r := w.post(body); !slices.Equal(r.ids(), []string{"house.1"}) {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
	bomb := `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`
	for name, body := range map[string]string{
		"bomb": bomb + strings.Replace(request, "甲", "&b;", 1), "file": `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + strings.Replace(request, "甲", "&a;", 1),
		"entity": strings.Replace(request, "甲", "&b;", 1), "unknown encoding": `<?xml version="1.0" encoding="klingon"?>` + request, "cut off": request[:200], "no XML": "<", "other root": "<a/>",
		"deep": strings.Repeat("<a>", 5000), "lying": strings.ReplaceAll(request, "甲", "\xbc\xd7"),
	} {
		if r := w.post(body); r.StatusCode != 400 || r.attribute("exceptionCode") != "OperationParsingFailed" || strings.Contains(string(r.body), "root:") {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
	if r := w.post(strings.Replace(request, "甲", strings.Repeat("甲", 1<<20), 1)); r.StatusCode != 413 {
		t.Errorf("too large: %d", r.StatusCode)
	}
}
