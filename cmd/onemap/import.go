package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"onemap/layers"
	"onemap/layers/intake"
)

type importCmd struct {
	File     string        `arg:"" type:"path" help:"Shapefile (.shp, or a .zip of one), GeoPackage (.gpkg) or GeoJSON (.geojson, .json)."`
	Layer    string        `required:"" placeholder:"NAME" help:"Name of the layer to make: small letters, digits and _."`
	Title    string        `help:"Title for people; the file's name if not given."`
	TitleEn  string        `help:"English title."`
	Theme    string        `default:"other" help:"Theme it stands under: base, landuse, planning, pipeline, drainage, water, evacuation, grid, facility, other."`
	SRID     int           `name:"srid" placeholder:"EPSG" help:"Coordinate system of the file, where it does not say it or says it wrongly: 4490, 4548, 4527, 4326 …"`
	Encoding string        `placeholder:"NAME" help:"Encoding of a shapefile's text (GB18030, UTF-8, Big5 …), where what is found out is wrong."`
	From     string        `placeholder:"NAME" help:"Layer in the file, where it has several."`
	Timeout  time.Duration `default:"2h" help:"Give up after this long."`
}

// Run imports the file and says what came in.
func (c importCmd) Run(ctx context.Context, cfg *config) error {
	return cfg.with(ctx, func(store *layers.Store, db *database) error {
		bar := newBar(os.Stderr)
		_, err := intake.Import(ctx, store, whoami(), []string{c.File}, intake.Options{
			Layer: c.Layer, Title: c.Title, TitleEn: c.TitleEn, Theme: c.Theme, SRID: c.SRID, Encoding: c.Encoding, From: c.From,
			Timeout: c.Timeout, Progress: bar,
		})
		bar(intake.Progress{Step: ""})
		return err
	})
}

// whoami is the person at the terminal, as the log will name them.
func whoami() layers.Actor {
	if u, err := user.Current(); err == nil {
		return layers.Actor{ID: u.Username, Name: u.Name}
	}
	return layers.Anonymous
}

// steps are what the steps of an import are called.
var steps = map[string]string{"look": "looking at the file", "read": "reading", "settle": "settling the columns", "wait": "waiting for another import", "write": "writing the layer"}

// newBar tells how far an import is: a bar that is written over on a terminal, one line per step elsewhere. The step ""
// ends the line.
func newBar(to *os.File) func(intake.Progress) {
	const width = 24
	terminal, last := isTerminal(to), ""
	return func(p intake.Progress) {
		switch {
		case p.Step == "":
			if terminal && last != "" {
				fmt.Fprint(to, "\r\x1b[K")
			}
		case terminal && p.Total > 0:
			full := int(p.Done * width / p.Total)
			fmt.Fprintf(to, "\r\x1b[K%-20s %s%s %3d %%  %d/%d", steps[p.Step], strings.Repeat("█", full), strings.Repeat("░", width-full),
				p.Done*100/p.Total, p.Done, p.Total)
		case terminal:
			fmt.Fprintf(to, "\r\x1b[K%s …", steps[p.Step])
		case p.Step != last && p.Total > 0:
			fmt.Fprintf(to, "%s: %d features\n", steps[p.Step], p.Total)
		case p.Step != last:
			fmt.Fprintln(to, steps[p.Step])
		}
		last = p.Step
	}
}
