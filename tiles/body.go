package tiles

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/klauspost/compress/gzip"

	"onemap/layers"
	"onemap/tiles/mvt"
)

// Body returns the body of a tile with the named layers, compressed by gzip; nil when nothing is in it. It returns
// ErrNotFound for a layer that is not there. Layers are in the order asked for.
func (t *Tiles) Body(ctx context.Context, actor layers.Actor, names []string, tile Tile) ([]byte, error) {
	var body []byte
	for _, name := range names {
		l, err := t.store.Layer(ctx, actor, name)
		if err != nil {
			return nil, err
		}
		for _, d := range drawings(l, tile) {
			part, err := t.draw(ctx, d, tile)
			if err != nil {
				return nil, fmt.Errorf("tile %s of %s: %w", tile, name, err)
			}
			body = append(body, part...)
		}
	}
	if len(body) == 0 {
		return nil, nil
	}
	return compress(body)
}

// draw asks PostGIS for the rows of one layer of a tile and encodes them as they come. The query ends with the context.
func (t *Tiles) draw(ctx context.Context, d drawing, tile Tile) ([]byte, error) {
	rows, err := t.pool.Query(ctx, d.sql, d.args)
	if err != nil {
		return nil, tooLong(ctx, err)
	}
	defer rows.Close()
	m := tile.Mercator()
	layer := mvt.NewLayer(d.layer, mvt.Grid{West: m[0], North: m[3], Side: m[2] - m[0], Extent: Extent, Buffer: Buffer}, d.keys)
	add := rowReader(rows.FieldDescriptions(), layer)
	for rows.Next() {
		if err := add(rows.RawValues()); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, tooLong(ctx, err)
	}
	return layer.AppendTo(nil), nil
}

// tooLong tells a query that was ended from one that failed.
func tooLong(ctx context.Context, err error) error {
	var pg *pgconn.PgError
	if ctx.Err() != nil || errors.As(err, &pg) && pg.Code == "57014" { // query_canceled
		return fmt.Errorf("%w: the tile took too long; ask for fewer layers or a deeper zoom", layers.ErrTimeout)
	}
	return err
}

func compress(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Plain returns a body without its compression, for the client that takes none.
func Plain(body []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("decompress tile: %w", err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("decompress tile: %w", err)
	}
	return plain, nil
}
