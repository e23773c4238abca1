package layers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
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
		return c, fmt.Errorf("%w: there is no coordinate system EPSG:%d; usual here are 4490 (degrees), 4548 and 4527 (3-degree zones), 4326, 3857",
			ErrInvalid, srid)
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

// Untransformable reports whether err says that a geometry has no coordinates in the system it was asked for in.
func Untransformable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "XX000" && strings.Contains(pg.Message, "transform")
}
