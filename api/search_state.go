package api

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"onemap/layers/search"
)

// watchSearch adds how far the index of search is.
func (m *metrics) watchSearch(index *search.Index) {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("onemap_search_"+name, help, nil, nil)
	}
	m.registry.MustRegister(searchState{index,
		desc("position", "Position of the log up to which changes are in the index of search."),
		desc("behind", "Changes that are not in it yet."),
		desc("layers_pending", "Layers that not all rows are in it of.")})
}

// searchState asks the database when it is read; one that does not answer in time leaves the numbers out.
type searchState struct {
	index                     *search.Index
	position, behind, pending *prometheus.Desc
}

// Describe is prometheus.Collector's.
func (s searchState) Describe(to chan<- *prometheus.Desc) {
	to <- s.position
	to <- s.behind
	to <- s.pending
}

// Collect is prometheus.Collector's.
func (s searchState) Collect(to chan<- prometheus.Metric) {
	p := searchProgress(context.Background(), s.index)
	if p == nil {
		return
	}
	gauge := func(desc *prometheus.Desc, n int64) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(n))
	}
	gauge(s.position, p.Position)
	gauge(s.behind, p.Behind)
	gauge(s.pending, int64(p.Pending))
}

// searchProgress is nil where the database does not tell it in a second.
func searchProgress(ctx context.Context, index *search.Index) *search.Progress {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	p, err := index.Progress(ctx)
	if err != nil {
		return nil
	}
	return &p
}
