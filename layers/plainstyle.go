package layers

import (
	"hash/fnv"
	"strings"
)

// plainColours are what layers are drawn in until somebody chooses: quiet, and apart from each other.
var plainColours = []string{"#176B87", "#C4703A", "#5E8C4A", "#9C6B9E", "#B08A2E", "#3F7FA6", "#B5525C", "#4F8F86", "#7A6FB0", "#8A6A4A"}

// PlainStyle is how a layer that nobody has given a style is drawn: by its geometry, in a colour that its name decides.
func PlainStyle(name, geometryType string) Style {
	if geometryType == "" {
		return Style{Kind: "none"}
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	style := Style{Colour: plainColours[h.Sum32()%uint32(len(plainColours))], Visible: true}
	switch {
	case strings.HasSuffix(geometryType, "Point"):
		style.Kind, style.Order = "circle", 90
	case strings.HasSuffix(geometryType, "LineString"):
		style.Kind, style.Order = "line", 50
	default:
		style.Kind, style.Order, style.Opacity = "fill", 30, "0.35"
	}
	return style
}
