package format

import (
	"io"

	"onemap/layers"
)

// writeGML writes a file of features in a version of GML. A file has its schema beside it, for the types; a stream has none.
func writeGML(g *GML) *Writing {
	return &Writing{
		MediaType: g.MediaType, decimal: true, bounded: true, siblings: []string{".xsd"},
		names: nameRules{identifier: true, reserved: []string{"gml_id", "fid", "geom", "boundedby"}},
		Stream: func(w io.Writer, s Sheet) (Writer, error) {
			return &gmlWriter{w: w, gml: g, sheet: s, features: NewGMLFeatures(g, s.Layer, g.fileSRSName(s.CRS), g.coordinates(s.CRS))}, nil
		},
		schema: func(l *layers.Layer) []byte { return g.AppendSchema(nil, l) },
	}
}

// gmlWriter writes a collection of features.
type gmlWriter struct {
	w        io.Writer
	gml      *GML
	sheet    Sheet
	features *GMLFeatures
	begun    bool
	buf      []byte
}

func (g *gmlWriter) Write(f *layers.Feature) error {
	g.buf = g.begin(g.buf[:0])
	g.buf = append(g.buf, "<gml:featureMember>"...)
	g.buf = g.features.Append(g.buf, f)
	g.buf = append(g.buf, "</gml:featureMember>\n"...)
	_, err := g.w.Write(g.buf)
	return err
}

// begin appends what stands before the first feature, once.
func (g *gmlWriter) begin(b []byte) []byte {
	if g.begun {
		return b
	}
	g.begun = true
	b = append(b, `<?xml version="1.0" encoding="UTF-8"?>`+"\n<"+g.gml.collection+` xmlns:gml="`+g.gml.Namespace+`" xmlns:`+LayersPrefix+`="`+LayersNamespace+`"`...)
	if g.gml.collection == wfsCollection {
		b = append(b, ` xmlns:wfs="http://www.opengis.net/wfs"`...)
	}
	if g.sheet.Schema != "" {
		b = append(b, ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="`+LayersNamespace+" "...)
		b = append(appendXML(b, g.sheet.Schema), '"')
	}
	b = g.features.AppendBounds(append(b, ">\n"...), g.sheet.Bounds)
	return append(b, '\n')
}

func (g *gmlWriter) Close() error {
	g.buf = g.begin(g.buf[:0])
	_, err := g.w.Write(append(g.buf, "</"+g.gml.collection+">\n"...))
	return err
}

// wfsCollection is the collection of GML 2, which has none of its own.
const wfsCollection = "wfs:FeatureCollection"
