package standard_test

import (
	"errors"
	"strings"
	"testing"

	"onemap/layers"
	"onemap/layers/standard"
)

func TestEveryTableIsSound(t *testing.T) {
	t.Parallel()
	names := standard.Names()
	if len(names) == 0 {
		t.Fatal("no tables are embedded")
	}
	for _, name := range names {
		d, err := standard.Table(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if len(d.Properties) != len(d.Columns) {
			t.Errorf("%s: %d properties of %d columns", name, len(d.Properties), len(d.Columns))
		}
		if d.TitleEn == "" {
			t.Errorf("%s has no English title", name)
		}
	}
}

func TestUnknownTable(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"nosuch", "../standard", ""} {
		if _, err := standard.Table(name); !errors.Is(err, layers.ErrNotFound) {
			t.Errorf("Table(%q): %v, want ErrNotFound", name, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	const column = `{"name":"bsm","title":"标识码","type":"string","sqlType":"text"}`
	template := func(head, columns string) string {
		return `{"name":"x","title":"甲","geometryType":"MultiPolygon","style":{"kind":"fill"}` + head + `,"columns":[` + columns + `]}`
	}
	if _, err := standard.Decode([]byte(template(``, column))); err != nil {
		t.Fatalf("the template the others vary is refused: %v", err)
	}
	for _, c := range []struct{ what, json, want string }{
		{"a field of another name", template(`,"colour":"red"`, column), "unknown field"},
		{"a single geometry", strings.Replace(template(``, column), "MultiPolygon", "Polygon", 1), "geometry type"},
		{"an unsafe column", template(``, strings.Replace(column, "bsm", "b-s", 1)), "column name"},
		{"a column of the house", template(``, strings.Replace(column, "bsm", "version", 1)), "column name"},
		{"a column twice", template(``, column+","+column), "twice"},
		{"an unfit type", template(``, strings.Replace(column, `"string"`, `"integer"`, 1)), "SQL type"},
		{"a label that is no column", template(`,"labelField":"mc"`, column), "labelField"},
		{"a colour by name", strings.Replace(template(``, column), `"fill"`, `"fill","colour":"red"`, 1), "#RRGGBB"},
		{"properties beside columns", template(`,"properties":[{"name":"a"}]`, column), "derived"},
	} {
		if _, err := standard.Decode([]byte(c.json)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
}
