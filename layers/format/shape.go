package format

import (
	"context"
	"fmt"

	"onemap/layers"
)

// shape is what the geometries of the staging table are like.
type shape struct {
	rows, null, repaired int64
	kind                 string // type of the layer; "" = no geometries
	z                    bool
	bounds               *layers.Bounds
	mean                 float64 // size of one feature in degrees: the longer side of its bounds, on average
	warnings             []string
}

// inspect repairs invalid geometries in place and then measures. Repair keeps the dimension: what MakeValid makes of a
// polygon besides polygons is dust.
func (s *stage) inspect(ctx context.Context, geometry bool) (shape, error) {
	var sh shape
	table := "onemap." + s.name
	if !geometry {
		err := s.conn.QueryRow(ctx, "select count(*) from "+table).Scan(&sh.rows)
		return sh, err
	}
	tag, err := s.conn.Exec(ctx, `update `+table+` t set geom = r.g from (
			select ogc_fid, st_multi(st_collectionextract(st_makevalid(geom), st_dimension(geom) + 1)) as g
			from `+table+` where st_dimension(geom) < 3 and not st_isvalid(geom)) r
		where r.ogc_fid = t.ogc_fid and not st_isempty(r.g)`)
	if err != nil {
		return sh, fmt.Errorf("repair geometries: %w", err)
	}
	sh.repaired = tag.RowsAffected()
	var points, multipoints, lines, areas, others, heights, declared int64
	var box [4]*float64
	err = s.conn.QueryRow(ctx, `
		select count(*), count(*) filter (where geom is null or st_isempty(geom)),
		       count(*) filter (where k = 'ST_Point'), count(*) filter (where k = 'ST_MultiPoint' and st_numgeometries(geom) > 1),
		       count(*) filter (where k in ('ST_LineString', 'ST_MultiLineString', 'ST_CompoundCurve', 'ST_CircularString', 'ST_MultiCurve')),
		       count(*) filter (where k in ('ST_Polygon', 'ST_MultiPolygon', 'ST_CurvePolygon', 'ST_MultiSurface')),
		       count(*) filter (where k in ('ST_GeometryCollection', 'ST_Tin', 'ST_PolyhedralSurface', 'ST_Triangle')),
		       count(*) filter (where st_zmin(geom) <> 0 or st_zmax(geom) <> 0), count(*) filter (where st_zmflag(geom) in (2, 3)),
		       min(st_xmin(geom)), min(st_ymin(geom)), max(st_xmax(geom)), max(st_ymax(geom)),
		       coalesce(avg(greatest(st_xmax(geom) - st_xmin(geom), st_ymax(geom) - st_ymin(geom))), 0)
		from (select geom, st_geometrytype(geom) as k from `+table+`) g`).
		Scan(&sh.rows, &sh.null, &points, &multipoints, &lines, &areas, &others, &heights, &declared,
			&box[0], &box[1], &box[2], &box[3], &sh.mean)
	if err != nil {
		return sh, fmt.Errorf("look at geometries: %w", err)
	}
	sh.z = declared > 0 && heights > 0
	if box[0] != nil && box[1] != nil && box[2] != nil && box[3] != nil {
		sh.bounds = &layers.Bounds{*box[0], *box[1], *box[2], *box[3]}
	}
	sh.settle(points, multipoints, lines, areas, others)
	return sh, sh.plausible()
}

// settle chooses the layer's type: lines and areas are always Multi; several kinds share the type Geometry.
func (s *shape) settle(points, multipoints, lines, areas, others int64) {
	full := s.rows - s.null
	switch {
	case full == 0:
		s.kind, s.z = "Geometry", false
		s.warnings = append(s.warnings, "no feature has a geometry: there is nothing to draw")
	case lines == full:
		s.kind = "MultiLineString"
	case areas == full:
		s.kind = "MultiPolygon"
	case lines+areas+others == 0 && multipoints > 0:
		s.kind = "MultiPoint"
	case lines+areas+others == 0:
		s.kind = "Point"
	default:
		s.kind = "Geometry"
		s.warnings = append(s.warnings, fmt.Sprintf("the file mixes points, lines and areas (%d areas, %d lines, %d points, %d others): "+
			"they share one layer, but are better kept apart", areas, lines, full-areas-lines-others, others))
	}
}

// plausible refuses what can not be on the map: almost always a wrong coordinate system.
func (s *shape) plausible() error {
	b := s.bounds
	if b == nil {
		return nil
	}
	if b[0] < -180.000001 || b[2] > 180.000001 || b[1] < -85.06 || b[3] > 85.06 {
		return fmt.Errorf("%w: the features reach from %.6g, %.6g to %.6g, %.6g degrees, which is outside the map (±180, ±85.06): "+
			"either the coordinate system is another one (say it with --srid) or the file has stray points", layers.ErrInvalid, b[0], b[1], b[2], b[3])
	}
	return nil
}

// expression turns a geometry of the staging table into one of the layer's type.
func (s *shape) expression() string {
	g := "st_curvetoline(geom)"
	switch s.kind {
	case "Point":
		g = "st_geometryn(geom, 1)"
	case "Geometry":
	default:
		g = "st_multi(" + g + ")"
	}
	force := "st_force2d"
	if s.z {
		force = "st_force3dz"
	}
	return "case when not st_isempty(geom) then " + force + "(" + g + ") end"
}
