package dbtest_test

import (
	"os/exec"
	"strings"
	"testing"

	"onemap/migrations/dbtest"
)

func TestEachTestHasItsOwnMigratedDatabase(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 3)
	t.Run("tests", func(t *testing.T) {
		for range 3 {
			t.Run("one", func(t *testing.T) {
				t.Parallel()
				pool := dbtest.New(t)
				var name string
				if err := pool.QueryRow(t.Context(), "select current_database()").Scan(&name); err != nil {
					t.Fatal(err)
				}
				seen <- name
				// Another test's row would be in the way of this one.
				_, err := pool.Exec(t.Context(), "insert into onemap.scheme (scheme, title) values ('only_here', '')")
				if err != nil {
					t.Fatal(err)
				}
			})
		}
	})
	close(seen)
	names := map[string]bool{}
	for name := range seen {
		names[name] = true
	}
	if len(names) != 3 {
		t.Fatalf("databases %v, want three different ones", names)
	}
	var left int
	pool := dbtest.New(t)
	for name := range names {
		err := pool.QueryRow(t.Context(), "select count(*) from pg_database where datname = $1", name).Scan(&left)
		if err != nil || left != 0 {
			t.Fatalf("%s is still there after its test (%v)", name, err)
		}
	}
}

func TestURLIsForForeignTools(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	if _, err := pool.Exec(t.Context(), "create table public.seen (g geometry(Point, 4490)); insert into public.seen values ('srid=4490;point(116 35.8)')"); err != nil {
		t.Fatal(err)
	}
	for _, tool := range [][]string{
		{"psql", "-XAtc", "select count(*) from seen", dbtest.URL(t)},
		{"ogrinfo", "-so", "PG:" + dbtest.URL(t), "seen"},
	} {
		output, err := exec.CommandContext(t.Context(), tool[0], tool[1:]...).CombinedOutput()
		if err != nil || !strings.Contains(string(output), "1") {
			t.Errorf("%v: %v\n%s", tool, err, output)
		}
	}
}
