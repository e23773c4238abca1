package demo

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"onemap/layers"
	"onemap/layers/standard"
)

// author is who the log says made the county.
var author = layers.Actor{ID: "demo", Name: "示例数据"}

// Write makes the county's layers from the standards' templates, marks them synthetic and loads them, two at a time.
// Layers that exist already are emptied by their load. progress may be nil; it is called with the rows loaded so far
// and is not called twice at once.
func Write(ctx context.Context, store *layers.Store, w *World, progress func(layer string, rows int)) error {
	tables := w.Tables()
	for _, t := range tables {
		def, err := standard.Table(t.Layer)
		if err != nil {
			return err
		}
		def.Synthetic = true
		if _, err := store.Layer(ctx, author, t.Layer); err == nil {
			continue
		}
		if _, err := store.Create(ctx, author, def); err != nil {
			return fmt.Errorf("make %s: %w", t.Layer, err)
		}
	}
	var mu sync.Mutex
	tell := func(layer string, n int) {
		if progress != nil {
			mu.Lock()
			defer mu.Unlock()
			progress(layer, n)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, t := range tables {
		group.Go(func() error {
			src := newSource(t, tell)
			defer src.stop()
			opt := layers.LoadOptions{Mode: layers.Replace, Reason: fmt.Sprintf("synthetic county, seed %d, %s", w.Seed, w.Size)}
			if _, err := store.Load(ctx, author, t.Layer, t.Columns, src, opt); err != nil {
				return fmt.Errorf("load %s: %w", t.Layer, err)
			}
			tell(t.Layer, src.n)
			return nil
		})
	}
	return group.Wait()
}

// source feeds a table's rows to COPY; the next rows are made while the last are sent.
type source struct {
	layer string
	tell  func(string, int)
	batch [][]any
	at    int
	n     int
	full  <-chan [][]any
	stop  func()
}

var _ pgx.CopyFromSource = (*source)(nil)

func newSource(t Table, tell func(string, int)) *source {
	full := make(chan [][]any, 2)
	done := make(chan struct{})
	var once sync.Once
	go fill(t.Rows, full, done)
	return &source{layer: t.Layer, tell: tell, full: full, at: -1, stop: func() { once.Do(func() { close(done) }) }}
}

func fill(rows iter.Seq[[]any], full chan<- [][]any, done <-chan struct{}) {
	defer close(full)
	const size = 1000
	batch := make([][]any, 0, size)
	for r := range rows {
		if batch = append(batch, r); len(batch) < size {
			continue
		}
		select {
		case full <- batch:
			batch = make([][]any, 0, size)
		case <-done:
			return
		}
	}
	select {
	case full <- batch:
	case <-done:
	}
}

func (s *source) Next() bool {
	if s.at++; s.at < len(s.batch) {
		s.n++
		return true
	}
	s.batch, s.at = nil, 0
	for len(s.batch) == 0 {
		b, ok := <-s.full
		if !ok {
			return false
		}
		s.batch = b
	}
	if s.n++; s.n%20_000 < 1000 {
		s.tell(s.layer, s.n)
	}
	return true
}

func (s *source) Values() ([]any, error) { return s.batch[s.at], nil }
func (s *source) Err() error             { return nil }
