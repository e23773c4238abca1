package layers

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"
)

// Query says which features of a layer are asked for, and how.
type Query struct {
	Bounds     *Bounds   // only features that touch these bounds, or have no geometry; west > east crosses the antimeridian
	BoundsSRID int       // of Bounds, x = east first; 0 = 4490
	Datetime   *Interval // only features whose time field meets the interval, or is null
	Equal      []Equal   // only features whose properties have one of the values
	IDs        []string  // only features with one of these ids; nil = all; one that no feature has is passed over
	Filter     Condition // only features that it is true of; nil = all
	AsOf       int64     // as of this position of the log; 0 = now

	Sort       []Sort   // order; features that are equal in it, and all where it is nil, are in the order of the key
	Properties []string // that the answer has, see Layer.Only; nil = all
	NoGeometry bool     // the answer's geometries are nil
	SRID       int      // of the answer's geometries; 0 = the layer's own

	Limit  int    // features in a page; 0 = 10, at most MaxLimit
	After  string // cursor of the page before, from Page.Next
	Offset int    // features passed over before the page. They are read all the same: a deep page costs as much as all before it. For doors that know no cursor
	Count  bool   // count all matching features

	CountIfCheap bool // count them where that costs little, see Store.countIfCheap
}

// Condition is a filter in a language of its own (package cql).
type Condition interface {
	// SQL compiles it for a layer, with no other names than the layer's. Each value goes through bind, which makes it a
	// parameter of an SQL type and returns what stands for it. It returns ErrInvalid where it does not fit the layer.
	SQL(l *Layer, bind func(value, sqlType string) string) (string, error)
}

// Interval is a span of time, both ends inclusive; nil is open.
type Interval struct {
	Start, End *time.Time
}

// MaxLimit is the largest page.
const MaxLimit = 10000

// Page is a part of the answer to a Query, in its order.
type Page struct {
	Layer    *Layer // with the properties that the features have
	Features []Feature
	Next     string // cursor of the next page; "" on the last
	Matched  int64  // all features that match, exactly; -1 when not counted
}

// Find returns one page of features. It returns ErrInvalid for a bad filter or cursor, ErrNotFound for a layer.
func (s *Store) Find(ctx context.Context, actor Actor, layer string, q Query) (*Page, error) {
	l, err := s.Layer(ctx, actor, layer)
	if err != nil {
		return nil, err
	}
	sel, err := s.selection(ctx, l, q)
	if err != nil {
		return nil, err
	}
	page := &Page{Layer: sel.shown, Matched: -1}
	switch {
	case q.Count:
		page.Matched, err = s.count(ctx, sel)
	case q.CountIfCheap:
		page.Matched, err = s.countIfCheap(ctx, sel, q)
	}
	if err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 10
	}
	limit = min(limit, MaxLimit)
	sql, args, err := sel.page(q.After, q.Offset, limit+1)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, sql, args)
	if err != nil {
		return nil, fmt.Errorf("find in %s: %w", l.Name, BadValue(err))
	}
	var places [][]*string // what each feature is sorted by
	page.Features, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Feature, error) {
		place := make([]*string, len(sel.sort))
		places = append(places, place)
		return scanFeature(row, sel.shown, pointers(place)...)
	})
	if err != nil {
		return nil, fmt.Errorf("find in %s: %w", l.Name, BadValue(err))
	}
	if len(page.Features) > limit {
		page.Features = page.Features[:limit]
		next := cursor{Key: page.Features[limit-1].ID, Place: places[limit-1]}
		if page.Matched >= 0 {
			next.Matched, next.Revision = &page.Matched, l.Revision
		}
		page.Next = sel.next(next, q.After, q.Offset+limit)
	}
	return page, nil
}

// Feature returns one feature by its id; of q only AsOf and what the answer has matter.
func (s *Store) Feature(ctx context.Context, actor Actor, layer, id string, q Query) (*Feature, error) {
	l, err := s.Layer(ctx, actor, layer)
	if err != nil {
		return nil, err
	}
	missing := fmt.Errorf("%w: layer %q has no feature %q", ErrNotFound, layer, id)
	if l.Table.Key == "" {
		return nil, missing
	}
	sel, err := s.selection(ctx, l, Query{SRID: q.SRID, AsOf: q.AsOf, Properties: q.Properties, NoGeometry: q.NoGeometry})
	if err != nil {
		return nil, err
	}
	sel.and(fmt.Sprintf("%s = %s", ident(l.Table.Key), sel.bind(id, l.Table.KeyType)))
	rows, err := s.pool.Query(ctx, sel.all(), sel.args)
	if err != nil {
		return nil, fmt.Errorf("feature %s of %s: %w", id, layer, translate(err))
	}
	f, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (Feature, error) { return scanFeature(row, sel.shown) })
	if errors.Is(err, pgx.ErrNoRows) || errors.Is(translate(err), ErrInvalid) { // no such row; or no value of the key's type
		return nil, missing
	}
	if err != nil {
		return nil, fmt.Errorf("feature %s of %s: %w", id, layer, translate(err))
	}
	return &f, nil
}

// Stream yields all features that match, in their order, holding one at a time; they have the properties of Layer.Only. Limit 0
// is all of them, and there is no largest; After is not looked at. It ends after the first error.
func (s *Store) Stream(ctx context.Context, actor Actor, layer string, q Query) iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		l, err := s.Layer(ctx, actor, layer)
		if err != nil {
			yield(Feature{}, err)
			return
		}
		sel, err := s.selection(ctx, l, q)
		if err != nil {
			yield(Feature{}, err)
			return
		}
		rows, err := s.pool.Query(ctx, sel.some(q.Offset, q.Limit), sel.args)
		if err != nil {
			yield(Feature{}, fmt.Errorf("stream %s: %w", layer, BadValue(err)))
			return
		}
		defer rows.Close()
		place := pointers(make([]*string, len(sel.sort)))
		for rows.Next() {
			f, err := scanFeature(rows, sel.shown, place...)
			if err != nil {
				yield(Feature{}, fmt.Errorf("stream %s: %w", layer, err))
				return
			}
			if !yield(f, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Feature{}, fmt.Errorf("stream %s: %w", layer, BadValue(err)))
		}
	}
}

// pointers is where the driver puts texts.
func pointers(texts []*string) []any {
	to := make([]any, len(texts))
	for i := range texts {
		to[i] = &texts[i]
	}
	return to
}

// BadValue translates the driver's error of a query with values of the sender's: one that fits no property is told in words of our
// own.
func BadValue(err error) error {
	if err = translate(err); errors.Is(err, ErrInvalid) {
		return fmt.Errorf("%w: a value in the filter does not fit its property's type", ErrInvalid)
	}
	return err
}
