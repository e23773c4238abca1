package api

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
)

// compressed sends text as gzip to those who take it. It leaves alone what has an encoding already: tiles, assets.
func (s *Server) compressed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if isTile(c.Path()) || c.Request().Method == http.MethodHead || !accepts(c.Request(), "gzip") {
			return next(c)
		}
		w := &gzipWriter{ResponseWriter: c.Response().Writer, idle: &s.zips}
		c.Response().Writer = w
		defer func() { c.Response().Writer = w.ResponseWriter }()
		if err := next(c); err != nil {
			return err // rendered outside, as it is; half an answer gets no end
		}
		return w.close()
	}
}

// gzipWriter decides by the header of the answer whether to compress.
type gzipWriter struct {
	http.ResponseWriter
	zip  *gzip.Writer
	idle *sync.Pool // of *gzip.Writer: a new one costs more memory than most answers have bytes
}

func (w *gzipWriter) WriteHeader(status int) {
	h := w.Header()
	if h.Get("Content-Encoding") == "" && status != http.StatusNoContent && status != http.StatusNotModified && isText(h.Get("Content-Type")) {
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		if zip, ok := w.idle.Get().(*gzip.Writer); ok {
			zip.Reset(w.ResponseWriter)
			w.zip = zip
		} else {
			w.zip, _ = gzip.NewWriterLevel(w.ResponseWriter, gzip.BestSpeed) // the level exists
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *gzipWriter) Write(b []byte) (int, error) {
	if w.zip != nil {
		return w.zip.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the connection; streams that flush are not compressed.
func (w *gzipWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *gzipWriter) close() error {
	if w.zip == nil {
		return nil
	}
	if err := w.zip.Close(); err != nil {
		return err
	}
	w.zip.Reset(io.Discard) // it holds on to nobody
	w.idle.Put(w.zip)
	return nil
}

// isText reports whether a type gains by compression; event streams do not, they are sent line by line.
func isText(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.Contains(t, "json") || strings.HasSuffix(t, "xml") || strings.HasPrefix(t, "text/") && t != "text/event-stream" ||
		t == "image/svg+xml" || t == "application/wasm" || strings.HasSuffix(t, "javascript")
}

// accepts reports whether the client takes a content coding.
func accepts(r *http.Request, coding string) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, params, _ := strings.Cut(part, ";")
		if name = strings.TrimSpace(strings.ToLower(name)); name == coding || name == "*" {
			return quality(params) > 0
		}
	}
	return false
}
