package format

import "bytes"

// geoPackage is an SQLite database that says so in its header; the tables in it are the layers.
var geoPackage = Format{
	Name: "gpkg", Title: "GeoPackage", Extensions: []string{".gpkg"},
	Is: func(name string, head []byte) bool { return bytes.HasPrefix(head, []byte("SQLite format 3\x00")) },
}
