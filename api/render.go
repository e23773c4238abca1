package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// render answers with a document in the format chosen: v as JSON, or as the page of that name.
func (s *Server) render(c echo.Context, f served, v any, page string, view view) error {
	if f.f == "html" {
		view.Root = s.root(c)
		if page != "api" { // its other form has an address of its own
			view.Alternate = s.here(c, func(q url.Values) { q.Set("f", "json") })
		}
		c.Response().Header().Set("Content-Security-Policy", policy)
		var body bytes.Buffer
		if err := pages.ExecuteTemplate(&body, page, view); err != nil {
			return err
		}
		return tagged(c, typeHTML, body.Bytes())
	}
	return renderJSON(c, f.media, v)
}

func renderJSON(c echo.Context, media string, v any) error {
	body, err := marshal(v)
	if err != nil {
		return err
	}
	return tagged(c, media, body)
}

// marshal writes JSON without escaping <, > and &: these are not pages.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// tagged answers with a body under its hash, or with 304 when the client has it. The tag is weak: it means the
// content, whatever coding it travels in.
func tagged(c echo.Context, media string, body []byte) error {
	h := c.Response().Header()
	h.Set("ETag", `W/"`+digest(body)+`"`)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	if matches(c.Request(), h.Get("ETag")) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, media, body)
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// matches compares If-None-Match with a tag, weakly (RFC 9110, 13.1.2).
func matches(r *http.Request, tag string) bool {
	for one := range strings.SplitSeq(strings.Join(r.Header.Values("If-None-Match"), ","), ",") {
		one = strings.TrimSpace(one)
		if one == "*" || one != "" && strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}
