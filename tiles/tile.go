package tiles

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"onemap/layers"
)

// MaxZoom is the deepest zoom that has tiles; a pixel of it is 2 cm.
const MaxZoom = 22

// The grid of a tile's body: Extent units on a side, and Buffer units beyond each side so that lines and symbols do
// not break on the edge.
const (
	Extent = 4096
	Buffer = 64
)

// circumference of the Mercator world, in metres of EPSG:3857.
const circumference = 2 * math.Pi * 6378137

// Tile is the address of a tile: column X from the west, row Y from the north.
type Tile struct{ Z, X, Y int }

// Parse reads an address as a URL has it; y may end in .mvt or .pbf. It returns ErrInvalid for what is no number and
// ErrNotFound for a tile outside the matrix.
func (s *MatrixSet) Parse(z, x, y string) (Tile, error) {
	y = strings.TrimSuffix(strings.TrimSuffix(y, ".mvt"), ".pbf")
	var n [3]int
	for i, text := range []string{z, x, y} {
		v, err := number(text)
		if err != nil {
			return Tile{}, layers.Refuse(layers.ErrInvalid, "%s %q of the tile is not a whole number; the address is {z}/{x}/{y}.mvt", "瓦片的 %s“%s”不是整数；地址应为 {z}/{x}/{y}.mvt", []string{"z", "x", "y"}[i], text)
		}
		n[i] = v
	}
	t := Tile{n[0], n[1], n[2]}
	return t, s.Check(t)
}

// number reads decimal digits alone; what is too long is very large.
func number(text string) (int, error) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, strconv.ErrSyntax
		}
	}
	if len(text) > 9 {
		return math.MaxInt32, nil
	}
	return strconv.Atoi(text)
}

func (t Tile) String() string { return fmt.Sprintf("%d/%d/%d", t.Z, t.X, t.Y) }

// Mercator returns the tile's bounds in metres of EPSG:3857.
func (t Tile) Mercator() layers.Bounds { return WebMercatorQuad.Bounds(t) }

// Buffered returns the tile's bounds with the buffer around them, in metres of EPSG:3857.
func (t Tile) Buffered() layers.Bounds { return WebMercatorQuad.Buffered(t) }

// Bounds returns the tile's bounds in degrees; EPSG:4490 and 4326 agree in it to centimetres.
func (t Tile) Bounds() layers.Bounds { return degrees(t.Mercator()) }

func degrees(m layers.Bounds) layers.Bounds {
	return layers.Bounds{lonOf(m[0]), latOf(m[1]), lonOf(m[2]), latOf(m[3])}
}

func lonOf(x float64) float64 { return x / circumference * 360 }

func latOf(y float64) float64 { return math.Atan(math.Sinh(y/circumference*2*math.Pi)) * 180 / math.Pi }

func xOf(lon float64) float64 { return lon / 360 * circumference }

func yOf(lat float64) float64 {
	lat = min(max(lat, -85.06), 85.06) * math.Pi / 180
	return math.Asinh(math.Tan(lat)) / (2 * math.Pi) * circumference
}

func meet(a, b layers.Bounds) bool {
	return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}
