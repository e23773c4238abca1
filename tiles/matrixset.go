package tiles

import (
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
)

// MatrixSet is a tile matrix set (OGC 2D Tile Matrix Set 2.0) whose matrices double at each zoom: tiles are squares in its
// coordinates, columns go east from West, rows south from North.
type MatrixSet struct {
	ID    string
	Title string
	SRID  int // of its coordinates: 3857, or degrees of 4326 or 4490

	URI      string    // of its definition in the OGC's register; "" = it is in none
	CRS      string    // URI of its coordinates
	Axes     [2]string // of that CRS, in its order
	ScaleSet string    // URI of the well-known scale set it has the scales of; "" = none

	West, North float64 // corner of its first tile
	Side        float64 // of a tile of zoom 0
	Columns     int     // of zoom 0, in halves: the degree grid of TianDiTu has half a row there
	Rows        int
	MinZoom     int  // first zoom that there is
	MaxZoom     int  // last that has tiles
	Defined     int  // last that the definition has
	Approximate bool // its coordinates are shifted from where things are, by an approximation: for display alone
	deeper      int  // zoom of WebMercatorQuad with tiles of the same width, less zoom here
}

const (
	definitions = "http://www.opengis.net/def/tilematrixset/OGC/1.0/"
	scaleSets   = "http://www.opengis.net/def/wkss/OGC/1.0/"
)

// matrixSets are the tile matrix sets that there are. The first is what is meant where nothing is said.
// CGCS2000Quad is the grid that TianDiTu (天地图) calls "c": its level z is WorldCRS84Quad's level z-1.
var matrixSets = []*MatrixSet{
	WebMercatorQuad,
	{ID: "WorldCRS84Quad", Title: "CRS84 for the World", SRID: 4326,
		URI: definitions + "WorldCRS84Quad", CRS: "http://www.opengis.net/def/crs/OGC/1.3/CRS84", Axes: [2]string{"Lon", "Lat"},
		ScaleSet: scaleSets + "GoogleCRS84Quad",
		West:     -180, North: 90, Side: 180, Columns: 4, Rows: 2, MaxZoom: MaxZoom - 1, Defined: 23, deeper: 1},
	{ID: "CGCS2000Quad", Title: "CGCS2000 经纬度（天地图 c） CGCS2000 degrees (TianDiTu c)", SRID: 4490,
		CRS: "http://www.opengis.net/def/crs/EPSG/0/4490", Axes: [2]string{"Lat", "Lon"},
		West: -180, North: 90, Side: 360, Columns: 2, Rows: 1, MinZoom: 1, MaxZoom: 20, Defined: 20},
	gcj02,
}

// WebMercatorQuad is the set that is meant where nothing is said.
var WebMercatorQuad = &MatrixSet{ID: "WebMercatorQuad", Title: "Google Maps Compatible for the World", SRID: 3857,
	URI: definitions + "WebMercatorQuad", CRS: "http://www.opengis.net/def/crs/EPSG/0/3857", Axes: [2]string{"X", "Y"},
	ScaleSet: scaleSets + "GoogleMapsCompatible",
	West:     -circumference / 2, North: circumference / 2, Side: circumference, Columns: 2, Rows: 2, MaxZoom: MaxZoom, Defined: 24}

// MatrixSets are the sets that tiles are given in. The first is what is meant where nothing is said.
func (t *Tiles) MatrixSets() []*MatrixSet {
	return slices.DeleteFunc(slices.Clone(matrixSets), func(s *MatrixSet) bool { return s.Approximate && !t.opt.GCJ02 })
}

// MatrixSet returns a set that tiles are given in, or ErrNotFound.
func (t *Tiles) MatrixSet(id string) (*MatrixSet, error) {
	var ids []string
	for _, s := range t.MatrixSets() {
		if s.ID == id {
			return s, nil
		}
		ids = append(ids, s.ID)
	}
	return nil, layers.Refuse(layers.ErrNotFound, "no tile matrix set %q; there are %s", "没有瓦片矩阵集“%s”；可用的有 %s", id, strings.Join(ids, ", "))
}

// lookupMatrixSet returns any set by its id, or ErrNotFound.
func lookupMatrixSet(id string) (*MatrixSet, error) {
	for _, s := range matrixSets {
		if s.ID == id {
			return s, nil
		}
	}
	return nil, layers.Refuse(layers.ErrNotFound, "no tile matrix set %q", "没有瓦片矩阵集“%s”", id)
}

// Matrix is one zoom of a set as its definition has it.
type Matrix struct {
	ID               string     `json:"id"`
	ScaleDenominator float64    `json:"scaleDenominator"` // of pixels of 0.28 mm
	CellSize         float64    `json:"cellSize"`         // side of a pixel, in units of the CRS
	CornerOfOrigin   string     `json:"cornerOfOrigin"`
	PointOfOrigin    [2]float64 `json:"pointOfOrigin"` // in the order of the CRS's axes
	TileWidth        int        `json:"tileWidth"`     // pixels
	TileHeight       int        `json:"tileHeight"`
	MatrixWidth      int        `json:"matrixWidth"` // tiles
	MatrixHeight     int        `json:"matrixHeight"`
}

// Definition pixels: tiles are defined as squares of 256, and a pixel as 0.28 mm (2D Tile Matrix Set 2.0, 6.1.1).
const (
	definedSide  = 256
	definedPixel = 0.00028
)

// Matrices are all zooms of the set's definition, also those too deep to have tiles.
func (s *MatrixSet) Matrices() []Matrix {
	metres := 1.0 // of a unit
	if layers.Geographic(s.SRID) {
		metres = circumference / 360
	}
	origin := [2]float64{s.West, s.North}
	if s.NorthFirst() {
		origin = [2]float64{s.North, s.West}
	}
	var out []Matrix
	for z := s.MinZoom; z <= s.Defined; z++ {
		cell := s.Side / definedSide / float64(int(1)<<z)
		columns, rows := s.Size(z)
		out = append(out, Matrix{
			ID: strconv.Itoa(z), ScaleDenominator: cell * metres / definedPixel, CellSize: cell, CornerOfOrigin: "topLeft", PointOfOrigin: origin,
			TileWidth: definedSide, TileHeight: definedSide, MatrixWidth: columns, MatrixHeight: rows,
		})
	}
	return out
}

// NorthFirst reports whether the axes of the set's CRS begin with the one to the north.
func (s *MatrixSet) NorthFirst() bool { return s.Axes[0] == "Lat" }

// Size is how many columns and rows of tiles a zoom has.
func (s *MatrixSet) Size(zoom int) (columns, rows int) {
	return s.Columns << zoom / 2, s.Rows << zoom / 2
}

// Check returns ErrNotFound for a tile that the set has not.
func (s *MatrixSet) Check(t Tile) error {
	if t.Z < s.MinZoom || t.Z > s.MaxZoom {
		return layers.Refuse(layers.ErrNotFound, "there is no zoom %d; %s has %d to %d", "没有第 %d 级；%s 有第 %d 至 %d 级", t.Z, s.ID, s.MinZoom, s.MaxZoom)
	}
	if columns, rows := s.Size(t.Z); t.X >= columns || t.Y >= rows {
		return layers.Refuse(layers.ErrNotFound, "tile %s is outside the matrix: at zoom %d x goes from 0 to %d and y from 0 to %d", "瓦片 %s 超出矩阵范围：第 %d 级的 x 为 0 至 %d，y 为 0 至 %d", t, t.Z, columns-1, rows-1)
	}
	return nil
}

// Zoom is the zoom of WebMercatorQuad whose tiles are as wide: what drawing rules mean by a zoom.
func (s *MatrixSet) Zoom(t Tile) int { return t.Z + s.deeper }

// Bounds returns the bounds of a tile in the set's coordinates, x = east first.
func (s *MatrixSet) Bounds(t Tile) layers.Bounds {
	side := s.Side / float64(int(1)<<t.Z)
	west, north := s.West+float64(t.X)*side, s.North-float64(t.Y)*side
	return layers.Bounds{west, north - side, west + side, north}
}

// Buffered returns the bounds of a tile with its buffer around it.
func (s *MatrixSet) Buffered(t Tile) layers.Bounds {
	b := s.Bounds(t)
	margin := (b[2] - b[0]) * Buffer / Extent
	return layers.Bounds{b[0] - margin, b[1] - margin, b[2] + margin, b[3] + margin}
}

// Pixel is the side of a pixel in the set's units, tiles being 512 pixels wide.
func (s *MatrixSet) Pixel(t Tile) float64 { return s.Side / 512 / float64(int(1)<<t.Z) }

// mercator returns the bounds of what can be in a tile, its buffer included, in metres of EPSG:3857.
func (s *MatrixSet) mercator(t Tile) layers.Bounds {
	if s.SRID == 3857 {
		return s.source(t)
	}
	return mercator(s.Buffered(t))
}

// source returns the bounds of what can be in a tile, its buffer included, in the set's coordinates but where things are.
// Degrees end at the poles: no other system has a place beyond them.
func (s *MatrixSet) source(t Tile) layers.Bounds {
	b := s.Buffered(t)
	switch {
	case s.Approximate:
		return unshifted(b)
	case layers.Geographic(s.SRID):
		b[1], b[3] = max(b[1], -90), min(b[3], 90)
	}
	return b
}
