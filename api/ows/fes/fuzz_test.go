package fes_test

import (
	"errors"
	"testing"

	"onemap/api/ows/fes"
	"onemap/layers"
	"onemap/layers/cql"
)

// Whatever is sent, it is a filter that CQL2 can write, or an error with a code.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		two + `<fes:PropertyIsLike wildCard="*" singleChar="?" escapeChar="\"><fes:ValueReference>x:name</fes:ValueReference><fes:Literal>a*\?</fes:Literal></fes:PropertyIsLike></fes:Filter>`,
		plain + `<And><Not><PropertyIsNull><ValueReference>floors</ValueReference></PropertyIsNull></Not><PropertyIsBetween><ValueReference>built</ValueReference><LowerBoundary><Literal>2020-01-01</Literal></LowerBoundary><UpperBoundary><Literal>2021-01-01T00:00:00</Literal></UpperBoundary></PropertyIsBetween></And></Filter>`,
		plain + `<BBOX><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4490"><gml:lowerCorner>35 116</gml:lowerCorner><gml:upperCorner>36 117</gml:upperCorner></gml:Envelope></BBOX></Filter>`,
		plain + `<Intersects><ValueReference>geom</ValueReference><gml:MultiSurface srsDimension="2"><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList count="4">0 0 1 0 1 1 0 0</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></Intersects></Filter>`,
		plain + `<During><ValueReference>seen</ValueReference><gml:TimePeriod><gml:beginPosition>2020-01-01</gml:beginPosition><gml:endPosition indeterminatePosition="after"/></gml:TimePeriod></During></Filter>`,
		one + `<ogc:DWithin><ogc:PropertyName>geom</ogc:PropertyName><gml:LineString><gml:coordinates cs="," ts=" ">1,2 3,4</gml:coordinates></gml:LineString><ogc:Distance units="m">10</ogc:Distance></ogc:DWithin></ogc:Filter>`,
		one + `<ogc:FeatureId fid="house.1"/></ogc:Filter>`, `<?xml version="1.0" encoding="GBK"?><Filter/>`, `<!DOCTYPE x><Filter/>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := fes.Parse(text, lonLat)
		var wrong *fes.Error
		switch {
		case err != nil && !errors.As(err, &wrong):
			t.Fatalf("%q: %v", text, err)
		case err != nil:
			if !errors.Is(err, layers.ErrInvalid) || wrong.Code == "" || wrong.Words().Zh == "" {
				t.Fatalf("%q: %+v", text, wrong)
			}
		case q.Filter != nil:
			if written, ok := q.Filter.Written(); ok {
				if again, err := cql.Parse(written); err != nil || again.String() != written {
					t.Fatalf("%q is %s, which reads as %v, %v", text, written, again, err)
				}
			}
		}
	})
}
