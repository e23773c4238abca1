package tiles

import (
	"cmp"
	"maps"
	"slices"

	"onemap/layers"
)

// StyleOptions says for which screen a style document is made.
type StyleOptions struct {
	Theme string // "dark", or anything else for light
	Base  string // put before the tiles' paths, e.g. https://map.example; "" leaves them relative to the page
}

// The metadata keys of every style layer: which layer of the catalogue it draws, how that layer is drawn, and whether
// its colours are the ones a legend shows.
const (
	metaLayer  = "onemap:layer"
	metaKind   = "onemap:kind"
	metaLegend = "onemap:legend"
)

// The layer that is the ground of the county: filled in the tint of farmland below everything, wherever it stands itself.
const groundLayer = "xzq_county"

// StyleDocument makes a MapLibre style (version 8) that draws the given layers in the order of their Style.Order.
// Each layer has a vector source of its own name; polygons with labels are labelled from its second tile layer,
// <name>_label. Codes gives the colours of code lists.
//
// There is neither glyphs nor sprite: text is drawn from the reader's fonts, and images are named so that the page can
// draw them: hatch-RRGGBB, arrow-RRGGBB, icon-<code>-RRGGBB.
func StyleDocument(ls []*layers.Layer, codes func(scheme string) []layers.Code, opt StyleOptions) map[string]any {
	look := lightLook
	if opt.Theme == "dark" {
		look = darkLook
	}
	sources := map[string]any{}
	drawn := []styleLayer{{order: -1, body: map[string]any{
		"id": "ground", "type": "background", "paint": map[string]any{"background-color": look.ground},
	}}}
	for _, l := range ls {
		b := brush{look: look, layer: l, codes: codes}
		parts := b.paint()
		if len(parts) == 0 {
			continue
		}
		sources[l.Name] = styleSource(l, opt.Base)
		drawn = append(drawn, parts...)
	}
	slices.SortStableFunc(drawn, func(a, b styleLayer) int { return cmp.Compare(a.order, b.order) })
	bodies := make([]any, len(drawn))
	for i, d := range drawn {
		bodies[i] = d.body
	}
	return map[string]any{
		"version": 8, "name": "One Map " + look.name, "sources": sources, "layers": bodies,
		"transition": map[string]any{"duration": 160, "delay": 0},
		"metadata":   map[string]any{"onemap:theme": look.name},
	}
}

// styleLayer is one layer of the document and its place in the drawing order.
type styleLayer struct {
	order float64
	body  map[string]any
}

func styleSource(l *layers.Layer, base string) map[string]any {
	maxZoom := l.Drawing.MaxZoom
	if maxZoom == 0 {
		maxZoom = 18
	}
	source := map[string]any{
		"type":    "vector",
		"tiles":   []any{base + "/tiles/" + l.Name + "/{z}/{x}/{y}.mvt"},
		"minzoom": l.Drawing.MinZoom, "maxzoom": maxZoom,
	}
	if l.Bounds != nil {
		b := l.Bounds.OnEarth()
		source["bounds"] = []any{b[0], b[1], b[2], b[3]}
	}
	return source
}

// brush draws one layer with the colours of one look.
type brush struct {
	look  look
	layer *layers.Layer
	codes func(scheme string) []layers.Code
}

// paint returns the style layers that draw the brush's layer; none when it isn't drawn.
func (b brush) paint() []styleLayer {
	if b.layer.GeometryType == "" {
		return nil
	}
	var parts []styleLayer
	switch b.layer.Style.Kind {
	case "fill":
		parts = b.fill()
	case "hatch":
		parts = b.hatch()
	case "building":
		parts = b.building()
	case "line":
		parts = b.line()
	case "pipe":
		parts = b.pipe()
	case "circle":
		parts = b.circle()
	case "icon":
		parts = b.icon()
	case "label":
		parts = b.place()
	}
	if b.layer.Name == groundLayer {
		parts = b.ground()
	}
	if b.layer.Style.Label != "" && b.layer.Style.Kind != "icon" && b.layer.Style.Kind != "label" {
		parts = append(parts, b.label())
	}
	if len(parts) > 0 && !slices.ContainsFunc(parts, isLegend) {
		parts[0].body["metadata"].(map[string]any)[metaLegend] = true
	}
	return parts
}

// ground is the county itself: its tint under everything, and its boundary where boundaries are drawn.
func (b brush) ground() []styleLayer {
	boundary := b.layer.Style.Outline
	if boundary == "" {
		boundary = b.own()
	}
	edge := b.edge(b.look.mark(boundary), zoomed(7, 1.2, 12, 1.8, 16, 2.6)).legend()
	edge.order = 82
	return []styleLayer{
		b.part("ground", "fill", -0.5, map[string]any{"fill-color": b.look.land(farmland), "fill-antialias": false}, nil),
		edge,
	}
}

func isLegend(s styleLayer) bool {
	return s.body["metadata"].(map[string]any)[metaLegend] == true
}

// part makes one style layer; its order is the layer's own plus above.
func (b brush) part(suffix, kind string, above float64, paint, layout map[string]any) styleLayer {
	body := map[string]any{
		"id": b.layer.Name + ":" + suffix, "type": kind, "source": b.layer.Name, "source-layer": b.layer.Name,
		"metadata": map[string]any{metaLayer: b.layer.Name, metaKind: b.layer.Style.Kind, metaLegend: false},
		"paint":    paint,
	}
	if layout != nil {
		body["layout"] = layout
	}
	if b.layer.Drawing.MinZoom > 0 {
		body["minzoom"] = b.layer.Drawing.MinZoom
	}
	order := float64(b.layer.Style.Order) + above
	if above < 0 {
		order = above // below every layer
	}
	return styleLayer{order: order, body: body}
}

// with adds keys to a style layer's body.
func (s styleLayer) with(more map[string]any) styleLayer {
	maps.Copy(s.body, more)
	return s
}

// legend marks the style layer whose colours are the layer's legend.
func (s styleLayer) legend() styleLayer {
	s.body["metadata"].(map[string]any)[metaLegend] = true
	return s
}
