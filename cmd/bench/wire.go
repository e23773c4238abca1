package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"time"
)

// wire is one connection that asks for tiles, one after the other. It knows just enough of HTTP/1.1 to read an answer to
// its end: on few cores a client of the standard library would take as much of them as the server it measures.
type wire struct {
	address string
	conn    net.Conn
	r       *bufio.Reader
	etag    []byte
	kind    []byte
	coding  []byte
}

// answer is what came back. Bytes, ETag and the other texts are good until the next question.
type answer struct {
	status int
	size   int
	etag   []byte
	kind   []byte // Content-Type
	coding []byte // Content-Encoding
	body   []byte // only where it was asked for
}

// patience is the longest that a tile is waited for.
const patience = 2 * time.Minute

// request is the bytes that ask for an address; etag asks whether it is still that.
func request(u *url.URL, etag string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n", u.RequestURI(), u.Host)
	if etag != "" {
		fmt.Fprintf(&b, "If-None-Match: %s\r\n", etag)
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// ask sends a request and reads the answer; keep tells to return its body. After an error the next call connects anew.
func (w *wire) ask(question []byte, keep bool) (a answer, err error) {
	if w.conn == nil {
		if w.conn, err = net.DialTimeout("tcp", w.address, 5*time.Second); err != nil {
			w.conn = nil
			return a, err
		}
		w.r = bufio.NewReaderSize(w.conn, 64<<10)
	}
	again, err := w.exchange(question, keep, &a)
	if err != nil || !again {
		w.close()
	}
	return a, err
}

func (w *wire) close() {
	if w.conn != nil {
		_ = w.conn.Close() // nothing is lost with it
		w.conn = nil
	}
}

// exchange reports whether the connection can be used again.
func (w *wire) exchange(question []byte, keep bool, a *answer) (again bool, err error) {
	if err := w.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return false, err
	}
	if _, err := w.conn.Write(question); err != nil {
		return false, err
	}
	again, length, err := w.head(a)
	if err != nil {
		return false, err
	}
	var into io.Writer = io.Discard
	var body *bytes.Buffer
	if keep {
		body = &bytes.Buffer{}
		into = body
	}
	switch {
	case a.status == 204 || a.status == 304:
	case length == chunked:
		err = w.chunks(into, a)
	case length < 0:
		var n int64
		n, err = io.Copy(into, w.r)
		a.size, again = int(n), false
	default:
		a.size = length
		err = w.pass(into, length)
	}
	if keep {
		a.body = body.Bytes()
	}
	return again, err
}

const chunked = -2

// head reads the status line and the fields that matter here; length is −1 where the body ends with the connection.
func (w *wire) head(a *answer) (again bool, length int, err error) {
	line, err := w.line()
	if err != nil {
		return false, 0, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.")) {
		return false, 0, fmt.Errorf("not an answer: %q", line)
	}
	if a.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return false, 0, fmt.Errorf("not an answer: %q", line)
	}
	again, length = line[7] == '1', -1
	w.etag, w.kind, w.coding = w.etag[:0], w.kind[:0], w.coding[:0]
	for {
		if line, err = w.line(); err != nil {
			return false, 0, err
		}
		if len(line) == 0 {
			a.etag, a.kind, a.coding = w.etag, w.kind, w.coding
			return again, length, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return false, 0, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")) && bytes.EqualFold(value, []byte("chunked")):
			length = chunked
		case bytes.EqualFold(name, []byte("Connection")) && bytes.EqualFold(value, []byte("close")):
			again = false
		case bytes.EqualFold(name, []byte("ETag")):
			w.etag = append(w.etag, value...)
		case bytes.EqualFold(name, []byte("Content-Type")):
			w.kind = append(w.kind, value...)
		case bytes.EqualFold(name, []byte("Content-Encoding")):
			w.coding = append(w.coding, value...)
		}
	}
}

func (w *wire) line() ([]byte, error) {
	line, err := w.r.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

func (w *wire) chunks(into io.Writer, a *answer) error {
	for {
		line, err := w.line()
		if err != nil {
			return err
		}
		size, _, _ := bytes.Cut(line, []byte(";"))
		n, err := strconv.ParseUint(string(size), 16, 31)
		if err != nil {
			return err
		}
		if err := w.pass(into, int(n)); err != nil {
			return err
		}
		a.size += int(n)
		if line, err = w.line(); err != nil { // the end of the chunk, or of all
			return err
		}
		if len(line) != 0 {
			return errors.New("a chunk is longer than it says")
		}
		if n == 0 {
			return nil
		}
	}
}

// pass hands n bytes on.
func (w *wire) pass(into io.Writer, n int) error {
	if into == io.Discard {
		_, err := w.r.Discard(n)
		return err
	}
	_, err := io.CopyN(into, w.r, int64(n))
	return err
}
