package layers_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// wells makes an empty layer of points, for tests that write to it.
func wells(t *testing.T) (*layers.Store, *pgxpool.Pool) {
	t.Helper()
	pool := dbtest.New(t)
	store := layers.New(pool)
	_, err := store.Create(t.Context(), layers.Actor{ID: "test"}, layers.Definition{
		Layer: layers.Layer{Name: "well", Title: "井", GeometryType: "Point"},
		Columns: []layers.Column{
			{Property: layers.Property{Name: "name", Title: "名称"}, SQLType: "text"},
			{Property: layers.Property{Name: "depth", Title: "井深", Unit: "m"}, SQLType: "numeric"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	sequence(t, pool)
	return store, pool
}

// sequence gives positions once, as the sequencer would.
func sequence(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	exec(t, pool, "select onemap.sequence()")
}

func exec(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// said tells what the log has beyond a position, in short.
func said(t *testing.T, store *layers.Store, after int64) []string {
	t.Helper()
	changes, err := store.Changes(t.Context(), after, 10000)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range changes {
		line := fmt.Sprintf("%s n=%d %+d", c.Op, c.Count, c.Delta)
		if c.FID != nil {
			line += fmt.Sprintf(" fid=%d", *c.FID)
		}
		if c.Old != nil {
			line += fmt.Sprintf(" old=%v", *c.Old)
		}
		if c.New != nil {
			line += fmt.Sprintf(" new=%v", *c.New)
		}
		if len(c.Columns) > 0 {
			line += fmt.Sprintf(" %v", c.Columns)
		}
		lines = append(lines, line)
	}
	return lines
}

func position(t *testing.T, store *layers.Store) int64 {
	t.Helper()
	pos, err := store.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return pos
}

func TestEveryStatementIsLogged(t *testing.T) {
	t.Parallel()
	const two = `insert into layer.well (name, depth, geom) values ('a', 1, 'SRID=4490;POINT(116 35.5)'), ('b', 2, null); `
	for _, test := range []struct {
		name string
		sql  string
		want []string
	}{
		{"insert", two, []string{"insert n=1 +1 fid=1 new=[116 35.5 116 35.5]", "insert n=1 +1 fid=2"}},
		{"update of one column", two + `update layer.well set depth = 3 where fid = 2`,
			[]string{"insert n=1 +1 fid=1 new=[116 35.5 116 35.5]", "insert n=1 +1 fid=2", "update n=1 +0 fid=2 [depth]"}},
		{"update that changes nothing", two + `update layer.well set depth = depth, name = name; update layer.well set version = 7`,
			[]string{"insert n=1 +1 fid=1 new=[116 35.5 116 35.5]", "insert n=1 +1 fid=2"}},
		{"update of how a number is written", two + `update layer.well set depth = 2.00 where fid = 2`,
			[]string{"insert n=1 +1 fid=1 new=[116 35.5 116 35.5]", "insert n=1 +1 fid=2", "update n=1 +0 fid=2 [depth]"}},
		{"move", two + `update layer.well set geom = 'SRID=4490;POINT(117 36)'`, []string{
			"insert n=1 +1 fid=1 new=[116 35.5 116 35.5]", "insert n=1 +1 fid=2",
			"update n=1 +0 fid=1 old=[116 35.5 116 35.5] new=[117 36 117 36] [geom]", "update n=1 +0 fid=2 new=[117 36 117 36] [geom]"}},
		{"upsert", two + `insert into layer.well (fid, name) overriding system value values (1, 'c'), (9, 'd')
			on conflict (fid) do update set name = excluded.name`, []string{
			"insert n=1 +1 fid=1 new=[116 35.5 116 35.5]", "insert n=1 +1 fid=2",
			"update n=1 +0 fid=1 old=[116 35.5 116 35.5] new=[116 35.5 116 35.5] [name]", "insert n=1 +1 fid=9"}},
		{"delete", two + `delete from layer.well`, []string{
			"insert n=1 +1 fid=1 new=[116 35.5 116 35.5]", "insert n=1 +1 fid=2", "delete n=1 -1 fid=1 old=[116 35.5 116 35.5]", "delete n=1 -1 fid=2"}},
		{"truncate", two + `truncate layer.well; truncate layer.well`, []string{
			"insert n=1 +1 fid=1 new=[116 35.5 116 35.5]", "insert n=1 +1 fid=2", "truncate n=2 -2 old=[116 35.5 116 35.5]"}},
		{"more than a thousand rows", `insert into layer.well (name, geom)
			select i, st_setsrid(st_point(116 + i / 10000.0, 35), 4490) from generate_series(1, 2000) i;
			update layer.well set depth = 1 where fid > 500; update layer.well set depth = 1; update layer.well set depth = 1; delete from layer.well`, []string{
			"bulk n=2000 +2000 new=[116.0001 35 116.2 35]",
			"bulk n=1500 +0 old=[116.0501 35 116.2 35] new=[116.0501 35 116.2 35] [depth]",
			"bulk n=500 +0 old=[116.0001 35 116.05 35] new=[116.0001 35 116.05 35] [depth]",
			"bulk n=2000 -2000 old=[116.0001 35 116.2 35]"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			store, pool := wells(t)
			after := position(t, store)
			exec(t, pool, test.sql)
			sequence(t, pool)
			if diff := cmp.Diff(test.want, said(t, store, after)); diff != "" {
				t.Error(diff)
			}
			var live, counted int64
			var inside bool
			err := pool.QueryRow(t.Context(), `select (select count(*) from layer.well), s.count,
				not exists (select from layer.well w where not w.geom::box <@ s.bounds or s.bounds is null and w.geom is not null)
				from onemap.layer_stat s where layer = 'well'`).Scan(&live, &counted, &inside)
			if err != nil || live != counted || !inside {
				t.Errorf("layer_stat counts %d of %d, bounds hold all: %v (%v)", counted, live, inside, err)
			}
		})
	}
}

func TestForeignWriterIsLoggedAsTheirRole(t *testing.T) {
	t.Parallel()
	store, pool := wells(t)
	role := fmt.Sprintf("surveyor_%d", rand.Uint32())
	exec(t, pool, fmt.Sprintf("create role %s login; grant usage on schema layer to %[1]s; grant select, insert, update on layer.well to %[1]s", role))
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if _, err := pool.Exec(ctx, fmt.Sprintf("drop owned by %s; drop role %[1]s", role)); err != nil {
			t.Error(err)
		}
	})
	after := position(t, store)
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	if _, err := tx.Exec(t.Context(), "set local session authorization "+role); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.CopyFrom(t.Context(), pgx.Identifier{"layer", "well"}, []string{"name"}, pgx.CopyFromRows([][]any{{"q"}})); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	sequence(t, pool)
	changes, err := store.Changes(t.Context(), after, 10)
	if err != nil || len(changes) != 1 || changes[0].Actor != role || changes[0].Role != role {
		t.Errorf("got %+v, %v; want one change by %s", changes, err, role)
	}
}

// TestFollowersLoseNothing has writers with savepoints and rollbacks that commit out of sequence, sequencers that are
// killed, and a follower that is cut off again and again.
func TestFollowersLoseNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			store, pool := wells(t)
			exec(t, pool, "insert into layer.well (name, depth) select 'w', 0 from generate_series(1, 20)")
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
			var nodes sync.WaitGroup
			for range 2 {
				nodes.Go(func() { layers.NewSequencer(store, quiet).Run(ctx) })
			}
			var writers sync.WaitGroup
			for w := range uint64(6) {
				writers.Go(func() { scribble(t, pool, rand.New(rand.NewPCG(seed, w))) })
			}
			go func() { // the last change of all
				writers.Wait()
				if _, err := pool.Exec(ctx, "delete from layer.well where fid = 20"); err != nil {
					t.Error(err)
				}
			}()

			random := rand.New(rand.NewPCG(seed, 99))
			var got []layers.Change
			var after int64
			for len(got) == 0 || got[len(got)-1].Op != "delete" {
				cut := random.IntN(40) + 1
				for c, err := range store.Follow(t.Context(), after) {
					if err != nil {
						t.Fatal(err)
					}
					got, after = append(got, c), c.Position
					if cut--; cut == 0 || c.Op == "delete" {
						break
					}
				}
				if random.IntN(10) == 0 {
					exec(t, pool, `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
						and database = (select oid from pg_database where datname = current_database())`)
				}
			}
			stop()
			nodes.Wait()
			check(t, pool, got)
		})
	}
}

// scribble updates few features in transactions of random length, with savepoints and rollbacks.
func scribble(t *testing.T, pool *pgxpool.Pool, random *rand.Rand) {
	for range 40 {
		err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			for fid := 1 + random.Int64N(5); fid <= 20; fid += 1 + random.Int64N(9) { // ascending: no deadlocks
				sub, err := tx.Begin(t.Context())
				if err != nil {
					return err
				}
				if _, err := sub.Exec(t.Context(), "update layer.well set depth = depth + 1 where fid = $1", fid); err != nil {
					return err
				}
				if random.IntN(4) == 0 {
					err = sub.Rollback(t.Context())
				} else {
					err = sub.Commit(t.Context())
				}
				if err != nil {
					return err
				}
			}
			if random.IntN(5) == 0 {
				return errGiveUp
			}
			return nil
		})
		if err != nil && !errors.Is(err, errGiveUp) {
			t.Error(err)
			return
		}
	}
}

var errGiveUp = errors.New("give up")

func check(t *testing.T, pool *pgxpool.Pool, got []layers.Change) {
	t.Helper()
	seen := map[int64]bool{}
	last := map[int64]int64{}
	for i, c := range got {
		if c.Position != int64(i+1) {
			t.Fatalf("position %d at place %d", c.Position, i+1)
		}
		if seen[c.Seq] {
			t.Errorf("change %d came twice", c.Seq)
		}
		seen[c.Seq] = true
		if c.FID != nil {
			if c.Seq < last[*c.FID] {
				t.Errorf("feature %d: change %d after %d", *c.FID, c.Seq, last[*c.FID])
			}
			last[*c.FID] = c.Seq
		}
	}
	rows, err := pool.Query(t.Context(), "select seq from onemap.change")
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		t.Fatal(err)
	}
	for _, seq := range all {
		if !seen[seq] {
			t.Errorf("change %d was lost", seq)
		}
	}
}

func TestAnOpenTransactionDelaysNobody(t *testing.T) {
	t.Parallel()
	store, pool := wells(t)
	after := position(t, store)
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	if _, err := tx.Exec(t.Context(), "insert into layer.well (name) values ('held')"); err != nil {
		t.Fatal(err)
	}
	exec(t, pool, "insert into layer.well (name) values ('quick')")
	sequence(t, pool)
	if got := said(t, store, after); len(got) != 1 || got[0] != "insert n=1 +1 fid=2" {
		t.Errorf("beside an open transaction: %q", got)
	}
	after = position(t, store)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	sequence(t, pool)
	if got := said(t, store, after); len(got) != 1 || got[0] != "insert n=1 +1 fid=1" {
		t.Errorf("when it has ended: %q", got)
	}
}

func TestAWriteNeverFailsForWantOfAPartition(t *testing.T) {
	t.Parallel()
	store, pool := wells(t)
	exec(t, pool, `do $$ declare p text; begin
		for p in select inhrelid::regclass from pg_inherits where inhparent = 'onemap.change'::regclass and inhrelid <> 'onemap.change_default'::regclass
		loop execute 'drop table ' || p; end loop; end $$`)
	after := position(t, store)
	exec(t, pool, "insert into layer.well (name) values ('x')")
	sequence(t, pool)
	exec(t, pool, "select onemap.make_partitions()")
	var left int
	if err := pool.QueryRow(t.Context(), "select count(*) from onemap.change_default").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows left in the default partition (%v)", left, err)
	}
	if got := said(t, store, after); len(got) != 1 {
		t.Errorf("log: %q", got)
	}
}

// TestADumpOnAnotherServerGoesOn has the database believe it was made elsewhere, where transaction ids were far higher.
func TestADumpOnAnotherServerGoesOn(t *testing.T) {
	t.Parallel()
	store, pool := wells(t)
	exec(t, pool, "insert into layer.well (name) values ('old')")
	sequence(t, pool)
	before := position(t, store)
	exec(t, pool, "insert into layer.well (name) values ('not yet followed')")
	exec(t, pool, `select set_config('onemap.ddl', 'off', true); update onemap.cluster set system_identifier = 1; alter table layer.well disable trigger user;
		update onemap.change set xid = xid + 1e9; update onemap.batch set snap_min = snap_min + 1e9, snap_max = snap_max + 1e9;
		update layer.well set version = version + 1e9; update onemap.cursor set snap_max = snap_max + 1e9;
		update onemap.column_life set since_version = since_version + 1e9; select onemap.track('well')`)
	exec(t, pool, "select onemap.adopt()")
	exec(t, pool, "insert into layer.well (name) values ('here')")
	sequence(t, pool)
	sequence(t, pool)
	got := said(t, store, before)
	if len(got) < 2 || got[0] != "insert n=1 +1 fid=2" || got[len(got)-1] != "insert n=1 +1 fid=3" {
		t.Errorf("log: %q", got)
	}
	for pos, want := range map[int64]int{before: 1, position(t, store): 3} {
		if rows := past(t, store, pos); len(rows)-1 != want {
			t.Errorf("as of %d: %v, want %d rows", pos, rows, want)
		}
	}
}

func TestPositionOfAMoment(t *testing.T) {
	t.Parallel()
	store, pool := wells(t)
	exec(t, pool, "insert into layer.well (name) values ('x')")
	sequence(t, pool)
	got, err := store.PositionAt(t.Context(), time.Now().Add(time.Hour))
	if err != nil || got != position(t, store) {
		t.Errorf("later: %d, %v", got, err)
	}
	if got, err = store.PositionAt(t.Context(), time.Now().Add(-time.Hour)); err != nil || got != 0 {
		t.Errorf("earlier: %d, %v", got, err)
	}
}
