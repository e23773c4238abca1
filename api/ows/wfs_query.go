package ows

import (
	"slices"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
)

// perQuery are the parameters that each query of a request has its own of.
var perQuery = []string{"typenames", "srsname", "propertyname", "filter", "bbox", "resourceid", "sortby", "aliases"}

// otherNames are what older versions, and clients that mix them, call parameters.
var otherNames = map[string][]string{"typenames": {"typename"}, "resourceid": {"featureid"}, "count": {"maxfeatures"}}

// wfsQuery is one query of a request, read.
type wfsQuery struct {
	layer *layers.Layer // with the properties that the answer has
	find  layers.Query
	in    srs
	nils  []string // properties that the answer says xsi:nil of where they are null
}

// unify brings parameters to their names of WFS 2.0.
func unify(k KVP) {
	for name, others := range otherNames {
		for _, other := range others {
			if _, ok := k[name]; !ok && k[other] != "" {
				k[name] = k[other]
			}
			delete(k, other)
		}
	}
}

// split takes a request with several queries apart: parallel lists in parentheses or, of types in WFS 1, with commas.
func (v wfsVersion) split(k KVP) ([]KVP, error) {
	types := groups(k["typenames"])
	if len(types) == 1 && !v.joins {
		types = strings.Split(types[0], ",")
	}
	for _, name := range perQuery {
		if list := groups(k[name]); name != "typenames" && len(list) > 1 && len(list) != len(types) {
			return nil, Invalid(name, "%s is a list of %d and there are %d queries", "参数 %s 有 %d 项，而查询有 %d 个", name, len(list), len(types))
		}
	}
	var out []KVP
	for i, t := range types {
		q := KVP{"typenames": t}
		for _, name := range perQuery[1:] {
			switch list := groups(k[name]); len(list) {
			case 0:
			case 1:
				q[name] = list[0]
			default:
				q[name] = list[i]
			}
		}
		out = append(out, q)
	}
	return out, nil
}

// groups takes (a)(b) apart; what has no parentheses around it is one.
func groups(text string) []string {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	inner, ok := strings.CutPrefix(text, "(")
	if !ok || !strings.HasSuffix(inner, ")") {
		return []string{text}
	}
	return strings.Split(strings.TrimSuffix(inner, ")"), ")(")
}

// typeName finds the layer that a name of a type stands for.
func (r *wfsRequest) typeName(locator, name string) (*layers.Layer, error) {
	local := strings.TrimSpace(name)
	if prefix, rest, ok := strings.Cut(local, ":"); ok && !strings.HasPrefix(local, "{") {
		if uri, said := r.spaces[prefix]; said && uri != format.LayersNamespace {
			return nil, unknownType(locator, name)
		}
		local = rest
	}
	if l := r.layers[format.FromXMLName(local)]; l != nil {
		return l, nil
	}
	return nil, unknownType(locator, name)
}

func unknownType(locator, name string) error {
	return Invalid(locator, "there is no feature type %q; they are in the capabilities", "没有要素类型“%s”，可选项见能力文档", name)
}

// prefixes are those of the parameter NAMESPACES: xmlns(p,uri) or, of WFS 1.1, xmlns(p=uri), several with commas.
func prefixes(k KVP) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(k["namespaces"]+k["namespace"], "xmlns(") {
		inner, _, _ := strings.Cut(part, ")")
		prefix, uri, ok := strings.Cut(inner, ",")
		if before, after, equals := strings.Cut(inner, "="); equals && (!ok || len(before) < len(prefix)) {
			prefix, uri, ok = before, after, true
		}
		if ok {
			out[strings.TrimSpace(prefix)] = strings.TrimSpace(uri)
		}
	}
	return out
}

// mostQueries is how many one request may have.
const mostQueries = 1000

// queries reads all queries of a request; without types they follow from the ids.
func (r *wfsRequest) queries() ([]*wfsQuery, error) {
	if r.kvp["typenames"] == "" {
		return r.byID()
	}
	parts, err := r.version.split(r.kvp)
	if err != nil {
		return nil, err
	}
	if len(parts) > mostQueries {
		return nil, Invalid("typeNames", "%d queries in one request; want at most %d", "一次请求含 %d 个查询，至多 %d 个", len(parts), mostQueries)
	}
	var out []*wfsQuery
	for _, k := range parts {
		q, err := r.query(k)
		if err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, nil
}

// byID makes a query for each layer that ids are of.
func (r *wfsRequest) byID() ([]*wfsQuery, error) {
	ids := r.kvp.List("resourceid")
	if ids == nil {
		return nil, Missing("typeNames")
	}
	of := map[string][]string{}
	var order []string
	for _, id := range ids {
		layer, key, ok := format.FeatureOfGMLID(id)
		if r.layers[layer] == nil || !ok {
			continue // an id that no feature has
		}
		if of[layer] == nil {
			order = append(order, layer)
		}
		of[layer] = append(of[layer], key)
	}
	out := []*wfsQuery{}
	for _, name := range order {
		q, err := r.query(KVP{"typenames": name, "srsname": r.kvp["srsname"], "propertyname": r.kvp["propertyname"], "sortby": r.kvp["sortby"]})
		if err != nil {
			return nil, err
		}
		q.find.IDs = of[name]
		out = append(out, q)
	}
	return out, nil
}

// query reads one query.
func (r *wfsRequest) query(k KVP) (*wfsQuery, error) {
	if strings.Contains(k["typenames"], ",") {
		return nil, Refuse(OperationNotSupported, "typeNames", "joins are not offered; several queries are written (a)(b)", "不支持连接查询；多个查询应写作 (a)(b)")
	}
	l, err := r.typeName("typeName", k["typenames"])
	if err != nil {
		return nil, err
	}
	q := &wfsQuery{layer: l}
	if q.in, err = r.version.srsOf(l, k["srsname"]); err != nil {
		return nil, err
	}
	q.find.SRID = q.in.answer(l)
	if err := r.where(q, k); err != nil {
		return nil, err
	}
	if q.find.Sort, err = sortOf(l, k["sortby"]); err != nil {
		return nil, err
	}
	return q, q.only(k["propertyname"])
}

// where reads which features are wanted.
func (r *wfsRequest) where(q *wfsQuery, k KVP) error {
	said := slices.DeleteFunc([]string{"filter", "bbox", "resourceid"}, func(name string) bool { return k[name] == "" })
	if len(said) > 1 {
		return Invalid(said[1], "only one of %s can be given; a filter can say both", "%s 只能给出其一，可写在同一个过滤条件中", strings.Join(said, ", "))
	}
	switch {
	case k["bbox"] != "":
		b, srid, err := r.version.parseBBox(k["bbox"], q.layer)
		if err == nil {
			err = r.known("bbox", q.layer, srid)
		}
		if err != nil {
			return err
		}
		q.find.Bounds, q.find.BoundsSRID = &b, srid
		q.find.Filter = present(q.layer.Table.Geom)
	case k["resourceid"] != "":
		return q.ids(k.List("resourceid"))
	case k["filter"] != "":
		return r.filter(q, k["filter"], strings.TrimSpace(k["aliases"]))
	}
	return nil
}

// ids keeps features by their ids; one of another layer is an error.
func (q *wfsQuery) ids(ids []string) error {
	q.find.IDs = []string{}
	for _, id := range ids {
		layer, key, ok := format.FeatureOfGMLID(id)
		if ok && layer == q.layer.Name {
			q.find.IDs = append(q.find.IDs, key)
		} else if ok {
			return Invalid("resourceId", "the id %q is not of the type %s", "编号“%s”不属于类型 %s", id, q.layer.Name)
		}
	}
	return nil
}

// only reads which properties are wanted; "*", and the geometry alone, are said in the same way.
func (q *wfsQuery) only(text string) error {
	if text == "" {
		return nil
	}
	names, geometry := []string{}, false
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "*" {
			return nil
		}
		ref, err := referenceOf("propertyName", q.layer, part)
		if err != nil {
			return err
		}
		switch ref.kind {
		case geometryReference:
			geometry = true
		case propertyReference:
			names = append(names, ref.name)
		}
	}
	q.find.Properties, q.find.NoGeometry = names, !geometry
	var err error
	q.layer, err = q.layer.Only(names)
	return err
}

// sortOf reads "name, size DESC", or with D and A as older clients send them.
func sortOf(l *layers.Layer, text string) ([]layers.Sort, error) {
	if text == "" {
		return nil, nil
	}
	var out []layers.Sort
	for part := range strings.SplitSeq(text, ",") {
		words := strings.FieldsFunc(part, func(r rune) bool { return r == ' ' || r == '+' })
		if len(words) == 0 || len(words) > 2 {
			return nil, Invalid("sortBy", "%q is no criterion; want a property and ASC or DESC", "排序项“%s”应为字段名和 ASC 或 DESC", part)
		}
		ref, err := referenceOf("sortBy", l, words[0])
		if err == nil && ref.kind != propertyReference && ref.kind != idReference {
			err = Invalid("sortBy", "%q has no order", "“%s”不能排序", words[0])
		}
		if err != nil {
			return nil, err
		}
		s := layers.Sort{Property: ref.name}
		if len(words) == 2 {
			switch strings.ToUpper(words[1]) {
			case "ASC", "A":
			case "DESC", "D":
				s.Descending = true
			default:
				return nil, Invalid("sortBy", "%q is neither ASC nor DESC", "“%s”应为 ASC 或 DESC", words[1])
			}
		}
		out = append(out, s)
	}
	return out, nil
}
