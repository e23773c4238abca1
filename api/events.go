package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
)

const (
	mostMissed = 10000                  // changes a stream catches up with; a client further behind is told to begin anew
	slowest    = 10 * time.Second       // a client that takes longer to take an event is dropped
	pause      = 100 * time.Millisecond // between two tellings, in which changes gather
)

// change is what an open map needs to know: which tiles to ask for again.
type change struct {
	Layer    string         `json:"layer"`
	Position int64          `json:"position"`
	Op       string         `json:"op"`
	Bounds   *layers.Bounds `json:"bounds,omitempty"` // of what was and what became; EPSG:4490
}

// events is the stream of changes (server-sent events). It begins behind Last-Event-ID, or ?after=, or now; the
// first event says where. Its events are position, change, remade (tiles of a mosaic, made again some time after a change), beat,
// and reset for a client that has missed too much.
func (s *Server) events(c echo.Context) error {
	after, err := lastSeen(c.Request())
	if err != nil {
		return err
	}
	changes, position, err := s.ground().feed.listen(c.Request().Context())
	if err != nil {
		return err
	}
	defer changes.stop()
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
	if err == nil && after > 0 {
		err = out.tellRemade(s.seenRemade(c, s.ground().Tiles.AllRemade()))
	}
	if err == nil {
		err = s.relay(c, out, changes)
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
		return 0, layers.Refuse(layers.ErrInvalid, "Last-Event-ID %q is no position of the log; leave it out to begin now", "Last-Event-ID“%s”不是变更位置；去掉它即从现在开始", text)
	}
	return n, nil
}

// catchUp sends what came behind after, up to position, as one telling.
func (s *Server) catchUp(c echo.Context, out *eventWriter, after, position int64) error {
	ctx, cancel := context.WithCancel(c.Request().Context())
	defer cancel()
	var missed coalesced
	for ch, err := range s.ground().Store.Follow(ctx, after) {
		if err != nil {
			return err
		}
		if ch.Position <= position {
			missed.add(change{ch.Layer, ch.Position, ch.Op, touched(ch)})
		}
		if ch.Position >= position {
			return out.tell(s.seen(c, missed.changes))
		}
	}
	return ctx.Err()
}

// relay sends changes as they come, those that come soon after others together, and a beat now and then, by which a
// client knows that the line is not dead.
func (s *Server) relay(c echo.Context, out *eventWriter, changes *listener) error {
	beat := time.NewTicker(s.opt.Heartbeat)
	defer beat.Stop()
	var due <-chan time.Time // when what has gathered is told; nil = nothing has
	var last time.Time
	for {
		select {
		case <-c.Request().Context().Done():
			return c.Request().Context().Err()
		case <-s.ctx.Done():
			return nil
		case _, ok := <-changes.wake:
			if !ok {
				return nil
			}
			if due == nil {
				due = time.After(pause - time.Since(last)) // at once, unless something has just been told
			}
		case <-due:
			told, remade := changes.take()
			if err := out.tell(s.seen(c, told)); err != nil {
				return err
			}
			if err := out.tellRemade(s.seenRemade(c, remade)); err != nil {
				return err
			}
			due, last = nil, time.Now()
		case <-beat.C:
			if err := out.send(0, "beat", struct{}{}); err != nil {
				return err
			}
		}
	}
}

// seen are the changes of layers that the actor may see.
func (s *Server) seen(c echo.Context, changes []change) []change {
	return slices.DeleteFunc(changes, func(ch change) bool {
		if ch.Layer == "" || ch.Op == "drop" {
			return false
		}
		_, err := s.ground().Store.Layer(c.Request().Context(), auth.Actor(c), ch.Layer)
		return err != nil
	})
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

// tell sends changes. The last alone has an id: who is cut off before it hears all of them again.
func (w *eventWriter) tell(changes []change) error {
	for i, c := range changes {
		id := c.Position
		if i < len(changes)-1 {
			id = 0
		}
		if err := w.send(id, "change", c); err != nil {
			return err
		}
	}
	return nil
}

// send sends an event; id 0 is none.
func (w *eventWriter) send(id int64, event string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("event: %s\ndata: %s\n\n", event, b)
	if id > 0 {
		text = fmt.Sprintf("id: %d\n", id) + text
	}
	return w.write(text)
}

func (w *eventWriter) write(text string) error {
	// A recorder in a test has no deadlines; a connection always has.
	_ = w.control.SetWriteDeadline(time.Now().Add(slowest))
	if _, err := w.c.Response().Write([]byte(text)); err != nil {
		return err
	}
	return w.control.Flush()
}
