package ows

import (
	"strings"

	"onemap/api/ows/xmltree"
	"onemap/layers/format"
)

// readQueries writes the queries of a request as parallel lists, as keyword-value pairs have them.
func readQueries(root *xmltree.Node, k KVP) {
	for _, stored := range root.All("StoredQuery") {
		k["storedquery_id"] = stored.Attr("id")
		for _, p := range stored.All("Parameter") {
			k[strings.ToLower(p.Attr("name"))] = strings.TrimSpace(p.Text)
		}
	}
	var queries []KVP
	for _, n := range root.All("Query") {
		queries = append(queries, readQuery(n))
	}
	for _, name := range perQuery {
		values, any := make([]string, len(queries)), false
		for i, q := range queries {
			values[i], any = q[name], any || q[name] != ""
		}
		switch {
		case !any:
		case len(values) == 1:
			k[name] = values[0]
		default:
			k[name] = "(" + strings.Join(values, ")(") + ")"
		}
	}
}

// readQuery reads wfs:Query of any version.
func readQuery(n *xmltree.Node) KVP {
	q := KVP{"srsname": n.Attr("srsName"), "aliases": n.Attr("aliases")}
	var types, properties, by []string
	for _, name := range strings.FieldsFunc(n.Attr("typeNames")+" "+n.Attr("typeName"), func(r rune) bool { return strings.ContainsRune(" \t\r\n,", r) }) {
		types = append(types, ownName(n, name))
	}
	for _, p := range n.All("PropertyName") {
		properties = append(properties, ownPath(p, p.Text))
	}
	for _, s := range n.All("SortBy") {
		for _, p := range s.All("SortProperty") {
			one := ""
			if ref := p.Child("ValueReference", "PropertyName"); ref != nil {
				one = ownPath(ref, ref.Text)
			}
			if order := p.Child("SortOrder"); order != nil {
				one += " " + strings.TrimSpace(order.Text)
			}
			by = append(by, one)
		}
	}
	q["typenames"], q["propertyname"], q["sortby"] = strings.Join(types, ","), strings.Join(properties, ","), strings.Join(by, ",")
	if f := n.Child("Filter"); f != nil {
		q["filter"] = string(appendNode(nil, f, ""))
	}
	return q
}

// ownName is a name under our own prefixes where it is of our namespaces, under none where it has none; one of a strange
// namespace stays strange.
func ownName(n *xmltree.Node, text string) string {
	name := n.Resolve(strings.TrimSpace(text))
	switch name.Space {
	case "":
		return name.Local
	case format.LayersNamespace, format.LayersPrefix:
		return format.LayersPrefix + ":" + name.Local
	case format.GML32().Namespace, format.GML2().Namespace:
		return "gml:" + name.Local
	}
	if strings.Contains(name.Space, "/") || strings.HasPrefix(name.Space, "urn:") {
		return "{" + name.Space + "}" + name.Local
	}
	return strings.TrimSpace(text) // its prefix is declared nowhere
}

// ownPath is a path whose steps are under our own prefixes.
func ownPath(n *xmltree.Node, text string) string {
	steps := strings.Split(strings.TrimSpace(text), "/")
	for i, step := range steps {
		name, index, _ := strings.Cut(step, "[")
		at := ""
		if attribute, ok := strings.CutPrefix(name, "@"); ok {
			name, at = attribute, "@"
		}
		if steps[i] = at + ownName(n, name); index != "" {
			steps[i] += "[" + index
		}
	}
	return strings.Join(steps, "/")
}

// appendNode writes an element again, each namespace declared where it begins and paths under our own prefixes, so that it
// stands alone.
func appendNode(b []byte, n *xmltree.Node, within string) []byte {
	b = append(append(b, '<'), n.Name.Local...)
	if n.Name.Space != within {
		b = append(append(append(b, ` xmlns="`...), format.EscapeXML(n.Name.Space)...), '"')
	}
	if n.Parent == nil || n.Name.Local == "Filter" {
		b = append(b, ` xmlns:`+format.LayersPrefix+`="`+format.LayersNamespace+`" xmlns:gml="`+format.GML32().Namespace+`"`...)
	}
	for _, a := range n.Attrs {
		if a.Name.Space == "" {
			b = append(append(append(append(append(b, ' '), a.Name.Local...), `="`...), format.EscapeXML(a.Value)...), '"')
		}
	}
	b = append(b, '>')
	switch n.Name.Local {
	case "ValueReference", "PropertyName":
		b = append(b, format.EscapeXML(ownPath(n, n.Text))...)
	default:
		b = append(b, format.EscapeXML(n.Text)...)
	}
	for _, c := range n.Children {
		b = appendNode(b, c, n.Name.Space)
	}
	return append(append(append(b, "</"...), n.Name.Local...), '>')
}
