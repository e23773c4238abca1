package layers

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed distances.sql
var distancesSQL string

// Distances says how far points, in degrees of EPSG:4490, are from the nearest point, line or outline of the layer, in degrees
// too, and +Inf for those farther than reach. Beyond patience it gives up with ErrTimeout. It returns ErrInvalid for layers
// without a geometry in degrees or without a key.
func (s *Store) Distances(ctx context.Context, actor Actor, layer string, points [][2]float64, reach float64, patience time.Duration) ([]float64, error) {
	l, err := s.Layer(ctx, actor, layer)
	if err != nil {
		return nil, err
	}
	if l.Table.Geom == "" || l.Table.Key == "" || !Geographic(l.SRID) {
		return nil, Refuse(ErrInvalid, "layer %q has no features in degrees", "图层“%s”没有以经纬度表示的要素", layer)
	}
	x, y, distances := make([]float64, len(points)), make([]float64, len(points)), make([]float64, len(points))
	for i, p := range points {
		x[i], y[i], distances[i] = p[0], p[1], math.Inf(1)
	}
	query := strings.NewReplacer("/* table */", l.table(), "/* key */", ident(l.Table.Key), "/* geom */", ident(l.Table.Geom)).Replace(distancesSQL)
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select set_config('statement_timeout', $1, true)", strconv.FormatInt(patience.Milliseconds(), 10)); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, query, pgx.StrictNamedArgs{"x": x, "y": y, "srid": l.SRID, "reach": reach})
		if err != nil {
			return err
		}
		var n int
		var d float64
		_, err = pgx.ForEachRow(rows, []any{&n, &d}, func() error {
			distances[n-1] = d
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("distances to %s: %w", layer, translate(err))
	}
	return distances, nil
}
