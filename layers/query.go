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

	CountIfCheap bool // count them where the number is known or costs little, see Reader.matched
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

// Find is Reader.Find, now.
func (s *Store) Find(ctx context.Context, actor Actor, layer string, q Query) (*Page, error) {
	return s.reader().Find(ctx, actor, layer, q)
}

// Stream is Reader.Stream, now.
func (s *Store) Stream(ctx context.Context, actor Actor, layer string, q Query) iter.Seq2[Feature, error] {
	return s.reader().Stream(ctx, actor, layer, q)
}

// Find returns one page of features. It returns ErrInvalid for a bad filter or cursor, ErrNotFound for a layer.
func (s Reader) Find(ctx context.Context, actor Actor, layer string, q Query) (*Page, error) {
	l, err := s.store.Layer(ctx, actor, layer)
	if err != nil {
		return nil, err
	}
	sel, err := s.store.selection(ctx, l, q)
	if err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 10
	}
	limit = min(limit, MaxLimit)
	found, err := s.found(ctx, sel, q, limit+1)
	if err != nil {
		return nil, err
	}
	page := &Page{Layer: sel.shown, Features: found.features[:min(len(found.features), limit)], Matched: found.matched}
	if len(found.features) > limit {
		next := cursor{Key: page.Features[limit-1].ID}
		if found.places != nil {
			next.Place = found.places[limit-1]
		}
		if page.Matched >= 0 {
			next.Matched, next.Revision = &page.Matched, l.Revision
		}
		page.Next = sel.next(next, q.After, q.Offset+limit)
	}
	return page, nil
}

// found is what a page is made of: features, one more than it has where there are more, what each is sorted by, and how many match.
type found struct {
	features []Feature
	places   [][]*string
	matched  int64 // -1 when not counted
}

// found reads at most limit features of a page and counts, by one look or by two questions.
func (s Reader) found(ctx context.Context, sel *selection, q Query, limit int) (f found, err error) {
	if sel.lookable(q) {
		f, ok, err := s.look(ctx, sel, q.Offset, limit)
		if err != nil || ok {
			return f, err
		}
	}
	if f, err = s.read(ctx, sel, q, limit); err != nil {
		return f, err
	}
	f.matched, err = s.matched(ctx, sel, q, len(f.features), len(f.features) == limit)
	return f, err
}

// read reads at most limit features of a page, and what each is sorted by.
func (s Reader) read(ctx context.Context, sel *selection, q Query, limit int) (f found, err error) {
	sql, with, err := sel.page(q.After, q.Offset, limit)
	if err != nil {
		return f, err
	}
	rows, err := s.db.Query(ctx, sql, with...)
	if err != nil {
		return f, sel.unread(err)
	}
	f.features, err = sel.collect(rows, func(r *rowReader, behind int) error {
		place := make([]*string, len(sel.sort))
		f.places = append(f.places, place)
		return r.scan(behind, pointers(place)...)
	})
	return f, err
}

// collect reads the features of an answer to its end; also reads of each row what is behind them, from a column on.
func (sel *selection) collect(rows pgx.Rows, also func(r *rowReader, behind int) error) (features []Feature, err error) {
	defer rows.Close()
	for r := (rowReader{rows: rows}); r.next(); {
		f, err := r.feature(sel.shown, 0)
		if err == nil {
			err = also(&r, featureColumns+len(sel.shown.Properties))
		}
		if err != nil {
			return nil, sel.unread(err)
		}
		features = append(features, f)
	}
	if err := rows.Err(); err != nil {
		return nil, sel.unread(err)
	}
	return features, nil
}

// matched counts all that matches as q asks for it; so many of it have been read, from the beginning where q says no other.
func (s Reader) matched(ctx context.Context, sel *selection, q Query, read int, more bool) (int64, error) {
	if !q.Count && !q.CountIfCheap {
		return -1, nil
	}
	if !more && q.After == "" && q.Offset == 0 {
		return int64(read), nil
	}
	if n, err := sel.counted(q); err != nil || n >= 0 {
		return n, err
	}
	if q.Count {
		return s.count(ctx, sel)
	}
	return s.countIfCheap(ctx, sel)
}

// Feature returns one feature by its id; of q only AsOf and what the answer has matter.
func (s *Store) Feature(ctx context.Context, actor Actor, layer, id string, q Query) (*Feature, error) {
	l, err := s.Layer(ctx, actor, layer)
	if err != nil {
		return nil, err
	}
	missing := Refuse(ErrNotFound, "layer %q has no feature %q", "图层“%s”没有要素“%s”", layer, id)
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
	defer rows.Close()
	r := rowReader{rows: rows}
	if r.next() {
		f, err := r.feature(sel.shown, 0)
		if err != nil {
			return nil, fmt.Errorf("feature %s of %s: %w", id, layer, err)
		}
		return &f, nil
	}
	if err := rows.Err(); err != nil && !errors.Is(translate(err), ErrInvalid) { // which is no value of the key's type
		return nil, sel.unread(err)
	}
	return nil, missing
}

// Stream yields all features that match, in their order, holding one at a time: its geometry and its list of properties are good
// until the next. They have the properties of Layer.Only. Limit 0 is all of them, and there is no largest. It ends after the first
// error.
func (s Reader) Stream(ctx context.Context, actor Actor, layer string, q Query) iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		l, err := s.store.Layer(ctx, actor, layer)
		if err != nil {
			yield(Feature{}, err)
			return
		}
		sel, err := s.store.selection(ctx, l, q)
		if err != nil {
			yield(Feature{}, err)
			return
		}
		sql, with, err := sel.page(q.After, q.Offset, q.Limit)
		if err != nil {
			yield(Feature{}, err)
			return
		}
		rows, err := s.db.Query(ctx, sql, with...)
		if err != nil {
			yield(Feature{}, sel.unread(err))
			return
		}
		defer rows.Close()
		r := rowReader{rows: rows, kept: &keptGeometry{}, properties: make([]any, len(sel.shown.Properties))}
		for r.next() {
			f, err := r.feature(sel.shown, 0)
			if err != nil {
				yield(Feature{}, sel.unread(err))
				return
			}
			if !yield(f, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Feature{}, sel.unread(err))
		}
	}
}

// unread tells why features could not be read. That one has no coordinates in the system asked for is the sender's to know.
func (sel *selection) unread(err error) error {
	if untransformable(err) {
		return Refuse(ErrInvalid, "some features of layer %q have no coordinates in EPSG:%d: they lie outside of what it is made for; ask for another system, or within a smaller box", "图层“%s”的部分要素超出 EPSG:%d 的适用范围，无法换算；请改用其他坐标系，或缩小范围", sel.layer.Name, sel.srid)
	}
	return fmt.Errorf("features of %s: %w", sel.layer.Name, BadValue(err))
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
		return Refuse(ErrInvalid, "a value in the filter does not fit its property's type", "查询条件中的值与属性的类型不符")
	}
	return err
}
