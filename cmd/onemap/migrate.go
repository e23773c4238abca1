package main

import (
	"context"
	"errors"

	"onemap/migrations"
)

type migrateCmd struct{}

// Run migrates the database in use.
func (migrateCmd) Run(ctx context.Context, cfg *config) (err error) {
	log := cfg.logger()
	db, err := cfg.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := migrations.Up(ctx, db.URL); err != nil {
		return err
	}
	log.Info("the database is up to date", "migrations", migrations.Fingerprint())
	return nil
}
