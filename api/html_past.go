package api

import (
	"context"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"onemap/layers"
)

// story is the page of what a feature was.
type story struct {
	Layer    *layers.Layer
	ID       string
	Columns  []layers.Property
	Versions []versionRow
	Next     string
}

type versionRow struct {
	layers.Version
	Cells []cell
}

// At writes a moment for people, in the county's time.
func (versionRow) At(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(layers.Zone).Format("2006-01-02 15:04:05")
}

func (s *Server) versionsPage(c echo.Context, ctx context.Context, l *layers.Layer, id string, list []layers.Version, links []link) error {
	data := story{Layer: l, ID: id, Next: next(links)}
	for _, v := range list {
		var cells []cell
		if v.Op != "delete" {
			rows, _, err := s.rows(ctx, l, []layers.Feature{v.Feature})
			if err != nil {
				return err
			}
			cells = rows[0].Cells
		}
		data.Versions = append(data.Versions, versionRow{v, cells})
	}
	for _, p := range l.Properties {
		if p.Role != "hidden" {
			data.Columns = append(data.Columns, p)
		}
	}
	v := view{Title: l.Title + " " + id + " 的历史", TitleEn: "History", Data: data,
		Crumbs: crumbs("collections", "图层 Collections", l.Name, l.Title, "items", "要素 Features", url.PathEscape(id), id, "versions", "历史 History")}
	return s.render(c, features[1], nil, "versions", v)
}

// changesBetween is the page of a difference.
type changesBetween struct {
	*layers.Difference
	Next string
}

// Kind is what happened to a feature.
func (changesBetween) Kind(d layers.Differing) string {
	return map[string]string{"added": "新增 Added", "removed": "删除 Removed", "changed": "修改 Changed"}[kindOf(d)]
}

func (s *Server) differencePage(c echo.Context, d *layers.Difference, links []link) error {
	v := view{Title: d.Layer.Title + " 的变化", TitleEn: "Difference", Data: changesBetween{d, next(links)},
		Crumbs: crumbs("collections", "图层 Collections", d.Layer.Name, d.Layer.Title, "difference", "变化 Difference")}
	return s.render(c, features[1], nil, "difference", v)
}

// next is where the link next goes, "" where there is none.
func next(links []link) string {
	for _, l := range links {
		if l.Rel == "next" {
			return l.Href
		}
	}
	return ""
}
