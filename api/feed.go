package api

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"onemap/layers"
)

// backlog is how many changes a slow listener may lie behind before it is dropped.
const backlog = 256

// feed follows the log once for all event streams. A listener that does not keep up is dropped: it comes back with
// the position it has seen, and reads from the log what it missed.
type feed struct {
	store *layers.Store
	await func(ctx context.Context, position int64) error // until what is asked for on hearing of a change has it
	log   *slog.Logger

	mu        sync.Mutex
	position  int64 // of the last change handed out
	ready     chan struct{}
	listeners map[chan layers.Change]bool
}

func newFeed(store *layers.Store, await func(context.Context, int64) error, log *slog.Logger) *feed {
	return &feed{store: store, await: await, log: log, ready: make(chan struct{}), listeners: map[chan layers.Change]bool{}}
}

// run follows until the context ends; after an error it goes on from where it was.
func (f *feed) run(ctx context.Context) {
	begun := false
	for ctx.Err() == nil {
		err := f.follow(ctx, &begun)
		if ctx.Err() == nil && err != nil {
			f.log.Warn("event streams pause: the log can not be followed", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for l := range f.listeners {
		delete(f.listeners, l)
		close(l)
	}
}

func (f *feed) follow(ctx context.Context, begun *bool) error {
	if !*begun {
		position, err := f.store.Position(ctx)
		if err != nil {
			return err
		}
		f.position, *begun = position, true
		close(f.ready)
	}
	for change, err := range f.store.Follow(ctx, f.position) {
		if err != nil {
			return err
		}
		if err := f.await(ctx, change.Position); err != nil {
			return err
		}
		f.tell(change)
	}
	return nil
}

func (f *feed) tell(change layers.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.position = change.Position
	for l := range f.listeners {
		select {
		case l <- change:
		default: // too slow
			delete(f.listeners, l)
			close(l)
		}
	}
}

// listen returns the changes behind a position, which it also returns; stop ends it. The channel closes when the
// listener is dropped or the server ends.
func (f *feed) listen(ctx context.Context) (changes <-chan layers.Change, position int64, stop func(), err error) {
	select {
	case <-f.ready:
	case <-ctx.Done():
		return nil, 0, nil, ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	l := make(chan layers.Change, backlog)
	f.listeners[l] = true
	return l, f.position, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.listeners[l] {
			delete(f.listeners, l)
			close(l)
		}
	}, nil
}
