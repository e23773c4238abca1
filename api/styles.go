package api

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/tiles"
)

// style is the map's MapLibre style, whole or of some layers.
func (s *Server) style(c echo.Context) error {
	if id := param(c, "style"); id != "onemap.json" {
		return layers.Refuse(layers.ErrNotFound, "no style %q; the one there is is /styles/onemap.json", "没有样式“%s”；现有样式为 /styles/onemap.json", id)
	}
	p, err := query(c.Request(), "theme", "layers")
	if err != nil {
		return err
	}
	if theme := p["theme"]; !slices.Contains([]string{"", "light", "dark"}, theme) {
		return layers.Refuse(layers.ErrInvalid, "theme=%s: want light or dark", "theme=%s 有误：应为 light 或 dark", theme)
	}
	ctx, done, err := s.ground().shares.page.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	ls, err := s.chosen(ctx, c, p["layers"])
	if err != nil {
		return err
	}
	codes, err := s.codeLists(ctx, ls)
	if err != nil {
		return err
	}
	doc := tiles.StyleDocument(ls, func(scheme string) []layers.Code { return codes[scheme] },
		tiles.StyleOptions{Theme: p["theme"], Base: s.root(c)})
	return renderJSON(c, typeJSON, doc)
}

// chosen are the layers named, comma separated, or all of them.
func (s *Server) chosen(ctx context.Context, c echo.Context, names string) ([]*layers.Layer, error) {
	if names == "" {
		return s.ground().Store.Layers(ctx, auth.Actor(c))
	}
	list := strings.Split(names, ",")
	if err := checkNames(list); err != nil {
		return nil, err
	}
	ls := make([]*layers.Layer, len(list))
	for i, name := range list {
		var err error
		if ls[i], err = s.ground().Store.Layer(ctx, auth.Actor(c), name); err != nil {
			return nil, err
		}
	}
	return ls, nil
}

// checkNames refuses a list of more layers than one tile may have, and one that names a layer twice.
func checkNames(names []string) error {
	if len(names) > maxTileLayers {
		return layers.Refuse(layers.ErrInvalid, "%d layers at once; want at most %d", "一次请求了 %d 个图层，至多 %d 个", len(names), maxTileLayers)
	}
	for i, name := range names {
		if name != "" && slices.Contains(names[:i], name) {
			return layers.Refuse(layers.ErrInvalid, "layer %q is named twice", "图层“%s”重复", name)
		}
	}
	return nil
}

// codeLists reads the code lists that explain properties of the layers; one that is missing explains nothing.
func (s *Server) codeLists(ctx context.Context, ls []*layers.Layer) (map[string][]layers.Code, error) {
	lists := map[string][]layers.Code{}
	for _, l := range ls {
		for _, p := range l.Properties {
			if _, read := lists[p.Scheme]; read || p.Scheme == "" {
				continue
			}
			codes, err := s.codeList(ctx, p.Scheme)
			if err != nil {
				return nil, err
			}
			lists[p.Scheme] = codes
		}
	}
	return lists, nil
}

// codeList is the one of a property's scheme; none where it has no scheme, or one that is missing.
func (s *Server) codeList(ctx context.Context, scheme string) ([]layers.Code, error) {
	if scheme == "" {
		return nil, nil
	}
	codes, err := s.ground().Store.Codes(ctx, scheme)
	if errors.Is(err, layers.ErrNotFound) {
		return nil, nil
	}
	return codes, err
}

// byCode finds the entries of a list.
func byCode(list []layers.Code) map[string]layers.Code {
	out := make(map[string]layers.Code, len(list))
	for _, code := range list {
		out[code.Code] = code
	}
	return out
}
