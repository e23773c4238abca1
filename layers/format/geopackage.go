package format

import (
	"bytes"
	"context"
	"slices"
	"strings"
)

// geoPackage is an SQLite database that says so in its header (application id, offset 68); the tables in it are the layers.
// Its DATETIME is UTC (OGC 12-128r19, table 1), whether the value ends with the Z that it should have or not.
var geoPackage = Format{
	Name: "gpkg", Title: "GeoPackage", Extensions: []string{".gpkg"}, driver: "GPKG",
	Is: func(name string, head []byte) bool {
		return bytes.HasPrefix(head, []byte("SQLite format 3\x00")) &&
			(strings.HasSuffix(name, ".gpkg") || len(head) > 72 && slices.Contains([]string{"GPKG", "GP10", "GP11"}, string(head[68:72])))
	},
	open: func(ctx context.Context, in input) ([]*Source, error) {
		return in.viaGDAL(ctx, gdalWay{driver: "GPKG", ext: ".gpkg", crs: "the GeoPackage", firstFID: 1, utc: true, native: true})
	},
}
