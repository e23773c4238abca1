package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"onemap/layers"
	"onemap/layers/format"
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
		sum, err := format.Import(ctx, store, whoami(), db.URL, c.File, format.Options{
			Layer: c.Layer, Title: c.Title, TitleEn: c.TitleEn, Theme: c.Theme, SRID: c.SRID, Encoding: c.Encoding, From: c.From,
			Timeout: c.Timeout, Progress: bar,
		})
		bar(format.Progress{Step: ""})
		if err != nil {
			return err
		}
		printSummary(os.Stdout, sum)
		return nil
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
var steps = map[string]string{"look": "looking at the file", "read": "reading", "check": "checking geometries", "write": "writing the layer"}

// newBar tells how far an import is: a bar that is written over on a terminal, one line per step elsewhere. The step ""
// ends the line.
func newBar(to *os.File) func(format.Progress) {
	const width = 24
	terminal, last := isTerminal(to), ""
	return func(p format.Progress) {
		switch {
		case p.Step == "":
			if terminal && last != "" {
				fmt.Fprint(to, "\r\x1b[K")
			}
		case terminal && p.Rows > 0:
			full := int(p.Done * width / p.Rows)
			fmt.Fprintf(to, "\r\x1b[K%-20s %s%s %3d %%  %d/%d", steps[p.Step], strings.Repeat("█", full), strings.Repeat("░", width-full),
				p.Done*100/p.Rows, p.Done, p.Rows)
		case terminal:
			fmt.Fprintf(to, "\r\x1b[K%s …", steps[p.Step])
		case p.Step != last && p.Rows > 0:
			fmt.Fprintf(to, "%s: %d features\n", steps[p.Step], p.Rows)
		case p.Step != last:
			fmt.Fprintln(to, steps[p.Step])
		}
		last = p.Step
	}
}

// printSummary says what came in.
func printSummary(w io.Writer, s *format.Summary) {
	l := s.Layer
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(value, args...)) }
	row("layer", "%s  %s", l.Name, l.Title)
	row("features", "%d in %.1f s", s.Rows, s.Took.Seconds())
	if l.GeometryType != "" {
		z := ""
		if l.HasZ {
			z = " with heights"
		}
		row("geometry", "%s%s", l.GeometryType, z)
		row("coordinates", "%s → CGCS2000 (EPSG:4490)", s.CRS)
	}
	row("text", "%s", s.Encoding)
	if b := s.Bounds; b != nil {
		row("bounds", "%.6f, %.6f – %.6f, %.6f", b[0], b[1], b[2], b[3])
	}
	for i, f := range s.Fields {
		head := ""
		if i == 0 {
			head = "fields"
		}
		title := ""
		if f.Title != f.Name {
			title = "  " + f.Title
		}
		row(head, "%s  %s%s", f.Name, f.Type, title)
	}
	if s.Repaired > 0 {
		row("repaired", "%d invalid geometries", s.Repaired)
	}
	if s.NoShape > 0 {
		row("empty", "%d features have no geometry", s.NoShape)
	}
	for _, warning := range s.Warnings {
		row("note", "%s", warning)
	}
	if s.Bounds != nil {
		row("look", "%s  (while onemap serve runs)", lookAt(s))
	}
	t.Flush()
}

// lookAt is the page, on the layer: at the zoom that shows all of it, or the first that shows it at all.
func lookAt(s *format.Summary) string {
	b := s.Bounds
	size := max((b[2]-b[0])/360, (b[3]-b[1])/180, 1e-6)
	zoom := max(math.Log2(800.0/512/size), float64(s.Layer.Drawing.MinZoom), 0)
	return fmt.Sprintf("http://127.0.0.1:8080/?at=%.2f/%.6f/%.6f", min(zoom, 17), (b[1]+b[3])/2, (b[0]+b[2])/2)
}
