package api

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// Direct has connections that are asked for tiles again and again answer by themselves what is in memory. The handler is
// the same; only what net/http does besides for each request is left out: a goroutine that looks whether the client leaves,
// five deadlines, a table of headers made anew. It is for no more than that:
//
//   - A request is answered here only where net/http waits for it, and all that net/http has been given were heads of the
//     strict form that directRequest knows, without bodies, each whole before the next began; so it holds nothing of this one.
//     Once there is anything else, the connection is net/http's for good.
//   - Who would have to wait, or is answered by an error, is passed on to net/http as it came, and begins anew there.
//
// Direct returns the listener that web is to serve.
func Direct(web *http.Server, l net.Listener) net.Listener {
	web.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) }
	web.ConnState = func(c net.Conn, state http.ConnState) {
		if w, ok := c.(*conn); ok {
			w.waits = state == http.StateIdle
		}
	}
	return directListener{l, web}
}

type directListener struct {
	net.Listener
	web *http.Server
}

// Accept implements net.Listener.
func (l directListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return newConn(tcp, l.web), nil
	}
	return c, err
}

// longestHead is how much may be given to net/http that is no whole request yet; of what goes on after it no end is known.
const longestHead = 4 << 10

// conn is a connection of the server. It shows no more of a TCP connection than it looks after: ReadFrom would go past what
// is kept back.
type conn struct {
	net.Conn
	tcp  *net.TCPConn // the same
	part kept

	web     *http.Server
	waits   bool   // net/http has answered what it was given, and waits for the next
	given   []byte // to net/http since the last whole request that can be read here
	lost    bool   // it can not be told any more where a request begins
	request *directRequest
	answer  *directAnswer
	writing sync.Mutex // an answer of its own
	readBy  time.Time  // when the client has to ask next, where that has been set here
	writeBy time.Time  // when the client has to have taken the answer, likewise
}

func newConn(tcp *net.TCPConn, web *http.Server) *conn {
	c := &conn{Conn: tcp, tcp: tcp, web: web}
	c.request = newDirectRequest(tcp.RemoteAddr().String())
	c.answer = &directAnswer{conn: c, header: http.Header{}}
	return c
}

// Read implements net.Conn, for net/http: it returns what is not answered here.
func (c *conn) Read(b []byte) (int, error) {
	for {
		n, err := c.tcp.Read(b)
		if n == 0 || c.lost {
			return n, err
		}
		if c.waits && len(c.given) == 0 && c.request.read(b[:n]) && c.request.direct {
			done, failed := c.direct()
			if failed != nil {
				return 0, failed
			}
			if done {
				continue
			}
		}
		c.note(b[:n])
		return n, cmp.Or(err, c.give())
	}
}

// note follows what net/http is given.
func (c *conn) note(b []byte) {
	c.waits = false
	c.given = append(c.given, b...)
	switch {
	case c.request.read(c.given):
		c.given = c.given[:0]
	case len(c.given) > longestHead:
		c.lost, c.given = true, nil
	}
}

// direct answers the request that has been read, unless it is declined.
func (c *conn) direct() (done bool, err error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.answer.reset()
	c.web.Handler.ServeHTTP(c.answer, c.request.http)
	if c.request.once.declined {
		return false, nil
	}
	if err := c.answer.finish(); err != nil {
		return false, err
	}
	if idle := c.web.IdleTimeout; idle > 0 && c.readBy.Sub(c.answer.at) < idle*7/8 {
		c.readBy = c.answer.at.Add(idle)
		return true, c.tcp.SetReadDeadline(c.readBy)
	}
	return true, nil
}

// give takes back what has been set of the connection that net/http does not know of. It sets its own time to read itself.
func (c *conn) give() (err error) {
	if !c.writeBy.IsZero() {
		err = c.tcp.SetWriteDeadline(time.Time{})
	}
	c.readBy, c.writeBy = time.Time{}, time.Time{}
	return err
}

// Close implements net.Conn. An answer that is under way is finished: net/http knows nothing of it, and thinks nobody waits.
func (c *conn) Close() error {
	if !c.writing.TryLock() {
		_ = c.tcp.SetWriteDeadline(time.Now().Add(time.Second)) // it is closed in any case
		c.writing.Lock()
	}
	defer c.writing.Unlock()
	return c.tcp.Close()
}

// CloseWrite is what net/http calls so that a client who still sends can read the answer before the connection ends.
func (c *conn) CloseWrite() error { return c.tcp.CloseWrite() }

// Write implements net.Conn.
func (c *conn) Write(b []byte) (int, error) { return c.part.write(c.tcp, b) }

// connKey is where a request's context has its connection.
type connKey struct{}

// atOnce is the context of a request that is answered at once or not at all: it has ended before it began, so that nothing
// waits for it. Where something would have to, the request is declined, and neither counted nor told.
type atOnce struct {
	context.Context
	declined bool
}

func newAtOnce() *atOnce {
	ctx, end := context.WithCancel(context.Background())
	end()
	return &atOnce{Context: ctx}
}
