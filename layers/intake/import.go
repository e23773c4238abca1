package intake

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"onemap/layers"
	"onemap/layers/format"
)

// run is one import under way.
type run struct {
	store  *layers.Store
	actor  layers.Actor
	opt    Options
	report *Report

	dir      string    // in the job's folder: rows on their way
	sources  []*chosen // that are read, into one layer
	at       int       // which of them
	target   *target
	profile  *profile
	mender   *mender
	kinds    kinds
	seen     *duplicates
	spool    *spool
	ahead    *ahead // nil = nothing is written before all has been read
	unplaced bool   // where the coordinates lie is not known: geometries are counted, not judged

	plan         *plan
	geometryType string
	hasZ         bool
}

func (r *run) bring(ctx context.Context, files *Files) (err error) {
	if r.target, err = r.aim(ctx); err != nil {
		return err
	}
	if err := r.look(ctx, files); err != nil {
		return err
	}
	if r.dir, err = os.MkdirTemp(files.folder.Path(), "rows-"); err != nil {
		return err
	}
	defer func() {
		r.closeAhead()
		err = errors.Join(err, r.closeMender(), os.RemoveAll(r.dir))
	}()
	if err := r.blocked(); err != nil {
		return err
	}
	if len(r.sources) == 0 {
		return nil // a dry run, and somebody has to choose one
	}
	if err := r.read(ctx); err != nil {
		return err
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	if err := r.blocked(); err != nil {
		return err
	}
	if there, err := r.finishAhead(); there || err != nil {
		return err
	}
	r.closeAhead()
	return r.write(ctx)
}

// look opens the files, chooses what is read, and finds out where its coordinates lie.
func (r *run) look(ctx context.Context, files *Files) error {
	r.tell("look", 0, -1)
	data, err := files.open(ctx, r.opt.hints())
	if data != nil {
		r.report.Files = data.Files
	}
	if err != nil {
		return err
	}
	if err := r.choose(data.Sources); err != nil || len(r.sources) == 0 {
		return err
	}
	if err := r.propose(ctx); err != nil {
		return err
	}
	first := r.sources[0].source
	r.report.Format, r.report.Encoding = first.Format.Title, first.Encoding
	for i, c := range r.sources {
		for _, n := range c.source.Notes {
			r.doubt(Doubt{Rule: n.Rule, Severity: n.Severity, Words: n.Words})
		}
		if c.source.Geometry == "None" {
			continue
		}
		crs, place, doubts, err := settleCRS(ctx, r.store, r.actor, c.source, r.opt)
		if err != nil {
			return err
		}
		if place.poles, err = r.takesPoles(ctx); err != nil {
			return err
		}
		c.place = place
		if i == 0 {
			r.report.CRS = crs
		}
		r.doubt(doubts...)
		for _, d := range doubts {
			r.unplaced = r.unplaced || d.Blocking
		}
	}
	return nil
}

// takesPoles reports whether features that reach beyond the ends of the map can be in the layer.
func (r *run) takesPoles(ctx context.Context) (bool, error) {
	if r.target == nil || r.target.layer == nil {
		return true, nil
	}
	return r.store.ReachesPoles(ctx, r.target.layer)
}

// read takes every row once: places it, judges it, learns from its values, and spools it.
func (r *run) read(ctx context.Context) (err error) {
	if r.spool, err = newSpool(r.dir); err != nil {
		return err
	}
	r.profile = newProfile(r.sources[0].source.Fields, r.keyNames()...)
	r.seen = newDuplicates()
	if r.mender, err = newMender(r.store, r.dir, r.opt.Invalid, r.find); err != nil {
		return err
	}
	for i, c := range r.sources {
		r.at = i
		if err := r.readSource(ctx, c); err != nil {
			return err
		}
		if err := r.mender.flush(ctx); err != nil {
			return err
		}
	}
	if err := r.spool.done(); err != nil {
		return err
	}
	if r.ahead != nil {
		r.ahead.ready.tell(r.spool.rows, true, nil)
	}
	return nil
}

func (r *run) readSource(ctx context.Context, c *chosen) error {
	before, sum := r.report.Rows.Read, max(c.source.Count, 0)
	total := c.source.Count
	opt := format.RowOptions{From: c.place.from}
	if r.unplaced {
		opt.From = ""
	}
	for row, err := range c.source.Rows(ctx, opt) {
		if err != nil {
			return err
		}
		if n := r.report.Rows.Read - before; n%1000 == 0 {
			r.tell("read", n, max(total, -1))
		}
		r.report.Rows.Read++
		if err := r.take(ctx, row); err != nil {
			return err
		}
		if err := r.goAhead(ctx); err != nil {
			return err
		}
	}
	r.tell("read", r.report.Rows.Read-before, max(sum, r.report.Rows.Read-before))
	return nil
}

// take takes one row.
func (r *run) take(ctx context.Context, row *format.Row) error {
	if len(row.Notes) > 0 {
		if err := r.findNotes(row); err != nil {
			return err
		}
	}
	if row.Lost {
		r.report.Rows.Rejected++
		return nil
	}
	if !r.unplaced && row.Geometry != nil {
		if err := r.sources[r.at].place.place(row.Geometry); err != nil {
			r.report.Rows.Rejected++
			return r.find(misplacedFinding(row.Number, err))
		}
	}
	if r.opt.Only != "" && dimensionName(row.Geometry) != r.opt.Only {
		r.report.Rows.Skipped++
		return nil
	}
	index := r.spool.rows
	content, err := r.spool.add(r.at, row.Number, row.Geometry, row.Values)
	if err != nil {
		return err
	}
	r.profile.see(row.Values)
	if first, again := r.seen.add(content, row.Number); again {
		r.report.Rows.Duplicate++
		words := layers.Say("the same as row %d, geometry and values", "与第 %d 行的图形和属性完全相同", first)
		if len(r.sources) > 1 { // which of them had it nobody remembers
			words = layers.Say("the same as an earlier row of these files, geometry and values", "与前面某一行的图形和属性完全相同")
		}
		if err := r.find(Finding{Row: row.Number, Rule: "row.duplicate", Severity: format.Warning, Done: Kept, Words: words}); err != nil {
			return err
		}
	}
	if r.unplaced || r.sources[r.at].source.Geometry == "None" && row.Geometry == nil {
		return nil
	}
	if row.Geometry != nil && !empty(row.Geometry) {
		r.kinds.add(row.Geometry)
	}
	return r.mender.add(ctx, index, row)
}

// keyNames are the fields of the file that become the target's identifier or the key of an upsert.
func (r *run) keyNames() (names []string) {
	if r.target == nil {
		return nil
	}
	fields := newProfile(r.sources[0].source.Fields).fields
	places, err := assign(fields, r.target.columns, r.opt.Map)
	if err != nil {
		return nil // settling says it
	}
	for i, at := range places {
		if at >= 0 && slices.Contains([]string{r.opt.Key, r.target.identifier()}, r.target.columns[at].Name) {
			names = append(names, fields[i].Name)
		}
	}
	return names
}

func (r *run) closeMender() error {
	if r.mender == nil {
		return nil
	}
	return r.mender.close()
}

// settle decides on columns and on the layer's geometry, now that every row has been seen.
func (r *run) settle(ctx context.Context) (err error) {
	r.tell("settle", 0, r.spool.rows)
	if r.spool.rows == 0 {
		r.doubt(Doubt{Rule: "source.empty", Severity: format.Error, Blocking: true,
			Words: layers.Say("there is no row to import", "没有可导入的数据行")})
	}
	if r.plan, err = r.profile.settle(ctx, r.store, r.target, r.opt); err != nil {
		return err
	}
	r.report.Fields, r.report.Missing = r.plan.fields, r.plan.missing
	r.doubt(r.plan.doubts...)
	r.doubt(r.heights()...)
	if err := r.settleGeometry(); err != nil {
		return err
	}
	if len(r.plan.columns) == 0 && !r.writesGeometry() && !r.unplaced && r.spool.rows > 0 {
		r.doubt(Doubt{Rule: "source.blank", Severity: format.Error, Blocking: true,
			Words: layers.Say("no row has a value or a geometry: there is nothing to import", "所有行都没有属性值和图形，没有可导入的内容")})
	}
	return nil
}

// heights are the doubts about heights that placing found.
func (r *run) heights() (doubts []Doubt) {
	for _, c := range r.sources {
		doubts = append(doubts, c.place.doubts()...)
	}
	return doubts
}

func (r *run) tell(step string, done, total int64) {
	r.opt.Progress(Progress{Step: step, Done: done, Total: total})
}

// hints are what is told about the files.
func (o *Options) hints() format.Hints { return format.Hints{Encoding: o.Encoding, SRID: o.SRID} }

// fill puts in what was not said.
func (o *Options) fill() {
	if o.Mode == "" {
		o.Mode = Create
	}
	if o.Invalid == "" {
		o.Invalid = Repair
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Hour
	}
	if o.ahead == 0 {
		o.ahead = aheadRows
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
}

func newReport(opt Options) *Report {
	return &Report{Layer: opt.Layer, Title: opt.Title, Mode: opt.Mode, DryRun: opt.DryRun, Files: []format.File{}, Sources: []Source{},
		Fields: []Field{}, Missing: []Missing{}, Doubts: []Doubt{}, Rules: []RuleCount{}, Findings: []Finding{}}
}

// misplacedFinding tells why a row's geometry can not be put on the map.
func misplacedFinding(row int64, err error) Finding {
	f := Finding{Row: row, Rule: "geometry.broken", Severity: format.Error, Done: Rejected}
	var m *misplaced
	if errors.As(err, &m) {
		f.Rule, f.Value, f.Words = m.Rule, m.Value, m.Words
	}
	return f
}
