package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/layers"
)

// Media types of answers.
const (
	typeJSON     = "application/json"
	typeGeoJSON  = "application/geo+json"
	typeHTML     = "text/html; charset=utf-8"
	typeOpenAPI  = "application/vnd.oai.openapi+json;version=3.0"
	typeProblem  = "application/problem+json"
	typeTile     = "application/vnd.mapbox-vector-tile"
	typeTileJSON = typeJSON
)

// served is one way to answer: what f= and Accept call it.
type served struct {
	f       string   // value of the parameter f
	media   string   // Content-Type of the answer
	accepts []string // media types that mean it, besides its own
}

// The formats of resources, JSON first: that is what */* and no Accept at all get.
var (
	documents = []served{{"json", typeJSON, nil}, {"html", typeHTML, nil}}
	features  = []served{{"json", typeGeoJSON, []string{typeJSON}}, {"html", typeHTML, nil}}
	openAPI   = []served{{"json", typeOpenAPI, []string{typeJSON, "application/vnd.oai.openapi+json", "application/openapi+json"}}, {"html", typeHTML, nil}}
)

// negotiate chooses a format by f= or by Accept. It returns ErrInvalid for an unknown f, errAccept where Accept names
// nothing on offer.
func negotiate(c echo.Context, f string, on []served) (served, error) {
	c.Response().Header().Add("Vary", "Accept")
	if f != "" {
		for _, o := range on {
			if o.f == f {
				return o, nil
			}
		}
		return served{}, layers.Refuse(layers.ErrInvalid, "f=%s is not available here; want %s", "此处不提供 f=%s；可用的有 %s", f, names(on))
	}
	best, most := -1, 0.0
	for i, o := range on {
		if q := wanted(c.Request(), o); q > most {
			best, most = i, q
		}
	}
	if best < 0 {
		return served{}, layers.Refuse(errAccept, "Accept %q names no format of this resource; it has %s", "Accept“%s”中没有此资源的格式；可用的有 %s", c.Request().Header.Get("Accept"), names(on))
	}
	return on[best], nil
}

func names(on []served) string {
	var out []string
	for _, o := range on {
		out = append(out, fmt.Sprintf("f=%s (%s)", o.f, o.media))
	}
	return strings.Join(out, " or ")
}

// wanted is the quality Accept gives a format, by the most specific range that covers it (RFC 9110, 12.5.1).
func wanted(r *http.Request, o served) float64 {
	header := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(header) == "" {
		return 1
	}
	most, specific := 0.0, -1
	for part := range strings.SplitSeq(header, ",") {
		media, params, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
		level := covers(strings.TrimSpace(media), o)
		if q := quality(params); level > specific || level == specific && level >= 0 && q > most {
			most, specific = q, level
		}
	}
	return most
}

// covers is 2 where a media range names the format, 1 for its main type, 0 for everything, -1 not at all.
func covers(media string, o served) int {
	for _, own := range append([]string{o.media}, o.accepts...) {
		own, _, _ = strings.Cut(own, ";")
		main, _, _ := strings.Cut(own, "/")
		switch media {
		case own:
			return 2
		case main + "/*":
			return 1
		case "*/*":
			return 0
		}
	}
	return -1
}

func quality(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(p), "q="); ok {
			q, err := strconv.ParseFloat(v, 64)
			if err != nil {
				return 0
			}
			return q
		}
	}
	return 1
}

// prefersPage reports whether a person looks on: a browser that would rather have HTML than JSON.
func prefersPage(r *http.Request) bool {
	if f := r.URL.Query().Get("f"); f == "json" || r.Header.Get("Accept") == "" {
		return false
	}
	problems := served{media: typeProblem, accepts: []string{typeJSON, typeGeoJSON}}
	return wanted(r, served{media: typeHTML}) > wanted(r, problems)
}
