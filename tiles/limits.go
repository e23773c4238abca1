package tiles

import (
	"math"

	"onemap/layers"
)

// Limit is which tiles of a zoom can have something in them: rows and columns, the last included.
type Limit struct {
	Zoom                                 int
	MinRow, MaxRow, MinColumn, MaxColumn int
}

// Limits are those of layers in a set, for every zoom where one of them has tiles.
func (s *MatrixSet) Limits(ls []*layers.Layer) []Limit {
	var out []Limit
	for z := s.MinZoom; z <= s.MaxZoom; z++ {
		if limit, ok := s.Limit(ls, z); ok {
			out = append(out, limit)
		}
	}
	return out
}

// Limit is that of layers at a zoom; there is none where none of them has tiles. A layer whose bounds are not known, or not
// followed, is taken to be everywhere.
func (s *MatrixSet) Limit(ls []*layers.Layer, zoom int) (limit Limit, ok bool) {
	for _, l := range ls {
		first, last := s.Zooms(l)
		if l.Table.Geom == "" || zoom < first || zoom > last {
			continue
		}
		one := s.whole(zoom)
		if l.Bounds != nil && l.Tracked {
			one = s.touching(s.from(*l.Bounds), zoom)
		}
		if !ok {
			limit, ok = one, true
			continue
		}
		limit.MinRow, limit.MaxRow = min(limit.MinRow, one.MinRow), max(limit.MaxRow, one.MaxRow)
		limit.MinColumn, limit.MaxColumn = min(limit.MinColumn, one.MinColumn), max(limit.MaxColumn, one.MaxColumn)
	}
	return limit, ok
}

// Check returns ErrNotFound for a tile beyond the limit.
func (l Limit) Check(t Tile) error {
	if t.X < l.MinColumn || t.X > l.MaxColumn || t.Y < l.MinRow || t.Y > l.MaxRow {
		return layers.Refuse(layers.ErrNotFound, "there is no data at tile %s: at zoom %d rows go from %d to %d and columns from %d to %d", "瓦片 %s 处没有数据：第 %d 级的行号为 %d 至 %d，列号为 %d 至 %d", t, l.Zoom, l.MinRow, l.MaxRow, l.MinColumn, l.MaxColumn)
	}
	return nil
}

// Zooms are the first and the last zoom of the set where a layer has tiles of its own. The last may be below the first:
// then it has none.
func (s *MatrixSet) Zooms(l *layers.Layer) (first, last int) {
	return max(s.MinZoom, l.Drawing.MinZoom-s.deeper), min(s.MaxZoom, deepest(l)-s.deeper)
}

func (s *MatrixSet) whole(zoom int) Limit {
	columns, rows := s.Size(zoom)
	return Limit{Zoom: zoom, MaxRow: rows - 1, MaxColumn: columns - 1}
}

// touching are the tiles of a zoom that meet bounds in the set's coordinates with their buffers.
func (s *MatrixSet) touching(b layers.Bounds, zoom int) Limit {
	limit := s.whole(zoom)
	side := s.Side / float64(int(1)<<zoom)
	const margin = float64(Buffer) / Extent
	place := func(v float64, last int) int { return int(min(max(math.Floor(v), 0), float64(last))) }
	return Limit{
		Zoom:      zoom,
		MinRow:    place((s.North-b[3])/side-margin, limit.MaxRow),
		MaxRow:    place((s.North-b[1])/side+margin, limit.MaxRow),
		MinColumn: place((b[0]-s.West)/side-margin, limit.MaxColumn),
		MaxColumn: place((b[2]-s.West)/side+margin, limit.MaxColumn),
	}
}

// from turns bounds in degrees into the set's coordinates, a little wider.
func (s *MatrixSet) from(b layers.Bounds) layers.Bounds {
	switch {
	case s.Approximate:
		return shiftedBounds(mercator(b))
	case s.SRID == 3857:
		return mercator(b)
	}
	const margin = 1e-8 // a millimetre
	return layers.Bounds{b[0] - margin, b[1] - margin, b[2] + margin, b[3] + margin}
}
