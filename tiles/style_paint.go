package tiles

import (
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
)

// The fonts of labels, the reader's own; the first name only says the weight.
var (
	mapFonts   = []any{"Map Medium", "PingFang SC", "HarmonyOS Sans SC", "MiSans", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC"}
	titleFonts = append([]any{"Map Bold"}, mapFonts[1:]...)
)

// zoomed interpolates between (zoom, value) pairs, growing as the map does.
func zoomed(pairs ...any) []any {
	return append([]any{"interpolate", []any{"exponential", 1.5}, []any{"zoom"}}, pairs...)
}

// opacity is the Style's own, or usual.
func (b brush) opacity(usual float64) float64 {
	if o, err := strconv.ParseFloat(b.layer.Style.Opacity, 64); err == nil {
		return o
	}
	return usual
}

// fill draws areas. An opaque one is land: its colours are softened and its outlines one step darker from z13.
// A translucent one lies over the land: its colours stay.
func (b brush) fill() []styleLayer {
	o := b.opacity(1)
	colour, edge := b.look.land, b.look.landEdge
	if o < 1 {
		colour, edge = b.look.mark, b.look.mark
	}
	value := func(f func(string) string) func(string, string) string {
		return func(_, c string) string { return f(c) }
	}
	parts := []styleLayer{b.part("fill", "fill", 0, map[string]any{
		"fill-color": b.byCode(value(colour), colour(b.own())), "fill-opacity": o, "fill-antialias": o < 1,
	}, nil).legend()}
	if b.layer.Style.Outline != "" {
		return append(parts, b.edge(b.look.mark(b.layer.Style.Outline), zoomed(9, 0.4, 13, 0.9, 17, 2)))
	}
	line := b.part("edge", "line", 0.2, map[string]any{
		"line-color": b.byCode(value(edge), edge(b.own())), "line-width": zoomed(13, 0.3, 16, 0.8, 19, 1.4),
		"line-opacity": []any{"interpolate", []any{"linear"}, []any{"zoom"}, 13, 0.08, 14, 0.35, 16, 0.9}, // strips of fields are few pixels wide
	}, map[string]any{"line-join": "round"})
	return append(parts, line.with(map[string]any{"minzoom": max(13, b.layer.Drawing.MinZoom)}))
}

// hatch draws areas in stripes, so that grey print and colour-blind eyes can tell them from fills.
func (b brush) hatch() []styleLayer {
	image := func(_, colour string) string { return "hatch-" + strings.TrimPrefix(b.look.mark(colour), "#") }
	fill := b.part("fill", "fill", 0, map[string]any{
		"fill-pattern": b.byCode(image, image("", b.own())), "fill-opacity": b.opacity(0.85),
	}, nil).legend()
	outline := b.layer.Style.Outline
	if outline == "" {
		outline = b.own()
	}
	return []styleLayer{fill, b.edge(b.look.mark(outline), zoomed(9, 1, 13, 1.6, 17, 2.4))}
}

// edge is the outline of an area that says something: a control line, over buildings, roads and pipes.
func (b brush) edge(colour string, width any) styleLayer {
	paint := map[string]any{"line-color": colour, "line-width": width}
	if dash := b.dash(); dash != nil {
		paint["line-dasharray"] = dash
	}
	line := b.part("edge", "line", 0, paint, map[string]any{"line-join": "round"})
	line.order = max(line.order, 70+line.order/1000)
	return line
}

// building draws houses: a quiet body with a firm edge, from wherever the layer's tiles begin.
func (b brush) building() []styleLayer {
	body := b.look.building
	if b.layer.Style.Colour != "" {
		body = b.look.land(b.layer.Style.Colour)
	}
	return []styleLayer{b.part("fill", "fill", 0, map[string]any{
		"fill-color": body, "fill-outline-color": b.look.edge,
		"fill-opacity": []any{"interpolate", []any{"linear"}, []any{"zoom"}, 13, 0.55, 16, 0.95},
	}, nil).legend()}
}

func (b brush) dash() []any {
	if b.layer.Name == urbanBoundary { // 4 – 1.5 line widths: finer than a catalogue entry's whole numbers
		return []any{4, 1.5}
	}
	var dash []any
	for _, d := range b.layer.Style.Dash {
		dash = append(dash, d)
	}
	return dash
}

// urbanBoundary is the layer of the urban development boundary (城镇开发边界), one of the three control lines.
const urbanBoundary = "czkfbj"

// line draws lines, or the outlines of areas; roads are a case of their own.
func (b brush) line() []styleLayer {
	if b.ofRoads() {
		return b.road()
	}
	mark := func(_, c string) string { return b.look.mark(c) }
	paint := map[string]any{"line-color": b.byCode(mark, b.look.mark(b.own())), "line-width": zoomed(9, 0.8, 13, 1.6, 17, 3.2)}
	switch {
	case b.layer.Name == urbanBoundary:
		paint["line-width"] = zoomed(9, 1.2, 13, 2.2, 17, 3)
	case strings.HasSuffix(b.layer.GeometryType, "Polygon"): // neighbours share a boundary, which is drawn twice
		paint["line-width"], paint["line-opacity"] = zoomed(7, 0.35, 9, 0.8, 13, 1.3, 17, 2.2), 0.6
	}
	if dash := b.dash(); dash != nil {
		paint["line-dasharray"] = dash
	}
	layout := map[string]any{"line-join": "round"}
	if paint["line-dasharray"] == nil {
		layout["line-cap"] = "round"
	}
	if b.layer.Style.Opacity != "" {
		paint["line-opacity"] = b.opacity(1)
	}
	return append([]styleLayer{b.part("line", "line", 0, paint, layout).legend()}, b.arrows()...)
}

// circle draws points as dots of their class, and clusters as larger ones with how many points they are.
func (b brush) circle() []styleLayer {
	mark := func(_, c string) string { return b.look.mark(c) }
	radius := zoomed(11, 1.6, 14, 3, 17, 4.5, 19, 7)
	clustered := slices.ContainsFunc(b.layer.Drawing.Rules, func(r layers.Rule) bool { return clusters(b.layer, r) })
	if clustered {
		radius = zoomed(6, swollen(2), 11, swollen(2), 14, swollen(3), 17, swollen(4.5), 19, swollen(7))
	}
	dots := b.part("dot", "circle", 0, map[string]any{
		"circle-color":        b.byCode(mark, b.look.mark(b.own())),
		"circle-radius":       radius,
		"circle-stroke-color": b.look.markStroke, "circle-stroke-width": zoomed(11, 0.5, 15, 1.2, 19, 2),
		"circle-opacity": b.opacity(1),
	}, nil).legend()
	if !clustered {
		return []styleLayer{dots}
	}
	return []styleLayer{dots, b.counts()}
}

// isCluster tells a cluster from a point.
var isCluster = []any{"has", countKey}

// swollen is the radius of a point, or of a cluster, in which its number has room.
func swollen(radius float64) []any {
	return []any{"case", isCluster, []any{"+", 5.5, []any{"*", 1.2, []any{"ln", []any{"get", countKey}}}}, radius}
}

// counts writes into clusters how many points they are.
func (b brush) counts() styleLayer {
	layout := map[string]any{
		"text-field": []any{"to-string", []any{"get", countKey}}, "text-font": mapFonts, "text-size": 10, "text-padding": 0,
	}
	paint := map[string]any{"text-color": b.look.ink, "text-halo-color": b.look.halo, "text-halo-width": 1.2}
	part := b.part("count", "symbol", 0, paint, layout)
	part.order = 100 + float64(b.layer.Style.Order)/100
	return part.with(map[string]any{"filter": isCluster})
}

// icon draws points as badges with the sign of their class, and their names beside them where there is room.
func (b brush) icon() []styleLayer {
	image := func(code, c string) string { return "icon-" + code + "-" + strings.TrimPrefix(c, "#") }
	layout := map[string]any{
		"icon-image": b.byCode(image, image("any", b.own())), "icon-size": []any{"interpolate", []any{"linear"}, []any{"zoom"}, 11, 0.6, 14, 0.85, 17, 1},
		"icon-padding": 2, "icon-allow-overlap": false,
	}
	badge := b.part("icon", "symbol", 0, map[string]any{"icon-opacity": b.opacity(1)}, layout).legend()
	if b.layer.Style.Label == "" {
		return []styleLayer{badge}
	}
	layout["text-field"] = []any{"get", b.layer.Style.Label}
	layout["text-font"] = mapFonts
	layout["text-size"] = []any{"step", []any{"zoom"}, 0, b.labelAt(14), 11.5, max(16, b.labelAt(14)+1), 12.5}
	layout["text-anchor"], layout["text-offset"], layout["text-optional"] = "top", []any{0, 1.05}, true
	layout["text-max-width"] = 7
	badge.body["paint"] = map[string]any{
		"icon-opacity": b.opacity(1), "text-color": b.look.ink, "text-halo-color": b.look.halo, "text-halo-width": 1.4,
	}
	badge.order = 95 // icons keep clear of labels and of each other
	return []styleLayer{badge}
}

func (b brush) labelAt(usual int) int {
	if b.layer.Style.LabelAt > 0 {
		return b.layer.Style.LabelAt
	}
	return usual
}
