package api

import (
	"bufio"
	"context"
	"fmt"
	"net/http"

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

// answerParams say what the answer about features has, and itemsWays how items are given. Besides them, and those that say which
// are meant (whichParams), the layer's own properties are parameters.
var (
	answerParams = []string{"f", "crs", "properties", "skipGeometry"}
	itemsWays    = append([]string{"limit", "cursor", "sortby"}, answerParams...)
)

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
	switch {
	case r.served.isFile():
		share = s.ground().shares.export
	case r.limit > batchItems:
		share = s.ground().shares.stream
	}
	ctx, done, err := share.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	if r.served.isFile() {
		return s.itemsFile(c, ctx, r)
	}
	r.query.CountIfCheap = true
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
	var p params
	if r.layer, p, r.query, err = s.asked(c, itemsWays); err != nil {
		return r, err
	}
	if p["f"] == "geojson" { // as the table of formats calls it
		p["f"] = "json"
	}
	if r.served, err = negotiate(c, p["f"], itemsFormats(r.layer)); err != nil {
		return r, err
	}
	if r.limit, err = p.limit(usualItems, layers.MaxLimit); err != nil {
		return r, err
	}
	r.query.Sort, r.query.After = p.sorting(), p["cursor"]
	r.crs, err = p.answer(r.layer, &r.query)
	return r, err
}

// answer reads what the answer has of the features, and in which coordinate system.
func (p params) answer(l *layers.Layer, q *layers.Query) (crs CRS, err error) {
	if crs, err = lookupCRS(l, "crs", p["crs"]); err != nil {
		return crs, err
	}
	q.SRID, q.Properties = crs.answerSRID(l), p.names("properties")
	q.NoGeometry, err = p.yes("skipGeometry")
	return crs, err
}

// itemsJSON writes a feature collection, batch by batch; counts and links stand at its end.
func (s *Server) itemsJSON(c echo.Context, ctx context.Context, r itemsRequest, page *layers.Page) error {
	c.Response().Header().Set(echo.HeaderContentType, r.served.media)
	c.Response().WriteHeader(http.StatusOK)
	out := bufio.NewWriterSize(c.Response(), 64<<10)
	var matched *int64
	if page.Matched >= 0 {
		matched = &page.Matched
	}
	if c.Request().Method == http.MethodHead {
		return nil
	}
	out.WriteString(`{"type":"FeatureCollection","features":[`) // an error stays with the writer until Flush
	buf, returned, l := []byte(nil), 0, page.Layer
	for {
		for _, f := range page.Features {
			buf = buf[:0]
			if returned > 0 {
				buf = append(buf, ',')
			}
			buf = format.AppendGeoJSON(buf, l, f, r.crs.coordinates())
			if _, err := out.Write(buf); err != nil {
				return err
			}
			returned++
		}
		if page.Next == "" || returned >= r.limit {
			break
		}
		q := r.query
		q.After, q.Limit, q.CountIfCheap = page.Next, min(r.limit-returned, batchItems), false
		var err error
		if page, err = s.ground().Store.Find(ctx, auth.Actor(c), r.layer.Name, q); err != nil {
			return err
		}
	}
	tail, err := marshal(collectionEnd{matched, returned, s.stamp(), s.itemsLinks(c, r, page.Next)})
	if err != nil {
		return err
	}
	tail[0] = ','
	out.WriteByte(']')
	out.Write(tail)
	return out.Flush()
}

func (s *Server) itemsLinks(c echo.Context, r itemsRequest, next string) []link {
	links := append(s.selfLinks(c, r.served, itemsFormats(r.layer)), s.collectionLink(c, r.layer))
	if next != "" {
		links = append(links, s.nextLink(c, r.served, next))
	}
	return links
}

func (s *Server) item(c echo.Context) error {
	a, err := s.answer(c, append(answerParams, "as-of")...)
	if err != nil {
		return err
	}
	if a.query.AsOf, err = s.asOf(c.Request().Context(), a.params); err != nil {
		return err
	}
	ctx, done, err := s.ground().shares.page.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	feature, err := s.ground().Store.Feature(ctx, auth.Actor(c), a.layer.Name, param(c, "id"), a.query)
	if err != nil {
		return err
	}
	l, err := a.layer.Only(a.query.Properties)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Crs", "<"+a.crs.URI+">")
	links := append(s.selfLinks(c, a.served, features), s.collectionLink(c, l))
	if a.served.f == "html" {
		return s.itemPage(c, ctx, l, *feature, a.crs)
	}
	more, err := marshal(links)
	if err != nil {
		return err
	}
	body := format.AppendGeoJSON(nil, l, *feature, a.crs.coordinates())
	body = fmt.Appendf(body[:len(body)-1], `,"links":%s}`, more)
	return tagged(c, a.served.media, body)
}
