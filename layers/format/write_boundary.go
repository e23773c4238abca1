package format

import (
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// boundaryDecimals of a metre are what the points are written with where nothing says otherwise: 0.1 mm.
const boundaryDecimals = 4

// boundaryWriter writes areas in the ministry's exchange text of boundary points, one parcel for each feature. A layer
// that came from such a file has what stood in its head as properties, which stand there again.
type boundaryWriter struct {
	to       io.Writer
	out      *BoundaryWriter // nil = the head waits for the first feature
	sheet    Sheet
	zone     int            // of 3 degrees
	inEast   float64        // what the eastings have before them already: zone × 10⁶, or 0
	decimals int            // of a metre
	fields   []int          // places of the parcel's fields among the properties; -1 = there is none
	head     map[string]int // places of what belongs to the head
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
	b := &boundaryWriter{to: w, sheet: s, decimals: boundaryDecimals, head: map[string]int{}}
	switch srid := s.CRS.SRID; {
	case srid >= 4513 && srid <= 4533:
		b.zone = srid - 4513 + 25
		b.inEast = float64(b.zone) * 1e6
	case srid >= 4534 && srid <= 4554:
		b.zone = srid - 4534 + 25
	default:
		return nil, layers.Refuse(layers.ErrInvalid, "boundary points are written in a 3-degree zone of CGCS2000 (EPSG:4513 to 4554), not in EPSG:%d", "界址点文件应采用 CGCS2000 的 3 度带（EPSG:4513 至 4554），不能用 EPSG:%d", srid)
	}
	for _, names := range boundaryNames {
		b.fields = append(b.fields, slices.IndexFunc(s.Layer.Properties, func(p layers.Property) bool {
			return slices.Contains(names, strings.ToLower(p.Name)) || slices.Contains(names, p.Title)
		}))
	}
	for i, p := range s.Layer.Properties {
		if slices.Contains([]string{"格式版本号", "数据产生单位", "数据产生日期", "精度", "转换参数"}, p.Title) {
			b.head[p.Title] = i
		}
	}
	return b, nil
}

// begin writes the head, as the first feature says; nil where there is none.
func (b *boundaryWriter) begin(f *layers.Feature) (err error) {
	said := map[string]string{"数据产生日期": time.Now().In(layers.Zone).Format(time.DateOnly)}
	for key, at := range b.head {
		if f != nil && f.Properties[at] != nil {
			said[key] = string(appendText(nil, f.Properties[at]))
		}
	}
	if whole, fraction, ok := strings.Cut(said["精度"], "."); ok && strings.Trim(whole+fraction, "0") == "1" && len(fraction) <= 6 {
		b.decimals = len(fraction)
	}
	b.out, err = NewBoundaryWriter(b.to, b.sheet.Encoding, false, BoundaryHead(b.zone, b.decimals, said))
	return err
}

func (b *boundaryWriter) Write(f *layers.Feature) error {
	if b.out == nil {
		if err := b.begin(f); err != nil {
			return err
		}
	}
	var rings [][][2]float64
	switch g := f.Geometry.(type) {
	case *geom.Polygon:
		rings = b.rings(g.FlatCoords(), g.Stride(), [][]int{g.Ends()})
	case *geom.MultiPolygon:
		rings = b.rings(g.FlatCoords(), g.Stride(), g.Endss())
	}
	parcel := NewParcel(b.parcelFields(f, hectaresOf(rings)), rings, b.zone, b.decimals)
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
func (b *boundaryWriter) parcelFields(f *layers.Feature, hectares float64) []string {
	out := make([]string, len(b.fields))
	for i, at := range b.fields {
		if at >= 0 && f.Properties[at] != nil {
			out[i] = string(appendText(nil, f.Properties[at]))
		}
	}
	if at := b.fields[0]; at >= 0 {
		if v, ok := asNumber(f.Properties[at]); ok {
			out[0] = strconv.FormatFloat(v*perHectare(b.sheet.Layer.Properties[at].Unit, v, hectares), 'f', 4, 64)
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

// perHectare is what makes hectares of an area. Where the property has no unit, the parcel decides whether it is in
// hectares or in square metres.
func perHectare(unit string, area, hectares float64) float64 {
	switch {
	case strings.Contains(strings.ToLower(unit), "ha") || strings.Contains(unit, "公顷"):
		return 1
	case unit == "" && hectares > 0 && math.Abs(math.Log(area/hectares)) < math.Abs(math.Log(area/hectares/1e4)):
		return 1
	}
	return 1e-4
}

// hectaresOf is what rings enclose: holes go round the other way.
func hectaresOf(rings [][][2]float64) float64 {
	sum := 0.0
	for _, ring := range rings {
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			sum += (a[0]-ring[0][0])*(b[1]-ring[0][1]) - (b[0]-ring[0][0])*(a[1]-ring[0][1])
		}
	}
	return math.Abs(sum) / 2e4
}

func (b *boundaryWriter) Close() error {
	if b.out == nil {
		if err := b.begin(nil); err != nil {
			return err
		}
	}
	return b.out.Close()
}
