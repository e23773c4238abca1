package migrations_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"onemap/migrations"
	"onemap/migrations/dbtest"
)

func TestNodesMayMigrateTogetherAndAgain(t *testing.T) {
	t.Parallel()
	empty := emptyDatabase(t, "")
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if err := migrations.Up(t.Context(), empty); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if err := migrations.Up(t.Context(), empty); err != nil {
		t.Fatal(err)
	}
}

func TestOnlyOurSchemasAreTouched(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	rows, _ := pool.Query(t.Context(), `
		select distinct n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname !~ '^(pg_|information_schema)' and not exists (
			select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`)
	schemas, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, schema := range schemas {
		if schema != "onemap" && schema != "layer" && schema != "history" {
			t.Errorf("migrations left something in schema %s", schema)
		}
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	if _, err := pool.Exec(t.Context(), "insert into onemap.migration (version_id, is_applied) values (99999, true)"); err != nil {
		t.Fatal(err)
	}
	err := migrations.Up(t.Context(), dbtest.URL(t))
	if err == nil || !strings.Contains(err.Error(), "99999") {
		t.Fatalf("got %v, want a refusal that names the version", err)
	}
}

func TestOrdinaryUserIsToldWhatTheAdministratorMustDo(t *testing.T) {
	t.Parallel()
	err := migrations.Up(t.Context(), emptyDatabase(t, "nobody_special"))
	if err == nil || !strings.Contains(strings.ToLower(err.Error()), "create extension if not exists postgis") {
		t.Fatalf("got %v, want the statement to run", err)
	}
}

// emptyDatabase is one without our schemas, entered as role ("" = the superuser).
func emptyDatabase(t *testing.T, role string) string {
	t.Helper()
	own, err := url.Parse(dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	admin := own.String()
	name := strings.TrimPrefix(own.Path, "/") + "_empty"
	conn, err := pgx.Connect(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), admin)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), "drop database "+name+" with (force)"); err != nil {
			t.Error(err)
		}
	})
	if _, err := conn.Exec(t.Context(), "create database "+name); err != nil {
		t.Fatal(err)
	}
	if role != "" {
		statement := "do $$ begin if to_regrole('" + role + "') is null then create role " + role + " login; end if; end $$"
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		own.User = url.User(role)
	}
	own.Path = "/" + name
	return own.String()
}
