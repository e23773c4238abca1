package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"onemap/api/imports"
	"onemap/layers"
)

// watchEvery is how often a stream looks for news of its import.
const watchEvery = 250 * time.Millisecond

// importEvents tells how far an import is, at once and whenever something changes, and ends after a final state. An
// EventSource that comes back after that is told to stay away (204).
func (s *Server) importEvents(c echo.Context) error {
	if _, err := query(c.Request()); err != nil {
		return err
	}
	service, r := s.ground().Imports, c.Request()
	i, err := service.Import(r.Context(), param(c, "id"))
	if err != nil {
		return err
	}
	if i.State.Final() && r.Header.Get("Last-Event-ID") == strconv.FormatInt(i.Updated.UnixMicro(), 10) {
		return c.NoContent(http.StatusNoContent)
	}
	s.metrics.streams.Inc()
	defer s.metrics.streams.Dec()
	out := newEventWriter(c)
	if r.Method == http.MethodHead {
		return nil
	}
	if err := s.tellImport(c, out, i); err != nil {
		s.log.Debug("event stream ended", "request", requestID(c), "error", err)
	}
	return nil
}

func (s *Server) tellImport(c echo.Context, out *eventWriter, i *imports.Import) error {
	tick, beat := time.NewTicker(watchEvery), time.NewTicker(s.opt.Heartbeat)
	defer tick.Stop()
	defer beat.Stop()
	if err := out.send(i.Updated.UnixMicro(), "import", i); err != nil {
		return err
	}
	for !i.State.Final() {
		select {
		case <-c.Request().Context().Done():
			return c.Request().Context().Err()
		case <-s.ctx.Done():
			return nil
		case <-beat.C:
			if err := out.write(": beat\n\n"); err != nil {
				return err
			}
		case <-tick.C:
			now, err := s.importNow(c.Request().Context(), i)
			if err != nil {
				return err
			}
			if now == nil {
				continue
			}
			if err := out.send(now.Updated.UnixMicro(), "import", now); err != nil {
				return err
			}
			i = now
		}
	}
	return nil
}

// importNow is an import that something has happened to since it was read, or nil. One that was removed is told of as cancelled:
// that is the last to be said of it.
func (s *Server) importNow(ctx context.Context, was *imports.Import) (*imports.Import, error) {
	now, err := s.ground().Imports.Changed(ctx, was.ID, was.Updated)
	if errors.Is(err, layers.ErrNotFound) {
		gone := *was
		gone.State, gone.Progress, gone.Updated = imports.Cancelled, nil, s.now().UTC()
		return &gone, nil
	}
	return now, err
}
