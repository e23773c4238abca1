package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"onemap/api"
)

// event is one server-sent event.
type event struct {
	id, name string
	data     map[string]any
}

// listen opens the stream; next waits for an event.
func (w *town) listen(ctx context.Context, path, last string) (next func() (event, error)) {
	w.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+path, nil)
	if err != nil {
		w.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { answer.Body.Close() })
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/event-stream" {
		w.Fatalf("%d %v", answer.StatusCode, answer.Header)
	}
	lines := bufio.NewScanner(answer.Body)
	return func() (event, error) {
		var e event
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case lines.Text() == "" && e.name != "":
				return e, nil
			case name == "id":
				e.id = value
			case name == "event":
				e.name = value
			case name == "data":
				if err := json.Unmarshal([]byte(value), &e.data); err != nil {
					return e, err
				}
			case strings.HasPrefix(lines.Text(), ":"):
				return event{name: "beat"}, nil
			}
		}
		return e, fmt.Errorf("the stream ended: %v", lines.Err())
	}
}

func (w *town) want(next func() (event, error), name string) event {
	w.Helper()
	e, err := next()
	if err != nil || e.name != name {
		w.Fatalf("event %+v, error %v, want %s", e, err, name)
	}
	return e
}

func TestOpenMapsHearOfEveryChange(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	next := w.listen(ctx, "/events", "")
	begin := w.want(next, "position")
	for range 3 { // as psql would
		if _, err := w.pool.Exec(ctx, `update layer.house set floors = floors + 1, geom = st_translate(geom, 0.001, 0) where no = '甲1'`); err != nil {
			t.Fatal(err)
		}
	}
	var first event
	for i := range 3 {
		e := w.want(next, "change")
		if i == 0 {
			first = e
		}
		if e.data["layer"] != "house" || e.data["op"] != "update" || fmt.Sprint(e.data["position"]) != e.id {
			t.Errorf("event %+v", e)
		}
	}
	if b := first.data["bounds"].([]any); b[0].(float64) > 116.0900001 || b[2].(float64) < 116.0919999 {
		t.Errorf("bounds %v do not hold what was and what became", b)
	}
	// One who was away reads the rest: from the first change two are left; from the beginning three.
	for last, left := range map[string]int{first.id: 2, begin.id: 3} {
		again := w.listen(ctx, "/events", last)
		w.want(again, "position")
		for range left {
			w.want(again, "change")
		}
	}
	if r := w.ask(http.MethodGet, "/events", "Last-Event-ID", "x"); r.StatusCode != 400 {
		t.Errorf("Last-Event-ID x: %d", r.StatusCode)
	}
	next = w.listen(ctx, "/events?after="+begin.id, "")
	w.want(next, "position")
	w.want(next, "change")
	w.api.Close()
	for range 4 {
		if _, err := next(); err != nil {
			return
		}
	}
	t.Error("the stream goes on after Close")
}

func TestStreamsBeat(t *testing.T) {
	t.Parallel()
	w := newTown(t, func(o *api.Options) { o.Heartbeat = 10 * time.Millisecond })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	next := w.listen(ctx, "/events", "")
	w.want(next, "position")
	w.want(next, "beat")
	w.want(next, "beat")
}
