package api

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/layers/format"
)

// The sizes of a page of items: as the API definition declares them, and how many rows are in memory at once.
const (
	usualItems = 10
	batchItems = 1000
)

// itemsParams are the parameters of items besides the layer's own properties.
var itemsParams = []string{"f", "limit", "bbox", "bbox-crs", "crs", "datetime", "cursor"}

// itemsRequest is a request for items, read.
type itemsRequest struct {
	layer  *layers.Layer
	served served
	crs    CRS
	limit  int
	query  layers.Query
}

func (s *Server) items(c echo.Context) error {
	r, err := s.itemsRequest(c)
	if err != nil {
		return err
	}
	share := s.ground().shares.page
	if r.limit > batchItems {
		share = s.ground().shares.stream
	}
	ctx, done, err := share.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	r.query.Count = true
	r.query.Limit = min(r.limit, batchItems)
	first, err := s.ground().Store.Find(ctx, auth.Actor(c), r.layer.Name, r.query)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Crs", "<"+r.crs.URI+">")
	if r.served.f == "html" {
		return s.itemsPage(c, ctx, r, first)
	}
	return s.itemsJSON(c, ctx, r, first)
}

// itemsRequest parses: URL to layers.Query; unknown parameters are refused.
func (s *Server) itemsRequest(c echo.Context) (r itemsRequest, err error) {
	if r.layer, err = s.ground().Store.Layer(c.Request().Context(), auth.Actor(c), param(c, "layer")); err != nil {
		return r, err
	}
	allowed := append([]string{}, itemsParams...)
	filters := filterable(r.layer)
	for _, p := range filters {
		allowed = append(allowed, p.Name)
	}
	p, err := query(c.Request(), allowed...)
	if err != nil {
		return r, err
	}
	if r.served, err = negotiate(c, p["f"], features); err != nil {
		return r, err
	}
	if r.limit, err = p.limit(usualItems, layers.MaxLimit); err != nil {
		return r, err
	}
	if r.crs, err = lookupCRS(r.layer, "crs", p["crs"]); err != nil {
		return r, err
	}
	if err := r.where(p, filters); err != nil {
		return r, err
	}
	r.query.SRID = r.crs.answerSRID(r.layer)
	r.query.After = p["cursor"]
	return r, nil
}

// where reads which features are wanted.
func (r *itemsRequest) where(p params, filters []layers.Property) error {
	crs, err := lookupCRS(r.layer, "bbox-crs", p["bbox-crs"])
	if err != nil {
		return err
	}
	if text, ok := p["bbox"]; ok {
		b, err := ParseBBox(text, crs)
		if err != nil {
			return err
		}
		r.query.Bounds, r.query.BoundsSRID = &b, crs.SRID
	}
	if text, ok := p["datetime"]; ok {
		if r.query.Datetime, err = ParseDatetime(text, layers.Zone); err != nil {
			return err
		}
	}
	for _, f := range filters {
		if v, ok := p[f.Name]; ok {
			r.query.Equal = append(r.query.Equal, layers.Equal{Property: f.Name, Values: []string{v}})
		}
	}
	return nil
}

// filterable are the properties that are parameters too: simple values whose name is not a parameter already.
func filterable(l *layers.Layer) []layers.Property {
	taken := map[string]bool{}
	for _, name := range itemsParams {
		taken[name] = true
	}
	var out []layers.Property
	for _, p := range l.Properties {
		if p.Type != layers.JSON && p.Role != "hidden" && !taken[p.Name] {
			out = append(out, p)
		}
	}
	return out
}

// itemsJSON writes a feature collection, batch by batch; counts and links stand at its end.
func (s *Server) itemsJSON(c echo.Context, ctx context.Context, r itemsRequest, page *layers.Page) error {
	c.Response().Header().Set(echo.HeaderContentType, r.served.media)
	c.Response().WriteHeader(http.StatusOK)
	out := bufio.NewWriterSize(c.Response(), 64<<10)
	matched := page.Matched
	if c.Request().Method == http.MethodHead {
		return nil
	}
	out.WriteString(`{"type":"FeatureCollection","features":[`) // an error stays with the writer until Flush
	buf, returned := []byte(nil), 0
	for {
		for _, f := range page.Features {
			buf = buf[:0]
			if returned > 0 {
				buf = append(buf, ',')
			}
			buf = format.AppendGeoJSON(buf, r.layer, f, r.crs.coordinates())
			if _, err := out.Write(buf); err != nil {
				return err
			}
			returned++
		}
		if page.Next == "" || returned >= r.limit {
			break
		}
		q := r.query
		q.After, q.Limit, q.Count = page.Next, min(r.limit-returned, batchItems), false
		var err error
		if page, err = s.ground().Store.Find(ctx, auth.Actor(c), r.layer.Name, q); err != nil {
			return err
		}
	}
	tail, err := marshal(struct {
		NumberMatched  int64  `json:"numberMatched"`
		NumberReturned int    `json:"numberReturned"`
		TimeStamp      string `json:"timeStamp"`
		Links          []link `json:"links"`
	}{matched, returned, s.now().UTC().Format(time.RFC3339), s.itemsLinks(c, r, page.Next)})
	if err != nil {
		return err
	}
	tail[0] = ','
	out.WriteByte(']')
	out.Write(tail)
	return out.Flush()
}

func (s *Server) itemsLinks(c echo.Context, r itemsRequest, next string) []link {
	links := append(s.selfLinks(c, r.served, features),
		link{Href: s.root(c) + "/ogc/collections/" + r.layer.Name, Rel: "collection", Type: typeJSON, Title: bilingual(r.layer.Title, r.layer.TitleEn)})
	if next != "" {
		href := s.here(c, func(q url.Values) { q.Set("f", r.served.f); q.Set("cursor", next) })
		links = append(links, link{Href: href, Rel: "next", Type: plainType(r.served.media), Title: "下一页 Next page"})
	}
	return links
}

func (s *Server) item(c echo.Context) error {
	ctx, actor := c.Request().Context(), auth.Actor(c)
	l, err := s.ground().Store.Layer(ctx, actor, param(c, "layer"))
	if err != nil {
		return err
	}
	p, err := query(c.Request(), "f", "crs")
	if err != nil {
		return err
	}
	f, err := negotiate(c, p["f"], features)
	if err != nil {
		return err
	}
	crs, err := lookupCRS(l, "crs", p["crs"])
	if err != nil {
		return err
	}
	ctx, done, err := s.ground().shares.page.take(ctx)
	if err != nil {
		return err
	}
	defer done()
	feature, err := s.ground().Store.Feature(ctx, actor, l.Name, param(c, "id"), layers.Query{SRID: crs.answerSRID(l)})
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Crs", "<"+crs.URI+">")
	links := append(s.selfLinks(c, f, features),
		link{Href: s.root(c) + "/ogc/collections/" + l.Name, Rel: "collection", Type: typeJSON, Title: bilingual(l.Title, l.TitleEn)})
	if f.f == "html" {
		return s.itemPage(c, ctx, l, *feature, crs)
	}
	more, err := marshal(links)
	if err != nil {
		return err
	}
	body := format.AppendGeoJSON(nil, l, *feature, crs.coordinates())
	body = fmt.Appendf(body[:len(body)-1], `,"links":%s}`, more)
	return tagged(c, f.media, body)
}
