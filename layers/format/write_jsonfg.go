package format

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"onemap/layers"
)

// jsonFGWriter writes OGC Features and Geometries JSON 1.0 (OGC 21-045r1): GeoJSON whose features say of which type they are and
// when, and have their geometry as a place in any coordinate system, its axes in the order of its definition. In degrees of WGS 84, or
// of CGCS2000, which are the same on a map, the geometry is GeoJSON's own.
type jsonFGWriter struct {
	geoJSONWriter
	degrees bool
	place   Coordinates
	time    int // which property says when; −1 = none
}

func newJSONFG(w io.Writer, s Sheet) (Writer, error) {
	head := []byte(`{"type":"FeatureCollection","conformsTo":["http://www.opengis.net/spec/json-fg-1/1.0/conf/core","http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas"],"featureType":`)
	head = appendString(head, s.Layer.Name)
	j := &jsonFGWriter{degrees: s.CRS.SRID == 4490 || s.CRS.SRID == 4326, place: exported, time: -1}
	if dimension := slices.Index([]string{"Point", "LineString", "Polygon"}, strings.TrimPrefix(s.Layer.GeometryType, "Multi")); dimension >= 0 {
		head = append(append(head, `,"geometryDimension":`...), byte('0'+dimension))
	}
	if !j.degrees && s.Layer.GeometryType != "" {
		if !strings.EqualFold(s.CRS.Authority, "EPSG") || s.CRS.Code == 0 {
			return nil, refuse("JSON-FG names coordinate systems by their EPSG code, which %s has not; ask for another", "JSON-FG 以 EPSG 代码标明坐标系，%s 没有该代码；请指定其他坐标系", s.CRS.Name)
		}
		j.place.YX = layers.NorthFirst(s.CRS.SRID)
		if !s.CRS.Degrees {
			j.place.Decimals = 4
		}
		head = appendString(append(head, `,"coordRefSys":`...), "http://www.opengis.net/def/crs/EPSG/0/"+strconv.Itoa(s.CRS.Code))
	}
	if s.Layer.TimeField != "" {
		j.time = slices.IndexFunc(s.Layer.Properties, func(p layers.Property) bool { return p.Name == s.Layer.TimeField })
	}
	j.geoJSONWriter = geoJSONWriter{w: w, layer: s.Layer, first: string(head) + ",\"features\":[\n", next: ",\n", end: "\n]}\n"}
	return j, nil
}

func (j *jsonFGWriter) Write(f *layers.Feature) error {
	b := append(append(j.buf[:0], j.lead()...), `{"type":"Feature"`...)
	if f.ID != "" {
		b = appendString(append(b, `,"id":`...), f.ID)
	}
	b = append(append(b, `,"time":`...), j.when(f)...)
	geometry, place := f.Geometry, f.Geometry
	if j.degrees {
		place = nil
	} else {
		geometry = nil
	}
	b = AppendGeometry(append(b, `,"geometry":`...), geometry, exported)
	b = AppendGeometry(append(b, `,"place":`...), place, j.place)
	b = append(AppendProperties(append(b, `,"properties":`...), j.layer, *f), '}')
	j.buf = b
	_, err := j.w.Write(b)
	return err
}

// when is the date, or the moment in UTC, of a feature.
func (j *jsonFGWriter) when(f *layers.Feature) string {
	if j.time < 0 {
		return "null"
	}
	text, _ := f.Properties[j.time].(string)
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return `{"date":"` + text + `"}`
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return `{"timestamp":"` + at.UTC().Format(time.RFC3339Nano) + `"}`
	}
	return "null" // a year, an infinity
}

func writeJSONFG() *Writing {
	return &Writing{MediaType: "application/fg+json", Stream: newJSONFG, decimal: true, texts: textRules{controls: true}}
}
