package format

import (
	"hash/fnv"
	"math"
	"regexp"

	"onemap/layers"
)

// colours are what imported layers are drawn in until somebody chooses: quiet, and apart from each other.
var colours = []string{"#176B87", "#C4703A", "#5E8C4A", "#9C6B9E", "#B08A2E", "#3F7FA6", "#B5525C", "#4F8F86", "#7A6FB0", "#8A6A4A"}

// naming finds the field that names a feature, the surest pattern first.
var naming = []*regexp.Regexp{
	regexp.MustCompile(`^(名称|name|title|mc|名字)$`),
	regexp.MustCompile(`(名称|name_zh|namezh|名)$`),
	regexp.MustCompile(`^name|name$|mc$`),
}

// labelField guesses the column that names a feature; "" when none looks like it.
func labelField(columns []layers.Column) string {
	for _, pattern := range naming {
		for _, c := range columns {
			if c.Type == layers.String && (pattern.MatchString(lower(c.Title)) || pattern.MatchString(c.Name)) {
				return c.Name
			}
		}
	}
	return ""
}

// lower is for ASCII letters only: it leaves Chinese as it is.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// look is how an imported layer is drawn at first: by its geometry, in a colour its name decides, from the zoom at
// which a tile holds a bearable number of features.
func look(l layers.Layer, s shape) (layers.Drawing, layers.Style) {
	h := fnv.New32a()
	h.Write([]byte(l.Name))
	style := layers.Style{Colour: colours[h.Sum32()%uint32(len(colours))], Visible: true}
	switch s.kind {
	case "":
		return layers.Drawing{}, layers.Style{Kind: "none"}
	case "Point", "MultiPoint":
		style.Kind, style.Order = "circle", 90
	case "MultiLineString":
		style.Kind, style.Order = "line", 50
	default:
		style.Kind, style.Order, style.Opacity = "fill", 30, "0.35"
	}
	drawing := layers.Drawing{MinZoom: minZoom(s)}
	if l.LabelField != "" {
		style.Label, style.LabelAt = l.LabelField, min(drawing.MinZoom+5, 16)
		drawing.Properties = []string{l.LabelField}
	}
	return drawing, style
}

// minZoom is 0 for a layer that fits into one tile, else the zoom where an average tile has at most 20,000 features.
func minZoom(s shape) int {
	const bearable = 20_000
	if s.bounds == nil || s.rows <= bearable {
		return 0
	}
	width, height := s.bounds[2]-s.bounds[0], s.bounds[3]-s.bounds[1]
	for z := range 16 {
		tile := 360 / math.Exp2(float64(z))
		tiles := math.Max(width/tile, 1) * math.Max(height/tile, 1)
		if float64(s.rows)/tiles <= bearable {
			return z
		}
	}
	return 16
}
