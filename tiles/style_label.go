package tiles

import "strings"

// label writes a layer's names: on points of its own for areas, along lines, beside points.
func (b brush) label() styleLayer {
	layout := map[string]any{
		"text-field": []any{"get", b.layer.Style.Label}, "text-font": mapFonts,
		"text-size":      []any{"interpolate", []any{"linear"}, []any{"zoom"}, 10, 11, 16, 13},
		"text-max-width": 8, "text-padding": 4,
	}
	paint := map[string]any{"text-color": b.look.ink, "text-halo-color": b.look.halo, "text-halo-width": 1.4}
	part := b.part("label", "symbol", 0, paint, layout)
	switch {
	case strings.Contains(b.layer.GeometryType, "Polygon"):
		part.body["source-layer"] = b.layer.Name + "_label"
	case strings.Contains(b.layer.GeometryType, "Line"):
		layout["symbol-placement"], layout["symbol-spacing"] = "line", 320
		layout["text-max-angle"], layout["text-letter-spacing"] = 35, 0.06
	default:
		layout["text-anchor"], layout["text-offset"], layout["text-optional"] = "top", []any{0, 0.7}, true
	}
	if strings.HasPrefix(b.layer.Style.Label, "psize") || b.layer.Theme == "pipeline" || b.layer.Theme == "drainage" {
		layout["text-size"] = 11
	}
	part.order = 100 + float64(b.layer.Style.Order)/100
	if b.ofRoads() {
		part.body["filter"] = passing(b.layer.Style.By, len(roads), func(i int) string { return roads[i].class }, func(i, zoom int) bool { return roads[i].named <= zoom })
	}
	return part.with(map[string]any{"minzoom": max(b.labelAt(13), b.layer.Drawing.MinZoom)})
}

// passing is a filter that at each zoom passes the classes that are shown there, and from z14 also what is of none of them.
func passing(by string, classes int, class func(i int) string, shown func(i, zoom int) bool) []any {
	of := []any{"to-string", []any{"get", by}}
	filter := []any{"step", []any{"zoom"}, false}
	for zoom := 7; zoom <= 17; zoom++ {
		yes, no := []any{}, []any{}
		for i := range classes {
			if shown(i, zoom) {
				yes = append(yes, class(i))
			} else {
				no = append(no, class(i))
			}
		}
		switch {
		case zoom < 14 && len(yes) > 0:
			filter = append(filter, zoom, []any{"match", of, yes, true, false})
		case zoom >= 14 && len(no) > 0:
			filter = append(filter, zoom, []any{"match", of, no, false, true})
		default:
			filter = append(filter, zoom, zoom >= 14)
		}
	}
	return filter
}

// placeLook is how the names of one class of places are written.
type placeLook struct {
	class          string
	at, until      int // zooms of the first, and of the first where it is no more: the map is within the place
	size10, size15 float64
	bold           bool
}

// places has the classes of scheme place_class, the most important first.
var places = []placeLook{
	{"county", 7, 14, 17, 22, true},
	{"town", 9, 17, 13.5, 18, true},
	{"water", 10, 24, 11.5, 14, false},
	{"hill", 11, 24, 11, 13, false},
	{"community", 12, 24, 11, 14, false},
	{"village", 12, 24, 10.5, 13, false},
	{"road", 14, 24, 10.5, 12, false},
}

// place writes names alone: size and weight by class, the important ones first.
func (b brush) place() []styleLayer {
	name := b.layer.Style.Label
	if name == "" {
		name = b.layer.LabelField
	}
	by := b.layer.Style.By
	for _, p := range b.layer.Properties {
		if by == "" && p.Scheme == "place_class" {
			by = p.Name
		}
	}
	class := []any{"to-string", []any{"get", by}}
	pick := func(value func(int, placeLook) any, other any) any {
		if by == "" {
			return other
		}
		expr := []any{"match", class}
		for i, p := range places {
			expr = append(expr, p.class, value(i, p))
		}
		return append(expr, other)
	}
	size := zoomed(
		9, pick(func(_ int, p placeLook) any { return p.size10 }, 11),
		15, pick(func(_ int, p placeLook) any { return p.size15 }, 13))
	layout := map[string]any{
		"text-field": []any{"get", name}, "text-size": size, "text-max-width": 8, "text-padding": 3,
		"text-font": pick(func(_ int, p placeLook) any {
			if p.bold {
				return []any{"literal", titleFonts}
			}
			return []any{"literal", mapFonts}
		}, []any{"literal", mapFonts}),
		"symbol-sort-key": pick(func(i int, _ placeLook) any { return i }, len(places)),
	}
	paint := map[string]any{
		"text-halo-color": b.look.halo, "text-halo-width": 1.4,
		"text-color": pick(func(_ int, p placeLook) any {
			if p.class == "water" {
				return b.look.waterInk
			}
			return b.look.ink
		}, b.look.ink),
	}
	part := b.part("label", "symbol", 0, paint, layout).legend()
	part.order = 100 + float64(b.layer.Style.Order)/100 + 1
	if by == "" {
		return []styleLayer{part}
	}
	filter := passing(by, len(places), func(i int) string { return places[i].class }, func(i, zoom int) bool { return places[i].at <= zoom && zoom < places[i].until })
	return []styleLayer{part.with(map[string]any{"filter": filter})}
}
