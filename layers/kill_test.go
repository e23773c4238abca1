package layers_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	process "os/exec" // exec is a helper of these tests
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// spring is the layer that loads are killed on: code tells features apart, load is which of the loads wrote them.
func spring(name string) layers.Definition {
	return layers.Definition{
		Layer: layers.Layer{Name: name, Title: "泉", GeometryType: "Point", IDField: "code"},
		Columns: []layers.Column{
			{Property: layers.Property{Name: "code"}, SQLType: "integer"},
			{Property: layers.Property{Name: "load"}, SQLType: "integer"},
		},
	}
}

// springRows are rows with codes from..to-1, on the diagonal.
func springRows(from, to, load int) pgx.CopyFromSource {
	return pgx.CopyFromSlice(to-from, func(i int) ([]any, error) {
		code := from + i
		return []any{int32(code), int32(load), pointWKB(116+float64(code)/1e5, 35+float64(code)/1e5)}, nil
	})
}

// pointWKB is a point of EPSG:4490 as EWKB.
func pointWKB(x, y float64) []byte {
	b := []byte{1, 1, 0, 0, 0x20, 0x8a, 0x11, 0, 0}
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(y))
}

// A victim is a load in a process of its own: its mode, the codes it writes, and which load it is.
type victim struct {
	mode           string
	layer          string
	from, to, load int
}

func (v victim) String() string {
	return fmt.Sprintf("%s %s %d %d %d", v.mode, v.layer, v.from, v.to, v.load)
}

const victimEnv = "ONEMAP_TEST_VICTIM" // "mode layer from to load url"

// TestVictim is the process that TestAKilledLoadLeavesAllOrNothing kills; by itself it does nothing.
func TestVictim(t *testing.T) {
	var v victim
	var url string
	if n, _ := fmt.Sscan(os.Getenv(victimEnv), &v.mode, &v.layer, &v.from, &v.to, &v.load, &url); n < 6 {
		t.Skip("only run by TestAKilledLoadLeavesAllOrNothing")
	}
	pool, err := layers.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	store := layers.New(pool)
	columns, rows := []string{"code", "load", "geom"}, springRows(v.from, v.to, v.load)
	modes := map[string]layers.LoadMode{"append": layers.Append, "replace": layers.Replace, "upsert": layers.Upsert}
	if v.mode == "create" {
		_, _, err = store.CreateLoad(t.Context(), layers.Anonymous, spring(v.layer), columns, rows, layers.LoadOptions{})
	} else {
		_, err = store.Load(t.Context(), layers.Anonymous, v.layer, columns, rows, layers.LoadOptions{Mode: modes[v.mode], Key: "code"})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// state is what a layer holds: features, how many of them one load wrote; -1 when there is no layer.
type state struct{ count, loaded int }

func springState(t *testing.T, pool *pgxpool.Pool, layer string, load int) (s state) {
	t.Helper()
	var there bool
	if err := pool.QueryRow(t.Context(), "select to_regclass('layer.' || $1) is not null", layer).Scan(&there); err != nil {
		t.Fatal(err)
	}
	if !there {
		return state{-1, 0}
	}
	err := pool.QueryRow(t.Context(), "select count(*), count(*) filter (where load = $1) from layer."+layer, load).Scan(&s.count, &s.loaded)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// whole checks what a layer consists of: its log agrees with it, nothing is missing, nothing lies about.
func whole(t *testing.T, pool *pgxpool.Pool, layer string) {
	t.Helper()
	sequence(t, pool)
	var counted, inside bool
	var triggers, indexes, strangers int
	err := pool.QueryRow(t.Context(), fmt.Sprintf(`select
		(select count(*) from layer.%[1]s) = (select count from onemap.layer_stat where layer = '%[1]s'),
		not exists (select from layer.%[1]s l, onemap.layer_stat s where s.layer = '%[1]s' and not l.geom::box <@ s.bounds),
		(select count(*) from pg_trigger where tgrelid = 'layer.%[1]s'::regclass and tgenabled = 'A'),
		(select count(*) from pg_index where indrelid = 'layer.%[1]s'::regclass and indisvalid),
		(select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and (n.nspname like 'pg_temp%%'
			or n.nspname in ('layer', 'history') and not exists (select from onemap.layer l where l.layer = c.relname)))`, layer)).
		Scan(&counted, &inside, &triggers, &indexes, &strangers)
	if err != nil {
		t.Fatal(err)
	}
	if !counted || !inside || triggers != 5 || indexes != 5 || strangers != 0 {
		t.Errorf("%s: log counts right %v, bounds hold all %v, %d of 5 triggers, %d of 5 indexes, %d strange tables", layer, counted, inside, triggers, indexes, strangers)
	}
}

// TestAKilledLoadLeavesAllOrNothing kills loads at random moments of their life: ONEMAP_TEST_KILLS of them, or 10.
func TestAKilledLoadLeavesAllOrNothing(t *testing.T) {
	t.Parallel()
	kills := 10
	if n, err := strconv.Atoi(os.Getenv("ONEMAP_TEST_KILLS")); err == nil {
		kills = n
	}
	pool, url := dbtest.New(t), dbtest.URL(t)
	store := layers.New(pool)
	const some, many = 2000, 8000
	_, _, err := store.CreateLoad(t.Context(), layers.Anonymous, spring("spring"), []string{"code", "load", "geom"}, springRows(0, some, 0), layers.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	life := time.Duration(0) // of a load that nobody kills: the first, and those that are done before their moment
	outcomes := map[string]int{}
	for i := 1; i <= kills; i++ {
		var next int // the first code that no feature has, but for those of the loads that follow a kill
		if err := pool.QueryRow(t.Context(), "select max(code) + 1 from layer.spring where code < 1000000").Scan(&next); err != nil {
			t.Fatal(err)
		}
		v := victim{mode: []string{"append", "replace", "upsert", "create"}[i%4], layer: "spring", from: next, to: next + many, load: i}
		switch v.mode {
		case "upsert":
			v.from = next - 1
		case "create":
			v.layer = fmt.Sprintf("spring_%d", i)
		}
		before := springState(t, pool, v.layer, i)
		after := map[string]state{"append": {before.count + many, many}, "replace": {many, many}, "create": {many, many},
			"upsert": {before.count + many, many + 1}}[v.mode]
		moment := time.Minute
		if life > 0 {
			moment = time.Duration(random.Int64N(int64(life)))
		}
		took, killed := v.live(t, url, moment)
		if !killed {
			life = took
		}
		if i%2 == 0 { // the server may not have noticed: the next load waits for it, and no longer
			again := victim{mode: "append", layer: v.layer, from: 1_000_000 + i, to: 1_000_001 + i}
			got, err := store.Load(t.Context(), layers.Anonymous, again.layer, []string{"code", "load", "geom"}, springRows(again.from, again.to, 0), layers.LoadOptions{})
			if v.mode != "create" && err != nil || err != nil && !errors.Is(err, layers.ErrNotFound) {
				t.Fatalf("%v: the next load: %+v, %v", v, got, err)
			}
			if err == nil {
				before.count, after.count = before.count+1, after.count+1
			}
		}
		alone(t, pool)
		got := springState(t, pool, v.layer, i)
		if got != before && got != after {
			t.Fatalf("%v: is %+v, was %+v, would be %+v", v, got, before, after)
		}
		if got.count >= 0 {
			whole(t, pool, v.layer)
		}
		outcomes[fmt.Sprint(v.mode, " done ", got == after)]++
	}
	t.Logf("%v", outcomes)
}

// live starts the victim and kills it after a while, unless it has ended.
func (v victim) live(t *testing.T, url string, while time.Duration) (took time.Duration, killed bool) {
	t.Helper()
	cmd := process.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%v %s&application_name=victim", victimEnv, v, url))
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	timer := time.NewTimer(while)
	defer timer.Stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatalf("%v: %v\n%s", v, err, said.String())
		}
		return time.Since(begin), false
	case <-timer.C:
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		<-ended
		return time.Since(begin), true
	}
}

// alone waits until the server has noticed that the victim is gone.
func alone(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	for there := true; there; {
		err := pool.QueryRow(t.Context(), "select exists (select from pg_stat_activity where application_name = 'victim' and datname = current_database()) from pg_sleep(0.01)").Scan(&there)
		if err != nil {
			t.Fatal(err)
		}
	}
}
