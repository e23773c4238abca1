package cql

import (
	"math"

	"github.com/twpayne/go-geom"

	"onemap/layers"
)

// CRS says how the coordinates in a filter are meant.
type CRS struct {
	SRID       int
	NorthFirst bool // latitude or northing comes first
}

// CRS84 is longitude and latitude, what is meant where nothing is said.
var CRS84 = CRS{SRID: 4490}

// Geometry is a geometry, x before y, in the coordinates of its SRID.
type Geometry struct {
	geom.T
	At int
}

// Box is bounds, x before y, in the coordinates of SRID; west > east crosses the antimeridian.
type Box struct {
	Bounds layers.Bounds
	Height *[2]float64 // lowest and highest; they are read and written, features are found by x and y
	SRID   int
	At     int
}

// Column implements Expr.
func (e *Geometry) Column() int { return e.At }

// Column implements Expr.
func (e *Box) Column() int { return e.At }

// NewGeometry makes a node of a geometry whose coordinates are meant as crs says; they are changed in place. It returns
// ErrInvalid, as an *Error, for one that is none.
func NewGeometry(g geom.T, crs CRS, at int) (*Geometry, error) {
	if err := arrange(g, crs, at, true); err != nil {
		return nil, err
	}
	g, err := geom.SetSRID(g, crs.SRID)
	if err != nil {
		return nil, wrong(at, "a geometry of this kind is not offered", "不支持此类几何图形")
	}
	return &Geometry{g, at}, nil
}

// arrange puts x first and refuses what is no simple feature of two or three dimensions.
func arrange(g geom.T, crs CRS, at int, whole bool) error {
	if c, ok := g.(*geom.GeometryCollection); ok {
		if !whole || c.NumGeoms() == 0 {
			return wrong(at, "a GEOMETRYCOLLECTION holds one or more geometries, and no other collection", "GEOMETRYCOLLECTION 应含一个或多个几何图形，且不能嵌套")
		}
		for _, part := range c.Geoms() {
			if err := arrange(part, crs, at, false); err != nil {
				return err
			}
		}
		return nil
	}
	flat, stride := g.FlatCoords(), g.Stride()
	if len(flat) == 0 || stride < 2 || stride > 3 {
		return wrong(at, "a geometry has one or more positions of two or three numbers", "几何图形应含一个或多个二维或三维坐标点")
	}
	for i := 0; i < len(flat); i += stride {
		if crs.NorthFirst {
			flat[i], flat[i+1] = flat[i+1], flat[i]
		}
		for j := range stride {
			flat[i+j] += 0 // no negative zero
		}
		if err := crs.check(flat[i], flat[i+1], at); err != nil {
			return err
		}
		if err := finite(flat[i+stride-1], 0, at); err != nil {
			return err
		}
	}
	return checkParts(g, at)
}

// check refuses a position that the CRS does not have.
func (crs CRS) check(x, y float64, at int) error {
	if layers.Geographic(crs.SRID) && (math.Abs(x) > 180 || math.Abs(y) > 90) {
		return wrong(at, "longitude %[1]v, latitude %[2]v is not on the Earth; coordinates are in the order of filter-crs, longitude first where it is not said", "经度 %[1]v、纬度 %[2]v 超出范围；坐标顺序由 filter-crs 决定，未指定时经度在前", x, y)
	}
	return finite(x, y, at)
}

func finite(x, y float64, at int) error {
	if math.IsNaN(x-x) || math.IsNaN(y-y) { // what is infinite has no difference from itself
		return wrong(at, "%[1]v, %[2]v is no position", "%[1]v, %[2]v 不是坐标", x, y)
	}
	return nil
}

// checkParts refuses lines of one position, and rings that are not closed.
func checkParts(g geom.T, at int) error {
	switch g := g.(type) {
	case *geom.LineString:
		if g.NumCoords() < 2 {
			return wrong(at, "a line has two or more positions", "线应有两个或更多坐标点")
		}
	case *geom.MultiLineString:
		for i := range g.NumLineStrings() {
			if err := checkParts(g.LineString(i), at); err != nil {
				return err
			}
		}
	case *geom.Polygon:
		for i := range g.NumLinearRings() {
			r := g.LinearRing(i)
			if n := r.NumCoords(); n < 4 || !r.Coord(0).Equal(geom.XY, r.Coord(n-1)) {
				return wrong(at, "a ring has four or more positions, the last equal to the first", "环应有四个或更多坐标点，且首尾相同")
			}
		}
		if g.NumLinearRings() == 0 {
			return wrong(at, "a polygon has a ring", "多边形应有环")
		}
	case *geom.MultiPolygon:
		for i := range g.NumPolygons() {
			if err := checkParts(g.Polygon(i), at); err != nil {
				return err
			}
		}
	}
	return nil
}

// NewBox makes a node of the four numbers of a box, or six with heights, in the order of crs. It returns ErrInvalid, as an
// *Error, for ones that are no box.
func NewBox(n []float64, crs CRS, at int) (*Box, error) {
	if len(n) != 4 && len(n) != 6 {
		return nil, wrong(at, "a box has %[1]d numbers; want 4, or 6 with heights", "范围有 %[1]d 个数，应为 4 个，带高程时为 6 个", len(n))
	}
	half := len(n) / 2
	b := &Box{Bounds: layers.Bounds{n[0] + 0, n[1] + 0, n[half] + 0, n[half+1] + 0}, SRID: crs.SRID, At: at}
	if crs.NorthFirst {
		b.Bounds = layers.Bounds{b.Bounds[1], b.Bounds[0], b.Bounds[3], b.Bounds[2]}
	}
	if half == 3 {
		b.Height = &[2]float64{n[2] + 0, n[5] + 0}
		if !(b.Height[0] <= b.Height[1]) {
			return nil, wrong(at, "the lowest height of the box is above the highest", "范围的最低高程高于最高高程")
		}
	}
	for _, corner := range [][]float64{b.Bounds[:2], b.Bounds[2:]} {
		if err := finite(corner[0], corner[1], at); err != nil { // maps that show more than the Earth ask for more
			return nil, err
		}
	}
	if b.Bounds[1] > b.Bounds[3] {
		return nil, wrong(at, "the south of the box is north of its north", "范围的南界位于北界以北")
	}
	if b.Bounds[0] > b.Bounds[2] && !layers.Geographic(crs.SRID) {
		return nil, wrong(at, "the west of the box is east of its east", "范围的西界位于东界以东")
	}
	return b, nil
}

// numbers are those of the box, x first.
func (e *Box) numbers() []float64 {
	if e.Height == nil {
		return e.Bounds[:]
	}
	b := e.Bounds
	return []float64{b[0], b[1], e.Height[0], b[2], b[3], e.Height[1]}
}

// parts are the box as bounds that do not cross the antimeridian.
func (e *Box) parts() []layers.Bounds {
	b := e.Bounds
	if b[0] <= b[2] {
		return []layers.Bounds{b}
	}
	return []layers.Bounds{{b[0], b[1], 180, b[3]}, {-180, b[1], b[2], b[3]}}
}
