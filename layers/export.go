package layers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// CRS is a coordinate system that the database can give geometries in. Inside, x is always east and comes first.
type CRS struct {
	SRID      int    // of PostGIS
	Authority string // "EPSG"
	Code      int    // by the authority
	Name      string // for people
	WKT       string // OGC 01-009
	Degrees   bool   // of longitude and latitude; otherwise metres or another unit of length
}

// CRS returns the coordinate system of an srid. It returns ErrInvalid for one that PostGIS does not know.
func (s *Store) CRS(ctx context.Context, srid int) (CRS, error) {
	c := CRS{SRID: srid}
	err := s.pool.QueryRow(ctx, `select coalesce(auth_name, ''), coalesce(auth_srid, 0), coalesce(srtext, '')
		from spatial_ref_sys where srid = $1`, srid).Scan(&c.Authority, &c.Code, &c.WKT)
	if errors.Is(err, pgx.ErrNoRows) {
		return c, Refuse(ErrInvalid, "there is no coordinate system EPSG:%d; usual here are 4490 (degrees), 4548 and 4527 (3-degree zones), 4326, 3857", "没有坐标系 EPSG:%d；常用的有 4490（经纬度）、4548 与 4527（3 度带）、4326、3857", srid)
	}
	if err != nil {
		return c, fmt.Errorf("coordinate system %d: %w", srid, translate(err))
	}
	if parts := strings.SplitN(c.WKT, `"`, 3); len(parts) == 3 {
		c.Name = parts[1]
	}
	c.Degrees = strings.HasPrefix(c.WKT, "GEOGCS")
	return c, nil
}

// untransformable reports whether err says that a geometry has no coordinates in the system it was asked for in.
func untransformable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "XX000" && strings.Contains(pg.Message, "transform")
}

// BoundsIn returns bounds of a layer in a system, east first, never smaller than its features; nil where it has none. It
// returns ErrInvalid where the system has no coordinates for them.
func (s *Store) BoundsIn(ctx context.Context, l *Layer, srid int) (*Bounds, error) {
	b, err := l.Bounds, error(nil)
	if b == nil { // no server has followed the log since the layer was made
		b, err = s.measured(ctx, l)
	}
	if err != nil || b == nil || Geographic(srid) {
		return b, err
	}
	to := Bounds{}
	err = s.pool.QueryRow(ctx, `select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e) from (select st_transform(st_segmentize(
		st_makeenvelope($1, $2, $3, $4, 4490), greatest($3 - $1, $4 - $2, 1e-9) / 32), $5::int) as e) as t`, b[0], b[1], b[2], b[3], srid).
		Scan(&to[0], &to[1], &to[2], &to[3])
	if untransformable(err) {
		return nil, Refuse(ErrInvalid, "layer %q has no coordinates in EPSG:%d", "图层“%s”的要素无法换算到 EPSG:%d", l.Name, srid)
	}
	if err != nil {
		return nil, fmt.Errorf("bounds of %s in EPSG:%d: %w", l.Name, srid, translate(err))
	}
	return &to, nil
}

// measured is the bounds of a layer's features as the table has them now, in EPSG:4490.
func (s *Store) measured(ctx context.Context, l *Layer) (*Bounds, error) {
	if l.Table.Geom == "" {
		return nil, nil
	}
	var box pgtype.Box
	query := fmt.Sprintf("select onemap.bounds(st_transform(%s, 4490)::box) from %s", ident(l.Table.Geom), l.table())
	if err := s.pool.QueryRow(ctx, query).Scan(&box); err != nil {
		return nil, fmt.Errorf("bounds of %s: %w", l.Name, translate(err))
	}
	return boundsOf(box), nil
}
