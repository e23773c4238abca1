package intake

import (
	"math"
	"path/filepath"
	"strings"

	"onemap/layers"
)

// LayerName makes the name of a layer of a prefix and a source's name, for imports that make a layer of each source.
func LayerName(prefix, source string) string {
	name := safeName(source)
	if prefix != "" {
		name = prefix + "_" + name
	}
	return strings.TrimRight(name[:min(len(name), 48)], "_")
}

// definition is the new layer: a standard's table, or what the file has.
func (r *run) definition() layers.Definition {
	var d layers.Definition
	if r.target != nil {
		d = *r.target.def
		d.Name, d.Synthetic = r.opt.Layer, false
		d.GeometryType, d.HasZ = r.geometryType, r.hasZ
	} else {
		d.Layer = layers.Layer{
			Name: r.opt.Layer, Title: strings.TrimSuffix(filepath.Base(r.sources[0].source.File), filepath.Ext(r.sources[0].source.File)),
			Ordinal: 1000, GeometryType: r.geometryType, HasZ: r.hasZ, SRID: 4490, LabelField: r.plan.label, IDField: r.plan.id,
		}
		d.Drawing, d.Style = r.drawn()
	}
	d.Columns, d.Writable, d.Tracked = r.plan.names, true, true
	for _, say := range []struct {
		told string
		into *string
	}{{r.opt.Title, &d.Title}, {r.opt.TitleEn, &d.TitleEn}, {r.opt.Theme, &d.Theme}} {
		if say.told != "" {
			*say.into = say.told
		}
	}
	r.report.Title = d.Title
	d.Metadata = map[string]any{"import": map[string]any{
		"file": filepath.Base(r.sources[0].source.File), "format": r.report.Format, "crs": r.report.CRS.Name, "encoding": r.report.Encoding.Name}}
	return d
}

// drawn is how an imported layer is drawn at first: plainly, from the zoom at which a tile holds a bearable number of features.
func (r *run) drawn() (layers.Drawing, layers.Style) {
	style := layers.PlainStyle(r.opt.Layer, r.geometryType)
	if r.geometryType == "" {
		return layers.Drawing{}, style
	}
	drawing := generalised(r.geometryType, r.kinds.bounds(), r.spool.rows)
	first := plainFrom(r.kinds.bounds(), r.spool.rows)
	if r.plan.label != "" {
		style.Label, style.LabelAt = r.plan.label, min(first+5, 16)
		drawing.Properties = []string{r.plan.label}
	}
	return drawing, style
}

// few is how many features need no drawing rules.
const few = 5_000

// generalised is how so many features are drawn while they are too many for the screen: polygons as a mosaic, long lines
// alone, points in clusters; beyond that zoom all of them are.
func generalised(geometryType string, bounds *layers.Bounds, rows int64) layers.Drawing {
	first := plainFrom(bounds, rows)
	if first == 0 {
		return layers.Drawing{}
	}
	rule := layers.Rule{MaxZoom: first - 1}
	if rows > bearable {
		rule.MinZoom = zoomWhere(bounds, rows, 512*512/float64(bearable))
	}
	switch geometryType {
	case "Point", "MultiPoint":
		rule.Cluster = 24
	case "LineString", "MultiLineString":
		rule.Merge, rule.MinSize = true, 4
	default:
		rule.MinZoom, rule.Dissolve, rule.MinSize = mosaicFrom(bounds), true, 4
	}
	if rule.MinZoom > rule.MaxZoom {
		return layers.Drawing{MinZoom: first}
	}
	return layers.Drawing{MinZoom: rule.MinZoom, Rules: []layers.Rule{rule}}
}

// apart is how many square pixels of the screen features have on average where they can be told apart.
const apart = 64

// bearable is how many rows a tile may be drawn from, on average.
const bearable = 100_000

// plainFrom is the zoom where features can be told apart; 0 for a few.
func plainFrom(bounds *layers.Bounds, rows int64) int {
	if rows <= few {
		return 0
	}
	return zoomWhere(bounds, rows, apart)
}

// zoomWhere is the first zoom where features have so many square pixels on average.
func zoomWhere(bounds *layers.Bounds, rows int64, pixels float64) int {
	if bounds == nil {
		return 0
	}
	area := (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) / float64(max(rows, 1))
	for z := range 16 {
		if pixel := 360 / math.Exp2(float64(z)) / 512; area >= pixels*pixel*pixel {
			return z
		}
	}
	return 16
}

// mosaicFrom is the zoom where bounds are some 30 pixels large: below, there is nothing to be seen.
func mosaicFrom(bounds *layers.Bounds) int {
	side := max(bounds[2]-bounds[0], bounds[3]-bounds[1])
	return max(0, int(math.Ceil(math.Log2(30*360/512/side))))
}
