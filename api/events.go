package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
)

const (
	mostMissed = 10000            // changes a stream catches up with; a client further behind is told to begin anew
	slowest    = 10 * time.Second // a client that takes longer to take an event is dropped
)

// change is what an open map needs to know: which tiles to ask for again.
type change struct {
	Layer    string         `json:"layer"`
	Position int64          `json:"position"`
	Op       string         `json:"op"`
	Bounds   *layers.Bounds `json:"bounds,omitempty"` // of what was and what became; EPSG:4490
}

// events is the stream of changes (server-sent events). It begins behind Last-Event-ID, or ?after=, or now; the
// first event says where. Its events are position, change, and reset for a client that has missed too much.
func (s *Server) events(c echo.Context) error {
	after, err := lastSeen(c.Request())
	if err != nil {
		return err
	}
	changes, position, stop, err := s.ground().feed.listen(c.Request().Context())
	if err != nil {
		return err
	}
	defer stop()
	s.metrics.streams.Inc()
	defer s.metrics.streams.Dec()
	out := newEventWriter(c)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	missed := false
	if after > 0 && position-after > mostMissed {
		err = out.send(position, "reset", map[string]int64{"position": position})
	} else {
		missed = after > 0 && after < position
		begin := position
		if missed {
			begin = after
		}
		err = out.send(begin, "position", map[string]int64{"position": begin})
	}
	if err == nil && missed {
		err = s.catchUp(c, out, after, position)
	}
	if err == nil {
		err = s.relay(c, out, changes, position)
	}
	if err != nil {
		s.log.Debug("event stream ended", "request", requestID(c), "error", err)
	}
	return nil // the client comes back by itself
}

// lastSeen is the position behind which the stream begins; 0 = now.
func lastSeen(r *http.Request) (int64, error) {
	p, err := query(r, "after")
	if err != nil {
		return 0, err
	}
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = p["after"]
	}
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%w: Last-Event-ID %q is no position of the log; leave it out to begin now", layers.ErrInvalid, text)
	}
	return n, nil
}

// catchUp sends what came behind after, up to position.
func (s *Server) catchUp(c echo.Context, out *eventWriter, after, position int64) error {
	ctx, cancel := context.WithCancel(c.Request().Context())
	defer cancel()
	for change, err := range s.ground().Store.Follow(ctx, after) {
		if err != nil {
			return err
		}
		if change.Position <= position {
			if err := s.tell(c, out, change); err != nil {
				return err
			}
		}
		if change.Position >= position {
			return nil
		}
	}
	return ctx.Err()
}

// relay sends changes as they come, and a comment when nothing comes for a while.
func (s *Server) relay(c echo.Context, out *eventWriter, changes <-chan layers.Change, position int64) error {
	beat := time.NewTicker(s.opt.Heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-c.Request().Context().Done():
			return c.Request().Context().Err()
		case <-s.ctx.Done():
			return nil
		case change, ok := <-changes:
			if !ok {
				return nil
			}
			if change.Position > position {
				if err := s.tell(c, out, change); err != nil {
					return err
				}
			}
		case <-beat.C:
			if err := out.write(": beat\n\n"); err != nil {
				return err
			}
		}
	}
}

// tell sends a change of a layer the actor may see.
func (s *Server) tell(c echo.Context, out *eventWriter, ch layers.Change) error {
	if ch.Layer != "" {
		if _, err := s.ground().Store.Layer(c.Request().Context(), auth.Actor(c), ch.Layer); err != nil && ch.Op != "drop" {
			return nil
		}
	}
	return out.send(ch.Position, "change", change{ch.Layer, ch.Position, ch.Op, touched(ch)})
}

// touched is where a map has to look again: what was and what became.
func touched(ch layers.Change) *layers.Bounds {
	if ch.Old == nil || ch.New == nil {
		return cmp.Or(ch.Old, ch.New)
	}
	b := ch.Old.Extend(*ch.New)
	return &b
}

// eventWriter writes events, each within the time a client may take.
type eventWriter struct {
	c       echo.Context
	control *http.ResponseController
}

func newEventWriter(c echo.Context) *eventWriter {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy that would hold events back
	c.Response().WriteHeader(http.StatusOK)
	return &eventWriter{c, http.NewResponseController(c.Response().Writer)}
}

func (w *eventWriter) send(id int64, event string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return w.write(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", id, event, b))
}

func (w *eventWriter) write(text string) error {
	// A recorder in a test has no deadlines; a connection always has.
	_ = w.control.SetWriteDeadline(time.Now().Add(slowest))
	if _, err := w.c.Response().Write([]byte(text)); err != nil {
		return err
	}
	return w.control.Flush()
}
