package tiles

import (
	"fmt"
	"slices"

	"onemap/layers"
)

// MatrixSet is a tile matrix set (OGC 2D Tile Matrix Set 2.0) whose matrices double at each zoom: tiles are squares in its
// coordinates, columns go east from West, rows south from North.
type MatrixSet struct {
	ID    string
	Title string
	SRID  int // of its coordinates: 3857, or degrees of 4326 or 4490

	West, North float64 // corner of its first tile
	Side        float64 // of a tile of zoom 0
	Columns     int     // of zoom 0, in halves: the degree grid of TianDiTu has half a row there
	Rows        int
	MinZoom     int // first zoom that there is
	MaxZoom     int // last
	deeper      int // zoom of WebMercatorQuad with tiles of the same width, less zoom here
}

// MatrixSets are the tile matrix sets that there are. The first is what is meant where nothing is said.
// CGCS2000Quad is the grid that TianDiTu (天地图) calls "c": its level z is WorldCRS84Quad's level z-1.
func MatrixSets() []*MatrixSet { return slices.Clone(matrixSets) }

var matrixSets = []*MatrixSet{
	webMercator,
	{ID: "WorldCRS84Quad", Title: "CRS84 for the World", SRID: 4326,
		West: -180, North: 90, Side: 180, Columns: 4, Rows: 2, MaxZoom: MaxZoom - 1, deeper: 1},
	{ID: "CGCS2000Quad", Title: "CGCS2000 经纬度（天地图 c）", SRID: 4490,
		West: -180, North: 90, Side: 360, Columns: 2, Rows: 1, MinZoom: 1, MaxZoom: 20},
}

var webMercator = &MatrixSet{ID: "WebMercatorQuad", Title: "Google Maps Compatible for the World", SRID: 3857,
	West: -circumference / 2, North: circumference / 2, Side: circumference, Columns: 2, Rows: 2, MaxZoom: MaxZoom}

// LookupMatrixSet returns a tile matrix set by its id, or ErrNotFound.
func LookupMatrixSet(id string) (*MatrixSet, error) {
	var ids []string
	for _, s := range matrixSets {
		if s.ID == id {
			return s, nil
		}
		ids = append(ids, s.ID)
	}
	return nil, fmt.Errorf("%w: no tile matrix set %q; there are %v", layers.ErrNotFound, id, ids)
}

// Size is how many columns and rows of tiles a zoom has.
func (s *MatrixSet) Size(zoom int) (columns, rows int) {
	return s.Columns << zoom / 2, s.Rows << zoom / 2
}

// Check returns ErrNotFound for a tile that the set has not.
func (s *MatrixSet) Check(t Tile) error {
	if t.Z < s.MinZoom || t.Z > s.MaxZoom {
		return fmt.Errorf("%w: there is no zoom %d; %s has %d to %d", layers.ErrNotFound, t.Z, s.ID, s.MinZoom, s.MaxZoom)
	}
	if columns, rows := s.Size(t.Z); t.X >= columns || t.Y >= rows {
		return fmt.Errorf("%w: tile %s is outside the matrix: at zoom %d x goes from 0 to %d and y from 0 to %d", layers.ErrNotFound, t, t.Z, columns-1, rows-1)
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

// mercator returns the buffered bounds of a tile in metres of EPSG:3857.
func (s *MatrixSet) mercator(t Tile) layers.Bounds {
	if s.SRID == 3857 {
		return s.Buffered(t)
	}
	return mercator(s.Buffered(t))
}
