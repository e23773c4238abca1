package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/api/ows"
	"onemap/layers"
	"onemap/tiles"
)

// wmts is WMTS 1.0.0 by keyword-value pairs.
func (s *Server) wmts(c echo.Context) error {
	k, err := ows.ParseKVP(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	operation, err := ows.Operation(k)
	if err != nil {
		return err
	}
	if operation == "GetCapabilities" {
		wanted, err := ows.ReadWMTSSelection(k)
		if err != nil {
			return err
		}
		return s.wmtsCapabilities(c, wanted)
	}
	a, err := ows.ReadTile(k)
	if err != nil {
		return err
	}
	return s.wmtsTile(c, a, k)
}

// wmtsDocument is the capabilities at an address of their own.
func (s *Server) wmtsDocument(c echo.Context) error {
	if c.Param("document") != "WMTSCapabilities.xml" {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	return s.wmtsCapabilities(c, ows.Selection{Media: ows.TypeXML})
}

// wmtsResource is a tile at an address of its own.
func (s *Server) wmtsResource(c echo.Context) error {
	k, err := ows.ParseKVP(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	column := c.Param("x")
	for _, ending := range []string{".mvt", ".pbf"} {
		column = strings.TrimSuffix(column, ending)
	}
	return s.wmtsTile(c, ows.TileAddress{
		Layer: param(c, "layers"), Style: param(c, "style"), Format: ows.TileFormat, Set: param(c, "set"), Matrix: c.Param("z"), Row: c.Param("y"), Column: column,
	}, k)
}

func (s *Server) wmtsCapabilities(c echo.Context, wanted ows.Selection) error {
	ctx, g := c.Request().Context(), s.ground()
	position, err := g.Store.Position(ctx) // first: what is read after it is at least as new
	if err != nil {
		return err
	}
	ls, err := g.Store.Layers(ctx, auth.Actor(c))
	if err != nil {
		return err
	}
	body, err := ows.WMTS{
		Root: s.root(c), Title: "一张图", TitleEn: "One Map", Abstract: serviceSummary, Layers: ls, Sets: g.Tiles.MatrixSets(), Sequence: position,
	}.Capabilities(wanted)
	if err != nil {
		return err
	}
	return tagged(c, wanted.Media, body)
}

// wmtsTile answers with a tile. Besides its address, filter, properties and as-of are read from the query, as at all doors
// of tiles; what else is in it is not looked at, as is the habit of this door.
func (s *Server) wmtsTile(c echo.Context, a ows.TileAddress, k ows.KVP) error {
	ctx := c.Request().Context()
	ls, err := s.chosen(ctx, c, a.Layer)
	if err != nil {
		return ows.Blame("Layer", err)
	}
	for _, l := range ls {
		if l.Table.Geom == "" {
			return ows.Invalid("Layer", "layer %q has no geometry, so it has no tiles", "图层“%s”没有几何，没有瓦片", l.Name)
		}
	}
	set, tile, err := a.Find(ls, s.ground().Tiles.MatrixSets())
	if err != nil {
		return err
	}
	r := tiles.Request{Layers: a.Layers(), Set: set, Tile: tile}
	if err := s.wmtsChoice(ctx, auth.Actor(c), params(k), &r); err != nil {
		return err
	}
	return s.sendTile(c, r, http.StatusNoContent)
}

// wmtsChoice reads what the query says of a tile, and blames the parameter that does not fit its layers.
func (s *Server) wmtsChoice(ctx context.Context, actor layers.Actor, p params, r *tiles.Request) error {
	for _, name := range tileChoice {
		one, read := params{}, tiles.Request{Layers: r.Layers}
		if v, ok := p[name]; ok {
			one[name] = v
		}
		err := s.choice(ctx, one, &read)
		if err == nil && len(one) > 0 {
			err = s.ground().Tiles.Fits(ctx, actor, read)
		}
		if err != nil {
			return ows.Blame(name, err)
		}
	}
	return s.choice(ctx, p, r)
}
