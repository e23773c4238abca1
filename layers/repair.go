package layers

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5"
)

//go:embed repair.sql
var repairSQL string

// Repaired is what PostGIS found in one geometry and made of it.
type Repaired struct {
	Valid    bool
	Reason   string      // PostGIS's words, e.g. "Self-intersection"
	At       *[2]float64 // longitude, latitude of the fault
	Geometry []byte      // EWKB, EPSG:4490, valid; nil where nothing is left
	Before   *float64    // m² on the ellipsoid, of polygons
	After    *float64
}

// Repair judges geometries, EWKB in degrees of EPSG:4490, and mends those that are not valid: ST_MakeValid, of which the
// parts of the same dimension are kept, since what it makes of a polygon besides polygons is dust. Areas are those of
// PostGIS on the ellipsoid. It returns an error for bytes that are no geometry, of the whole lot.
func (s *Store) Repair(ctx context.Context, geometries [][]byte) ([]Repaired, error) {
	rows, err := s.pool.Query(ctx, repairSQL, pgx.StrictNamedArgs{"geometries": geometries})
	if err != nil {
		return nil, fmt.Errorf("repair geometries: %w", translate(err))
	}
	repaired, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Repaired, err error) {
		var x, y *float64
		err = row.Scan(&r.Valid, &r.Reason, &x, &y, &r.Geometry, &r.Before, &r.After)
		if x != nil && y != nil {
			r.At = &[2]float64{*x, *y}
		}
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("repair geometries: %w", translate(err))
	}
	return repaired, nil
}
