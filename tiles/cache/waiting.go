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
	free []context.Context // memory of one who has left
}

func (w *waiting) shard(key string) *shard {
	w.once.Do(func() { w.seed = maphash.MakeSeed() })
	return &w.shards[maphash.String(w.seed, key)%uint64(len(w.shards))]
}

// enter notes that somebody waits for a key until ctx ends, or until they leave. It says whether others do already.
func (w *waiting) enter(key string, ctx context.Context) (joins bool) {
	s := w.shard(key)
	s.Lock()
	defer s.Unlock()
	if s.keys == nil {
		s.keys = map[string][]context.Context{}
	}
	all := s.keys[key]
	if joins = len(all) > 0; !joins {
		all, s.free = s.free, nil
	}
	s.keys[key] = append(all, ctx)
	return joins
}

// leave notes that somebody waits no longer.
func (w *waiting) leave(key string, ctx context.Context) {
	s := w.shard(key)
	s.Lock()
	defer s.Unlock()
	all := s.keys[key]
	i := slices.Index(all, ctx)
	all[i] = all[len(all)-1]
	all[len(all)-1] = nil
	if all = all[:len(all)-1]; len(all) > 0 {
		s.keys[key] = all
		return
	}
	delete(s.keys, key)
	s.free = all
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
