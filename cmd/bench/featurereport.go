package main

import (
	"fmt"
	"os"
	"runtime"
	"text/tabwriter"
	"time"
)

// featuresResult is what a benchmark of features prints.
type featuresResult struct {
	At          time.Time        `json:"at"`
	Cores       int              `json:"cores"`
	Seed        uint64           `json:"seed"`
	Rounds      int              `json:"rounds"`
	Connections int              `json:"connections"`
	Page        int              `json:"page"`
	Deep        int              `json:"deep"`
	Features    int              `json:"features"`
	Skipped     []string         `json:"skipped,omitempty"`
	Summary     []featureSummary `json:"summary"`
	Figures     []featureFigure  `json:"figures"`
}

// featureFigure is one measurement of one server.
type featureFigure struct {
	What      string  `json:"what"`
	Target    string  `json:"target"`
	Round     int     `json:"round"`
	Rate      float64 `json:"perSecond"`           // of features where the layer is whole, else of requests
	FirstByte float64 `json:"firstByte,omitempty"` // milliseconds
	P50       float64 `json:"p50,omitempty"`
	P95       float64 `json:"p95,omitempty"`
	MemoryMB  float64 `json:"memoryMB"` // resident at most, since it was started
	Bytes     int64   `json:"bytes"`
	Errors    int     `json:"errors"`
	Error     string  `json:"error,omitempty"` // one of them
}

// featureSummary is the medians of all rounds of one server. Ratios are those within a round.
type featureSummary struct {
	featureFigure
	Of      map[string]float64 `json:"of"`      // its rate, as a part of each other server's
	OfFirst float64            `json:"ofFirst"` // a deep page's rate, as a part of the first page's
}

func newFeaturesResult(c featuresCmd) featuresResult {
	return featuresResult{At: time.Now(), Cores: runtime.NumCPU(), Seed: c.Seed, Rounds: c.Rounds, Connections: c.Connections, Page: c.Page, Deep: c.Deep}
}

// note keeps a figure and tells it.
func (r *featuresResult) note(f featureFigure) {
	r.Figures = append(r.Figures, f)
	fmt.Fprintf(os.Stderr, "%-12s %-14s %10.1f/s  first byte %6.1f  p50 %7.2f  p95 %7.2f ms  %4.0f MB", f.Target, f.What, f.Rate, f.FirstByte, f.P50, f.P95, f.MemoryMB)
	if f.Errors > 0 {
		fmt.Fprintf(os.Stderr, "  %d errors: %s", f.Errors, f.Error)
	}
	fmt.Fprintln(os.Stderr)
}

// sum makes the medians.
func (r *featuresResult) sum() {
	type place struct{ what, target string }
	rounds := map[place][]featureFigure{}
	var places []place
	for _, f := range r.Figures {
		p := place{f.What, f.Target}
		if rounds[p] == nil {
			places = append(places, p)
		}
		rounds[p] = append(rounds[p], f)
	}
	for _, p := range places {
		s := featureSummary{featureFigure: middleFeatures(rounds[p]), Of: map[string]float64{}}
		for _, o := range places {
			if o.what == p.what && o.target != p.target {
				s.Of[o.target] = ratesOf(rounds[p], rounds[o])
			}
		}
		if p.what == deepPage {
			s.OfFirst = ratesOf(rounds[p], rounds[place{firstPage, p.target}])
		}
		r.Summary = append(r.Summary, s)
	}
}

// ratesOf is the median of rates as a part of others of the same rounds.
func ratesOf(rounds, others []featureFigure) float64 {
	var parts []float64
	for i, f := range rounds {
		if others[i].Rate > 0 {
			parts = append(parts, f.Rate/others[i].Rate)
		}
	}
	return mid(parts)
}

// middleFeatures is the medians of the rounds; errors are added up, and memory is the most.
func middleFeatures(rounds []featureFigure) featureFigure {
	m := featureFigure{What: rounds[0].What, Target: rounds[0].Target, Round: -1}
	var rate, first, p50, p95, size []float64
	for _, f := range rounds {
		rate, first, p50, p95, size = append(rate, f.Rate), append(first, f.FirstByte), append(p50, f.P50), append(p95, f.P95), append(size, float64(f.Bytes))
		m.MemoryMB, m.Errors = max(m.MemoryMB, f.MemoryMB), m.Errors+f.Errors
		if f.Error != "" {
			m.Error = f.Error
		}
	}
	m.Rate, m.FirstByte, m.P50, m.P95, m.Bytes = mid(rate), mid(first), mid(p50), mid(p95), int64(mid(size))
	return m
}

// print is the result for people.
func (r *featuresResult) print() {
	t := tabwriter.NewWriter(os.Stderr, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nwhat\tserver\t/s\tfirst byte ms\tp50 ms\tp95 ms\tmemory MB\tMB\terrors\t× mapserver\t× pg_featureserv\t× first page\t")
	for _, s := range r.Summary {
		fmt.Fprintf(t, "%s\t%s\t%.0f\t%s\t%s\t%s\t%.0f\t%.1f\t%d\t%s\t%s\t%s\t\n", s.What, s.Target, s.Rate, ratio(s.FirstByte), ratio(s.P50), ratio(s.P95),
			s.MemoryMB, float64(s.Bytes)/1e6, s.Errors, ratio(s.Of["mapserver"]), ratio(s.Of["pg_featureserv"]), ratio(s.OfFirst))
	}
	t.Flush()
}
