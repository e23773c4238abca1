package layers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Store reads and writes layers in one PostGIS database. It is safe for concurrent use.
type Store struct {
	pool     *pgxpool.Pool
	catalog  atomic.Pointer[catalogue]
	written  bell        // rung when this process has written
	given    bell        // rung when this process has given positions
	leads    atomic.Bool // this process gives the positions
	reading  sync.Mutex  // the catalogue is read by one at a time, so that what is read last is newest
	watching atomic.Bool // Watch keeps the catalogue true; otherwise every question reads it anew
}

// New returns a store over a pool made by Connect, in a migrated database.
func New(pool *pgxpool.Pool) *Store {
	return &Store{pool: pool}
}

// poolSize is how many connections a node keeps at most where its URL does not say pool_max_conns: enough for each
// class of work to have a share, few enough for a small server to do them all at once.
const poolSize = 16

// readAhead is how much is read from a connection at once: PostgreSQL sends 8 KB at a time, and many of them wait where
// rows come faster than they are used.
const readAhead = 64 << 10

// Connect opens a pool whose connections are fit for the store: geometries travel as EWKB in []byte, both ways,
// and queries run without JIT and parallel workers, which cost more than they give at the size of a tile or page
// (the first ST_Transform in every parallel worker opens PROJ's database anew).
// The server is asked for a connection once, so that a wrong address is an error here and not later.
func Connect(ctx context.Context, url string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	params := cfg.ConnConfig.RuntimeParams
	for name, value := range map[string]string{
		"application_name": "onemap", "jit": "off", "max_parallel_workers_per_gather": "0", "timezone": "Asia/Shanghai",
	} {
		if _, ok := params[name]; !ok {
			params[name] = value
		}
	}
	if !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = poolSize
	}
	cfg.AfterConnect = registerGeometry
	cfg.ConnConfig.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		return pgproto3.NewFrontend(bufio.NewReaderSize(r, readAhead), w)
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to database: %w", err)
	}
	return pool, nil
}

// registerGeometry teaches a connection PostGIS's geometry type: its binary form is EWKB, bytes as they are.
func registerGeometry(ctx context.Context, conn *pgx.Conn) error {
	var oid uint32
	err := conn.QueryRow(ctx, "select coalesce(to_regtype('geometry')::oid, 0)").Scan(&oid)
	if err != nil {
		return fmt.Errorf("look up geometry type: %w", err)
	}
	if oid == 0 {
		return errors.New("the database has no PostGIS: run `onemap migrate` as a role that may create extensions")
	}
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "geometry", OID: oid, Codec: pgtype.ByteaCodec{}})
	return nil
}
