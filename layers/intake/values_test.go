package intake

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/layers/standard"
	"onemap/migrations/dbtest"
)

// Every value a converter lets through is one that COPY takes, and reads back as the text says.
func TestValuesGoIntoTheirColumns(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	for i, c := range []struct{ sqlType, text, want, rule string }{
		{"smallint", "12", "12", ""}, {"smallint", "40000", "", "value.type"},
		{"integer", "１２", "12", "value.fullwidth"}, {"integer", "12.0", "12", ""}, {"integer", "12.5", "", "value.type"},
		{"bigint", "9223372036854775807", "9223372036854775807", ""},
		{"double precision", "1,234.5", "1234.5", "value.grouped"}, {"double precision", "12.5米", "", "value.type"}, {"double precision", "", "", ""},
		{"real", "0.5", "0.5", ""},
		{"numeric", "12345678901234567890.123", "12345678901234567890.123", ""}, {"numeric(5,2)", "999.994", "999.99", ""}, {"numeric(5,2)", "1000", "", "value.type"},
		{"boolean", "是", "true", ""}, {"boolean", "0", "false", ""}, {"boolean", "也许", "", "value.type"},
		{"date", "2021年3月5日", "2021-03-05", ""}, {"date", "2021年3月", "2021-03-01", "value.day"}, {"date", "2021-03-05 10:05", "2021-03-05", "value.clock"},
		{"date", "03/04/2021", "", "value.type"}, {"date", "２０２１-03-05", "2021-03-05", "value.fullwidth"},
		{"timestamptz", "2021-03-05 10:05", "2021-03-05 10:05:00+08", ""}, {"timestamptz", "2021-03-05T02:05:00Z", "2021-03-05 10:05:00+08", ""},
		{"jsonb", `{"a":[1,"甲"]}`, `{"a": [1, "甲"]}`, ""}, {"jsonb", `{"a":"\u0000"}`, "", "value.type"}, {"jsonb", `"\ud800"`, `"` + "\uFFFD" + `"`, ""},
		{"jsonb", strings.Repeat("[", 500) + strings.Repeat("]", 500), "", "value.type"},
		{"varchar(3)", "梁山县", "梁山县", ""}, {"varchar(3)", "梁山县城", "", "value.type"},
		{"text", " ０１ ", " ０１ ", ""}, {"text", "", "", ""},
		{"uuid", "{00000000-0000-0000-0000-000000000001}", "", "value.type"}, {"uuid", "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001", ""},
	} {
		value, note := converterOf(c.sqlType, false)([]byte(c.text))
		rule := ""
		if note != nil {
			rule = note.Rule
		}
		if rule != c.rule {
			t.Errorf("%s in %s: %q, want %q", c.text, c.sqlType, rule, c.rule)
		}
		table := fmt.Sprint("v", i)
		if _, err := pool.Exec(t.Context(), "create table "+table+" (v "+c.sqlType+")"); err != nil {
			t.Fatal(err)
		}
		if _, err := pool.CopyFrom(t.Context(), pgx.Identifier{table}, []string{"v"}, pgx.CopyFromRows([][]any{{value}})); err != nil {
			t.Errorf("%s in %s: %v", c.text, c.sqlType, err)
			continue
		}
		var got string
		if err := pool.QueryRow(t.Context(), "select coalesce(v::text, '') from "+table).Scan(&got); err != nil || got != c.want {
			t.Errorf("%s in %s: %q, %v, want %q", c.text, c.sqlType, got, err, c.want)
		}
	}
}

func TestCodesAreBoundOnEvidenceOnly(t *testing.T) {
	t.Parallel()
	lists, err := newCodeLists(t.Context(), layers.New(dbtest.New(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, values, scheme, rule string }{
		{"DLBM", "0101|0102|05H1", "dlbm", ""},
		{"地类编码", "0101", "dlbm", ""},
		{"DLBM", "０１０１|0102", "dlbm", ""},
		{"x", "0101|0102|0103", "", "code.ambiguous"}, // survey and plan share the digits
		{"x", "05H1|08H2|0810A", "dlbm", ""},
		{"status", "0|1", "", ""}, {"x", "1|2", "", ""}, {"门牌", "100|200|300", "", ""},
		{"DLBM", strings.Repeat("0101|", 20) + "9999", "", "code.almost"},
		{"DLBM", "101|102|301", "", "code.zeros"},
		{"DLMC", "水浇地|旱地|果园", "", "code.names"},
	} {
		scheme, doubt := lists.recognise(profiled(format.Field{Name: c.name, Kind: format.Text, Loose: true}, strings.Split(c.values, "|")...))
		rule := ""
		if doubt != nil {
			rule = doubt.Rule
		}
		if scheme != c.scheme || rule != c.rule {
			t.Errorf("%s of %s: %q %q, want %q %q", c.name, c.values, scheme, rule, c.scheme, c.rule)
		}
	}
}

func TestAStandardsTableNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	store := layers.New(dbtest.New(t))
	fields := []format.Field{{Name: "标识码", Kind: format.Text}, {Name: "DLDM", Kind: format.Text}, {Name: "权属单位名", Kind: format.Text}, {Name: "我的", Kind: format.Text}}
	rows := [][]string{{"1", "0101", "甲", "a"}, {"1", "0102", "乙", "b"}}
	for _, c := range []struct {
		drop  int // field that is not there
		told  Mapping
		rules string
	}{{-1, nil, "id.duplicate"}, {1, nil, "field.required id.duplicate"}, {1, Mapping{"dlbm": ""}, "id.duplicate"}} {
		def, err := standard.Table("dltb")
		if err != nil {
			t.Fatal(err)
		}
		p := newProfile(fields)
		if c.drop >= 0 {
			p.fields[c.drop].Name = "空"
		}
		for _, r := range rows {
			p.see([][]byte{[]byte(r[0]), []byte(r[1]), []byte(r[2]), []byte(r[3])})
		}
		plan, err := p.settle(t.Context(), store, &target{def: &def, columns: def.Columns}, Options{Mode: Create, Map: c.told})
		if err != nil {
			t.Fatal(err)
		}
		var rules []string
		for _, d := range plan.doubts {
			rules = append(rules, d.Rule)
		}
		if got := strings.Join(rules, " "); got != c.rules {
			t.Errorf("without %d, told %v: %q, want %q", c.drop, c.told, got, c.rules)
		}
		if def.IDField != "" {
			t.Error("an identifier that repeats stays the layer's")
		}
		if c.drop < 0 && (plan.fields[1].Name != "dlbm" || plan.fields[2].Name != "qsdwmc" || plan.fields[3].Name != "wo_de") {
			t.Errorf("mapped to %+v", plan.fields)
		}
	}
}
