package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"onemap/layers"
)

// maxBody is the largest request body; uploads have a limit of their own.
const maxBody = 1 << 20

// middleware is what every request passes, outermost first. It is put together once: echo would do so for every request.
func (s *Server) middleware() {
	all := func(c echo.Context) error { return c.Handler()(c) } // what the route is for
	for _, m := range slices.Backward([]echo.MiddlewareFunc{
		s.patiently, s.identify, s.observe, s.recover, s.headers, s.noCrossSite, s.compressed, s.limitBody,
	}) {
		all = m(all)
	}
	s.echo.Use(func(echo.HandlerFunc) echo.HandlerFunc { return all })
}

// identify gives the request an id: the sender's, if it is a sane one.
func (s *Server) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(echo.HeaderXRequestID)
		if !sane(id) {
			id = strconv.FormatUint(rand.Uint64(), 36)
		}
		c.Response().Header()[echo.HeaderXRequestID] = []string{id}
		return next(c)
	}
}

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

func sane(id string) bool {
	for _, r := range id {
		if !strings.ContainsRune("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:", r) {
			return false
		}
	}
	return id != "" && len(id) <= 64
}

// observe measures and logs each request, after its error has become an answer.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begin := time.Now()
		once, _ := c.Request().Context().(*atOnce)
		done := func() {
			if once != nil && once.declined {
				return
			}
			status, took := c.Response().Status, time.Since(begin)
			if c.Request().Context().Err() == context.Canceled && !c.Response().Committed {
				status = 499
			}
			s.metrics.request(c.Path(), status, took)
			level := slog.LevelInfo
			if quiet(c.Path()) && status < 500 {
				level = slog.LevelDebug
			}
			if !s.log.Enabled(c.Request().Context(), level) {
				return
			}
			s.log.LogAttrs(context.WithoutCancel(c.Request().Context()), level, "request",
				slog.String("request", requestID(c)), slog.String("method", c.Request().Method), slog.String("path", c.Request().URL.Path),
				slog.String("query", c.Request().URL.RawQuery), slog.Int("status", status), slog.Int64("bytes", c.Response().Size),
				slog.Duration("took", took), slog.String("from", c.Request().RemoteAddr))
		}
		defer done() // also when an answer is broken off
		switch err := next(c); {
		case err != nil && once != nil && !c.Response().Committed:
			once.declined = true
		case err != nil:
			s.fail(err, c)
		}
		return nil
	}
}

// quiet reports whether requests of a route are too many and too much alike to be told one by one.
func quiet(route string) bool {
	switch route {
	case "/healthz", "/metrics", "/readyz", "/wmts":
		return true
	}
	return isTile(route)
}

// recover turns a panic into an internal error with its stack in the log.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				if reason, ok := r.(error); ok && errors.Is(reason, http.ErrAbortHandler) {
					panic(r)
				}
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

// headers lets pages of other origins read every answer, errors too, but those about imports, and tells browsers to trust
// types alone. OPTIONS is answered for every address with what is allowed there.
func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		if open := !strings.HasPrefix(c.Path(), "/imports"); open {
			h["Access-Control-Allow-Origin"] = allOrigins
			h["Access-Control-Expose-Headers"] = exposed
		}
		h["X-Content-Type-Options"] = noSniff
		h["Referrer-Policy"] = sameOrigin
		h["Vary"] = varyCoding
		allow, known := c.Get(echo.ContextKeyHeaderAllow).(string)
		if c.Request().Method != http.MethodOptions || !known {
			return next(c)
		}
		h.Set("Allow", allow)
		h.Set("Access-Control-Allow-Methods", allow)
		h.Set("Access-Control-Allow-Headers", "Accept, Accept-Language, Cache-Control, Content-Type, If-None-Match, Last-Event-ID, X-Request-Id")
		h.Set("Access-Control-Max-Age", "86400")
		return c.NoContent(http.StatusOK)
	}
}

// Values of headers that every answer has; they are never written to, only replaced.
var (
	allOrigins = []string{"*"}
	exposed    = []string{"Content-Crs, ETag, Link, OGC-NumberMatched, OGC-NumberReturned, Retry-After, X-Request-Id"}
	noSniff    = []string{"nosniff"}
	sameOrigin = []string{"same-origin"}
	varyCoding = slices.Clip([]string{"Accept-Encoding"})
)

// limitBody refuses a body that is large, and waits for one that does not come as long as for an upload.
func (s *Server) limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Body == nil || r.Body == http.NoBody {
			return next(c)
		}
		if r.Method == http.MethodPost && c.Path() == "/imports" {
			return next(c)
		}
		if r.ContentLength > maxBody {
			return layers.Refuse(errTooLarge, "the body has more than %d bytes", "请求体超过 %d 字节", maxBody)
		}
		whole := r.Body
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxBody)
		r.Body = struct {
			io.Reader
			io.Closer
		}{s.newPatientBody(c), whole}
		return next(c)
	}
}

// started keeps the doors closed until the database is there.
func (s *Server) started(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.open.Load() == nil {
			return s.starting()
		}
		return next(c)
	}
}

func (s *Server) starting() error {
	at := s.opt.Status()
	if at.Phase == "" {
		return layers.Refuse(errStarting, "the service is starting; try again in a moment", "服务正在启动，请稍后再试")
	}
	return layers.Refuse(errStarting, "the service is starting (%s: %s, %.0f %%); try again in a moment", "服务正在启动（%s：%s，%.0f %%），请稍后再试", at.Phase, at.Detail, at.Percent)
}
