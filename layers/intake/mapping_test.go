package intake_test

import (
	"slices"
	"strings"
	"testing"

	"onemap/layers/intake"
	"onemap/layers/standard"
)

// A file that is like a standard's table hears of it, and of what it lacks, where it lacks anything.
func TestAFileLikeAStandardTableIsToldWhatItLacks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	def, err := standard.Table("dltb")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range def.Columns {
		all = append(all, c.Name)
	}
	for name, c := range map[string]struct {
		columns []string
		zh      string
	}{
		"all":       {all, "字段与标准表 dltb 相符，可按该表导入"},
		"one fewer": {slices.DeleteFunc(slices.Clone(all), func(c string) bool { return c == "bz" }), "相符（缺少 bz），可按"},
	} {
		path := write(t, name+".csv", strings.Join(c.columns, ",")+",wkt\n"+strings.Repeat("1,", len(c.columns))+"POINT(116 35.8)\n")
		r := d.must(intake.Options{Layer: "a", SRID: 4490, DryRun: true}, path)
		at := slices.IndexFunc(r.Doubts, func(d intake.Doubt) bool { return d.Rule == "standard.like" })
		if at < 0 || !strings.Contains(r.Doubts[at].Words.Zh, c.zh) {
			t.Errorf("%s: %+v", name, r.Doubts)
		}
	}
}
