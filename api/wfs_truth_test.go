package api_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// condition is one condition in the words of two standards, and of the database.
type condition struct{ cql, fes, sql string }

// someCondition makes one of the houses, of so many levels.
func someCondition(r *rand.Rand, depth int) condition {
	if depth > 0 && r.IntN(3) > 0 {
		a, b := someCondition(r, depth-1), someCondition(r, depth-1)
		switch r.IntN(3) {
		case 0:
			return condition{"NOT (" + a.cql + ")", "<Not>" + a.fes + "</Not>", "not (" + a.sql + ")"}
		case 1:
			return condition{"(" + a.cql + ") AND (" + b.cql + ")", "<And>" + a.fes + b.fes + "</And>", "(" + a.sql + ") and (" + b.sql + ")"}
		}
		return condition{"(" + a.cql + ") OR (" + b.cql + ")", "<Or>" + a.fes + b.fes + "</Or>", "(" + a.sql + ") or (" + b.sql + ")"}
	}
	value := func(name, literal, value string) condition {
		op := r.IntN(6)
		element := []string{"EqualTo", "NotEqualTo", "LessThan", "GreaterThan", "LessThanOrEqualTo", "GreaterThanOrEqualTo"}[op]
		sign := []string{"=", "<>", "<", ">", "<=", ">="}[op]
		return condition{fmt.Sprintf("%s %s %s", name, sign, literal),
			fmt.Sprintf("<PropertyIs%s><PropertyName>%s</PropertyName><Literal>%s</Literal></PropertyIs%[1]s>", element, name, value),
			fmt.Sprintf("%s %s '%s'", name, sign, value)}
	}
	switch r.IntN(8) {
	case 0:
		v := fmt.Sprint(r.IntN(5))
		return value("floors", v, v)
	case 1:
		v := fmt.Sprintf("%.1f", r.Float64()*300)
		return value("area", v, v)
	case 2:
		v := []string{"甲1", "甲2", "乙", "丙"}[r.IntN(4)]
		return value("no", "'"+v+"'", v)
	case 3:
		v := []string{"1998-05-01", "2004-09-30", "2000-01-01"}[r.IntN(3)]
		return value("built", "DATE('"+v+"')", v)
	case 4:
		v := []string{"2026-02-28T16:30:00Z", "2026-03-01T12:00:00Z"}[r.IntN(2)]
		return value("checked", "TIMESTAMP('"+v+"')", v)
	case 5:
		name := []string{"floors", "listed", "built", "checked"}[r.IntN(4)]
		return condition{name + " IS NULL", "<PropertyIsNull><PropertyName>" + name + "</PropertyName></PropertyIsNull>", name + " is null"}
	case 6:
		x, y := 116.089+r.Float64()*0.012, 35.799+r.Float64()*0.012
		x2, y2 := x+r.Float64()*0.006, y+r.Float64()*0.006
		return condition{fmt.Sprintf("S_INTERSECTS(geom, BBOX(%v, %v, %v, %v))", x, y, x2, y2),
			fmt.Sprintf(`<BBOX><PropertyName>geom</PropertyName><gml:Envelope srsName="EPSG:4490"><gml:lowerCorner>%v %v</gml:lowerCorner><gml:upperCorner>%v %v</gml:upperCorner></gml:Envelope></BBOX>`, x, y, x2, y2),
			fmt.Sprintf("st_intersects(geom, st_makeenvelope(%v, %v, %v, %v, 4490))", x, y, x2, y2)}
	}
	v := []string{"甲%", "%1", "_1", "%\"%"}[r.IntN(4)]
	return condition{"no LIKE '" + v + "'", `<PropertyIsLike wildCard="*" singleChar="?" escapeChar="!" escape="!"><PropertyName>no</PropertyName><Literal>` +
		strings.NewReplacer("%", "*", "_", "?").Replace(v) + "</Literal></PropertyIsLike>", "no like '" + v + "'"}
}

// The same filter finds the same features at OGC API and at every version of WFS, in the same order; and so does a box, whichever
// CRS it and the answer are in.
func TestDoorsFindTheSameFeatures(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	r := rand.New(rand.NewPCG(6, 2026))
	items := func(query string) []string {
		ids, _ := w.ids("/ogc/collections/house/items?limit=1000&" + query)
		for i := range ids {
			ids[i] = "house." + ids[i]
		}
		return ids
	}
	found := 0
	for range 60 {
		c := someCondition(r, 3)
		want := items("filter=" + url.QueryEscape(c.cql))
		found += len(want)
		for version, filter := range map[string]string{
			"2.0.0": `<Filter xmlns="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2">` + strings.ReplaceAll(c.fes, "PropertyName>", "ValueReference>") + "</Filter>",
			"1.1.0": `<Filter xmlns="http://www.opengis.net/ogc" xmlns:gml="http://www.opengis.net/gml">` + c.fes + "</Filter>", "1.0.0": `<Filter xmlns="http://www.opengis.net/ogc" xmlns:gml="http://www.opengis.net/gml">` + c.fes + "</Filter>",
		} {
			if got := w.wfs(version, "GetFeature", "TYPENAME=house", "FILTER="+filter); !slices.Equal(got.ids(), want) {
				t.Errorf("%s finds %v, OGC API %v: %s\n%.600s", version, got.ids(), want, c.cql, got.body)
			}
			if version == "2.0.0" {
				if hits := w.wfs(version, "GetFeature", "TYPENAME=house", "RESULTTYPE=hits", "FILTER="+filter).attribute("numberMatched"); hits != fmt.Sprint(len(want)) {
					t.Errorf("%s counts %s, OGC API finds %v: %s", version, hits, want, c.cql)
				}
			}
		}
	}
	if found < 30 {
		t.Errorf("the filters find %d features: they say little", found)
	}
	for range 20 {
		x, y := 116.089+r.Float64()*0.012, 35.799+r.Float64()*0.012
		x2, y2 := x+r.Float64()*0.006, y+r.Float64()*0.006
		want := items(fmt.Sprintf("bbox=%v,%v,%v,%v", x, y, x2, y2))
		for query, version := range map[string]string{
			fmt.Sprintf("BBOX=%v,%v,%v,%v,urn:ogc:def:crs:EPSG::4490", y, x, y2, x2): "2.0.0", fmt.Sprintf("BBOX=%v,%v,%v,%v", y, x, y2, x2): "2.0.0",
			fmt.Sprintf("BBOX=%v,%v,%v,%v,EPSG:4326", x, y, x2, y2): "1.1.0", fmt.Sprintf("BBOX=%v,%v,%v,%v", x, y, x2, y2): "1.0.0",
		} {
			if got := w.wfs(version, "GetFeature", "TYPENAME=house", query, "SRSNAME=EPSG:3857"); !slices.Equal(got.ids(), want) {
				t.Errorf("%s %s finds %v, OGC API %v", version, query, got.ids(), want)
			}
		}
	}
}
