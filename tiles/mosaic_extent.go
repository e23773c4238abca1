package tiles

import (
	"context"
	_ "embed"
	"math/bits"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

//go:embed mosaic_blocks.sql
var mosaicBlocksSQL string

// A mosaic of few chunks has all those in the layer's bounds. Others have those blocks of blockSide × blockSide chunks that rows
// lie in: a feature that is far from all others, as one whose coordinates are wrong, takes a block of its own, and not all that is
// in between. None has more than mostChunks; where a layer takes more, as with a feature as wide as the world, its last zooms are
// not of the mosaic and are drawn from the rows.
const (
	fewChunks  = 1 << 10
	mostChunks = 1 << 14
	blockSide  = 8
)

// extent is which zooms a mosaic begun now has, and where its chunks of the last zoom are. There may be no zoom that it can have:
// the last is before the first then.
func (m *maker) extent(ctx context.Context) (last int, boxes []box, err error) {
	d := m.design
	for last = d.last; last >= d.first; last-- {
		all := chunksOf(*d.layer.Bounds, last)
		if all.count() <= fewChunks {
			return last, []box{all}, nil
		}
		blocks, ok, err := m.blocks(ctx, all, last)
		if err != nil || ok {
			return last, blocks, err
		}
	}
	return last, nil, nil
}

// chunksOf are the chunks of a zoom that bounds, in degrees, touch. They are half a tile on a side.
func chunksOf(bounds layers.Bounds, zoom int) box {
	b := mercator(bounds)
	from, to := at(b[0], b[3], zoom+1), at(b[2], b[1], zoom+1)
	return box{int(from.x), int(from.y), int(to.x), int(to.y)}
}

// blocks are the blocks of a zoom's chunks that rows lie in, as far as they are of some chunks. They are found from large squares to
// small ones. It reports whether there are not too many.
func (m *maker) blocks(ctx context.Context, of box, zoom int) (boxes []box, ok bool, err error) {
	sql, args, err := m.ask(ctx, mosaicBlocksSQL)
	if err != nil {
		return nil, false, err
	}
	args["half"] = circumference / 2
	up := bits.Len(uint(max(of.x1-of.x0, of.y1-of.y0)))
	squares := union([]box{of.above(up)}, func(b box) box { return b })
	for ; ; up-- {
		args["side"] = circumference / float64(int(2)<<zoom>>up)
		if squares, err = occupied(ctx, m.tx, sql, args, squares); err != nil {
			return nil, false, err
		}
		if len(squares) > mostChunks/(blockSide*blockSide) {
			return nil, false, nil
		}
		if 1<<up == blockSide {
			break
		}
		squares = quartersIn(squares, of.above(up-1))
	}
	for _, at := range squares {
		x, y := at[0]<<up, at[1]<<up
		boxes = append(boxes, box{max(of.x0, x), max(of.y0, y), min(of.x1, x+blockSide-1), min(of.y1, y+blockSide-1)})
	}
	return boxes, true, nil
}

// occupied are those of some squares that rows lie in.
func occupied(ctx context.Context, tx pgx.Tx, sql string, args pgx.StrictNamedArgs, squares [][2]int) (some [][2]int, err error) {
	xs, ys := make([]int32, len(squares)), make([]int32, len(squares))
	for i, at := range squares {
		xs[i], ys[i] = int32(at[0]), int32(at[1])
	}
	args["x"], args["y"] = xs, ys
	rows, err := tx.Query(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (at [2]int, err error) {
		err = row.Scan(&at[0], &at[1])
		return at, err
	})
}

// quartersIn are the quarters of squares that lie in a box.
func quartersIn(squares [][2]int, of box) (quarters [][2]int) {
	for _, at := range squares {
		for q := range (box{2 * at[0], 2 * at[1], 2*at[0] + 1, 2*at[1] + 1}).all() {
			if q[0] >= of.x0 && q[0] <= of.x1 && q[1] >= of.y0 && q[1] <= of.y1 {
				quarters = append(quarters, q)
			}
		}
	}
	return quarters
}

// sampledNow are boxes of the chunks of a mosaic's last zoom that there is anything in.
func (m *maker) sampledNow(ctx context.Context, tx pgx.Tx) (boxes []box, err error) {
	rows, err := tx.Query(ctx, `select min(x), min(y), max(x), max(y) from onemap.mosaic_field where mosaic = $1 and zoom = $2
		group by x / $3, y / $3 order by y / $3, x / $3`, m.m.id, m.m.zooms[1], blockSide)
	if err != nil {
		return nil, err
	}
	boxes, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (b box, err error) {
		err = row.Scan(&b.x0, &b.y0, &b.x1, &b.y1)
		return b, err
	})
	if all := around(boxes); len(boxes) > 1 && all.count() <= fewChunks {
		boxes = []box{all}
	}
	return boxes, err
}
