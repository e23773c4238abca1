package layers_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// story makes a layer with a past: each statement by somebody, with a reason, and the positions between them.
func story(t *testing.T) (*layers.Store, []int64) {
	t.Helper()
	store, pool := wells(t)
	positions := []int64{position(t, store)}
	for i, sql := range []string{
		"insert into layer.well (name, depth, geom) values ('a', 1, st_setsrid(st_point(116, 35), 4490)), ('b', 2, st_setsrid(st_point(117, 35), 4490)), ('c', 3, null)",
		"update layer.well set depth = 10 where name = 'a'",
		"update layer.well set geom = st_setsrid(st_point(118, 36), 4490), name = 'B' where fid = 2; update layer.well set depth = 5 where fid = 2; update layer.well set depth = 2 where fid = 2",
		"delete from layer.well where fid = 1",
		"insert into layer.well (fid, name, depth) overriding system value values (1, 'again', 7)",
		"update layer.well set name = 'd' where fid = 3; update layer.well set name = 'c' where fid = 3",
		"alter table layer.well rename column depth to bottom",
		"insert into layer.well (name) values ('brief'); delete from layer.well where name = 'brief'",
	} {
		err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), fmt.Sprintf("set local onemap.actor = 'writer %d'; set local onemap.reason = 'reason %[1]d'; %s", i+1, sql))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		sequence(t, pool)
		positions = append(positions, position(t, store))
	}
	return store, positions
}

func TestVersionsTellWhatAFeatureWas(t *testing.T) {
	t.Parallel()
	store, at := story(t)
	tell := func(vs []layers.Version) string {
		var out []string
		for _, v := range vs {
			name := ""
			if v.Properties != nil {
				name = fmt.Sprint(" ", v.Properties)
			}
			out = append(out, fmt.Sprintf("%s %s%s %v", v.Op, v.Actor, name, v.Changed))
		}
		return strings.Join(out, "\n")
	}
	for id, want := range map[string]string{
		"1": "insert writer 5 [again 7] []\ndelete writer 4 []\nupdate writer 2 [a 10] [bottom]\ninsert writer 1 [a 1] []",
		"2": "update writer 3 [B 2] [name geometry]\ninsert writer 1 [b 2] []",
		"3": "update writer 6 [c 3] []\ninsert writer 1 [c 3] []",
	} {
		vs, err := store.Versions(t.Context(), layers.Anonymous, "well", id, layers.Query{}, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		if got := tell(vs); got != want {
			t.Errorf("feature %s:\n%s\nwant\n%s", id, got, want)
		}
		var paged []layers.Version
		for before := int64(0); ; {
			page, err := store.Versions(t.Context(), layers.Anonymous, "well", id, layers.Query{}, before, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			paged, before = append(paged, page...), page[0].Feature.Version
		}
		if got := tell(paged); got != want {
			t.Errorf("feature %s, one by one:\n%s", id, got)
		}
		for i, v := range vs {
			if i == 0 && v.To != nil || i > 0 && (v.To == nil || !v.To.Equal(*vs[i-1].From)) || v.Position <= at[0] || v.Reason != strings.Replace(v.Actor, "writer", "reason", 1) {
				t.Errorf("feature %s: version %d from %v to %v, position %d, %q", id, i, v.From, v.To, v.Position, v.Reason)
			}
		}
	}
	for _, id := range []string{"99", "x", ""} {
		if _, err := store.Versions(t.Context(), layers.Anonymous, "well", id, layers.Query{}, 0, 9); !errors.Is(err, layers.ErrNotFound) {
			t.Errorf("versions of %q: %v", id, err)
		}
	}
}

func TestDifferenceBetweenAnyTwoMoments(t *testing.T) {
	t.Parallel()
	store, at := story(t)
	for _, c := range []struct {
		from, to int
		want     string
	}{
		{0, 1, "added 1, added 2, added 3"},
		{1, 1, ""},
		{1, 2, "changed 1 [bottom]"},
		{2, 3, "changed 2 [name geometry]"},
		{1, 3, "changed 1 [bottom], changed 2 [name geometry]"},
		{3, 4, "removed 1"},
		{1, 4, "removed 1, changed 2 [name geometry]"},
		{4, 5, "added 1"},
		{3, 5, "changed 1 [name bottom geometry]"},
		{5, 8, ""}, // what was changed and changed back
		{0, 8, "added 1, added 2, added 3"},
		{1, 8, "changed 1 [name bottom geometry], changed 2 [name geometry]"},
	} {
		var told []string
		var counts [3]int64
		q := layers.Query{Limit: 2}
		for {
			d, err := store.Difference(t.Context(), layers.Anonymous, "well", q, at[c.from], at[c.to])
			if err != nil {
				t.Fatal(err)
			}
			counts = [3]int64{d.Added, d.Removed, d.Changed}
			for _, f := range d.Features {
				text := "changed " + f.ID + " " + fmt.Sprint(f.Changed)
				if f.Before == nil {
					text = "added " + f.ID
				} else if f.After == nil {
					text = "removed " + f.ID
				}
				told = append(told, text)
			}
			if q.After = d.Next; q.After == "" {
				break
			}
		}
		if got := strings.Join(told, ", "); got != c.want {
			t.Errorf("from %d to %d: %q, want %q", c.from, c.to, got, c.want)
		}
		for i, kind := range []string{"added", "removed", "changed"} {
			if want := strings.Count(c.want, kind); int(counts[i]) != want {
				t.Errorf("from %d to %d: counts %v of %q", c.from, c.to, counts, c.want)
			}
		}
	}
	inside := layers.Query{Limit: 10, Bounds: &layers.Bounds{117, 34, 117.5, 36}} // where the second was
	d, err := store.Difference(t.Context(), layers.Anonymous, "well", inside, at[1], at[3])
	if err != nil || len(d.Features) != 1 || d.Features[0].ID != "2" || d.Changed != 1 {
		t.Errorf("within bounds: %+v, %v", d, err)
	}
	if _, err := store.Difference(t.Context(), layers.Anonymous, "well", layers.Query{}, at[3], at[1]); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("backwards: %v", err)
	}
	if _, err := store.Difference(t.Context(), layers.Anonymous, "well", layers.Query{After: "e30"}, at[1], at[3]); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("another's cursor: %v", err)
	}
}

func TestIDsInAnyOrder(t *testing.T) {
	t.Parallel()
	store, _ := mixture(t)
	q := layers.Query{Sort: []layers.Sort{{Property: "whole", Descending: true}}, IDs: []string{"4", "3", "2", "1", "5"}}
	var ids []string
	for id, err := range store.IDs(t.Context(), layers.Anonymous, "mixture", q) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if want := pagesOf(t, store, "mixture", q); !slices.Equal(ids, want) {
		t.Errorf("%v, want %v", ids, want)
	}
	for _, err := range store.IDs(t.Context(), layers.Anonymous, "keyless", layers.Query{}) {
		if !errors.Is(err, layers.ErrInvalid) {
			t.Errorf("ids of rows without: %v", err)
		}
	}
}
