package api

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
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
	if y := c.Param("y"); !strings.HasSuffix(y, ".mvt") && !strings.HasSuffix(y, ".pbf") {
		return fmt.Errorf("%w: tiles are at /tiles/{layers}/{z}/{x}/{y}.mvt", layers.ErrNotFound)
	}
	address, err := tiles.Parse(c.Param("z"), c.Param("x"), c.Param("y"))
	if err != nil {
		return err
	}
	return s.sendTile(c, tiles.Request{Layers: strings.Split(param(c, "layers"), ","), Tile: address})
}

// sendTile answers with a tile of the layers, set and address in r; the rest of r is in the query.
func (s *Server) sendTile(c echo.Context, r tiles.Request, allowed ...string) error {
	ctx := c.Request().Context()
	if len(r.Layers) > maxTileLayers {
		return fmt.Errorf("%w: %d layers at once; want at most %d", layers.ErrInvalid, len(r.Layers), maxTileLayers)
	}
	for i, name := range r.Layers {
		if name != "" && slices.Contains(r.Layers[:i], name) {
			return fmt.Errorf("%w: layer %q is named twice", layers.ErrInvalid, name)
		}
	}
	if err := s.tileQuery(c, &r, allowed); err != nil {
		return err
	}
	answer, err := s.ground().Tiles.Find(ctx, auth.Actor(c), r)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h["Cache-Control"] = noCache
	coding := tileCoding(c.Request())
	if tag := answer.ETag(); tag != "" {
		h.Set("ETag", quoted(tag, coding))
		if matches(c.Request(), h.Get("ETag")) {
			return c.NoContent(http.StatusNotModified)
		}
	}
	body, err := answer.Body(ctx)
	if err != nil {
		return err
	}
	if body.Empty() {
		return c.NoContent(http.StatusNoContent)
	}
	if answer.ETag() == "" {
		h.Set("ETag", quoted(digest(body.Gzip()), coding))
		if matches(c.Request(), h.Get("ETag")) {
			return c.NoContent(http.StatusNotModified)
		}
	}
	return writeTile(c, body, coding)
}

// noCache has browsers keep a tile, and ask whether it is still true.
var noCache = []string{"no-cache"}

// tileQuery reads what the query says of a tile.
func (s *Server) tileQuery(c echo.Context, r *tiles.Request, allowed []string) error {
	if c.Request().URL.RawQuery == "" {
		return nil
	}
	p, err := query(c.Request(), append(allowed, "as-of", "properties")...)
	if err != nil {
		return err
	}
	if text, ok := p["properties"]; ok && text != "" {
		r.Properties = strings.Split(text, ",")
	}
	r.AsOf, err = s.asOf(c.Request().Context(), p)
	return err
}

// quoted is an ETag: the same tile in another coding is another representation (RFC 9110, 8.8.3).
func quoted(tag, coding string) string {
	if coding == "gzip" {
		return `"` + tag + `"`
	}
	return `"` + tag + "-" + cmp.Or(coding, "plain") + `"`
}

// tileCodings are the codings a tile can be sent in, best first: gzip is how it is kept.
var tileCodings = []string{"gzip", "zstd", "br"}

// tileCoding chooses one of them; "" = none.
func tileCoding(r *http.Request) string {
	for _, coding := range tileCodings {
		if accepts(r, coding) {
			return coding
		}
	}
	return ""
}

// writeTile sends a tile in a coding.
func writeTile(c echo.Context, body *tiles.Body, coding string) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, typeTile)
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	if coding == "gzip" {
		h.Set("Content-Length", strconv.Itoa(body.GzipLen()))
		c.Response().WriteHeader(http.StatusOK)
		if c.Request().Method == http.MethodHead {
			return nil
		}
		return body.WriteGzip(c.Response())
	}
	encoded, err := body.Encode(coding)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, typeTile, encoded)
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
