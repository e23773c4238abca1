package format

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// part is a spool of features that go into one file or layer.
type part struct {
	name   string // behind the file's name: "", "_point", "_line", "_area"
	kind   string // PostGIS's name of its geometry type
	path   string
	file   *os.File
	layer  *layers.Layer
	shapes *shpWriter // of areas with heights in a shapefile; nil = GDAL writes them
	writer Writer
	rows   int64
	multi  bool // has a geometry of several parts
}

// spool writes the features to one part or, where the format wants kinds apart and the layer mixes them, to three.
func (j *job) spool(ctx context.Context) error {
	mixed := j.layer.GeometryType == "Geometry" || j.layer.GeometryType == "GeometryCollection"
	sheet := j.sheet
	if j.writing.shapeless {
		sheet = j.withoutGeometry()
	}
	kinds := []part{{kind: sheet.Layer.GeometryType}}
	if mixed && j.writing.oneKind {
		kinds = []part{{name: "_point", kind: "MultiPoint"}, {name: "_line", kind: "MultiLineString"}, {name: "_area", kind: "MultiPolygon"}}
	}
	for _, p := range kinds {
		if err := j.begin(&p, sheet, mixed); err != nil {
			return err
		}
		j.parts = append(j.parts, &p)
	}
	if err := j.features(ctx, j.write); err != nil {
		return err
	}
	for _, p := range j.parts {
		for i, c := range j.columns {
			if p.layer.Properties[i].Width > 0 { // which the header of the spool says
				p.layer.Properties[i].Width = c.textWidth()
			}
		}
		if err := p.writer.Close(); err != nil {
			return err
		}
		if err := p.file.Close(); err != nil {
			return err
		}
		if p.shapes != nil {
			if err := p.shapes.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *job) begin(p *part, sheet Sheet, mixed bool) (err error) {
	l := *sheet.Layer
	if mixed {
		l.GeometryType = "Geometry"
	}
	l.Properties = nil
	for i, property := range sheet.Layer.Properties {
		property.Name = fmt.Sprintf("c%d", i) // so that no name matters to GDAL's SQL
		property.Required, property.Width = false, 0
		if j.writing.widths && property.Type == layers.String {
			property.Width = dbfText // until it is known
		}
		l.Properties = append(l.Properties, property)
	}
	l.Name = "spool"
	sheet.Layer, p.layer = &l, &l
	p.path = j.folder.name(".fgb")
	if p.file, err = os.OpenFile(p.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if p.writer, err = newFlatGeobuf(newRewritable(p.file), sheet); err != nil {
		return err
	}
	if j.writing.ownAreas && l.HasZ && strings.HasSuffix(p.kind, "Polygon") {
		p.shapes, err = newShpWriter(p.path)
	}
	return err
}

// write gives a feature to the part it belongs to, or several pieces of a collection to several.
func (j *job) write(f *layers.Feature) error {
	if j.writing.shapeless {
		j.geometryToValues(f)
	}
	if j.writing.bare && (f.Geometry == nil || f.Geometry.Empty()) {
		j.notes.add("geometry.null", Info, nil, f.ID, "", geometryNull)
		return nil
	}
	if len(j.parts) == 1 {
		return j.parts[0].write(f)
	}
	pieces := pieces(f.Geometry)
	written := false
	for i, p := range j.parts {
		if pieces[i] == nil && (written || i < len(j.parts)-1) {
			continue // one without any geometry goes to the last part
		}
		piece := *f
		piece.Geometry = pieces[i]
		if err := p.write(&piece); err != nil {
			return err
		}
		written = true
	}
	return nil
}

func (p *part) write(f *layers.Feature) error {
	if _, ok := f.Geometry.(*geom.MultiPoint); ok {
		p.multi = true
	}
	p.rows++
	if p.shapes != nil {
		if err := p.shapes.write(f.Geometry); err != nil {
			return err
		}
	}
	return p.writer.Write(f)
}

// reach is the bounds of the part's geometries, and a little more: MapInfo divides it into 2³² steps.
func (p *part) reach() layers.Bounds {
	b := p.writer.(*fgbWriter).bounds
	if b[0] > b[2] {
		return layers.Bounds{-180, -90, 180, 90}
	}
	margin := 1e-3 * (1e-3 + b[2] - b[0] + b[3] - b[1])
	return layers.Bounds{b[0] - margin, b[1] - margin, b[2] + margin, b[3] + margin}
}

// pieces takes a geometry apart into points, lines and areas; nil = it has none of the kind.
func pieces(g geom.T) (out [3]geom.T) {
	if g == nil {
		return out
	}
	layout := g.Layout()
	points, lines, areas := geom.NewMultiPoint(layout), geom.NewMultiLineString(layout), geom.NewMultiPolygon(layout)
	var take func(g geom.T)
	take = func(g geom.T) {
		switch g := g.(type) {
		case *geom.Point:
			points.Push(g)
		case *geom.MultiPoint:
			for i := range g.NumPoints() {
				points.Push(g.Point(i))
			}
		case *geom.LineString:
			lines.Push(g)
		case *geom.MultiLineString:
			for i := range g.NumLineStrings() {
				lines.Push(g.LineString(i))
			}
		case *geom.Polygon:
			areas.Push(g)
		case *geom.MultiPolygon:
			for i := range g.NumPolygons() {
				areas.Push(g.Polygon(i))
			}
		case *geom.GeometryCollection:
			for _, member := range g.Geoms() {
				take(member)
			}
		}
	}
	take(g)
	if points.NumPoints() == 1 {
		out[0] = points.Point(0)
	}
	for i, piece := range []geom.T{points, lines, areas} {
		if !piece.Empty() && out[i] == nil {
			out[i] = piece
		}
	}
	return out
}
