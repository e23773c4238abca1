package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/layers/intake"
)

// lockClass is the first half of the advisory locks of imports ("impt" in ASCII); the second is a hash of the id.
const lockClass = 0x696d7074

// errHeld says that an earlier attempt at the import is still alive somewhere.
var errHeld = errors.New("another process works on this import")

// session is the connections of one attempt. Each of them holds the import's lock, shared, as long as it lives: that no
// earlier attempt can commit any more is certain when the lock can be had alone. Each writes changes under the import's
// name, so that the log knows, in the same transaction, that the import is done.
type session struct {
	pool   *pgxpool.Pool
	keeper *pgxpool.Conn // holds the lock while the others come and go
	store  *layers.Store
}

// session opens the connections of an attempt. It returns errHeld while those of another live.
func (s *Service) session(ctx context.Context, id string) (*session, error) {
	config := s.opt.Pool.Config()
	config.MaxConns, config.MinConns = jobConnections, 0
	maps.Copy(config.ConnConfig.RuntimeParams, map[string]string{
		"application_name": "onemap import", "onemap.request": request(id),
		"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3", // a node without power lets go within a minute
	})
	inherited := config.AfterConnect
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		if inherited != nil {
			if err := inherited(ctx, conn); err != nil {
				return err
			}
		}
		_, err := conn.Exec(ctx, "select pg_advisory_lock_shared($1, hashtext($2))", lockClass, id)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect for import %s: %w", id, err)
	}
	out := &session{pool: pool, store: layers.New(pool)}
	if out.keeper, err = pool.Acquire(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect for import %s: %w", id, err)
	}
	var alone bool
	err = out.keeper.QueryRow(ctx, "select pg_try_advisory_lock($1, hashtext($2))", lockClass, id).Scan(&alone)
	if err == nil && alone { // from now on shared is enough
		_, err = out.keeper.Exec(ctx, "select pg_advisory_unlock($1, hashtext($2))", lockClass, id)
	} else if err == nil {
		err = errHeld
	}
	if err != nil {
		out.close()
		return nil, err
	}
	return out, nil
}

func (s *session) close() {
	s.keeper.Conn().Close(context.Background()) // a released one would be kept for the next to use
	s.keeper.Release()
	s.pool.Close()
}

// request is the name of an import in the change log.
func request(id string) string { return "import " + id }

// written reports whether the log has changes of this import.
func (t *task) written(ctx context.Context) (yes bool, err error) {
	err = t.service.pool.QueryRow(ctx, "select exists (select from onemap.change where request = $1 and request like 'import %')", request(t.id)).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("what import %s has written: %w", t.id, err)
	}
	return yes, nil
}

// announce waits until the changes have their positions, and has the store of this node read the catalogue, so that who
// hears of the end finds the layer. It gives up after a moment: followers see it in any case.
func (t *task) announce(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	for waiting := true; waiting; {
		err := t.service.pool.QueryRow(ctx, `select exists (select from onemap.change c where request = $1 and request like 'import %'
			and not exists (select from onemap.feed f where f.seq = c.seq))`, request(t.id)).Scan(&waiting)
		if err != nil {
			break
		}
		select {
		case <-ctx.Done():
			waiting = false
		case <-time.After(20 * time.Millisecond):
		}
	}
	if err := t.service.opt.Store.Refresh(ctx); err != nil {
		t.service.log.Warn("the catalogue is read later", "import", t.id, "error", err)
	}
}

// recovered is the report of a run whose own was lost with its process: how many rows the log has, and a word about it.
func (t *task) recovered(ctx context.Context) (*intake.Report, error) {
	report := &intake.Report{Layer: t.options.Layer, Title: t.options.Title, Mode: t.options.Mode, Doubts: []intake.Doubt{{
		Rule: "import.interrupted", Severity: format.Warning,
		Words: layers.Say("The server ended just after the layer was written. The layer is complete; the report of the run is lost, that of the look stands.",
			"图层写入完成后服务中断。图层数据完整；本次导入报告已丢失，请参阅检查报告。"),
	}}}
	for _, f := range t.files {
		report.Files = append(report.Files, format.File{Name: f.Name, Bytes: f.Bytes})
	}
	err := t.service.pool.QueryRow(ctx, "select coalesce(sum(count), 0) from onemap.change where request = $1 and request like 'import %' and layer = $2",
		request(t.id), t.options.Layer).Scan(&report.Rows.Taken)
	if err != nil {
		return nil, fmt.Errorf("what import %s has written: %w", t.id, err)
	}
	return report, nil
}

// slim is a report as it is kept: its findings have a table of their own. nil stays nil.
func slim(report *intake.Report) ([]byte, error) {
	if report == nil {
		return nil, nil
	}
	short := *report
	short.Findings = []intake.Finding{}
	return json.Marshal(short)
}
