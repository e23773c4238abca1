package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// patiently drops a client that takes nothing of its answer for as long as a sender may keep silent: whoever stops reading
// would hold a connection to the database, and a place among the requests, for ever.
func (s *Server) patiently(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		w := &patientWriter{ResponseWriter: c.Response().Writer, silence: s.opt.Silence}
		c.Response().Writer = w
		if c.Request().ContentLength != 0 {
			w.wait() // a client may have to be told to go on with it
		}
		defer func() {
			w.wait() // for what is still in the server's buffer
			c.Response().Writer = w.ResponseWriter
		}()
		return next(c)
	}
}

// patientWriter gives the client its time for each part of an answer.
type patientWriter struct {
	http.ResponseWriter
	silence time.Duration
	waited  time.Time // when it was given its time last
	own     bool      // the handler has deadlines of its own
}

func (w *patientWriter) Write(b []byte) (int, error) {
	w.wait()
	return w.ResponseWriter.Write(b)
}

// SetWriteDeadline is what http.ResponseController calls for a handler that is less patient.
func (w *patientWriter) SetWriteDeadline(t time.Time) error {
	w.own = true
	return http.NewResponseController(w.ResponseWriter).SetWriteDeadline(t)
}

// Unwrap gives http.ResponseController the connection.
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *patientWriter) wait() {
	now := time.Now()
	if w.own || now.Sub(w.waited) < w.silence/8 {
		return
	}
	w.waited = now
	if to, ok := w.ResponseWriter.(interface{ SetWriteDeadline(time.Time) error }); ok { // a recorder in a test has none
		_ = to.SetWriteDeadline(now.Add(w.silence))
	}
}

// late begins an answer with its first byte, so that an error which comes before it is still an answer of its own.
type late struct {
	c     echo.Context
	begin func(h http.Header)
	begun bool
}

func newLate(c echo.Context, begin func(h http.Header)) *late { return &late{c, begin, false} }

func (l *late) start() {
	if !l.begun {
		l.begun = true
		l.begin(l.c.Response().Header())
		l.c.Response().WriteHeader(http.StatusOK)
	}
}

// Write implements io.Writer.
func (l *late) Write(b []byte) (int, error) {
	l.start()
	return l.c.Response().Write(b)
}
