package fes_test

import (
	"errors"
	"strings"
	"testing"

	"onemap/api/ows/fes"
	"onemap/layers"
	"onemap/layers/cql"
)

var house = &layers.Layer{Name: "house", SRID: 4490, Table: layers.Table{Geom: "geom"}, Properties: []layers.Property{
	{Name: "name", Type: layers.String}, {Name: "floors", Type: layers.Integer}, {Name: "area", Type: layers.Number}, {Name: "listed", Type: layers.Boolean},
	{Name: "built", Type: layers.Date}, {Name: "seen", Type: layers.DateTime}, {Name: "地块 号", Type: layers.String}, {Name: "secret", Type: layers.String, Role: "hidden"},
}}

var lonLat = fes.Options{Layer: house, CRS: cql.CRS84}

const (
	two   = `<fes:Filter xmlns:fes="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2">`
	one   = `<ogc:Filter xmlns:ogc="http://www.opengis.net/ogc" xmlns:gml="http://www.opengis.net/gml">`
	plain = `<Filter xmlns="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2">`
)

func TestFiltersAreTheTreeOfCQL2(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		// FES 2.0, comparison.
		two + `<fes:PropertyIsEqualTo><fes:ValueReference>name</fes:ValueReference><fes:Literal>O'Neill</fes:Literal></fes:PropertyIsEqualTo></fes:Filter>`:                                                                                                        `name = 'O''Neill'`,
		plain + `<PropertyIsEqualTo><Literal>2</Literal><ValueReference>floors</ValueReference></PropertyIsEqualTo></Filter>`:                                                                                                                                      `2 = floors`,
		`<x:Filter xmlns:x="http://www.opengis.net/fes/2.0"><x:PropertyIsNotEqualTo matchCase="false" matchAction="All"><x:ValueReference>name</x:ValueReference><x:Literal>a</x:Literal></x:PropertyIsNotEqualTo></x:Filter>`:                                     `CASEI(name) <> CASEI('a')`,
		plain + `<PropertyIsLessThan><ValueReference>area</ValueReference><Literal> +1.5e1 </Literal></PropertyIsLessThan></Filter>`:                                                                                                                               `area < 15`,
		plain + `<PropertyIsGreaterThanOrEqualTo><ValueReference xmlns:t="urn:t">t:built</ValueReference><Literal>2020-01-01</Literal></PropertyIsGreaterThanOrEqualTo></Filter>`:                                                                                  `built >= DATE('2020-01-01')`,
		plain + `<PropertyIsLessThanOrEqualTo><ValueReference>t:house/t:seen</ValueReference><Literal>2020-01-01T08:00:00</Literal></PropertyIsLessThanOrEqualTo></Filter>`:                                                                                        `seen <= TIMESTAMP('2020-01-01T00:00:00Z')`,
		plain + `<PropertyIsGreaterThan><ValueReference>/house/seen[1]</ValueReference><Literal>2020-01-01T08:00:00.5+08:00</Literal></PropertyIsGreaterThan></Filter>`:                                                                                            `seen > TIMESTAMP('2020-01-01T00:00:00.5Z')`,
		plain + `<PropertyIsEqualTo><ValueReference>listed</ValueReference><Literal>1</Literal></PropertyIsEqualTo></Filter>`:                                                                                                                                      `listed = TRUE`,
		plain + `<PropertyIsEqualTo><ValueReference>地块_x0020_号</ValueReference><Literal><![CDATA[<a>]]><!-- no -->&amp;b</Literal></PropertyIsEqualTo></Filter>`:                                                                                                   `"地块 号" = '<a>&b'`,
		plain + `<PropertyIsEqualTo><ValueReference>name</ValueReference><ValueReference>地块 号</ValueReference></PropertyIsEqualTo></Filter>`:                                                                                                                       `name = "地块 号"`,
		plain + `<PropertyIsLike wildCard="*" singleChar="?" escapeChar="\"><ValueReference>name</ValueReference><Literal>a*?\*\\%_梁</Literal></PropertyIsLike></Filter>`:                                                                                          `name LIKE 'a%_*\\\%\_梁'`,
		plain + `<PropertyIsLike wildCard="%" singleChar="." escapeChar="!" matchCase="false"><Literal>!%%.</Literal><ValueReference>name</ValueReference></PropertyIsLike></Filter>`:                                                                              `CASEI(name) LIKE CASEI('\%%_')`,
		plain + `<PropertyIsNull><ValueReference>floors</ValueReference></PropertyIsNull></Filter>`:                                                                                                                                                                `floors IS NULL`,
		plain + `<PropertyIsNil nilReason="unknown"><ValueReference>geom</ValueReference></PropertyIsNil></Filter>`:                                                                                                                                                `geom IS NULL`,
		plain + `<Not><PropertyIsNull><ValueReference>gml:name</ValueReference></PropertyIsNull></Not></Filter>`:                                                                                                                                                   `NOT TRUE`,
		plain + `<PropertyIsEqualTo><ValueReference>gml:name</ValueReference><Literal>x</Literal></PropertyIsEqualTo></Filter>`:                                                                                                                                    `1 / 0 = 1`,
		plain + `<PropertyIsBetween><ValueReference>floors</ValueReference><LowerBoundary><Literal>1</Literal></LowerBoundary><UpperBoundary><Literal>3</Literal></UpperBoundary></PropertyIsBetween></Filter>`:                                                    `floors BETWEEN 1 AND 3`,
		plain + `<And><Or><PropertyIsNull><ValueReference>name</ValueReference></PropertyIsNull><PropertyIsNull><ValueReference>area</ValueReference></PropertyIsNull></Or><PropertyIsNull><ValueReference>built</ValueReference></PropertyIsNull></And></Filter>`: `(name IS NULL OR area IS NULL) AND built IS NULL`,
		plain + `<PropertyIsEqualTo><Function name="Length"><ValueReference>name</ValueReference></Function><Literal>3</Literal></PropertyIsEqualTo></Filter>`:                                                                                                     `length(name) = 3`,

		// Space.
		plain + `<BBOX><ValueReference>geom</ValueReference><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4490"><gml:lowerCorner>35 116</gml:lowerCorner><gml:upperCorner>36 117</gml:upperCorner></gml:Envelope></BBOX></Filter>`:                                                                        `S_INTERSECTS(geom, BBOX(116, 35, 117, 36))`,
		plain + `<BBOX><gml:Envelope srsName="EPSG:4326"><gml:lowerCorner>116 35</gml:lowerCorner><gml:upperCorner>117 36</gml:upperCorner></gml:Envelope></BBOX></Filter>`:                                                                                                                              `S_INTERSECTS(geom, BBOX(116, 35, 117, 36))`,
		plain + `<Intersects><ValueReference>geom</ValueReference><gml:Polygon gml:id="p" srsName="http://www.opengis.net/def/crs/EPSG/0/4326"><gml:exterior><gml:LinearRing><gml:posList>35 116 35 117 36 117 35 116</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></Intersects></Filter>`: `S_INTERSECTS(geom, POLYGON((116 35, 117 35, 117 36, 116 35)))`,
		plain + `<Within><Literal><gml:Point><gml:pos>116 35</gml:pos></gml:Point></Literal><ValueReference>geom</ValueReference></Within></Filter>`:                                                                                                                                                     `S_WITHIN(POINT(116 35), geom)`,
		plain + `<Beyond><ValueReference>geom</ValueReference><gml:Point><gml:pos>116 35 7</gml:pos></gml:Point><Distance uom="km">1.5</Distance></Beyond></Filter>`:                                                                                                                                     `NOT dwithin(geom, POINT Z(116 35 7), 1500)`,
		plain + `<DWithin><ValueReference>geom</ValueReference><gml:Point><gml:pos>116 35</gml:pos></gml:Point><Distance uom="urn:ogc:def:uom:EPSG::9001">5</Distance></DWithin></Filter>`:                                                                                                               `dwithin(geom, POINT(116 35), 5)`,
		plain + `<Disjoint><ValueReference>geom</ValueReference><gml:MultiSurface><gml:surfaceMembers><gml:Surface><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring><gml:curveMember><gml:LineString><gml:posList>0 0 1 0</gml:posList></gml:LineString></gml:curveMember><gml:curveMember><gml:Curve><gml:segments><gml:LineStringSegment><gml:posList>1 0 1 1 0 0</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface></gml:surfaceMembers></gml:MultiSurface></Disjoint></Filter>`: `S_DISJOINT(geom, MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0))))`,
		plain + `<Crosses><ValueReference>geom</ValueReference><gml:MultiCurve srsDimension="3"><gml:curveMember><gml:LineString><gml:posList>0 0 1 1 0 1</gml:posList></gml:LineString></gml:curveMember></gml:MultiCurve></Crosses></Filter>`:                                                                                                                                                                                                                                                                                                                                                    `S_CROSSES(geom, MULTILINESTRING Z((0 0 1, 1 0 1)))`,
		plain + `<Equals><ValueReference>geom</ValueReference><gml:MultiGeometry><gml:geometryMember><gml:Point><gml:pos>1 2</gml:pos></gml:Point></gml:geometryMember></gml:MultiGeometry></Equals></Filter>`:                                                                                                                                                                                                                                                                                                                                                                                     `S_EQUALS(geom, GEOMETRYCOLLECTION(POINT(1 2)))`,

		// Time.
		plain + `<After><ValueReference>seen</ValueReference><gml:TimeInstant gml:id="t"><gml:timePosition>2020-01-01T00:00:00Z</gml:timePosition></gml:TimeInstant></After></Filter>`:                                                                                                                                                                                           `T_AFTER(seen, TIMESTAMP('2020-01-01T00:00:00Z'))`,
		plain + `<During><ValueReference>built</ValueReference><Literal><gml:TimePeriod gml:id="t"><gml:beginPosition>2020-01-01</gml:beginPosition><gml:endPosition indeterminatePosition="unknown"/></gml:TimePeriod></Literal></During></Filter>`:                                                                                                                             `T_DURING(INTERVAL(built, built), INTERVAL('2020-01-01', '..'))`,
		plain + `<TEquals><ValueReference>built</ValueReference><Literal>2020-01-01Z</Literal></TEquals></Filter>`:                                                                                                                                                                                                                                                               `T_EQUALS(built, DATE('2020-01-01'))`,
		plain + `<Begins><ValueReference>seen</ValueReference><gml:TimePeriod gml:id="t"><gml:begin><gml:TimeInstant gml:id="b"><gml:timePosition>2020-01-01T08:00:00+08:00</gml:timePosition></gml:TimeInstant></gml:begin><gml:end><gml:TimeInstant gml:id="e"><gml:timePosition>2021-01-01</gml:timePosition></gml:TimeInstant></gml:end></gml:TimePeriod></Begins></Filter>`: `T_STARTS(INTERVAL(seen, seen), INTERVAL('2020-01-01T00:00:00Z', '2021-01-01'))`,

		// FES 1.1 and 1.0.
		one + `<ogc:PropertyIsLike wildCard="*" singleChar="." escape="!"><ogc:PropertyName>house/name</ogc:PropertyName><ogc:Literal>*!.</ogc:Literal></ogc:PropertyIsLike></ogc:Filter>`:                                                                                                                                       `name LIKE '%.'`,
		one + `<ogc:PropertyIsGreaterThan><ogc:PropertyName>area</ogc:PropertyName><ogc:Add><ogc:Literal>1</ogc:Literal><ogc:Mul><ogc:PropertyName>floors</ogc:PropertyName><ogc:Literal>2</ogc:Literal></ogc:Mul></ogc:Add></ogc:PropertyIsGreaterThan></ogc:Filter>`:                                                           `area > 1 + floors * 2`,
		one + `<ogc:BBOX><ogc:PropertyName>geom</ogc:PropertyName><gml:Box srsName="http://www.opengis.net/gml/srs/epsg.xml#4326"><gml:coordinates>116,35 117,36</gml:coordinates></gml:Box></ogc:BBOX></ogc:Filter>`:                                                                                                            `S_INTERSECTS(geom, BBOX(116, 35, 117, 36))`,
		one + `<ogc:Intersects><ogc:PropertyName>geom</ogc:PropertyName><gml:Polygon><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates decimal="," cs=";" ts="|">0,5;0|1;0|1;1|0,5;0</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs></gml:Polygon></ogc:Intersects></ogc:Filter>`:                                   `S_INTERSECTS(geom, POLYGON((0.5 0, 1 0, 1 1, 0.5 0)))`,
		one + `<ogc:DWithin><ogc:PropertyName>geom</ogc:PropertyName><gml:Point><gml:coord><gml:X>1</gml:X><gml:Y>2</gml:Y></gml:coord></gml:Point><ogc:Distance units="m">10</ogc:Distance></ogc:DWithin></ogc:Filter>`:                                                                                                         `dwithin(geom, POINT(1 2), 10)`,
		one + `<ogc:Equals><ogc:PropertyName>geom</ogc:PropertyName><gml:MultiPoint><gml:pointMember><gml:Point><gml:coordinates>1,2</gml:coordinates></gml:Point></gml:pointMember><gml:pointMember><gml:Point><gml:coordinates>3,4</gml:coordinates></gml:Point></gml:pointMember></gml:MultiPoint></ogc:Equals></ogc:Filter>`: `S_EQUALS(geom, MULTIPOINT((1 2), (3 4)))`,
	} {
		q, err := fes.Parse(text, lonLat)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if q.IDs != nil || q.Filter.String() != want {
			t.Errorf("%s is %s, want %s", text, q.Filter, want)
		}
		if again, err := cql.Parse(want); err != nil || again.String() != want {
			t.Errorf("%s reads as %v, %v", want, again, err)
		}
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		two + `<fes:ResourceId rid="house.1"/><fes:ResourceId rid="house.2"/></fes:Filter>`: "house.1 house.2",
		one + `<ogc:GmlObjectId gml:id="house.1"/></ogc:Filter>`:                            "house.1",
		one + `<ogc:FeatureId fid="house.1"/></ogc:Filter>`:                                 "house.1",
	} {
		q, err := fes.Parse(text, lonLat)
		if err != nil || q.Filter != nil || strings.Join(q.IDs, " ") != want {
			t.Errorf("%s: %+v, %v", text, q, err)
		}
	}
}

func TestWhatIsWrongHasACode(t *testing.T) {
	t.Parallel()
	equal := func(value, literal string) string {
		return plain + `<PropertyIsEqualTo><ValueReference>` + value + `</ValueReference><Literal>` + literal + `</Literal></PropertyIsEqualTo></Filter>`
	}
	intersects := func(geometry string) string {
		return plain + `<Intersects><ValueReference>geom</ValueReference>` + geometry + `</Intersects></Filter>`
	}
	for text, want := range map[string]string{
		``:                   `OperationParsingFailed well-formed`,
		`floors > 2`:         `OperationParsingFailed well-formed`,
		`<Filter>`:           `OperationParsingFailed well-formed`,
		`<Filter/>`:          `OperationParsingFailed empty`,
		`<Query/>`:           `OperationParsingFailed want Filter`,
		`<Filter/><Filter/>`: `OperationParsingFailed two roots`,
		`<!DOCTYPE Filter [<!ENTITY x SYSTEM "file:///etc/passwd">]><Filter>&x;</Filter>`:        `OperationParsingFailed document type`,
		`<!DOCTYPE Filter [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Filter>&b;</Filter>`:           `OperationParsingFailed document type`,
		plain + `<PropertyIsNull><ValueReference>&x;</ValueReference></PropertyIsNull></Filter>`: `OperationParsingFailed well-formed`,
		plain + strings.Repeat("<Not>", 90) + strings.Repeat("</Not>", 90) + `</Filter>`:         `OperationParsingFailed deeper`,
		strings.Repeat("<a>", 200):                            `OperationParsingFailed deeper`,
		plain + `<PropertyIsNull/><PropertyIsNull/></Filter>`: `OperationParsingFailed joined`,
		plain + `<PropertyIsAround/></Filter>`:                `OperationParsingFailed PropertyIsAround`,
		plain + `<And/></Filter>`:                             `OperationParsingFailed empty`,
		plain + `<Not/></Filter>`:                             `OperationParsingFailed want one`,
		plain + `<PropertyIsEqualTo><ValueReference>name</ValueReference></PropertyIsEqualTo></Filter>`:                                           `OperationParsingFailed 1 operands`,
		plain + `<PropertyIsLike><ValueReference>name</ValueReference><Literal>x</Literal></PropertyIsLike></Filter>`:                             `OperationParsingFailed wildCard`,
		plain + `<PropertyIsBetween><ValueReference>floors</ValueReference><Literal>1</Literal><Literal>3</Literal></PropertyIsBetween></Filter>`: `OperationParsingFailed LowerBoundary`,
		plain + `<ResourceId/></Filter>`:                                `OperationParsingFailed no id`,
		plain + `<ResourceId rid="house.1"/><PropertyIsNull/></Filter>`: `OperationParsingFailed beside ids`,
		plain + `<ResourceId rid="house.1" version="LAST"/></Filter>`:   `InvalidParameterValue version`,
		equal("colour", "red"):                                          `InvalidParameterValue no property "colour"`,
		equal("secret", "red"):                                          `InvalidParameterValue no property "secret"`,
		equal("barn/name", "x"):                                         `InvalidParameterValue "barn/name"`,
		equal("", "x"):                                                  `InvalidParameterValue no property`,
		equal("floors", "two"):                                          `InvalidParameterValue "two" is no number`,
		equal("built", "then"):                                          `InvalidParameterValue "then" is no date`,
		equal("listed", "yes"):                                          `InvalidParameterValue "yes" is no boolean`,
		equal("geom", "x"):                                              `InvalidParameterValue no geometry`,
		plain + `<PropertyIsEqualTo><ValueReference>gml:boundedBy</ValueReference><Literal><gml:Envelope/></Literal></PropertyIsEqualTo></Filter>`: `OperationProcessingFailed boundedBy`,
		plain + `<BBOX><ValueReference>gml:description</ValueReference><gml:Envelope/></BBOX></Filter>`:                                            `InvalidParameterValue gml:description`,
		plain + `<PropertyIsEqualTo><Function name="frob"/><Literal>x</Literal></PropertyIsEqualTo></Filter>`:                                      `InvalidParameterValue frob`,
		intersects(`<gml:Point><gml:pos>1</gml:pos></gml:Point>`):                                                                                  `InvalidParameterValue two numbers`,
		intersects(`<gml:Point><gml:pos>1 NaN</gml:pos></gml:Point>`):                                                                              `InvalidParameterValue no coordinate`,
		intersects(`<gml:Point><gml:pos>90 180</gml:pos></gml:Point>`):                                                                             `InvalidParameterValue not on the Earth`,
		intersects(`<gml:Point/>`): `InvalidParameterValue one position`,
		intersects(`<gml:Point srsName="urn:x"><gml:pos>1 2</gml:pos></gml:Point>`):                                                 `InvalidParameterValue srsName`,
		intersects(`<gml:LineString><gml:posList>1 2 3</gml:posList></gml:LineString>`):                                             `InvalidParameterValue two or more`,
		intersects(`<gml:Curve><gml:segments><gml:Arc><gml:posList>1 2 3 4 5 6</gml:posList></gml:Arc></gml:segments></gml:Curve>`): `InvalidParameterValue straight segments`,
		intersects(`<gml:Solid/>`): `InvalidParameterValue gml:Solid`,
		intersects(`<gml:Envelope><gml:lowerCorner>1 2</gml:lowerCorner></gml:Envelope>`):                                                                         `InvalidParameterValue two corners`,
		plain + `<DWithin><ValueReference>geom</ValueReference><gml:Point><gml:pos>1 2</gml:pos></gml:Point><Distance uom="deg">1</Distance></DWithin></Filter>`:  `InvalidParameterValue unit`,
		plain + `<DWithin><ValueReference>geom</ValueReference><gml:Point><gml:pos>1 2</gml:pos></gml:Point><Distance uom="m">-1</Distance></DWithin></Filter>`:   `InvalidParameterValue distance`,
		plain + `<After><ValueReference>name</ValueReference><gml:TimeInstant><gml:timePosition>2020-01-01</gml:timePosition></gml:TimeInstant></After></Filter>`: `InvalidParameterValue time is wanted`,
		plain + `<After><ValueReference>built</ValueReference><gml:TimeInstant><gml:timePosition>soon</gml:timePosition></gml:TimeInstant></After></Filter>`:      `InvalidParameterValue "soon" is no time`,
	} {
		_, err := fes.Parse(text, lonLat)
		var wrong *fes.Error
		if !errors.As(err, &wrong) || !errors.Is(err, layers.ErrInvalid) {
			t.Errorf("%s: %v", text, err)
			continue
		}
		code, says, _ := strings.Cut(want, " ")
		if words := wrong.Words(); wrong.Code != code || !strings.Contains(words.En, says) || words.Zh == "" || strings.Contains(words.En+words.Zh, "%!") {
			t.Errorf("%s: %s %+v, want %s", text, wrong.Code, words, want)
		}
	}
}
