package fes_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"onemap/api/ows/fes"
)

// A filter and the same in CQL2 text, made at random, are one tree.
func TestRandomFiltersAreTheTreeOfCQL2(t *testing.T) {
	t.Parallel()
	r := &random{Rand: rand.New(rand.NewPCG(9, 26))}
	for range 500 {
		prefix, open := "fes:", two
		r.name, r.one = "ValueReference", false
		if r.IntN(2) == 0 {
			prefix, open, r.name, r.one = "ogc:", one, "PropertyName", true
		}
		condition := r.condition(5)
		want := condition.text
		text := open + tags.ReplaceAllString(condition.xml, "${1}"+prefix+"${2}") + "</" + prefix + "Filter>"
		q, err := fes.Parse(text, lonLat)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := q.Filter.String(); got != want {
			t.Errorf("%s\nis   %s\nwant %s", text, got, want)
		}
	}
}

// tags are those without a prefix.
var tags = regexp.MustCompile(`(</?)(\w+[ >])`)

// random makes conditions; one has those of FES 1.1 alone.
type random struct {
	*rand.Rand
	name string
	one  bool
}

func (r *random) property(name string) string {
	path := []string{name, "h:" + name, "h:house/h:" + name, "/house/" + name, name + "[1]"}[r.IntN(5)]
	return fmt.Sprintf("<%s>%s</%[1]s>", r.name, path)
}

// said is a condition in XML and in CQL2 text, which binds so tight; negated is how the text has its NOT, where it has one of its own.
type said struct {
	xml, text string
	binds     int
	negated   string
}

// atom is a condition of which nothing is part.
const atom = 4

func (s said) within(binds int) string {
	if s.binds < binds {
		return "(" + s.text + ")"
	}
	return s.text
}

func (r *random) condition(depth int) said {
	if depth > 0 && r.IntN(4) > 0 {
		return r.logical(depth)
	}
	switch r.IntN(7) {
	case 0:
		return said{fmt.Sprintf("<PropertyIsNull>%s</PropertyIsNull>", r.property("floors")), "floors IS NULL", atom, "floors IS NOT NULL"}
	case 1:
		xml := fmt.Sprintf("<PropertyIsBetween>%s<LowerBoundary><Literal>-1</Literal></LowerBoundary><UpperBoundary><Literal>1e3</Literal></UpperBoundary></PropertyIsBetween>", r.property("area"))
		return said{xml, "area BETWEEN -1 AND 1000", atom, "area NOT BETWEEN -1 AND 1000"}
	case 2:
		escape := []string{"escapeChar", "escape"}[r.IntN(2)]
		xml := fmt.Sprintf(`<PropertyIsLike wildCard="*" singleChar="." %s="!">%s<Literal>*a.!*%%</Literal></PropertyIsLike>`, escape, r.property("name"))
		return said{xml, `name LIKE '%a_*\%'`, atom, `name NOT LIKE '%a_*\%'`}
	case 3:
		return r.box()
	case 4:
		op := []string{"Equals", "Disjoint", "Touches", "Within", "Overlaps", "Crosses", "Intersects", "Contains"}[r.IntN(8)]
		xml := fmt.Sprintf(`<%s>%s<gml:Point srsName="http://www.opengis.net/def/crs/OGC/1.3/CRS84"><gml:pos>1.5 2</gml:pos></gml:Point></%[1]s>`, op, r.property("geom"))
		return said{xml, fmt.Sprintf("S_%s(geom, POINT(1.5 2))", strings.ToUpper(op)), atom, ""}
	case 5:
		if !r.one {
			return r.temporal()
		}
	}
	return r.comparison()
}

func (r *random) logical(depth int) said {
	if r.IntN(4) == 0 {
		s := r.condition(depth - 1)
		text := "NOT " + s.within(3)
		if s.negated != "" {
			text = s.negated
		}
		return said{"<Not>" + s.xml + "</Not>", text, 3, ""}
	}
	word, binds := "And", 2
	if r.IntN(2) == 0 {
		word, binds = "Or", 1
	}
	var xml string
	var texts []string
	for range 2 + r.IntN(2) {
		s := r.condition(depth - 1)
		xml += s.xml
		texts = append(texts, s.within(binds)) // what is joined by the same word itself is taken apart
	}
	return said{"<" + word + ">" + xml + "</" + word + ">", strings.Join(texts, " "+strings.ToUpper(word)+" "), binds, ""}
}

func (r *random) box() said {
	box := `<gml:Envelope srsName="urn:ogc:def:crs:EPSG::4490"><gml:lowerCorner>1 2</gml:lowerCorner><gml:upperCorner>3 4</gml:upperCorner></gml:Envelope>`
	if r.one {
		box = `<gml:Box srsName="EPSG:4326"><gml:coordinates>2,1 4,3</gml:coordinates></gml:Box>`
	}
	if r.IntN(2) == 0 {
		box = r.property("geom") + box
	}
	return said{"<BBOX>" + box + "</BBOX>", "S_INTERSECTS(geom, BBOX(2, 1, 4, 3))", atom, ""}
}

func (r *random) comparison() said {
	op := [][2]string{{"EqualTo", "="}, {"NotEqualTo", "<>"}, {"LessThan", "<"}, {"LessThanOrEqualTo", "<="}, {"GreaterThan", ">"}, {"GreaterThanOrEqualTo", ">="}}[r.IntN(6)]
	value := [][3]string{
		{"name", " x&lt;'", "' x<'''"}, {"floors", " 2 ", "2"}, {"area", "<![CDATA[.5]]>", "0.5"}, {"built", "2020-02-29", "DATE('2020-02-29')"}, {"seen", "2020-01-01T00:00:00Z", "TIMESTAMP('2020-01-01T00:00:00Z')"},
	}[r.IntN(5)]
	left, right := r.property(value[0]), "<Literal>"+value[1]+"</Literal>"
	a, b := value[0], value[2]
	if r.IntN(2) == 0 {
		left, right, a, b = right, left, b, a
	}
	if value[0] == "name" && r.IntN(2) == 0 {
		return said{fmt.Sprintf(`<PropertyIs%s matchCase="false">%s%s</PropertyIs%[1]s>`, op[0], left, right), fmt.Sprintf("CASEI(%s) %s CASEI(%s)", a, op[1], b), atom, ""}
	}
	return said{fmt.Sprintf("<PropertyIs%s>%s%s</PropertyIs%[1]s>", op[0], left, right), fmt.Sprintf("%s %s %s", a, op[1], b), atom, ""}
}

func (r *random) temporal() said {
	ops := [][2]string{
		{"After", "T_AFTER"}, {"Before", "T_BEFORE"}, {"TEquals", "T_EQUALS"}, {"AnyInteracts", "T_INTERSECTS"}, {"Begins", "T_STARTS"}, {"BegunBy", "T_STARTEDBY"}, {"TContains", "T_CONTAINS"}, {"During", "T_DURING"},
		{"EndedBy", "T_FINISHEDBY"}, {"Ends", "T_FINISHES"}, {"Meets", "T_MEETS"}, {"MetBy", "T_METBY"}, {"TOverlaps", "T_OVERLAPS"}, {"OverlappedBy", "T_OVERLAPPEDBY"},
	}
	i := r.IntN(len(ops))
	subject := "built"
	if i > 3 { // for intervals: an instant is one
		subject = "INTERVAL(built, built)"
	}
	period := `<gml:TimePeriod gml:id="t"><gml:beginPosition>2020-01-01</gml:beginPosition><gml:endPosition>2021-01-01T08:00:00+08:00</gml:endPosition></gml:TimePeriod>`
	if r.IntN(2) == 0 {
		period = "<Literal>" + period + "</Literal>"
	}
	return said{fmt.Sprintf("<%s>%s%s</%[1]s>", ops[i][0], r.property("built"), period), fmt.Sprintf("%s(%s, INTERVAL('2020-01-01', '2021-01-01T00:00:00Z'))", ops[i][1], subject), atom, ""}
}
