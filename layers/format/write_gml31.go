package format

// GML31 is GML 3.1.1 (OGC 03-105r1), of WFS 1.1.
func GML31() *GML {
	return &GML{
		Version: "3.1.1", Namespace: "http://www.opengis.net/gml",
		Schema:    "http://schemas.opengis.net/gml/3.1.1/base/gml.xsd",
		MediaType: "text/xml; subtype=gml/3.1.1",
		abstract:  "gml:_Feature", collection: "gml:FeatureCollection", idName: "gml:id", registry: true,
		envelope: "gml:Envelope",
		position: "gml:pos", positions: "gml:posList", comma: ' ',
		exterior: "gml:exterior", interior: "gml:interior",
		multiLine: "gml:MultiCurve", lineMember: "gml:curveMember", multiArea: "gml:MultiSurface", areaMember: "gml:surfaceMember",
		types: map[string]string{
			"Point": "PointPropertyType", "LineString": "CurvePropertyType", "Polygon": "SurfacePropertyType",
			"MultiPoint": "MultiPointPropertyType", "MultiLineString": "MultiCurvePropertyType", "MultiPolygon": "MultiSurfacePropertyType",
			"GeometryCollection": "MultiGeometryPropertyType",
		},
	}
}
