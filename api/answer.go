package api

import (
	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
)

// answer is a request about one feature, or about versions of some, read: how it is answered, in which system, and with what
// of the features.
type answer struct {
	layer  *layers.Layer
	params params
	served served
	crs    CRS
	query  layers.Query
}

// answer reads a request about the layer in its path that has the parameters ways, answerParams among them.
func (s *Server) answer(c echo.Context, ways ...string) (a answer, err error) {
	if a.layer, err = s.ground().Store.Layer(c.Request().Context(), auth.Actor(c), param(c, "layer")); err != nil {
		return a, err
	}
	if a.params, err = query(c.Request(), ways...); err != nil {
		return a, err
	}
	if a.served, err = negotiate(c, a.params["f"], features); err != nil {
		return a, err
	}
	a.crs, err = a.params.answer(a.layer, &a.query)
	return a, err
}
