package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"onemap/migrations/postgres"
)

// psqlCmd opens psql on the database in use: that of a running onemap, or a private server started for its time.
type psqlCmd struct {
	Args []string `arg:"" optional:"" passthrough:"" help:"Arguments of psql, after --: -- -c 'select 1'."`
}

// Run implements command.
func (c *psqlCmd) Run(ctx context.Context, cfg *config) error {
	quiet := *cfg
	quiet.LogLevel = max(cfg.LogLevel, slog.LevelWarn) // psql's answer is what is wanted
	db, err := quiet.open(ctx, quiet.logger())
	if err != nil {
		return err
	}
	defer db.Close()
	args := c.Args
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	return psql(db.URL, args)
}

// psql runs psql on this terminal. Ctrl-C is its own affair (it cancels a query), so no
// context ends it: only a request to terminate is passed on.
func psql(url string, args []string) error {
	program, err := postgres.Program("psql")
	if err != nil {
		return err
	}
	cmd := exec.Command(program, append([]string{"--dbname=" + url}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("psql: %w", err)
	}
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	defer signal.Stop(terminate)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case <-terminate:
			cmd.Process.Signal(syscall.SIGTERM)
		case err := <-ended:
			if err != nil {
				return fmt.Errorf("psql: %w", err)
			}
			return nil
		}
	}
}
