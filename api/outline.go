package api

import (
	"fmt"
	"math"
	"strings"

	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// drawing is a little map of features, without anything under it.
type drawing struct {
	Width, Height int
	Shapes        []shape
}

// shape is the outline of one feature as the path of an SVG.
type shape struct {
	At       int // place of the feature
	ID, Path string
	Closed   bool
	Colour   string // that it is filled with; "" = the page's own
}

const (
	margin = 10.0 // around a drawing, so that lines are not cut
	dot    = 4.0  // radius of a point
	unseen = 0.8  // a vertex nearer to the last is left out
)

// draw outlines features in one frame, north up: enough to recognise them. Degrees are drawn as wide as they are at their latitude.
func draw(fs []layers.Feature, degrees bool, width, height int) drawing {
	d := drawing{Width: width, Height: height}
	box := nowhere
	for _, f := range fs {
		box = box.Extend(reach(f.Geometry))
	}
	if box == nowhere {
		return d
	}
	x, y := middle(box)
	stretch := 1.0
	if degrees {
		stretch = max(math.Cos(y*math.Pi/180), 0.01)
	}
	scale := min((float64(width)-2*margin)/((box[2]-box[0])*stretch), (float64(height)-2*margin)/(box[3]-box[1]))
	if math.IsInf(scale, 0) || math.IsNaN(scale) {
		scale = 0 // all in one place
	}
	frame := frame{float64(width)/2 - x*stretch*scale, float64(height)/2 + y*scale, stretch * scale, -scale}
	for i, f := range fs {
		if reach(f.Geometry) != nowhere {
			path, closed := frame.outline(f.Geometry)
			d.Shapes = append(d.Shapes, shape{At: i, ID: f.ID, Path: path, Closed: closed})
		}
	}
	return d
}

// frame takes coordinates to a drawing: each times its factor, and moved.
type frame struct{ x, y, byX, byY float64 }

// outline is a geometry as the path of an SVG, and whether it is filled.
func (m frame) outline(g geom.T) (string, bool) {
	var path strings.Builder
	closed := outline(g, func(flat []float64, stride int) {
		if len(flat) == stride {
			fmt.Fprintf(&path, "M%.1f %.1fa%[3]g %[3]g 0 1 0 %[4]g 0a%[3]g %[3]g 0 1 0 -%[4]g 0z", m.x+flat[0]*m.byX-dot, m.y+flat[1]*m.byY, dot, 2*dot)
			return
		}
		command, lastX, lastY := byte('M'), math.Inf(1), math.Inf(1)
		for i := 0; i+1 < len(flat); i += stride {
			x, y := m.x+flat[i]*m.byX, m.y+flat[i+1]*m.byY
			if math.Abs(x-lastX)+math.Abs(y-lastY) < unseen && i+stride < len(flat) {
				continue
			}
			fmt.Fprintf(&path, "%c%.1f %.1f", command, x, y)
			command, lastX, lastY = 'L', x, y
		}
	})
	return path.String(), closed
}

// nowhere are the bounds of no geometry.
var nowhere = layers.Bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}

// reach is what a geometry of any kind extends over, in its own coordinates.
func reach(g geom.T) layers.Bounds {
	box := nowhere
	outline(g, func(flat []float64, stride int) {
		for i := 0; i+1 < len(flat); i += stride {
			box = box.Extend(layers.Bounds{flat[i], flat[i+1], flat[i], flat[i+1]})
		}
	})
	return box
}

func middle(b layers.Bounds) (x, y float64) { return (b[0] + b[2]) / 2, (b[1] + b[3]) / 2 }

// outline hands every point, line and ring of a geometry to part, and reports whether they are filled.
func outline(g geom.T, part func(flat []float64, stride int)) (closed bool) {
	switch g := g.(type) {
	case *geom.Point:
		if !g.Empty() {
			part(g.FlatCoords(), g.Stride())
		}
		return true
	case *geom.MultiPoint:
		for i := range g.NumPoints() {
			outline(g.Point(i), part)
		}
		return true
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
			closed = outline(one, part) && closed
		}
	}
	return closed
}
