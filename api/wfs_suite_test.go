package api_test

import (
	"regexp"
	"strings"
	"testing"

	"onemap/layers/format/xsdtest"
)

// listed is a layer without geometry, whose numbers are of both widths and not all there.
const listed = `
create table certified.cert_list (id integer primary key, name text, short integer, long bigint);
insert into certified.cert_list values (1, 'One', 1, 370832101903), (2, null, null, null), (3, 'Three', null, 3);
insert into onemap.layer (layer, table_schema, table_name, title, title_en, key_column, geom_column, mercator_column, srid, geometry_type, writable, tracked, drawing)
	values ('cert_list', 'certified', 'cert_list', '认证表', 'Certified list', 'id', '', '', 0, '', false, false, '{}')`

// What the official suite (ets-wfs20 1.25) was seen to take for granted when it ran against the server.
func TestWFSIsAsItsSuiteTakesForGranted(t *testing.T) {
	t.Parallel()
	w := newCertified(t)
	if _, err := w.pool.Exec(t.Context(), listed); err != nil {
		t.Fatal(err)
	}
	w.has("cert_list")
	capabilities := string(w.get("/wfs?service=WFS&request=GetCapabilities").body)
	for _, one := range regexp.MustCompile(`(?s)<wfs:FeatureType .*?</wfs:FeatureType>`).FindAllString(capabilities, -1) {
		if !strings.Contains(one, "<wfs:DefaultCRS>urn:ogc:def:crs:EPSG::") || !strings.Contains(one, "<wfs:OtherCRS>") {
			t.Errorf("a type names no CRS: %s", one)
		}
	}
	for _, version := range []string{"2.0.0", "1.1.0", "1.0.0"} {
		if r := w.wfs(version, "GetFeature", "TYPENAME=cert_list", "SRSNAME=EPSG:4326"); len(r.ids()) != 3 {
			t.Errorf("%s: a list in a CRS: %s", version, r.body)
		}
	}

	schema := string(w.wfs("2.0.0", "DescribeFeatureType", "TYPENAMES=cert_list,cert_area").body)
	for _, want := range []string{`name="short" type="xsd:integer" minOccurs="0" nillable="true"`, `name="long" type="xsd:long" minOccurs="0" nillable="true"`,
		`name="geom" type="gml:SurfacePropertyType" minOccurs="0" nillable="true"`} {
		if !strings.Contains(schema, want) {
			t.Errorf("no %s in %s", want, schema)
		}
	}
	var unsaid [][]byte
	for name, want := range map[string]int{"short": 2, "long": 1, "name": 1} {
		condition := filterOf("<fes:PropertyIsNil><fes:ValueReference>ns1:" + name + "</fes:ValueReference></fes:PropertyIsNil>")
		for _, r := range w.both("GetFeature", "", "onemap:cert_list", condition) {
			if said := strings.Count(string(r.body), "<onemap:"+name+` xsi:nil="true"/>`); len(r.ids()) != want || said != want {
				t.Errorf("%d are nil, and %d features say so, want %d: %s", len(r.ids()), said, want, r.body)
			}
			unsaid = append(unsaid, r.body)
		}
	}
	if r := w.wfs("2.0.0", "GetFeature", "TYPENAMES=cert_list"); strings.Contains(string(r.body), "xsi:nil") {
		t.Errorf("nobody asked what is nil: %s", r.body)
	}
	t.Run("valid", func(t *testing.T) {
		xsdtest.New(t).Features("wfs/2.0/wfs.xsd", "http://www.opengis.net/wfs/2.0", []byte(schema), unsaid...)
	})
}
