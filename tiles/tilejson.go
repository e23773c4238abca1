package tiles

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onemap/layers"
)

// TileJSON describes the tiles of some layers (TileJSON 3.0.0): how to ask, what is in them, and what is left out.
type TileJSON struct {
	TileJSON     string         `json:"tilejson"`
	Name         string         `json:"name"`
	Description  string         `json:"description,omitempty"`
	Attribution  string         `json:"attribution,omitempty"`
	Scheme       string         `json:"scheme"`
	Tiles        []string       `json:"tiles"`
	MinZoom      int            `json:"minzoom"`
	MaxZoom      int            `json:"maxzoom"`
	Bounds       *layers.Bounds `json:"bounds,omitempty"`
	Center       *[3]float64    `json:"center,omitempty"`
	VectorLayers []VectorLayer  `json:"vector_layers"`

	TileMatrixSet string `json:"tileMatrixSet,omitempty"` // where it is not WebMercatorQuad
	CRS           string `json:"crs,omitempty"`
}

// VectorLayer is one layer in a tile.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description,omitempty"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// DescribeRequest makes the TileJSON of tiles as they are asked for: in a set, with more properties. They are at the template,
// an absolute URL with {z}, {x} and {y}. Zooms are those of the set; where it is not WebMercatorQuad, which TileJSON 3.0
// supposes, the document says so.
func DescribeRequest(ls []*layers.Layer, r Request, template string) TileJSON {
	set := cmp.Or(r.Set, WebMercatorQuad)
	doc := TileJSON{TileJSON: "3.0.0", Scheme: "xyz", Tiles: []string{template}, MinZoom: set.MaxZoom, VectorLayers: []VectorLayer{}}
	var titles, left []string
	for _, l := range ls {
		titles = append(titles, l.Title)
		first, last := set.Zooms(l)
		doc.MinZoom, doc.MaxZoom = min(doc.MinZoom, first), max(doc.MaxZoom, last)
		if said := leftOut(l); said != "" {
			left = append(left, l.Name+": "+said)
		}
		if l.Bounds != nil && doc.Bounds == nil {
			doc.Bounds = l.Bounds
		} else if l.Bounds != nil {
			b := doc.Bounds.Extend(*l.Bounds)
			doc.Bounds = &b
		}
		doc.VectorLayers = append(doc.VectorLayers, vectorLayers(l, set, r)...)
	}
	doc.Name, doc.Description = strings.Join(titles, "、"), strings.Join(left, " ")
	doc.Attribution = layers.Attribution(ls)
	if set != WebMercatorQuad {
		doc.TileMatrixSet, doc.CRS = set.ID, set.CRS
		doc.Description = strings.TrimSpace(set.Title + ": z, x, y are those of " + set.ID + ". " + doc.Description)
	}
	if set.Approximate {
		doc.Name += "（GCJ-02 近似偏移，仅供显示 approximate, for display only）"
		if doc.Bounds != nil {
			b := degrees(shiftedBounds(mercator(*doc.Bounds)))
			doc.Bounds = &b
		}
	}
	if doc.Bounds != nil {
		b := doc.Bounds.OnEarth()
		doc.Bounds, doc.Center = &b, &[3]float64{(b[0] + b[2]) / 2, (b[1] + b[3]) / 2, float64(min(max(12-set.deeper, doc.MinZoom), doc.MaxZoom))}
	}
	return doc
}

func deepest(l *layers.Layer) int {
	if l.Drawing.MaxZoom == 0 {
		return 18
	}
	return min(l.Drawing.MaxZoom, MaxZoom)
}

func vectorLayers(l *layers.Layer, set *MatrixSet, r Request) []VectorLayer {
	description := l.Title
	if said := leftOut(l); said != "" {
		description += ". " + said
	}
	first, last := set.Zooms(l)
	out := []VectorLayer{{l.Name, description, first, last, fields(l, append(slices.Clone(l.Drawing.Properties), r.Properties...))}}
	if from := labelsFrom(l, set, r); HasLabels(l) && from <= last {
		out = append(out, VectorLayer{l.Name + "_label", l.Title + " (labels)", from, last, fields(l, labelProperties(l))})
	}
	return out
}

// labelsFrom is the first zoom of the set whose tiles have a layer's labels: a mosaic has none, nor have squares.
func labelsFrom(l *layers.Layer, set *MatrixSet, r Request) int {
	first, _ := set.Zooms(l)
	from := max(first, l.Style.LabelAt-set.deeper)
	if d, ok := designOf(l); ok && set == WebMercatorQuad && r.Filter == "" && r.AsOf == 0 && from >= d.first && from <= d.last {
		return d.last + 1
	} else if ok && from >= d.first-set.deeper {
		return max(from, d.last-1-set.deeper)
	}
	return from
}

// fields names the properties in a tile, each with what it is.
func fields(l *layers.Layer, names []string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		if p, ok := l.Property(name); ok {
			kind := "String"
			switch p.Type {
			case layers.Integer, layers.Number:
				kind = "Number"
			case layers.Boolean:
				kind = "Boolean"
			}
			out[name] = kind
		}
	}
	for _, r := range l.Drawing.Rules {
		if clusters(l, r) {
			out[countKey] = "Number"
		}
	}
	return out
}

// mosaicSaid says what a mosaic is.
func mosaicSaid(l *layers.Layer, r layers.Rule) string {
	classes := "in one"
	if by := (design{layer: l}).by(); by != "" {
		classes = "by " + by
	}
	said := fmt.Sprintf("Zoom %d–%d: a mosaic, features dissolved %s, areas kept; in other sets, with a filter and as of the past instead features of at least %g square pixels",
		r.MinZoom, r.MaxZoom, classes, r.MinSize)
	if last := min(r.MaxZoom, deepestMosaic) - 2; squares(l, r, r.MinZoom) {
		said += fmt.Sprintf(", up to zoom %d smaller ones in squares of at most %d pixels, without ids", last, squareSide)
	}
	return said + "."
}

// leftOut says which features are not in the tiles of which zooms; "" when all are.
func leftOut(l *layers.Layer) string {
	var said []string
	if l.Drawing.MinZoom > 0 {
		said = append(said, fmt.Sprintf("Not below zoom %d.", l.Drawing.MinZoom))
	}
	for _, r := range l.Drawing.Rules {
		var only []string
		if r.Dissolve {
			said = append(said, mosaicSaid(l, r))
			continue
		}
		switch {
		case merges(l, r):
			only = append(only, "lines of one class merged, without ids")
		case clusters(l, r):
			only = append(only, fmt.Sprintf("points clustered in squares of %g pixels, with their count", r.Cluster))
		case thins(l, r):
			only = append(only, strings.TrimSpace(fmt.Sprintf("%d points of each square of %d pixels, by rank %s", r.Keep, keepSquare, r.Rank)))
		}
		if r.MinSize > 0 && strings.HasSuffix(l.GeometryType, "Polygon") {
			only = append(only, fmt.Sprintf("features of at least %g square pixels", r.MinSize))
		} else if r.MinSize > 0 && strings.HasSuffix(l.GeometryType, "LineString") {
			only = append(only, fmt.Sprintf("features at least %g pixels long", r.MinSize))
		}
		if r.Where != nil {
			only = append(only, fmt.Sprintf("%s one of %s", r.Where.Property, strings.Join(r.Where.Values, ", ")))
		}
		if len(only) == 0 {
			continue
		}
		band := fmt.Sprintf("%d–%d", r.MinZoom, r.MaxZoom)
		if r.MaxZoom == 0 {
			band = fmt.Sprintf("%d and deeper", r.MinZoom)
		}
		said = append(said, fmt.Sprintf("Zoom %s: only %s.", band, strings.Join(only, ", ")))
	}
	return strings.Join(said, " ")
}
