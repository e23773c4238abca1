package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/klauspost/compress/gzip"

	"onemap/tiles"
)

// staleAfter is when a tile that does not show a change is called stale.
const staleAfter = time.Second

// editFigure is how a target shows what is changed by SQL while it is under load.
type editFigure struct {
	Target string  `json:"target"`
	Round  int     `json:"round"`
	Edits  int     `json:"edits"`
	P50    float64 `json:"p50"` // milliseconds from commit to the end of the first tile that shows the change
	P99    float64 `json:"p99"`
	Late   int     `json:"late"`  // tiles that were asked for after the commit and did not show it
	Stale  int     `json:"stale"` // changes that were not seen within a second
	Load   figure  `json:"load"`  // the others, meanwhile
}

// editor changes a text column of rows, and looks for what it has written in the tile that has the row.
type editor struct {
	pool   *pgxpool.Pool
	table  pgx.Identifier
	key    string
	column string
	rows   []editRow
	zooms  []int
	every  time.Duration
	r      *rand.Rand
	done   int
}

type editRow struct {
	key      int64
	was      *string
	lon, lat float64
}

// newEditor chooses rows, the same for the same seed.
func newEditor(ctx context.Context, pool *pgxpool.Pool, c tilesCmd, zooms []int) (*editor, error) {
	e := &editor{pool: pool, table: strings.Split(c.EditTable, "."), key: pgx.Identifier{c.EditKey}.Sanitize(), column: pgx.Identifier{c.EditColumn}.Sanitize(),
		zooms: zooms, every: time.Second / time.Duration(max(1, c.EditRate)), r: rand.New(rand.NewPCG(c.Seed, 99))}
	geom := pgx.Identifier{c.EditGeom}.Sanitize()
	rows, err := pool.Query(ctx, fmt.Sprintf(`select key, was, st_x(place), st_y(place) from (
		select %[1]s::bigint as key, %[2]s as was, st_transform(st_pointonsurface(%[3]s), 4490) as place from %[4]s
		where not st_isempty(%[3]s) order by hashint8extended(%[1]s, $1), %[1]s limit 2000) chosen`, e.key, e.column, geom, e.table.Sanitize()), int64(c.Seed))
	if err != nil {
		return nil, err
	}
	e.rows, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r editRow, err error) {
		return r, row.Scan(&r.key, &r.was, &r.lon, &r.lat)
	})
	if err == nil && len(e.rows) == 0 {
		err = fmt.Errorf("table %s has no rows to edit", c.EditTable)
	}
	return e, err
}

func (e *editor) set(ctx context.Context, row editRow, value *string) error {
	_, err := e.pool.Exec(ctx, fmt.Sprintf("update %s set %s = $2 where %s = $1", e.table.Sanitize(), e.column, e.key), row.key, value)
	return err
}

// run edits until the context ends, one change after the other is seen, and puts back what was there.
func (e *editor) run(ctx context.Context, t *target) (f editFigure, err error) {
	var took []time.Duration
	var touched []editRow
	defer func() {
		for _, row := range touched {
			if back := e.set(context.WithoutCancel(ctx), row, row.was); back != nil && err == nil {
				err = back
			}
		}
	}()
	w := &wire{}
	defer w.close()
	tick := time.NewTicker(e.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			slices.Sort(took)
			f.P50, f.P99 = percentile(took, 0.5), percentile(took, 0.99)
			return f, nil
		case <-tick.C:
		}
		row := e.rows[e.done%len(e.rows)]
		e.done++
		touched = append(touched, row)
		passed, late, err := e.one(context.WithoutCancel(ctx), t, w, row)
		if err != nil {
			return f, err
		}
		f.Edits, f.Late = f.Edits+1, f.Late+late
		took = append(took, passed)
		if passed >= staleAfter {
			f.Stale++
		}
	}
}

// one makes one change and waits until it is seen.
func (e *editor) one(ctx context.Context, t *target, w *wire, row editRow) (passed time.Duration, late int, err error) {
	z := e.zooms[e.r.IntN(len(e.zooms))]
	x, y := tileAt(row.lon, row.lat, z)
	u, err := t.url(tiles.Tile{Z: z, X: x, Y: y}, 0)
	if err != nil {
		return 0, 0, err
	}
	w.address = u.Host
	mark := fmt.Sprintf("bench-%d-%d", e.done, row.key)
	if err := e.set(ctx, row, &mark); err != nil {
		return 0, 0, err
	}
	committed := time.Now()
	for {
		a, err := w.ask(request(u, ""), true)
		passed = time.Since(committed)
		if err != nil {
			return passed, late, fmt.Errorf("%s: %w", t.name, err)
		}
		if shows(a, mark) {
			return passed, late, nil
		}
		late++
		if passed >= staleAfter {
			return passed, late, nil
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// shows reports whether a text is in a tile.
func shows(a answer, text string) bool {
	body := a.body
	if string(a.coding) == "gzip" {
		r, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return false
		}
		if body, err = io.ReadAll(r); err != nil {
			return false
		}
	}
	return bytes.Contains(body, []byte(text))
}
