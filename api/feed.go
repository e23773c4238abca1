package api

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"onemap/layers"
	"onemap/tiles"
)

// feed follows the log once for all event streams.
type feed struct {
	store *layers.Store
	await func(ctx context.Context, position int64) error // until what is asked for on hearing of a change has it
	log   *slog.Logger

	mu        sync.Mutex
	position  int64 // of the last change handed out
	ready     chan struct{}
	listeners map[*listener]bool
}

func newFeed(store *layers.Store, await func(context.Context, int64) error, log *slog.Logger) *feed {
	return &feed{store: store, await: await, log: log, ready: make(chan struct{}), listeners: map[*listener]bool{}}
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
		close(l.wake)
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

func (f *feed) tell(ch layers.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.position = ch.Position
	for l := range f.listeners {
		l.gathered.add(change{ch.Layer, ch.Position, ch.Op, touched(ch)})
		l.rouse()
	}
}

// remade hands out that tiles of mosaics were made again.
func (f *feed) remade(all []tiles.Remade) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for l := range f.listeners {
		l.remade.add(all)
		l.rouse()
	}
}

// listener gathers what one stream has not told yet. However slow its client is, that stays little.
type listener struct {
	feed     *feed
	wake     chan struct{} // closed when the feed ends
	gathered coalesced
	remade   remadeTogether
}

func (l *listener) rouse() {
	select {
	case l.wake <- struct{}{}:
	default: // it is awake
	}
}

// listen returns a listener for the changes behind a position, which it also returns. Stop it in the end.
func (f *feed) listen(ctx context.Context) (l *listener, position int64, err error) {
	select {
	case <-f.ready:
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	l = &listener{feed: f, wake: make(chan struct{}, 1)}
	f.listeners[l] = true
	return l, f.position, nil
}

// take returns what has gathered.
func (l *listener) take() ([]change, []tiles.Remade) {
	l.feed.mu.Lock()
	defer l.feed.mu.Unlock()
	changes, remade := l.gathered.changes, l.remade
	l.gathered, l.remade = coalesced{}, nil
	return changes, remade
}

func (l *listener) stop() {
	l.feed.mu.Lock()
	defer l.feed.mu.Unlock()
	delete(l.feed.listeners, l)
}
