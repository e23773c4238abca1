package api

import (
	"slices"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/tiles"
)

// remadeTogether are tiles made again that are to be told together, one for each zoom of a layer.
type remadeTogether []tiles.Remade

func (r *remadeTogether) add(all []tiles.Remade) {
	for _, next := range all {
		i := slices.IndexFunc(*r, func(o tiles.Remade) bool { return o.Layer == next.Layer && o.Zoom == next.Zoom })
		if i < 0 {
			*r = append(*r, next)
			continue
		}
		if had := (*r)[i].Bounds; had == nil || next.Bounds == nil {
			next.Bounds = nil
		} else {
			b := had.Extend(*next.Bounds)
			next.Bounds = &b
		}
		(*r)[i] = next
	}
}

// seenRemade are those of layers that the actor may see.
func (s *Server) seenRemade(c echo.Context, all []tiles.Remade) []tiles.Remade {
	return slices.DeleteFunc(all, func(r tiles.Remade) bool {
		_, err := s.ground().Store.Layer(c.Request().Context(), auth.Actor(c), r.Layer)
		return err != nil
	})
}

// tellRemade sends tiles made again. They have no id: where the stream goes on after a break is a matter of changes alone,
// and who comes back is told of all mosaics.
func (w *eventWriter) tellRemade(all []tiles.Remade) error {
	for _, r := range all {
		if err := w.send(0, "remade", r); err != nil {
			return err
		}
	}
	return nil
}
