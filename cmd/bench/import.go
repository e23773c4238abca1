package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
)

type importCmd struct {
	Rows   int    `default:"350000" help:"Parcels in the file."`
	Runs   int    `default:"3" help:"Runs of each, by turns."`
	Append int    `default:"3000000" help:"Largest append to a layer that has rows; a sixth, a third and two thirds of it are measured too. 0: none."`
	Dir    string `type:"path" help:"Where the throw-away directory is made; it needs 6 GB for an append of 3 million."`
}

// importResult is what a benchmark of imports prints.
type importResult struct {
	Rows    int           `json:"rows"`
	Plain   []usage       `json:"plain"`  // ogr2ogr -f PostgreSQL, COPY, one spatial index
	Onemap  []usage       `json:"onemap"` // onemap import: two geometries, both indexed, checks, log
	Ratio   float64       `json:"ratio"`  // of the medians of seconds
	Appends []appendUsage `json:"appends,omitempty"`
}

type appendUsage struct {
	Rows int `json:"rows"`
	usage
}

// Run measures and prints.
func (c importCmd) Run(ctx context.Context) (err error) {
	b, err := makeBed(ctx, c.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	seed, err := b.seed(ctx)
	if err != nil {
		return err
	}
	result := importResult{Rows: c.Rows}
	if err := c.turns(ctx, seed, &result); err != nil {
		return err
	}
	if err := c.appends(ctx, seed, &result); err != nil {
		return err
	}
	result.print()
	return publish(result)
}

// turns imports one file by both, by turns.
func (c importCmd) turns(ctx context.Context, seed *parcels, result *importResult) error {
	b := seed.bed
	path, err := seed.file(ctx, c.Rows, 0)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	for i := range c.Runs {
		layer := fmt.Sprintf("parcels_%d", i)
		plain, err := run(ctx, "ogr2ogr", "-f", "PostgreSQL", "PG:"+b.server.URL(), path, "-nln", "public.plain", "--config", "PG_USE_COPY", "YES")
		if err != nil {
			return err
		}
		ours, err := run(ctx, b.onemap, "import", path, "--layer", layer, "--database-url", b.server.URL())
		if err != nil {
			return err
		}
		if err := b.expect(ctx, layer, c.Rows); err != nil {
			return err
		}
		result.Plain, result.Onemap = append(result.Plain, plain), append(result.Onemap, ours)
		if err := b.drop(ctx, layer); err != nil {
			return err
		}
		if _, err := b.pool.Exec(ctx, "drop table public.plain"); err != nil {
			return err
		}
	}
	result.Ratio = median(result.Onemap) / median(result.Plain)
	return nil
}

// appends adds files of growing size to a layer that has a county, each time a fresh one.
func (c importCmd) appends(ctx context.Context, seed *parcels, result *importResult) error {
	b := seed.bed
	if c.Append == 0 {
		return nil
	}
	first, err := seed.file(ctx, seed.rows, 0)
	if err != nil {
		return err
	}
	for i, n := range []int{c.Append / 6, c.Append / 3, c.Append * 2 / 3, c.Append} {
		layer := fmt.Sprintf("grown_%d", i)
		if _, err := run(ctx, b.onemap, "import", first, "--layer", layer, "--database-url", b.server.URL()); err != nil {
			return err
		}
		path, err := seed.file(ctx, n, 1)
		if err != nil {
			return err
		}
		u, err := run(ctx, b.onemap, "import", path, "--layer", layer, "--mode", "append", "--database-url", b.server.URL())
		if err != nil {
			return err
		}
		if err := b.expect(ctx, layer, seed.rows+n); err != nil {
			return err
		}
		result.Appends = append(result.Appends, appendUsage{n, u})
		fmt.Fprintf(os.Stderr, "appended %d in %.1f s\n", n, u.Seconds)
		if err := b.drop(ctx, layer); err != nil {
			return err
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// drop removes a layer without what protects users: its rows would first go to history, and the disk would be busy with
// them during the next run.
func (b *bed) drop(ctx context.Context, layer string) error {
	_, err := b.pool.Exec(ctx, fmt.Sprintf("select set_config('onemap.ddl', 'off', true); drop table layer.%[1]s; select onemap.gone('%[1]s')", layer))
	return err
}

// expect makes sure that what was measured was done.
func (b *bed) expect(ctx context.Context, layer string, rows int) error {
	var n int
	if err := b.pool.QueryRow(ctx, "select count(*) from layer."+layer).Scan(&n); err != nil {
		return err
	}
	if n != rows {
		return fmt.Errorf("layer %s has %d features, want %d", layer, n, rows)
	}
	return nil
}

// median of the seconds.
func median(runs []usage) float64 {
	seconds := make([]float64, len(runs))
	for i, u := range runs {
		seconds[i] = u.Seconds
	}
	slices.Sort(seconds)
	return (seconds[(len(seconds)-1)/2] + seconds[len(seconds)/2]) / 2
}

// print is the result for people.
func (r *importResult) print() {
	t := tabwriter.NewWriter(os.Stderr, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "what\trows\ts\trows/s\tCPU s\tpeak MB\tchildren MB\t")
	line := func(what string, rows int, u usage) {
		fmt.Fprintf(t, "%s\t%d\t%.2f\t%.0f\t%.2f\t%.0f\t%.0f\t\n", what, rows, u.Seconds, float64(rows)/u.Seconds, u.CPU, u.PeakMB, u.ChildrenMB)
	}
	for i := range r.Plain {
		line("ogr2ogr", r.Rows, r.Plain[i])
		line("onemap", r.Rows, r.Onemap[i])
	}
	for _, a := range r.Appends {
		line("append", a.Rows, a.usage)
	}
	t.Flush()
	fmt.Fprintf(os.Stderr, "onemap takes %.2f of the time of ogr2ogr (medians)\n", r.Ratio)
}
