package api

import (
	"math"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"onemap/api/auth"
	"onemap/layers"
	"onemap/layers/search"
)

// search finds features of any layer by what they are called.
func (s *Server) search(c echo.Context) error {
	p, err := query(c.Request(), "q", "limit", "layers", "near", "as-of")
	if err != nil {
		return err
	}
	r := search.Request{Text: p["q"]}
	if r.Limit, err = p.limit(20, search.MaxLimit); err != nil {
		return err
	}
	if names, ok := p["layers"]; ok {
		r.Layers = strings.Split(names, ",")
	}
	if r.Near, err = near(p); err != nil {
		return err
	}
	ctx, done, err := s.ground().shares.page.take(c.Request().Context())
	if err != nil {
		return err
	}
	defer done()
	if r.AsOf, err = s.asOf(ctx, p); err != nil {
		return err
	}
	answer, err := s.ground().Search.Search(ctx, auth.Actor(c), r)
	if err != nil {
		return err
	}
	return renderJSON(c, typeJSON, answer)
}

// near reads where somebody looks: a place, longitude before latitude, or a box.
func near(p params) (*layers.Bounds, error) {
	text, ok := p["near"]
	if !ok {
		return nil, nil
	}
	var n []float64
	for _, one := range strings.Split(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(one), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, layers.Refuse(layers.ErrInvalid, "near: %q is not a number", "near：“%s”不是数值", one)
		}
		n = append(n, v)
	}
	switch {
	case len(n) == 2:
		return &layers.Bounds{n[0], n[1], n[0], n[1]}, nil
	case len(n) == 4 && n[0] <= n[2] && n[1] <= n[3]:
		return &layers.Bounds{n[0], n[1], n[2], n[3]}, nil
	}
	return nil, layers.Refuse(layers.ErrInvalid, "near: want longitude,latitude or west,south,east,north", "near：应为 经度,纬度 或 西,南,东,北")
}
