package cql

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/twpayne/go-geom"
)

// MarshalJSON writes the filter as CQL2 JSON, in one spelling. Coordinates are written with x, east, first.
func (f *Filter) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(tree(f.Root))
	return bytes.TrimSpace(b.Bytes()), err
}

// tree is a node as it is written.
func tree(e Expr) any {
	switch e := e.(type) {
	case *Call:
		return struct {
			Op   Op    `json:"op"`
			Args []any `json:"args"`
		}{e.Op, trees(e.Args)}
	case *Property:
		return map[string]string{"property": e.Name}
	case *Literal:
		return e.tree()
	case *List:
		return trees(e.Items)
	case *Interval:
		return map[string]any{"interval": []any{treeEnd(e.Start), treeEnd(e.End)}}
	case *Geometry:
		return geoJSON(e.T)
	case *Box:
		return map[string]any{"bbox": e.numbers()}
	}
	panic(fmt.Sprintf("a filter holds a %T", e))
}

func trees(es []Expr) []any {
	all := make([]any, len(es))
	for i, e := range es {
		all[i] = tree(e)
	}
	return all
}

func (l *Literal) tree() any {
	switch l.Kind {
	case Number, Boolean:
		return json.RawMessage(l.Value)
	case Date, Timestamp:
		return map[Kind]string{l.Kind: l.Value}
	}
	return l.Value
}

func treeEnd(e Expr) any {
	if e == nil {
		return ".."
	}
	if l, ok := e.(*Literal); ok {
		return l.Value
	}
	return tree(e)
}

// geoGeometry is a geometry of GeoJSON.
type geoGeometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates,omitempty"`
	Geometries  []any  `json:"geometries,omitempty"`
}

func geoJSON(g geom.T) any {
	switch g := g.(type) {
	case *geom.Point:
		return geoGeometry{Type: "Point", Coordinates: g.Coords()}
	case *geom.LineString:
		return geoGeometry{Type: "LineString", Coordinates: g.Coords()}
	case *geom.MultiPoint:
		return geoGeometry{Type: "MultiPoint", Coordinates: g.Coords()}
	case *geom.Polygon:
		return geoGeometry{Type: "Polygon", Coordinates: g.Coords()}
	case *geom.MultiLineString:
		return geoGeometry{Type: "MultiLineString", Coordinates: g.Coords()}
	case *geom.MultiPolygon:
		return geoGeometry{Type: "MultiPolygon", Coordinates: g.Coords()}
	case *geom.GeometryCollection:
		all := geoGeometry{Type: "GeometryCollection"}
		for _, part := range g.Geoms() {
			all.Geometries = append(all.Geometries, geoJSON(part))
		}
		return all
	}
	panic("a filter holds a geometry of no kind")
}

func parseJSON(text string, crs CRS) (*Filter, error) {
	if n := utf8.RuneCountInString(text); n > MaxLength {
		return nil, tooLong(n)
	}
	if nesting(text) > 2*MaxDepth+8 { // an operator is two levels, a geometry up to six
		return nil, tooDeep(0)
	}
	root, err := (&reader{crs: crs}).node(json.RawMessage(text))
	if err != nil {
		return nil, err
	}
	return New(root)
}

// nesting is how many brackets are open at once, at most.
func nesting(text string) int {
	open, most, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			open++
			most = max(most, open)
		case c == ']' || c == '}':
			open--
		}
	}
	return most
}

// reader reads a tree; path says where it is.
type reader struct {
	crs  CRS
	path []string
}

// wrong says what is wrong, and where.
func (r *reader) wrong(en, zh string, args ...any) error {
	if len(r.path) == 0 {
		return wrong(0, en, zh, args...)
	}
	at := strings.Join(r.path, "/")
	return wrong(0, at+": "+en, at+"："+zh, args...)
}

// below reads something at a place below.
func (r *reader) below(place string, read func() error) error {
	r.path = append(r.path, place)
	err := read()
	r.path = r.path[:len(r.path)-1]
	return err
}

// node reads any node.
func (r *reader) node(raw json.RawMessage) (Expr, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || !json.Valid(raw) && len(r.path) == 0 {
		return nil, r.wrong(`it is no JSON; want {"op": "=", "args": [{"property": "dlbm"}, "0102"]} or the like`, `不是 JSON；应形如 {"op": "=", "args": [{"property": "dlbm"}, "0102"]}`)
	}
	switch raw[0] {
	case '{':
		return r.object(raw)
	case '[':
		items, err := r.nodes(raw)
		if err != nil {
			return nil, err
		}
		return &List{Items: items}, nil
	case '"':
		text, err := r.text(raw)
		return &Literal{Kind: Text, Value: text}, err
	case 't', 'f':
		return &Literal{Kind: Boolean, Value: string(raw)}, nil
	case 'n':
		return nil, r.wrong("null is no value; want isNull", "null 不是值；应使用 isNull")
	}
	value, ok := shortest(string(raw))
	if !ok {
		return nil, r.wrong("the number is too large", "数值过大")
	}
	return &Literal{Kind: Number, Value: value}, nil
}

func (r *reader) text(raw json.RawMessage) (text string, err error) {
	if json.Unmarshal(raw, &text) != nil || strings.ContainsRune(text, 0) {
		return "", r.wrong("a text is wanted", "此处应为文本")
	}
	return text, nil
}

func (r *reader) nodes(raw json.RawMessage) (all []Expr, err error) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil, r.wrong("an array is wanted", "此处应为数组")
	}
	for i, item := range items {
		err := r.below(fmt.Sprint(i), func() error {
			e, err := r.node(item)
			all = append(all, e)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// object is any node that is an object.
type object struct {
	Op          json.RawMessage
	Args        json.RawMessage
	Property    json.RawMessage
	Date        json.RawMessage
	Timestamp   json.RawMessage
	Interval    json.RawMessage
	Bbox        json.RawMessage
	Type        string
	Coordinates json.RawMessage
	Geometries  []object
}

// object finds out by its members what it is.
func (r *reader) object(raw json.RawMessage) (Expr, error) {
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, r.wrong("its members are not those of CQL2 JSON", "其成员不符合 CQL2 JSON")
	}
	switch {
	case o.Op != nil:
		return r.call(o)
	case o.Property != nil:
		name, err := r.text(o.Property)
		return &Property{Name: name}, err
	case o.Date != nil:
		return r.moment(o.Date, Date)
	case o.Timestamp != nil:
		return r.moment(o.Timestamp, Timestamp)
	case o.Interval != nil:
		return r.interval(o.Interval)
	case o.Type != "":
		g, err := o.geometry(true)
		return r.place(newGeometry(g, err, r.crs, 0))
	case o.Bbox != nil:
		var numbers []float64
		if json.Unmarshal(o.Bbox, &numbers) != nil {
			return nil, r.wrong("bbox holds numbers", "bbox 应为数值")
		}
		return r.place(newBox(numbers, r.crs, 0))
	}
	return nil, r.wrong("an object has op and args, or property, date, timestamp, interval, bbox, or is a GeoJSON geometry", "对象应含 op 和 args，或 property、date、timestamp、interval、bbox，或为 GeoJSON 几何图形")
}

// place adds to an error where it is.
func (r *reader) place(e Expr, err error) (Expr, error) {
	if own, ok := err.(*Error); ok && len(r.path) > 0 {
		en, zh := strings.TrimPrefix(own.words.En, "filter: "), strings.TrimPrefix(own.words.Zh, "过滤条件：")
		return nil, r.wrong("%[1]s", "%[2]s", en, zh)
	}
	return e, err
}

func (r *reader) call(o object) (Expr, error) {
	name, err := r.text(o.Op)
	if err != nil {
		return nil, err
	}
	c := &Call{Op: Op(name)}
	if _, ok := operators[c.Op]; !ok {
		c.Op = opOf(name)
	}
	if len(o.Args) == 0 {
		o.Args = json.RawMessage("[]")
	}
	err = r.below("args", func() error {
		c.Args, err = r.nodes(o.Args)
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := r.place(c, c.fits()); err != nil {
		return nil, err
	}
	if c.Op == And || c.Op == Or {
		return join(c.Op, c.Args, 0), nil
	}
	return c, nil
}

// fits refuses arguments that text could not have: conditions are wanted by AND, OR and NOT, a list by IN.
func (c *Call) fits() error {
	if err := c.count(); err != nil {
		return err
	}
	switch c.Op {
	case And, Or, Not:
		for _, a := range c.Args {
			if !isCondition(a) {
				return wrong(0, "%[1]s joins conditions, not values", "%[1]s 连接的应为条件，而不是值", c.Op)
			}
		}
	case In:
		if list, ok := c.Args[1].(*List); !ok || len(list.Items) == 0 {
			return wrong(0, "in has a value and an array of one or more", "in 应含一个值和一个非空数组")
		}
	}
	return nil
}

func (r *reader) moment(raw json.RawMessage, kind Kind) (Expr, error) {
	text, err := r.text(raw)
	if err != nil {
		return nil, err
	}
	value, ok := readMoment(text, kind)
	if !ok {
		return r.place(nil, notMoment(0, text, kind))
	}
	return &Literal{Kind: kind, Value: value}, nil
}

func (r *reader) interval(raw json.RawMessage) (Expr, error) {
	var ends []json.RawMessage
	if json.Unmarshal(raw, &ends) != nil || len(ends) != 2 {
		return nil, r.wrong("interval holds a start and an end", "interval 应含起点和终点")
	}
	var nodes [2]Expr
	for i, end := range ends {
		e, err := r.node(end)
		if err != nil {
			return nil, err
		}
		if l, ok := e.(*Literal); ok && l.Kind == Text {
			if e, err = r.place(newEnd(l.Value, 0)); err != nil {
				return nil, err
			}
		}
		nodes[i] = e
	}
	i, err := NewInterval(nodes[0], nodes[1], 0)
	return r.place(i, err)
}

// geometry reads a geometry of GeoJSON; only the outer one may be a collection.
func (o object) geometry(whole bool) (geom.T, error) {
	name := strings.ToUpper(o.Type)
	if whole && name == collection {
		var parts []geom.T
		for _, part := range o.Geometries {
			g, err := part.geometry(false)
			if err != nil {
				return nil, err
			}
			parts = append(parts, g)
		}
		return collect(parts)
	}
	if shapes[name] == nil || name == collection {
		return nil, wrong(0, "%[1]q is no kind of geometry that is offered", "不支持几何类型 %[1]q", o.Type)
	}
	return shapes[name].json(o.Coordinates)
}
