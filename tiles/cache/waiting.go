package cache

import (
	"context"
	"hash/maphash"
	"slices"
	"sync"
)

// waiting knows who waits for which key. Its zero value is ready.
type waiting struct {
	once   sync.Once
	seed   maphash.Seed
	shards [64]shard
}

// shard has the contexts of those who wait for some of the keys.
type shard struct {
	sync.Mutex
	keys map[string][]context.Context
}

func (w *waiting) shard(key string) *shard {
	w.once.Do(func() { w.seed = maphash.MakeSeed() })
	return &w.shards[maphash.String(w.seed, key)%uint64(len(w.shards))]
}

// enter notes that somebody waits for a key until ctx ends, or until they leave. It says whether others do already.
func (w *waiting) enter(key string, ctx context.Context) (leave func(), joins bool) {
	s := w.shard(key)
	s.Lock()
	defer s.Unlock()
	if s.keys == nil {
		s.keys = map[string][]context.Context{}
	}
	joins = len(s.keys[key]) > 0
	s.keys[key] = append(s.keys[key], ctx)
	return func() { s.leave(key, ctx) }, joins
}

func (s *shard) leave(key string, ctx context.Context) {
	s.Lock()
	defer s.Unlock()
	all := s.keys[key]
	if len(all) <= 1 {
		delete(s.keys, key)
		return
	}
	i := slices.Index(all, ctx)
	all[i] = all[len(all)-1]
	all[len(all)-1] = nil
	s.keys[key] = all[:len(all)-1]
}

// someone returns the context of somebody who still waits; nil when nobody does.
func (s *shard) someone(key string) context.Context {
	s.Lock()
	defer s.Unlock()
	for _, ctx := range s.keys[key] {
		if ctx.Err() == nil {
			return ctx
		}
	}
	return nil
}

// watch calls deserted once nobody waits for a key any more, until it is stopped.
func (w *waiting) watch(key string, deserted func()) (stop func()) {
	s := w.shard(key)
	var mu sync.Mutex
	var ended bool
	var forget func() bool
	var look func()
	look = func() {
		mu.Lock()
		defer mu.Unlock()
		switch who := s.someone(key); {
		case ended:
		case who == nil:
			deserted()
		default:
			forget = context.AfterFunc(who, look)
		}
	}
	look()
	return func() {
		mu.Lock()
		defer mu.Unlock()
		if ended = true; forget != nil {
			forget()
		}
	}
}
