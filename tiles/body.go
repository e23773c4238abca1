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
			part, err := t.draw(ctx, d)
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

// draw asks PostGIS for one layer of a tile. The query ends with the context.
func (t *Tiles) draw(ctx context.Context, d drawing) ([]byte, error) {
	var part []byte
	err := t.pool.QueryRow(ctx, d.sql, d.args).Scan(&part)
	var pg *pgconn.PgError
	if ctx.Err() != nil || errors.As(err, &pg) && pg.Code == "57014" { // query_canceled
		return nil, fmt.Errorf("%w: the tile took too long; ask for fewer layers or a deeper zoom", layers.ErrTimeout)
	}
	return part, err
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
