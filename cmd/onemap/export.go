package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"onemap/layers"
	"onemap/layers/cql"
	"onemap/layers/format"
)

type exportCmd struct {
	Layer      string   `arg:"" help:"Name of the layer."`
	Output     string   `short:"o" required:"" placeholder:"FILE" type:"path" help:"File to write; its name tells the format. parcels.zip is a zipped shapefile. - is standard output, for formats that can be streamed."`
	Format     string   `placeholder:"NAME" help:"Format, where the name of the file does not tell it: ${formats}."`
	Filter     []string `sep:"none" placeholder:"CQL2" help:"Only features that this CQL2 text is true of, as floors > 2 AND use LIKE '01%'; for short PROPERTY=VALUE[,VALUE…], without blanks and quotes. Several must all hold."`
	Bounds     string   `placeholder:"MINX,MINY,MAXX,MAXY" help:"Only features that touch these bounds, east before north, or have no geometry."`
	BoundsSRID int      `name:"bounds-srid" default:"4490" placeholder:"EPSG" help:"Coordinate system of --bounds."`
	SRID       int      `name:"srid" placeholder:"EPSG" help:"Coordinate system to write; the layer's own if not given."`
	AsOf       string   `placeholder:"TIME|POSITION" help:"The layer as it was: 2026-05-01T08:00:00+08:00, 2026-05-01 (its end), or a position of the change log."`
	Properties []string `placeholder:"NAME,…" help:"Only these properties, in this order."`
	ID         string   `name:"id" placeholder:"FIELD" help:"Write the feature's id as a field of this name."`
	Names      string   `enum:"name,title" default:"name" help:"What fields are called: by the property's name or its Chinese title."`
	Codes      string   `enum:"code,name,both" default:"code" help:"Coded values as code, as name, or both in two fields."`
	Encoding   string   `placeholder:"NAME" help:"Encoding of text, for formats that have a choice: UTF-8 (if not given), GB18030, GBK, Big5."`
	NoBOM      bool     `name:"no-bom" help:"Begin a CSV without a byte order mark (Excel then takes UTF-8 for something else)."`
	Overwrite  bool     `help:"Write over a file that is there."`
	Report     string   `placeholder:"FILE" type:"path" help:"Write the report as JSON."`
}

// Run writes the file and says what became of what.
func (c exportCmd) Run(ctx context.Context, cfg *config) error {
	query, err := c.query()
	if err != nil {
		return err
	}
	return cfg.with(ctx, func(store *layers.Store, _ *database) error {
		if query.AsOf, err = asOf(ctx, store, c.AsOf); err != nil {
			return err
		}
		report, err := c.write(ctx, store, query)
		if err != nil {
			return err
		}
		if c.Report != "" {
			if err := writeJSON(c.Report, report); err != nil {
				return err
			}
		}
		to := os.Stdout
		if c.streams() {
			to = os.Stderr
		}
		printExport(to, report)
		return nil
	})
}

func (c exportCmd) streams() bool { return c.Output == "-" }

func (c exportCmd) write(ctx context.Context, store *layers.Store, query layers.Query) (*format.ExportReport, error) {
	progress := newExportBar(os.Stderr)
	defer progress("", 0, 0)
	opt := format.ExportOptions{
		File: c.Output, Format: c.Format, Properties: c.Properties, ID: c.ID, Names: c.Names, Codes: c.Codes, Encoding: c.Encoding,
		NoBOM: c.NoBOM, Overwrite: c.Overwrite, Progress: progress,
	}
	if c.streams() {
		opt.File = ""
		return format.ExportTo(ctx, os.Stdout, store, whoami(), c.Layer, query, opt)
	}
	return format.Export(ctx, store, whoami(), c.Layer, query, opt)
}

// query reads the filters.
func (c exportCmd) query() (q layers.Query, err error) {
	q.SRID, q.BoundsSRID = c.SRID, c.BoundsSRID
	if err = c.conditions(&q); err != nil {
		return q, err
	}
	if c.Bounds == "" {
		return q, nil
	}
	parts := strings.Split(c.Bounds, ",")
	var b layers.Bounds
	for i, part := range parts {
		if len(parts) != len(b) {
			return q, fmt.Errorf("--bounds has %d numbers, want 4: west, south, east, north", len(parts))
		}
		if b[i], err = strconv.ParseFloat(strings.TrimSpace(part), 64); err != nil {
			return q, fmt.Errorf("--bounds: %q is not a number", part)
		}
	}
	if b[1] > b[3] {
		return q, fmt.Errorf("--bounds: south %v is north of north %v", b[1], b[3])
	}
	q.Bounds = &b
	return q, nil
}

// values is a filter for short: what is neither is CQL2.
var values = regexp.MustCompile(`^[^\s'"()<>=]+=[^'"()<>=]*$`)

// conditions reads the filters.
func (c exportCmd) conditions(q *layers.Query) error {
	var all []*cql.Filter
	for _, f := range c.Filter {
		if values.MatchString(f) {
			property, list, _ := strings.Cut(f, "=")
			q.Equal = append(q.Equal, layers.Equal{Property: property, Values: strings.Split(list, ",")})
			continue
		}
		filter, err := cql.Parse(f)
		if err != nil {
			return fmt.Errorf("--filter %q: %w", f, err)
		}
		all = append(all, filter)
	}
	if len(all) == 0 {
		return nil
	}
	filter, err := cql.All(all...)
	q.Filter = filter
	return err
}

// asOf finds the position that a moment, a day or a position means; "" is now.
func asOf(ctx context.Context, store *layers.Store, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if pos, err := strconv.ParseInt(text, 10, 64); err == nil {
		if last, err := store.Position(ctx); err != nil {
			return 0, err
		} else if pos < 1 || pos > last {
			return 0, fmt.Errorf("--as-of: there is no position %d; the last is %d", pos, last)
		}
		return pos, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if day, dayErr := time.ParseInLocation(time.DateOnly, text, layers.Zone); dayErr == nil {
		at, err = day.AddDate(0, 0, 1).Add(-time.Microsecond), nil
	}
	if err != nil {
		return 0, fmt.Errorf("--as-of %q: want 2026-05-01T08:00:00+08:00, 2026-05-01, or a position", text)
	}
	pos, err := store.PositionAt(ctx, at)
	if err == nil && pos == 0 {
		return 0, fmt.Errorf("--as-of %s: nothing was there yet", text)
	}
	return pos, err
}

// newExportBar tells how far an export is, on a terminal: a line that is written over. The step "" ends it.
func newExportBar(to *os.File) func(step string, done, total int64) {
	const width = 24
	terminal, said := isTerminal(to), time.Time{}
	return func(step string, done, total int64) {
		switch {
		case !terminal:
		case step == "":
			fmt.Fprint(to, "\r\x1b[K")
		case total > 0 && (time.Since(said) > 100*time.Millisecond || done >= total):
			said = time.Now()
			full := int(done * width / total)
			fmt.Fprintf(to, "\r\x1b[K%-10s %s%s %3d %%  %d/%d", step, strings.Repeat("█", full), strings.Repeat("░", width-full), done*100/total, done, total)
		}
	}
}

func writeJSON(file string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}

// printExport says what was written.
func printExport(w io.Writer, r *format.ExportReport) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(value, args...)) }
	row("layer", "%s  %s", r.Layer, r.Title)
	row("features", "%d in %.1f s", r.Rows, r.Seconds)
	for _, f := range r.Files {
		row("file", "%s  %s", f.Name, bytesText(f.Bytes))
	}
	row("format", "%s, text in %s", r.Format, r.Encoding)
	if r.SRID != 0 {
		row("coordinates", "%s (EPSG:%d)", r.CRS, r.SRID)
	}
	for _, f := range r.Fields {
		if f.Name != f.Property {
			row("renamed", "%s → %s  %s", f.Property, f.Name, f.Title)
		}
	}
	for _, n := range r.Notes {
		row(string(n.Severity), "%s", noteText(n))
	}
	t.Flush()
}

func noteText(n *format.ExportNote) string {
	text := n.Words.En
	if n.Field != "" {
		text = fmt.Sprintf("%s: %s (%d values", n.Field, text, n.Count)
		if len(n.Features) > 0 {
			text += "; features " + strings.Join(n.Features, ", ")
		}
		text += ")"
	}
	return text
}

func bytesText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}

// writableNames lists the formats that can be written, for the help.
func writableNames() string {
	var names []string
	for _, f := range format.Writable() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}
