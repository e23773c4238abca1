package format

import "bytes"

// gml is OGC Geography Markup Language, 2 and 3, with simple features. Schemas are read where they lie beside the file,
// never fetched.
var gml = Format{
	Name: "gml", Title: "GML", Extensions: []string{".gml", ".xml"}, driver: "GML", beside: []string{".xsd", ".gfs"},
	Is: func(_ string, head []byte) bool {
		root := xmlRoot(head)
		return root != "" && root != "schema" && bytes.Contains(ofUTF16(head), []byte("opengis.net/gml"))
	},
	open: viaXML(gdalWay{
		driver: "GML", ext: ".gml", encoding: "as the XML says", crs: "srsName in the GML",
		options: []string{"-oo", "DOWNLOAD_SCHEMA=NO", "-oo", "WRITE_GFS=NO"},
	}),
}
