package tiles

import (
	"context"
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

// drawing is one layer of the tiles of a zoom as a question to PostGIS, whose rows are encoded.
type drawing struct {
	layer  string   // its name in the tile
	keys   []string // names of the properties, in the order of the columns
	sql    string
	args   []any   // a side stands for one of the tile's
	points bool    // each is in one tile only
	shared bool    // its rows may be those of a tile above: see rowset
	kept   bool    // they are kept for tiles below
	beyond float64 // pixels beyond the tile that have to be known
}

// side is a place in bounds, where a tile's go.
type side int

// in is the arguments for a tile of a set.
func (d drawing) in(set *MatrixSet, tile Tile) []any {
	b := set.source(tile)
	if d.points && !set.Approximate {
		b = set.Bounds(tile)
	}
	if d.beyond > 0 {
		more := d.beyond * set.Pixel(tile)
		b = layers.Bounds{b[0] - more, b[1] - more, b[2] + more, b[3] + more}
	}
	args := make([]any, len(d.args))
	for i, a := range d.args {
		if s, ok := a.(side); ok {
			a = b[s]
		}
		args[i] = a
	}
	return args
}

// question fills the readable SQL with the names of a layer, sanitized.
type question struct {
	layer   *layers.Layer
	set     *MatrixSet
	tile    Tile
	rows    layers.Rows
	more    []string       // properties besides those that drawing needs
	applied layers.Rule    // the rule of the zoom
	rule    string         // what it leaves out, as conditions
	values  map[string]any // the rule's parameters
}

// newQuestion returns what has to be asked for one layer of a tile.
func (t *Tiles) newQuestion(ctx context.Context, l *layers.Layer, k key) (*question, error) {
	filter, err := readFilter(k.filter)
	if err != nil {
		return nil, err
	}
	query := layers.Query{AsOf: k.asOf}
	if filter != nil {
		query.Filter = filter
	}
	rows, err := t.store.Rows(ctx, l, query)
	if err != nil {
		return nil, err
	}
	q := &question{layer: l, set: k.set, tile: k.tile, rows: rows, values: map[string]any{}}
	if k.properties != "" {
		q.more = strings.Split(k.properties, ",")
	}
	if r, ok := ruleOf(l, k.set.Zoom(k.tile)); ok {
		q.applied = r
		q.thin(r)
	}
	return q, nil
}

// drawings are the layer itself, and its labels.
func (q *question) drawings() ([]drawing, error) {
	features, err := q.features()
	zoom := q.set.Zoom(q.tile)
	if err != nil || !HasLabels(q.layer) || zoom < q.layer.Style.LabelAt || squares(q.layer, q.applied, zoom) {
		return []drawing{features}, err
	}
	labels, err := q.labels()
	return []drawing{features, labels}, err
}

// HasLabels reports whether a layer has a second layer in tiles, <name>_label: polygons that are labelled.
func HasLabels(l *layers.Layer) bool {
	_, ok := l.Property(l.Style.Label)
	return ok && strings.HasSuffix(l.GeometryType, "Polygon")
}

func (q *question) features() (d drawing, err error) {
	names := append(slices.Clone(q.layer.Drawing.Properties), q.more...)
	if d, ok, err := q.generalised(names); ok {
		return d, err
	}
	keys, columns := q.columns(names)
	d = drawing{layer: q.layer.Name, keys: keys}
	d.sql, d.args, err = q.numbered(q.fill(selectSQL, columns))
	return d, err
}

func (q *question) labels() (d drawing, err error) {
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
	d = drawing{layer: l.Name + "_label", keys: keys, points: true}
	d.sql, d.args, err = q.numbered(q.fill(sql, columns))
	return d, err
}

// labelProperties are a label point's: what drawing needs, and the label itself.
func labelProperties(l *layers.Layer) []string {
	if slices.Contains(l.Drawing.Properties, l.Style.Label) {
		return l.Drawing.Properties
	}
	return append(slices.Clone(l.Drawing.Properties), l.Style.Label)
}

// largeTiles is the last zoom whose tiles are a fair part of the world.
const largeTiles = 4

func (q *question) fill(sql, columns string) string {
	t, srid := q.layer.Table, q.layer.SRID
	envelope := fmt.Sprintf("st_makeenvelope(@bminx, @bminy, @bmaxx, @bmaxy, %d)", q.set.SRID)
	geometry, coordinates := ident(t.Geom), q.layer.Straight(ident(t.Geom))
	switch {
	case q.set.SRID == 3857 && q.rows.Mercator:
		geometry, coordinates = ident(t.Mercator), q.layer.Straight(ident(t.Mercator))
	case srid == q.set.SRID:
	case layers.Geographic(srid) && layers.Geographic(q.set.SRID): // they agree to centimetres
		envelope = fmt.Sprintf("st_setsrid(%s, %d)", envelope, srid)
	default: // edges that a projection bends are densified first
		envelope = fmt.Sprintf("onemap.reach(%s, %g, %d, %t)", envelope, q.set.Pixel(q.tile)*32, srid, q.set.Zoom(q.tile) <= largeTiles)
		coordinates = fmt.Sprintf("st_transform(%s, %d)", q.layer.Straight(q.inSet(geometry)), q.set.SRID)
	}
	id := "null::bigint"
	if q.integerKey() {
		id = ident(t.Key) + "::bigint"
	}
	return strings.NewReplacer(
		"/* id */", id,
		"/* columns */", columns,
		"/* coordinates */", coordinates,
		"/* geometry */", geometry,
		"/* table */", q.rows.From+" as source",
		"/* envelope */", "(select "+envelope+")", // its size is kept from the planner: see select.sql
		"/* filter */", q.rows.Where,
		"/* rule */", strings.ReplaceAll(q.rule, "/* coordinates */", coordinates),
		"/* order */", q.order(),
	).Replace(sql)
}

// inSet cuts off what lies beyond the poles of the Mercator world, which can't be transformed.
func (q *question) inSet(geometry string) string {
	if q.set.SRID != 3857 || !layers.Geographic(q.layer.SRID) {
		return geometry
	}
	world := fmt.Sprintf("st_makeenvelope(-180, -85.06, 180, 85.06, %d)", q.layer.SRID)
	return fmt.Sprintf("case when %s @ %s then %s else st_clipbybox2d(%s, %s) end", geometry, world, geometry, geometry, world)
}

// thin adds a rule's conditions: they are checked on the rows before anything is made of them.
func (q *question) thin(r layers.Rule) {
	if r.MinSize > 0 && !squares(q.layer, r, q.set.Zoom(q.tile)) {
		switch pixel := q.set.Pixel(q.tile); {
		case strings.HasSuffix(q.layer.GeometryType, "Polygon"):
			q.rule += " and st_area(/* coordinates */) >= @minsize::float8"
			q.values["minsize"] = r.MinSize * pixel * pixel
		case strings.HasSuffix(q.layer.GeometryType, "LineString"):
			q.rule += " and st_length(/* coordinates */) >= @minsize::float8"
			q.values["minsize"] = r.MinSize * pixel
		}
	}
	if r.Where == nil {
		return
	}
	if p, ok := q.layer.Property(r.Where.Property); ok {
		q.rule += fmt.Sprintf(" and %s = any (@where::text[]%s)", ident(p.Name), arrayOf(p.Type))
		q.values["where"] = r.Where.Values
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
	if key := q.layer.Table.Key; key != "" && !q.integerKey() { // an id in a tile is a number: others travel as a property
		keys = append(keys, key)
		fmt.Fprintf(&out, ", %s::text as %s", ident(key), ident(key))
	}
	for _, name := range names {
		if _, ok := q.layer.Property(name); ok {
			keys = append(keys, name)
			out.WriteString(q.column(name))
		}
	}
	return keys, out.String()
}

// column is a property's, as a tile can hold it.
func (q *question) column(name string) string {
	p, _ := q.layer.Property(name)
	column := ident(name)
	switch p.Type {
	case layers.Integer:
		column += "::bigint"
	case layers.Number:
		column += "::float8"
	case layers.DateTime:
		column = "to_json(" + column + ") #>> '{}'"
	case layers.Boolean:
	default:
		column += "::text"
	}
	return ", " + column + " as " + ident(name)
}

// integerKey reports whether the key can be a feature's id in a tile, which is a number.
func (q *question) integerKey() bool {
	t := q.layer.Table
	return t.Key != "" && slices.Contains([]string{"smallint", "integer", "bigint"}, t.KeyType)
}

// order is that of rows whose key can not be the features' id, which they are put in order by.
func (q *question) order() string {
	switch {
	case q.integerKey():
		return ""
	case q.layer.Table.Key != "":
		return "order by " + ident(q.layer.Table.Key)
	}
	return "order by source::text"
}

// numbered turns the names of parameters into numbers, once for all tiles.
func (q *question) numbered(sql string) (string, []any, error) {
	args := pgx.StrictNamedArgs{"bminx": side(0), "bminy": side(1), "bmaxx": side(2), "bmaxy": side(3)}
	maps.Copy(args, q.values)
	maps.Copy(args, q.rows.Args)
	return args.RewriteQuery(context.Background(), nil, sql, nil)
}

func ident(name string) string { return pgx.Identifier{name}.Sanitize() }
