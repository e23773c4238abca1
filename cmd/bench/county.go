package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// countyBed is a bed with the synthetic county in it. data is a private PostGIS that is kept; "" = a throw-away one.
func countyBed(ctx context.Context, dir, data string) (b *bed, err error) {
	if data == "" {
		b, err = makeBed(ctx, dir)
	} else {
		b, err = makeBedOn(ctx, dir, data)
	}
	if err != nil {
		return b, err
	}
	var there bool
	if err := b.pool.QueryRow(ctx, "select to_regclass('layer.dltb') is not null").Scan(&there); err != nil || there {
		return b, err
	}
	fmt.Fprintln(os.Stderr, "loading a county")
	_, err = run(ctx, b.onemap, "demo", "--size", "county", "--database-url", b.server.URL())
	return b, err
}

// makeBedOn builds onemap and starts the private PostGIS in data.
func makeBedOn(ctx context.Context, dir, data string) (b *bed, err error) {
	b = &bed{}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	if err := b.makeDir(ctx, dir); err != nil {
		return b, err
	}
	return b, b.start(ctx, data)
}
