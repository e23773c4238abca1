package format

import (
	"io"

	"onemap/layers"
)

// exported is how exports write positions: 9 decimals of a degree are 0.1 mm.
var exported = Coordinates{Decimals: 9}

// geoJSONWriter writes features with something before each and after all.
type geoJSONWriter struct {
	w                   io.Writer
	layer               *layers.Layer
	first, before, next string // before the first feature, and before the others
	after, end          string // after each feature, and after all
	begun               bool
	buf                 []byte
}

// newGeoJSON writes a FeatureCollection, one feature a line (RFC 7946).
func newGeoJSON(w io.Writer, s Sheet) (Writer, error) {
	head := appendString([]byte(`{"type":"FeatureCollection","name":`), s.Layer.Name)
	return &geoJSONWriter{w: w, layer: s.Layer, first: string(head) + ",\"features\":[\n", next: ",\n", end: "\n]}\n"}, nil
}

// newGeoJSONSeq writes a sequence whose records begin with the separator (RFC 8142).
func newGeoJSONSeq(w io.Writer, s Sheet) (Writer, error) {
	return &geoJSONWriter{w: w, layer: s.Layer, before: "\x1e", after: "\n"}, nil
}

// newGeoJSONLines writes one feature a line, and nothing else.
func newGeoJSONLines(w io.Writer, s Sheet) (Writer, error) {
	return &geoJSONWriter{w: w, layer: s.Layer, after: "\n"}, nil
}

func (g *geoJSONWriter) Write(f *layers.Feature) error {
	g.buf = append(g.buf[:0], g.lead()...)
	g.buf = append(g.buf, g.before...)
	g.buf = AppendGeoJSON(g.buf, g.layer, *f, exported)
	g.buf = append(g.buf, g.after...)
	_, err := g.w.Write(g.buf)
	return err
}

func (g *geoJSONWriter) lead() string {
	if g.begun {
		return g.next
	}
	g.begun = true
	return g.first
}

func (g *geoJSONWriter) Close() error {
	text := g.end
	if !g.begun {
		text = g.first + text
	}
	_, err := io.WriteString(g.w, text)
	return err
}
