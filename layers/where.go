package layers

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// selection is a question about one layer as SQL: one FROM and one WHERE, which every door's answer is read by.
// Names come from the catalogue, sanitized; values are always parameters.
type selection struct {
	layer   *Layer
	shown   *Layer // with the properties that the answer has
	from    string // table, or the layer as of a position
	srid    int    // of the answer; -1 = it has no geometry
	where   []string
	sort    []sorting
	args    pgx.StrictNamedArgs
	version bool // the rows carry one
	placed  bool // the rows have one place each, ctid, as long as a statement lasts: those of a table of our own, now
	planned bool // for its values, see with
}

// selection compiles a query. The conditions of a later grant join here, and nowhere else.
func (s *Store) selection(ctx context.Context, l *Layer, q Query) (*selection, error) {
	sel := &selection{layer: l, from: l.rows(), srid: cmp.Or(q.SRID, l.SRID), args: pgx.StrictNamedArgs{}, version: l.Table.Schema == "layer"}
	sel.placed = sel.version && q.AsOf == 0
	if q.NoGeometry {
		sel.srid = -1
	}
	var err error
	if sel.shown, err = l.Only(q.Properties); err != nil {
		return nil, err
	}
	if sel.sort, err = l.sorting(q.Sort); err != nil {
		return nil, err
	}
	if q.AsOf != 0 {
		from, err := s.asOf(ctx, l, q.AsOf)
		if err != nil {
			return nil, err
		}
		sel.from = from
	}
	if q.Bounds != nil {
		if err := sel.bounds(*q.Bounds, q.BoundsSRID); err != nil {
			return nil, err
		}
	}
	if q.Datetime != nil {
		if err := sel.datetime(*q.Datetime); err != nil {
			return nil, err
		}
	}
	for _, e := range q.Equal {
		if err := sel.equal(e); err != nil {
			return nil, err
		}
	}
	if q.IDs != nil {
		if err := sel.ids(q.IDs); err != nil {
			return nil, err
		}
	}
	if q.Filter != nil {
		condition, err := q.Filter.SQL(l, sel.bind)
		if err != nil {
			return nil, err
		}
		sel.and("(" + condition + ")")
	}
	sel.planned = len(sel.where) > 0
	return sel, nil
}

// with is what a question is sent with: its arguments, and, where it has conditions, that it is planned for their values each time. A
// plan that is kept for any values does not know whether a box holds ten features or all of them, and makes the values' geometries,
// numbers and times anew for each row.
func (sel *selection) with() []any {
	if sel.planned {
		return []any{pgx.QueryExecModeCacheDescribe, sel.args}
	}
	return []any{sel.args}
}

func (l *Layer) table() string { return pgx.Identifier{l.Table.Schema, l.Table.Name}.Sanitize() }

// rows is where a layer's rows are read from. Tables that somebody makes inherit from one whose changes are logged are not it:
// what happens to their rows, the log does not hear of.
func (l *Layer) rows() string {
	if l.Tracked {
		return "only " + l.table()
	}
	return l.table()
}

func ident(name string) string { return pgx.Identifier{name}.Sanitize() }

func (sel *selection) and(condition string) { sel.where = append(sel.where, condition) }

// bind makes value a parameter of the given SQL type. It travels as text, so that the column is compared as it is
// and the constant is what gets converted.
func (sel *selection) bind(value, sqlType string) string {
	name := fmt.Sprintf("p%d", len(sel.args))
	sel.args[name] = value
	return fmt.Sprintf("(@%s::text)::%s", name, sqlType)
}

// bounds keeps features that touch b, and those that have no geometry (OGC API Features 1.0.1, 7.15.3).
func (sel *selection) bounds(b Bounds, srid int) error {
	if sel.layer.Table.Geom == "" {
		return nil
	}
	column := ident(sel.layer.Table.Geom)
	touch, err := sel.touching(column, b, srid)
	if err != nil {
		return err
	}
	sel.and("(" + touch + " or " + column + " is null)")
	return nil
}

// touching is the condition that a geometry in the layer's SRID touches b.
func (sel *selection) touching(column string, b Bounds, srid int) (string, error) {
	if srid == 0 {
		srid = 4490
	}
	boxes := []Bounds{b}
	if b[0] > b[2] {
		if !Geographic(srid) {
			return "", Refuse(ErrInvalid, "bbox: west %v is beyond east %v", "bbox：西界 %v 超过东界 %v", b[0], b[2])
		}
		boxes = []Bounds{{b[0], b[1], 180, b[3]}, {-180, b[1], b[2], b[3]}}
	}
	var any []string
	for _, box := range boxes {
		if box = within(box, srid); box[0] > box[2] || box[1] > box[3] {
			any = append(any, "false") // it has no place on earth
			continue
		}
		env, err := sel.envelope(box, srid)
		if err != nil {
			return "", err
		}
		touches := fmt.Sprintf("st_intersects(%s, %s)", column, env)
		if in, ok := Inner(box, srid, sel.layer.SRID); ok { // as a boolean test, which no index is looked up for once more
			touches = fmt.Sprintf("((%s @ %s) is true or %s)", column, sel.box(in, sel.layer.SRID), touches)
		}
		any = append(any, fmt.Sprintf("(%s && %s and %s)", column, env, touches))
	}
	return strings.Join(any, " or "), nil
}

// Inner is the largest box in the coordinates of to that what lies within it, by PostGIS's boxes alone, touches b for certain, which is
// in those of srid: most of what is in a large box, which needs no look at its coordinates. PostGIS keeps boxes in single precision,
// rounded outwards; so this one is rounded inwards first. Boxes that bend in the other system have none.
func Inner(b Bounds, srid, to int) (Bounds, bool) {
	if srid != to && !(Geographic(srid) && Geographic(to)) {
		return b, false
	}
	in := Bounds{single(b[0], 1), single(b[1], 1), single(b[2], -1), single(b[3], -1)}
	return in, in[0] < in[2] && in[1] < in[3]
}

// single rounds to single precision, up or down as sign says.
func single(v, sign float64) float64 {
	f := float32(v)
	if (float64(f)-v)*sign < 0 {
		f = math.Nextafter32(f, float32(math.Inf(int(sign))))
	}
	return float64(f)
}

// within cuts off what has no longitude and latitude in a plane system: PostGIS fails over it.
func within(b Bounds, srid int) Bounds {
	const equator = 20037508.342789244 // half of it, metres
	most := Bounds{math.Inf(-1), math.Inf(-1), math.Inf(1), math.Inf(1)}
	if g, ok := GaussKrugerOf(srid); ok {
		most = Bounds{g.FalseEasting - 1e6, -1e7, g.FalseEasting + 1e6, 1e7} // see GaussKruger.Covers
	} else if srid == 3857 {
		most = Bounds{-equator, -equator, equator, equator}
	}
	return Bounds{max(b[0], most[0]), max(b[1], most[1]), min(b[2], most[2]), min(b[3], most[3])}
}

// envelope is a box as a constant geometry in the layer's SRID. Edges are densified before they are bent by a
// projection; what a projected layer can not express is cut off first.
func (sel *selection) envelope(b Bounds, srid int) (string, error) {
	for _, v := range b {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "", Refuse(ErrInvalid, "bbox: %v is no coordinate", "bbox：%v 不是坐标值", v)
		}
	}
	to := sel.layer.SRID
	if Geographic(srid) && !Geographic(to) {
		b = Bounds{max(b[0], -180), max(b[1], -85.05), min(b[2], 180), min(b[3], 85.05)}
	}
	env := sel.box(b, srid)
	if srid == to || Geographic(srid) && Geographic(to) {
		return fmt.Sprintf("st_setsrid(%s, %d)", env, to), nil
	}
	step := (math.Abs(b[2]-b[0]) + math.Abs(b[3]-b[1])) / 32
	if step == 0 {
		return fmt.Sprintf("st_transform(%s, %d)", env, to), nil
	}
	return fmt.Sprintf("st_transform(st_segmentize(%s, %.17g), %d)", env, step, to), nil
}

// box is bounds as a geometry: a polygon, or what is left of it when a side has no length.
func (sel *selection) box(b Bounds, srid int) string {
	c := func(i int) string { return sel.bind(fmt.Sprintf("%.17g", b[i]), "float8") }
	switch {
	case b[0] == b[2] && b[1] == b[3]:
		return fmt.Sprintf("st_setsrid(st_makepoint(%s, %s), %d)", c(0), c(1), srid)
	case b[0] == b[2] || b[1] == b[3]:
		return fmt.Sprintf("st_setsrid(st_makeline(st_makepoint(%s, %s), st_makepoint(%s, %s)), %d)", c(0), c(1), c(2), c(3), srid)
	}
	return fmt.Sprintf("st_makeenvelope(%s, %s, %s, %s, %d)", c(0), c(1), c(2), c(3), srid)
}

// datetime keeps features whose time field lies in the interval, and those that have no time.
func (sel *selection) datetime(i Interval) error {
	field := sel.layer.TimeField
	if field == "" {
		return nil // a layer without time matches at any time (OGC API Features 1.0.1, 7.15.4)
	}
	p, ok := sel.layer.Property(field)
	if !ok {
		return fmt.Errorf("layer %s: time field %q is not a property", sel.layer.Name, field)
	}
	sqlType, column := "timestamptz", ident(field)
	format := "2006-01-02T15:04:05.999999999Z07:00"
	if p.Type == Date {
		sqlType, format = "date", "2006-01-02"
	}
	var parts []string
	if i.Start != nil {
		parts = append(parts, column+" >= "+sel.bind(clamp(*i.Start, format), sqlType))
	}
	if i.End != nil {
		parts = append(parts, column+" <= "+sel.bind(clamp(*i.End, format), sqlType))
	}
	if len(parts) > 0 {
		sel.and("(" + strings.Join(parts, " and ") + " or " + column + " is null)")
	}
	return nil
}

func (sel *selection) equal(e Equal) error {
	p, ok := sel.layer.Property(e.Property)
	if !ok {
		return Refuse(ErrInvalid, "layer %q has no property %q", "图层“%s”没有属性“%s”", sel.layer.Name, e.Property)
	}
	var any []string
	for _, v := range e.Values {
		any = append(any, ident(p.Name)+" = "+sel.bind(v, sqlTypeFor(p.Type)))
	}
	if len(any) == 0 {
		return Refuse(ErrInvalid, "no value for property %q", "属性“%s”缺少取值", e.Property)
	}
	sel.and("(" + strings.Join(any, " or ") + ")")
	return nil
}

// ids keeps features with one of the ids. What cannot be a key of the layer is no feature's id.
func (sel *selection) ids(ids []string) error {
	key, kind := sel.layer.Table.Key, sel.layer.Table.KeyType
	if key == "" {
		return Refuse(ErrInvalid, "the features of layer %q have no ids", "图层“%s”的要素没有标识码", sel.layer.Name)
	}
	column, bits := ident(key), map[string]int{"smallint": 16, "integer": 32, "bigint": 64}[kind]
	switch {
	case bits > 0:
		ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, err := strconv.ParseInt(id, 10, bits); return err != nil })
	case kind != "text" && kind != "character varying":
		column, kind = column+"::text", "text" // a key of a rarer type, whose texts are not ours to judge
	}
	name := fmt.Sprintf("p%d", len(sel.args))
	sel.args[name] = ids
	sel.and(fmt.Sprintf("%s = any((@%s::text[])::%s[])", column, name, kind))
	return nil
}

// sqlTypeFor is the type a value is compared as; it never forces the column to be converted.
func sqlTypeFor(t Type) string {
	switch t {
	case Integer:
		return "bigint"
	case Number:
		return "numeric"
	case Boolean:
		return "boolean"
	case Date:
		return "date"
	case DateTime:
		return "timestamptz"
	case JSON:
		return "jsonb"
	}
	return "text"
}

func (sel *selection) condition() string {
	if len(sel.where) == 0 {
		return "true"
	}
	return strings.Join(sel.where, " and ")
}

func (sel *selection) count() string {
	return "select count(*) from " + sel.from + " as source where " + sel.condition()
}

// columns lists what rowReader.feature reads: id, geometry, version, properties; and what the feature is sorted by.
func (sel *selection) columns() string {
	cols := sel.columnsOf("source")
	for _, by := range sel.sort {
		cols = append(cols, by.text())
	}
	return strings.Join(cols, ", ")
}

// columnsOf lists id, geometry, version and properties of the rows that are called so.
func (sel *selection) columnsOf(rows string) []string {
	l := sel.layer
	cols := []string{"null::text", "null::bytea", "null::bigint"}
	if l.Table.Key != "" {
		cols[0] = rows + "." + ident(l.Table.Key) + "::text"
	}
	if l.Table.Geom != "" && sel.srid >= 0 {
		cols[1] = l.Straight(rows + "." + ident(l.Table.Geom))
		if sel.srid != l.SRID {
			cols[1] = fmt.Sprintf("st_transform(%s, %d)", cols[1], sel.srid)
		}
	}
	if sel.version {
		cols[2] = rows + ".version"
	}
	for _, p := range sel.shown.Properties {
		column := rows + "." + ident(p.Name)
		switch p.Type {
		case String:
			column += "::text"
		case DateTime: // one without a zone is taken as of the connection's, Asia/Shanghai
			column += "::timestamptz"
		}
		cols = append(cols, column)
	}
	return cols
}

func (sel *selection) all() string {
	return fmt.Sprintf("select %s from %s as source where %s order by %s", sel.columns(), sel.from, sel.condition(), sel.order())
}

// clamp formats a time for PostgreSQL, which knows no year 0 and no year beyond 294276: clients send both for "open".
func clamp(t time.Time, format string) string {
	switch {
	case t.Year() < 1:
		return "-infinity"
	case t.Year() > 9998:
		return "infinity"
	}
	return t.Format(format)
}
