package ows

import "net/http"

// outSize is how much of an answer is gathered before it is sent.
const outSize = 64 << 10

// xmlOut gathers an answer; the head goes with the first bytes, so that an error before them can still be told.
type xmlOut struct {
	w     http.ResponseWriter
	media string
	buf   []byte
	begun bool
}

func newXMLOut(w http.ResponseWriter, media string) *xmlOut {
	return &xmlOut{w: w, media: media, buf: make([]byte, 0, outSize+outSize/4)}
}

func (o *xmlOut) text(s string) { o.buf = append(o.buf, s...) }

// full sends what has been gathered if it is much.
func (o *xmlOut) full() error {
	if len(o.buf) < outSize {
		return nil
	}
	return o.flush()
}

// flush sends what has been gathered.
func (o *xmlOut) flush() error {
	if !o.begun {
		o.w.Header().Set("Content-Type", o.media)
		o.w.WriteHeader(http.StatusOK)
		o.begun = true
	}
	_, err := o.w.Write(o.buf)
	o.buf = o.buf[:0]
	return err
}
