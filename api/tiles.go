package api

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/layers/cql"
	"onemap/tiles"
)

// maxTileLayers is the most layers in one tile.
const maxTileLayers = 50

// tile is one tile of one or several layers, in the coding it is kept in where the client takes that.
func (s *Server) tile(c echo.Context) error {
	if y := c.Param("y"); !strings.HasSuffix(y, ".mvt") && !strings.HasSuffix(y, ".pbf") {
		return layers.Refuse(layers.ErrNotFound, "tiles are at /tiles/{layers}/{z}/{x}/{y}.mvt", "瓦片地址为 /tiles/{layers}/{z}/{x}/{y}.mvt")
	}
	set, err := s.setOf(c)
	if err != nil {
		return err
	}
	address, err := set.Parse(c.Param("z"), c.Param("x"), c.Param("y"))
	if err != nil {
		return err
	}
	r := tiles.Request{Layers: strings.Split(param(c, "layers"), ","), Set: set, Tile: address}
	if err := checkNames(r.Layers); err != nil {
		return err
	}
	if c.Request().URL.RawQuery != "" {
		p, err := query(c.Request(), tileChoice...)
		if err != nil {
			return err
		}
		if err := s.choice(c.Request().Context(), p, &r); err != nil {
			return err
		}
	}
	return s.sendTile(c, r, http.StatusNoContent)
}

// setOf is the tile matrix set in the path; WebMercatorQuad where there is none.
func (s *Server) setOf(c echo.Context) (*tiles.MatrixSet, error) {
	if id := param(c, "set"); id != "" {
		return s.ground().Tiles.MatrixSet(id)
	}
	return tiles.WebMercatorQuad, nil
}

// sendTile answers with a tile; empty is the status where nothing is in it, 204 or 200.
func (s *Server) sendTile(c echo.Context, r tiles.Request, empty int) error {
	ctx := c.Request().Context()
	answer, err := s.ground().Tiles.Find(ctx, auth.Actor(c), r)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h["Cache-Control"] = noCache
	coding := tileCoding(c.Request())
	known := answer.ETag() != ""
	if known && unchanged(c, inCoding(answer.ETag(), coding)) {
		return c.NoContent(http.StatusNotModified)
	}
	body, err := answer.Body(ctx)
	if err != nil {
		return err
	}
	if body.Empty() {
		if empty == http.StatusOK { // no bytes are a tile without layers
			h["Content-Type"] = tileTypes
		}
		return c.NoContent(empty)
	}
	if !known && unchanged(c, inCoding(`"`+digest(body.Gzip())+`"`, coding)) {
		return c.NoContent(http.StatusNotModified)
	}
	return writeTile(c, body, coding)
}

// Values of headers that tiles have; they are never written to. noCache has browsers keep a tile, and ask whether it is
// still true.
var (
	noCache   = []string{"no-cache"}
	tileTypes = []string{typeTile}
	gzipped   = []string{"gzip"}
)

// choice reads what the query says of tiles: which features, as of when, with which properties.
func (s *Server) choice(ctx context.Context, p params, r *tiles.Request) (err error) {
	if text, ok := p["properties"]; ok && text != "" {
		r.Properties = strings.Split(text, ",")
	}
	if r.Filter, err = filterOf(p); err != nil {
		return err
	}
	r.AsOf, err = s.asOf(ctx, p)
	return err
}

// filterOf reads filter and filter-lang and writes what they say as CQL2 text, which is part of a tile's name; "" is no filter.
func filterOf(p params) (string, error) {
	text, ok := p["filter"]
	if !ok {
		return "", checkLang(p["filter-lang"])
	}
	f, err := cql.Read(p["filter-lang"], text, cql.CRS84)
	if err != nil {
		return "", err
	}
	written, ok := f.Written()
	if !ok {
		return "", layers.Refuse(layers.ErrInvalid, "filter: a text with a backslash before a quote, a letter of an escape or the end is not offered for tiles", "filter：瓦片的查询条件不支持反斜杠位于引号、转义字母之前或文字末尾")
	}
	return written, nil
}

// unchanged tells a tile's ETag, and whether the client has that already.
func unchanged(c echo.Context, tag string) bool {
	has := c.Request().Header["If-None-Match"]
	if len(has) == 1 && has[0] == tag {
		c.Response().Header()["Etag"] = has
		return true
	}
	c.Response().Header()["Etag"] = []string{tag}
	return matches(c.Request(), tag)
}

// inCoding is an ETag in a coding: the same tile in another one is another representation (RFC 9110, 8.8.3).
func inCoding(tag, coding string) string {
	if coding == "gzip" {
		return tag
	}
	return strings.TrimSuffix(tag, `"`) + "-" + cmp.Or(coding, "plain") + `"`
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
	h["Content-Type"] = tileTypes
	if coding == "gzip" {
		h["Content-Encoding"] = gzipped
		h["Content-Length"] = []string{strconv.Itoa(body.GzipLen())}
		c.Response().WriteHeader(http.StatusOK)
		if c.Request().Method == http.MethodHead {
			return nil
		}
		sendWhole(c.Request(), body.GzipLen())
		return body.WriteGzip(c.Response())
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	encoded, err := body.Encode(coding)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, typeTile, encoded)
}

// tileJSON says how to ask for tiles of one or several layers, and what is in them. What the query says of the tiles is
// carried on into their address.
func (s *Server) tileJSON(c echo.Context) error {
	p, err := query(c.Request(), tileChoice...)
	if err != nil {
		return err
	}
	names, ok := strings.CutSuffix(param(c, "tileset"), ".json")
	if !ok || names == "" {
		return layers.Refuse(layers.ErrNotFound, "TileJSON is at /tiles/{layer[,layer…]}.json", "TileJSON 地址为 /tiles/{layer[,layer…]}.json")
	}
	set, err := s.setOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	ls, err := s.chosen(ctx, c, names)
	if err != nil {
		return err
	}
	r := tiles.Request{Layers: strings.Split(names, ","), Set: set}
	if err := s.choice(ctx, p, &r); err != nil {
		return err
	}
	if err := s.ground().Tiles.Fits(ctx, auth.Actor(c), r); err != nil {
		return err
	}
	return renderJSON(c, typeTileJSON, tiles.DescribeRequest(ls, r, s.tileAddress(c, set, r.Layers)+"/{z}/{x}/{y}.mvt"+carried(p)))
}

// tileAddress is where tiles of layers begin, without a set where it is the usual one.
func (s *Server) tileAddress(c echo.Context, set *tiles.MatrixSet, names []string) string {
	at := s.root(c) + "/tiles/"
	if set != tiles.WebMercatorQuad {
		at += set.ID + "/"
	}
	return at + strings.Join(names, ",")
}
