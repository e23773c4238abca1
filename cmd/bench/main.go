// Command bench measures onemap beside the tools people know, on one machine in one run: what takes turns sees the same
// weather, so that the ratios hold where seconds do not. Each sub-command is a file; results go to standard output as
// JSON, and as a table to standard error.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Import   importCmd   `cmd:"" help:"Import a GeoPackage of parcels: onemap beside plain ogr2ogr, and appends of growing size."`
	Tiles    tilesCmd    `cmd:"" help:"Tiles: any servers of them by turns; onemap beside Martin and MapServer on a county, where none is named."`
	Features featuresCmd `cmd:"" help:"Features: a whole layer, single ones and pages of them, onemap beside MapServer on a county."`
	Search   searchCmd   `cmd:"" help:"Searches: what people type, asked of onemap on a county."`
	Bare     bareCmd     `cmd:"" hidden:"" help:"Hand out bytes from memory: the bar for tiles that are kept."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	selected := kong.Parse(&commands{}, kong.Name("bench"), kong.BindTo(ctx, (*context.Context)(nil)))
	selected.FatalIfErrorf(selected.Run())
}

// publish prints a result for machines.
func publish(result any) error {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(result); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

// save writes a result for machines to a file; "" prints it.
func save(result any, path string) error {
	if path == "" {
		return publish(result)
	}
	text, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
