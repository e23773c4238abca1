package format

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// stage is the staging table of one import, onemap.import_<id>: unlogged, and gone with the import. An advisory lock on
// its id, held by the import's own connection, tells the living from the left over.
type stage struct {
	conn *pgx.Conn
	name string
}

const stageLock = 0x696d70 // first key of the advisory locks; the second is the id

// newStage chooses an id, and takes away what imports that were killed have left.
func newStage(ctx context.Context, conn *pgx.Conn) (*stage, error) {
	if _, err := conn.Exec(ctx, "set client_min_messages = error; set jit = off"); err != nil {
		return nil, err
	}
	if err := sweep(ctx, conn); err != nil {
		return nil, fmt.Errorf("sweep staging tables: %w", err)
	}
	var id [4]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, err
	}
	id[0] &= 0x7f
	s := &stage{conn: conn, name: "import_" + hex.EncodeToString(id[:])}
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1::int, ('x' || $2)::bit(32)::int)", stageLock, hex.EncodeToString(id[:])); err != nil {
		return nil, fmt.Errorf("lock staging table: %w", err)
	}
	return s, nil
}

// sweep drops the staging tables nobody works on.
func sweep(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `select substr(c.relname, 8) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'onemap' and c.relkind = 'r' and c.relname ~ '^import_[0-9a-f]{8}$'`)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, id := range ids {
		var free bool
		err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1::int, ('x' || $2)::bit(32)::int)", stageLock, id).Scan(&free)
		if err != nil {
			return err
		}
		if !free {
			continue
		}
		// A child of the killed import may still hold the table: do not wait, the next sweep takes it.
		_, err = conn.Exec(ctx, "begin; set local lock_timeout = '1s'; drop table if exists onemap.import_"+id+"; commit")
		if err != nil {
			if _, err := conn.Exec(ctx, "rollback"); err != nil {
				return err
			}
		}
		if _, err := conn.Exec(ctx, "select pg_advisory_unlock($1::int, ('x' || $2)::bit(32)::int)", stageLock, id); err != nil {
			return err
		}
	}
	return nil
}

// drop takes the table away; a failure leaves it to the next sweep.
func (s *stage) drop(ctx context.Context) {
	_, _ = s.conn.Exec(ctx, "drop table if exists onemap."+s.name)
}

func (s *stage) database() string { return s.conn.Config().Database }

// environment tells libpq in the child where the database is, so that no password stands on a command line.
func (s *stage) environment() []string {
	c := s.conn.Config()
	env := []string{"PGHOST=" + c.Host, "PGPORT=" + strconv.Itoa(int(c.Port)), "PGUSER=" + c.User, "PGPASSWORD=" + c.Password,
		"PGAPPNAME=onemap import", "PGCLIENTENCODING=UTF8", "PGOPTIONS=-c client_min_messages=error"}
	if u, err := url.Parse(c.ConnString()); err == nil {
		for param, name := range map[string]string{"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"} {
			if v := u.Query().Get(param); v != "" {
				env = append(env, name+"="+v)
			}
		}
	}
	return env
}

// columns are the types of the staging table's columns.
func (s *stage) columns(ctx context.Context) (map[string]string, error) {
	rows, err := s.conn.Query(ctx, `select attname, format_type(atttypid, -1) from pg_attribute
		where attrelid = $1::text::regclass and attnum > 0 and not attisdropped`, "onemap."+s.name)
	if err != nil {
		return nil, err
	}
	kinds := map[string]string{}
	var name, kind string
	_, err = pgx.ForEachRow(rows, []any{&name, &kind}, func() error {
		kinds[name] = kind
		return nil
	})
	return kinds, err
}
