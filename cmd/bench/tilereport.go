package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"onemap/layers"
)

// tilesResult is what a benchmark of tiles prints.
type tilesResult struct {
	At          time.Time          `json:"at"`
	Cores       int                `json:"cores"`
	Seed        uint64             `json:"seed"`
	Rounds      int                `json:"rounds"`
	Connections int                `json:"connections"`
	Bounds      layers.Bounds      `json:"bounds"`
	Lists       []*tileList        `json:"lists"` // of the cold rounds
	Skipped     []string           `json:"skipped,omitempty"`
	Summary     []tileSummary      `json:"summary"`
	Edits       []editFigure       `json:"edits,omitempty"`
	MemoryMB    map[string]float64 `json:"memoryMB"` // peaks of resident memory
	Figures     []figure           `json:"figures"`
}

// tileSummary is the medians of all rounds of one target.
type tileSummary struct {
	figure
	OfFirst  float64 `json:"ofFirst"`  // its requests a second, as a part of the first target's
	OfBest   float64 `json:"ofBest"`   // of the best of the others, the bare server apart; what the bar is said in
	P95Best  float64 `json:"p95Best"`  // its p95, as a part of the best p95 of the others
	OfBare   float64 `json:"ofBare"`   // of the bare server
	OfBare2x float64 `json:"ofBare2x"` // of the bare server's whole answers: for those that answer 304
}

func newTilesResult(c tilesCmd) tilesResult {
	return tilesResult{At: time.Now(), Cores: runtime.NumCPU(), Seed: c.Seed, Rounds: c.Rounds, Connections: c.Connections, MemoryMB: map[string]float64{}}
}

// note keeps a figure and tells it.
func (r *tilesResult) note(f figure) {
	r.Figures = append(r.Figures, f)
	fmt.Fprintf(os.Stderr, "%-12s %-12s z%-3d %6d requests %9.1f/s  p50 %8.1f  p95 %8.1f  p99 %8.1f ms  largest %d  CPU %.3f + %.3f + %.3f ms", f.Target, f.Mode, f.Zoom, f.Requests, f.Rate, f.P50, f.P95, f.P99, f.Largest,
		f.CPU.Server, f.CPU.Database, f.CPU.Load)
	if f.Errors > 0 {
		fmt.Fprintf(os.Stderr, "  %d errors: %s", f.Errors, f.Error)
	}
	fmt.Fprintln(os.Stderr)
}

// remember notes the memory of a target while its processes live.
func (r *tilesResult) remember(t *target) {
	if t.pids != nil {
		r.MemoryMB[t.name] = max(r.MemoryMB[t.name], residentPeak(t.pids()))
	}
}

// place is what figures of several rounds have in common.
type place struct {
	mode   string
	zoom   int
	target string
}

// sum makes the medians. Ratios are those within a round, so that all of it have seen the same weather.
func (r *tilesResult) sum(targets []*target) {
	for _, t := range targets {
		r.remember(t)
	}
	rounds := map[place][]figure{}
	var places []place
	for _, f := range r.Figures {
		p := place{f.Mode, f.Zoom, f.Target}
		if rounds[p] == nil {
			places = append(places, p)
		}
		rounds[p] = append(rounds[p], f)
	}
	slices.SortStableFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(modeOrder(a.mode), modeOrder(b.mode)), cmp.Compare(a.zoom, b.zoom))
	})
	first := targets[0].name
	for _, p := range places {
		s := tileSummary{figure: middle(rounds[p])}
		var ofFirst, ofBest, p95Best, ofBare, ofBare2x []float64
		for i, f := range rounds[p] {
			at := func(mode, target string) (figure, bool) {
				all := rounds[place{mode, p.zoom, target}]
				if i >= len(all) {
					return figure{}, false
				}
				return all[i], true
			}
			if o, ok := at(p.mode, first); ok {
				ofFirst = append(ofFirst, f.Rate/o.Rate)
			}
			if o, ok := at(p.mode, "bare"); ok {
				ofBare = append(ofBare, f.Rate/o.Rate)
			}
			if o, ok := at(modeWarm, "bare"); ok && p.mode == modeConditional {
				ofBare2x = append(ofBare2x, f.Rate/o.Rate)
			}
			best, quickest := 0.0, 0.0
			for _, t := range targets {
				if o, ok := at(p.mode, t.name); ok && t.name != p.target && o.Errors < o.Requests {
					best, quickest = max(best, o.Rate), min(cmp.Or(quickest, o.P95), o.P95)
				}
			}
			if best > 0 && quickest > 0 && p.target != "bare" {
				ofBest, p95Best = append(ofBest, f.Rate/best), append(p95Best, f.P95/quickest)
			}
		}
		s.OfFirst, s.OfBest, s.P95Best, s.OfBare, s.OfBare2x = mid(ofFirst), mid(ofBest), mid(p95Best), mid(ofBare), mid(ofBare2x)
		r.Summary = append(r.Summary, s)
	}
}

func modeOrder(mode string) int {
	return slices.Index([]string{modeCold, modeWarm, modeConditional, modeEdits, modeTenfold, modeDefaults}, mode)
}

// middle is the medians of the rounds; what is counted is added up.
func middle(rounds []figure) figure {
	m := figure{Mode: rounds[0].Mode, Zoom: rounds[0].Zoom, Target: rounds[0].Target, Round: -1}
	for _, f := range rounds {
		m.add(f)
		m.Seconds += f.Seconds
	}
	of := func(get func(figure) float64) float64 {
		var all []float64
		for _, f := range rounds {
			all = append(all, get(f))
		}
		return mid(all)
	}
	m.Rate = of(func(f figure) float64 { return f.Rate })
	m.P50 = of(func(f figure) float64 { return f.P50 })
	m.P95 = of(func(f figure) float64 { return f.P95 })
	m.P99 = of(func(f figure) float64 { return f.P99 })
	m.CPU.Server = of(func(f figure) float64 { return f.CPU.Server })
	m.CPU.Database = of(func(f figure) float64 { return f.CPU.Database })
	m.CPU.Load = of(func(f figure) float64 { return f.CPU.Load })
	return m
}

// mid is the median; 0 of none.
func mid(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// print is the result for people.
func (r *tilesResult) print() {
	t := tabwriter.NewWriter(os.Stderr, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nmode\tzoom\ttarget\trequests/s\tp50 ms\tp95 ms\tp99 ms\tMB\tlargest KB\tCPU ms: server\tdatabase\tload\terrors\t× first\t× best other\tp95 × best other\t× bare\t304 × bare 200\t")
	for _, s := range r.Summary {
		fmt.Fprintf(t, "%s\t%d\t%s\t%.1f\t%.2f\t%.2f\t%.2f\t%.1f\t%.0f\t%.3f\t%.3f\t%.3f\t%d\t%s\t%s\t%s\t%s\t%s\t\n", s.Mode, s.Zoom, s.Target, s.Rate, s.P50, s.P95, s.P99, float64(s.Bytes)/1e6, float64(s.Largest)/1e3,
			s.CPU.Server, s.CPU.Database, s.CPU.Load, s.Errors, ratio(s.OfFirst), ratio(s.OfBest), ratio(s.P95Best), ratio(s.OfBare), ratio(s.OfBare2x))
	}
	t.Flush()
	r.printEdits()
	for _, l := range r.Lists {
		fmt.Fprintf(os.Stderr, "z%d: %d of %d tiles, %.0f %% empty\n", l.Zoom, l.Count, l.Of, 100*l.Empty)
	}
	for name, megabytes := range r.MemoryMB {
		fmt.Fprintf(os.Stderr, "%s: %.0f MB resident at most\n", name, megabytes)
	}
}

func (r *tilesResult) printEdits() {
	if len(r.Edits) == 0 {
		return
	}
	t := tabwriter.NewWriter(os.Stderr, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\ntarget\tround\tedits\tshown p50 ms\tp99 ms\tlate\tstale\tload requests/s\tload p95 ms\terrors\t")
	for _, e := range r.Edits {
		fmt.Fprintf(t, "%s\t%d\t%d\t%.1f\t%.1f\t%d\t%d\t%.1f\t%.2f\t%d\t\n", e.Target, e.Round, e.Edits, e.P50, e.P99, e.Late, e.Stale, e.Load.Rate, e.Load.P95, e.Load.Errors)
	}
	t.Flush()
}

func ratio(v float64) string {
	if v == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", v)
}
