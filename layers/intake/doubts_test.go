package intake_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onemap/layers"
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

// A new layer goes without an identifier that repeats, and says so.
func TestAnIdentifierThatRepeatsIsToldOfANewLayerToo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := d.must(intake.Options{Layer: "w"}, write(t, "a.csv", "BSM,类型编号,n\n7,1,1\n8,1,2\n7,1,3\n"))
	i := slices.IndexFunc(r.Doubts, func(d intake.Doubt) bool { return d.Rule == "id.duplicate" })
	if i < 0 || r.Doubts[i].Blocking || !strings.Contains(r.Doubts[i].Words.Zh, "“7”") || len(r.Doubts) != 2 {
		t.Errorf("%+v", r.Doubts)
	}
}

// Parcels of which no point can be read make no layer without geometry, silently.
func TestALayerWhoseGeometriesAreAllLostIsNotMade(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for name, text := range map[string]string{
		"b.txt": "[地块坐标]\n5,1.0,DK1,地块一,面,,,,@\nJ1,1,3963733.366,39417743.273\nJ2,1,abc,39417843.273\n",
		"w.csv": "n,wkt\n1,\"POLYGON((116 35,\"\n2,\"POLYGON((116\"\n",
	} {
		r, err := d.bring(intake.Options{Layer: "lost", SRID: 4527}, write(t, name, text))
		if !errors.Is(err, layers.ErrInvalid) || !slices.ContainsFunc(r.Doubts, func(d intake.Doubt) bool { return d.Rule == "geometry.unreadable" && d.Blocking }) {
			t.Errorf("%s: %v, %+v", name, err, r.Doubts)
		}
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

// Whatever the guess of the first thousands, a later row may break it; and codes are bound by all their values.
func TestTheLastRowsDecideOnTypesToo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	columns := []struct{ name, most, last, want, scheme string }{
		{"n1", "7", "8", "integer", ""}, {"n2", "7", "3000000000", "integer", ""}, {"n3", "7", "7.5", "number", ""}, {"n4", "7", "007", "string", ""},
		{"n5", "７", "8", "integer", ""}, {"n6", "7", "七", "string", ""}, {"n7", "12.5", "12.5米", "string", ""}, {"n8", "1234", "12345678901234567", "string", ""},
		{"d1", "2021-03-05", "2021年3月6日", "date", ""}, {"d2", "2021-03-05", "2021-03-05 10:05", "date-time", ""}, {"d3", "2021-03-05", "2021年3月", "string", ""},
		{"d4", "2021-03-05", "05/06/2021", "string", ""}, {"d5", "二〇二一年三月五日", "2021/3/6", "date", ""}, {"b1", "是", "否", "boolean", ""}, {"b2", "是", "不详", "string", ""},
		{"DLBM", "0101", "0103", "string", "dlbm"}, {"地类编码", "０１０１", "0102", "string", "dlbm"}, {"DLDM2", "0101", "9999", "string", ""}, {"e", "7", "", "integer", ""},
	}
	var head, most, last []string
	for _, c := range columns {
		head, most, last = append(head, c.name), append(most, c.most), append(last, c.last)
	}
	file := write(t, "t.csv", strings.Join(head, ",")+"\n"+strings.Repeat(strings.Join(most, ",")+"\n", 5001)+strings.Join(last, ",")+"\n")
	r := d.must(intake.Options{Layer: "t"}, file)
	for i, c := range columns {
		if f := r.Fields[i]; string(f.Type) != c.want || f.Scheme != c.scheme {
			t.Errorf("%s: 5001 × %s, then %s: %s %q, want %s %q", c.name, c.most, c.last, f.Type, f.Scheme, c.want, c.scheme)
		}
	}
	if got := d.text("select n4 || ' ' || n5 || ' ' || dlbm || ' ' || di_lei_bian_ma || ' ' || n2 from layer.t order by fid desc limit 1"); got != "007 8 0103 0102 3000000000" {
		t.Error(got)
	}
	if got := d.text("select distinct di_lei_bian_ma from layer.t order by 1"); got != "0101\n0102" {
		t.Errorf("full-width codes: %s", got)
	}
}

func TestWhatAStandardAsksForAndTheFileLacksIsNamed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := d.must(intake.Options{Layer: "x", Standard: "dltb", DryRun: true}, write(t, "p.geojson", `{"type":"Feature","properties":{"BSM":"1","面积":1},
		"geometry":{"type":"Polygon","coordinates":[[[116,35.7],[116.01,35.7],[116.01,35.71],[116,35.7]]]}}`))
	i := slices.IndexFunc(r.Missing, func(m intake.Missing) bool { return m.Name == "dlbm" })
	if i < 0 || !r.Missing[i].Required || r.Missing[i].Title == "" || slices.ContainsFunc(r.Missing, func(m intake.Missing) bool { return m.Name == "bsm" }) {
		t.Errorf("%+v", r.Missing)
	}
	if i := slices.IndexFunc(r.Doubts, func(d intake.Doubt) bool { return d.Rule == "field.required" }); i < 0 || !r.Doubts[i].Blocking || !strings.Contains(r.Doubts[i].Words.Zh, "dlbm") {
		t.Errorf("%+v", r.Doubts)
	}
}

// A table of MapInfo on Krasovsky's ellipsoid names no datum that anybody would look for.
func TestAnOlderDatumStopsAnImportWithTheWayOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mif := write(t, "a.mif", "Version 300\nCharset \"WindowsLatin1\"\nDelimiter \",\"\nCoordSys Earth Projection 8, 1001, \"m\", 117, 0, 1, 500000, 0\nColumns 1\n  a Integer\nData\n\nPoint 417743 3963733\n")
	if err := os.WriteFile(strings.TrimSuffix(mif, "mif")+"mid", []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := d.bring(intake.Options{Layer: "a"}, mif, strings.TrimSuffix(mif, "mif")+"mid")
	if !errors.Is(err, layers.ErrInvalid) || !strings.Contains(err.Error(), "older datum") || r.Doubts[0].Rule != "crs.datum" || !strings.Contains(r.Doubts[0].Words.Zh, "测绘") {
		t.Errorf("%v, %+v", err, r)
	}
}
