package search

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// ref is a feature.
type ref struct{ layer, id string }

// candidate is a feature that may match, and what is known of it before it is read.
type candidate struct {
	ref
	words uint16 // which words it seems to have, one bit each
	kind  Kind   // how, at best
	at    *[2]float64
}

// seeker works on one search.
type seeker struct {
	*Index
	Request
	words      []word
	targets    map[string]target
	candidates map[ref]*candidate
	found      []int // candidates of each word
	incomplete []string
}

// How many candidates are taken from each span of the index, of one key, and from the log.
const (
	mostOfSpan   = 300
	mostOfWords  = 1500 // where there are several words, which have to meet
	mostOfSame   = 200
	mostOfTail   = 1000
	mostDirectly = 20_000 // rows of a layer that are read where the index has not all of it
)

// note adds what is known of a feature.
func (s *seeker) note(r ref, word int, kind Kind, at *[2]float64) {
	c := s.candidates[r]
	if c == nil {
		c = &candidate{ref: r, kind: kind}
		s.candidates[r] = c
	}
	if c.words&(1<<word) == 0 {
		s.found[word]++
	}
	c.words |= 1 << word
	c.kind = min(c.kind, kind)
	if at != nil {
		c.at = at
	}
}

// gather finds candidates: in the index, in what the log has beyond it, and in the rows of layers that are not in it.
func (s *seeker) gather(ctx context.Context) error {
	touched, err := s.pending(ctx) // before the log: who is not in it yet is pending now
	if err != nil {
		return err
	}
	indexed, err := s.look(ctx, touched)
	if err != nil {
		return err
	}
	for name, t := range s.targets {
		past := s.AsOf != 0 && (t.layer.Revision > s.AsOf || touched.features[name] != nil || touched.whole[name])
		switch {
		case past:
			err = s.scan(ctx, t, nil, 0)
		case indexed[name] && !touched.whole[name]:
			if ids := touched.features[name]; ids != nil {
				err = s.scan(ctx, t, ids, 0)
			}
		case t.layer.Count <= mostDirectly || !t.layer.Tracked:
			err = s.scan(ctx, t, nil, mostDirectly)
		default:
			s.incomplete = append(s.incomplete, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// look reads, in this order, how far the index is, what the log has beyond it, and what the index has. It tells which layers
// are in it as they should be.
func (s *seeker) look(ctx context.Context, touched *tail) (indexed map[string]bool, err error) {
	batch := &pgx.Batch{}
	indexed = map[string]bool{}
	layerOf := map[int32]string{}
	batch.Queue("select number, layer, plan, since is null from onemap.search_index where not gone").Query(func(rows pgx.Rows) error {
		var number int32
		var layer, plan string
		var whole bool
		_, err := pgx.ForEachRow(rows, []any{&number, &layer, &plan, &whole}, func() error {
			layerOf[number] = layer
			if t, ok := s.targets[layer]; ok && whole && plan == t.plan() {
				indexed[layer] = true
			}
			return nil
		})
		return err
	})
	batch.Queue(tailSQL, pgx.StrictNamedArgs{"limit": mostOfTail + 1}).Query(touched.read)
	spans, of := s.spans()
	from, to := make([]string, len(spans)), make([]string, len(spans))
	for i, sp := range spans {
		from[i], to[i] = sp.from, sp.to
	}
	most := mostOfSpan
	if len(s.words) > 1 {
		most = mostOfWords
	}
	batch.Queue("select span, whole, number, fid, x, y from onemap.search_keys($1, $2, $3, $4)", from, to, most, mostOfSame).Query(func(rows pgx.Rows) error {
		var i, number int32
		var whole bool
		var fid int64
		var x, y *float32
		_, err := pgx.ForEachRow(rows, []any{&i, &whole, &number, &fid, &x, &y}, func() error {
			layer := layerOf[number]
			if _, ok := s.targets[layer]; !ok {
				return nil
			}
			kind := spans[i-1].kind
			if whole && kind == Prefix {
				kind = Exact
			}
			var at *[2]float64
			if x != nil && y != nil {
				at = &[2]float64{float64(*x), float64(*y)}
			}
			s.note(ref{layer, strconv.FormatInt(fid, 10)}, of[i-1], kind, at)
			return nil
		})
		return err
	})
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("search the index: %w", layers.BadValue(err))
	}
	if touched.n > mostOfTail { // no layer is known to be as the index has it
		for name := range s.targets {
			touched.whole[name] = true
		}
	}
	return indexed, nil
}

// spans are those of all words, and which word each is of.
func (s *seeker) spans() (all []span, of []int) {
	for i, w := range s.words {
		for _, sp := range w.spans() {
			all, of = append(all, sp), append(of, i)
		}
	}
	return all, of
}

// scan reads the rows of a layer, or those with some ids, at most so many (0 = all), and keeps those that match. Of a layer whose past
// is not kept, none is known.
func (s *seeker) scan(ctx context.Context, t target, ids []string, most int) error {
	source, err := s.store.Rows(ctx, t.layer, layers.Query{IDs: ids, AsOf: s.AsOf})
	if errors.Is(err, layers.ErrInvalid) {
		s.incomplete = append(s.incomplete, t.layer.Name)
		return nil
	}
	if err != nil {
		return err
	}
	sql := fmt.Sprintf("select source.%s::text, array[%s] from %s as source where %s", ident(t.layer.Table.Key), list(t.texts()), source.From, source.Where)
	if most > 0 {
		sql += fmt.Sprintf(" limit %d", most+1)
	}
	rows, err := s.pool.Query(ctx, sql, pgx.QueryExecModeDescribeExec, source.Args) // asked once: not to be prepared and kept
	if err != nil {
		return fmt.Errorf("search %s: %w", t.layer.Name, layers.BadValue(err))
	}
	n := 0
	var id string
	var texts []string
	_, err = pgx.ForEachRow(rows, []any{&id, &texts}, func() error {
		n++
		s.compare(ref{t.layer.Name, id}, texts)
		return nil
	})
	if err != nil {
		return fmt.Errorf("search %s: %w", t.layer.Name, layers.BadValue(err))
	}
	if most > 0 && n > most {
		s.incomplete = append(s.incomplete, t.layer.Name)
	}
	return nil
}

// compare notes which words a feature has by its texts.
func (s *seeker) compare(r ref, texts []string) {
	values := make([]value, len(texts))
	for i, text := range texts {
		values[i] = newValue(text)
	}
	for i, w := range s.words {
		found, _ := all(values, w)
		for _, m := range found {
			s.note(r, i, m.kind, nil)
		}
	}
}
