package migrations

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// QueueSchema is where river keeps its tables, all named river_*: in our own schema, since a fourth one would be one more
// thing in a foreign database.
const QueueSchema = "onemap"

// queueUp brings the tables of the job queue to the version this binary was built with. It runs under the lock of Up.
func queueUp(ctx context.Context, url string) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	migrator, err := queueMigrator(pool)
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("job queue: %w", err)
	}
	return nil
}

// queueVersion is the newest version of the queue's tables that this binary knows.
func queueVersion() int {
	migrator, err := queueMigrator(nil)
	if err != nil {
		panic(err) // it reads nothing but its own embedded files
	}
	all := migrator.AllVersions()
	return all[len(all)-1].Version
}

func queueMigrator(pool *pgxpool.Pool) (*rivermigrate.Migrator[pgx.Tx], error) {
	return rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: QueueSchema, Logger: slog.New(slog.DiscardHandler)})
}
