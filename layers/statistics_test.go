package layers_test

import (
	"encoding/json"
	"errors"
	"testing"

	"onemap/layers"
)

func TestStatisticsOfEachKind(t *testing.T) {
	t.Parallel()
	store, pool := mixture(t)
	if _, err := pool.Exec(t.Context(), "update survey.mixture set whole = id, share = id / 4.0 where id > 1"); err != nil {
		t.Fatal(err)
	}
	for property, want := range map[string]string{
		"whole": `{"Count":61,"Nulls":0,"Distinct":61,"Min":1,"Max":61,"Sum":1891,"Mean":31}`,
		"share": `{"Count":61,"Nulls":0,"Distinct":61,"Min":0.1,"Max":15.2500000000000000,"Sum":472.60000000000000000000,"Mean":7.747540983606558}`,
		"thin":  `{"Count":61,"Nulls":10,"Distinct":5,"Min":0,"Max":0.1,"Sum":1.0000000149011612,"Mean":0.033333333830038704}`,
		"yes":   `{"Count":61,"Nulls":20,"Distinct":2,"Min":false,"Max":true,"Sum":null,"Mean":null}`,
		"word":  `{"Count":61,"Nulls":7,"Distinct":7,"Min":"","Max":"王","Sum":null,"Mean":null}`,
		"day":   `{"Count":61,"Nulls":15,"Distinct":3,"Min":"0044-03-15 BC","Max":"2026-05-01","Sum":null,"Mean":null}`,
		"clock": `{"Count":61,"Nulls":20,"Distinct":2,"Min":"1899-12-31T23:54:17+08:00","Max":"2026-05-01T00:00:00.1+08:00","Sum":null,"Mean":null}`,
	} {
		st, err := store.Statistics(t.Context(), layers.Anonymous, "mixture", property, 3, layers.Query{})
		if err != nil {
			t.Errorf("%s: %v", property, err)
			continue
		}
		bins, values := st.Bins, st.Values
		st.Bins, st.Values = nil, nil
		got, err := json.Marshal(struct {
			Count, Nulls, Distinct int64
			Min, Max, Sum, Mean    any
		}{st.Count, st.Nulls, st.Distinct, st.Min, st.Max, st.Sum, st.Mean})
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, want %s", property, got, want)
		}
		var binned, most int64
		for _, b := range bins {
			binned += b.Count
		}
		for i, v := range values {
			if i > 0 && v.Count > most {
				t.Errorf("%s: %v is not the most frequent first", property, values)
			}
			most = v.Count
		}
		if property == "whole" && (binned != 61 || len(bins) > 20 || bins[0].Count != 4 || bins[0].From != 1.0 || bins[0].To != 5.0) {
			t.Errorf("histogram %v", bins)
		}
		if property == "share" && (binned != 61 || len(bins) != 20) || property == "word" && bins != nil || property == "clock" && binned != 41 {
			t.Errorf("%s: histogram %v", property, bins)
		}
		if len(values) != min(3, int(st.Distinct)) {
			t.Errorf("%s: values %v", property, values)
		}
	}
	none, err := store.Statistics(t.Context(), layers.Anonymous, "mixture", "whole", 3, layers.Query{IDs: []string{}})
	if err != nil || none.Count != 0 || none.Min != nil || none.Mean != nil || none.Bins != nil {
		t.Errorf("of nothing: %+v, %v", none, err)
	}
	for _, property := range []string{"thing", "colour", "geom"} {
		if _, err := store.Statistics(t.Context(), layers.Anonymous, "mixture", property, 3, layers.Query{}); !errors.Is(err, layers.ErrInvalid) {
			t.Errorf("statistics of %s: %v", property, err)
		}
	}
}
