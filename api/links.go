package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// link is a web link of an OGC API document.
type link struct {
	Href     string `json:"href"`
	Rel      string `json:"rel"`
	Type     string `json:"type"`
	Title    string `json:"title,omitempty"`
	Hreflang string `json:"hreflang,omitempty"`

	Templated bool `json:"templated,omitempty"` // Href has variables in braces
}

// root is the address clients reach the server under, without a slash at its end: as configured, else as a trusted
// proxy says, else as the request does.
func (s *Server) root(c echo.Context) string {
	if s.base != nil {
		return s.base.String()
	}
	r := c.Request()
	scheme, host, prefix := "http", r.Host, ""
	if r.TLS != nil {
		scheme = "https"
	}
	if s.opt.TrustProxy {
		scheme, host, prefix = forwarded(r.Header, scheme, host)
	}
	u := url.URL{Scheme: scheme, Host: host, Path: prefix}
	return u.String()
}

// forwarded reads Forwarded (RFC 7239), or else the X-Forwarded- family; of several proxies the first, which met the client.
func forwarded(h http.Header, scheme, host string) (string, string, string) {
	first := func(name string) string {
		v, _, _ := strings.Cut(h.Get(name), ",")
		return strings.TrimSpace(v)
	}
	said := map[string]string{"proto": first("X-Forwarded-Proto"), "host": first("X-Forwarded-Host")}
	if port := first("X-Forwarded-Port"); port != "" && said["host"] != "" && !strings.Contains(said["host"], ":") && port != "80" && port != "443" {
		said["host"] += ":" + port
	}
	for pair := range strings.SplitSeq(first("Forwarded"), ";") {
		if name, v, ok := strings.Cut(strings.TrimSpace(pair), "="); ok {
			said[strings.ToLower(name)] = strings.Trim(v, `"`)
		}
	}
	if p := strings.ToLower(said["proto"]); p == "http" || p == "https" {
		scheme = p
	}
	if said["host"] != "" {
		host = said["host"]
	}
	prefix := strings.TrimRight(first("X-Forwarded-Prefix"), "/")
	if prefix != "" && !strings.HasPrefix(prefix, "/") {
		prefix = "/" + prefix
	}
	return scheme, host, prefix
}

// selfLinks are the links of a resource to itself in the format served and to itself in the others. The query is kept,
// but for f.
func (s *Server) selfLinks(c echo.Context, in served, on []served) []link {
	var out []link
	for _, o := range on {
		rel, title := "alternate", "This document as "+strings.ToUpper(o.f)
		if o.f == in.f {
			rel, title = "self", "This document"
		}
		out = append(out, link{Href: s.here(c, func(q url.Values) { q.Set("f", o.f) }), Rel: rel, Type: plainType(o.media), Title: title})
	}
	return out
}

// nextLink is the link to the page that begins at a cursor.
func (s *Server) nextLink(c echo.Context, in served, cursor string) link {
	href := s.here(c, func(q url.Values) { q.Set("f", in.f); q.Set("cursor", cursor) })
	return link{Href: href, Rel: "next", Type: plainType(in.media), Title: "下一页 Next page"}
}

// here is the address of the request with its query changed.
func (s *Server) here(c echo.Context, change func(url.Values)) string {
	values := url.Values{}
	for name, vs := range c.QueryParams() {
		values.Set(name, vs[len(vs)-1])
	}
	change(values)
	path := strings.TrimSuffix(c.Request().URL.EscapedPath(), "/")
	if len(values) == 0 {
		return s.root(c) + path
	}
	return s.root(c) + path + "?" + values.Encode()
}

// plainType is a media type as links have it, without a charset.
func plainType(media string) string {
	if media == typeHTML {
		return "text/html"
	}
	return media
}
