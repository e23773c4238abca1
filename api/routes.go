package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// get is how all of these are read: HEAD is the same without the body.
var get = []string{http.MethodGet, http.MethodHead}

// post is how something is begun.
var post = []string{http.MethodPost}

// tilePath is the route that is asked more often than all others together.
const tilePath = "/tiles/:layers/:z/:x/:y"

// isTile reports whether a route answers with tiles: they are many, and compressed already.
func isTile(route string) bool {
	return route == tilePath || strings.HasSuffix(route, "/:z/:x/:y") || strings.HasSuffix(route, "/:z/:y/:x")
}

// routes is every URL of the server.
func (s *Server) routes() {
	plain := func(path string, h echo.HandlerFunc) { s.echo.Match(get, path, h) }
	door := func(path string, h echo.HandlerFunc) { plain(path, s.started(h)) }

	door("/ogc", s.landing)
	door("/ogc/", s.landing)
	door("/ogc/api", s.definition)
	door("/ogc/api.html", s.definitionPage)
	door("/ogc/conformance", s.conformance)
	door("/ogc/collections", s.collections)
	door("/ogc/collections/:layer", s.collection)
	door("/ogc/collections/:layer/items", s.items)
	door("/ogc/collections/:layer/items/:id", s.item)
	door("/ogc/collections/:layer/tiles", s.tilesets)
	door("/ogc/collections/:layer/tiles/:set", s.tilesetOf)
	door("/ogc/collections/:layer/tiles/:set/:z/:y/:x", s.ogcTile)
	door("/ogc/tiles", s.tilesets)
	door("/ogc/tiles/:set", s.tilesetOf)
	door("/ogc/tiles/:set/:z/:y/:x", s.ogcTile)
	door("/ogc/tileMatrixSets", s.matrixSets)
	door("/ogc/tileMatrixSets/:set", s.matrixSet)
	door("/ogc/collections/:layer/items/:id/versions", s.versions)
	door("/ogc/collections/:layer/difference", s.difference)
	door("/ogc/collections/:layer/schema", s.schema)
	door("/ogc/collections/:layer/queryables", s.queryables)
	door("/ogc/collections/:layer/sortables", s.sortables)
	door("/ogc/queryables", s.allQueryables)
	door("/ogc/functions", s.functions)

	door("/tiles/:tileset", s.archived(s.tileJSON))
	door(tilePath, s.archived(s.tile))
	door("/tiles/:set/:tileset", s.archived(s.tileJSON))
	door("/tiles/:set/:layers/:z/:x/:y", s.archived(s.tile))
	door("/wmts", s.wmts)
	door("/wmts/1.0.0/:document", s.wmtsDocument)
	door("/wmts/1.0.0/:layers/:style/:set/:z/:y/:x", s.wmtsResource)
	door("/styles/:style", s.style)

	door("/layers", s.layers)
	door("/layers/:layer", s.layer)
	door("/layers/:layer/export", s.export)
	door("/layers/:layer/ids", s.ids)
	door("/layers/:layer/statistics", s.statistics)
	door("/changes", s.changes)
	door("/codes/:scheme", s.codes)
	door("/search", s.search)
	door("/events", s.events)

	door(wfsPath, s.wfs)
	s.echo.Match(post, wfsPath, s.started(s.wfs))

	importing := func(methods []string, path string, h echo.HandlerFunc) {
		s.echo.Match(methods, path, s.importers(s.started(h)))
	}
	importing(get, "/imports", s.listImports)
	importing(post, "/imports", s.upload)
	importing(get, "/imports/:id", s.getImport)
	importing([]string{http.MethodDelete}, "/imports/:id", s.deleteImport)
	importing(post, "/imports/:id/look", s.lookAtImport)
	importing(post, "/imports/:id/run", s.runImport)
	importing(get, "/imports/:id/preview", s.previewImport)
	importing(get, "/imports/:id/findings", s.importFindings)
	importing(get, "/imports/:id/report", s.importReport)
	importing(get, "/imports/:id/events", s.importEvents)

	exporting := func(methods []string, path string, h echo.HandlerFunc) {
		s.echo.Match(methods, path, s.exporters(s.started(h)))
	}
	exporting(get, "/tiles/export", s.listExports)
	exporting(post, "/tiles/export", s.beginExport)
	exporting(get, "/tiles/export/:id", s.getExport)
	exporting([]string{http.MethodDelete}, "/tiles/export/:id", s.deleteExport)
	exporting(get, "/tiles/export/:id/file", s.exportFile)

	plain("/healthz", s.healthy)
	plain("/readyz", s.ready)
	plain("/metrics", s.metrics.serve)
	plain("/*", s.shell)
}
