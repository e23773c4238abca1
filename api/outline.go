package api

import (
	"fmt"
	"strings"

	"github.com/twpayne/go-geom"
)

// drawing is the outline of a geometry in a square of 240, north up.
type drawing struct {
	Path   string
	Closed bool
}

// draw outlines a geometry: enough to recognise it. Degrees are taken as they are; the county is small.
func draw(g geom.T) drawing {
	if g == nil || g.Empty() {
		return drawing{}
	}
	box := geom.NewBounds(geom.XY).Extend(g)
	size := max(box.Max(0)-box.Min(0), box.Max(1)-box.Min(1))
	if size == 0 {
		return drawing{Path: "M116 120a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", Closed: true}
	}
	var path strings.Builder
	part := func(flat []float64, stride int) {
		for i := 0; i+1 < len(flat); i += stride {
			command := byte('L')
			if i == 0 {
				command = 'M'
			}
			x := 120 + (flat[i]-(box.Min(0)+box.Max(0))/2)/size*220
			y := 120 - (flat[i+1]-(box.Min(1)+box.Max(1))/2)/size*220
			fmt.Fprintf(&path, "%c%.1f %.1f", command, x, y)
		}
	}
	closed := outline(g, part)
	return drawing{path.String(), closed}
}

// outline hands every line and ring of a geometry to part, and reports whether they are rings.
func outline(g geom.T, part func(flat []float64, stride int)) bool {
	switch g := g.(type) {
	case *geom.LineString:
		part(g.FlatCoords(), g.Stride())
	case *geom.MultiLineString:
		for i := range g.NumLineStrings() {
			outline(g.LineString(i), part)
		}
	case *geom.Polygon:
		for i := range g.NumLinearRings() {
			part(g.LinearRing(i).FlatCoords(), g.Stride())
		}
		return true
	case *geom.MultiPolygon:
		for i := range g.NumPolygons() {
			outline(g.Polygon(i), part)
		}
		return true
	case *geom.GeometryCollection:
		for _, one := range g.Geoms() {
			outline(one, part)
		}
	}
	return false
}
