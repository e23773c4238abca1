package format

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// FlatGeobuf, version 3 (flatgeobuf.org, header.fbs and feature.fbs): magic bytes, a header with the schema, then the
// features one after the other, each with its size before it. There is no index, as that would have to come first.
// It is what we hand to GDAL, too.

// fgbMagic opens a file: "fgb", major version 3, "fgb", patch level.
var fgbMagic = []byte{'f', 'g', 'b', 3, 'f', 'g', 'b', 1}

// The types of columns that are written (enum ColumnType).
const (
	fgbBool     = 2
	fgbLong     = 7
	fgbDouble   = 10
	fgbString   = 11
	fgbJSON     = 12
	fgbDateTime = 13
)

// fgbType is the column type of a property. There is none for days: they are moments without a time.
func fgbType(t layers.Type) byte {
	switch t {
	case layers.Integer:
		return fgbLong
	case layers.Number:
		return fgbDouble
	case layers.Boolean:
		return fgbBool
	case layers.Date, layers.DateTime:
		return fgbDateTime
	case layers.JSON:
		return fgbJSON
	}
	return fgbString
}

// fgbGeometries are the geometry types by PostGIS's names (enum GeometryType); others are 0, unknown: every feature
// tells its own.
var fgbGeometries = map[string]byte{
	"Point": 1, "LineString": 2, "Polygon": 3, "MultiPoint": 4, "MultiLineString": 5, "MultiPolygon": 6, "GeometryCollection": 7,
}

// fgbWriter writes FlatGeobuf.
type fgbWriter struct {
	w       io.Writer
	sheet   Sheet
	types   []byte
	kind    byte
	builder *flatbuffers.Builder
	props   []byte
	count   uint64
	bounds  [4]float64
}

// newFlatGeobuf begins a file. Where w is an io.WriterAt the number of features and their bounds are put into the
// header at the end; a stream says neither, as the specification allows.
func newFlatGeobuf(w io.Writer, s Sheet) (Writer, error) {
	f := &fgbWriter{w: w, sheet: s, kind: fgbGeometries[s.Layer.GeometryType], builder: flatbuffers.NewBuilder(4096)}
	f.bounds = [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range s.Layer.Properties {
		f.types = append(f.types, fgbType(p.Type))
	}
	if _, err := w.Write(fgbMagic); err != nil {
		return nil, err
	}
	_, err := w.Write(f.header())
	return f, err
}

// header is the header's bytes with its size before it; as many of them whatever the count and the bounds.
func (f *fgbWriter) header() []byte {
	b, l := f.builder, f.sheet.Layer
	b.Reset()
	columns := make([]flatbuffers.UOffsetT, len(l.Properties))
	for i, p := range l.Properties {
		columns[i] = f.column(p)
	}
	list := b.CreateVectorOfTables(columns)
	crs := f.crs()
	name, title, description := b.CreateString(l.Name), b.CreateString(l.Title), b.CreateString(l.Description)
	var envelope flatbuffers.UOffsetT
	_, patched := f.w.(io.WriterAt)
	if patched {
		bounds := f.bounds
		if bounds[0] > bounds[2] {
			bounds = [4]float64{}
		}
		envelope = doubles(b, bounds[:], 4, 0, 4)
	}
	b.StartObject(14)
	b.PrependUOffsetTSlot(0, name, 0)
	if patched {
		b.PrependUOffsetTSlot(1, envelope, 0)
	}
	b.PrependByteSlot(2, f.kind, 0)
	b.PrependBoolSlot(3, l.HasZ, false)
	b.PrependUOffsetTSlot(7, list, 0)
	if patched {
		b.PrependUint64(f.count) // whatever it is, so that the header keeps its size
		b.Slot(8)
	}
	b.PrependUint16Slot(9, 0, 16) // no index
	b.PrependUOffsetTSlot(10, crs, 0)
	b.PrependUOffsetTSlot(11, title, 0)
	b.PrependUOffsetTSlot(12, description, 0)
	b.FinishSizePrefixed(b.EndObject())
	return b.FinishedBytes()
}

func (f *fgbWriter) column(p layers.Property) flatbuffers.UOffsetT {
	b := f.builder
	name, title, description := b.CreateString(p.Name), b.CreateString(p.Title), b.CreateString(p.Description)
	b.StartObject(11)
	b.PrependUOffsetTSlot(0, name, 0)
	b.PrependByteSlot(1, fgbType(p.Type), 0)
	b.PrependUOffsetTSlot(2, title, 0)
	b.PrependUOffsetTSlot(3, description, 0)
	if p.Type == layers.String && p.Width > 0 {
		b.PrependInt32Slot(4, int32(p.Width), -1)
	}
	b.PrependBoolSlot(7, !p.Required, true)
	return b.EndObject()
}

func (f *fgbWriter) crs() flatbuffers.UOffsetT {
	b, c := f.builder, f.sheet.CRS
	org, name, wkt := b.CreateString(c.Authority), b.CreateString(c.Name), b.CreateString(c.WKT)
	b.StartObject(6)
	b.PrependUOffsetTSlot(0, org, 0)
	b.PrependInt32Slot(1, int32(c.Code), 0)
	b.PrependUOffsetTSlot(2, name, 0)
	if c.Authority != "EPSG" {
		b.PrependUOffsetTSlot(4, wkt, 0)
	}
	return b.EndObject()
}

// Write writes one feature. A null or empty geometry is left out.
func (f *fgbWriter) Write(feature *layers.Feature) error {
	f.builder.Reset()
	var geometry flatbuffers.UOffsetT
	if g := feature.Geometry; g != nil && !g.Empty() {
		f.extend(g)
		var err error
		if geometry, err = f.geometry(g, f.kind == 0); err != nil {
			return fmt.Errorf("feature %s: %w", feature.ID, err)
		}
	}
	f.props = f.props[:0]
	for i, v := range feature.Properties {
		if v != nil {
			f.property(i, v)
		}
	}
	props := f.builder.CreateByteVector(f.props)
	f.builder.StartObject(3)
	f.builder.PrependUOffsetTSlot(0, geometry, 0)
	f.builder.PrependUOffsetTSlot(1, props, 0)
	f.builder.FinishSizePrefixed(f.builder.EndObject())
	f.count++
	_, err := f.w.Write(f.builder.FinishedBytes())
	return err
}

// Close puts the count and the bounds into the header, where the file can be gone back in.
func (f *fgbWriter) Close() error {
	at, ok := f.w.(io.WriterAt)
	if !ok {
		return nil
	}
	_, err := at.WriteAt(f.header(), int64(len(fgbMagic)))
	return err
}

func (f *fgbWriter) extend(g geom.T) {
	if parts, ok := g.(*geom.GeometryCollection); ok {
		for _, part := range parts.Geoms() {
			f.extend(part)
		}
		return
	}
	flat, stride := g.FlatCoords(), g.Stride()
	b := &f.bounds
	for i := 0; i+1 < len(flat); i += stride {
		x, y := flat[i], flat[i+1]
		*b = [4]float64{min(b[0], x), min(b[1], y), max(b[2], x), max(b[3], y)}
	}
}

// geometry writes one Geometry table; typed says its type, too.
func (f *fgbWriter) geometry(g geom.T, typed bool) (flatbuffers.UOffsetT, error) {
	var kind byte
	var ends []int
	var parts []flatbuffers.UOffsetT
	switch g := g.(type) {
	case *geom.Point:
		kind = 1
	case *geom.LineString:
		kind = 2
	case *geom.Polygon:
		kind, ends = 3, g.Ends()
	case *geom.MultiPoint:
		kind = 4
	case *geom.MultiLineString:
		kind, ends = 5, g.Ends()
	case *geom.MultiPolygon:
		kind = 6
		for i := range g.NumPolygons() {
			part, err := f.geometry(g.Polygon(i), true)
			if err != nil {
				return 0, err
			}
			parts = append(parts, part)
		}
	case *geom.GeometryCollection:
		kind = 7
		for _, member := range g.Geoms() {
			part, err := f.geometry(member, true)
			if err != nil {
				return 0, err
			}
			parts = append(parts, part)
		}
	default:
		return 0, layers.Refuse(layers.ErrInvalid, "FlatGeobuf is not written with geometries of kind %T", "FlatGeobuf 不能写出 %T 类型的几何", g)
	}
	return f.table(g, kind, ends, parts, typed), nil
}

func (f *fgbWriter) table(g geom.T, kind byte, ends []int, parts []flatbuffers.UOffsetT, typed bool) flatbuffers.UOffsetT {
	b := f.builder
	var list, last, xy, z flatbuffers.UOffsetT
	if kind >= 6 {
		list = b.CreateVectorOfTables(parts)
	} else {
		flat, stride := g.FlatCoords(), g.Stride()
		if at := g.Layout().ZIndex(); at >= 0 && f.sheet.Layer.HasZ {
			z = doubles(b, flat, stride, at, 1)
		}
		xy = doubles(b, flat, stride, 0, 2)
		if len(ends) > 1 || kind == fgbGeometries["MultiLineString"] { // of which GDAL wants the ends even of one
			b.StartVector(4, len(ends), 4)
			for i := len(ends) - 1; i >= 0; i-- {
				b.PrependUint32(uint32(ends[i] / stride))
			}
			last = b.EndVector(len(ends))
		}
	}
	b.StartObject(8)
	b.PrependUOffsetTSlot(0, last, 0)
	b.PrependUOffsetTSlot(1, xy, 0)
	b.PrependUOffsetTSlot(2, z, 0)
	if typed {
		b.PrependByteSlot(6, kind, 0)
	}
	b.PrependUOffsetTSlot(7, list, 0)
	return b.EndObject()
}

// doubles writes the n numbers from place first on of every stride numbers.
func doubles(b *flatbuffers.Builder, flat []float64, stride, first, n int) flatbuffers.UOffsetT {
	count := len(flat) / stride * n
	b.StartVector(8, count, 8)
	for i := len(flat) - stride; i >= 0; i -= stride {
		for j := first + n - 1; j >= first; j-- {
			b.PlaceFloat64(flat[i+j]) // StartVector has made room
		}
	}
	return b.EndVector(count)
}

// property appends one value: the column's number, then the value by its type. What does not fit its type is left out.
func (f *fgbWriter) property(i int, v any) {
	head := len(f.props)
	f.props = binary.LittleEndian.AppendUint16(f.props, uint16(i))
	switch f.types[i] {
	case fgbBool:
		if v, ok := v.(bool); ok {
			f.props = append(f.props, 0)
			if v {
				f.props[len(f.props)-1] = 1
			}
			return
		}
	case fgbLong:
		if n, ok := asWhole(v); ok {
			f.props = binary.LittleEndian.AppendUint64(f.props, uint64(n))
			return
		}
	case fgbDouble:
		if n, ok := asNumber(v); ok {
			f.props = binary.LittleEndian.AppendUint64(f.props, math.Float64bits(n))
			return
		}
	default:
		f.props = append(f.props, 0, 0, 0, 0)
		if f.types[i] == fgbJSON {
			f.props = appendValue(f.props, v)
		} else {
			f.props = appendText(f.props, v)
		}
		binary.LittleEndian.PutUint32(f.props[head+2:], uint32(len(f.props)-head-6))
		return
	}
	f.props = f.props[:head]
}

// appendText appends a value as plain text: text as it is, anything else as in JSON.
func appendText(b []byte, v any) []byte {
	if s, ok := v.(string); ok {
		return append(b, s...)
	}
	return appendValue(b, v)
}

// asWhole is a value of an integer property.
func asWhole(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case json.Number:
		n, err := v.Int64()
		return n, err == nil
	}
	return 0, false
}

// asNumber is a value of a number property, as near as a float64 comes.
func asNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case json.Number:
		n, err := strconv.ParseFloat(string(v), 64)
		return n, err == nil
	}
	return 0, false
}
