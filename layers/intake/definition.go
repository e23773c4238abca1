package intake

import (
	"hash/fnv"
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

// colours are what imported layers are drawn in until somebody chooses: quiet, and apart from each other.
var colours = []string{"#176B87", "#C4703A", "#5E8C4A", "#9C6B9E", "#B08A2E", "#3F7FA6", "#B5525C", "#4F8F86", "#7A6FB0", "#8A6A4A"}

// drawn is how an imported layer is drawn at first: by its geometry, in a colour its name decides, from the zoom at
// which a tile holds a bearable number of features.
func (r *run) drawn() (layers.Drawing, layers.Style) {
	h := fnv.New32a()
	h.Write([]byte(r.opt.Layer))
	style := layers.Style{Colour: colours[h.Sum32()%uint32(len(colours))], Visible: true}
	switch r.geometryType {
	case "":
		return layers.Drawing{}, layers.Style{Kind: "none"}
	case "Point", "MultiPoint":
		style.Kind, style.Order = "circle", 90
	case "MultiLineString":
		style.Kind, style.Order = "line", 50
	default:
		style.Kind, style.Order, style.Opacity = "fill", 30, "0.35"
	}
	drawing := layers.Drawing{MinZoom: minZoom(r.kinds.bounds(), r.spool.rows)}
	if r.plan.label != "" {
		style.Label, style.LabelAt = r.plan.label, min(drawing.MinZoom+5, 16)
		drawing.Properties = []string{r.plan.label}
	}
	return drawing, style
}

// minZoom is 0 for a layer that fits into one tile, else the zoom where an average tile has at most 20,000 features.
func minZoom(bounds *layers.Bounds, rows int64) int {
	const bearable = 20_000
	if bounds == nil || rows <= bearable {
		return 0
	}
	width, height := bounds[2]-bounds[0], bounds[3]-bounds[1]
	for z := range 16 {
		tile := 360 / math.Exp2(float64(z))
		tiles := math.Max(width/tile, 1) * math.Max(height/tile, 1)
		if float64(rows)/tiles <= bearable {
			return z
		}
	}
	return 16
}
