package api

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/layers/cql"
)

// whichParams are the parameters that say which features of a layer are meant, at every door that asks for features. Besides
// them each simple property is one.
var whichParams = []string{"bbox", "bbox-crs", "datetime", "ids", "filter", "filter-lang", "filter-crs", "as-of"}

// mostIDs is how many features may be asked for by their ids at once.
const mostIDs = 1000

// which reads the parameters that say which features are meant. ways are the other parameters of the door, whose names no
// property can take.
func (s *Server) which(ctx context.Context, l *layers.Layer, p params, ways []string) (q layers.Query, err error) {
	if q.Bounds, q.BoundsSRID, err = p.bounds(l); err != nil {
		return q, err
	}
	if text, ok := p["datetime"]; ok {
		if q.Datetime, err = ParseDatetime(text, layers.Zone); err != nil {
			return q, err
		}
	}
	for _, f := range filterable(l, ways) {
		if v, ok := p[f.Name]; ok {
			q.Equal = append(q.Equal, layers.Equal{Property: f.Name, Values: []string{v}})
		}
	}
	if text, ok := p["ids"]; ok {
		if q.IDs = strings.Split(text, ","); len(q.IDs) > mostIDs {
			return q, layers.Refuse(layers.ErrInvalid, "ids has %d ids, want at most %d", "ids 有 %d 个标识，至多 %d 个", len(q.IDs), mostIDs)
		}
	}
	if q.Filter, err = p.filter(l); err != nil {
		return q, err
	}
	q.AsOf, err = s.asOf(ctx, p)
	return q, err
}

// asked is a request about features of the layer in its path, read: its parameters, and which features it means. ways are the
// other parameters of the door.
func (s *Server) asked(c echo.Context, ways []string) (l *layers.Layer, p params, q layers.Query, err error) {
	ctx := c.Request().Context()
	if l, err = s.ground().Store.Layer(ctx, auth.Actor(c), param(c, "layer")); err != nil {
		return nil, nil, q, err
	}
	if p, err = query(c.Request(), known(l, ways)...); err != nil {
		return nil, nil, q, err
	}
	q, err = s.which(ctx, l, p, ways)
	return l, p, q, err
}

// bounds reads bbox, with x first, and the system it is in; nil = everywhere.
func (p params) bounds(l *layers.Layer) (*layers.Bounds, int, error) {
	crs, err := lookupCRS(l, "bbox-crs", p["bbox-crs"])
	if err != nil {
		return nil, 0, err
	}
	text, ok := p["bbox"]
	if !ok {
		return nil, 0, nil
	}
	b, err := ParseBBox(text, crs)
	return &b, crs.SRID, err
}

// filter reads filter, in the language of filter-lang, with coordinates in filter-crs; nil = all features. It is checked
// against the layer when it is compiled.
func (p params) filter(l *layers.Layer) (layers.Condition, error) {
	lang := p["filter-lang"]
	if err := checkLang(lang); err != nil {
		return nil, err
	}
	crs, err := lookupCRS(l, "filter-crs", p["filter-crs"])
	if err != nil {
		return nil, err
	}
	text, ok := p["filter"]
	if !ok {
		return nil, nil
	}
	filter, err := cql.Read(lang, text, cql.CRS{SRID: crs.SRID, NorthFirst: crs.NorthFirst})
	if err != nil {
		return nil, err
	}
	return filter, filter.Check(l)
}

// checkLang refuses a language that no filter can be in.
func checkLang(lang string) error {
	if slices.Contains([]string{"", cql.LangText, cql.LangJSON}, lang) {
		return nil
	}
	return layers.Refuse(layers.ErrInvalid, "filter-lang %q is not offered; want %s or %s", "不支持 filter-lang“%s”；应为 %s 或 %s", lang, cql.LangText, cql.LangJSON)
}

// sorting reads sortby: names after an optional + or -. A + that was not encoded arrives as a space.
func (p params) sorting() []layers.Sort {
	text, ok := p["sortby"]
	if !ok {
		return nil
	}
	var by []layers.Sort
	for name := range strings.SplitSeq(text, ",") {
		name, descending := strings.CutPrefix(name, "-")
		if !descending {
			name = strings.TrimLeft(name, "+ ")
		}
		by = append(by, layers.Sort{Property: name, Descending: descending})
	}
	return by
}

// names reads a list of names; nil where the parameter is absent, none where it is empty.
func (p params) names(parameter string) []string {
	text, ok := p[parameter]
	switch {
	case !ok:
		return nil
	case text == "":
		return []string{}
	}
	return strings.Split(text, ",")
}

// yes reads a parameter that is true or false, or absent, which is false.
func (p params) yes(parameter string) (bool, error) {
	text, ok := p[parameter]
	if !ok {
		return false, nil
	}
	v, err := strconv.ParseBool(text)
	if err != nil {
		return false, layers.Refuse(layers.ErrInvalid, "%s=%s: want true or false", "%s=%s 有误：应为 true 或 false", parameter, text)
	}
	return v, nil
}

// filterable are the properties that are parameters too: simple values whose name no parameter has.
func filterable(l *layers.Layer, ways []string) []layers.Property {
	var out []layers.Property
	for _, p := range l.Properties {
		if p.Type != layers.JSON && p.Role != "hidden" && !slices.Contains(ways, p.Name) && !slices.Contains(whichParams, p.Name) {
			out = append(out, p)
		}
	}
	return out
}

// known are all parameters of a door that asks for features of a layer.
func known(l *layers.Layer, ways []string) []string {
	all := slices.Concat(ways, whichParams)
	for _, p := range filterable(l, ways) {
		all = append(all, p.Name)
	}
	return all
}
