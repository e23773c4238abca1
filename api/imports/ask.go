package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"onemap/layers"
	"onemap/layers/intake"
)

// Look has the files of an import looked at, with options; nil = the last ones again. It returns ErrConflict while
// something else happens to the import, or its upload is gone.
func (s *Service) Look(ctx context.Context, id string, opt *intake.Options) (*Import, error) {
	return s.begin(ctx, id, Looking, opt)
}

// Run has the layer written, with options; nil = the last ones. It returns ErrConflict unless a look is through, and
// ErrInvalid where the options name no layer.
func (s *Service) Run(ctx context.Context, id string, opt *intake.Options) (*Import, error) {
	return s.begin(ctx, id, Importing, opt)
}

// begin puts an import into the queue: in one transaction, so that there is a job if and only if the import says so.
func (s *Service) begin(ctx context.Context, id string, to State, opt *intake.Options) (out *Import, err error) {
	if !uuid.MatchString(id) {
		return nil, none(pgx.ErrNoRows, id)
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var state State
		var looked, pruned bool
		var last json.RawMessage
		err := tx.QueryRow(ctx, "select state, report is not null, pruned, options from onemap.import where id = $1 for update", id).Scan(&state, &looked, &pruned, &last)
		if err != nil {
			return none(err, id)
		}
		if err := may(state, to, looked, pruned); err != nil {
			return err
		}
		if opt == nil {
			opt = &intake.Options{}
			if err := json.Unmarshal(last, opt); err != nil {
				return fmt.Errorf("options of import %s: %w", id, err)
			}
		}
		if to == Importing && !layers.ValidName(opt.Layer) {
			return layers.Refuse(layers.ErrInvalid, "layer %q: name the layer to write: a lower-case letter and up to 47 letters, digits and _",
				"图层名 %q 无效：以小写字母开头，后接最多 47 个小写字母、数字或下划线", opt.Layer)
		}
		if err := s.enqueue(ctx, tx, id, to, opt); err != nil {
			return err
		}
		out, err = one(ctx, tx, id)
		return err
	})
	return out, err
}

// may says whether an import can go from one state to another.
func may(from, to State, looked, pruned bool) error {
	switch {
	case from == Done:
		return layers.Refuse(layers.ErrConflict, "this import is done and its files are gone; upload them again", "该导入已完成，上传的文件已清理；请重新上传")
	case from == Looking || from == Importing || from == Uploading && to == Importing:
		return layers.Refuse(layers.ErrConflict, "this import is %s; wait for the end, or remove it", "该导入正在进行（%s）；请等待结束，或删除", from)
	case pruned:
		return layers.Refuse(layers.ErrConflict, "the files of this import are gone; upload them again", "该导入的文件已清理；请重新上传")
	case to == Importing && !looked:
		return layers.Refuse(layers.ErrConflict, "the files have not been looked at; ask for a look first", "文件尚未检查；请先检查")
	}
	return nil
}

// enqueue gives an import a new job, its only one from now on.
func (s *Service) enqueue(ctx context.Context, tx pgx.Tx, id string, to State, opt *intake.Options) error {
	job, err := s.river.InsertTx(ctx, tx, jobArgs{Import: id}, &river.InsertOpts{Queue: map[State]string{Looking: queueLook, Importing: queueRun}[to]})
	if err != nil {
		return fmt.Errorf("queue import %s: %w", id, err)
	}
	_, err = tx.Exec(ctx, `update onemap.import set state = $2, options = coalesce($3, options), job = $4, progress = $5, error = null,
		attempt = case when $3::jsonb is null then attempt else 0 end, updated = clock_timestamp() where id = $1`,
		id, to, opt, job.Job.ID, intake.Progress{Step: "queue", Total: -1})
	return err
}

// Delete removes an import. What runs is cancelled and writes nothing, unless its last step was through already.
func (s *Service) Delete(ctx context.Context, id string) error {
	if !uuid.MatchString(id) {
		return none(pgx.ErrNoRows, id)
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var job *int64
		if err := tx.QueryRow(ctx, "delete from onemap.import where id = $1 returning job", id).Scan(&job); err != nil {
			return none(err, id)
		}
		if job == nil {
			return nil
		}
		_, err := s.river.JobCancelTx(ctx, tx, *job)
		if errors.Is(err, river.ErrNotFound) { // long done
			return nil
		}
		return err
	})
}
