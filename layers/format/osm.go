package format

import (
	"bytes"
	"context"
)

// osm is OpenStreetMap's own XML and its protocol buffers. GDAL makes five layers of it.
var osm = Format{
	Name: "osm", Title: "OpenStreetMap", Extensions: []string{".osm.pbf", ".pbf", ".osm"}, driver: "OSM",
	Is: func(name string, head []byte) bool {
		return isXML("osm", "osmChange")(name, head) || isPBF(head)
	},
	open: func(ctx context.Context, in input) ([]*Source, error) {
		head, err := headOf(in.path)
		if err != nil {
			return nil, err
		}
		w := gdalWay{driver: "OSM", ext: ".osm", crs: "OpenStreetMap is always WGS 84", plain: true}
		if isPBF(head) {
			w.ext = ".osm.pbf"
			return in.viaGDAL(ctx, w)
		}
		return viaXML(w)(ctx, in)
	},
}

// isPBF: a block's header says after its length of 4 bytes that it is an OSMHeader.
func isPBF(head []byte) bool {
	return bytes.Contains(head[:min(len(head), 32)], []byte("\x0a\x09OSMHeader"))
}
