package tiles

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/tiles/mosaic"
)

// step is a part of what changes leave to be done. It lasts no longer than a block takes to be made.
type step struct {
	kind       stepKind
	zoom, x, y int
	part       pixels // of stepSample
}

type stepKind int

// The kinds of steps, in the order in which they are done, each from the deepest zoom on.
const (
	stepSample stepKind = iota // rows become pixels of a field
	stepShrink                 // fields become that of the zoom above
	stepTile
)

// add notes steps that have to be done, unless they are noted.
func (m *maker) add(ctx context.Context, steps []step) error {
	batch := &pgx.Batch{}
	for _, s := range steps {
		batch.Queue("insert into onemap.mosaic_todo (mosaic, step, zoom, x, y, part) values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
			m.m.id, s.kind, s.zoom, s.x, s.y, []int32{int32(s.part.x0), int32(s.part.y0), int32(s.part.x1), int32(s.part.y1)})
	}
	return m.tx.SendBatch(ctx, batch).Close()
}

// next are steps that can be done now, in any order: all of one kind and zoom.
func (m *maker) next(ctx context.Context) ([]step, error) {
	rows, err := m.tx.Query(ctx, `select step, zoom, x, y, part from onemap.mosaic_todo where mosaic = $1
		and (step, zoom) = (select step, zoom from onemap.mosaic_todo where mosaic = $1 order by step, zoom desc limit 1)
		order by x, y limit 200`, m.m.id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s step, err error) {
		var part []int
		if err = row.Scan(&s.kind, &s.zoom, &s.x, &s.y, &part); err == nil {
			s.part = pixels{part[0], part[1], part[2], part[3]}
		}
		return s, err
	})
}

// someSteps does what is noted, for a while, and reports whether that was all.
func (m *maker) someSteps(ctx context.Context) (all bool, err error) {
	for begin := time.Now(); time.Since(begin) < workAtOnce; {
		steps, err := m.next(ctx)
		if err != nil || len(steps) == 0 {
			return err == nil, err
		}
		for i := 0; i < len(steps) && time.Since(begin) < workAtOnce; i++ {
			if err := m.step(ctx, steps[i]); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

// step does a step, and notes what it leaves to be done instead of it.
func (m *maker) step(ctx context.Context, s step) error {
	begin := time.Now()
	rest, err := m.do(ctx, s)
	if err != nil {
		return err
	}
	m.observe(StageMosaic, time.Since(begin))
	if _, err := m.tx.Exec(ctx, "delete from onemap.mosaic_todo where mosaic = $1 and step = $2 and zoom = $3 and x = $4 and y = $5",
		m.m.id, s.kind, s.zoom, s.x, s.y); err != nil {
		return err
	}
	return m.add(ctx, rest)
}

func (m *maker) do(ctx context.Context, s step) (rest []step, err error) {
	switch s.kind {
	case stepSample:
		changed, err := m.sample(ctx, s.x, s.y, s.part)
		if err != nil || changed == (pixels{}) {
			return nil, err
		}
		return m.after(s, changed), nil
	case stepShrink:
		if s.zoom > m.m.shallowest() {
			rest = []step{{kind: stepShrink, zoom: s.zoom - 1, x: s.x >> 1, y: s.y >> 1}}
		}
		return rest, m.shrink(ctx, s.zoom, s.x, s.y)
	}
	tile := Tile{s.zoom, s.x, s.y}
	body, err := m.tile(ctx, tile)
	if err != nil {
		return nil, err
	}
	return nil, m.prepare(ctx, tile, body)
}

// after is what changed pixels of a field leave to be done.
func (m *maker) after(s step, changed pixels) (steps []step) {
	first, last := int(m.m.zooms[0]), int(m.m.zooms[1])
	if m.m.shallowest() < last {
		steps = append(steps, step{kind: stepShrink, zoom: last - 1, x: s.x >> 1, y: s.y >> 1})
	}
	for z := last; z >= first; z-- {
		for at := range m.m.around(z, changed.from(s.x*mosaic.Chunk, s.y*mosaic.Chunk)).all() {
			steps = append(steps, step{kind: stepTile, zoom: z, x: at[0], y: at[1]})
		}
	}
	return steps
}

// prepare keeps a tile to be shown with all others, where it differs from what is shown.
func (m *maker) prepare(ctx context.Context, t Tile, body []byte) (err error) {
	if body == nil {
		_, err = m.tx.Exec(ctx, "update onemap.mosaic_tile set next = '' where mosaic = $1 and zoom = $2 and x = $3 and y = $4 and body <> ''",
			m.m.id, t.Z, t.X, t.Y)
		return err
	}
	_, err = m.tx.Exec(ctx, `insert into onemap.mosaic_tile (mosaic, zoom, x, y, body, next) values ($1, $2, $3, $4, '', $5)
		on conflict (mosaic, zoom, x, y) do update set next = excluded.next where mosaic_tile.body <> excluded.next`, m.m.id, t.Z, t.X, t.Y, body)
	return err
}
