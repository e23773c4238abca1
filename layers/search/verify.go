package search

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// found is a feature that matches.
type found struct {
	ref
	rank     rank
	title    string
	property string
	subtitle string
	marks    [][2]int
	kind     Kind
}

// rank is what hits are ordered by.
type rank struct {
	kind   Kind
	beside int // words that only what is told besides has
	weight int
	far    int
	length int
}

// Candidates are read a batch at a time, the most promising first, until enough match or so many have been read.
const (
	batchOf    = 100
	mostToRead = 600
	spare      = 10 // different hits beyond those that are wanted, which may rank better when they have been read
)

// verify reads candidates and keeps those that match as things are, or were.
func (s *seeker) verify(ctx context.Context) (hits []found, err error) {
	candidates := slices.Collect(maps.Values(s.candidates))
	slices.SortFunc(candidates, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(bits.OnesCount16(b.words), bits.OnesCount16(a.words)), cmp.Compare(s.rarest(a), s.rarest(b)), cmp.Compare(a.kind, b.kind),
			cmp.Compare(s.targets[a.layer].weight(), s.targets[b.layer].weight()), cmp.Compare(s.far(a.at), s.far(b.at)),
			cmp.Compare(a.layer, b.layer), cmp.Compare(len(a.id), len(b.id)), cmp.Compare(a.id, b.id))
	})
	different := map[[2]string]bool{}
	for read := 0; read < min(len(candidates), mostToRead) && len(different) < s.Limit+spare; read += batchOf {
		more, err := s.read(ctx, candidates[read:min(read+batchOf, len(candidates))])
		if err != nil {
			return nil, err
		}
		for _, f := range more {
			different[[2]string{f.layer, f.title}] = true
		}
		hits = append(hits, more...)
	}
	return hits, nil
}

// rarest is how many candidates the rarest word has that this one seems to have: the others of them are soon seen through.
func (s *seeker) rarest(c *candidate) int {
	least := math.MaxInt
	for i, n := range s.found {
		if c.words&(1<<i) != 0 {
			least = min(least, n)
		}
	}
	return least
}

// generic has the statements of a batch planned once and for all: their plans are the same whatever is asked.
const generic = "select set_config('plan_cache_mode', 'force_generic_plan', true)"

// read reads some candidates, those of each layer by one query.
func (s *seeker) read(ctx context.Context, candidates []*candidate) (hits []found, err error) {
	batch := &pgx.Batch{}
	batch.Queue(generic)
	for name, ids := range byLayer(candidates, func(c *candidate) ref { return c.ref }) {
		t := s.targets[name]
		source, err := s.store.Rows(ctx, t.layer, layers.Query{IDs: ids, AsOf: s.AsOf})
		if errors.Is(err, layers.ErrInvalid) {
			continue // its past is not kept: scan has said so
		}
		if err != nil {
			return nil, err
		}
		sql := fmt.Sprintf("select source.%s::text, array[%s], array[%s], st_x(m.m), st_y(m.m) from %s as source, lateral (select %s as m) m where %s",
			ident(t.layer.Table.Key), list(t.texts()), list(t.about()), source.From, t.middle(), source.Where)
		batch.Queue(sql, source.Args).Query(func(rows pgx.Rows) error {
			var id string
			var texts, about []string
			var x, y *float64
			_, err := pgx.ForEachRow(rows, []any{&id, &texts, &about, &x, &y}, func() error {
				var at *[2]float64
				if x != nil && y != nil {
					at = &[2]float64{*x, *y}
				}
				if f, ok := s.judge(t, id, texts, about, at); ok {
					hits = append(hits, f)
				}
				return nil
			})
			return err
		})
	}
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("read what was found: %w", layers.BadValue(err))
	}
	return hits, nil
}

// judge tells whether a feature has all words, one of them at the least in what it is found by. Its title is the text that has most
// of them, best.
func (s *seeker) judge(t target, id string, texts, about []string, at *[2]float64) (f found, ok bool) {
	values := make([]value, 0, len(texts)+len(about))
	for _, text := range slices.Concat(texts, about) {
		values = append(values, newValue(text))
	}
	matches := make([][]match, len(texts))
	worst, beside := Exact, 0
	for _, w := range s.words {
		ms, in := all(values[:len(texts)], w)
		if len(ms) == 0 {
			if ms, in = all(values, w); len(ms) == 0 {
				return f, false
			}
			beside++
		}
		best := ShortInside
		for i, m := range ms {
			best = min(best, m.kind)
			if in[i] < len(texts) {
				matches[in[i]] = append(matches[in[i]], m)
			}
		}
		worst = max(worst, best)
	}
	title := -1
	for i, ms := range matches {
		if len(ms) > 0 && (title < 0 || len(ms) > len(matches[title]) || len(ms) == len(matches[title]) && ms[0].kind < matches[title][0].kind) {
			title = i
		}
	}
	if title < 0 {
		return f, false
	}
	f = found{ref: ref{t.layer.Name, id}, kind: worst, title: texts[title], property: t.properties[title].Name}
	if values[title].String() == spell(s.Text).String() {
		f.kind = Exact
	}
	f.rank = rank{f.kind, beside, t.weight(), s.far(at), utf8.RuneCountInString(f.title)}
	f.marks = values[title].marks(matches[title])
	f.subtitle = besides(f.title, about)
	return f, true
}

// besides joins what is told besides a title, each once.
func besides(title string, about []string) string {
	var parts []string
	for _, text := range about {
		if text != "" && text != title && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " · ")
}

// marks are the characters of the text that matches cover, in order, those that meet as one.
func (v value) marks(ms []match) [][2]int {
	marks := [][2]int{}
	slices.SortFunc(ms, func(a, b match) int { return cmp.Compare(a.from, b.from) })
	for _, m := range ms {
		from, to := v.at[m.from], v.at[m.to-1]+1
		if last := len(marks) - 1; last >= 0 && from <= marks[last][1] {
			marks[last][1] = max(marks[last][1], to)
			continue
		}
		marks = append(marks, [2]int{from, to})
	}
	return marks
}

// far is how far a place is from where somebody looks, in doublings of what they see; 0 is within.
func (s *seeker) far(at *[2]float64) int {
	const little, nowhere = 0.005, 40 // degrees; doublings
	if s.Near == nil {
		return 0
	}
	if at == nil {
		return nowhere
	}
	b := *s.Near
	squeeze := math.Cos(min(max(b[1], -85), 85) * math.Pi / 180)
	dx, dy := math.Abs(at[0]-(b[0]+b[2])/2)*squeeze, math.Abs(at[1]-(b[1]+b[3])/2)
	half := max((b[2]-b[0])*squeeze/2, (b[3]-b[1])/2, little)
	return max(0, int(math.Ceil(math.Log2(max(dx, dy)/half))))
}

// byLayer gathers the ids of each layer.
func byLayer[T any](list []T, of func(T) ref) map[string][]string {
	ids := map[string][]string{}
	for _, one := range list {
		r := of(one)
		ids[r.layer] = append(ids[r.layer], r.id)
	}
	return ids
}

func list(columns []string) string { return strings.Join(columns, ", ") }
