package dbtest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"onemap/migrations"
)

// templateLock is the advisory lock under which one process makes the template and the others wait.
const templateLock = 0x6f6d74657374

// templatesKept is how many templates may lie around: of other branches, and of tests that run while migrations change.
const templatesKept = 8

// prepare makes the migrated template, named by the migrations it has, unless it is there; and clears what earlier
// runs left: databases of processes that are gone, the oldest templates.
func (s *server) prepare(ctx context.Context) error {
	s.template = "template_" + migrations.Fingerprint()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) // and the lock with it
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", int64(templateLock)); err != nil {
		return err
	}
	rows, _ := conn.Query(ctx, `select datname from pg_database
		where datname like 'test\_%' or datname like 'template\_%' or datname like 'unfinished\_%' order by oid desc`)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	templates := 0
	for _, name := range names {
		if strings.HasPrefix(name, "template_") {
			templates++
		}
		if name != s.template && (leftover(name) || templates > templatesKept) {
			if err := s.drop(name); err != nil {
				return err
			}
		}
	}
	if slices.Contains(names, s.template) {
		return nil
	}
	return s.makeTemplate(ctx, conn)
}

// leftover tells a database that nobody will use again: a test's name carries the process that made it.
func leftover(name string) bool {
	kind, rest, _ := strings.Cut(name, "_")
	if kind != "test" {
		return kind == "unfinished"
	}
	pid, _, _ := strings.Cut(rest, "_")
	number, err := strconv.Atoi(pid)
	return err == nil && syscall.Kill(number, 0) == syscall.ESRCH
}

// makeTemplate migrates under another name and renames: a template is whole or is not there.
func (s *server) makeTemplate(ctx context.Context, conn *pgx.Conn) error {
	const unfinished = "unfinished_template"
	if _, err := conn.Exec(ctx, "create database "+unfinished); err != nil {
		return err
	}
	if err := migrations.Up(ctx, s.url(unfinished)); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, fmt.Sprintf("alter database %s rename to %s", unfinished, pgx.Identifier{s.template}.Sanitize()))
	return err
}
