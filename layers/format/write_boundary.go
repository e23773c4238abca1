package format

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// boundaryDecimals of a metre are what the points are written with: 0.1 mm.
const boundaryDecimals = 4

// boundaryWriter writes areas in the ministry's exchange text of boundary points, one parcel for each feature.
type boundaryWriter struct {
	out    *BoundaryWriter
	sheet  Sheet
	zone   int     // of 3 degrees
	inEast float64 // what the eastings have before them already: zone × 10⁶, or 0
	fields []int   // places of the parcel's fields among the properties; -1 = there is none
	area   float64 // hectares of one unit of the property that is the area
}

// writeBoundary writes in GBK as the ministry's programs do, in the 3-degree zone of the features.
func writeBoundary() *Writing {
	return &Writing{
		MediaType: "text/plain", Stream: newBoundaryText, areas: true, decimal: true, plane: true, flat: true, Encodings: true, encoding: "GBK",
		texts: textRules{oneLine: true}, noEmpty: true,
	}
}

// boundaryNames are what the properties that become a parcel's fields (after the number of points) are called, in
// small letters. What is not found stays empty.
var boundaryNames = [][]string{
	{"地块面积", "dkmj", "tbmj", "mj", "面积"},
	{"地块编号", "dkbh", "dkbm", "tbbh", "bsm"},
	{"地块名称", "dkmc", "xmmc", "name", "名称"},
	{"图形属性"},
	{"图幅号", "tfh"},
	{"地块用途", "dkyt", "ydyhflmc", "dlmc"},
	{"地类编码", "dlbm", "ydyhfldm"},
}

func newBoundaryText(w io.Writer, s Sheet) (Writer, error) {
	b := &boundaryWriter{sheet: s, area: 1e-4}
	switch srid := s.CRS.SRID; {
	case srid >= 4513 && srid <= 4533:
		b.zone = srid - 4513 + 25
		b.inEast = float64(b.zone) * 1e6
	case srid >= 4534 && srid <= 4554:
		b.zone = srid - 4534 + 25
	default:
		return nil, fmt.Errorf("%w: boundary points are written in a 3-degree zone of CGCS2000 (EPSG:4513 to 4554), not in EPSG:%d", layers.ErrInvalid, srid)
	}
	for _, names := range boundaryNames {
		b.fields = append(b.fields, slices.IndexFunc(s.Layer.Properties, func(p layers.Property) bool {
			return slices.Contains(names, strings.ToLower(p.Name)) || slices.Contains(names, p.Title)
		}))
	}
	if i := b.fields[0]; i >= 0 && strings.Contains(strings.ToLower(s.Layer.Properties[i].Unit), "ha") {
		b.area = 1
	}
	var err error
	b.out, err = NewBoundaryWriter(w, s.Encoding, false, BoundaryHead(b.zone, boundaryDecimals, map[string]string{"数据产生日期": time.Now().In(layers.Zone).Format(time.DateOnly)}))
	return b, err
}

func (b *boundaryWriter) Write(f *layers.Feature) error {
	var rings [][][2]float64
	switch g := f.Geometry.(type) {
	case *geom.Polygon:
		rings = b.rings(g.FlatCoords(), g.Stride(), [][]int{g.Ends()})
	case *geom.MultiPolygon:
		rings = b.rings(g.FlatCoords(), g.Stride(), g.Endss())
	}
	parcel := NewParcel(b.parcelFields(f), rings, b.zone, boundaryDecimals)
	return b.out.Write(&parcel)
}

func (b *boundaryWriter) rings(flat []float64, stride int, endss [][]int) (rings [][][2]float64) {
	start := 0
	for _, ends := range endss {
		for _, end := range ends {
			var ring [][2]float64
			for i := start; i < end; i += stride {
				ring = append(ring, [2]float64{flat[i] - b.inEast, flat[i+1]})
			}
			rings = append(rings, ring)
			start = end
		}
	}
	return rings
}

// parcelFields are the fields after the number of points. The area is in hectares; a parcel without a number of its
// own gets the feature's id.
func (b *boundaryWriter) parcelFields(f *layers.Feature) []string {
	out := make([]string, len(b.fields))
	for i, at := range b.fields {
		if at >= 0 && f.Properties[at] != nil {
			out[i] = string(appendText(nil, f.Properties[at]))
		}
	}
	if at := b.fields[0]; at >= 0 {
		if v, ok := asNumber(f.Properties[at]); ok {
			out[0] = strconv.FormatFloat(v*b.area, 'f', boundaryDecimals, 64)
		}
	}
	if out[1] == "" {
		out[1] = f.ID
	}
	if out[3] == "" {
		out[3] = "面"
	}
	return out
}

func (b *boundaryWriter) Close() error { return b.out.Close() }
