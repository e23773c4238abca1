// Package migrations is the database itself: the numbered SQL files that make our schemas, embedded, and Up, which
// brings any database to the newest of them. A file that has shipped stays as it is; a change is a new file.
package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the database/sql driver goose works through
	"github.com/pressly/goose/v3"
)

//go:embed *.sql codes/*.csv codes/*.sql
var files embed.FS

// table remembers what has been applied; in our own schema, since nothing else of a foreign database is ours to touch.
const table = "onemap.migration"

// lockKey is the advisory lock under which nodes that start together migrate one after the other ("onemap" in ASCII).
const lockKey = 0x6f6e656d6170

// Up brings the database at url (a libpq URL) to the newest migration. It may be repeated and may run on several nodes
// at once: one works, the others wait. It refuses a database that a newer onemap has migrated.
func Up(ctx context.Context, url string) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer db.Close()

	// The lock belongs to this connection and is gone with it, however we end.
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "select pg_advisory_lock($1)", lockKey); err != nil {
		return fmt.Errorf("migrate: wait for another node: %w", err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", lockKey)

	if err := makeSchema(ctx, conn); err != nil {
		return explain(err)
	}
	// Two branches may each add a file; the lower number, merged second, must still run.
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithTableName(table), goose.WithAllowOutofOrder(true), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return explain(err)
	}
	if err := queueUp(ctx, url); err != nil {
		return explain(err)
	}
	return loadCodes(ctx, conn)
}

// makeSchema looks first: "if not exists" would ask for the right to create even where there is nothing to create.
func makeSchema(ctx context.Context, conn *sql.Conn) error {
	var exists bool
	err := conn.QueryRowContext(ctx, "select to_regnamespace('onemap') is not null").Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = conn.ExecContext(ctx, "create schema onemap")
	return err
}

// refuseNewer keeps an old binary from working on a schema it does not know.
func refuseNewer(ctx context.Context, provider *goose.Provider) error {
	have, err := provider.GetDBVersion(ctx)
	if err != nil {
		return explain(err)
	}
	sources := provider.ListSources()
	if newest := sources[len(sources)-1].Version; have > newest {
		return fmt.Errorf("migrate: the database is at migration %d and this onemap knows only %d: run the newer onemap", have, newest)
	}
	return nil
}

// explain turns the refusals a foreign server gives into what its administrator has to do.
func explain(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return fmt.Errorf("migrate: %w", err)
	}
	switch pg.Code {
	case "42501": // insufficient_privilege
		return fmt.Errorf("migrate: %w\nAs a superuser of that server, in that database: "+
			"CREATE EXTENSION IF NOT EXISTS postgis; GRANT CREATE ON DATABASE … TO the user of the URL", err)
	case "0A000", "58P01": // the extension's files are not on the server
		return fmt.Errorf("migrate: %w\nPostGIS has to be installed where that PostgreSQL server runs", err)
	}
	return fmt.Errorf("migrate: %w", err)
}

// Fingerprint names the embedded migrations by content: databases of equal fingerprint have equal schemas.
func Fingerprint() string {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := files.ReadFile(path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(body), body)
		return err
	})
	if err != nil {
		panic(err) // an embedded file is always readable
	}
	fmt.Fprintf(sum, "queue %d\n", queueVersion())
	return hex.EncodeToString(sum.Sum(nil))[:16]
}
