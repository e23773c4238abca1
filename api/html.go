package api

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"onemap/layers"
)

//go:embed templates/*.html
var templateFiles embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"json": func(v any) (string, error) {
		b, err := json.MarshalIndent(v, "", "  ")
		return string(b), err
	},
	"number": func(v any) string { return message.NewPrinter(language.English).Sprint(v) }, // 357,946
	"last":   func(i int, of []crumb) bool { return i == len(of)-1 },
}).ParseFS(templateFiles, "templates/*.html"))

// view is what every readable page is made of.
type view struct {
	Title, TitleEn string
	Root           string // address of the server
	Alternate      string // address of the same as JSON; "" where there is none
	Crumbs         []crumb
	Data           any
}

// crumb is a step of the way to a page: Path below /ogc.
type crumb struct{ Path, Text string }

// crumbs makes a way of pairs of path part and text.
func crumbs(pairs ...string) []crumb {
	var out []crumb
	at := ""
	for i := 0; i+1 < len(pairs); i += 2 {
		at += "/" + pairs[i]
		out = append(out, crumb{at, pairs[i+1]})
	}
	return out
}

// table is a page of features for people.
type table struct {
	Layer   *layers.Layer
	Columns []layers.Property
	Rows    []row
	Drawing drawing
	Matched int64 // -1 = not counted
	Next    string
}

type row struct {
	ID    string
	Cells []cell
}

// colour is that of the first code that has one.
func (r row) colour() string {
	for _, c := range r.Cells {
		if c.Colour != "" {
			return c.Colour
		}
	}
	return ""
}

// cell is one value, with the name of its code.
type cell struct{ Text, Name, Colour, Unit string }

func (s *Server) itemsPage(c echo.Context, ctx context.Context, r itemsRequest, page *layers.Page) error {
	rows, columns, err := s.rows(ctx, page.Layer, page.Features)
	if err != nil {
		return err
	}
	data := table{Layer: page.Layer, Columns: columns, Rows: rows, Drawing: draw(page.Features, r.crs.Geographic, 1050, 320), Matched: page.Matched}
	for i, shape := range data.Drawing.Shapes {
		data.Drawing.Shapes[i].Colour = rows[shape.At].colour()
	}
	if page.Next != "" {
		data.Next = s.here(c, func(q url.Values) { q.Set("f", "html"); q.Set("cursor", page.Next) })
	}
	v := view{Title: r.layer.Title, TitleEn: r.layer.TitleEn, Crumbs: crumbs("collections", "图层 Collections", r.layer.Name, r.layer.Title, "items", "要素 Features"), Data: data}
	return s.render(c, r.served, nil, "items", v)
}

// sheet is one feature for people.
type sheet struct {
	Layer    *layers.Layer
	Columns  []layers.Property
	Row      row
	Drawing  drawing
	Geometry string
	Map      template.URL // query of the page that shows it
}

func (s *Server) itemPage(c echo.Context, ctx context.Context, l *layers.Layer, f layers.Feature, crs CRS) error {
	rows, columns, err := s.rows(ctx, l, []layers.Feature{f})
	if err != nil {
		return err
	}
	data := sheet{Layer: l, Columns: columns, Row: rows[0], Drawing: draw([]layers.Feature{f}, crs.Geographic, 280, 280)}
	if f.Geometry != nil {
		data.Geometry = strings.TrimPrefix(fmt.Sprintf("%T", f.Geometry), "*geom.")
	}
	if box := reach(f.Geometry); box != nowhere && crs.Geographic {
		x, y := middle(box)
		data.Map = template.URL(fmt.Sprintf("at=16/%.6f/%.6f&feature=%s/%s", y, x, l.Name, url.PathEscape(f.ID)))
	}
	v := view{Title: l.Title + " " + f.ID, TitleEn: l.TitleEn, Crumbs: crumbs("collections", "图层 Collections", l.Name, l.Title, "items", "要素 Features", url.PathEscape(f.ID), f.ID), Data: data}
	return s.render(c, features[1], nil, "item", v)
}

// rows turns features into text, codes with their names.
func (s *Server) rows(ctx context.Context, l *layers.Layer, fs []layers.Feature) ([]row, []layers.Property, error) {
	lists, err := s.codeLists(ctx, []*layers.Layer{l})
	if err != nil {
		return nil, nil, err
	}
	named := map[string]map[string]layers.Code{}
	for scheme, codes := range lists {
		named[scheme] = byCode(codes)
	}
	var columns []layers.Property
	for _, p := range l.Properties {
		if p.Role != "hidden" {
			columns = append(columns, p)
		}
	}
	var rows []row
	for _, f := range fs {
		r := row{ID: f.ID}
		for i, p := range l.Properties {
			if p.Role == "hidden" {
				continue
			}
			cell := cell{Text: textOf(f.Properties[i])}
			if code, ok := named[p.Scheme][cell.Text]; ok {
				cell.Name, cell.Colour = code.Name, code.Colour
			}
			if cell.Text != "" {
				cell.Unit = p.Unit
			}
			r.Cells = append(r.Cells, cell)
		}
		rows = append(rows, r)
	}
	return rows, columns, nil
}

func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// definitionPage is the API documentation for people, made from the same tables as the definition.
func (s *Server) definitionPage(c echo.Context) error {
	if _, err := query(c.Request(), "f"); err != nil {
		return err
	}
	v := view{Title: "接口文档", TitleEn: "API", Crumbs: crumbs("api.html", "接口文档 API"), Data: documented()}
	return s.render(c, documents[1], nil, "api", v)
}
