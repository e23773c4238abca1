package main

import (
	"context"
	"fmt"
	"strings"

	"onemap/layers"
)

type publishCmd struct {
	Table    string `arg:"" help:"Table or view of the database in use, as SCHEMA.TABLE, spelled as the database has it."`
	Layer    string `required:"" placeholder:"NAME" help:"Name of the layer to make: small letters, digits and _."`
	Title    string `help:"Title for people; the table's name if not given."`
	TitleEn  string `help:"English title."`
	Theme    string `default:"other" help:"Theme it stands under."`
	Geometry string `placeholder:"COLUMN" help:"Geometry column, where the table has several."`
	Track    bool   `help:"Log its changes by triggers, so that open maps follow them; needs an integer primary key."`
}

// Run makes a layer of a table that stays where and as it is.
func (p publishCmd) Run(ctx context.Context, cfg *config) error {
	schema, table, ok := strings.Cut(p.Table, ".")
	if !ok {
		schema, table = "public", p.Table
	}
	return cfg.with(ctx, func(store *layers.Store, _ *database) error {
		opt := layers.PublishOptions{TableSchema: schema, TableName: table, Geometry: p.Geometry, Track: p.Track}
		opt.Name, opt.Title, opt.TitleEn, opt.Theme = p.Layer, p.Title, p.TitleEn, p.Theme
		if opt.Title == "" {
			opt.Title = table
		}
		l, err := store.Publish(ctx, whoami(), opt)
		if err != nil {
			return err
		}
		fmt.Printf("%s.%s is layer %s: %s, EPSG:%d, %d properties\n", schema, table, l.Name, l.GeometryType, l.SRID, len(l.Properties))
		return nil
	})
}
