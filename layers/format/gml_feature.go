package format

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
)

// GMLFeatures writes the features of one layer as elements of LayersNamespace, under the prefixes onemap and gml. It holds
// nothing of them and is not safe for concurrent use.
type GMLFeatures struct {
	gml        *GML
	c          Coordinates
	properties []gmlProperty
	geometry   gmlProperty
	head, tail string // of the feature, its id between the first and ">"
	plane      string // attributes that the outermost geometry has; and where it has heights
	space      string
	id         []byte // of the feature being written: its layer's name, a dot, its key
	prefix     int    // of id that is the layer's
	unnamed    int    // features that had no key
	shapes     int    // geometries of the feature, for their ids
}

type gmlTags struct{ open, close string }

type gmlProperty struct {
	gmlTags
	name   string
	null   string // what stands for null
	moment bool
}

// NewGMLFeatures writes the Properties that l has. Geometries are said to be in srsName, which may be "", and are written as
// c says.
func NewGMLFeatures(g *GML, l *layers.Layer, srsName string, c Coordinates) *GMLFeatures {
	w := &GMLFeatures{gml: g, c: c, geometry: gmlProperty{gmlTags: tagsOf(GMLGeometryName(l)), name: l.Table.Geom}}
	feature := tagsOf(XMLName(l.Name))
	w.head = strings.TrimSuffix(feature.open, ">") + " " + g.idName + `="`
	w.tail = feature.close
	if srsName != "" {
		w.plane = ` srsName="` + EscapeXML(srsName) + `"`
	}
	w.space = w.plane
	if g.registry {
		w.space += ` srsDimension="3"`
	}
	for _, p := range l.Properties {
		w.properties = append(w.properties, gmlProperty{tagsOf(XMLName(p.Name)), p.Name, "", p.Type == layers.Date || p.Type == layers.DateTime})
	}
	w.id = append([]byte(XMLName(l.Name)), '.')
	w.prefix = len(w.id)
	return w
}

// SayNil has the properties of these names, or the geometry, written as xsi:nil where they are null. The prefix xsi is the
// document's.
func (w *GMLFeatures) SayNil(names ...string) {
	say := func(p *gmlProperty) {
		if slices.Contains(names, p.name) {
			p.null = strings.TrimSuffix(p.open, ">") + ` xsi:nil="true"/>`
		}
	}
	say(&w.geometry)
	for i := range w.properties {
		say(&w.properties[i])
	}
}

func tagsOf(name string) gmlTags {
	name = LayersPrefix + ":" + name
	return gmlTags{"<" + name + ">", "</" + name + ">"}
}

// GMLGeometryName is the local name of the element that holds a layer's geometry; no property has it.
func GMLGeometryName(l *layers.Layer) string {
	name := l.Table.Geom
	if name == "" {
		name = "geom"
	}
	for slices.ContainsFunc(l.Properties, func(p layers.Property) bool { return p.Name == name }) {
		name += "_"
	}
	return XMLName(name)
}

// GMLID is the id of a feature in XML; FeatureOfGMLID finds it again.
func GMLID(layer, id string) string {
	return string(appendXMLName([]byte(XMLName(layer)+"."), id, false))
}

// FeatureOfGMLID is the layer and the id that a gml:id stands for; ok says that it has the form of one.
func FeatureOfGMLID(text string) (layer, id string, ok bool) {
	layer, id, ok = strings.Cut(text, ".")
	return FromXMLName(layer), FromXMLName(id), ok && layer != "" && id != ""
}

// Append appends one feature. Properties that are null are left out, and so is a geometry that is null or empty; but see SayNil.
func (w *GMLFeatures) Append(b []byte, f *layers.Feature) []byte {
	w.identify(f)
	b = append(append(b, w.head...), w.id...)
	b = append(b, `">`...)
	return append(w.appendProperties(b, f), w.tail...)
}

// AppendProperties appends the properties of a feature, its geometry first, without the feature around them.
func (w *GMLFeatures) AppendProperties(b []byte, f *layers.Feature) []byte {
	w.identify(f)
	return w.appendProperties(b, f)
}

func (w *GMLFeatures) appendProperties(b []byte, f *layers.Feature) []byte {
	if f.Geometry != nil && !f.Geometry.Empty() {
		w.shapes = 0
		b = append(b, w.geometry.open...)
		b = w.appendGeometry(b, f.Geometry, true)
		b = append(b, w.geometry.close...)
	} else {
		b = append(b, w.geometry.null...)
	}
	for i, v := range f.Properties {
		b = w.appendProperty(b, &w.properties[i], v)
	}
	return b
}

// identify sets the id of the feature being written.
func (w *GMLFeatures) identify(f *layers.Feature) {
	w.id = w.id[:w.prefix]
	if f.ID == "" {
		w.unnamed++
		w.id = strconv.AppendInt(append(w.id, '_'), int64(w.unnamed), 10)
	} else {
		w.id = appendXMLName(w.id, f.ID, false)
	}
}

func (w *GMLFeatures) appendProperty(b []byte, p *gmlProperty, v any) []byte {
	if v == nil {
		return append(b, p.null...)
	}
	text, isText := v.(string)
	if isText && p.moment && strings.HasSuffix(text, "infinity") {
		return append(b, p.null...) // which XML has not
	}
	b = append(b, p.open...)
	if isText {
		b = appendXML(b, text)
	} else {
		b = appendXMLValue(b, v)
	}
	return append(b, p.close...)
}

// appendXMLValue appends what is no text as the types of XML schema have it.
func appendXMLValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case int64, bool, json.Number:
		return appendValue(b, v)
	case float64:
		switch {
		case math.IsNaN(v):
			return append(b, "NaN"...)
		case math.IsInf(v, 1):
			return append(b, "INF"...)
		case math.IsInf(v, -1):
			return append(b, "-INF"...)
		}
		return appendValue(b, v)
	}
	return appendXML(b, string(appendValue(nil, v)))
}
