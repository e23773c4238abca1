package search

import (
	"fmt"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// target is a layer that is searched, and what it is searched by.
type target struct {
	layer      *layers.Layer
	properties []layers.Property // whose values features are found by
	context    []layers.Property // whose codes say in which town a feature is
}

// Words that catalogues have for the base map and for divisions of the county.
const (
	baseTheme = "base"
	divisions = "xzqdm"
)

// targetOf tells what a layer is searched by: the properties that carry the role "search" and its external id; where none is
// given the role, its label, unless a code list explains that. A layer whose features have no ids is not searched.
func targetOf(l *layers.Layer) (t target, ok bool) {
	t.layer = l
	named := false
	for _, p := range l.Properties {
		named = named || p.Role == "search"
	}
	for _, p := range l.Properties {
		by := p.Role == "search" || p.Name == l.IDField || !named && p.Name == l.LabelField && p.Scheme == ""
		switch {
		case p.Type != layers.String || p.Role == "hidden":
		case by:
			t.properties = append(t.properties, p)
		case p.Scheme == divisions:
			t.context = append(t.context, p)
		}
	}
	return t, len(t.properties) > 0 && l.Table.Key != ""
}

// rules is raised when keys are made in another way.
const rules = 1

// plan is what the keys of the layer are made by.
func (t target) plan() string {
	names := []string{fmt.Sprintf("%d %s %s.%s", rules, t.layer.Theme, t.layer.Table.Schema, t.layer.Table.Name)}
	for _, p := range t.properties {
		names = append(names, p.Name)
	}
	return strings.Join(names, " ")
}

// weight is how much less a layer's features are looked for than others: the more there are of a kind, the less is each. Places and
// roads go before.
func (t target) weight() int {
	w := int(2 * math.Log10(float64(max(t.layer.Count, 1))))
	if t.layer.Theme == baseTheme {
		w -= 4
	}
	return w
}

// texts are the columns a feature of the rows "source" is found by.
func (t target) texts() []string {
	var columns []string
	for _, p := range t.properties {
		columns = append(columns, "coalesce(source."+ident(p.Name)+"::text, '')")
	}
	return columns
}

// about are the columns that tell of a feature besides: its label, and the names of where it is.
func (t target) about() []string {
	columns := []string{"''"}
	if _, ok := t.layer.Property(t.layer.LabelField); ok {
		columns[0] = "coalesce(source." + ident(t.layer.LabelField) + "::text, '')"
	}
	for _, p := range t.context {
		columns = append(columns, fmt.Sprintf("coalesce((select name from onemap.code where scheme = '%s' and code = source.%s::text), '')", divisions, ident(p.Name)))
	}
	return columns
}

// middle is the column that is the middle of a feature's box, as a point in degrees.
func (t target) middle() string {
	if t.layer.Table.Geom == "" {
		return "null::geometry"
	}
	geom := "source." + ident(t.layer.Table.Geom)
	if t.layer.SRID == 4490 {
		return fmt.Sprintf("st_makepoint((st_xmin(%[1]s) + st_xmax(%[1]s)) / 2, (st_ymin(%[1]s) + st_ymax(%[1]s)) / 2)", geom)
	}
	return fmt.Sprintf("st_transform(st_centroid(st_envelope(%s)), 4490)", geom)
}

// place are the columns of where a feature is: a point that is on it, and its bounds.
func (t target) place() []string {
	if t.layer.Table.Geom == "" {
		return []string{"null::float8", "null::float8", "null::float8", "null::float8", "null::float8", "null::float8"}
	}
	geom := "source." + ident(t.layer.Table.Geom)
	if t.layer.SRID != 4490 {
		geom = "st_transform(" + geom + ", 4490)"
	}
	point := "case when st_isempty(" + geom + ") then null else st_pointonsurface(" + geom + ") end"
	return []string{"st_x(" + point + ")", "st_y(" + point + ")",
		"st_xmin(" + geom + ")", "st_ymin(" + geom + ")", "st_xmax(" + geom + ")", "st_ymax(" + geom + ")"}
}

// lines reports whether the layer's features are lines: several of one name are one thing.
func (t target) lines() bool { return strings.Contains(t.layer.GeometryType, "LineString") }

func ident(name string) string { return pgx.Identifier{name}.Sanitize() }
