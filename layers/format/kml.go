package format

// kml is OGC 07-147r2. A .kmz is a zip of one, which Open unpacks.
var kml = Format{
	Name: "kml", Title: "KML", Extensions: []string{".kml", ".kmz"}, driver: "LIBKML", Is: isXML("kml"),
	open: viaXML(gdalWay{driver: "LIBKML", ext: ".kml", encoding: "as the XML says", crs: "KML is always WGS 84", firstFID: 1, given: true}),
}
