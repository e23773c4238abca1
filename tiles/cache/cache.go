// Package cache keeps bytes under keys that say all about them: nothing expires and nothing is taken out by hand, for the
// bytes of a key never change. It is golang/groupcache with what that leaves to its users: a fill belongs to everybody who
// waits for it and ends when all of them have left; and several caches of one process have peers of their own.
package cache

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/golang/groupcache"
)

// Fill makes the bytes of a key. Its context ends when nobody waits any more, or at the Options' Limit.
type Fill func(ctx context.Context, key string) ([]byte, error)

// Options says how large a cache is and how it is filled.
type Options struct {
	Bytes int64         // of keys and values together, at most; 0 = nothing is kept
	Limit time.Duration // that one fill may take; 0 = 30 s
	Fill  Fill
}

// Cache is one node's part of the cache. It is safe for concurrent use.
type Cache struct {
	fill    Fill
	limit   time.Duration
	group   *groupcache.Group
	peers   atomic.Pointer[Peers]
	places  sync.Pool // of *place
	gets    atomic.Int64
	waiting waiting
}

// View is a value as it lies in the cache.
type View = groupcache.ByteView

// least is what a value takes in the cache at least, so that a budget of bytes bounds what millions of tiny entries take
// with their places in maps and lists.
const least = 192

// groupcache's names are of the whole process, and so is the table in which it looks a group's peers up.
var (
	caches   sync.Map // name of group → *Cache
	register sync.Once
	count    atomic.Int64
)

// New returns an empty cache.
func New(opt Options) *Cache {
	register.Do(func() {
		groupcache.RegisterPerGroupPeerPicker(func(name string) groupcache.PeerPicker {
			c, _ := caches.Load(name)
			return c.(*Cache)
		})
	})
	c := &Cache{fill: opt.Fill, limit: opt.Limit, places: sync.Pool{New: newPlace}}
	if c.limit <= 0 {
		c.limit = 30 * time.Second
	}
	name := "onemap-" + strconv.FormatInt(count.Add(1), 10)
	caches.Store(name, c)
	c.group = groupcache.NewGroup(name, opt.Bytes, groupcache.GetterFunc(c.load))
	return c
}

// Get returns the value of a key: from here, from the peer whose key it is, or from a fill, of which there is one at a time.
// Who joins a fill returns when ctx ends; who began it stays while others wait for it. A ctx that has ended gets what is here.
func (c *Cache) Get(ctx context.Context, key string) (View, error) {
	for {
		var view View
		var err error
		if c.waiting.enter(key, ctx) {
			view, err = c.join(ctx, key)
		} else {
			view, err = c.get(ctx, key)
		}
		c.waiting.leave(key, ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			return View{}, ctx.Err()
		case errors.Is(err, errDeserted): // those who wanted it had left just when we came
			continue
		}
		c.gets.Add(1)
		if err != nil {
			return View{}, err
		}
		n := int(view.At(0))<<24 | int(view.At(1))<<16 | int(view.At(2))<<8 | int(view.At(3))
		return view.Slice(head, head+n), nil
	}
}

// place is where groupcache puts a value.
type place struct {
	view View
	sink groupcache.Sink
}

func newPlace() any {
	p := &place{}
	p.sink = groupcache.ByteViewSink(&p.view)
	return p
}

// get is a value with its head and padding.
func (c *Cache) get(ctx context.Context, key string) (View, error) {
	p, _ := c.places.Get().(*place)
	err := c.group.Get(ctx, key, p.sink)
	view := p.view
	p.view = View{}
	c.places.Put(p)
	return view, err
}

// join is get for one of several who want the same.
func (c *Cache) join(ctx context.Context, key string) (View, error) {
	type answer struct {
		view View
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		view, err := c.get(ctx, key)
		got <- answer{view, err}
	}()
	select {
	case a := <-got:
		return a.view, a.err
	case <-ctx.Done():
		return View{}, ctx.Err()
	}
}

// head is how many bytes before a value say how long it is; padding follows it.
const head = 4

// errDeserted ends a fill for which nobody waits.
var errDeserted = errors.New("nobody waits")

// load is groupcache's way to fill.
func (c *Cache) load(ctx context.Context, key string, dest groupcache.Sink) error {
	return c.patiently(ctx, key, func(ctx context.Context) (err error) {
		defer func() { // a panic would leave all who wait waiting
			if r := recover(); r != nil {
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		value, err := c.fill(ctx, key)
		if err != nil {
			return err
		}
		n := len(value)
		entry := make([]byte, max(head+n, least))
		entry[0], entry[1], entry[2], entry[3] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
		copy(entry[head:], value)
		return dest.SetBytes(entry)
	})
}

// patiently does work for all who wait for a key; it ends when they have all left, not when ctx does: that is the first one's.
func (c *Cache) patiently(ctx context.Context, key string, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	ctx, stop := context.WithTimeout(ctx, c.limit)
	defer stop()
	defer c.waiting.watch(key, func() { cancel(errDeserted) })()
	if ctx.Err() != nil { // who asked only for what is here
		return context.Cause(ctx)
	}
	err := work(ctx)
	if err != nil && errors.Is(context.Cause(ctx), errDeserted) {
		return fmt.Errorf("%w: %w", errDeserted, err)
	}
	return err
}

// Stats is what a cache has done since it was made, and what it holds. Gets are those that were waited for to the end.
type Stats struct {
	Gets, Hits, Fills, FromPeers, PeerErrors, ForPeers, Items, Bytes, Evictions int64
}

// Stats tells what the cache has done.
func (c *Cache) Stats() Stats {
	s := &c.group.Stats
	main, hot := c.group.CacheStats(groupcache.MainCache), c.group.CacheStats(groupcache.HotCache)
	return Stats{c.gets.Load() + s.ServerRequests.Get(), s.CacheHits.Get(), s.LocalLoads.Get(), s.PeerLoads.Get(), s.PeerErrors.Get(), s.ServerRequests.Get(),
		main.Items + hot.Items, main.Bytes + hot.Bytes, main.Evictions + hot.Evictions}
}
