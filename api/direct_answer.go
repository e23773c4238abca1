package api

import (
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// directAnswer is the http.ResponseWriter of a request that a connection answers itself. Head and body go in one part. Its
// memory is used again for each.
type directAnswer struct {
	conn   *conn
	header http.Header
	status int
	sent   bool
	err    error
	at     time.Time // of the answer
	names  []string
	head   []byte
	body   []byte // where it comes in parts
	parts  [2][]byte
	date   []byte // of the second at
	second int64
}

func (a *directAnswer) reset() {
	clear(a.header)
	a.status, a.sent, a.err, a.body = 0, false, nil, a.body[:0]
	a.at = time.Now()
}

// Header implements http.ResponseWriter.
func (a *directAnswer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *directAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements http.ResponseWriter. A body that is as long as it was said to be is sent as it is, any other at the end.
func (a *directAnswer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if said := a.header["Content-Length"]; len(said) == 1 && len(a.body) == 0 && !a.sent && said[0] == strconv.Itoa(len(b)) {
		a.send(b)
		return len(b), a.err
	}
	a.body = append(a.body, b...)
	return len(b), nil
}

// SetWriteDeadline is what patientWriter calls. One that has been set before and is little sooner will do.
func (a *directAnswer) SetWriteDeadline(t time.Time) error {
	if a.conn.writeBy.Sub(a.at) > t.Sub(a.at)*7/8 {
		return nil
	}
	a.conn.writeBy = t
	return a.conn.tcp.SetWriteDeadline(t)
}

// finish sends what has not been sent. After an error the connection can not be used again.
func (a *directAnswer) finish() error {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	said, ok := a.header["Content-Length"]
	if a.sent && len(a.body) > 0 || !a.sent && ok && said[0] != strconv.Itoa(len(a.body)) {
		return errors.New("an answer is not as long as it was said to be")
	}
	if !a.sent {
		a.send(a.body)
	}
	return a.err
}

// send writes the head and the body.
func (a *directAnswer) send(body []byte) {
	a.sent = true
	a.render(len(body))
	if len(body) == 0 {
		_, a.err = a.conn.tcp.Write(a.head)
		return
	}
	a.parts = [2][]byte{a.head, body}
	both := net.Buffers(a.parts[:])
	_, a.err = both.WriteTo(a.conn.tcp)
	a.parts = [2][]byte{}
}

// render makes the head as net/http writes it, its headers in order.
func (a *directAnswer) render(size int) {
	b := append(a.head[:0], "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(a.status), 10)
	b = append(append(append(b, ' '), http.StatusText(a.status)...), "\r\n"...)
	a.names = a.names[:0]
	for name := range a.header {
		a.names = append(a.names, name)
	}
	slices.Sort(a.names)
	for _, name := range a.names {
		for _, value := range a.header[name] {
			b = append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
		}
	}
	if now := a.at.Unix(); now != a.second {
		a.second = now
		a.date = a.at.UTC().AppendFormat(append(a.date[:0], "Date: "...), http.TimeFormat)
	}
	b = append(b, a.date...)
	if _, said := a.header["Content-Length"]; !said && a.status == http.StatusOK {
		b = strconv.AppendInt(append(b, "\r\nContent-Length: "...), int64(size), 10)
	}
	a.head = append(b, headEnd...)
}
