package layers

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Reader reads features: that of Snapshot all at one moment, so that what it counts is what it finds.
type Reader struct {
	store *Store
	db    interface {
		Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
		QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	}
}

// reader reads each answer as things are when it is asked for.
func (s *Store) reader() Reader { return Reader{s, s.pool} }

// Snapshot calls read with a Reader of this moment, which is good until read returns and does one thing at a time. It takes one
// connection for as long.
func (s *Store) Snapshot(ctx context.Context, read func(Reader) error) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return read(Reader{s, tx})
	})
}
