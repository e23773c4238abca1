package intake_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onemap/layers/intake"
)

// findings are what was found: row, rule, field and what was done.
func findings(r *intake.Report) (all []string) {
	for _, f := range r.Findings {
		row := string(rune('0' + f.Row))
		all = append(all, row+" "+f.Rule+" "+f.Field+" "+string(f.Done))
	}
	slices.Sort(all)
	return all
}

func TestChangedValuesAreToldAsChanged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.must(intake.Options{Layer: "t"}, write(t, "a.csv", "name,n,日期\n一,1.5,2021-03-05\n"))
	r := d.must(intake.Options{Layer: "t", Mode: intake.Append}, write(t, "b.csv", "name;n;日期\n二;１;2021年3月\n三;1,234.5;2021-03-05 10:05\n四;x;\n"))
	want := []string{"2 value.day 日期 changed", "2 value.fullwidth n changed", "3 value.clock 日期 changed", "3 value.grouped n changed", "4 value.type n emptied"}
	if diff := cmp.Diff(want, findings(r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A row is worth more than the property it lacks; only a column of the database that is not null refuses it.
func TestARowWithoutARequiredValueIsKeptAndTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	area := `"geometry":{"type":"Polygon","coordinates":[[[116,35.7],[116.01,35.7],[116.01,35.71],[116,35.7]]]}}`
	file := write(t, "p.geojson", `{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"BSM":"1","DLBM":" 0101 ","TBMJ":1},`+area+`,
		{"type":"Feature","properties":{"BSM":"2","DLBM":null,"TBMJ":1},`+area+`,
		{"type":"Feature","properties":{"BSM":"3","DLBM":"","TBMJ":1},`+area+`,
		{"type":"Feature","properties":{"BSM":"4","DLBM":"9999","TBMJ":1},`+area+`]}`)
	r := d.must(intake.Options{Layer: "dltb"}, file)
	want := []string{"2 value.missing DLBM kept", "3 value.missing DLBM kept", "4 value.code DLBM kept"}
	if diff := cmp.Diff(want, findings(r)); diff != "" || r.Rows.Taken != 4 {
		t.Errorf("%+v (-want +got):\n%s", r.Rows, diff)
	}
	if got := d.text("select coalesce(dlbm, '-') from layer.dltb order by bsm"); got != "0101\n-\n-\n9999" {
		t.Error(got)
	}
	if _, err := d.pool.Exec(t.Context(), "delete from layer.dltb where dlbm is null; alter table layer.dltb alter dlbm set not null"); err != nil {
		t.Fatal(err)
	}
	r = d.must(intake.Options{Layer: "dltb", Mode: intake.Replace}, file)
	want = []string{"2 value.missing DLBM rejected", "3 value.missing DLBM rejected", "4 value.code DLBM kept"}
	if diff := cmp.Diff(want, findings(r)); diff != "" || r.Rows.Taken != 2 || r.Rows.Rejected != 2 {
		t.Errorf("%+v (-want +got):\n%s", r.Rows, diff)
	}
}

// The key's field is found as every field is: by the mapping, by other names, whatever is around its values.
func TestTheKeyOfAnUpsertIsFoundAsFieldsAre(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.must(intake.Options{Layer: "p", Standard: "none", Map: intake.Mapping{"编号": "lno"}}, write(t, "a.csv", "编号,n\nA1,1\nA2,2\n"))
	r := d.must(intake.Options{Layer: "p", Mode: intake.Upsert, Key: "lno"}, write(t, "b.csv", "管线编号,n\nA1,7\nA3,3\nA3,4\n,5\n"))
	if c := r.Rows; c.Updated != 1 || c.Inserted != 1 || c.Rejected != 2 {
		t.Errorf("%+v", c)
	}
	want := []string{"4 key.duplicate 管线编号 rejected", "5 value.missing 管线编号 rejected"}
	if diff := cmp.Diff(want, findings(r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d.must(intake.Options{Layer: "q"}, write(t, "a.csv", "序号,n\n1,1\n2,2\n"))
	r = d.must(intake.Options{Layer: "q", Mode: intake.Upsert, Key: "xu_hao"}, write(t, "b.csv", "序号,n\n1,7\n１,8\n"))
	if got := strings.Join(findings(r), "; "); got != "3 key.duplicate 序号 rejected; 3 value.fullwidth 序号 changed" || r.Rows.Updated != 1 {
		t.Errorf("%s, %+v", got, r.Rows)
	}
}

// An identifier that is there twice is told before the database refuses the whole file, whatever its field is called.
func TestAnIdentifierThatRepeatsIsToldBeforeWriting(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.must(intake.Options{Layer: "w"}, write(t, "a.csv", "编号,a_id,b_id,n\nA1,1,1,1\nA2,2,2,2\n"))
	r, err := d.bring(intake.Options{Layer: "w", Mode: intake.Append, Map: intake.Mapping{"门牌": "bian_hao"}}, write(t, "b.csv", "a_id,b_id,门牌\n8,8,A8\n9,9,A8\n"))
	if err == nil || !slices.ContainsFunc(r.Doubts, func(d intake.Doubt) bool { return d.Rule == "id.duplicate" && d.Blocking }) {
		t.Errorf("%v, %+v", err, r.Doubts)
	}
}

// Days that programs write for no day are kept, and told.
func TestDaysThatStandForNoneAreTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := d.must(intake.Options{Layer: "t"}, write(t, "a.csv", "name,建成日期,检查日期,填表日期\n一,1899-12-30,1990-01-01,2021-03-05\n"+
		"二,1900/1/1,1990-01-01,1990-01-01\n三,2021-03-05,2021-03-06,2021-03-07\n"+strings.Repeat("四,2021-03-05,2021-03-06,2021-03-08\n", 10)))
	for field, want := range map[string]string{"建成日期": "1899-12-30（1）、1900-01-01（1）", "检查日期": "1990-01-01（2）", "填表日期": ""} {
		i := slices.IndexFunc(r.Fields, func(f intake.Field) bool { return f.Source == field })
		got := ""
		for _, n := range r.Fields[i].Notes {
			got += n.Zh
		}
		if !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
}
