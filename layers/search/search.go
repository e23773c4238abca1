// Package search finds features of all layers by what they are called: names, numbers, addresses, as typed or as they sound.
//
// An index in the database has, for each text that a feature is found by, how it begins and how it goes on from each place within
// where a word may begin, as written, as pinyin and as the initials of pinyin (keys.go). A word is looked for as spans of that index,
// so that what it costs depends on how many answers are wanted and not on how many there are. What is found so is read from
// the layer and compared (match.go): nothing is told that is not there now. The index follows the change log (keep.go); what the log
// has beyond it is looked at directly (tail.go), so that an edit by anybody is found at once.
package search

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
)

// Index answers searches in one database. It is safe for concurrent use.
type Index struct {
	pool  *pgxpool.Pool
	store *layers.Store
}

// New returns the index of a store's database.
func New(pool *pgxpool.Pool, store *layers.Store) *Index { return &Index{pool: pool, store: store} }

// Request is what is looked for.
type Request struct {
	Text   string         // words in any order, each of which a feature has to have; at most 100 characters
	Layers []string       // names; nil = all
	Near   *layers.Bounds // what is in it, or near it, goes before what matches as well; EPSG:4490
	AsOf   int64          // as of this position of the log; 0 = now
	Limit  int            // hits; 0 = 20, at most MaxLimit
}

// MaxLimit is the most hits of an answer.
const MaxLimit = 100

// Answer has the best hits first.
type Answer struct {
	Hits       []Hit    `json:"hits"`
	Incomplete []string `json:"incomplete,omitempty"` // layers of which not all can be found: they are being indexed, or their past is not kept
}

// Hit is a feature that was found.
type Hit struct {
	Layer    string         `json:"layer"`
	ID       string         `json:"id"`
	Title    string         `json:"title"`    // the value that matched
	Property string         `json:"property"` // whose value it is
	Match    string         `json:"match"`    // exact, prefix, word, inside, sound, initials: of all words the worst
	Marks    [][2]int       `json:"marks"`    // the characters of the title that matched: from, up to
	Subtitle string         `json:"subtitle"` // what else tells which it is: its label where another value matched, its town
	Point    *[2]float64    `json:"point,omitempty"`
	Bounds   *layers.Bounds `json:"bounds,omitempty"` // EPSG:4490
}

// How long an answer may take. The past is read from history, row by row.
const (
	longest     = 3 * time.Second
	longestPast = 15 * time.Second
)

// Search finds features of the layers that the actor may see. A text without any letter, digit or Chinese character finds nothing.
// It returns ErrInvalid for a text that is too long, ErrNotFound for a layer, ErrTimeout.
func (x *Index) Search(ctx context.Context, actor layers.Actor, r Request) (*Answer, error) {
	words, err := parse(r.Text)
	if err != nil {
		return nil, err
	}
	if r.Limit <= 0 {
		r.Limit = 20
	}
	r.Limit = min(r.Limit, MaxLimit)
	limit := longest
	if r.AsOf != 0 {
		limit = longestPast
	}
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	answer, err := x.search(within, actor, words, r)
	if errors.Is(err, layers.ErrTimeout) && ctx.Err() == nil {
		return nil, layers.Refuse(layers.ErrTimeout, "the search took too long: say more of what you look for, or name the layers", "查找超时：请输入更完整的名称或编号，或用 layers 指定图层")
	}
	return answer, err
}

func (x *Index) search(ctx context.Context, actor layers.Actor, words []word, r Request) (*Answer, error) {
	targets, err := x.targets(ctx, actor, r.Layers)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 || len(targets) == 0 {
		return &Answer{Hits: []Hit{}}, nil
	}
	s := &seeker{Index: x, Request: r, words: words, targets: targets, candidates: map[ref]*candidate{}, found: make([]int, len(words))}
	if err := s.gather(ctx); err != nil {
		return nil, err
	}
	found, err := s.verify(ctx)
	if err != nil {
		return nil, err
	}
	hits, err := s.tell(ctx, s.choose(found))
	if err != nil {
		return nil, err
	}
	slices.Sort(s.incomplete)
	return &Answer{Hits: hits, Incomplete: slices.Compact(s.incomplete)}, nil
}

// targets are the layers that are searched, by name.
func (x *Index) targets(ctx context.Context, actor layers.Actor, names []string) (map[string]target, error) {
	ls, err := x.store.Layers(ctx, actor)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if !slices.ContainsFunc(ls, func(l *layers.Layer) bool { return l.Name == name }) {
			return nil, layers.Refuse(layers.ErrNotFound, "no layer %q; the list is at /layers", "没有图层“%s”；图层列表见 /layers", name)
		}
	}
	targets := map[string]target{}
	for _, l := range ls {
		if t, ok := targetOf(l); ok && (names == nil || slices.Contains(names, l.Name)) {
			targets[l.Name] = t
		}
	}
	return targets, nil
}
