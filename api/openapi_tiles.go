package api

import (
	"onemap/layers"
	"onemap/tiles"
)

// tilePaths are the paths of OGC API - Tiles. The ends of their operationIds are those of 20-057, annex D.
func tilePaths(ls []*layers.Layer, sets []*tiles.MatrixSet) object {
	f := ref("parameters", "f")
	set, place := setParameter(sets), tilePlace()
	out := object{
		"/tileMatrixSets":                   operation("getTileMatrixSetsList", "Tiles", "All tile matrix sets", []any{f}, answers("Document", "404")),
		"/tileMatrixSets/{tileMatrixSetId}": operation("getTileMatrixSet", "Tiles", "A tile matrix set", []any{f, set}, answers("Document", "404")),
	}
	chosen := func(own ...any) []any {
		for _, name := range tileChoiceDocs {
			own = append(own, ref("parameters", name))
		}
		return own
	}
	tilesets := func(at, id, tag, of string, own ...any) {
		list, one, tile := id+".vector.getTileSetsList", id+".vector.getTileSet", id+".vector.getTile"
		out[at+"/tiles"] = operation(list, tag, "Tilesets of "+of, chosen(append(own, f)...), answers("Document", "404"))
		out[at+"/tiles/{tileMatrixSetId}"] = operation(one, tag, "A tileset of "+of, chosen(append(own, f, set)...), answers("Document", "404"))
		out[at+"/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"] = operation(tile, tag, "A tile of "+of,
			chosen(append(append(own, ref("parameters", "tile-f"), set), place...)...), tileAnswers())
	}
	tilesets("", "onemap.dataset", "Tiles", "the whole map", ref("parameters", "collections"))
	for _, l := range ls {
		if l.Table.Geom != "" {
			tilesets("/collections/"+l.Name, l.Name+".collection", l.Name, bilingual(l.Title, l.TitleEn))
		}
	}
	return out
}

func setParameter(sets []*tiles.MatrixSet) object {
	ids := []any{}
	for _, s := range sets {
		ids = append(ids, s.ID)
	}
	return pathParameter("tileMatrixSetId", "A tile matrix set", object{"type": "string", "enum": ids})
}

func tilePlace() []any {
	whole := object{"type": "integer", "minimum": 0}
	return []any{
		pathParameter("tileMatrix", "Zoom, one of the set's matrices", object{"type": "string"}),
		pathParameter("tileRow", "Row, from the north", whole),
		pathParameter("tileCol", "Column, from the west", whole),
	}
}

func pathParameter(name, description string, schema object) object {
	return object{"name": name, "in": "path", "required": true, "description": description, "schema": schema}
}

func tileAnswers() object {
	return answers("Tile", "404") // one that has no bytes has nothing in it
}

// tileChoiceDocs are tileChoice by their names in parameterDocs: properties are not those of features.
var tileChoiceDocs = []string{"as-of", "filter", "filter-lang", "tile-properties"}

// tileParameterDocs are the parameters of tiles that doors of features do not have, or mean otherwise.
func tileParameterDocs() map[string]parameterDoc {
	list := object{"type": "array", "items": object{"type": "string"}}
	return map[string]parameterDoc{
		"tile-f":          {"f", "瓦片格式，优先于 Accept", "Format of the tile; overrides Accept", object{"type": "string", "enum": []any{"mvt"}}},
		"tile-properties": {"properties", "绘图所需之外还要的属性，逗号分隔", "Properties wanted besides those that drawing needs, comma separated", list},
		"collections":     {"collections", "只要这些图层，依此次序，逗号分隔", "Only these collections, in this order: ids or addresses, comma separated", list},
	}
}
