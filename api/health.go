package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"onemap/layers/search"
	"onemap/tiles"
)

// healthy says that the process answers, whatever else is the matter.
func (s *Server) healthy(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, map[string]string{"status": "ok"})
}

// ready says whether requests should come here, and if not why.
func (s *Server) ready(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	state := struct {
		Status   string           `json:"status"`
		Reason   string           `json:"reason,omitempty"`
		Starting *Status          `json:"starting,omitempty"`
		Tiles    *fresh           `json:"tiles,omitempty"`
		Search   *search.Progress `json:"search,omitempty"` // how far its index is
	}{Status: "ready"}
	code := http.StatusOK
	if at := s.opt.Status(); s.open.Load() == nil {
		state.Status, state.Reason, state.Starting = "starting", "the database is not there yet", &at
	} else if err := s.ping(c.Request().Context()); err != nil {
		s.log.Warn("not ready", "error", err)
		state.Status, state.Reason = "unavailable", "the database does not answer"
	}
	if s.open.Load() != nil {
		state.Tiles = s.freshness()
	}
	if state.Status == "ready" {
		state.Search = searchProgress(c.Request().Context(), s.ground().Search)
	}
	if state.Status != "ready" {
		code = http.StatusServiceUnavailable
		h.Set("Retry-After", "2")
	}
	body, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return c.Blob(code, typeJSON, body)
}

// fresh is how true tiles are: those in memory go on being served while the database is away.
type fresh struct {
	Position   int64          `json:"position"`             // of the log, up to which changes are in tiles
	StaleSince *time.Time     `json:"staleSince,omitempty"` // since when the log can not be followed
	Mosaics    []tiles.Mosaic `json:"mosaics,omitempty"`    // how far those are that small zooms are drawn from
}

func (s *Server) freshness() *fresh {
	position, broken := s.ground().Tiles.Freshness()
	state := &fresh{Position: position, Mosaics: s.ground().Tiles.Mosaics()}
	if !broken.IsZero() {
		state.StaleSince = &broken
	}
	return state
}

func (s *Server) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := s.ground().Pool.Ping(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}
