package format

// GML32 is GML 3.2.1 (OGC 07-036), of WFS 2.0: simple features profile, level 0 but for the mixed layers.
func GML32() *GML {
	g := GML31()
	g.Version, g.Namespace = "3.2.1", "http://www.opengis.net/gml/3.2"
	g.Schema = "http://schemas.opengis.net/gml/3.2.1/gml.xsd"
	g.MediaType = "application/gml+xml; version=3.2"
	g.abstract, g.geometryIDs = "gml:AbstractFeature", true
	return g
}
