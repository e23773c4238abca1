package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/tiles"
)

// archived answers for archives what the door next answers for layers. A layer of the same name goes before an archive.
func (s *Server) archived(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		g := s.ground()
		if g.Archives == nil {
			return next(c)
		}
		name, document := strings.CutSuffix(param(c, "tileset"), ".json")
		if !document {
			name = param(c, "layers")
		}
		if !g.Archives.Has(name) {
			return next(c)
		}
		if _, err := g.Store.Layer(c.Request().Context(), auth.Actor(c), name); err == nil {
			return next(c)
		}
		if _, err := query(c.Request()); err != nil {
			return err
		}
		set, err := s.setOf(c)
		if err != nil {
			return err
		}
		if document {
			return s.archiveDocument(c, name, set)
		}
		return s.archiveTile(c, name, set)
	}
}

func (s *Server) archiveDocument(c echo.Context, name string, set *tiles.MatrixSet) error {
	at := s.root(c) + "/tiles/"
	if id := param(c, "set"); id != "" {
		at += id + "/"
	}
	doc, err := s.ground().Archives.Describe(name, set, at+name+"/{z}/{x}/{y}.mvt")
	if err != nil {
		return err
	}
	return renderJSON(c, typeTileJSON, doc)
}

func (s *Server) archiveTile(c echo.Context, name string, set *tiles.MatrixSet) error {
	address, err := set.Parse(c.Param("z"), c.Param("x"), c.Param("y"))
	if err != nil {
		return err
	}
	tile, err := s.ground().Archives.Find(name, set, address)
	if err != nil {
		return err
	}
	h, coding := c.Response().Header(), ""
	if accepts(c.Request(), "gzip") {
		coding = "gzip"
	}
	h["Cache-Control"] = noCache
	h.Set("ETag", inCoding(tile.ETag(), coding))
	if matches(c.Request(), h.Get("ETag")) {
		return c.NoContent(http.StatusNotModified)
	}
	body, zipped, err := tile.Bytes(coding == "gzip")
	if err != nil {
		return err
	}
	if len(body) == 0 {
		return c.NoContent(http.StatusNoContent)
	}
	if zipped {
		h.Set("Content-Encoding", "gzip")
	}
	return c.Blob(http.StatusOK, typeTile, body)
}
