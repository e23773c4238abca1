package api

import (
	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/api/ows"
	"onemap/layers"
)

const (
	serviceTitle   = "一张图 One Map"
	serviceSummary = "全县一张图：各部门图层的矢量瓦片与要素服务。 One map of the county: the layers of all departments as vector tiles and features."
)

// conformance is what the doors under /ogc keep to; each URI's tests are in this package.
var conformance = []string{
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
	"http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/simple-query",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
	"http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
	"http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
	"http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
	"http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/property-property",
	"http://www.opengis.net/spec/cql2/1.0/conf/functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-operators", // what basic-spatial-functions was called before; QGIS looks for it
	"http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/schemas",
	"http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/returnables-and-receivables",
	"http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/queryables",
	"http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/sortables",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas", // what it was called before; QGIS looks for it
	"http://www.opengis.net/spec/ogcapi-features-6/1.0/conf/properties",
	"http://www.opengis.net/spec/ogcapi-features-6/1.0/conf/properties-features",
	"http://www.opengis.net/spec/ogcapi-features-8/1.0/conf/sortables",
	"http://www.opengis.net/spec/ogcapi-features-8/1.0/conf/sorting",
	"http://www.opengis.net/spec/ogcapi-features-8/1.0/conf/features-sorting",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/collections-selection",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
	"http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
	"http://www.opengis.net/spec/tms/2.0/conf/tilematrixsetlimits",
	"http://www.opengis.net/spec/tms/2.0/conf/tilesetmetadata",
	"http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
	"http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixsetlimits",
	"http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata",
}

// landingDoc is the landing page.
type landingDoc struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Attribution string `json:"attribution,omitempty"`
	Links       []link `json:"links"`
}

// landingPage is the landing page for people.
type landingPage struct {
	landingDoc
	Layers int
}

func (s *Server) landing(c echo.Context) error {
	f, err := s.formatOf(c, documents)
	if err != nil {
		return err
	}
	ls, err := s.ground().Store.Layers(c.Request().Context(), auth.Actor(c))
	if err != nil {
		return err
	}
	ogc := s.root(c) + "/ogc"
	doc := landingDoc{Title: serviceTitle, Description: serviceSummary, Attribution: layers.Attribution(ls), Links: append(s.selfLinks(c, f, documents),
		link{Href: ogc + "/api?f=json", Rel: "service-desc", Type: typeOpenAPI, Title: "API definition (OpenAPI 3.0)"},
		link{Href: ogc + "/api.html", Rel: "service-doc", Type: "text/html", Title: "接口文档 API documentation"},
		link{Href: ogc + "/conformance", Rel: "conformance", Type: typeJSON, Title: "Conformance classes"},
		link{Href: ogc + "/collections", Rel: "data", Type: typeJSON, Title: "图层 Collections"},
		link{Href: ogc + "/functions", Rel: relFunctions, Type: typeJSON, Title: "过滤函数 Functions of filters"},
		link{Href: ogc + "/queryables", Rel: relQueryables, Type: typeSchema, Title: "可查询字段 Queryables of all layers"},
		link{Href: ogc + "/tiles", Rel: relTilesets, Type: typeJSON, Title: "瓦片 Tilesets of the whole map"},
		link{Href: ogc + "/tileMatrixSets", Rel: relTilingSchemes, Type: typeJSON, Title: "瓦片矩阵集 Tile matrix sets"},
		link{Href: s.root(c) + wfsPath + "?service=WFS&request=GetCapabilities", Rel: "related", Type: ows.TypeXML, Title: "WFS 2.0.0"},
		link{Href: s.root(c) + "/wmts/1.0.0/WMTSCapabilities.xml", Rel: "related", Type: ows.TypeXML, Title: "WMTS 1.0.0"},
		link{Href: s.root(c) + "/", Rel: "related", Type: "text/html", Title: "地图 The map"},
	)}
	return s.render(c, f, doc, "landing", view{Title: "一张图", TitleEn: "One Map", Data: landingPage{doc, len(ls)}})
}

func (s *Server) conformance(c echo.Context) error {
	f, err := s.formatOf(c, documents)
	if err != nil {
		return err
	}
	doc := struct {
		Links      []link   `json:"links"`
		ConformsTo []string `json:"conformsTo"`
	}{s.selfLinks(c, f, documents), conformance}
	return s.render(c, f, doc, "conformance", view{Title: "符合的标准", TitleEn: "Conformance", Crumbs: crumbs("conformance", "符合性 Conformance"), Data: conformance})
}

// formatOf reads the parameters of a resource that takes f alone.
func (s *Server) formatOf(c echo.Context, on []served) (served, error) {
	p, err := query(c.Request(), "f")
	if err != nil {
		return served{}, err
	}
	return negotiate(c, p["f"], on)
}
