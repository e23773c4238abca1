package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"onemap/layers"
	"onemap/tiles"
)

type tilesCmd struct {
	Export tilesExportCmd `cmd:"" help:"Write tiles of layers to one file (PMTiles), all of one moment."`
	Warm   tilesWarmCmd   `cmd:"" help:"Have a running server draw tiles before anybody asks for them."`
}

// where is which tiles are meant.
type where struct {
	Layers []string `required:"" placeholder:"NAME" help:"Layers, in the order in which they lie in a tile."`
	Bounds string   `xor:"where" placeholder:"W,S,E,N" help:"Only tiles that meet these bounds, in degrees."`
	Area   string   `xor:"where" placeholder:"LAYER/ID|FILE" help:"Only tiles that meet an area: a feature, or the polygons of a GeoJSON file."`
	Zooms  string   `required:"" placeholder:"8-14" help:"First and last zoom."`
	Set    string   `default:"WebMercatorQuad" placeholder:"ID" help:"Tile matrix set (${default}; CGCS2000Quad, WebMercatorQuadGCJ02 …)."`
}

// area reads --area: a file that is there, or else a feature, which ask finds.
func (w where) area(ask func(name string) (orb.MultiPolygon, error)) (orb.MultiPolygon, error) {
	if w.Area == "" {
		return nil, nil
	}
	text, err := os.ReadFile(w.Area)
	if errors.Is(err, os.ErrNotExist) {
		area, err := ask(w.Area)
		if err != nil {
			return nil, fmt.Errorf("--area %s is no file, and as a feature: %w", w.Area, err)
		}
		return area, nil
	}
	if err != nil {
		return nil, fmt.Errorf("--area: %w", err)
	}
	area, err := tiles.ParseArea(text)
	if err != nil {
		return nil, fmt.Errorf("--area %s: %w", w.Area, err)
	}
	return area, nil
}

type tilesExportCmd struct {
	where
	Output     string   `short:"o" required:"" placeholder:"FILE.pmtiles" type:"path" help:"File to write."`
	Since      int64    `placeholder:"POSITION" help:"Only tiles that have changed after this position of the change log, as the metadata of an archive names it (onemap:position); what is empty now is in it as a tile of nothing."`
	AsOf       string   `placeholder:"TIME|POSITION" help:"Tiles as they were: 2026-05-01T08:00:00+08:00, 2026-05-01 (its end), or a position of the change log."`
	Properties []string `placeholder:"NAME,…" help:"Properties to carry besides those that drawing needs."`
	Overwrite  bool     `help:"Write over a file that is there."`
}

// Run writes the archive. Layers may be written to meanwhile.
func (c tilesExportCmd) Run(ctx context.Context, cfg *config) error {
	opt := tiles.ArchiveOptions{Layers: c.Layers, Since: c.Since, Properties: c.Properties}
	var err error
	if opt.MinZoom, opt.MaxZoom, err = tiles.ParseZooms(c.Zooms); err != nil {
		return fmt.Errorf("--zooms: %w", err)
	}
	if c.Bounds != "" {
		if opt.Bounds, err = tiles.ParseBounds(c.Bounds); err != nil {
			return fmt.Errorf("--bounds: %w", err)
		}
	}
	if _, err := os.Stat(c.Output); err == nil && !c.Overwrite {
		return fmt.Errorf("%s is there already; --overwrite writes over it", c.Output)
	}
	return cfg.withPool(ctx, func(store *layers.Store, pool *pgxpool.Pool, _ *database) error {
		stop := keepUp(ctx, store, cfg)
		defer stop()
		drawn := tiles.New(pool, store, tiles.Options{Bytes: -1, Share: max(2, int(pool.Config().MaxConns)-2), GCJ02: true})
		if opt.Set, err = drawn.MatrixSet(c.Set); err != nil {
			return fmt.Errorf("--set: %w", err)
		}
		if opt.Area, err = c.area(func(name string) (orb.MultiPolygon, error) { return drawn.Area(ctx, whoami(), name) }); err != nil {
			return err
		}
		if opt.AsOf, err = asOf(ctx, store, c.AsOf); err != nil {
			return err
		}
		return c.write(ctx, drawn, opt)
	})
}

// write makes the file under another name, so that there is a whole one or none.
func (c tilesExportCmd) write(ctx context.Context, drawn *tiles.Tiles, opt tiles.ArchiveOptions) error {
	began := time.Now()
	bar := newBar(os.Stderr, map[string]string{"draw": "drawing tiles"})
	opt.Progress = func(done, total int64) { bar("draw", done, total) }
	file, err := os.CreateTemp(filepath.Dir(c.Output), ".tiles-*")
	if err != nil {
		return err
	}
	archive, err := drawn.WriteArchive(ctx, whoami(), file, opt)
	bar("", 0, 0)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = errors.Join(os.Chmod(file.Name(), 0o644), os.Rename(file.Name(), c.Output))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return printArchive(os.Stdout, c.Output, archive, time.Since(began))
}

func printArchive(w io.Writer, path string, a *tiles.Archive, took time.Duration) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(value, args...)) }
	row("file", "%s  %s", path, bytesText(info.Size()))
	position := fmt.Sprint(a.Position)
	if a.Since != 0 {
		position = fmt.Sprintf("%d, what has changed since %d", a.Position, a.Since)
	}
	row("position", "%s", position)
	row("tiles", "%d of zooms %d to %d in %.1f s (%d empty)", a.Tiles, a.MinZoom, a.MaxZoom, took.Seconds(), a.Empty)
	row("bounds", "%.6f, %.6f – %.6f, %.6f", a.Bounds[0], a.Bounds[1], a.Bounds[2], a.Bounds[3])
	return t.Flush()
}

// keepUp gives commits their positions where no server does, and keeps the catalogue in memory, until stop.
func keepUp(ctx context.Context, store *layers.Store, cfg *config) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{}, 2)
	go func() {
		_ = layers.NewSequencer(store, cfg.logger()).Run(ctx) // tells the log itself
		ended <- struct{}{}
	}()
	go func() {
		_ = store.Watch(ctx) // without it the catalogue is read for every tile
		ended <- struct{}{}
	}()
	return func() { cancel(); <-ended; <-ended }
}

type tilesWarmCmd struct {
	where
	Server  string `default:"http://127.0.0.1:8080" placeholder:"URL" help:"Server to warm (${default})."`
	Workers int    `default:"4" help:"Tiles asked for at once."`
}

// Run asks the server for the tiles, and waits where it is busy.
func (c tilesWarmCmd) Run(ctx context.Context, _ *config) error {
	first, last, err := tiles.ParseZooms(c.Zooms)
	if err != nil {
		return fmt.Errorf("--zooms: %w", err)
	}
	w := newWarmer(c.Server, c.Set, c.Layers, min(max(c.Workers, 1), 64))
	cover, err := w.describe(ctx, first, last)
	if err != nil {
		return err
	}
	if c.Bounds != "" {
		b, err := tiles.ParseBounds(c.Bounds)
		if err != nil {
			return fmt.Errorf("--bounds: %w", err)
		}
		cover.Bounds = *b
	}
	if cover.Area, err = c.area(func(name string) (orb.MultiPolygon, error) { return w.feature(ctx, name) }); err != nil {
		return err
	}
	if cover.Area != nil {
		b := cover.Area.Bound()
		cover.Bounds = layers.Bounds{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
	}
	began := time.Now()
	bar := newBar(os.Stderr, map[string]string{"warm": "warming tiles"})
	err = w.run(ctx, cover, func(done, total int64) { bar("warm", done, total) })
	bar("", 0, 0)
	fmt.Printf("%d tiles in %.1f s: %d with data (%s), %d empty, %d times the server was busy\n",
		w.done.Load(), time.Since(began).Seconds(), w.full.Load(), bytesText(w.bytes.Load()), w.empty.Load(), w.busy.Load())
	return cmp.Or(err, w.failed())
}
