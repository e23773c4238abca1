package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/tiles"
)

// maxTileLayers is the most layers in one tile.
const maxTileLayers = 50

// tile is one tile of one or several layers, in the coding it is kept in where the client takes that.
func (s *Server) tile(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	if y := c.Param("y"); !strings.HasSuffix(y, ".mvt") && !strings.HasSuffix(y, ".pbf") {
		return fmt.Errorf("%w: tiles are at /tiles/{layers}/{z}/{x}/{y}.mvt", layers.ErrNotFound)
	}
	address, err := tiles.Parse(c.Param("z"), c.Param("x"), c.Param("y"))
	if err != nil {
		return err
	}
	ctx, done, err := s.ground().shares.tile.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	ls, err := s.chosen(ctx, c, param(c, "layers"))
	if err != nil {
		return err
	}
	names := make([]string, len(ls))
	for i, l := range ls {
		names[i] = l.Name
	}
	body, err := s.ground().Tiles.Body(ctx, auth.Actor(c), names, address)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache") // browsers keep it, and ask whether it is still true
	if body == nil {
		return c.NoContent(http.StatusNoContent)
	}
	h.Set("ETag", `"`+digest(body)+`"`)
	zipped := accepts(c.Request(), "gzip")
	if !zipped {
		h.Set("ETag", `"`+digest(body)+`-plain"`)
	}
	if matches(c.Request(), h.Get("ETag")) {
		return c.NoContent(http.StatusNotModified)
	}
	if zipped {
		h.Set("Content-Encoding", "gzip")
	} else if body, err = tiles.Plain(body); err != nil {
		return err
	}
	return c.Blob(http.StatusOK, typeTile, body)
}

// tileJSON says how to ask for tiles of one or several layers, and what is in them.
func (s *Server) tileJSON(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	names, ok := strings.CutSuffix(param(c, "tileset"), ".json")
	if !ok || names == "" {
		return fmt.Errorf("%w: TileJSON is at /tiles/{layer[,layer…]}.json", layers.ErrNotFound)
	}
	ls, err := s.chosen(c.Request().Context(), c, names)
	if err != nil {
		return err
	}
	return renderJSON(c, typeTileJSON, tiles.Describe(ls, s.root(c)+"/tiles/"+names+"/{z}/{x}/{y}.mvt"))
}
