package ows

import (
	"net/url"
	"slices"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
)

// describe answers DescribeFeatureType: the schema of the layers asked for, or of all.
func (r *wfsRequest) describe() error {
	g, err := r.gmlOf(r.kvp["outputformat"])
	if err != nil {
		return err
	}
	ls := r.listed
	if names := r.kvp["typenames"]; names != "" {
		ls = nil
		for name := range strings.SplitSeq(strings.NewReplacer(")(", ",", "(", "", ")", "").Replace(names), ",") {
			l, err := r.typeName("typeName", name)
			if err != nil {
				return err
			}
			if !slices.Contains(ls, l) {
				ls = append(ls, l)
			}
		}
	}
	media := g.MediaType
	if r.version.number == wfs100 {
		media = "text/xml"
	}
	return r.document(media, g.AppendSchema(nil, ls...))
}

// gmlFormats are the names by which clients ask for a version of GML; the first is our own.
func gmlFormats() map[string][]string {
	return map[string][]string{
		"3.2.1": {"application/gml+xml; version=3.2", "text/xml; subtype=gml/3.2.1", "text/xml; subtype=gml/3.2", "gml32", "gml3.2"},
		"3.1.1": {"text/xml; subtype=gml/3.1.1", "application/gml+xml; version=3.1", "gml3", "gml31"},
		"2.1.2": {"text/xml; subtype=gml/2.1.2", "gml2", "xmlschema"},
	}
}

// gmlOf is the GML that a name stands for; "" and text/xml are the version's own. It returns InvalidParameterValue for others.
func (r *wfsRequest) gmlOf(name string) (*format.GML, error) {
	if g := r.namedGML(name); g != nil {
		return g, nil
	}
	return nil, Invalid("outputFormat", "there is no format %q here; want %s", "此处没有格式“%s”，应为 %s", name, r.version.gml.MediaType)
}

func (r *wfsRequest) namedGML(name string) *format.GML {
	name = strings.ToLower(strings.Join(strings.Fields(name), ""))
	if name == "" || name == "gml" || name == "text/xml" || name == "application/xml" {
		return r.version.gml
	}
	for _, g := range []*format.GML{format.GML32(), format.GML31(), format.GML2()} {
		for _, known := range gmlFormats()[g.Version] {
			if strings.ReplaceAll(strings.ToLower(known), " ", "") == name {
				return g
			}
		}
	}
	return nil
}

// schemaAddress is where DescribeFeatureType tells of layers, in the form that g has them in.
func (r *wfsRequest) schemaAddress(g *format.GML, ls ...*layers.Layer) string {
	var names []string
	for _, l := range ls {
		names = append(names, format.LayersPrefix+":"+format.XMLName(l.Name))
	}
	slices.Sort(names)
	q := url.Values{"service": {"WFS"}, "version": {r.version.number}, "request": {"DescribeFeatureType"}}
	if g.Version != r.version.gml.Version {
		q.Set("outputFormat", g.MediaType)
	}
	key := "typeNames"
	if !r.version.joins {
		key = "typeName"
	}
	q.Set(key, strings.Join(slices.Compact(names), ","))
	return r.address + "?" + q.Encode()
}
