package api

import (
	"net"
	"net/http"
)

// kept is the head of an answer that is held until its body comes, where a door says so (sendWhole). net/http writes what does
// not fit into its buffer of 4 KB in two parts, and each costs both sides a call and a wake-up: a sixth of the rate of tiles
// from memory.
type kept struct {
	keep  bool // the next write, because another will follow
	head  []byte
	parts [2][]byte
}

func (k *kept) write(to net.Conn, b []byte) (int, error) {
	if k.keep {
		k.keep = false
		k.head = append(k.head[:0], b...)
		return len(b), nil
	}
	if len(k.head) == 0 {
		return to.Write(b)
	}
	before := len(k.head)
	k.parts = [2][]byte{k.head, b}
	both := net.Buffers(k.parts[:])
	n, err := both.WriteTo(to)
	k.head, k.parts = k.head[:0], [2][]byte{}
	return max(0, int(n)-before), err
}

// outBuffer is how much net/http gathers before it writes.
const outBuffer = 4 << 10

// sendWhole says that a body of so many bytes is written now, after a head that has not been yet. One that fits into the
// buffer may go with its head in one part, and nothing would come after that; a larger one never does.
func sendWhole(r *http.Request, body int) {
	if body <= outBuffer {
		return
	}
	if c, ok := r.Context().Value(connKey{}).(*conn); ok {
		c.part.keep = true
	}
}
