package tiles

// roadLook is how one class of road is drawn: widths in pixels at z10, z14 and z18, colours in light and dark, and the zoom from
// which it is named.
type roadLook struct {
	class           string
	z10, z14, z18   float64
	light, darkFill string
	named           int
}

// roads has the classes of scheme road_class, the least first: later ones are drawn over earlier ones.
var roads = []roadLook{
	{"field", 0.2, 0.8, 5, "#F3EBD2", "#75746A", 16},
	{"village", 0.3, 1.4, 8, "#FFFDF4", "#83837A", 15},
	{"township", 0.6, 2.2, 11, "#FFFFFF", "#8E8F88", 14},
	{"street_branch", 0.4, 2.4, 13, "#FFFFFF", "#8E8F88", 15},
	{"street_secondary", 0.7, 3.4, 18, "#FFFFFF", "#96978F", 14},
	{"county", 1.1, 3.4, 15, "#FFF6D2", "#A39E86", 13},
	{"street_main", 1.1, 4.6, 24, "#FFF9E3", "#A09E8E", 13},
	{"provincial", 1.6, 4.4, 18, "#FCE6A8", "#B39C64", 12},
	{"national", 1.9, 5, 20, "#F9D48C", "#C0974F", 12},
	{"expressway", 2.3, 5.6, 22, "#F0B673", "#C98745", 12},
}

// ofRoads tells whether the layer is of roads by class.
func (b brush) ofRoads() bool {
	p, ok := b.layer.Property(b.layer.Style.By)
	return ok && p.Scheme == "road_class"
}

// road draws roads: casings of all below bodies of all, widths and colours by class.
func (b brush) road() []styleLayer {
	class := []any{"to-string", []any{"get", b.layer.Style.By}}
	body := []any{"match", class}
	rank := []any{"match", class}
	for i, r := range roads {
		fill := r.light
		if b.look.name == "dark" {
			fill = r.darkFill
		}
		body, rank = append(body, r.class, fill), append(rank, r.class, i)
	}
	body, rank = append(body, roads[1].light), append(rank, 0)
	if b.look.name == "dark" {
		body[len(body)-1] = roads[1].darkFill
	}
	width := func(casing float64) any {
		at := func(w func(roadLook) float64, casing float64) []any {
			expr := []any{"match", class}
			for _, r := range roads {
				expr = append(expr, r.class, w(r)+casing)
			}
			return append(expr, 1+casing)
		}
		return zoomed(
			7, at(func(r roadLook) float64 { return r.z10 / 2 }, 0),
			10, at(func(r roadLook) float64 { return r.z10 }, casing*0.4),
			14, at(func(r roadLook) float64 { return r.z14 }, casing),
			18, at(func(r roadLook) float64 { return r.z18 }, casing*1.4))
	}
	layout := func() map[string]any {
		return map[string]any{"line-cap": "round", "line-join": "round", "line-sort-key": rank}
	}
	return []styleLayer{
		b.part("case", "line", 0, map[string]any{"line-color": b.look.roadCase, "line-width": width(1.3),
			"line-opacity": []any{"interpolate", []any{"linear"}, []any{"zoom"}, 9, 0.35, 14, 0.85}}, layout()),
		b.part("line", "line", 0.1, map[string]any{"line-color": body, "line-width": width(0)}, layout()).legend(),
	}
}

// pipe draws pipes in the screen colour of their class, as wide as their diameter says, with arrows by flow from z17.
// Combined sewers are dashed.
func (b brush) pipe() []styleLayer {
	mark := func(_, c string) string { return b.look.mark(c) }
	paint := map[string]any{"line-color": b.byCode(mark, b.look.mark(b.own())), "line-width": zoomed(11, 0.7, 14, 1.6, 17, 3.4, 20, 8)}
	if b.layer.Style.Width != "" {
		// A duct's size is "width x height" and no number: it counts as 300 mm.
		size := []any{"to-number", []any{"get", b.layer.Style.Width}, 300}
		at := func(thin, thick float64) []any {
			return []any{"interpolate", []any{"linear"}, size, 50, thin, 1200, thick}
		}
		paint["line-width"] = zoomed(11, at(0.5, 1.4), 14, at(1, 3), 17, at(2, 7), 20, at(4, 16))
	}
	switch dash := b.dash(); {
	case dash != nil:
		paint["line-dasharray"] = dash
	case b.has("HS"):
		paint["line-dasharray"] = []any{"match", []any{"to-string", []any{"get", b.layer.Style.By}},
			"HS", []any{"literal", []any{3, 1.2}}, []any{"literal", []any{1, 0}}}
	}
	line := b.part("line", "line", 0, paint, map[string]any{"line-join": "round"}).legend()
	return append([]styleLayer{line}, b.arrows()...)
}

// arrows shows from z17 which way a line flows, if its layer says.
func (b brush) arrows() []styleLayer {
	if b.layer.Style.Flow == "" {
		return nil
	}
	flow := []any{"to-string", []any{"get", b.layer.Style.Flow}}
	arrow := b.part("flow", "symbol", 0.5, map[string]any{}, map[string]any{
		"symbol-placement": "line", "symbol-spacing": 110, "icon-image": "arrow-" + b.look.ink[1:], "icon-size": 0.9,
		"icon-rotate": []any{"match", flow, "-", 180, 0}, "icon-allow-overlap": true, "icon-ignore-placement": true,
	})
	return []styleLayer{arrow.with(map[string]any{
		"minzoom": 17, "filter": []any{"match", flow, []any{"+", "-"}, true, false},
	})}
}

// has tells whether the list of Style.By has a code.
func (b brush) has(code string) bool {
	for _, c := range b.coded() {
		if c.Code == code {
			return true
		}
	}
	return false
}
