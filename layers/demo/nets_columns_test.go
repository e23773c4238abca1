package demo_test

import (
	"testing"
	"time"

	"onemap/layers"
	"onemap/layers/demo"
	"onemap/layers/standard"
)

func TestNetworkRowsFitTheirTemplates(t *testing.T) {
	t.Parallel()
	_, rows := netRows(t, 1, demo.Small)
	for _, name := range netLayers {
		def, err := standard.Table(name)
		if err != nil {
			t.Fatal(err)
		}
		types := map[string]layers.Type{}
		for _, c := range def.Columns {
			types[c.Name] = c.Type
			if c.Required && len(rows[name]) > 0 && rows[name][0][c.Name] == nil {
				t.Errorf("%s.%s is required and empty", name, c.Name)
			}
		}
		if len(rows[name]) == 0 {
			t.Errorf("%s has no rows", name)
		}
		for _, r := range rows[name] {
			for c, v := range r {
				if c != "geom" && !fitsType(types[c], v) {
					t.Fatalf("%s.%s is %s, not %T", name, c, types[c], v)
				}
			}
		}
	}
}

func fitsType(t layers.Type, v any) bool {
	switch v.(type) {
	case nil:
		return t != ""
	case string:
		return t == layers.String
	case int:
		return t == layers.Integer
	case float64:
		return t == layers.Number
	case bool:
		return t == layers.Boolean
	case time.Time:
		return t == layers.Date
	}
	return false
}
