package tiles

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

//go:embed select.sql
var selectSQL string

//go:embed label.sql
var labelSQL string

// drawing is one layer of one tile as a question to PostGIS, whose rows are encoded.
type drawing struct {
	layer string   // its name in the tile
	keys  []string // names of the properties, in the order of the columns
	sql   string
	args  pgx.StrictNamedArgs
}

// drawings returns what has to be asked for a layer in a tile: nothing where it is not drawn or has nothing; itself;
// and its labels.
func drawings(l *layers.Layer, t Tile) []drawing {
	if l.Table.Geom == "" || t.Z < l.Drawing.MinZoom {
		return nil
	}
	if l.Tracked && (l.Bounds == nil || !meet(*l.Bounds, degrees(t.Buffered()))) { // elsewhere the bounds may be old
		return nil
	}
	q := newQuestion(l, t)
	ds := []drawing{q.features()}
	if HasLabels(l) && t.Z >= l.Style.LabelAt {
		ds = append(ds, q.labels())
	}
	return ds
}

// HasLabels reports whether a layer has a second layer in tiles, <name>_label: polygons that are labelled.
func HasLabels(l *layers.Layer) bool {
	_, ok := l.Property(l.Style.Label)
	return ok && strings.HasSuffix(l.GeometryType, "Polygon")
}

// question fills the readable SQL with the names of a layer, sanitized, and the values of a tile.
type question struct {
	layer *layers.Layer
	tile  Tile
	rule  string
	more  map[string]any // the rule's parameters
}

func newQuestion(l *layers.Layer, t Tile) *question {
	q := &question{layer: l, tile: t, more: map[string]any{}}
	for _, r := range l.Drawing.Rules {
		if t.Z >= r.MinZoom && (t.Z <= r.MaxZoom || r.MaxZoom == 0) {
			q.thin(r)
			break
		}
	}
	return q
}

func (q *question) features() drawing {
	keys, columns := q.columns(q.layer.Drawing.Properties)
	return drawing{q.layer.Name, keys, q.fill(selectSQL, columns), q.args(q.tile.Buffered())}
}

func (q *question) labels() drawing {
	l := q.layer
	keys, columns := q.columns(labelProperties(l))
	names := ""
	for _, k := range keys {
		names += ", " + ident(k)
	}
	label := ident(l.Style.Label)
	sql := strings.NewReplacer(
		"/* names */", names,
		"/* label */", fmt.Sprintf("%s is not null and %s::text <> ''", label, label),
	).Replace(labelSQL)
	return drawing{l.Name + "_label", keys, q.fill(sql, columns), q.args(q.tile.Mercator())}
}

// labelProperties are a label point's: what drawing needs, and the label itself.
func labelProperties(l *layers.Layer) []string {
	if slices.Contains(l.Drawing.Properties, l.Style.Label) {
		return l.Drawing.Properties
	}
	return append(slices.Clone(l.Drawing.Properties), l.Style.Label)
}

func (q *question) fill(sql, columns string) string {
	t := q.layer.Table
	envelope := "st_makeenvelope(@bminx, @bminy, @bmaxx, @bmaxy, 3857)"
	geometry, mercator := ident(t.Geom), ident(t.Geom)
	switch {
	case t.Mercator != "":
		geometry, mercator = ident(t.Mercator), ident(t.Mercator)
	case q.layer.SRID == 3857:
	default: // edges that a projection bends are densified first
		envelope = fmt.Sprintf("st_transform(st_segmentize(%s, %g), %d)", envelope, q.tile.Pixel()*32, q.layer.SRID)
		mercator = fmt.Sprintf("st_transform(%s, 3857)", inMercator(geometry, q.layer.SRID))
	}
	id := "null::bigint"
	if q.integerKey() {
		id = ident(t.Key) + "::bigint"
	}
	return strings.NewReplacer(
		"/* id */", id,
		"/* columns */", columns,
		"/* mercator */", mercator,
		"/* geometry */", geometry,
		"/* table */", pgx.Identifier{t.Schema, t.Name}.Sanitize()+" as source",
		"/* envelope */", envelope,
		"/* rule */", strings.ReplaceAll(q.rule, "/* mercator */", mercator),
		"/* order */", q.order(),
	).Replace(sql)
}

// inMercator cuts off what lies beyond the poles of the Mercator world, which can't be transformed.
func inMercator(geometry string, srid int) string {
	if !layers.Geographic(srid) {
		return geometry
	}
	world := fmt.Sprintf("st_makeenvelope(-180, -85.06, 180, 85.06, %d)", srid)
	return fmt.Sprintf("case when %s @ %s then %s else st_clipbybox2d(%s, %s) end", geometry, world, geometry, geometry, world)
}

// thin adds a rule's conditions: they are checked on the rows before anything is made of them.
func (q *question) thin(r layers.Rule) {
	if r.MinSize > 0 {
		switch pixel := q.tile.Pixel(); {
		case strings.HasSuffix(q.layer.GeometryType, "Polygon"):
			q.rule += " and st_area(/* mercator */) >= @minsize::float8"
			q.more["minsize"] = r.MinSize * pixel * pixel
		case strings.HasSuffix(q.layer.GeometryType, "LineString"):
			q.rule += " and st_length(/* mercator */) >= @minsize::float8"
			q.more["minsize"] = r.MinSize * pixel
		}
	}
	if r.Where == nil {
		return
	}
	if p, ok := q.layer.Property(r.Where.Property); ok {
		q.rule += fmt.Sprintf(" and %s = any (@where::text[]%s)", ident(p.Name), arrayOf(p.Type))
		q.more["where"] = r.Where.Values
	}
}

// arrayOf converts the constant to the type the column is compared as.
func arrayOf(t layers.Type) string {
	switch t {
	case layers.Integer:
		return "::bigint[]"
	case layers.Number:
		return "::numeric[]"
	case layers.Boolean:
		return "::boolean[]"
	}
	return ""
}

// columns names the properties of a tile's features, and lists their columns as a tile can hold them: text, number or
// boolean.
func (q *question) columns(names []string) (keys []string, columns string) {
	var out strings.Builder
	add := func(name, column string) {
		keys = append(keys, name)
		fmt.Fprintf(&out, ", %s as %s", column, ident(name))
	}
	if key := q.layer.Table.Key; key != "" && !q.integerKey() { // an id in a tile is a number: others travel as a property
		add(key, ident(key)+"::text")
	}
	for _, name := range names {
		p, ok := q.layer.Property(name)
		if !ok {
			continue
		}
		switch column := ident(name); p.Type {
		case layers.Integer:
			add(name, column+"::bigint")
		case layers.Number:
			add(name, column+"::float8")
		case layers.DateTime:
			add(name, "to_json("+column+") #>> '{}'")
		case layers.Boolean:
			add(name, column)
		default:
			add(name, column+"::text")
		}
	}
	return keys, out.String()
}

// integerKey reports whether the key can be a feature's id in a tile, which is a number.
func (q *question) integerKey() bool {
	t := q.layer.Table
	return t.Key != "" && slices.Contains([]string{"smallint", "integer", "bigint"}, t.KeyType)
}

func (q *question) order() string {
	if q.layer.Table.Key != "" {
		return ident(q.layer.Table.Key)
	}
	return "source::text"
}

func (q *question) args(b layers.Bounds) pgx.StrictNamedArgs {
	args := pgx.StrictNamedArgs{"bminx": b[0], "bminy": b[1], "bmaxx": b[2], "bmaxy": b[3]}
	maps.Copy(args, q.more)
	return args
}

func ident(name string) string { return pgx.Identifier{name}.Sanitize() }
