package format

import (
	"onemap/layers"
)

func (j *job) sheetOf() *layers.Layer {
	if j.writing.shapeless {
		return j.withoutGeometry().Layer
	}
	return j.sheet.Layer
}

// withoutGeometry is the sheet with columns for the geometry, see geometryColumns.
func (j *job) withoutGeometry() Sheet {
	s := j.sheet
	l := *s.Layer
	for _, name := range geometryColumns(s) {
		kind := layers.Number
		if l.GeometryType != "Point" {
			kind = layers.String
		}
		l.Properties = append(l.Properties[:len(l.Properties):len(l.Properties)], layers.Property{Name: name, Type: kind})
	}
	l.GeometryType, l.HasZ = "", false
	s.Layer = &l
	return s
}

// geometryToValues puts the geometry into the columns that stand for it.
func (j *job) geometryToValues(f *layers.Feature) {
	g := f.Geometry
	f.Geometry = nil
	n := len(geometryColumns(j.sheet))
	for i := range n {
		var v any
		switch {
		case g == nil || g.Empty():
		case j.layer.GeometryType != "Point":
			text := string(appendWKT(nil, g))
			if most := j.writing.texts.characters; most > 0 && len(text) > most {
				j.notes.add("geometry.long", Warning, nil, f.ID, "", geometryNone)
				break
			}
			v = text
		case i < 2:
			v = g.FlatCoords()[i]
		case g.Layout().ZIndex() >= 0:
			v = g.FlatCoords()[g.Layout().ZIndex()]
		}
		f.Properties = append(f.Properties, v)
	}
}
