package format

// GML2 is GML 2.1.2 (OGC 02-069), of WFS 1.0. East is always first.
func GML2() *GML {
	return &GML{
		Version: "2.1.2", Namespace: "http://www.opengis.net/gml",
		Schema:    "http://schemas.opengis.net/gml/2.1.2/feature.xsd",
		MediaType: "text/xml; subtype=gml/2.1.2",
		abstract:  "gml:_Feature", collection: wfsCollection, idName: "fid",
		envelope: "gml:Box", null: "gml:null",
		position: "gml:coordinates", positions: "gml:coordinates", comma: ',',
		exterior: "gml:outerBoundaryIs", interior: "gml:innerBoundaryIs",
		multiLine: "gml:MultiLineString", lineMember: "gml:lineStringMember", multiArea: "gml:MultiPolygon", areaMember: "gml:polygonMember",
		types: map[string]string{
			"Point": "PointPropertyType", "LineString": "LineStringPropertyType", "Polygon": "PolygonPropertyType",
			"MultiPoint": "MultiPointPropertyType", "MultiLineString": "MultiLineStringPropertyType", "MultiPolygon": "MultiPolygonPropertyType",
			"GeometryCollection": "MultiGeometryPropertyType",
		},
	}
}
