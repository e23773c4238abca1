package migrations_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

	"onemap/migrations/dbtest"
)

// Event triggers run as the owner of our schema, a superuser, at the command of anybody. What a role calls pg_class, or text,
// in its own temporary schema must be nothing to them.
func TestNobodyRunsTheirCodeAsOwner(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	role := fmt.Sprintf("trespasser_%d", rand.Uint32())
	if _, err := pool.Exec(t.Context(), "create role "+role); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if _, err := pool.Exec(ctx, fmt.Sprintf("drop owned by %s; drop role %[1]s", role)); err != nil {
			t.Error(err)
		}
	})
	for name, trap := range map[string]string{
		"a relation": "create temp view pg_class as select c.* from pg_catalog.pg_class c where pg_temp.seize()",
		"a type":     "create domain pg_temp.text as pg_catalog.text check (pg_temp.seize())",
	} {
		t.Run(name, func(t *testing.T) {
			pooled, err := pool.Acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			conn := pooled.Hijack() // what is temporary goes with it
			defer conn.Close(context.WithoutCancel(t.Context()))
			for _, statement := range []string{
				"set session authorization " + role,
				"set client_min_messages = error",
				fmt.Sprintf(`create function pg_temp.seize() returns boolean language plpgsql as $$ begin
					if current_user <> session_user then alter role %s superuser; end if; return true; end $$`, role),
				trap,
				"create temp table own (kept pg_catalog.int4, lost pg_catalog.int4)",
				"alter table own drop column lost",
			} {
				if _, err := conn.Exec(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			var seized bool
			if err := pool.QueryRow(t.Context(), "select rolsuper from pg_roles where rolname = $1", role).Scan(&seized); err != nil {
				t.Fatal(err)
			}
			if seized {
				t.Error("a role without any right made itself superuser")
			}
			if _, err := pool.Exec(t.Context(), "alter role "+role+" nosuperuser"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A function that runs as its owner looks names up where nobody else can put any, in temporary schemas last of all.
// before_ddl alone does so by itself, for it needs to know the path of its caller.
func TestFunctionsOfTheOwnerPinTheirPath(t *testing.T) {
	t.Parallel()
	rows, _ := dbtest.New(t).Query(t.Context(), `select p.oid::regprocedure::text from pg_proc p
		where p.prosecdef and p.pronamespace in ('onemap'::regnamespace, 'layer'::regnamespace, 'history'::regnamespace)
			and p.proname <> 'before_ddl' and not exists (select from pg_depend where objid = p.oid and deptype = 'e') and 'search_path=pg_catalog, pg_temp' <> all (coalesce(p.proconfig, '{}'))`)
	loose, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(loose) > 0 {
		t.Errorf("%v, %v", loose, err)
	}
}
