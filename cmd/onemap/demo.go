package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"

	"onemap/layers"
	"onemap/layers/demo"
)

type demoCmd struct {
	Size   string `enum:"small,county,large" default:"county" help:"small (15,000 parcels), county (350,000) or large (3.5 million)."`
	Seed   uint64 `default:"370832" help:"The same seed and size give the same county, to the byte."`
	Digest bool   `help:"Only generate: print each layer's rows and SHA-256, touch no database."`
}

// Run generates the county and loads it; the rows of its layers that are there already are replaced.
func (d demoCmd) Run(ctx context.Context, cfg *config) error {
	if d.Digest {
		return d.digest(ctx)
	}
	return cfg.with(ctx, func(store *layers.Store, _ *database) error {
		return loadDemo(ctx, store, d.Seed, demo.Size(d.Size), newProgress(os.Stderr, nil))
	})
}

// digest names every layer's content without a database. Rows are hashed in the order they are made.
func (d demoCmd) digest(ctx context.Context) error {
	w := demo.Make(d.Seed, demo.Size(d.Size))
	for _, table := range w.Tables() {
		sum, rows := sha256.New(), 0
		for row := range table.Rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			rows++
			fmt.Fprintf(sum, "%v\n", row)
		}
		fmt.Printf("%-16s %9d  %x\n", table.Layer, rows, sum.Sum(nil))
	}
	return nil
}

// loadDemo generates the county and writes it, telling progress as it goes.
func loadDemo(ctx context.Context, store *layers.Store, seed uint64, size demo.Size, say func(layer string, rows int)) error {
	say("", 0)
	return demo.Write(ctx, store, demo.Make(seed, size), say)
}
