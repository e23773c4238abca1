package main

import (
	"testing"

	"onemap/layers/cql"
)

func TestExportReadsFilters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		filters []string
		equal   int
		want    string
	}{
		{[]string{"dlbm=0102,0103"}, 1, ""},
		{[]string{"dlmc=水田", "floors > 2"}, 1, "floors > 2"},
		{[]string{"dlbm = '0102'"}, 0, "dlbm = '0102'"},
		{[]string{"dlbm='0102'", "a=1 OR b=2"}, 0, "dlbm = '0102' AND (a = 1 OR b = 2)"},
		{[]string{"floors>=2"}, 0, "floors >= 2"},
	} {
		q, err := exportCmd{Filter: c.filters}.query()
		if err != nil || len(q.Equal) != c.equal {
			t.Errorf("%q: %+v, %v", c.filters, q.Equal, err)
			continue
		}
		got := ""
		if q.Filter != nil {
			got = q.Filter.(*cql.Filter).String()
		}
		if got != c.want {
			t.Errorf("%q is %q, want %q", c.filters, got, c.want)
		}
	}
	if _, err := (exportCmd{Filter: []string{"floors >"}}).query(); err == nil {
		t.Error("half a filter is taken")
	}
}
