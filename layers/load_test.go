package layers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/migrations/dbtest"
)

// pond is a small layer with rows code, name.
var pond = layers.Definition{
	Layer: layers.Layer{Name: "pond", Title: "塘", Writable: true, Tracked: true},
	Columns: []layers.Column{
		{Property: layers.Property{Name: "code", Type: layers.String}, SQLType: "text"},
		{Property: layers.Property{Name: "depth", Type: layers.Number}, SQLType: "numeric(6,2)"},
	},
}

// rowsOf makes rows of "code depth" texts; "-" is null.
func rowsOf(texts ...string) pgx.CopyFromSource {
	var rows [][]any
	for _, text := range texts {
		row := []any{}
		for _, word := range strings.Fields(text) {
			if word == "-" {
				row = append(row, nil)
			} else {
				row = append(row, word)
			}
		}
		rows = append(rows, row)
	}
	return pgx.CopyFromRows(rows)
}

type loading struct {
	t     *testing.T
	store *layers.Store
	query func(sql string) []string
}

func newLoading(t *testing.T, rows ...string) *loading {
	t.Helper()
	pool := dbtest.New(t)
	l := &loading{t: t, store: layers.New(pool)}
	l.query = func(sql string) []string {
		t.Helper()
		rows, err := pool.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if _, _, err := l.store.CreateLoad(t.Context(), layers.Anonymous, pond, []string{"code", "depth"}, rowsOf(rows...), layers.LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *loading) load(opt layers.LoadOptions, rows ...string) (layers.LoadResult, error) {
	return l.store.Load(l.t.Context(), layers.Anonymous, "pond", []string{"code", "depth"}, rowsOf(rows...), opt)
}

func (l *loading) want(sql string, want ...string) {
	l.t.Helper()
	if diff := cmp.Diff(want, l.query(sql)); diff != "" {
		l.t.Errorf("%s (-want +got):\n%s", sql, diff)
	}
}

const (
	pondRows = "select coalesce(code, '-') || ' ' || coalesce(depth::text, '-') from layer.pond order by fid"
	pondLog  = "select concat_ws(' ', op, count, delta, columns::text) from onemap.change where layer = 'pond' and op <> 'schema' order by seq"
	pondPast = "select coalesce(code, '-') || ' ' || coalesce(depth::text, '-') from history.pond order by fid"
)

func TestCreateLoadIsOneChange(t *testing.T) {
	t.Parallel()
	l := newLoading(t, "a 1", "b -")
	l.want(pondRows, "a 1.00", "b -")
	l.want(pondLog, "load 2 2")
	_, _, err := l.store.CreateLoad(t.Context(), layers.Anonymous, pond, []string{"code"}, rowsOf("a"), layers.LoadOptions{})
	if !errors.Is(err, layers.ErrConflict) {
		t.Errorf("a second layer of the name: %v", err)
	}
}

func TestReplaceKeepsThePastAndIsOneChange(t *testing.T) {
	t.Parallel()
	l := newLoading(t, "a 1", "b 2", "c 3")
	got, err := l.load(layers.LoadOptions{Mode: layers.Replace}, "d 4", "e 5")
	if err != nil || got != (layers.LoadResult{Rows: 2, Inserted: 2, Removed: 3}) {
		t.Fatalf("%+v, %v", got, err)
	}
	l.want(pondRows, "d 4.00", "e 5.00")
	l.want(pondPast, "a 1.00", "b 2.00", "c 3.00")
	l.want(pondLog, "load 3 3", "load 2 -1")
	l.want("select count(*)::text from history.pond h join onemap.change c on c.seq = h.change", "3")
}

func TestUpsertWritesWhatDiffers(t *testing.T) {
	t.Parallel()
	l := newLoading(t, "a 1", "b 2", "c -")
	opt := layers.LoadOptions{Mode: layers.Upsert, Key: "code"}
	got, err := l.load(opt, "a 1", "b 2.5", "c -", "d 4")
	if err != nil || got != (layers.LoadResult{Rows: 4, Inserted: 1, Updated: 1, Unchanged: 2}) {
		t.Fatalf("%+v, %v", got, err)
	}
	l.want(pondRows, "a 1.00", "b 2.50", "c -", "d 4.00")
	l.want(pondPast, "b 2.00")
	l.want(pondLog, "load 3 3", "update 1 0 {depth}", "insert 1 1")
	if got, err = l.load(opt, "a 1", "b 2.5"); err != nil || got.Unchanged != 2 {
		t.Errorf("the same again: %+v, %v", got, err)
	}
	l.want(pondLog, "load 3 3", "update 1 0 {depth}", "insert 1 1")
}

func TestUpsertRefusesKeysThatTellNothing(t *testing.T) {
	t.Parallel()
	l := newLoading(t, "a 1", "a 2", "b 3")
	opt := layers.LoadOptions{Mode: layers.Upsert, Key: "code"}
	for _, c := range []struct {
		rows []string
		want error
		say  string
	}{
		{[]string{"b 1", "b 2"}, layers.ErrInvalid, `"b"`},
		{[]string{"- 1"}, layers.ErrInvalid, "a row has no"},
		{[]string{"a 1"}, layers.ErrConflict, `"a"`},
	} {
		_, err := l.load(opt, c.rows...)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%v: %v", c.rows, err)
		}
	}
	l.want(pondRows, "a 1.00", "a 2.00", "b 3.00")
}

func TestLoadNamesTheValueThatDoesNotFit(t *testing.T) {
	t.Parallel()
	l := newLoading(t, "a 1")
	for _, mode := range []layers.LoadMode{layers.Append, layers.Replace, layers.Upsert} {
		_, err := l.load(layers.LoadOptions{Mode: mode, Key: "code"}, "b 2", "c 123456")
		if !errors.Is(err, layers.ErrInvalid) {
			t.Errorf("mode %d: %v", mode, err)
		}
	}
	l.want(pondRows, "a 1.00")
	l.want(pondLog, "load 1 1")
}

// slow gives its rows only when it is told to.
type slow struct {
	pgx.CopyFromSource
	started, goOn chan struct{}
	once          bool
}

func (s *slow) Next() bool {
	if !s.once {
		s.once = true
		close(s.started)
		<-s.goOn
	}
	return s.CopyFromSource.Next()
}

func TestASecondLoadWaitsAndReadersDoNot(t *testing.T) {
	t.Parallel()
	l := newLoading(t, "a 1")
	first := &slow{CopyFromSource: rowsOf("b 2"), started: make(chan struct{}), goOn: make(chan struct{})}
	done := make(chan error, 2)
	go func() {
		_, err := l.store.Load(t.Context(), layers.Anonymous, "pond", []string{"code", "depth"}, first, layers.LoadOptions{Mode: layers.Replace})
		done <- err
	}()
	<-first.started
	waits := make(chan struct{})
	go func() {
		_, err := l.load(layers.LoadOptions{Wait: func() { close(waits) }}, "c 3")
		done <- err
	}()
	<-waits
	l.want(pondRows, "a 1.00") // the reader sees the old edition
	close(first.goOn)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	l.want(pondRows, "b 2.00", "c 3.00")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	holder := &slow{CopyFromSource: rowsOf("x 1"), started: make(chan struct{}), goOn: make(chan struct{})}
	go func() {
		_, err := l.store.Load(t.Context(), layers.Anonymous, "pond", []string{"code", "depth"}, holder, layers.LoadOptions{})
		done <- err
	}()
	<-holder.started
	<-ctx.Done()
	_, err := l.store.Load(ctx, layers.Anonymous, "pond", []string{"code"}, rowsOf("y"), layers.LoadOptions{})
	if err == nil {
		t.Error("a wait does not end with its context")
	}
	close(holder.goOn)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if rows := l.query(pondRows); !slices.Contains(rows, "x 1.00") {
		t.Error(fmt.Sprint(rows))
	}
}
