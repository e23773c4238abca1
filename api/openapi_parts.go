package api

// components are the parameters, responses and schemas that the paths refer to.
func components() object {
	return object{"parameters": parameterParts(), "responses": responseParts(), "schemas": schemaParts()}
}

func responseParts() object {
	answer := func(description, media, schema string) object {
		return object{"description": description, "content": object{
			media:       object{"schema": ref("schemas", schema)},
			"text/html": object{"schema": object{"type": "string"}},
		}}
	}
	problem := answer("What went wrong and what to do about it", typeProblem, "Problem")
	geo := func(description, schema string) object {
		a := answer(description, typeGeoJSON, schema)
		a["headers"] = object{"Content-Crs": object{"description": "CRS of the coordinates, in angle brackets", "schema": object{"type": "string"}}}
		return a
	}
	return object{
		"LandingPage":   answer("Links to everything else", typeJSON, "LandingPage"),
		"ApiDefinition": answer("The API definition", typeOpenAPI, "Object"),
		"Conformance":   answer("Conformance classes", typeJSON, "Conformance"),
		"Collections":   answer("The layers", typeJSON, "Collections"),
		"Collection":    answer("A layer", typeJSON, "Collection"),
		"Page":          pageContent(geo("A page of features", "FeatureCollection")),
		"Feature":       geo("A feature", "Feature"),
		"Document":      answer("The document", typeJSON, "Object"),
		"Tile":          object{"description": "A tile", "content": object{typeTile: object{"schema": object{"type": "string", "format": "binary"}}}},
		"Schema":        answer("A JSON schema", typeSchema, "Schema"),
		"Functions":     answer("Functions that filters can call", typeJSON, "Functions"),
		"Versions":      geo("What a feature was and is, newest first", "Versions"),
		"Difference":    geo("Features that are not the same at two moments", "Difference"),
		"NotModified":   object{"description": "What the client has (If-None-Match) is still true"},
		"Problem":       problem,
	}
}

func schemaParts() object {
	text, number, integer := object{"type": "string"}, object{"type": "number"}, object{"type": "integer"}
	list := func(items object) object { return object{"type": "array", "items": items} }
	thing := func(properties object, required ...any) object {
		of := object{"type": "object", "properties": properties}
		if len(required) > 0 {
			of["required"] = required
		}
		return of
	}
	links := list(ref("schemas", "Link"))
	nullable := func(schema object) object { schema["nullable"] = true; return schema }
	moment := func() object { return object{"type": "string", "format": "date-time"} }
	extended := func(of string, more object) object {
		return object{"allOf": []any{ref("schemas", of), object{"type": "object", "properties": more}}}
	}
	return object{
		"Object":      object{"type": "object"},
		"Link":        thing(object{"href": text, "rel": text, "type": text, "title": text, "hreflang": text}, "href", "rel"),
		"LandingPage": thing(object{"title": text, "description": text, "attribution": text, "links": links}, "links"),
		"Conformance": thing(object{"links": links, "conformsTo": list(text)}, "conformsTo"),
		"Collections": thing(object{"links": links, "collections": list(ref("schemas", "Collection"))}, "links", "collections"),
		"Collection": thing(object{
			"id": text, "title": text, "description": text, "attribution": text, "itemType": text,
			"crs": list(text), "storageCrs": text, "links": links, "extent": ref("schemas", "Extent"),
		}, "id", "links"),
		"Extent": object{"type": "object", "properties": object{
			"spatial": object{"type": "object", "properties": object{
				"bbox": list(object{"type": "array", "minItems": 4, "maxItems": 6, "items": number}), "crs": text,
			}},
		}},
		"FeatureCollection": thing(object{
			"type": object{"type": "string", "enum": []any{"FeatureCollection"}}, "features": list(ref("schemas", "Feature")),
			"numberMatched": integer, "numberReturned": integer, "timeStamp": object{"type": "string", "format": "date-time"}, "links": links,
		}, "type", "features"),
		"Feature": thing(object{
			"type": object{"type": "string", "enum": []any{"Feature"}}, "id": object{"oneOf": []any{text, number}},
			"geometry": object{"type": "object", "nullable": true, "properties": object{"type": text}}, "properties": object{"type": "object", "nullable": true}, "links": links,
		}, "type", "geometry", "properties"),
		"Schema": thing(object{
			"$schema": text, "$id": text, "type": text, "title": text, "description": text, "properties": object{"type": "object"},
			"required": list(text), "additionalProperties": object{"type": "boolean"},
		}, "$schema", "$id", "type", "properties"),
		"Functions": thing(object{"links": links, "functions": list(thing(object{
			"name": text, "description": text, "returns": list(text), "args": list(thing(object{"type": list(text)})),
		}, "name", "returns"))}, "functions"),
		"Versions": extended("FeatureCollection", object{"features": list(extended("Feature", object{
			"version": integer, "validFrom": nullable(moment()), "validTo": nullable(moment()), "position": nullable(object{"type": "integer"}),
			"op": text, "actor": text, "reason": text, "changed": nullable(list(text)),
		}))}),
		"Difference": extended("FeatureCollection", object{
			"from": integer, "to": integer, "counts": object{"type": "object", "properties": object{"added": integer, "removed": integer, "changed": integer}},
			"features": list(extended("Feature", object{
				"change": object{"type": "string", "enum": []any{"added", "removed", "changed"}}, "changed": nullable(list(text)),
				"before": nullable(object{"type": "object"}), "after": nullable(object{"type": "object"}), "geometryBefore": nullable(object{"type": "object"}),
			})),
		}),
		"Problem": thing(object{
			"type": text, "title": text, "titleEn": text, "titleZh": text, "status": integer,
			"detail": text, "detailEn": text, "detailZh": text, "instance": text, "requestId": text,
		}, "title", "status"),
	}
}
