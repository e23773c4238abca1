package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/demo"
	"onemap/layers/standard"
)

// parcels are the land-use parcels of the synthetic county, kept in the database to make files of.
type parcels struct {
	bed     *bed
	columns []string
	rows    int // of one county
}

// seed loads the county once.
func (b *bed) seed(ctx context.Context) (*parcels, error) {
	for _, t := range demo.Make(370832, demo.County).Tables() {
		if t.Layer != "dltb" {
			continue
		}
		def, err := standard.Table(t.Layer)
		if err != nil {
			return nil, err
		}
		def.Name = "seed"
		var rows [][]any
		for row := range t.Rows {
			rows = append(rows, row)
		}
		_, _, err = b.store.CreateLoad(ctx, layers.Anonymous, def, t.Columns, pgx.CopyFromRows(rows), layers.LoadOptions{})
		return &parcels{bed: b, columns: t.Columns, rows: len(rows)}, err
	}
	return nil, fmt.Errorf("the county has no layer dltb")
}

// file writes a GeoPackage of n parcels: as many counties as it takes, side by side from the place-th on, each parcel
// with a number of its own.
func (p *parcels) file(ctx context.Context, n, place int) (string, error) {
	path := filepath.Join(p.bed.dir, fmt.Sprintf("parcels-%d-%d.gpkg", n, place))
	columns := make([]string, len(p.columns))
	for i, c := range p.columns {
		switch c {
		case "bsm":
			columns[i] = "lpad(((county::bigint + 1) * 10000000 + fid)::text, 18, '0') as bsm"
		case "geom":
			columns[i] = "st_translate(geom, county * 0.5, 0)::geometry(MultiPolygon, 4490) as geom"
		default:
			columns[i] = c
		}
	}
	sql := fmt.Sprintf("select %s from generate_series(%d, %d) county, layer.seed order by county, fid limit %d",
		strings.Join(columns, ", "), place, place+(n-1)/p.rows, n)
	_, err := run(ctx, "ogr2ogr", "-f", "GPKG", path, "PG:"+p.bed.server.URL(), "-sql", sql, "-nln", "parcels", "-a_srs", "EPSG:4490", "-nlt", "MULTIPOLYGON")
	return path, err
}
