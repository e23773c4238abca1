package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// choose orders what was found and leaves out what would hide the rest: of features of one layer and name the nearest few, and of
// one layer not more than a share while others have something to say.
func (s *seeker) choose(all []found) []found {
	const mostOfOneName = 5
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.rank.kind, b.rank.kind), cmp.Compare(a.rank.beside, b.rank.beside), cmp.Compare(a.rank.weight, b.rank.weight), cmp.Compare(a.rank.far, b.rank.far),
			cmp.Compare(a.rank.length, b.rank.length), cmp.Compare(a.title, b.title), cmp.Compare(a.layer, b.layer),
			cmp.Compare(len(a.id), len(b.id)), cmp.Compare(a.id, b.id))
	})
	share := max(s.Limit/4, 3)
	named, of := map[[2]string]int{}, map[string]int{}
	var hits, rest []found
	for _, f := range all {
		name := [2]string{f.layer, f.title}
		most := mostOfOneName
		if s.targets[f.layer].lines() {
			most = 1
		}
		if named[name]++; named[name] > most {
			continue
		}
		if of[f.layer]++; of[f.layer] > share {
			rest = append(rest, f)
			continue
		}
		hits = append(hits, f)
	}
	if missing := s.Limit - len(hits); missing > 0 {
		hits = append(hits, rest[:min(missing, len(rest))]...)
	}
	return hits[:min(len(hits), s.Limit)]
}

// tell completes hits by where they are.
func (s *seeker) tell(ctx context.Context, chosen []found) ([]Hit, error) {
	places := map[ref]Hit{}
	batch := &pgx.Batch{}
	batch.Queue(generic)
	for name, ids := range byLayer(chosen, func(f found) ref { return f.ref }) {
		t := s.targets[name]
		source, err := s.store.Rows(ctx, t.layer, layers.Query{IDs: ids, AsOf: s.AsOf})
		if err != nil {
			return nil, err
		}
		sql := fmt.Sprintf("select source.%s::text, %s from %s as source where %s", ident(t.layer.Table.Key), list(t.place()), source.From, source.Where)
		batch.Queue(sql, source.Args).Query(func(rows pgx.Rows) error {
			var id string
			var x, y, west, south, east, north *float64
			_, err := pgx.ForEachRow(rows, []any{&id, &x, &y, &west, &south, &east, &north}, func() error {
				var h Hit
				if x != nil && y != nil {
					h.Point = &[2]float64{*x, *y}
				}
				if west != nil && south != nil && east != nil && north != nil {
					h.Bounds = &layers.Bounds{*west, *south, *east, *north}
				}
				places[ref{name, id}] = h
				return nil
			})
			return err
		})
	}
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("read where hits are: %w", layers.BadValue(err))
	}
	hits := []Hit{}
	for _, f := range chosen {
		h, ok := places[f.ref]
		if !ok {
			continue // gone in the meantime
		}
		h.Layer, h.ID, h.Title, h.Property, h.Match, h.Marks, h.Subtitle = f.layer, f.id, f.title, f.property, f.kind.String(), f.marks, f.subtitle
		hits = append(hits, h)
	}
	return hits, nil
}
