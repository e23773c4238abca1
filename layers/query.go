package layers

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// Query says which features of a layer are asked for, and how.
type Query struct {
	Bounds     *Bounds   // only features that touch these bounds, or have no geometry; west > east crosses the antimeridian
	BoundsSRID int       // of Bounds, x = east first; 0 = 4490
	Datetime   *Interval // only features whose time field meets the interval, or is null
	Equal      []Equal   // only features whose properties have one of the values
	Filter     Condition // only features that it is true of; nil = all
	Limit      int       // features in a page; 0 = 10, at most MaxLimit
	After      string    // cursor of the page before, from Page.Next
	SRID       int       // of the answer's geometries; 0 = the layer's own
	Count      bool      // count all matching features
	AsOf       int64     // as of this position of the log; 0 = now
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

// Page is a part of the answer to a Query, in the order of the layer's key.
type Page struct {
	Layer    *Layer
	Features []Feature
	Next     string // cursor of the next page; "" on the last
	Matched  int64  // all features that match, exactly; -1 when not asked for
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
	page := &Page{Layer: l, Matched: -1}
	if q.Count {
		if err := s.pool.QueryRow(ctx, sel.count(), sel.args).Scan(&page.Matched); err != nil {
			return nil, fmt.Errorf("count %s: %w", l.Name, badValue(err))
		}
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 10
	}
	limit = min(limit, MaxLimit)
	sql, args, err := sel.page(q.After, limit+1)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, sql, args)
	if err != nil {
		return nil, fmt.Errorf("find in %s: %w", l.Name, badValue(err))
	}
	page.Features, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Feature, error) { return scanFeature(row, l) })
	if err != nil {
		return nil, fmt.Errorf("find in %s: %w", l.Name, badValue(err))
	}
	if len(page.Features) > limit {
		page.Features = page.Features[:limit]
		page.Next = sel.next(page.Features[limit-1].ID, q.After, limit)
	}
	return page, nil
}

// Feature returns one feature by its id; of q only SRID and AsOf matter.
func (s *Store) Feature(ctx context.Context, actor Actor, layer, id string, q Query) (*Feature, error) {
	l, err := s.Layer(ctx, actor, layer)
	if err != nil {
		return nil, err
	}
	missing := fmt.Errorf("%w: layer %q has no feature %q", ErrNotFound, layer, id)
	if l.Table.Key == "" {
		return nil, missing
	}
	sel, err := s.selection(ctx, l, Query{SRID: q.SRID, AsOf: q.AsOf})
	if err != nil {
		return nil, err
	}
	sel.and(fmt.Sprintf("%s = %s", ident(l.Table.Key), sel.bind(id, l.Table.KeyType)))
	rows, err := s.pool.Query(ctx, sel.all(), sel.args)
	if err != nil {
		return nil, fmt.Errorf("feature %s of %s: %w", id, layer, translate(err))
	}
	f, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (Feature, error) { return scanFeature(row, l) })
	if errors.Is(err, pgx.ErrNoRows) || errors.Is(translate(err), ErrInvalid) { // no such row; or no value of the key's type
		return nil, missing
	}
	if err != nil {
		return nil, fmt.Errorf("feature %s of %s: %w", id, layer, translate(err))
	}
	return &f, nil
}

// Stream yields all features that match, in the order of the key, holding one at a time; Limit and After are not
// looked at. It ends after the first error.
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
		rows, err := s.pool.Query(ctx, sel.all(), sel.args)
		if err != nil {
			yield(Feature{}, fmt.Errorf("stream %s: %w", layer, badValue(err)))
			return
		}
		defer rows.Close()
		for rows.Next() {
			f, err := scanFeature(rows, l)
			if err != nil {
				yield(Feature{}, fmt.Errorf("stream %s: %w", layer, err))
				return
			}
			if !yield(f, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Feature{}, fmt.Errorf("stream %s: %w", layer, badValue(err)))
		}
	}
}

// badValue translates the driver's error; one of an ill-formed value is told to the sender in words of our own.
func badValue(err error) error {
	if err = translate(err); errors.Is(err, ErrInvalid) {
		return fmt.Errorf("%w: a value in the filter does not fit its property's type", ErrInvalid)
	}
	return err
}

// cursor is what Page.Next says, in base64: where the page ended, and of which question.
type cursor struct {
	Key    string `json:"k,omitempty"` // last key of the page
	Offset int    `json:"o,omitempty"` // rows passed, in a layer without a key
	Hash   string `json:"h"`           // of the question
}

func (c cursor) encode() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and an int always marshal
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func decodeCursor(text, hash string) (c cursor, err error) {
	if text == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Offset < 0 {
		return c, fmt.Errorf("%w: cursor %q is not one this server gave; start again without it", ErrInvalid, text)
	}
	if c.Hash != hash {
		return c, fmt.Errorf("%w: the cursor belongs to another filter; start again without it", ErrInvalid)
	}
	return c, nil
}

// hashOf names a question: SQL and values.
func hashOf(parts ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", parts))
	return strconv.FormatUint(uint64(sum[0])<<32|uint64(sum[1])<<24|uint64(sum[2])<<16|uint64(sum[3])<<8|uint64(sum[4]), 36)
}
