package api

import (
	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
)

// layers is the catalogue as the page reads it: themes in order, layers in order, and the position it is true at.
func (s *Server) layers(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	ctx, done, err := s.ground().shares.page.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	store := s.ground().Store
	position, err := store.Position(ctx) // before the layers: what is read after it is at least as new
	if err != nil {
		return err
	}
	ls, err := store.Layers(ctx, auth.Actor(c))
	if err != nil {
		return err
	}
	themes, err := s.codeList(ctx, "theme")
	if err != nil {
		return err
	}
	return renderJSON(c, typeJSON, map[string]any{
		"themes": orEmpty(themes), "layers": orEmpty(ls), "position": position, "synthetic": layers.Attribution(ls) != "",
	})
}

// orEmpty makes [] of what would be null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (s *Server) layer(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	l, err := s.ground().Store.Layer(c.Request().Context(), auth.Actor(c), param(c, "layer"))
	if err != nil {
		return err
	}
	return renderJSON(c, typeJSON, l)
}

func (s *Server) codes(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	ctx, done, err := s.ground().shares.page.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	scheme, err := s.ground().Store.Scheme(ctx, param(c, "scheme"))
	if err != nil {
		return err
	}
	scheme.Codes = orEmpty(scheme.Codes)
	return renderJSON(c, typeJSON, scheme)
}
