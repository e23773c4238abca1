package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
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

// told reads changes until all up to a position have been told; the last has an id.
func (w *town) told(next func() (event, error), position float64) (all []event) {
	w.Helper()
	for {
		e := w.want(next, "change")
		all = append(all, e)
		if e.data["position"].(float64) >= position && e.id != "" {
			return all
		}
	}
}

// change changes a house as psql would, and returns the position of that.
func (w *town) change(sql string) float64 {
	w.Helper()
	if _, err := w.pool.Exec(w.Context(), sql); err != nil {
		w.Fatal(err)
	}
	position, err := w.store.Settle(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return float64(position)
}

func TestOpenMapsHearOfEveryChange(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	next := w.listen(ctx, "/events", "")
	begin := w.want(next, "position")
	const moved = `update layer.house set floors = floors + 1, geom = st_translate(geom, 0.001, 0) where no = '甲1'`
	first := w.told(next, w.change(moved))
	e := first[0]
	if len(first) != 1 || e.data["layer"] != "house" || e.data["op"] != "update" || fmt.Sprint(e.data["position"]) != e.id {
		t.Errorf("events %+v", first)
	}
	if b := e.data["bounds"].([]any); b[0].(float64) > 116.0900001 || b[2].(float64) < 116.0919999 {
		t.Errorf("bounds %v do not hold what was and what became", b)
	}
	w.told(next, w.change(moved))
	end := w.told(next, w.change(`update layer.lane set width = 3`))
	// One who was away reads the rest, once for each place: behind the first change the house and the lanes.
	for last, layers := range map[string]string{e.id: "[house lane]", begin.id: "[house lane]", end[len(end)-1].id: "[]"} {
		again := w.listen(ctx, "/events", last)
		w.want(again, "position")
		seen := []string{}
		for len(seen) < 2 && last != end[len(end)-1].id {
			e := w.want(again, "change")
			if name := e.data["layer"].(string); !slices.Contains(seen, name) {
				seen = append(seen, name)
			}
		}
		if fmt.Sprint(seen) != layers {
			t.Errorf("behind %s: %v, want %s", last, seen, layers)
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

// Many changes at once are a few events; who is cut off in the middle of them hears them again.
func TestManyChangesAreToldTogether(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	next := w.listen(ctx, "/events", "")
	begin := w.want(next, "position")
	position := w.change(`insert into layer.odd (name, geom) select 'p' || i, st_setsrid(st_makepoint(116 + i * 1e-5, 35), 4490) from generate_series(1, 900) i`)
	all := w.told(next, position)
	if len(all) > 9 {
		t.Errorf("900 points are told in %d events", len(all))
	}
	again := w.listen(ctx, "/events", begin.id)
	if e := w.want(again, "position"); e.id != begin.id {
		t.Errorf("begins at %s, want %s", e.id, begin.id)
	}
	for _, e := range w.told(again, position) {
		if e.id != "" && e.data["position"].(float64) != position {
			t.Errorf("an event that is not the last has the id %s", e.id)
		}
	}
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
