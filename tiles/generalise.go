package tiles

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"onemap/layers"
)

//go:embed merge.sql
var mergeSQL string

//go:embed cluster.sql
var clusterSQL string

//go:embed keep.sql
var keepSQL string

//go:embed squares.sql
var squaresSQL string

// squareSide is the side of the squares that stand for small polygons, in pixels.
const squareSide = 4

// keepSquare is the side of the squares that points are thinned in, in pixels.
const keepSquare = 64

// countKey is the property of a cluster that says how many points it is.
const countKey = "count"

// merges, clusters and thins report what a rule does with a layer: the kind of geometry has to fit.
func merges(l *layers.Layer, r layers.Rule) bool {
	return r.Merge && strings.HasSuffix(l.GeometryType, "LineString")
}

func clusters(l *layers.Layer, r layers.Rule) bool {
	return r.Cluster > 0 && strings.HasSuffix(l.GeometryType, "Point")
}

func thins(l *layers.Layer, r layers.Rule) bool {
	return r.Keep > 0 && strings.HasSuffix(l.GeometryType, "Point")
}

// squares reports whether a layer of which there is a mosaic is drawn in squares where that is not what is asked for: at zooms
// where most of its features are smaller than what can be drawn.
func squares(l *layers.Layer, r layers.Rule, zoom int) bool {
	return r.Dissolve && strings.HasSuffix(l.GeometryType, "Polygon") && zoom <= min(r.MaxZoom, deepestMosaic)-2
}

// generalised is the question for features that are not rows as they are: lines merged, points clustered or thinned.
func (q *question) generalised(names []string) (d drawing, ok bool, err error) {
	l, r := q.layer, q.applied
	switch {
	case squares(l, r, q.set.Zoom(q.tile)):
		d, err = q.squared(names)
	case merges(l, r):
		d, err = q.merged()
	case clusters(l, r):
		d, err = q.clustered(names, r.Cluster)
	case thins(l, r):
		d, err = q.kept(names, r)
	default:
		return d, false, nil
	}
	d.layer = l.Name
	return d, true, err
}

func (q *question) merged() (d drawing, err error) {
	var column, group string
	if by := (design{layer: q.layer}).by(); by != "" {
		d.keys = []string{by}
		column = q.column(by)
		group = "group by " + ident(by) + "\norder by " + ident(by)
	}
	sql := strings.NewReplacer("/* rows */", q.fill(selectSQL, column), "/* names */", list(d.keys), "/* group */", group).Replace(mergeSQL)
	d.sql, d.args, err = q.numbered(sql)
	return d, err
}

func (q *question) squared(names []string) (d drawing, err error) {
	keys, columns := q.columns(names)
	by, none := (design{layer: q.layer}).by(), ""
	for _, k := range keys {
		if k == by {
			none += ", " + ident(k)
		} else {
			none += ", null"
		}
	}
	class, column := "", ""
	if slices.Contains(keys, by) {
		class, column = ", "+ident(by), q.column(by)
	}
	q.values["cell"] = squareSide * q.set.Pixel(q.tile)
	rows := func(than, columns string) string {
		some := *q
		some.rule += " and st_area(/* coordinates */) " + than + " @cell::float8 * @cell::float8"
		return some.fill(selectSQL, columns)
	}
	d.keys, d.beyond = keys, squareSide
	sql := strings.NewReplacer("/* large */", rows(">=", columns), "/* small */", rows("<", column), "/* names */", list(keys),
		"/* class */", none, "/* by */", class).Replace(squaresSQL)
	d.sql, d.args, err = q.numbered(sql)
	return d, err
}

func (q *question) clustered(names []string, pixels float64) (d drawing, err error) {
	keys, columns := q.columns(names)
	most := ""
	for _, k := range keys {
		most += fmt.Sprintf(", mode() within group (order by %s)", ident(k))
	}
	q.values["cell"] = pixels * q.set.Pixel(q.tile)
	d.keys, d.beyond = append(keys, countKey), pixels
	sql := strings.NewReplacer("/* rows */", q.fill(selectSQL, columns), "/* most */", most).Replace(clusterSQL)
	d.sql, d.args, err = q.numbered(sql)
	return d, err
}

func (q *question) kept(names []string, r layers.Rule) (d drawing, err error) {
	keys, columns := q.columns(names)
	rank := "null::text"
	if name, descending := strings.CutPrefix(r.Rank, "-"); name != "" {
		if p, ok := q.layer.Property(name); ok {
			rank = ident(p.Name)
			if descending && (p.Type == layers.Integer || p.Type == layers.Number) {
				rank = "-" + rank
			}
		}
	}
	q.values["cell"], q.values["keep"] = keepSquare*q.set.Pixel(q.tile), r.Keep
	d.keys, d.beyond = keys, keepSquare
	sql := strings.NewReplacer("/* rows */", q.fill(selectSQL, columns+", "+rank+` as " rank"`), "/* names */", list(keys)).Replace(keepSQL)
	d.sql, d.args, err = q.numbered(sql)
	return d, err
}

// list names columns after others.
func list(names []string) (out string) {
	for _, name := range names {
		out += ", " + ident(name)
	}
	return out
}
