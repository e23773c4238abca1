package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"onemap/layers"
	"onemap/layers/standard"
)

// tenfold is a layer of ten counties side by side: the first is the county that everything else is measured on.
const tenfold = "dltb10"

// makeTenfold makes the ten counties, unless they are there.
func (r *tilesRun) makeTenfold(ctx context.Context) error {
	var there bool
	if err := r.pool.QueryRow(ctx, "select to_regclass($1) is not null", "layer."+tenfold).Scan(&there); err != nil || there {
		return err
	}
	fmt.Fprintln(os.Stderr, "making ten counties")
	def, err := standard.Table("dltb")
	if err != nil {
		return err
	}
	def.Name = tenfold
	if _, err := r.rig.bed.store.Create(ctx, layers.Anonymous, def); err != nil {
		return err
	}
	var columns, values []string
	for _, c := range def.Columns {
		columns = append(columns, c.Name)
		if c.Name == "bsm" { // which is unique
			c.Name = "lpad(((@county + 1) * 10000000::bigint + fid)::text, 18, '0')"
		}
		values = append(values, c.Name)
	}
	for county := range 10 {
		sql := fmt.Sprintf("insert into layer.%s (%s, geom) select %s, st_translate(geom, %d * 0.5, 0) from layer.dltb order by fid",
			tenfold, strings.Join(columns, ", "), strings.Join(values, ", "), county)
		if _, err := r.pool.Exec(ctx, strings.ReplaceAll(sql, "@county", fmt.Sprint(county))); err != nil {
			return err
		}
	}
	_, err = r.pool.Exec(ctx, "analyze layer."+tenfold)
	return err
}

// runTenfold asks ours for the tiles of one county, cold: of the layer that is it, and of the one that has nine more beside it.
func (r *tilesRun) runTenfold(ctx context.Context) error {
	if err := r.makeTenfold(ctx); err != nil {
		return err
	}
	if _, err := r.pool.Exec(ctx, "update onemap.layer set drawing = (select drawing from onemap.layer where layer = 'dltb') where layer = $1", tenfold); err != nil {
		return err
	}
	ours := r.rig.targets[0]
	ten := &target{name: "tenfold", template: strings.Replace(ours.template, "/dltb/", "/"+tenfold+"/", 1)}
	r.rig.targets = append(r.rig.targets, ten)
	for round := range r.Rounds {
		if err := r.empty(ctx, ours, round); err != nil {
			return err
		}
		if err := r.empty(ctx, ten, round); err != nil {
			return err
		}
		for _, list := range r.cold {
			for _, t := range []*target{ours, ten} {
				d := drive{connections: r.Connections, limit: seconds(r.ColdLimit), round: round}
				if err := r.measure(ctx, modeTenfold, round, t, list, list.Tiles, d); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
