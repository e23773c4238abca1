package format

import "onemap/layers"

// AppendSchema appends the XML schema of layers: one flat type for each, its geometry first. Anything may be missing from a
// feature, whatever the table says: a client can ask for some properties only.
func (g *GML) AppendSchema(b []byte, ls ...*layers.Layer) []byte {
	b = append(b, `<?xml version="1.0" encoding="UTF-8"?>
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:gml="`+g.Namespace+`" xmlns:`+LayersPrefix+`="`+LayersNamespace+`" targetNamespace="`+LayersNamespace+`" elementFormDefault="qualified" version="1.0">
  <xsd:import namespace="`+g.Namespace+`" schemaLocation="`+g.Schema+`"/>
`...)
	for _, l := range ls {
		b = g.appendType(b, l)
	}
	return append(b, "</xsd:schema>\n"...)
}

func (g *GML) appendType(b []byte, l *layers.Layer) []byte {
	name := XMLName(l.Name)
	b = append(b, `  <xsd:element name="`+name+`" type="`+LayersPrefix+`:`+name+`Type" substitutionGroup="`+g.abstract+`"/>
  <xsd:complexType name="`+name+`Type">
    <xsd:complexContent>
      <xsd:extension base="gml:AbstractFeatureType">
        <xsd:sequence>
`...)
	if l.GeometryType != "" {
		b = append(b, `          <xsd:element name="`+GMLGeometryName(l)+`" type="`+g.propertyType(l.GeometryType)+`" minOccurs="0" nillable="true"/>`+"\n"...)
	}
	for _, p := range l.Properties {
		b = appendSchemaOf(b, p)
	}
	return append(b, `        </xsd:sequence>
      </xsd:extension>
    </xsd:complexContent>
  </xsd:complexType>
`...)
}

func appendSchemaOf(b []byte, p layers.Property) []byte {
	b = append(b, `          <xsd:element name="`+XMLName(p.Name)+`" type="`+schemaType(p)+`" minOccurs="0" nillable="true"`...)
	if p.Title == "" || p.Title == p.Name {
		return append(b, "/>\n"...)
	}
	b = append(b, "><xsd:annotation><xsd:documentation>"...)
	b = appendXML(b, p.Title)
	return append(b, "</xsd:documentation></xsd:annotation></xsd:element>\n"...)
}

// schemaType is the type of XML schema that holds every value of a property. Clients have 32 bits for an integer, 64 for a
// long; the OGC's suite compares integers only.
func schemaType(p layers.Property) string {
	switch p.Type {
	case layers.Integer:
		if p.Long {
			return "xsd:long"
		}
		return "xsd:integer"
	case layers.Number:
		return "xsd:double"
	case layers.Boolean:
		return "xsd:boolean"
	case layers.Date:
		return "xsd:date"
	case layers.DateTime:
		return "xsd:dateTime"
	}
	return "xsd:string"
}
