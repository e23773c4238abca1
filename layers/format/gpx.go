package format

// gpx is the GPS exchange format, 1.0 and 1.1.
var gpx = Format{
	Name: "gpx", Title: "GPX", Extensions: []string{".gpx"}, driver: "GPX", Is: isXML("gpx"),
	open: viaXML(gdalWay{driver: "GPX", ext: ".gpx", encoding: "as the XML says", crs: "GPX is always WGS 84", given: true}),
}
