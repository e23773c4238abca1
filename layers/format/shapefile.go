package format

import (
	"encoding/binary"
)

// shapefile is ESRI's .shp with its .dbf, .shx, .prj and .cpg beside it, or a zip of one.
var shapefile = Format{
	Name: "shp", Title: "Shapefile", Extensions: []string{".shp"},
	Is: func(name string, head []byte) bool {
		// File code 9994, big end first; version 1000 at byte 28, little end first.
		return len(head) >= 32 && binary.BigEndian.Uint32(head) == 9994 && binary.LittleEndian.Uint32(head[28:]) == 1000
	},
}
