package api

import (
	"maps"
	"slices"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/tiles"
)

// object is a JSON object of the API definition.
type object = map[string]any

// definition is the OpenAPI 3.0 document of /ogc, made from the layers and the tables that serve. It is whole: no
// reference leaves it. Each collection has its own paths, for its own filters.
func (s *Server) definition(c echo.Context) error {
	f, err := s.formatOf(c, openAPI)
	if err != nil {
		return err
	}
	if f.f == "html" {
		return s.definitionPage(c)
	}
	ls, err := s.ground().Store.Layers(c.Request().Context(), auth.Actor(c))
	if err != nil {
		return err
	}
	return renderJSON(c, typeOpenAPI, describeAPI(s.root(c)+"/ogc", ls, s.ground().Tiles.MatrixSets()))
}

func describeAPI(server string, ls []*layers.Layer, sets []*tiles.MatrixSet) object {
	paths := object{
		"/":            operation("getLandingPage", "Capabilities", "Landing page: links to everything else", []any{ref("parameters", "f")}, answers("LandingPage", "404")),
		"/api":         operation("getApiDefinition", "Capabilities", "This document", []any{ref("parameters", "f")}, answers("ApiDefinition", "404")),
		"/conformance": operation("getConformance", "Capabilities", "Standards kept to", []any{ref("parameters", "f")}, answers("Conformance", "404")),
		"/collections": operation("getCollections", "Capabilities", "All layers", []any{ref("parameters", "f")}, answers("Collections", "404")),
	}
	only := []any{ref("parameters", "f")}
	paths["/functions"] = operation("getFunctions", "Capabilities", "Functions that filters can call", only, answers("Functions", "404"))
	paths["/queryables"] = operation("getQueryables", "Capabilities", "What filters of every layer can name", only, answers("Schema", "404"))
	maps.Copy(paths, tilePaths(ls, sets))
	tags := []any{object{"name": "Capabilities", "description": "What there is"}, object{"name": "Tiles", "description": "Vector tiles of the whole map"}}
	for _, l := range ls {
		at, title := "/collections/"+l.Name, bilingual(l.Title, l.TitleEn)
		tags = append(tags, object{"name": l.Name, "description": title})
		paths[at] = operation("describe."+l.Name, l.Name, "Collection "+title, []any{ref("parameters", "f")}, answers("Collection", "404"))
		for name, summary := range map[string]string{"schema": "What features have: ", "queryables": "What filters can name: ", "sortables": "What features can be sorted by: "} {
			paths[at+"/"+name] = operation("get."+name+"."+l.Name, l.Name, summary+title, refs([]string{"f", "profile"}), answers("Schema", "404"))
		}
		paths[at+"/items"] = operation("getFeatures."+l.Name, l.Name, "Features of "+title, itemsParameters(l), answers("Page", "404"))
		item := []any{object{"name": "featureId", "in": "path", "required": true, "description": "Id of the feature", "schema": object{"type": "string"}}}
		item = append(item, refs(append(answerParams, "as-of"))...)
		paths[at+"/items/{featureId}"] = operation("getFeature."+l.Name, l.Name, "One feature of "+title, item, answers("Feature", "404"))
		paths[at+"/items/{featureId}/versions"] = operation("getVersions."+l.Name, l.Name, "What a feature of "+title+" was and is", append(item[:1:1], limited(versionsWays, usualVersions, mostVersions)...), answers("Versions", "404"))
		paths[at+"/difference"] = operation("getDifference."+l.Name, l.Name, "What is not the same at two moments in "+title, limited(differenceWays, usualDifferences, mostDifferences), answers("Difference", "404"))
	}
	return object{
		"openapi": "3.0.3",
		"info": object{
			"title": serviceTitle, "version": "1.0.0", "description": serviceSummary,
			"x-limit": object{"default": usualItems, "maximum": layers.MaxLimit},
		},
		"servers": []any{object{"url": server, "description": "This server"}},
		"tags":    tags, "paths": paths, "components": components(),
	}
}

func operation(id, tag, summary string, parameters []any, responses object) object {
	return object{"get": object{"operationId": id, "tags": []any{tag}, "summary": summary, "parameters": parameters, "responses": responses}}
}

func ref(kind, name string) object { return object{"$ref": "#/components/" + kind + "/" + name} }

// refs refer to parameters by their names.
func refs(names []string) []any {
	out := []any{}
	for _, name := range names {
		out = append(out, ref("parameters", name))
	}
	return out
}

// limited are parameters of a door whose pages are of other sizes than those of items.
func limited(names []string, usual, most int) []any {
	out := refs(names)
	limit := parameterDocs()["limit"]
	limit.schema = object{"type": "integer", "minimum": 1, "maximum": most, "default": usual}
	out[slices.Index(names, "limit")] = limit.definition()
	return out
}

// answers are the responses of a resource: its own, and those all share.
func answers(ok string, also ...string) object {
	out := object{"200": ref("responses", ok), "304": ref("responses", "NotModified")}
	for _, code := range append(also, "400", "406", "500", "503") {
		out[code] = ref("responses", "Problem")
	}
	return out
}

// itemsParameters are those of one layer's items: the common ones, and a filter for each simple property.
func itemsParameters(l *layers.Layer) []any {
	out := refs(slices.Concat(itemsWays, whichParams))
	out[slices.Index(itemsWays, "f")] = formatParameter().definition()
	for _, p := range filterable(l, itemsWays) {
		out = append(out, object{
			"name": p.Name, "in": "query", "required": false, "style": "form", "explode": false,
			"description": bilingual(p.Title, p.TitleEn) + ": only features with this value", "schema": schemaOf(p.Type),
		})
	}
	return out
}

func schemaOf(t layers.Type) object {
	switch t {
	case layers.Integer, layers.Number, layers.Boolean:
		return object{"type": string(t)}
	case layers.Date, layers.DateTime:
		return object{"type": "string", "format": string(t)}
	}
	return object{"type": "string"}
}
