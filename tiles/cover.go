package tiles

import (
	"context"
	"encoding/json"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
	"github.com/twpayne/go-geom"

	"onemap/layers"
	"onemap/tiles/pmtiles"
)

// Cover is which tiles are meant: those of some zooms that meet bounds, and an area where one is given.
type Cover struct {
	Set              *MatrixSet // nil = WebMercatorQuad
	MinZoom, MaxZoom int
	Bounds           layers.Bounds    // degrees
	Area             orb.MultiPolygon // degrees; nil = all of the bounds
}

// Tiles yields the tiles, zoom by zoom, along Hilbert's curve: each near the one before, in the order of their numbers in an
// archive.
func (c Cover) Tiles() iter.Seq[Tile] {
	return func(yield func(Tile) bool) {
		c.walk(func(t Tile, _ orb.MultiPolygon, w *walk) bool { return t.Z < w.zoom || yield(t) })
	}
}

// Count is how many they are; when there are more than most, it is more than most. 0 = as many as there are.
func (c Cover) Count(most int64) (n int64) {
	c.walk(func(t Tile, area orb.MultiPolygon, w *walk) bool {
		if area == nil || t.Z == w.zoom {
			n += w.below(t)
			w.pass = true
		}
		return most == 0 || n <= most
	})
	return n
}

// walk is a way through the tiles of one zoom.
type walk struct {
	set  *MatrixSet
	zoom int
	Limit
	visit func(t Tile, area orb.MultiPolygon, w *walk) bool // false ends it
	pass  bool                                              // visit has set it: not deeper here
}

func (c Cover) set() *MatrixSet {
	if c.Set != nil {
		return c.Set
	}
	return matrixSets[0]
}

func (c Cover) walk(visit func(Tile, orb.MultiPolygon, *walk) bool) {
	set := c.set()
	area := set.place(c.Area)
	for z := c.MinZoom; z <= c.MaxZoom; z++ {
		w := &walk{set: set, zoom: z, Limit: set.holding(set.from(c.Bounds), z), visit: visit}
		for x := range max(1, set.Columns/2) {
			if !w.descend(Tile{X: x}, area) {
				return
			}
		}
	}
}

// descend visits t, and the tiles below it that are in the limit and meet the area; nil = all do.
func (w *walk) descend(t Tile, area orb.MultiPolygon) bool {
	if w.below(t) == 0 {
		return true
	}
	if area != nil {
		b := w.set.Bounds(t)
		bound := orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}
		area = clip.MultiPolygon(bound, area.Clone()) // it works in place
		side := b[2] - b[0]
		switch part := planar.Area(area) / side / side; {
		case !(part > 0):
			return true
		case part > 1-1e-12:
			area = nil
		}
	}
	if !w.visit(t, area, w) {
		return false
	}
	if t.Z == w.zoom || w.pass {
		w.pass = false
		return true
	}
	for _, below := range quarters(t) {
		if !w.descend(below, area) {
			return false
		}
	}
	return true
}

// below is how many tiles of the limit lie in t.
func (w *walk) below(t Tile) int64 {
	down := w.zoom - t.Z
	columns := min(w.MaxColumn, (t.X+1)<<down-1) - max(w.MinColumn, t.X<<down) + 1
	rows := min(w.MaxRow, (t.Y+1)<<down-1) - max(w.MinRow, t.Y<<down) + 1
	return int64(max(0, columns)) * int64(max(0, rows))
}

// quarters are the four tiles below one, in the order of Hilbert's curve: neighbours on it.
func quarters(t Tile) (four [4]Tile) {
	if t.X >= 1<<t.Z { // there is no curve there
		return [4]Tile{{t.Z + 1, 2 * t.X, 2 * t.Y}, {t.Z + 1, 2*t.X + 1, 2 * t.Y}, {t.Z + 1, 2 * t.X, 2*t.Y + 1}, {t.Z + 1, 2*t.X + 1, 2*t.Y + 1}}
	}
	first := pmtiles.ID(t.Z+1, 2*t.X, 2*t.Y)
	for _, other := range [][2]int{{1, 0}, {0, 1}, {1, 1}} {
		first = min(first, pmtiles.ID(t.Z+1, 2*t.X+other[0], 2*t.Y+other[1]))
	}
	for i := range four {
		four[i].Z, four[i].X, four[i].Y = pmtiles.Address(first + uint64(i))
	}
	return four
}

// holding are the tiles of a zoom that hold bounds in the set's coordinates, without their buffers.
func (s *MatrixSet) holding(b layers.Bounds, zoom int) Limit {
	all := s.whole(zoom)
	side := s.Side / float64(int(1)<<zoom)
	place := func(v float64, last int) int { return int(min(max(math.Floor(v), 0), float64(last))) }
	return Limit{Zoom: zoom, MinRow: place((s.North-b[3])/side, all.MaxRow), MaxRow: place((s.North-b[1])/side, all.MaxRow),
		MinColumn: place((b[0]-s.West)/side, all.MaxColumn), MaxColumn: place((b[2]-s.West)/side, all.MaxColumn)}
}

// AnyMatrixSet returns a set by its id, also one that not every server has tiles in, or ErrNotFound.
func AnyMatrixSet(id string) (*MatrixSet, error) { return lookupMatrixSet(id) }

// mostApart is how far points of an area may lie apart, in degrees, so that a straight line between them is one in any set
// to a metre.
const mostApart = 0.05

// place turns an area in degrees into the set's coordinates.
func (s *MatrixSet) place(area orb.MultiPolygon) orb.MultiPolygon {
	if area == nil {
		return nil
	}
	move := func(p orb.Point) orb.Point { return p }
	if s.SRID == 3857 {
		move = func(p orb.Point) orb.Point { return orb.Point{xOf(p[0]), yOf(p[1])} }
	}
	if s.Approximate {
		move = func(p orb.Point) orb.Point {
			lon, lat := GCJ02(p[0], p[1])
			return orb.Point{xOf(lon), yOf(lat)}
		}
	}
	out := make(orb.MultiPolygon, len(area))
	for i, polygon := range area {
		for _, ring := range polygon {
			var placed orb.Ring
			for j, p := range ring {
				for k := 1; j > 0 && k < stepsBetween(ring[j-1], p); k++ {
					part := float64(k) / float64(stepsBetween(ring[j-1], p))
					placed = append(placed, move(orb.Point{ring[j-1][0] + part*(p[0]-ring[j-1][0]), ring[j-1][1] + part*(p[1]-ring[j-1][1])}))
				}
				placed = append(placed, move(p))
			}
			out[i] = append(out[i], placed)
		}
	}
	return out
}

func stepsBetween(a, b orb.Point) int {
	if a[0] == b[0] || a[1] == b[1] { // straight in every set
		return 1
	}
	return 1 + int(max(math.Abs(a[0]-b[0]), math.Abs(a[1]-b[1]))/mostApart)
}

// ParseZooms reads zooms: 8-14, or 12 alone.
func ParseZooms(text string) (first, last int, err error) {
	from, to, several := strings.Cut(strings.TrimSpace(text), "-")
	if !several {
		to = from
	}
	if first, err = strconv.Atoi(from); err == nil {
		last, err = strconv.Atoi(to)
	}
	if err != nil || first < 0 || last > MaxZoom || first > last {
		return 0, 0, layers.Refuse(layers.ErrInvalid, "zooms %q: want some from 0 to %d, such as 8-14", "zooms“%s”有误：应在 0 至 %d 之间，例如 8-14", text, MaxZoom)
	}
	return first, last, nil
}

// ParseBounds reads west,south,east,north in degrees.
func ParseBounds(text string) (*layers.Bounds, error) {
	var b layers.Bounds
	parts := strings.Split(text, ",")
	for i, part := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || len(parts) != len(b) {
			return nil, layers.Refuse(layers.ErrInvalid, "bounds %q: want west,south,east,north in degrees", "bounds“%s”有误：应为 西,南,东,北 的经纬度", text)
		}
		b[i] = v
	}
	return &b, checkBounds(b)
}

func checkBounds(b layers.Bounds) error {
	for _, v := range b {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return layers.Refuse(layers.ErrInvalid, "bounds %v: %v is no number of degrees", "bounds %v：%v 不是经纬度", b, v)
		}
	}
	if b[0] > b[2] || b[1] > b[3] || b[0] < -180 || b[2] > 180 || b[1] < -90 || b[3] > 90 {
		return layers.Refuse(layers.ErrInvalid, "bounds %v: want west, south, east, north in degrees", "bounds %v：应为 西、南、东、北 的经纬度", b)
	}
	return nil
}

// mostCorners is the most corners of an area.
const mostCorners = 1 << 20

// ParseArea reads an area in GeoJSON: a polygon, several, or features of them.
func ParseArea(text []byte) (orb.MultiPolygon, error) {
	var kind struct{ Type string }
	if err := json.Unmarshal(text, &kind); err != nil {
		return nil, layers.Refuse(layers.ErrInvalid, "the area is no GeoJSON: %v", "范围不是 GeoJSON：%v", err)
	}
	var shapes []orb.Geometry
	var err error
	switch kind.Type {
	case "FeatureCollection":
		var all *geojson.FeatureCollection
		if all, err = geojson.UnmarshalFeatureCollection(text); err == nil {
			for _, f := range all.Features {
				shapes = append(shapes, f.Geometry)
			}
		}
	case "Feature":
		var f *geojson.Feature
		if f, err = geojson.UnmarshalFeature(text); err == nil {
			shapes = append(shapes, f.Geometry)
		}
	default:
		var g *geojson.Geometry
		if g, err = geojson.UnmarshalGeometry(text); err == nil {
			shapes = append(shapes, g.Geometry())
		}
	}
	if err != nil {
		return nil, layers.Refuse(layers.ErrInvalid, "the area is no GeoJSON: %v", "范围不是 GeoJSON：%v", err)
	}
	var area orb.MultiPolygon
	for _, g := range shapes {
		switch g := g.(type) {
		case orb.Polygon:
			area = append(area, g)
		case orb.MultiPolygon:
			area = append(area, g...)
		default:
			return nil, layers.Refuse(layers.ErrInvalid, "the area has a %T; want polygons", "范围中有 %T；应为多边形", g)
		}
	}
	return area, checkArea(area)
}

func checkArea(area orb.MultiPolygon) error {
	corners := 0
	for _, polygon := range area {
		if len(polygon) == 0 {
			return layers.Refuse(layers.ErrInvalid, "the area has a polygon without rings", "范围中有没有边界的多边形")
		}
		for _, ring := range polygon {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				return layers.Refuse(layers.ErrInvalid, "the area has a ring that is not closed", "范围中有未闭合的边界")
			}
			for _, p := range ring {
				if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
					return layers.Refuse(layers.ErrInvalid, "the area has a corner at %v, %v; want longitude, latitude in degrees", "范围中有角点 %v, %v；应为经度、纬度", p[0], p[1])
				}
			}
			corners += len(ring)
		}
	}
	if len(area) == 0 || corners > mostCorners {
		return layers.Refuse(layers.ErrInvalid, "the area has %d polygons with %d corners; want some, and at most %d", "范围有 %d 个多边形、共 %d 个角点；不可为空，角点至多 %d 个", len(area), corners, mostCorners)
	}
	return nil
}

// Area is the area of a feature, named as layer/id. It returns ErrInvalid for a feature that is no area.
func (t *Tiles) Area(ctx context.Context, actor layers.Actor, name string) (orb.MultiPolygon, error) {
	layer, id, ok := strings.Cut(name, "/")
	if !ok {
		return nil, layers.Refuse(layers.ErrInvalid, "area %q: want layer/id of a feature", "area“%s”有误：应为 图层/要素标识", name)
	}
	f, err := t.store.Feature(ctx, actor, layer, id, layers.Query{SRID: 4490})
	if err != nil {
		return nil, err
	}
	var area orb.MultiPolygon
	switch g := f.Geometry.(type) {
	case *geom.Polygon:
		area = orb.MultiPolygon{rings(g)}
	case *geom.MultiPolygon:
		for i := range g.NumPolygons() {
			area = append(area, rings(g.Polygon(i)))
		}
	default:
		return nil, layers.Refuse(layers.ErrInvalid, "feature %s is no area", "要素 %s 不是面", name)
	}
	return area, checkArea(area)
}

func rings(p *geom.Polygon) (out orb.Polygon) {
	for i := range p.NumLinearRings() {
		var ring orb.Ring
		for _, c := range p.LinearRing(i).Coords() {
			ring = append(ring, orb.Point{c[0], c[1]})
		}
		out = append(out, ring)
	}
	return slices.Clip(out)
}

// boundsOf are the bounds of an area.
func boundsOf(area orb.MultiPolygon) layers.Bounds {
	b := area.Bound()
	return layers.Bounds{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
}
