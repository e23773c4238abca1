package api

import (
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/layers/format"
)

var versionsWays = append([]string{"limit", "cursor"}, answerParams...)

// The sizes of a page of versions.
const (
	usualVersions = 100
	mostVersions  = 1000
)

// versionDoc is what a version says of itself, besides being a feature.
type versionDoc struct {
	Version   int64      `json:"version"`
	ValidFrom *time.Time `json:"validFrom"`
	ValidTo   *time.Time `json:"validTo"` // null: it is so still
	Position  *int64     `json:"position"`
	Op        string     `json:"op"`
	Actor     string     `json:"actor"`
	Reason    string     `json:"reason"`
	Changed   []string   `json:"changed"` // null where there is nothing to compare with
}

func newVersionDoc(v layers.Version) versionDoc {
	doc := versionDoc{v.Feature.Version, inZone(v.From), inZone(v.To), nil, v.Op, v.Actor, v.Reason, v.Changed}
	if v.Position > 0 {
		doc.Position = &v.Position
	}
	return doc
}

func inZone(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	local := t.In(layers.Zone)
	return &local
}

// versions is what a feature was and is, newest first.
func (s *Server) versions(c echo.Context) error {
	a, err := s.answer(c, versionsWays...)
	if err != nil {
		return err
	}
	l, p, f := a.layer, a.params, a.served
	limit, err := p.limit(usualVersions, mostVersions)
	if err != nil {
		return err
	}
	var before int64
	if text, ok := p["cursor"]; ok {
		if before, err = strconv.ParseInt(text, 36, 64); err != nil || before < 1 {
			return layers.Refuse(layers.ErrInvalid, "cursor %q is not one this server gave; start again without it", "cursor“%s”不是本服务给出的游标；请去掉后重新开始", text)
		}
	}
	ctx, done, err := s.ground().shares.page.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	list, err := s.ground().Store.Versions(ctx, auth.Actor(c), l.Name, param(c, "id"), a.query, before, limit+1)
	if err != nil {
		return err
	}
	shown, err := l.Only(a.query.Properties)
	if err != nil {
		return err
	}
	links := append(s.selfLinks(c, f, features), s.collectionLink(c, l))
	if len(list) > limit {
		list = list[:limit]
		next := strconv.FormatInt(list[limit-1].Feature.Version, 36)
		links = append(links, s.nextLink(c, f, next))
	}
	c.Response().Header().Set("Content-Crs", "<"+a.crs.URI+">")
	if f.f == "html" {
		return s.versionsPage(c, ctx, shown, param(c, "id"), list, links)
	}
	body := []byte(`{"type":"FeatureCollection","features":[`)
	for i, v := range list {
		if i > 0 {
			body = append(body, ',')
		}
		if body, err = appendMembers(format.AppendGeoJSON(body, shown, v.Feature, a.crs.coordinates()), newVersionDoc(v)); err != nil {
			return err
		}
	}
	body, err = appendMembers(append(body, "]}"...), collectionEnd{NumberReturned: len(list), TimeStamp: s.stamp(), Links: links})
	if err != nil {
		return err
	}
	return tagged(c, f.media, body)
}

// collectionEnd is what a feature collection has behind its features.
type collectionEnd struct {
	NumberMatched  *int64 `json:"numberMatched,omitempty"`
	NumberReturned int    `json:"numberReturned"`
	TimeStamp      string `json:"timeStamp"`
	Links          []link `json:"links"`
}

func (s *Server) stamp() string { return s.now().UTC().Format(time.RFC3339) }

// appendMembers adds the members of a document to the JSON object that b ends with.
func appendMembers(b []byte, doc any) ([]byte, error) {
	more, err := marshal(doc)
	if err != nil {
		return nil, err
	}
	b[len(b)-1] = ','
	return append(b, more[1:len(more)-1]...), nil // marshal ends with a line end
}

func (s *Server) collectionLink(c echo.Context, l *layers.Layer) link {
	return link{Href: s.root(c) + "/ogc/collections/" + l.Name, Rel: "collection", Type: typeJSON, Title: bilingual(l.Title, l.TitleEn)}
}
