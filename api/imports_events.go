package api

import (
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
	for {
		if err := out.send(i.Updated.UnixMicro(), "import", i); err != nil || i.State.Final() {
			return err
		}
		for next := (*imports.Import)(nil); next == nil; {
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
				var err error
				next, err = s.ground().Imports.Changed(c.Request().Context(), i.ID, i.Updated)
				if errors.Is(err, layers.ErrNotFound) { // removed: the last that is to be said of it
					gone := *i
					gone.State, gone.Progress, gone.Updated = imports.Cancelled, nil, s.now().UTC()
					next = &gone
				} else if err != nil {
					return err
				}
			}
			if next != nil {
				i = next
				break
			}
		}
	}
}
