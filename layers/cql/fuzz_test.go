package cql_test

import (
	"encoding/json"
	"errors"
	"testing"

	"onemap/layers"
	"onemap/layers/cql"
)

// What is read as JSON is written so that it reads the same, as JSON and, where CQL2 text has a spelling for it, as text.
func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{
		`{"op":"and","args":[{"op":"=","args":[{"property":"a"},"x"]},{"op":"not","args":[{"op":"in","args":[{"property":"b"},[1,-2.5e3]]}]}]}`,
		`{"op":"s_within","args":[{"property":"geom"},{"bbox":[170,-1,-170,1]}]}`, `{"op":"t_during","args":[{"interval":[{"property":"a"},".."]},{"interval":["2020-01-01","2021-01-01T00:00:00Z"]}]}`,
		`{"op":"s_intersects","args":[{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"MultiPolygon","coordinates":[[[[0,0,1],[1,0,1],[1,1,1],[0,0,1]]]]}]},{"property":"geom"}]}`,
		`{"op":"a_overlaps","args":[{"property":"values"},[{"timestamp":"2012-08-10T05:30:00Z"},{"date":"2010-02-10"},false,["x"],{"op":"+","args":[1,{"property":"a"}]}]]}`,
		`{"op":"like","args":[{"op":"casei","args":[{"property":"a"}]},{"op":"casei","args":["x\\_%"]}]}`, `{"op":"Foo","args":[]}`, `true`, `{"op":"between","args":[{"op":"^","args":[{"op":"*","args":[-1,{"property":"a"}]},2]},1,2]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := cql.Read(cql.LangJSON, text, cql.CRS84)
		if err != nil {
			if !errors.Is(err, layers.ErrInvalid) {
				t.Errorf("%q: %v is not for the sender", text, err)
			}
			return
		}
		once, err := json.Marshal(filter)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		again, err := cql.Read(cql.LangJSON, string(once), cql.CRS84)
		if err != nil {
			t.Fatalf("%q is written %s: %v", text, once, err)
		}
		if twice, _ := json.Marshal(again); string(twice) != string(once) {
			t.Fatalf("%q is written %s, then %s", text, once, twice)
		}
		if written, ok := filter.Written(); ok {
			if again, err := cql.Parse(written); err != nil || again.String() != written {
				t.Fatalf("%q is written %s, which reads as %v, %v", text, written, again, err)
			}
		}
	})
}
