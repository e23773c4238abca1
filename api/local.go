package api

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/layers"
)

// Reach says whom doors that work for long or write answer, until there are users and rights.
type Reach string

// Local is whoever sits at this machine; "" means it, too.
const (
	Local  Reach = "local"
	Nobody Reach = "off"
	All    Reach = "all"
)

// importers lets through those who may import.
func (s *Server) importers(next echo.HandlerFunc) echo.HandlerFunc {
	off := layers.Refuse(layers.ErrForbidden, "imports are switched off on this server (--imports off)", "本服务已关闭导入功能（--imports off）")
	return s.reached(s.opt.ImportsFor, func(g *ground) bool { return g.Imports != nil }, off, func(why string) error {
		return layers.Refuse(layers.ErrForbidden, "imports are only for requests from the machine the server runs on, and this one is not: %s; see --imports",
			"仅限服务器本机导入，本次请求不是：%s；参见 --imports", why)
	}, next)
}

// exporters lets through those who may have archives made.
func (s *Server) exporters(next echo.HandlerFunc) echo.HandlerFunc {
	off := layers.Refuse(layers.ErrForbidden, "archives of tiles are switched off on this server (--exports off)", "本服务已关闭瓦片包制作功能（--exports off）")
	return s.reached(s.opt.ExportsFor, func(g *ground) bool { return g.Exports != nil }, off, func(why string) error {
		return layers.Refuse(layers.ErrForbidden, "archives of tiles are only for requests from the machine the server runs on, and this one is not: %s; see --exports",
			"仅限服务器本机制作瓦片包，本次请求不是：%s；参见 --exports", why)
	}, next)
}

// reached lets through whom a door is for. It is off for all where there is nothing behind it. A page of another site may not
// even read here: it could, in the browser of somebody who sits at this machine.
func (s *Server) reached(by Reach, there func(*ground) bool, off error, far func(why string) error, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		c.Response().Header().Set("Cache-Control", "no-store")
		if g := s.open.Load(); by == Nobody || g != nil && !there(g) {
			return off
		}
		if by != All {
			if why := s.foreign(c.Request()); why != "" {
				return far(why)
			}
		}
		if !s.sameSite(c, http.MethodPost) {
			return errCrossSite
		}
		return next(c)
	}
}

var errCrossSite = layers.Refuse(layers.ErrForbidden, "a page of another site sent this request", "请求来自其他网站的页面")

// noCrossSite refuses what pages of other sites would have done here in somebody's browser.
func (s *Server) noCrossSite(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if m := c.Request().Method; m != http.MethodGet && m != http.MethodHead && c.Path() != wfsPath && !s.sameSite(c, m) {
			return errCrossSite
		}
		return next(c)
	}
}

// sameSite asks by the address the request came to, and by the one that clients know.
func (s *Server) sameSite(c echo.Context, method string) bool {
	r := c.Request()
	probe := &http.Request{Method: method, URL: r.URL, Host: r.Host, Header: r.Header}
	if s.cross.Check(probe) == nil {
		return true
	}
	known, err := url.Parse(s.root(c))
	if err != nil {
		return false
	}
	probe.Host = known.Host
	return r.Header.Get("Sec-Fetch-Site") == "" && s.cross.Check(probe) == nil
}

// forwarding are the headers by which proxies tell of clients. X-Real-IP and the -For family hold addresses.
var forwarding = []string{"X-Forwarded-For", "X-Real-Ip", "X-Client-Ip", "Cf-Connecting-Ip", "True-Client-Ip"}

// foreign says why a request can not be taken to come from this machine; "" = it does.
func (s *Server) foreign(r *http.Request) string {
	if peer, _, err := net.SplitHostPort(r.RemoteAddr); err != nil || !loopback(peer) {
		return "peer " + r.RemoteAddr
	}
	if !localHost(r.Host) { // a name that an attacker's DNS has led here
		return "Host " + r.Host
	}
	if !r.ProtoAtLeast(1, 1) { // so speaks nginx to those behind it where it tells nothing of its clients
		return "HTTP/1.0, as proxies speak"
	}
	if s.opt.TrustProxy {
		return foreignClient(r.Header)
	}
	if s.base != nil && !localHost(s.base.Host) {
		return "the server is behind a proxy (--public-url) that it does not trust (--trust-proxy)"
	}
	for _, name := range append([]string{"Forwarded", "Via", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Forwarded-Port"}, forwarding...) {
		if r.Header.Get(name) != "" {
			return "header " + name
		}
	}
	return ""
}

// foreignClient reads what trusted proxies tell: each address on the way must be of this machine, since the first ones
// are the client's own words.
func foreignClient(h http.Header) string {
	for _, name := range forwarding {
		for one := range strings.SplitSeq(strings.Join(h.Values(name), ","), ",") {
			if one = strings.TrimSpace(one); one != "" && !loopback(one) {
				return name + " " + one
			}
		}
	}
	for one := range strings.FieldsFuncSeq(strings.Join(h.Values("Forwarded"), ","), func(r rune) bool { return r == ',' || r == ';' }) {
		name, value, _ := strings.Cut(strings.TrimSpace(one), "=")
		value = strings.Trim(value, `"`)
		if strings.EqualFold(name, "for") && !loopback(value) || strings.EqualFold(name, "host") && !localHost(value) {
			return "Forwarded " + one
		}
	}
	for _, host := range h.Values("X-Forwarded-Host") {
		if !localHost(host) {
			return "X-Forwarded-Host " + host
		}
	}
	return ""
}

// loopback reports whether an address, with or without a port, is of this machine.
func loopback(address string) bool {
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	ip := net.ParseIP(strings.Trim(address, "[]"))
	return ip != nil && ip.IsLoopback()
}

func localHost(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	return strings.EqualFold(name, "localhost") || loopback(host)
}
