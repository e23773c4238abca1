package api

import (
	"strings"

	"onemap/layers/format"
)

// doorDoc tells people of one address.
type doorDoc struct {
	Path, Zh, En string
	Example      string // below the server's address; "" = Path
	Parameters   []parameterDoc
}

// documented is what the readable documentation lists.
func documented() []doorDoc {
	docs := parameterDocs()
	of := func(names ...string) (out []parameterDoc) {
		for _, name := range names {
			out = append(out, docs[name])
		}
		return out
	}
	own := func(name, zh, en string) parameterDoc { return parameterDoc{name, zh, en, nil} }
	choice := of(tileChoiceDocs...)
	which := append(of(whichParams...), own("{属性 property}", "任一属性等于该值", "Only features whose property has this value, e.g. dlbm=0101"))
	return []doorDoc{
		{"/ogc", "服务入口", "Landing page of the OGC API", "", nil},
		{"/ogc/api", "OpenAPI 3.0 接口定义", "API definition (OpenAPI 3.0)", "/ogc/api?f=json", nil},
		{"/ogc/conformance", "符合的标准", "Conformance classes", "", nil},
		{"/ogc/collections", "全部图层", "All layers", "", nil},
		{"/ogc/collections/{layer}", "一个图层", "One layer", "", nil},
		{"/ogc/collections/{layer}/schema", "字段", "What features have (JSON schema)", "", of("f")},
		{"/ogc/collections/{layer}/queryables", "可查询字段", "What filters can name (JSON schema)", "", of("f")},
		{"/ogc/collections/{layer}/sortables", "可排序字段", "What features can be sorted by (JSON schema)", "", of("f")},
		{"/ogc/functions", "过滤函数", "Functions that filters can call", "", of("f")},
		{"/ogc/collections/{layer}/items", "图层的要素（GeoJSON，或 f= 所说的文件格式）", "Features of a layer (GeoJSON, or a file of the format that f= says)", "", append(of(itemsWays...), which...)},
		{"/ogc/collections/{layer}/items/{id}", "一个要素", "One feature", "", of(append(answerParams, "as-of")...)},
		{"/ogc/tiles", "全图的瓦片集（OGC API Tiles）", "Tilesets of the whole map (OGC API - Tiles)", "", append(of("collections"), choice...)},
		{"/ogc/tiles/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}", "瓦片，先行后列", "A tile: the row before the column", "", nil},
		{"/ogc/collections/{layer}/tiles", "一个图层的瓦片集", "Tilesets of a layer", "", choice},
		{"/ogc/tileMatrixSets", "瓦片矩阵集", "Tile matrix sets", "", nil},
		{"/wfs", "WFS 2.0、1.1、1.0（GET 或 POST）", "WFS 2.0, 1.1 and 1.0 (by GET or POST)", "/wfs?service=WFS&request=GetCapabilities", nil},
		{"/wmts", "WMTS 1.0.0（矢量瓦片）", "WMTS 1.0.0 (vector tiles)", "/wmts?service=WMTS&request=GetCapabilities", nil},
		{"/wmts/1.0.0/{layer[,layer…]}/default/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.mvt", "WMTS 的瓦片（RESTful）", "A tile of WMTS, RESTful", "", choice},
		{"/tiles/[{tileMatrixSet}/]{layer[,layer…]}.json", "瓦片说明（TileJSON 3.0）", "What is in the tiles (TileJSON 3.0)", "", choice},
		{"/tiles/[{tileMatrixSet}/]{layer[,layer…]}/{z}/{x}/{y}.mvt", "矢量瓦片（MVT 2.1），默认 WebMercatorQuad", "Vector tiles (MVT 2.1), in WebMercatorQuad unless a set is named", "", choice},
		{"/ogc/collections/{layer}/items/{id}/versions", "一个要素的历史：各版本的属性、几何、操作者、原因，最新在前", "What a feature was and is: properties, geometry, by whom and why, newest first", "", of(versionsWays...)},
		{"/ogc/collections/{layer}/difference", "图层在两个时刻之间的变化：新增、删除、修改的要素", "Features of a layer that were added, removed or changed between two moments", "", of(differenceWays...)},
		{"/layers/{layer}/export", "整个图层导出为文件", "A whole layer as a file", "", append([]parameterDoc{
			own("f", "格式："+formatNames(), "Format: "+formatNames()), docs["crs"], docs["properties"], docs["sortby"],
			own("encoding", "文本编码，默认 UTF-8", "Encoding of text, e.g. GB18030; UTF-8 if absent"), own("names", "字段名：name 或 title（中文名）", "What fields are called: name, or title, the Chinese one"),
			own("codes", "代码：code、name 或 both", "Coded values as code, name or both"), own("id", "把要素编号写入此名称的字段", "Write the feature's id as a field of this name")}, which...)},
		{"/layers/{layer}/ids", "符合条件的全部要素编号，按排序", "Ids of all features that are meant, in order", "", append(of(idsWays...), which...)},
		{"/layers/{layer}/statistics", "一个字段的统计：个数、空值、最小、最大、平均、合计、分布", "What the values of a property are like: count, nulls, min, max, mean, sum, histogram", "",
			append([]parameterDoc{own("property", "字段", "The property"), own("values", "最常见值的个数，默认 20", "How many of the most frequent values; 20 if absent")}, which...)},
		{"/changes", "全部变更，按提交次序；用上次的 next 续读", "All changes in the order of their commits; go on with the next you were given", "", []parameterDoc{
			own("since", "从该游标之后开始", "Begin behind this cursor"), own("layers", "图层名，逗号分隔", "Layer names, comma separated"), own("limit", "最多条数，至多 1000", "Most changes, at most 1000")}},
		{"/styles/onemap.json", "地图样式（MapLibre）", "Map style (MapLibre)", "", []parameterDoc{own("theme", "light 或 dark", "light or dark"), own("layers", "图层名，逗号分隔", "Layer names, comma separated")}},
		{"/layers", "图层目录", "The catalogue", "", nil},
		{"/codes/{scheme}", "代码表", "A code list", "/codes/theme", nil},
		{"/search", "按名称、编号、地址查找，支持拼音和首字母", "Find by name, number or address, as written, as pinyin or as its initials", "/search?q=%E6%A2%81", []parameterDoc{
			own("q", "要查找的文字，各词以空格分开，次序不限", "What to look for: words in any order"), own("limit", "最多条数，至多 100", "Most hits, at most 100"),
			own("layers", "图层名，逗号分隔，默认全部", "Layer names, comma separated; all if absent"),
			own("near", "经度,纬度 或 西,南,东,北：近处优先", "longitude,latitude or west,south,east,north: what is there, or near, goes first"), docs["as-of"]}},
		{"/events", "变更事件流（SSE）", "Stream of changes (server-sent events), resumed by Last-Event-ID", "", []parameterDoc{own("after", "从该位置之后开始", "Begin behind this position")}},
	}
}

// formatNames lists the formats a layer can be exported in.
func formatNames() string {
	var names []string
	for _, f := range format.Writable() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// Link is where the page's link goes, "" where the path has variables.
func (d doorDoc) Link() string {
	if d.Example != "" {
		return d.Example
	}
	for _, r := range d.Path {
		if r == '{' {
			return ""
		}
	}
	return d.Path
}
