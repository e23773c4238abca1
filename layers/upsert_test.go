package layers_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// TestUpsertsEqualAModel does random upserts to a layer and to a map: rows, result, log and history must agree.
func TestUpsertsEqualAModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			pool := dbtest.New(t)
			store := layers.New(pool)
			def := spring("spring")
			def.IDField = ""
			if _, err := store.Create(t.Context(), layers.Anonymous, def); err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(seed, 11))
			model := map[int32][2]any{} // code → load, geometry
			superseded := 0
			for step := range 30 {
				var rows [][]any
				var want layers.LoadResult
				columns := []string{"code", "load", "geom"}
				partial := random.IntN(4) == 0 // the file has no geometry
				if partial {
					columns = columns[:2]
				}
				for _, code := range random.Perm(40)[:random.IntN(40)] {
					row := []any{int32(code), any(int32(random.IntN(3))), any(pointWKB(116+float64(random.IntN(2)), 35))}
					if random.IntN(5) == 0 {
						row[1] = nil
					}
					if random.IntN(5) == 0 {
						row[2] = nil
					}
					was, there := model[int32(code)]
					now := [2]any{row[1], row[2]}
					if partial {
						now[1] = was[1]
					}
					want.Rows++
					switch {
					case !there:
						want.Inserted++
					case !cmp.Equal(was, now):
						want.Updated++
					default:
						want.Unchanged++
					}
					model[int32(code)] = now
					rows = append(rows, row[:len(columns)])
				}
				sequence(t, pool)
				after := position(t, store)
				got, err := store.Load(t.Context(), layers.Anonymous, "spring", columns, pgx.CopyFromRows(rows), layers.LoadOptions{Mode: layers.Upsert, Key: "code"})
				if err != nil || got != want {
					t.Fatalf("step %d: %+v, %v; want %+v", step, got, err, want)
				}
				superseded += int(want.Updated)
				sequence(t, pool)
				if n := len(said(t, store, after)); int64(n) != want.Inserted+want.Updated {
					t.Fatalf("step %d: %d rows of the log, want %d and %d", step, n, want.Inserted, want.Updated)
				}
				compare(t, store, model)
			}
			var past int
			if err := pool.QueryRow(t.Context(), "select count(*) from history.spring").Scan(&past); err != nil || past != superseded {
				t.Errorf("history has %d rows, want %d (%v)", past, superseded, err)
			}
		})
	}
}

// compare asks for the layer as it is and holds it against the model.
func compare(t *testing.T, store *layers.Store, model map[int32][2]any) {
	t.Helper()
	names, rows, err := store.History(t.Context(), layers.Anonymous, "spring", position(t, store))
	if err != nil {
		t.Fatal(err)
	}
	code, load, geom := slices.Index(names, "code"), slices.Index(names, "load"), slices.Index(names, "geom")
	got := map[int32][2]any{}
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		got[row[code].(int32)] = [2]any{row[load], row[geom]}
	}
	if diff := cmp.Diff(model, got); diff != "" {
		t.Fatal(diff)
	}
}

func TestAReplacedEditionStaysReadable(t *testing.T) {
	t.Parallel()
	store, pool := wells(t)
	load := func(names ...string) {
		t.Helper()
		rows := [][]any{}
		for _, n := range names {
			rows = append(rows, []any{n, pointWKB(116, 35)})
		}
		if _, err := store.Load(t.Context(), layers.Anonymous, "well", []string{"name", "geom"}, pgx.CopyFromRows(rows), layers.LoadOptions{Mode: layers.Replace}); err != nil {
			t.Fatal(err)
		}
		sequence(t, pool)
	}
	load("a", "b", "c")
	then, want := position(t, store), present(t, pool)
	load("d")
	if diff := cmp.Diff(want, past(t, store, then)); diff != "" {
		t.Error(diff)
	}
	for pos, n := range map[int64]int{then: 3, position(t, store): 1} {
		page, err := store.Find(t.Context(), layers.Anonymous, "well", layers.Query{AsOf: pos, Limit: 10})
		if err != nil || len(page.Features) != n {
			t.Errorf("as of %d: %+v, %v; want %d features", pos, page, err, n)
		}
	}
}

func TestAValueOfAnotherTypeIsInvalid(t *testing.T) {
	t.Parallel()
	l := newLoading(t, "a 1")
	for _, mode := range []layers.LoadMode{layers.Append, layers.Replace, layers.Upsert} {
		_, err := l.load(layers.LoadOptions{Mode: mode, Key: "code"}, "b 2", "c deep")
		if !errors.Is(err, layers.ErrInvalid) || errors.Is(err, layers.ErrTimeout) || !strings.Contains(err.Error(), "row 2") {
			t.Errorf("mode %d: %v", mode, err)
		}
	}
	l.want(pondRows, "a 1.00")
}

// broken is a source of rows that fails.
type broken struct{ pgx.CopyFromSource }

var errTorn = errors.New("torn")

func (broken) Err() error { return errTorn }

func TestRowsThatEndInAnErrorAreNoTimeout(t *testing.T) {
	t.Parallel()
	l := newLoading(t, "a 1")
	_, err := l.store.Load(t.Context(), layers.Anonymous, "pond", []string{"code", "depth"}, broken{rowsOf("b 2")}, layers.LoadOptions{})
	if err == nil || errors.Is(err, layers.ErrTimeout) || errors.Is(err, layers.ErrInvalid) {
		t.Errorf("%v", err)
	}
	l.want(pondRows, "a 1.00")
}
