package layers

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

//go:embed catalogue.sql
var catalogueSQL string

//go:embed counts.sql
var countsSQL string

//go:embed properties.sql
var propertiesSQL string

// catalogue is one reading of all layers, in reading order; it is never changed, only replaced.
type catalogue struct {
	layers   []*Layer
	byName   map[string]*Layer
	position int64 // of the log, in the same snapshot
}

// Layers returns the layers the actor may see, by theme and place within it.
func (s *Store) Layers(ctx context.Context, actor Actor) ([]*Layer, error) {
	c, err := s.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	return c.layers, nil
}

// Layer returns one layer, or ErrNotFound where there is none or the actor may not see it.
func (s *Store) Layer(ctx context.Context, actor Actor, name string) (*Layer, error) {
	c, err := s.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	l, ok := c.byName[name]
	if !ok {
		return nil, Refuse(ErrNotFound, "no layer %q; the list is at /layers", "没有图层“%s”；图层列表见 /layers", name)
	}
	return l, nil
}

// Refresh reads the catalogue anew.
func (s *Store) Refresh(ctx context.Context) error {
	_, err := s.refresh(ctx)
	return err
}

// refresh reads the catalogue anew, one reading after the other: what Layers and Layer answer never becomes older.
func (s *Store) refresh(ctx context.Context) (*catalogue, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	c, err := s.readCatalogue(ctx)
	if err != nil {
		return nil, err
	}
	s.catalog.Store(c)
	return c, nil
}

// Watch keeps the catalogue in memory true by following the log, until the context ends or the database fails; from then
// on Layers and Layer ask no database. After a failure they answer as things were, until Watch is called again. A change of
// the catalogue itself is in the log like any other.
func (s *Store) Watch(ctx context.Context) error {
	after, err := s.Position(ctx)
	if err != nil {
		return err
	}
	if err := s.Refresh(ctx); err != nil {
		return err
	}
	s.watching.Store(true)
	defer func() { s.watching.Store(ctx.Err() == nil) }()
	for change, err := range s.Follow(ctx, after) {
		if err != nil {
			return err
		}
		if change.Op == "schema" {
			s.pool.Reset() // connections keep plans of the columns as they were
		}
		if change.Position <= s.catalog.Load().position { // one reading serves a burst
			continue
		}
		if err := s.keepUp(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Await waits until Layers and Layer answer from a catalogue that is true at a position. Nobody has to wait while Watch does
// not run: the catalogue is then read anew for every question.
func (s *Store) Await(ctx context.Context, position int64) error {
	for s.watching.Load() {
		if c := s.catalog.Load(); c != nil && c.position >= position {
			return nil
		}
		if !sleep(ctx, time.Millisecond) {
			return translate(ctx.Err())
		}
	}
	return nil
}

func (s *Store) catalogue(ctx context.Context) (*catalogue, error) {
	if c := s.catalog.Load(); c != nil && s.watching.Load() {
		return c, nil
	}
	return s.refresh(ctx)
}

// keepUp brings the catalogue up to date. Where only rows have changed, which is nearly always, it reads their counts alone.
func (s *Store) keepUp(ctx context.Context) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	c, err := s.recount(ctx, s.catalog.Load())
	if err == nil && c == nil {
		c, err = s.readCatalogue(ctx)
	}
	if err != nil {
		return err
	}
	s.catalog.Store(c)
	return nil
}

// recount returns a catalogue with what the log says of layers now; nil where more than that has changed. Layers of which it
// says nothing new are the same as before.
func (s *Store) recount(ctx context.Context, before *catalogue) (*catalogue, error) {
	rows, err := s.pool.Query(ctx, countsSQL, pgx.StrictNamedArgs{"since": before.position})
	if err != nil {
		return nil, err
	}
	c := &catalogue{byName: maps.Clone(before.byName)}
	var described bool
	var name *string
	var count, revision *int64
	var box pgtype.Box
	_, err = pgx.ForEachRow(rows, []any{&c.position, &described, &name, &count, &box, &revision}, func() error {
		if name == nil {
			return nil
		}
		if l := c.byName[*name]; l != nil && l.Revision != *revision {
			now := *l
			now.Count, now.Bounds, now.Revision = *count, boundsOf(box), *revision
			c.byName[*name] = &now
		}
		return nil
	})
	if err != nil || described {
		return nil, translate(err)
	}
	for _, l := range before.layers {
		c.layers = append(c.layers, c.byName[l.Name])
	}
	return c, nil
}

func (s *Store) readCatalogue(ctx context.Context) (*catalogue, error) {
	var c *catalogue
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		if c, err = readLayers(ctx, tx); err != nil {
			return err
		}
		if err := readProperties(ctx, tx, c); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "select coalesce(max(pos), 0) from onemap.feed").Scan(&c.position)
	})
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", translate(err))
	}
	return c, nil
}

func readLayers(ctx context.Context, tx pgx.Tx) (*catalogue, error) {
	rows, err := tx.Query(ctx, catalogueSQL)
	if err != nil {
		return nil, err
	}
	c := &catalogue{byName: map[string]*Layer{}}
	c.layers, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Layer, error) {
		var l Layer
		var drawing, style, metadata []byte
		var box pgtype.Box
		err := row.Scan(&l.Name, &l.Table.Schema, &l.Table.Name, &l.Table.Key, &l.Table.KeyType, &l.Table.Geom, &l.Table.Mercator,
			&l.Title, &l.TitleEn, &l.Description, &l.Theme, &l.Ordinal, &l.Owner, &l.Grade, &l.Sharing, &l.Standard,
			&l.HeightDatum, &l.Scale, &l.UpdateCycle, &l.GeometryType, &l.HasZ, &l.SRID,
			&l.IDField, &l.TimeField, &l.LabelField, &l.Writable, &l.Tracked, &l.Synthetic,
			&drawing, &style, &metadata, &l.Count, &box, &l.Revision)
		if err != nil {
			return nil, err
		}
		for _, part := range []struct {
			name string
			data []byte
			into any
		}{{"drawing", drawing, &l.Drawing}, {"style", style, &l.Style}, {"metadata", metadata, &l.Metadata}} {
			if err := json.Unmarshal(part.data, part.into); err != nil {
				return nil, fmt.Errorf("layer %s: %s: %w", l.Name, part.name, err)
			}
		}
		l.Bounds = boundsOf(box)
		l.Properties = []Property{}
		return &l, nil
	})
	for _, l := range c.layers {
		c.byName[l.Name] = l
	}
	return c, err
}

func readProperties(ctx context.Context, tx pgx.Tx, c *catalogue) error {
	rows, err := tx.Query(ctx, propertiesSQL)
	if err != nil {
		return err
	}
	var layer, sqlType string
	var p Property
	_, err = pgx.ForEachRow(rows, []any{&layer, &p.Name, &sqlType, &p.Title, &p.TitleEn, &p.Description, &p.Unit,
		&p.Scheme, &p.Role, &p.Required, &p.Width}, func() error {
		p.Type, p.Long = typeOf(sqlType), sqlType == "bigint"
		l := c.byName[layer]
		l.Properties = append(l.Properties, p)
		return nil
	})
	return err
}

// typeOf says in the words of JSON Schema what a PostgreSQL type holds; what is unknown is read as text.
func typeOf(sqlType string) Type {
	if strings.HasSuffix(sqlType, "[]") {
		return JSON
	}
	switch base, _, _ := strings.Cut(sqlType, "("); strings.TrimSpace(base) {
	case "smallint", "integer", "bigint":
		return Integer
	case "real", "double precision", "numeric":
		return Number
	case "boolean":
		return Boolean
	case "date":
		return Date
	case "timestamp with time zone", "timestamp without time zone":
		return DateTime
	case "json", "jsonb":
		return JSON
	}
	return String
}

// boundsOf turns PostgreSQL's box, whose first corner is the upper right, into bounds. They are of the world, whatever somebody
// has put into a geometry: what is no number may be anywhere, what lies beyond the world's edge is at it.
func boundsOf(b pgtype.Box) *Bounds {
	if !b.Valid {
		return nil
	}
	return &Bounds{onWorld(b.P[1].X, 180, -180), onWorld(b.P[1].Y, 90, -90), onWorld(b.P[0].X, 180, 180), onWorld(b.P[0].Y, 90, 90)}
}

func onWorld(v, edge, otherwise float64) float64 {
	if math.IsNaN(v) {
		return otherwise
	}
	return min(max(v, -edge), edge)
}
