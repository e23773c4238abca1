package api

import (
	"maps"

	"onemap/layers"
)

// parameterDoc is a parameter as the API definition and the readable documentation tell of it.
type parameterDoc struct {
	Name   string
	Zh, En string
	schema object
}

// parameterDocs are all parameters that doors of features share, by name; those of one door alone are beside it.
func parameterDocs() map[string]parameterDoc {
	text, uri, flag := object{"type": "string"}, object{"type": "string", "format": "uri"}, object{"type": "boolean", "default": false}
	list := func(most int) object {
		return object{"type": "array", "items": object{"type": "string"}, "maxItems": most}
	}
	out := map[string]parameterDoc{}
	for _, p := range []parameterDoc{
		{"f", "返回格式，优先于 Accept", "Format of the answer; overrides Accept", object{"type": "string", "enum": []any{"json", "html"}}},
		{"limit", "每页要素数，最多 10000", "Most features in a page; what is larger than the maximum means the maximum",
			object{"type": "integer", "minimum": 1, "maximum": layers.MaxLimit, "default": usualItems}},
		{"bbox", "范围，坐标次序依 bbox-crs",
			"Only features that touch the box: minx,miny,maxx,maxy or minx,miny,minz,maxx,maxy,maxz, axes as bbox-crs has them; west may be greater than east across the antimeridian",
			object{"type": "array", "minItems": 4, "maxItems": 6, "items": object{"type": "number"}}},
		{"bbox-crs", "范围的坐标系，默认 CRS84（经度,纬度）", "CRS of bbox; CRS84 if absent", uri},
		{"crs", "返回的坐标系，默认 CRS84；EPSG:4490、4326 为纬度在前，EPSG:4548 为北坐标在前", "CRS of the answer; CRS84 if absent. Axes are in the order of the CRS", uri},
		{"datetime", "时间：时刻、日期或起止时间", "Only features at this time: an instant, a day, or start/end with .. for an open end", text},
		{"cursor", "分页游标，取自 next 链接", "Where a page begins; copied from the link next", text},
		{"ids", "要素编号，逗号分隔，最多 1000 个", "Only features with one of these ids, comma separated", list(mostIDs)},
		{"filter", "过滤条件（CQL2）", "Only features that this CQL2 filter is true of", text},
		{"filter-lang", "过滤条件的语言，默认 cql2-text", "Language of filter; cql2-text if absent", object{"type": "string", "enum": []any{"cql2-text", "cql2-json"}, "default": "cql2-text"}},
		{"filter-crs", "过滤条件中坐标的坐标系，默认 CRS84", "CRS of coordinates in filter; CRS84 if absent", uri},
		{"as-of", "过去的时刻（RFC 3339）或变更日志位置，默认现在", "As things were at this moment (RFC 3339) or position of the change log; now if absent", text},
		{"sortby", "排序字段，逗号分隔，- 为降序；空值在后",
			"Properties to sort by, comma separated; - before one is descending, null comes last, features that are equal are in the order of their ids", list(32)},
		{"properties", "返回的属性，逗号分隔，默认全部", "Only these properties, comma separated; all if absent", object{"type": "array", "items": object{"type": "string"}}},
		{"skipGeometry", "不返回几何", "true leaves out the geometries, which are null then", flag},
		{"profile", "表示方式；只有一种", "A way to represent what is asked for; there is but one", text},
		{"from", "起始时刻（RFC 3339）或变更日志位置", "The first moment (RFC 3339), or position of the change log", text},
		{"to", "终止时刻（RFC 3339）或变更日志位置，默认现在", "The second moment (RFC 3339), or position of the change log; now if absent", text},
	} {
		out[p.Name] = p
	}
	maps.Copy(out, tileParameterDocs())
	return out
}

// parameterParts are the parameters that paths refer to.
func parameterParts() object {
	parts := object{}
	for name, p := range parameterDocs() {
		parts[name] = p.definition()
	}
	return parts
}

func (p parameterDoc) definition() object {
	return object{"name": p.Name, "in": "query", "required": p.Name == "from", "style": "form", "explode": false, "description": p.En, "schema": p.schema}
}
