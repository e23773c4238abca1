package api

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
)

// The sizes of a page of the feed: changes in the answer, and those looked at for it.
const (
	usualChanges = 100
	mostChanges  = 1000
	mostLooked   = 20_000
)

// changeDoc is one change as the feed tells it.
type changeDoc struct {
	Position int64          `json:"position"`
	Layer    string         `json:"layer"` // "" = the catalogue, such as a code list
	ID       string         `json:"id,omitempty"`
	Op       string         `json:"op"`
	At       time.Time      `json:"at"`
	Actor    string         `json:"actor"`
	Reason   string         `json:"reason,omitempty"`
	Count    int64          `json:"count"` // features it stands for
	Changed  []string       `json:"changed,omitempty"`
	Before   *layers.Bounds `json:"boundsBefore,omitempty"` // EPSG:4490
	After    *layers.Bounds `json:"boundsAfter,omitempty"`
}

// changes is the feed of all changes in the order of their commits. Who asks with what next said misses none and has none twice.
func (s *Server) changes(c echo.Context) error {
	p, err := query(c.Request(), "since", "layers", "limit")
	if err != nil {
		return err
	}
	limit, err := p.limit(usualChanges, mostChanges)
	if err != nil {
		return err
	}
	var since int64
	if text, ok := p["since"]; ok {
		if since, err = strconv.ParseInt(text, 10, 64); err != nil || since < 0 {
			return layers.Refuse(layers.ErrInvalid, "since %q is no cursor of this feed; leave it out to begin with the first change", "since“%s”不是本变更流的游标；去掉它即从第一条变更开始", text)
		}
	}
	wanted, err := s.wanted(c, p.names("layers"))
	if err != nil {
		return err
	}
	ctx, done, err := s.ground().shares.page.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	list, next, more := []changeDoc{}, since, true
	for looked := 0; more && len(list) < limit && looked < mostLooked; {
		batch, err := s.ground().Store.Changes(ctx, next, mostChanges)
		if err != nil {
			return err
		}
		more, looked = len(batch) == mostChanges, looked+len(batch)
		for _, ch := range batch {
			if len(list) == limit {
				more = true
				break
			}
			next = ch.Position
			if wanted(ch) {
				list = append(list, newChangeDoc(ch))
			}
		}
	}
	href := s.here(c, func(q url.Values) { q.Set("since", strconv.FormatInt(next, 10)) })
	return renderJSON(c, typeJSON, map[string]any{
		"changes": list, "next": strconv.FormatInt(next, 10), "more": more,
		"links": []link{
			{Href: s.here(c, func(url.Values) {}), Rel: "self", Type: typeJSON, Title: "This document"},
			{Href: href, Rel: "next", Type: typeJSON, Title: "之后的变更 What comes after"},
		},
	})
}

// wanted tells which changes are told: of the layers named, or all that the actor may see. A layer that is gone is told of.
func (s *Server) wanted(c echo.Context, names []string) (func(layers.Change) bool, error) {
	ls, err := s.ground().Store.Layers(c.Request().Context(), auth.Actor(c))
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, l := range ls {
		seen[l.Name] = true
	}
	for _, name := range names {
		if !seen[name] {
			return nil, layers.Refuse(layers.ErrNotFound, "no layer %q; the list is at /layers", "没有图层“%s”；图层列表见 /layers", name)
		}
	}
	return func(ch layers.Change) bool {
		if names != nil && !slices.Contains(names, ch.Layer) {
			return false
		}
		return ch.Layer == "" || seen[ch.Layer] || ch.Op == "drop"
	}, nil
}

func newChangeDoc(ch layers.Change) changeDoc {
	doc := changeDoc{ch.Position, ch.Layer, "", ch.Op, ch.At.In(layers.Zone), ch.Actor, ch.Reason, ch.Count, ch.Columns, ch.Old, ch.New}
	if ch.FID != nil {
		doc.ID = strconv.FormatInt(*ch.FID, 10)
	}
	return doc
}
