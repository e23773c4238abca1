package intake

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
)

// WriteJSON writes the report with all of its findings, one at a time, in place of the first ones that it holds.
func (r *Report) WriteJSON(w io.Writer, findings iter.Seq2[Finding, error]) error {
	head := *r
	head.Findings = nil
	body, err := json.MarshalIndent(head, "", " ")
	if err != nil {
		return err
	}
	before, after, ok := bytes.Cut(body, []byte(`"findings": null`))
	if !ok {
		return errors.New("a report without findings")
	}
	if _, err := fmt.Fprintf(w, `%s"findings": [`, before); err != nil {
		return err
	}
	separator := "\n  "
	for f, err := range findings {
		if err != nil {
			return err
		}
		line, err := json.Marshal(f)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s%s", separator, line); err != nil {
			return err
		}
		separator = ",\n  "
	}
	_, err = fmt.Fprintf(w, "]%s\n", after)
	return err
}

// find takes a finding into the report, and hands it on.
func (r *run) find(f Finding) error {
	if len(r.sources) > 1 && f.Source == "" {
		f.Source = r.sources[r.at].source.Name
	}
	i := slices.IndexFunc(r.report.Rules, func(c RuleCount) bool { return c.Rule == f.Rule && c.Severity == f.Severity })
	if i < 0 {
		i = len(r.report.Rules)
		r.report.Rules = append(r.report.Rules, RuleCount{Rule: f.Rule, Severity: f.Severity})
	}
	r.report.Rules[i].Count++
	if len(r.report.Findings) < MaxFindings {
		r.report.Findings = append(r.report.Findings, f)
	}
	if r.opt.Findings == nil {
		return nil
	}
	return r.opt.Findings(f)
}

// findNotes takes what a reader noted about a row.
func (r *run) findNotes(row *format.Row) error {
	for _, n := range row.Notes {
		done := Kept
		switch {
		case row.Lost:
			done = Rejected
		case n.Severity == format.Error:
			done = Emptied
		case n.Severity == format.Warning:
			done = Changed
		}
		if err := r.find(Finding{Row: row.Number, Rule: n.Rule, Severity: n.Severity, Field: n.Field, Value: n.Value, Done: done, Words: n.Words}); err != nil {
			return err
		}
	}
	return nil
}

// doubt takes doubts into the report, the graver first.
func (r *run) doubt(doubts ...Doubt) {
	r.report.Doubts = append(r.report.Doubts, doubts...)
	weight := func(d Doubt) int {
		switch {
		case d.Blocking:
			return 0
		case d.Severity == format.Error:
			return 1
		case d.Severity == format.Warning:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(r.report.Doubts, func(a, b Doubt) int { return cmp.Compare(weight(a), weight(b)) })
}

// blocked is the error of the doubts that stop an import; nil when none does, and in a dry run.
func (r *run) blocked() error {
	if r.opt.DryRun {
		return nil
	}
	var en, zh []string
	for _, d := range r.report.Doubts {
		if d.Blocking {
			en, zh = append(en, d.Words.En), append(zh, d.Words.Zh)
		}
	}
	if len(en) == 0 {
		return nil
	}
	return layers.Refused(layers.ErrInvalid, layers.Words{En: strings.Join(en, "\n"), Zh: strings.Join(zh, "\n")})
}

// sortRules puts the commonest findings first.
func (r *Report) sortRules() {
	slices.SortStableFunc(r.Rules, func(a, b RuleCount) int { return cmp.Compare(b.Count, a.Count) })
}
