package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/api/ows"
)

// wfsPath is the door of WFS. What is posted there is a question too, so that pages of other sites may.
const wfsPath = "/wfs"

// wfsReport is the key under which a request keeps the version of the exception report that its client wants.
const wfsReport = "wfs report"

func (s *Server) wfs(c echo.Context) error {
	g := s.ground()
	door := ows.WFS{Store: g.Store, Now: s.now, Folder: g.Folder, Take: func(ctx context.Context, stream bool) (context.Context, func(), error) {
		if stream {
			return g.shares.stream.take(ctx)
		}
		return g.shares.page.take(ctx)
	}}
	report, err := door.Serve(c.Response(), c.Request(), auth.Actor(c), s.root(c)+wfsPath)
	c.Set(wfsReport, report)
	return err
}
