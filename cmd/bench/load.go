package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"onemap/tiles"
)

// target is a tile server that is measured.
type target struct {
	name     string
	template string // of the URL, with {z}, {x} and {y}; {round} is another in every cold round, to go round a cache
	restart  func(ctx context.Context) error
	pids     func() []int
	etags    map[tiles.Tile]string // as they were told when its caches were filled
	bare     bool                  // the bar, no server of tiles
}

// url is where the target has a tile.
func (t *target) url(tile tiles.Tile, round int) (*url.URL, error) {
	text := strings.NewReplacer(
		"{z}", strconv.Itoa(tile.Z), "{x}", strconv.Itoa(tile.X), "{y}", strconv.Itoa(tile.Y), "{round}", strconv.Itoa(round),
	).Replace(t.template)
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" || u.Port() == "" {
		return nil, fmt.Errorf("target %s: %q: want http://host:port/…", t.name, t.template)
	}
	return u, nil
}

// figure is one measurement of one target.
type figure struct {
	Mode        string  `json:"mode"`
	Zoom        int     `json:"zoom"` // −1: all
	Target      string  `json:"target"`
	Round       int     `json:"round"`
	Requests    int     `json:"requests"`
	Seconds     float64 `json:"seconds"`
	Rate        float64 `json:"requestsPerSecond"`
	P50         float64 `json:"p50"` // milliseconds
	P95         float64 `json:"p95"`
	P99         float64 `json:"p99"`
	Bytes       int64   `json:"bytes"`
	Largest     int     `json:"largest"` // bytes of the largest body
	Empty       int     `json:"empty"`
	NotModified int     `json:"notModified"`
	Errors      int     `json:"errors"`
	Error       string  `json:"error,omitempty"` // one of them

	CPU cpuShare `json:"cpuMilliseconds"` // of each request
}

// drive is how a list is asked for.
type drive struct {
	connections int
	limit       time.Duration // when nothing new is begun any more
	repeat      bool          // the list is begun again until then
	see         func(tile tiles.Tile, a answer)
	keep        bool // bodies, for see
	conditional bool
	round       int
}

// run asks a target for tiles. see is called by one goroutine at a time.
func (d drive) run(ctx context.Context, t *target, list []tiles.Tile) (f figure, err error) {
	questions := make([][]byte, len(list))
	address := ""
	for i, tile := range list {
		u, err := t.url(tile, d.round)
		if err != nil {
			return f, err
		}
		etag := ""
		if d.conditional {
			etag = t.etags[tile]
		}
		address, questions[i] = u.Host, request(u, etag)
	}
	var see func(i int, a answer)
	if d.see != nil {
		see = func(i int, a answer) { d.see(list[i], a) }
	}
	f, err = d.send(ctx, address, questions, see)
	f.Target = t.name
	return f, err
}

// ask asks for addresses, all of one server.
func (d drive) ask(ctx context.Context, addresses []string) (f figure, err error) {
	questions, host := make([][]byte, len(addresses)), ""
	for i, text := range addresses {
		u, err := url.Parse(text)
		if err != nil {
			return f, err
		}
		host, questions[i] = u.Host, request(u, "")
	}
	return d.send(ctx, host, questions, nil)
}

// send asks a server the questions. see, where there is one, is called by one goroutine at a time, with the question's number.
func (d drive) send(ctx context.Context, address string, questions [][]byte, see func(i int, a answer)) (f figure, err error) {
	var next atomic.Int64
	var mu sync.Mutex
	var took []time.Duration
	var all sync.WaitGroup
	begin := time.Now()
	for range d.connections {
		all.Go(func() {
			part := figure{}
			times := make([]time.Duration, 0, 4096)
			w := &wire{address: address}
			defer w.close()
			for ctx.Err() == nil && time.Since(begin) < d.limit {
				i := int(next.Add(1) - 1)
				if i >= len(questions) && !d.repeat {
					break
				}
				i %= len(questions)
				asked := time.Now()
				a, err := w.ask(questions[i], d.keep)
				times = append(times, time.Since(asked))
				part.count(a, err)
				if see != nil && err == nil {
					mu.Lock()
					see(i, a)
					mu.Unlock()
				}
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, times...)
			f.add(part)
		})
	}
	all.Wait()
	f.finish(took, time.Since(begin))
	return f, ctx.Err()
}

// count notes one answer. A page or a report in place of a tile is an error, whatever its status says.
func (f *figure) count(a answer, err error) {
	f.Requests++
	switch {
	case err != nil:
		f.Errors, f.Error = f.Errors+1, err.Error()
	case a.status == 304:
		f.NotModified++
	case a.status == 204 || a.status == 200 && a.size == 0:
		f.Empty++
	case a.status != 200 || bytes.Contains(a.kind, []byte("html")) || bytes.Contains(a.kind, []byte("xml")):
		f.Errors, f.Error = f.Errors+1, fmt.Sprintf("status %d, %s", a.status, a.kind)
	}
	f.Bytes += int64(a.size)
	f.Largest = max(f.Largest, a.size)
}

func (f *figure) add(o figure) {
	f.Requests, f.Errors, f.Empty, f.NotModified = f.Requests+o.Requests, f.Errors+o.Errors, f.Empty+o.Empty, f.NotModified+o.NotModified
	f.Bytes, f.Largest = f.Bytes+o.Bytes, max(f.Largest, o.Largest)
	if o.Error != "" {
		f.Error = o.Error
	}
}

func (f *figure) finish(took []time.Duration, all time.Duration) {
	slices.Sort(took)
	f.Seconds = all.Seconds()
	f.Rate = float64(f.Requests) / f.Seconds
	f.P50, f.P95, f.P99 = percentile(took, 0.50), percentile(took, 0.95), percentile(took, 0.99)
}

// percentile is in milliseconds; times are sorted.
func percentile(times []time.Duration, p float64) float64 {
	if len(times) == 0 {
		return 0
	}
	i := min(int(p*float64(len(times))), len(times)-1)
	return float64(times[i].Microseconds()) / 1000
}
