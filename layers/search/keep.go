package search

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"onemap/layers"
)

const (
	keeperLock  = 0x6f6d736561 // advisory lock, session level: "omsea" in ASCII
	lookEvery   = 100 * time.Millisecond
	mostChanges = 2000 // that are brought in at once
	mostRows    = 2000 // of a layer that are brought in at once
	mostKeys    = 5000 // that are deleted at once
)

// Keep makes the index of all layers and keeps it true by following the log, until the context ends or the database fails. Each node
// runs it; a lock in the database decides which of them works. What it does it does in small steps, each noted in the
// database with its result, so that another can go on.
func (x *Index) Keep(ctx context.Context) error {
	return x.store.Alone(ctx, keeperLock, func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "set synchronous_commit = off"); err != nil { // a step that is lost is done again
			return err
		}
		return x.store.Rounds(ctx, lookEvery, keeper{x, conn}.round)
	})
}

// keeper works on the connection that holds the lock: when that is lost, so is the right to work.
type keeper struct {
	*Index
	conn *pgx.Conn
}

// part is what there is of a layer, as the database has it.
type part struct {
	Number int32
	Layer  string
	Plan   string
	Since  *int64
	Swept  int64
	Gone   bool
	Ready  bool
}

// round does what is to be done now, a piece of it, and reports whether there may be more.
func (k keeper) round(ctx context.Context, position int64) (busy bool, err error) {
	targets, err := k.targets(ctx, layers.Anonymous, nil)
	if err != nil {
		return false, err
	}
	parts, after, err := k.parts(ctx, targets, position)
	if err != nil {
		return false, err
	}
	if after < position {
		if err := k.follow(ctx, targets, parts, after); err != nil {
			return false, err
		}
		return true, k.sweepOne(ctx, targets) // changes do not keep it from going on
	}
	for _, p := range parts {
		if p.Gone || p.Since != nil {
			return true, k.sweepOne(ctx, targets)
		}
	}
	return false, nil
}

// parts reads what there is, and how far changes are in, and begins what is missing: a layer without a part of its plan. What has no
// target any more, or another plan and a successor that is ready, goes.
func (k keeper) parts(ctx context.Context, targets map[string]target, position int64) (parts []part, after int64, err error) {
	if err := k.conn.QueryRow(ctx, "select position from onemap.search_state").Scan(&after); err != nil {
		return nil, 0, err
	}
	if after == 0 { // what is before is in the rows
		if _, err := k.conn.Exec(ctx, "update onemap.search_state set position = $1", position); err != nil {
			return nil, 0, err
		}
		after = position
	}
	if parts, err = k.readParts(ctx); err != nil {
		return nil, 0, err
	}
	changed := false
	have, ready := map[string]bool{}, map[string]bool{}
	for _, p := range parts {
		if t, ok := targets[p.Layer]; ok && !p.Gone && p.Plan == t.plan() {
			have[p.Layer], ready[p.Layer] = true, p.Ready
		}
	}
	for _, p := range parts {
		t, ok := targets[p.Layer]
		if !p.Gone && (!ok || !t.layer.Tracked || p.Plan != t.plan() && ready[p.Layer]) {
			changed = true
			if _, err := k.conn.Exec(ctx, "update onemap.search_index set gone = true where number = $1", p.Number); err != nil {
				return nil, 0, err
			}
		}
	}
	for name, t := range targets {
		if t.layer.Tracked && !have[name] {
			changed = true
			if err := begin(ctx, k.conn, t); err != nil {
				return nil, 0, err
			}
		}
	}
	if changed {
		parts, err = k.readParts(ctx)
	}
	return parts, after, err
}

func (k keeper) readParts(ctx context.Context) ([]part, error) {
	rows, err := k.conn.Query(ctx, "select number, layer, plan, since, swept, gone, ready is not null from onemap.search_index order by gone, number")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[part])
}

// execer is a connection or a transaction.
type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// begin begins to index a layer.
func begin(ctx context.Context, on execer, t target) error {
	_, err := on.Exec(ctx, "insert into onemap.search_index (layer, plan) values ($1, $2)", t.layer.Name, t.plan())
	return err
}

// follow brings some changes in.
func (k keeper) follow(ctx context.Context, targets map[string]target, parts []part, after int64) error {
	changes, err := k.store.Changes(ctx, after, mostChanges)
	if err != nil || len(changes) == 0 {
		return err
	}
	return pgx.BeginFunc(ctx, k.conn, func(tx pgx.Tx) error {
		touched := map[string]map[int64]bool{}
		for _, c := range changes {
			t, ok := targets[c.Layer]
			switch {
			case !ok || c.Op == "schema" || c.Op == "drop":
			case c.FID != nil:
				if touched[c.Layer] == nil {
					touched[c.Layer] = map[int64]bool{}
				}
				touched[c.Layer][*c.FID] = true
			default:
				if err := many(ctx, tx, t, c); err != nil {
					return err
				}
			}
		}
		for _, p := range parts {
			if ids := touched[p.Layer]; ids != nil && !p.Gone {
				if err := k.refresh(ctx, tx, p, targets[p.Layer], ids); err != nil {
					return err
				}
			}
		}
		_, err := tx.Exec(ctx, "update onemap.search_state set position = $1", changes[len(changes)-1].Position)
		return err
	})
}

// many notes that a change is of many rows: those that its transaction wrote are to be swept. Where all that was there is gone, the
// layer is indexed anew.
func many(ctx context.Context, tx pgx.Tx, t target, c layers.Change) error {
	name := t.layer.Name
	if c.Op == "truncate" || c.Op == "load" && c.Old != nil {
		if _, err := tx.Exec(ctx, "update onemap.search_index set gone = true where layer = $1 and not gone", name); err != nil {
			return err
		}
		return begin(ctx, tx, t)
	}
	_, err := tx.Exec(ctx, `update onemap.search_index set swept = 0, since = least(since, (
			select case when $2 then xid else 0 end from onemap.change where seq = $3 and at = $4))
		where layer = $1 and not gone`, name, t.layer.Table.Schema == "layer", c.Seq, c.At)
	return err
}

// refresh makes the keys of some features anew.
func (k keeper) refresh(ctx context.Context, tx pgx.Tx, p part, t target, ids map[int64]bool) error {
	list := make([]int64, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	if _, err := tx.Exec(ctx, "delete from onemap.search_key where number = $1 and fid = any($2)", p.Number, list); err != nil {
		return err
	}
	rows, err := k.rows(ctx, tx, t, fmt.Sprintf("source.%s = any($1)", ident(t.layer.Table.Key)), list)
	if err != nil {
		return err
	}
	return k.insert(ctx, tx, p, t, rows)
}
