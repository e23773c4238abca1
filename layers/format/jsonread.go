package format

import (
	"bytes"
	"context"
	"regexp"
	"strings"
)

// GeoJSON and its relatives, told apart by what the first object is.
var (
	// geoJSON is RFC 7946; files that name another CRS in the old "crs" member are read too.
	geoJSON = Format{
		Name: "geojson", Title: "GeoJSON", Extensions: []string{".geojson", ".json"}, driver: "GeoJSON",
		Is: func(_ string, head []byte) bool { return jsonKind(head) == "geojson" }, open: openGeoJSON,
	}
	// geoJSONSeq is RFC 8142, or features one a line.
	geoJSONSeq = Format{
		Name: "geojsonseq", Title: "GeoJSON sequence", Extensions: []string{".geojsonl", ".geojsons", ".jsonl", ".ndjson"}, driver: "GeoJSONSeq",
		Is: func(_ string, head []byte) bool { return jsonKind(head) == "sequence" },
		open: func(ctx context.Context, in input) ([]*Source, error) {
			return in.viaGDAL(ctx, gdalWay{driver: "GeoJSONSeq", ext: ".geojsonl", crs: "GeoJSON is always WGS 84"})
		},
	}
	topoJSON = Format{
		Name: "topojson", Title: "TopoJSON", Extensions: []string{".topojson"}, driver: "TopoJSON",
		Is: func(_ string, head []byte) bool { return jsonKind(head) == "topojson" },
		open: func(ctx context.Context, in input) ([]*Source, error) {
			return in.viaGDAL(ctx, gdalWay{driver: "TopoJSON", ext: ".topojson", crs: "the TopoJSON"})
		},
	}
	esriJSON = Format{
		Name: "esrijson", Title: "Esri JSON", Extensions: []string{".esrijson"}, driver: "ESRIJSON",
		Is: func(_ string, head []byte) bool { return jsonKind(head) == "esrijson" },
		open: func(ctx context.Context, in input) ([]*Source, error) {
			return in.viaGDAL(ctx, gdalWay{driver: "ESRIJSON", ext: ".json", crs: "the Esri JSON"})
		},
	}
)

var (
	jsonTopology = regexp.MustCompile(`"type"\s*:\s*"Topology"`)
	jsonEsri     = regexp.MustCompile(`"(?:geometryType"\s*:\s*"esriGeometry|fieldAliases"\s*:|spatialReference"\s*:\s*\{)`)
	jsonFeature  = regexp.MustCompile(`"(?:type"\s*:\s*"(?:Feature|FeatureCollection|GeometryCollection|(?:Multi)?(?:Point|LineString|Polygon))"|features"\s*:|coordinates"\s*:|geometry"\s*:)`)
	jsonFeatures = regexp.MustCompile(`"type"\s*:\s*"FeatureCollection"`)
)

// jsonKind tells what the beginning of JSON is: geojson, sequence, topojson, esrijson, or "" for what is none of them.
func jsonKind(head []byte) string {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte{0x1e}):
		if first, _ := firstObject(text[1:]); jsonFeatures.Match(first) {
			return "geojson" // a single collection that begins like a sequence
		}
		return "sequence"
	case !bytes.HasPrefix(text, []byte("{")):
		return ""
	}
	first, rest := firstObject(text)
	switch {
	case jsonTopology.Match(first):
		return "topojson"
	case jsonEsri.Match(first) && !jsonFeatures.Match(first):
		return "esrijson"
	case !jsonFeature.Match(first):
		return ""
	case bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("{")):
		return "sequence"
	}
	return "geojson"
}

// firstObject is the first JSON object of a text, all of the text if it does not end there, and what follows it.
func firstObject(text []byte) (object, rest []byte) {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return text[:i+1], text[i+1:]
			}
		}
	}
	return text, nil
}

// openGeoJSON finds out whether the file is a sequence whose first feature is longer than a head, and where JSON fails
// says where and why.
func openGeoJSON(ctx context.Context, in input) ([]*Source, error) {
	head, err := firstBytes(in.path, 8<<20)
	if err != nil {
		return nil, err
	}
	if jsonKind(head) == "sequence" {
		return geoJSONSeq.open(ctx, in)
	}
	if bytes.HasPrefix(head, []byte{0x1e}) {
		bare := in.folder.name(".geojson")
		if err := copyWithHeader(bare, in.path, nil, 1); err != nil {
			return nil, err
		}
		in.path = bare
	}
	// As text a row has about twice the bytes.
	check, err := checkJSON(ctx, in.path, 2*in.folder.limits.Row)
	if err != nil {
		return nil, err
	}
	w := gdalWay{driver: "GeoJSON", ext: ".geojson", crs: "GeoJSON is always WGS 84", faults: check.faults}
	if check.ids {
		w.firstFID = 1
	}
	sources, err := in.viaGDAL(ctx, w)
	if err != nil && ctx.Err() == nil {
		return nil, check.instead(err)
	}
	for _, s := range sources {
		switch s.CRS.EPSG {
		case 4326, 4979: // GDAL's name for WGS 84 with heights
			s.CRS.EPSG = 4326
		default:
			s.CRS.How = `"crs" in the GeoJSON`
		}
		base := baseName(in.name)
		s.Name = strings.TrimSuffix(base, extension(base))
		s.Notes = append(s.Notes, check.notes()...)
	}
	return sources, nil
}
