package intake

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"onemap/layers"
)

// A large file is written while it is still being read: once Options.ahead rows have been seen, the columns are settled on what
// those say, and rows go to the database as soon as they are judged. When all have been seen the columns are settled again:
// if that changes nothing, the rows that are there are the rows that are wanted, and their transaction is committed; if it
// does, it is rolled back, and all is written anew as for any other file. The report says the same in both cases.
const (
	aheadRows  = 20_000 // Options.ahead, where nothing is said
	aheadWorth = 3      // times as many rows have to be in a file for which it is worth while
	aheadSteps = 10     // in a tenth of them more rows are handed over
)

// ahead is the writing that goes on while rows are read.
type ahead struct {
	shadow *run // what the writer knows: the columns and the geometry that the first rows speak for, a report of its own
	ready  *readiness
	cancel context.CancelFunc
	ended  chan struct{}          // closed when the writer is done
	agreed chan layers.Definition // what the reader says when it has seen all rows: the layer as it shall be
	found  []Finding
	result layers.LoadResult
	err    error
}

// errTooMuch ends the writing ahead of a file that has much wrong with it.
var errTooMuch = errors.New("more findings than are kept until all rows have been seen")

// readiness is how many rows of the spool may be written: they are in the file, and their geometries are judged.
type readiness struct {
	mu    sync.Mutex
	grown sync.Cond
	rows  int64
	whole bool // there will be no more
	err   error
}

func newReadiness() *readiness {
	r := &readiness{}
	r.grown.L = &r.mu
	return r
}

func (r *readiness) tell(rows int64, whole bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows, r.whole = max(r.rows, rows), r.whole || whole
	if r.err == nil {
		r.err = err
	}
	r.grown.Broadcast()
}

// wait returns when the row of an index may be read, io.EOF when there is none.
func (r *readiness) wait(index int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		switch {
		case r.err != nil:
			return r.err
		case index < r.rows:
			return nil
		case r.whole:
			return io.EOF
		}
		r.grown.Wait()
	}
}

// goAhead begins to write, or hands over more rows, where that is due.
func (r *run) goAhead(ctx context.Context) error {
	if r.spool.rows%max(1, r.opt.ahead/aheadSteps) != 0 {
		return nil
	}
	if r.ahead == nil {
		if r.spool.rows != r.opt.ahead || !r.mayGoAhead() {
			return nil
		}
		return r.startAhead(ctx)
	}
	if err := r.mender.hurry(ctx); err != nil {
		return err
	}
	if err := r.spool.out.Flush(); err != nil {
		return err
	}
	r.ahead.ready.tell(r.mender.judgedBelow(r.spool.rows), false, nil)
	return nil
}

// keep holds a finding back until all rows have been seen.
func (a *ahead) keep(f Finding) error {
	if len(a.found) == MaxFindings {
		return errTooMuch
	}
	a.found = append(a.found, f)
	return nil
}

// mayGoAhead tells whether an import is one of those that are written while they are read: of one large file into a new
// layer, which nobody but it has locked.
func (r *run) mayGoAhead() bool {
	return r.opt.Mode == Create && !r.opt.DryRun && r.opt.Preview == nil && !r.unplaced && len(r.sources) == 1 &&
		r.sources[0].source.Count >= aheadWorth*r.opt.ahead && r.kinds.bounds() != nil
}

// startAhead settles on what the rows so far say and lets the writer go.
func (r *run) startAhead(ctx context.Context) error {
	shadow := *r
	shadow.report, shadow.target = newReport(r.opt), r.target.clone()
	spool := *r.spool
	shadow.spool = &spool
	a := &ahead{shadow: &shadow, ready: newReadiness(), ended: make(chan struct{}), agreed: make(chan layers.Definition, 1)}
	shadow.opt.Findings, shadow.opt.Progress = a.keep, func(Progress) {}
	var err error
	if shadow.plan, err = r.profile.settle(ctx, r.store, shadow.target, r.opt); err != nil {
		return nil // the settling at the end says it
	}
	if err := shadow.settleGeometry(); err != nil {
		return nil
	}
	ctx, a.cancel = context.WithCancel(ctx)
	r.ahead = a
	go func() {
		defer close(a.ended)
		a.err = a.write(ctx)
	}()
	return nil
}

// write loads the rows as they become ready, and ends with what the reader says.
func (a *ahead) write(ctx context.Context) (err error) {
	rows, err := a.shadow.rows()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.close()) }()
	rows.in.ready = a.ready
	defer context.AfterFunc(ctx, func() { a.ready.tell(0, false, context.Cause(ctx)) })()
	definition := a.shadow.definition()
	definition.IDField = "" // what tells features apart is known when all have been seen
	final := func() (layers.Definition, error) {
		select {
		case definition := <-a.agreed:
			return definition, nil
		case <-ctx.Done():
			return layers.Definition{}, ctx.Err()
		}
	}
	_, a.result, err = a.shadow.store.CreateLoad(ctx, a.shadow.actor, definition, rows.columns(), rows,
		layers.LoadOptions{Reason: a.shadow.reason(), Bounds: rows.bounds.get, Final: final})
	return err
}

// finishAhead ends what was written ahead when all is settled. It reports whether the layer is there: else it has to be
// written, and nothing was.
func (r *run) finishAhead() (bool, error) {
	a := r.ahead
	if a == nil || !a.shadow.writesAs(r) {
		return false, nil
	}
	r.tell("write", r.spool.rows, r.spool.rows) // what is left is indexes
	a.agreed <- r.definition()
	<-a.ended
	if a.err != nil {
		return false, nil // the writing from the start says why, or does better
	}
	for _, f := range a.found {
		if err := r.find(f); err != nil {
			return true, err
		}
	}
	c, ahead := &r.report.Rows, a.shadow.report.Rows
	c.Rejected += ahead.Rejected
	c.Taken, c.Repaired, c.Empty, c.Inserted = ahead.Taken, ahead.Repaired, ahead.Empty, a.result.Inserted
	r.report.Bounds, r.report.ahead = a.shadow.report.Bounds, true
	r.tell("write", c.Taken, c.Taken)
	return true, nil
}

// closeAhead takes back what was written ahead and not agreed upon, and returns when the writer is gone.
func (r *run) closeAhead() {
	if r.ahead != nil {
		r.ahead.cancel()
		<-r.ahead.ended
		r.ahead = nil
	}
}

// writesAs reports whether both would make the same rows of the spool.
func (r *run) writesAs(other *run) bool {
	return r.geometryType == other.geometryType && r.hasZ == other.hasZ && r.writesGeometry() == other.writesGeometry() &&
		slices.EqualFunc(r.plan.columns, other.plan.columns, planned.writesAs) &&
		slices.EqualFunc(r.plan.names, other.plan.names, func(a, b layers.Column) bool {
			return a.Name == b.Name && a.SQLType == b.SQLType && a.NotNull == b.NotNull
		})
}

// writesAs reports whether both columns are the same and take the same values of the same field.
func (c planned) writesAs(other planned) bool {
	return c.Name == other.Name && c.SQLType == other.SQLType && c.from == other.from && c.must == other.must &&
		c.Type == other.Type && c.Scheme == other.Scheme && c.Width == other.Width && c.Required == other.Required &&
		(c.codes == nil) == (other.codes == nil)
}
