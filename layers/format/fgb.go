package format

import (
	"bytes"
	"context"
)

// flatGeobuf is version 3 of the format.
var flatGeobuf = Format{
	Name: "fgb", Title: "FlatGeobuf", Extensions: []string{".fgb"}, driver: "FlatGeobuf",
	Is: func(_ string, head []byte) bool { return bytes.HasPrefix(head, []byte("fgb\x03fgb")) },
	open: func(ctx context.Context, in input) ([]*Source, error) {
		return in.viaGDAL(ctx, gdalWay{driver: "FlatGeobuf", ext: ".fgb", crs: "the FlatGeobuf", options: []string{"-oo", "VERIFY_BUFFERS=YES"}})
	},
}
