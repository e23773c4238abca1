package api

import (
	"context"
	"net"
	"net/http"
)

// Whole has the connections of a listener send an answer's head with its body where a door says so (sendWhole). net/http
// writes what does not fit into its buffer of 4 KB in two parts, and each costs both sides a call and a wake-up: a sixth of the
// rate of tiles from memory. The server's ConnContext is to be WithConn.
func Whole(l net.Listener) net.Listener { return wholeListener{l} }

type wholeListener struct{ net.Listener }

// Accept implements net.Listener.
func (l wholeListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &wholeConn{Conn: tcp, tcp: tcp}, nil
	}
	return c, err
}

// wholeConn keeps one write back until the next. It shows no more of a TCP connection than it looks after: ReadFrom would go
// past what is kept.
type wholeConn struct {
	net.Conn
	tcp   *net.TCPConn // the same
	keep  bool         // the next write, because another will follow
	kept  []byte
	parts [2][]byte
}

// Write implements io.Writer.
func (c *wholeConn) Write(b []byte) (int, error) {
	if c.keep {
		c.keep = false
		c.kept = append(c.kept[:0], b...)
		return len(b), nil
	}
	if len(c.kept) == 0 {
		return c.tcp.Write(b)
	}
	before := len(c.kept)
	c.parts = [2][]byte{c.kept, b}
	both := net.Buffers(c.parts[:])
	n, err := both.WriteTo(c.tcp)
	c.kept, c.parts = c.kept[:0], [2][]byte{}
	return max(0, int(n)-before), err
}

// CloseWrite is what net/http calls so that a client who still sends can read the answer before the connection ends.
func (c *wholeConn) CloseWrite() error { return c.tcp.CloseWrite() }

// connKey is where a request's context has its connection.
type connKey struct{}

// WithConn is http.Server.ConnContext of a server whose listener is Whole.
func WithConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// outBuffer is how much net/http gathers before it writes.
const outBuffer = 4 << 10

// sendWhole says that a body of so many bytes is written now, after a head that has not been yet. One that fits into the
// buffer may go with its head in one part, and nothing would come after that; a larger one never does.
func sendWhole(r *http.Request, body int) {
	if body <= outBuffer {
		return
	}
	if c, ok := r.Context().Value(connKey{}).(*wholeConn); ok {
		c.keep = true
	}
}
