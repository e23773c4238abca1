package layers

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5"
)

//go:embed nodes.sql
var nodesSQL string

// Nodes says that the node whose inner listener is at address, host:port, is there, and returns the addresses of all that
// have said so lately, this one among them.
func (s *Store) Nodes(ctx context.Context, address string) ([]string, error) {
	rows, err := s.pool.Query(ctx, nodesSQL, pgx.StrictNamedArgs{"address": address})
	if err != nil {
		return nil, fmt.Errorf("nodes: %w", translate(err))
	}
	addresses, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("nodes: %w", translate(err))
	}
	return addresses, nil
}

// Leave says that a node is not there any more.
func (s *Store) Leave(ctx context.Context, address string) error {
	_, err := s.pool.Exec(ctx, "delete from onemap.node where address = $1", address)
	return translate(err)
}
