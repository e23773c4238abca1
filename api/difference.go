package api

import (
	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/layers/format"
)

var differenceWays = []string{"f", "from", "to", "bbox", "bbox-crs", "crs", "limit", "cursor"}

// The sizes of a page of a difference.
const (
	usualDifferences = 100
	mostDifferences  = 1000
)

// countsDoc is how many features were added, removed and changed between two moments.
type countsDoc struct {
	Added   int64 `json:"added"`
	Removed int64 `json:"removed"`
	Changed int64 `json:"changed"`
}

// difference lists the features of a layer that are not the same at two moments.
func (s *Server) difference(c echo.Context) error {
	a, err := s.answer(c, differenceWays...)
	if err != nil {
		return err
	}
	l, p, q, f := a.layer, a.params, a.query, a.served
	if q.Bounds, q.BoundsSRID, err = p.bounds(l); err != nil {
		return err
	}
	if q.Limit, err = p.limit(usualDifferences, mostDifferences); err != nil {
		return err
	}
	q.After = p["cursor"]
	from, to, err := s.span(c, p)
	if err != nil {
		return err
	}
	ctx, done, err := s.ground().shares.stream.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	d, err := s.ground().Store.Difference(ctx, auth.Actor(c), l.Name, q, from, to)
	if err != nil {
		return err
	}
	links := append(s.selfLinks(c, f, features), s.collectionLink(c, l))
	if d.Next != "" {
		links = append(links, s.nextLink(c, f, d.Next))
	}
	c.Response().Header().Set("Content-Crs", "<"+a.crs.URI+">")
	if f.f == "html" {
		return s.differencePage(c, d, links)
	}
	body := []byte(`{"type":"FeatureCollection","features":[`)
	for i, one := range d.Features {
		if i > 0 {
			body = append(body, ',')
		}
		if body, err = appendDiffering(body, l, one, a.crs.coordinates()); err != nil {
			return err
		}
	}
	matched := d.Added + d.Removed + d.Changed
	body, err = appendMembers(append(body, "]}"...), struct {
		Counts countsDoc `json:"counts"`
		From   int64     `json:"from"`
		To     int64     `json:"to"`
		collectionEnd
	}{countsDoc{d.Added, d.Removed, d.Changed}, max(d.From, 0), max(d.To, 0), collectionEnd{&matched, len(d.Features), s.stamp(), links}})
	if err != nil {
		return err
	}
	return tagged(c, f.media, body)
}

// span reads from and to.
func (s *Server) span(c echo.Context, p params) (from, to int64, err error) {
	if p["from"] == "" {
		return 0, 0, layers.Refuse(layers.ErrInvalid, "from is missing: want a position of the log or a moment such as 2026-05-01T08:00:00Z", "缺少 from：应为变更位置或时刻，例如 2026-05-01T08:00:00Z")
	}
	if from, err = s.positionOf(c.Request().Context(), p, "from"); err != nil {
		return 0, 0, err
	}
	to, err = s.positionOf(c.Request().Context(), p, "to")
	return from, to, err
}

// kindOf is what happened to the feature.
func kindOf(d layers.Differing) string {
	switch {
	case d.Before == nil:
		return "added"
	case d.After == nil:
		return "removed"
	}
	return "changed"
}

// appendDiffering appends a feature as it is after, or was before where it is gone, and what it was.
func appendDiffering(b []byte, l *layers.Layer, d layers.Differing, in format.Coordinates) ([]byte, error) {
	shown := d.After
	if shown == nil {
		shown = d.Before
	}
	b = format.AppendGeoJSON(b, l, *shown, in)
	b, err := appendMembers(b, struct {
		Change  string   `json:"change"`
		Changed []string `json:"changed"`
	}{kindOf(d), d.Changed})
	if err != nil {
		return nil, err
	}
	b = b[:len(b)-1]
	for _, side := range []struct {
		name    string
		feature *layers.Feature
	}{{"before", d.Before}, {"after", d.After}} {
		b = append(append(append(b, `,"`...), side.name...), `":`...)
		if side.feature == nil {
			b = append(b, "null"...)
			continue
		}
		b = format.AppendProperties(b, l, *side.feature)
	}
	if len(d.Changed) > 0 && d.Changed[len(d.Changed)-1] == "geometry" {
		b = append(b, `,"geometryBefore":`...)
		b = format.AppendGeometry(b, d.Before.Geometry, in)
	}
	return append(b, '}'), nil
}
