package intake

import (
	"testing"

	"onemap/layers"
)

func TestImportedLayersAreGeneralisedByTheirNumber(t *testing.T) {
	t.Parallel()
	county := &layers.Bounds{115.87, 35.61, 116.37, 35.98}
	for _, test := range []struct {
		kind  string
		rows  int64
		first int // zoom
		rule  layers.Rule
	}{
		{"MultiPolygon", 3_000, 0, layers.Rule{}},
		{"MultiPolygon", 358_000, 6, layers.Rule{MinZoom: 6, MaxZoom: 12, Dissolve: true, MinSize: 4}},
		{"MultiPolygon", 3_500_000, 6, layers.Rule{MinZoom: 6, MaxZoom: 14, Dissolve: true, MinSize: 4}},
		{"Point", 30_000, 0, layers.Rule{MaxZoom: 11, Cluster: 24}},
		{"MultiLineString", 200_000, 11, layers.Rule{MinZoom: 11, MaxZoom: 12, Merge: true, MinSize: 4}},
	} {
		d := generalised(test.kind, county, test.rows)
		var rule layers.Rule
		if len(d.Rules) > 0 {
			rule = d.Rules[0]
		}
		if d.MinZoom != test.first || rule != test.rule {
			t.Errorf("%d of %s: from zoom %d by %+v; want from %d by %+v", test.rows, test.kind, d.MinZoom, rule, test.first, test.rule)
		}
	}
}
