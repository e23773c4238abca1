package tiles

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"onemap/layers"
	"onemap/tiles/mvt"
)

// MostBytes is the largest body of one layer in a tile, compressed. What would be larger is thinned: the smallest
// features go, until it is not.
const MostBytes = 500_000

// draw makes one layer of a tile, as a part is kept.
func (t *Tiles) draw(ctx context.Context, k key) ([]byte, error) {
	done, err := t.take(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	ctx, cancel := context.WithTimeout(ctx, t.opt.Limit)
	defer cancel()
	if k.mosaic {
		return t.drawMosaic(ctx, k)
	}
	l, err := t.store.Layer(ctx, layers.Anonymous, k.layer) // the audience is everyone
	if err != nil {
		return nil, err
	}
	p, err := t.plan(ctx, l, k)
	if err != nil {
		return nil, err
	}
	making := t.making(l, k)
	if making != nil {
		ctx, cancel = context.WithTimeout(ctx, longInstead)
		defer cancel()
	}
	body, err := t.encode(ctx, p, k)
	if making != nil && ctx.Err() != nil {
		return nil, making
	}
	if err != nil {
		if err = layers.Gone(tooLong(ctx, err)); k.filter != "" {
			err = layers.BadValue(err)
		}
		return nil, err
	}
	return body, nil
}

// encode asks PostGIS for a layer and its labels, and compresses them.
func (t *Tiles) encode(ctx context.Context, p *plan, k key) ([]byte, error) {
	var ls []*mvt.Layer
	defer func() {
		for _, l := range ls {
			l.Release()
		}
	}()
	own := turn{of: t}
	defer own.end()
	for _, d := range p.drawings {
		l, rows, err := t.read(ctx, d, k, &own)
		if err != nil {
			return nil, err
		}
		ls = append(ls, l)
		if rows > 0 || d.points {
			continue
		}
		if p.whole && k.set == WebMercatorQuad {
			t.revisions(k.layer).sawNothing(k.tile, k.revision)
		}
		return nil, nil // where no features are, there are no labels
	}
	if err := own.begin(ctx); err != nil {
		return nil, err
	}
	defer t.observe(StageCompress, time.Now())
	return fit(ls)
}

// read encodes the rows of one drawing, in its turn: those that a tile above was drawn from, or else PostGIS's.
func (t *Tiles) read(ctx context.Context, d drawing, k key, own *turn) (layer *mvt.Layer, n int, err error) {
	if rows, of := t.rowsets.above(d, k); rows != nil {
		if err := own.begin(ctx); err != nil {
			return nil, 0, err
		}
		begin := time.Now()
		defer t.observe(StageKept, begin)
		layer = mvt.NewLayer(d.layer, d.grid(k.set, k.tile), d.keys)
		n, err = rows.in(of, k.tile, rowReader(rows.fields, layer))
		return layer, n, err
	}
	return t.ask(ctx, d, k, own)
}

// ask asks PostGIS for the rows of one drawing and encodes them as they come. The query ends with the context.
func (t *Tiles) ask(ctx context.Context, d drawing, k key, own *turn) (layer *mvt.Layer, n int, err error) {
	own.end() // nobody waits for a query in it
	kept := t.gather(d, k)
	begin := time.Now()
	rows, err := t.pool.Query(ctx, d.sql, d.in(k.set, k.tile)...)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	more := rows.Next()
	t.observe(StageSelect, begin)
	layer = mvt.NewLayer(d.layer, d.grid(k.set, k.tile), d.keys)
	if !more { // and the connection is somebody else's
		return layer, 0, rows.Err()
	}
	if err := own.begin(ctx); err != nil {
		return nil, 0, err
	}
	begin = time.Now()
	add := rowReader(rows.FieldDescriptions(), layer)
	kept.of(rows.FieldDescriptions())
	for ; more; more = rows.Next() {
		n++
		values := rows.RawValues()
		if err := add(values); err != nil {
			return nil, n, err
		}
		kept = kept.add(values, layer)
	}
	t.observe(StageEncode, begin)
	if err := rows.Err(); err != nil {
		return nil, n, err
	}
	kept.end()
	return layer, n, nil
}

func (t *Tiles) observe(stage Stage, begin time.Time) { t.opt.Observe(stage, time.Since(begin)) }

// quantum is what coordinates in metres of EPSG:3857 are rounded to, a quarter of a millimetre: a tenth of the unit of the
// deepest zoom. Rows that are kept take less than half of their size by it, and draw the same bytes.
const quantum = 1.0 / 4096

// grid is where the tile lies, for the encoder.
func (d drawing) grid(set *MatrixSet, tile Tile) mvt.Grid {
	b := set.Bounds(tile)
	g := mvt.Grid{West: b[0], North: b[3], Side: b[2] - b[0], Extent: Extent, Buffer: Buffer}
	if set == WebMercatorQuad {
		g.Quantum = quantum
	}
	if set.Approximate {
		g.Shift = shift
		if d.points { // which of them are in the tile is not known before they are shifted
			g.Buffer = 0
		}
	}
	return g
}

// tooLong tells a query that was ended from one that failed.
func tooLong(ctx context.Context, err error) error {
	var pg *pgconn.PgError
	if ctx.Err() != nil || errors.As(err, &pg) && pg.Code == "57014" { // query_canceled
		return layers.Refuse(layers.ErrTimeout, "the tile took too long; ask for fewer layers or a deeper zoom", "瓦片生成超时；请减少图层或放大级别")
	}
	return err
}
