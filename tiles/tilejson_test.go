package tiles_test

import (
	"testing"

	"onemap/layers"
	"onemap/tiles"
)

// TileJSON says from which zoom there are labels: a mosaic has none, what is drawn from rows in its place has.
func TestLabelsBeginWhereTilesHaveThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		first    int // zoom of the mosaic
		labelAt  int
		set      string
		filter   string
		from, to int // zooms of the labels; -1 = there are none
	}{
		{"in the mosaic", 6, 9, "WebMercatorQuad", "", 13, 18},
		{"after it", 6, 15, "WebMercatorQuad", "", 15, 18},
		{"before it", 10, 7, "WebMercatorQuad", "", 7, 18},
		{"in rows that match", 6, 9, "WebMercatorQuad", "class = 'a'", 11, 18}, // squares have none
		{"in another set", 6, 9, "WorldCRS84Quad", "", 10, 17},
		{"never", 6, 19, "WebMercatorQuad", "", -1, -1},
	} {
		set, err := tiles.AnyMatrixSet(c.set)
		if err != nil {
			t.Fatal(err)
		}
		l := &layers.Layer{Name: "field", Title: "Fields", GeometryType: "MultiPolygon", Tracked: true, SRID: 4490, Bounds: &layers.Bounds{116, 35, 117, 36},
			Table:      layers.Table{Schema: "layer", Name: "field", Key: "fid", KeyType: "bigint", Geom: "geom", Mercator: "geom_3857"},
			Properties: []layers.Property{{Name: "class", Type: layers.String}},
			Style:      layers.Style{Kind: "fill", By: "class", Label: "class", LabelAt: c.labelAt},
			Drawing:    layers.Drawing{MinZoom: 4, MaxZoom: 18, Rules: []layers.Rule{{MinZoom: c.first, MaxZoom: 12, Dissolve: true, MinSize: 2}}}}
		from, to := -1, -1
		for _, v := range tiles.DescribeRequest([]*layers.Layer{l}, tiles.Request{Set: set, Filter: c.filter}, "").VectorLayers {
			if v.ID == "field_label" {
				from, to = v.MinZoom, v.MaxZoom
			}
		}
		if from != c.from || to != c.to {
			t.Errorf("labels %s are at zooms %d to %d, want %d to %d", c.name, from, to, c.from, c.to)
		}
	}
}
