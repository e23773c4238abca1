package tiles

import (
	"fmt"
	"strconv"
	"strings"

	"onemap/layers"
)

// look is one theme of the map: its grounds and inks, and how class colours are made fit for it.
type look struct {
	name       string
	ground     string  // outside the county
	into       string  // class colours of land are mixed into this
	land_      float64 // … of which so much remains
	outline    string  // outlines of land are its colour mixed into this
	lineInto   string  // lines and marks are mixed into this
	line       float64 // … of which so much remains, if they would be lost on the ground
	ink, halo  string  // labels
	waterInk   string  // names of water
	building   string
	edge       string // of buildings
	roadCase   string
	markStroke string
}

var (
	lightLook = look{name: "light", ground: "#E6EAE8", into: "#FFFFFF", land_: 0.55, outline: "#5B5A3C", lineInto: "#FFFFFF", line: 1,
		ink: "#2A3740", halo: "#FFFFFF", waterInk: "#2A6C96", building: "#CFC8BC", edge: "#A89F91", roadCase: "#B9B29C", markStroke: "#FFFFFF"}
	darkLook = look{name: "dark", ground: "#0B1116", into: "#10171E", land_: 0.36, outline: "#06090C", lineInto: "#FFFFFF", line: 0.62,
		ink: "#D6E0E6", halo: "#0E151B", waterInk: "#8CC4E8", building: "#3A4650", edge: "#55646F", roadCase: "#0B1116", markStroke: "#10171E"}
)

// farmland is the survey's colour of irrigated land (0102), what most of the county is.
const farmland = "#FCEA9E"

// plain is the colour of a layer that names none.
const plain = "#7A8B96"

// land is the screen colour of a class that fills land.
func (k look) land(colour string) string { return mix(colour, k.into, k.land_) }

// landEdge is one step darker than land.
func (k look) landEdge(colour string) string { return mix(k.land(colour), k.outline, 0.72) }

// mark is the screen colour of a line or point: as it is in light, lifted in the dark if it would be lost there.
func (k look) mark(colour string) string {
	if k.line < 1 && brightness(colour) < 0.45 {
		return mix(colour, k.lineInto, k.line)
	}
	return colour
}

// mix returns share of a and the rest of b, colours as #RRGGBB. What is not such a colour counts as plain.
func mix(a, b string, share float64) string {
	x, y := rgb(a), rgb(b)
	var m [3]int
	for i := range m {
		m[i] = int(float64(x[i])*share + float64(y[i])*(1-share) + 0.5)
	}
	return fmt.Sprintf("#%02X%02X%02X", m[0], m[1], m[2])
}

func rgb(colour string) [3]int {
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil || len(colour) != 7 {
		n, _ = strconv.ParseUint(plain[1:], 16, 32)
	}
	return [3]int{int(n >> 16), int(n >> 8 & 255), int(n & 255)}
}

// brightness is the luma of a colour, 0 to 1.
func brightness(colour string) float64 {
	c := rgb(colour)
	return (0.299*float64(c[0]) + 0.587*float64(c[1]) + 0.114*float64(c[2])) / 255
}

// byCode is the expression that gives each code of the layer's Style.By its own value; other is for the rest.
// A code without a colour has that of its parent. Without a list it is just other.
func (b brush) byCode(value func(code, colour string) string, other string) any {
	list := b.coded()
	if len(list) == 0 {
		return other
	}
	expr := []any{"match", []any{"to-string", []any{"get", b.layer.Style.By}}}
	for _, c := range list {
		expr = append(expr, c.Code, value(c.Code, c.Colour))
	}
	return append(expr, other)
}

// coded is the code list of Style.By, in which every code has a colour, its own or its nearest parent's.
func (b brush) coded() []layers.Code {
	p, ok := b.layer.Property(b.layer.Style.By)
	if !ok || p.Scheme == "" {
		return nil
	}
	list := b.codes(p.Scheme)
	byCode := make(map[string]layers.Code, len(list))
	for _, c := range list {
		byCode[c.Code] = c
	}
	var coloured []layers.Code
	for _, c := range list {
		for up, left := c, len(list); c.Colour == "" && up.Parent != "" && left > 0; left-- {
			up = byCode[up.Parent]
			c.Colour = up.Colour
		}
		if c.Colour != "" {
			coloured = append(coloured, c)
		}
	}
	return coloured
}

// own is the colour of a layer, or of what has no code.
func (b brush) own() string {
	if b.layer.Style.Colour != "" {
		return b.layer.Style.Colour
	}
	return plain
}
