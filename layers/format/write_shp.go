package format

import (
	"bufio"
	"encoding/binary"
	"math"
	"os"

	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// shpWriter writes the .shp and .shx of areas with heights (PolygonZ). GDAL 3.6 must not: it takes a hole for one only
// where all heights of hole and outer ring are the same, and turns any other into an area of its own.
type shpWriter struct {
	shp, shx *os.File
	out, idx *bufio.Writer
	bytes    int64 // of the .shp so far
	rows     int64
	xy       layers.Bounds
	z        [2]float64
	buf      []byte
}

const (
	shpPolygonZ = 15
	shpHead     = 100
	shpMost     = 1<<31 - 1 // bytes; programs count with 32 bits
)

func newShpWriter(stem string) (s *shpWriter, err error) {
	s = &shpWriter{bytes: shpHead, xy: layers.Bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}, z: [2]float64{math.Inf(1), math.Inf(-1)}}
	if s.shp, err = os.Create(stem + ".shp"); err != nil {
		return nil, err
	}
	if s.shx, err = os.Create(stem + ".shx"); err != nil {
		s.shp.Close()
		return nil, err
	}
	s.out, s.idx = bufio.NewWriterSize(s.shp, 1<<18), bufio.NewWriter(s.shx)
	if _, err := s.out.Write(make([]byte, shpHead)); err != nil {
		return nil, err
	}
	_, err = s.idx.Write(make([]byte, shpHead))
	return s, err
}

// write adds a Polygon or MultiPolygon; anything else is the null shape.
func (s *shpWriter) write(g geom.T) error {
	b := append(s.buf[:0], make([]byte, 8)...) // number and length of the record
	switch g := g.(type) {
	case *geom.Polygon:
		b = s.polygon(b, g.Layout(), g.FlatCoords(), [][]int{g.Ends()})
	case *geom.MultiPolygon:
		b = s.polygon(b, g.Layout(), g.FlatCoords(), g.Endss())
	default:
		b = binary.LittleEndian.AppendUint32(b, 0)
	}
	s.buf = b
	s.rows++
	if s.bytes+int64(len(b)) > shpMost {
		return layers.Refuse(layers.ErrInvalid, "a shapefile holds at most 2 GB of shapes; write gpkg or gdb, or fewer by a filter", "Shapefile 的图形至多 2 GB；请改写 gpkg 或 gdb，或用条件减少数量")
	}
	binary.BigEndian.PutUint32(b, uint32(s.rows))
	binary.BigEndian.PutUint32(b[4:], uint32(len(b)-8)/2)
	var at [8]byte
	binary.BigEndian.PutUint32(at[:], uint32(s.bytes/2))
	copy(at[4:], b[4:8])
	s.bytes += int64(len(b))
	if _, err := s.idx.Write(at[:]); err != nil {
		return err
	}
	_, err := s.out.Write(b)
	return err
}

// polygon appends the content of a record: outer rings clockwise, holes counterclockwise.
func (s *shpWriter) polygon(b []byte, layout geom.Layout, flat []float64, endss [][]int) []byte {
	stride, z := layout.Stride(), layout.ZIndex()
	if len(flat) == 0 {
		return binary.LittleEndian.AppendUint32(b, 0)
	}
	var parts []int
	points := make([]float64, 0, len(flat))
	start := 0
	order := positions{stride: stride}
	for _, ends := range endss {
		for i, end := range ends {
			ring := flat[start:end]
			if order.counterclockwise(ring) != (i > 0) {
				ring = reversed(ring, stride)
			}
			parts = append(parts, len(points)/stride)
			points = append(points, ring...)
			start = end
		}
	}
	box, zs := bounds(points, stride, z)
	s.xy = s.xy.Extend(box)
	s.z = [2]float64{min(s.z[0], zs[0]), max(s.z[1], zs[1])}
	le := binary.LittleEndian
	b = le.AppendUint32(b, shpPolygonZ)
	b = appendDoubles(b, box[:]...)
	b = le.AppendUint32(le.AppendUint32(b, uint32(len(parts))), uint32(len(points)/stride))
	for _, at := range parts {
		b = le.AppendUint32(b, uint32(at))
	}
	for i := 0; i < len(points); i += stride {
		b = appendDoubles(b, points[i], points[i+1])
	}
	b = appendDoubles(b, zs[:]...)
	for i := 0; i < len(points); i += stride {
		b = appendDoubles(b, height(points[i:], z))
	}
	return b
}

func height(point []float64, z int) float64 {
	if z < 0 {
		return 0
	}
	return point[z]
}

func bounds(points []float64, stride, z int) (xy layers.Bounds, zs [2]float64) {
	xy, zs = layers.Bounds{points[0], points[1], points[0], points[1]}, [2]float64{height(points, z), height(points, z)}
	for i := 0; i < len(points); i += stride {
		x, y, h := points[i], points[i+1], height(points[i:], z)
		xy = xy.Extend(layers.Bounds{x, y, x, y})
		zs = [2]float64{min(zs[0], h), max(zs[1], h)}
	}
	return xy, zs
}

func appendDoubles(b []byte, values ...float64) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

// Close writes the heads of both files, which know their lengths.
func (s *shpWriter) Close() error {
	if s.rows == 0 || s.xy[0] > s.xy[2] {
		s.xy, s.z = layers.Bounds{}, [2]float64{}
	}
	for _, f := range []struct {
		file  *os.File
		out   *bufio.Writer
		bytes int64
	}{{s.shp, s.out, s.bytes}, {s.shx, s.idx, shpHead + 8*s.rows}} {
		if err := f.out.Flush(); err != nil {
			return err
		}
		head := make([]byte, 0, shpHead)
		head = binary.BigEndian.AppendUint32(head, 9994)
		head = append(head, make([]byte, 20)...)
		head = binary.BigEndian.AppendUint32(head, uint32(f.bytes/2))
		head = binary.LittleEndian.AppendUint32(head, 1000)
		head = binary.LittleEndian.AppendUint32(head, shpPolygonZ)
		head = appendDoubles(head, s.xy[0], s.xy[1], s.xy[2], s.xy[3], s.z[0], s.z[1], 0, 0)
		if _, err := f.file.WriteAt(head, 0); err != nil {
			return err
		}
		if err := f.file.Close(); err != nil {
			return err
		}
	}
	return nil
}

// reversed is a ring from its end.
func reversed(ring []float64, stride int) []float64 {
	r := make([]float64, 0, len(ring))
	for i := len(ring) - stride; i >= 0; i -= stride {
		r = append(r, ring[i:i+stride]...)
	}
	return r
}
