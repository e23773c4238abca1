package api

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/layers/cql"
)

const (
	typeSchema = "application/schema+json"

	relQueryables = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
	relSortables  = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
	relSchema     = "http://www.opengis.net/def/rel/ogc/1.0/schema"
	relFunctions  = "http://www.opengis.net/def/rel/ogc/1.0/functions"
)

var schemas = []served{{"json", typeSchema, []string{typeJSON}}, {"html", typeHTML, nil}}

// schemaDoc describes a layer's features, what they can be asked by, or sorted by (OGC API - Features Part 5, 23-058r2).
type schemaDoc struct {
	Schema               string            `json:"$schema"`
	ID                   string            `json:"$id"`
	Type                 string            `json:"type"`
	Title                string            `json:"title"`
	Description          string            `json:"description,omitempty"`
	Properties           map[string]object `json:"properties"`
	Required             []string          `json:"required,omitempty"`
	AdditionalProperties bool              `json:"additionalProperties"`
}

// schema describes what a feature has; queryables what a filter can name; sortables what sortby can.
func (s *Server) schema(c echo.Context) error {
	return s.describeFeatures(c, "字段 Schema", func(l *layers.Layer) map[string]object { return propertySchemas(l, true) })
}

func (s *Server) queryables(c echo.Context) error {
	return s.describeFeatures(c, "可查询字段 Queryables", func(l *layers.Layer) map[string]object { return propertySchemas(l, false) })
}

func (s *Server) sortables(c echo.Context) error {
	return s.describeFeatures(c, "可排序字段 Sortables", func(l *layers.Layer) map[string]object {
		out := propertySchemas(l, false)
		delete(out, l.Table.Geom)
		return out
	})
}

// describeFeatures answers with a schema of one layer. A profile changes nothing (Part 5, requirement /req/profile-parameter).
func (s *Server) describeFeatures(c echo.Context, what string, properties func(*layers.Layer) map[string]object) error {
	p, err := query(c.Request(), "f", "profile")
	if err != nil {
		return err
	}
	f, err := negotiate(c, p["f"], schemas)
	if err != nil {
		return err
	}
	l, err := s.ground().Store.Layer(c.Request().Context(), auth.Actor(c), param(c, "layer"))
	if err != nil {
		return err
	}
	doc := s.newSchema(c, bilingual(l.Title, l.TitleEn), l.Description, properties(l))
	if c.Path() == "/ogc/collections/:layer/schema" {
		for _, p := range l.Properties {
			if _, shown := doc.Properties[p.Name]; p.Required && shown {
				doc.Required = append(doc.Required, p.Name)
			}
		}
	}
	last := c.Path()[strings.LastIndex(c.Path(), "/")+1:]
	return s.render(c, f, doc, "schema", view{Title: l.Title, TitleEn: l.TitleEn, Crumbs: crumbs("collections", "图层 Collections", l.Name, l.Title, last, what), Data: doc})
}

// allQueryables are what a filter can name whatever the layer: the properties that all have.
func (s *Server) allQueryables(c echo.Context) error {
	f, err := s.formatOf(c, schemas)
	if err != nil {
		return err
	}
	doc := s.newSchema(c, serviceTitle, "", map[string]object{})
	ls, err := s.ground().Store.Layers(c.Request().Context(), auth.Actor(c))
	if err != nil {
		return err
	}
	for i, l := range ls {
		here := propertySchemas(l, false)
		for name := range doc.Properties {
			if _, ok := here[name]; !ok {
				delete(doc.Properties, name)
			}
		}
		if i == 0 {
			doc.Properties = here
		}
	}
	return s.render(c, f, doc, "schema", view{Title: "可查询字段", TitleEn: "Queryables", Crumbs: crumbs("queryables", "可查询字段 Queryables"), Data: doc})
}

func (s *Server) newSchema(c echo.Context, title, description string, properties map[string]object) schemaDoc {
	here, _, _ := strings.Cut(s.here(c, func(url.Values) {}), "?")
	return schemaDoc{Schema: "https://json-schema.org/draft/2020-12/schema", ID: here, Type: "object", Title: title, Description: description, Properties: properties}
}

// propertySchemas describes the properties of a layer's features by name; whole with the key, objects and the parts they play.
func propertySchemas(l *layers.Layer, whole bool) map[string]object {
	out := map[string]object{}
	for i, p := range l.Properties {
		if p.Role == "hidden" || p.Type == layers.JSON && !whole {
			continue
		}
		schema := schemaOf(p.Type)
		if p.Type == layers.JSON {
			schema = object{"type": "object"}
		}
		schema["title"] = bilingual(p.Title, p.TitleEn)
		if p.Description != "" {
			schema["description"] = p.Description
		}
		if p.Unit != "" {
			schema["x-ogc-unit"] = p.Unit
		}
		if whole {
			schema["x-ogc-propertySeq"] = i + 2
			if p.Name == l.TimeField {
				schema["x-ogc-role"] = "primary-instant"
			}
		}
		out[p.Name] = schema
	}
	if l.Table.Geom != "" {
		out[l.Table.Geom] = object{"title": "几何 Geometry", "format": geometryFormat(l.GeometryType)}
		if whole {
			out[l.Table.Geom]["x-ogc-role"], out[l.Table.Geom]["x-ogc-propertySeq"] = "primary-geometry", len(l.Properties)+2
		}
	}
	if key := l.Table.Key; whole && key != "" {
		out[key] = object{"title": "编号 Id", "type": "string", "readOnly": true, "x-ogc-role": "id", "x-ogc-propertySeq": 1}
	}
	return out
}

// geometryFormat is what Part 5 calls a kind of geometry.
func geometryFormat(geometry string) string {
	switch geometry {
	case "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection":
		return "geometry-" + strings.ToLower(geometry)
	}
	return "geometry-any"
}

// functionDoc is a function that filters can call.
type functionDoc struct {
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Args        []functionArg `json:"args,omitempty"`
	Returns     []string      `json:"returns"`
}

type functionArg struct {
	Type []string `json:"type"`
}

// functions lists what filters can call besides the operators.
func (s *Server) functions(c echo.Context) error {
	f, err := s.formatOf(c, documents)
	if err != nil {
		return err
	}
	doc := struct {
		Functions []functionDoc `json:"functions"`
		Links     []link        `json:"links"`
	}{nil, s.selfLinks(c, f, documents)}
	for _, fn := range cql.Functions {
		one := functionDoc{Name: fn.Name, Description: bilingual(fn.Words.Zh, fn.Words.En), Returns: functionTypes(fn.Gives)}
		for _, arg := range fn.Args {
			one.Args = append(one.Args, functionArg{functionTypes(arg)})
		}
		doc.Functions = append(doc.Functions, one)
	}
	return s.render(c, f, doc, "functions", view{Title: "过滤函数", TitleEn: "Functions", Crumbs: crumbs("functions", "过滤函数 Functions"), Data: doc.Functions})
}

// functionTypes is a kind of values in the words of Part 3 (19-079r2, table 12).
func functionTypes(k cql.Kind) []string {
	switch k {
	case cql.Text:
		return []string{"string"}
	case cql.Number:
		return []string{"number", "integer"}
	case cql.Boolean:
		return []string{"boolean"}
	case cql.Shape:
		return []string{"geometry"}
	}
	return []string{"datetime"}
}
