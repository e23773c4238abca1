package cache

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/golang/groupcache"
	"github.com/golang/groupcache/consistenthash"
	pb "github.com/golang/groupcache/groupcachepb"
)

// Peers is the nodes that share a cache: each key is one node's, which the others ask. Nodes ask each other over an inner
// listener with a secret that they share.
type Peers struct {
	self   string
	secret string
	client *http.Client
	nodes  atomic.Pointer[nodes]
	mu     sync.Mutex
	down   map[string]time.Time // address → until when it is not asked
}

// nodes is who is there, in a ring.
type nodes struct{ ring *consistenthash.Map }

// MostValue is the largest value a peer may send.
const MostValue = 64 << 20

// rest is how long a node that failed is not asked.
const rest = time.Second

// NewPeers returns the peers of the node whose inner listener others reach at self, host:port; at first nobody.
func NewPeers(self, secret string) *Peers {
	dial := net.Dialer{Timeout: 500 * time.Millisecond}
	p := &Peers{self: self, secret: secret, down: map[string]time.Time{}, client: &http.Client{Transport: &http.Transport{
		DialContext: dial.DialContext, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute, DisableCompression: true,
	}}}
	p.Set(nil)
	return p
}

// Set says which nodes there are, as host:port; this one may be among them.
func (p *Peers) Set(others []string) {
	ring := consistenthash.New(64, nil)
	ring.Add(p.self)
	for _, o := range others {
		if o != p.self {
			ring.Add(o)
		}
	}
	p.nodes.Store(&nodes{ring})
}

// owner is the node that a key belongs to, "" = this one.
func (p *Peers) owner(key string) string {
	owner := p.nodes.Load().ring.Get(key)
	if owner == p.self {
		return ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if until, ok := p.down[owner]; ok && time.Now().Before(until) {
		return ""
	}
	return owner
}

func (p *Peers) failed(owner string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down[owner] = time.Now().Add(rest)
}

// Join has the cache share its keys with peers. It is called before the first Get.
func (c *Cache) Join(p *Peers) { c.peers.Store(p) }

// PickPeer is groupcache.PeerPicker's.
func (c *Cache) PickPeer(key string) (groupcache.ProtoGetter, bool) {
	p := c.peers.Load()
	if p == nil || c.waiting.shard(key).someone(key) == nil { // who asked only for what is here
		return nil, false
	}
	if owner := p.owner(key); owner != "" {
		return &peer{c, p, owner}, true
	}
	return nil, false
}

// peer is another node.
type peer struct {
	cache *Cache
	peers *Peers
	at    string
}

// path is where a node answers others.
const path = "/cache/"

// Get is groupcache.ProtoGetter's. When it fails, the value is made here.
func (n *peer) Get(ctx context.Context, in *pb.GetRequest, out *pb.GetResponse) error {
	return n.cache.patiently(ctx, in.GetKey(), func(ctx context.Context) error {
		value, err := n.ask(ctx, in.GetKey())
		out.Value = value
		return err
	})
}

func (n *peer) ask(ctx context.Context, key string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.at+path+url.PathEscape(key), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+n.peers.secret)
	answer, err := n.peers.client.Do(r)
	if err != nil {
		if ctx.Err() == nil {
			n.peers.failed(n.at)
		}
		return nil, fmt.Errorf("ask node %s: %w", n.at, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask node %s: it answers %s", n.at, answer.Status)
	}
	value, err := io.ReadAll(io.LimitReader(answer.Body, MostValue+1))
	if err != nil {
		if ctx.Err() == nil {
			n.peers.failed(n.at)
		}
		return nil, fmt.Errorf("ask node %s: %w", n.at, err)
	}
	if len(value) > MostValue || len(value) < head {
		return nil, fmt.Errorf("ask node %s: a value of %d bytes", n.at, len(value))
	}
	return value, nil
}

// Handler answers the other nodes, on the inner listener.
func (c *Cache) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := c.peers.Load()
		said, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if p == nil || !ok || subtle.ConstantTimeCompare([]byte(said), []byte(p.secret)) != 1 {
			http.Error(w, "who is asking?", http.StatusUnauthorized)
			return
		}
		key, ok := strings.CutPrefix(r.URL.Path, path)
		if !ok || key == "" {
			http.NotFound(w, r)
			return
		}
		if p.owner(key) != "" { // two nodes that see others differently would wait for each other
			http.Error(w, "another node's key", http.StatusMisdirectedRequest)
			return
		}
		c.group.Stats.ServerRequests.Add(1)
		c.waiting.enter(key, r.Context())
		view, err := c.get(r.Context(), key)
		c.waiting.leave(key, r.Context())
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				http.Error(w, "it could not be made", http.StatusServiceUnavailable)
			}
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = view.WriteTo(w) // a node that hangs up asks no more
	})
}
