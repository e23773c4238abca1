package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"onemap/layers"
	"onemap/tiles"
)

// warmer asks a server for tiles, as a reader does.
type warmer struct {
	server, set string
	layers      []string
	workers     int
	client      *http.Client

	done, full, empty, bytes, busy, errors atomic.Int64
	first                                  atomic.Pointer[error]
}

func newWarmer(server, set string, names []string, workers int) *warmer {
	return &warmer{server: strings.TrimRight(server, "/"), set: set, layers: names, workers: workers, client: &http.Client{
		Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: workers, DisableCompression: true}}}
}

// ask sends a request and returns the answer, whatever its status.
func (w *warmer) ask(ctx context.Context, path string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Accept", "application/json, */*")
	return w.client.Do(r)
}

// mostAnswered is the largest document that is read.
const mostAnswered = 64 << 20

// document asks for JSON.
func (w *warmer) document(ctx context.Context, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/geo+json, application/json")
	answer, err := w.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswered))
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return refused(answer, body)
	}
	return json.Unmarshal(body, into)
}

// refused is what a server has said.
func refused(answer *http.Response, body []byte) error {
	var problem struct{ Detail string }
	if json.Unmarshal(body, &problem) == nil && problem.Detail != "" {
		return fmt.Errorf("%s answers %s: %s", answer.Request.URL, answer.Status, problem.Detail)
	}
	return fmt.Errorf("%s answers %s", answer.Request.URL, answer.Status)
}

// address is where tiles of the layers begin.
func (w *warmer) address() string {
	at := "/tiles/"
	if w.set != "WebMercatorQuad" {
		at += url.PathEscape(w.set) + "/"
	}
	return at + url.PathEscape(strings.Join(w.layers, ","))
}

// describe asks what tiles there are: zooms where there are none are left out.
func (w *warmer) describe(ctx context.Context, first, last int) (c tiles.Cover, err error) {
	if c.Set, err = tiles.AnyMatrixSet(w.set); err != nil {
		return c, fmt.Errorf("--set: %w", err)
	}
	var doc tiles.TileJSON
	if err := w.document(ctx, w.address()+".json", &doc); err != nil {
		return c, err
	}
	c.MinZoom, c.MaxZoom = max(first, doc.MinZoom), min(last, doc.MaxZoom)
	if c.MinZoom > c.MaxZoom {
		return c, fmt.Errorf("the server has tiles of zooms %d to %d, not of %d to %d", doc.MinZoom, doc.MaxZoom, first, last)
	}
	c.Bounds = layers.Bounds{-180, -90, 180, 90}
	if doc.Bounds != nil {
		c.Bounds = *doc.Bounds
	}
	return c, nil
}

// feature asks for a feature's area.
func (w *warmer) feature(ctx context.Context, name string) (orb.MultiPolygon, error) {
	layer, id, ok := strings.Cut(name, "/")
	if !ok {
		return nil, fmt.Errorf("%q: want layer/id", name)
	}
	var body json.RawMessage
	if err := w.document(ctx, "/ogc/collections/"+url.PathEscape(layer)+"/items/"+url.PathEscape(id), &body); err != nil {
		return nil, err
	}
	return tiles.ParseArea(body)
}

// run asks for all tiles of a cover. It ends early only with the context, or when the server is gone.
func (w *warmer) run(ctx context.Context, c tiles.Cover, progress func(done, total int64)) error {
	total := c.Count(0)
	group, ctx := errgroup.WithContext(ctx)
	addresses := make(chan tiles.Tile)
	group.Go(func() error {
		defer close(addresses)
		for tile := range c.Tiles() {
			select {
			case addresses <- tile:
			case <-ctx.Done():
				return ctx.Err()
			}
			if done := w.done.Load(); done%16 == 0 {
				progress(done, total)
			}
		}
		return nil
	})
	for range w.workers {
		group.Go(func() error {
			for tile := range addresses {
				if err := w.tile(ctx, tile); err != nil {
					return err
				}
				w.done.Add(1)
			}
			return nil
		})
	}
	return group.Wait()
}

// mostBusy is how long a server may be too busy for one tile.
const mostBusy = 2 * time.Minute

// tile asks for one, again while the server is busy. A tile that can not be drawn is counted; an error is a server that is gone.
func (w *warmer) tile(ctx context.Context, tile tiles.Tile) error {
	for began := time.Now(); ; {
		answer, err := w.ask(ctx, w.address()+"/"+tile.String()+".mvt")
		if err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if err != nil {
			return err
		}
		switch answer.StatusCode {
		case http.StatusOK:
			w.full.Add(1)
			w.bytes.Add(n)
			return nil
		case http.StatusNoContent:
			w.empty.Add(1)
			return nil
		case http.StatusServiceUnavailable:
			w.busy.Add(1)
			if time.Since(began) > mostBusy {
				w.fail(fmt.Errorf("the server has been too busy for tile %s for %v", tile, mostBusy))
				return nil
			}
			wait, _ := strconv.Atoi(answer.Header.Get("Retry-After")) // no number is 0
			select {
			case <-time.After(time.Duration(min(max(wait, 1), 10)) * time.Second):
			case <-ctx.Done():
				return ctx.Err()
			}
		default:
			w.fail(refused(answer, nil))
			return nil
		}
	}
}

func (w *warmer) fail(err error) {
	w.errors.Add(1)
	w.first.CompareAndSwap(nil, &err)
}

// failed says how many tiles could not be had, and why the first could not.
func (w *warmer) failed() error {
	if first := w.first.Load(); first != nil {
		return fmt.Errorf("%d tiles could not be had; the first: %w", w.errors.Load(), *first)
	}
	return nil
}
