// Command onemap is the map of a county in one binary: it serves the layers that a PostGIS database holds as vector
// tiles, as OGC API features and as a web page, and starts that PostGIS by itself where none is given.
//
// This package is configuration, start-up and wiring: every setting is a field of config.go, every sub-command a file.
// It alone knows all rooms and hands each what it needs.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait; the private server ends with us all the same
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run is main with its surroundings as arguments; it returns the process's exit status.
func run(ctx context.Context, args []string) int {
	command, cfg, err := parse(args)
	if err != nil {
		return 2 // said by the parser
	}
	if err := command.Run(ctx, cfg); err != nil {
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			return 130
		}
		fmt.Fprintln(os.Stderr, "onemap:", err)
		return 1
	}
	return 0
}
