package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onemap/layers/format"
)

// profiled is the profile of one field with these values.
func profiled(f format.Field, values ...string) *fieldProfile {
	p := newProfile([]format.Field{f})
	for _, v := range values {
		p.see([][]byte{[]byte(v)})
	}
	return &p.fields[0]
}

func TestTypesAreChosenByAllValues(t *testing.T) {
	t.Parallel()
	loose := func(name string) format.Field { return format.Field{Name: name, Kind: format.Text, Loose: true} }
	for _, c := range []struct {
		field  format.Field
		values string // by |
		want   string // SQL type
		why    string // in the notes and doubts
	}{
		{loose("层数"), "1|2|33", "integer", ""},
		{loose("人口"), "1|3000000000", "bigint", ""},
		{loose("面积"), "12.5|3|-0.25", "double precision", ""},
		{loose("面积"), "1,234.5|12.0", "double precision", "千位"},
		{loose("数量"), "1,234|2,345", "text", "列表"},
		{loose("数量"), "１２|3", "integer", "全角"},
		{loose("面积"), "12.5米|3亩", "text", ""},
		{loose("x"), "0101|0102", "text", "“0101”等值以 0 开头，按文本保存"},
		{loose("x"), "+86|12", "text", "加号"},
		{loose("x"), "1234567890123456|1", "text", "超过 15 位"},
		{loose("x"), "370832199001011234", "text", "超过 15 位"},
		{loose("x"), "05H1|0601", "text", "以 0 开头"},
		{loose("x"), "1E5|12", "text", "可能是代码"},
		{loose("x"), "3.70832E+17|12", "text", "电子表格"},
		{loose("x"), "1.5e-05|2", "double precision", ""},
		{loose("经度"), "116.38333333333333|116.5", "double precision", ""},
		{loose("经度"), "116.383333333333333333|116.5", "numeric", "17"},
		{loose("联系方式"), "13800138000|15912345678", "text", "电话"},
		{loose("单位编码"), "12|13", "text", "代码"},
		{loose("建成"), "2021-03-05|2021年3月6日", "date", ""},
		{loose("建成"), "20210305|20210306", "integer", ""},
		{loose("建成日期"), "20210305|20210306", "date", ""},
		{loose("建成"), "2021-03-05 00:00:00|2021-03-06", "date", "零点"},
		{loose("建成"), "2021-03-05 10:00|2021-03-06", "timestamptz", ""},
		{loose("建成"), "03/04/2021|05/06/2021", "text", "日与月"},
		{loose("建成"), "2021年3月|2021年4月", "text", ""},
		{loose("稳定"), "是|否|是", "boolean", ""},
		{loose("稳定"), "Y|N", "boolean", ""},
		{loose("稳定"), "Y|Y", "text", ""},
		{loose("x"), "true|FALSE", "boolean", ""},
		{loose("x"), strings.Repeat("1|2|3|4|", 10) + "无", "text", "“无”"},
		{loose("x"), " ||  ", "text", ""},
		{format.Field{Name: "DLBM", Kind: format.Text}, "1|2", "text", ""},
		{format.Field{Name: "埋设日期", Kind: format.Text}, "2021-03-05|二〇二一年三月六日", "date", ""},
		{format.Field{Name: "备注", Kind: format.Text}, "2021-03-05", "text", ""},
		{format.Field{Name: "n", Kind: format.Integer}, "1|2147483648", "bigint", ""},
		{format.Field{Name: "n", Kind: format.Integer}, "9999999999999999999", "numeric", "18"},
		{format.Field{Name: "n", Kind: format.Number}, "1|2", "double precision", ""},
		{format.Field{Name: "d", Kind: format.Date}, "", "date", ""},
	} {
		got := profiled(c.field, strings.Split(c.values, "|")...).settle()
		if got.sql != c.want {
			t.Errorf("%s of %s: %s, want %s", c.field.Name, c.values, got.sql, c.want)
		}
		said := ""
		for _, n := range got.notes {
			said += n.Zh
		}
		for _, d := range got.doubts {
			said += d.Words.Zh
		}
		if !strings.Contains(said, c.why) || strings.Contains(said, "%!") {
			t.Errorf("%s of %s: %q, want %q", c.field.Name, c.values, said, c.why)
		}
	}
}

func TestAProfileStaysSmall(t *testing.T) {
	t.Parallel()
	fields := make([]format.Field, 150)
	p := newProfile(fields)
	row := make([][]byte, len(fields))
	for i := range 3 * maxDistinct / 2 {
		for j := range row {
			row[j] = []byte(strconv.Itoa(i*len(row) + j))
		}
		p.see(row)
	}
	if p.kept != 0 {
		t.Errorf("%d values are kept of fields with more than %d", p.kept, maxDistinct)
	}
	for _, f := range p.fields {
		if f.different() != maxDistinct+1 || len(f.samples) != maxSamples {
			t.Fatalf("%d different values, samples %q", f.different(), f.samples)
		}
	}
}

func TestUniquenessIsNeverTrustedWrongly(t *testing.T) {
	t.Parallel()
	var u uniqueness
	for i := range 100_000 {
		u.add([]byte(strconv.Itoa(i)))
	}
	if u.failed || u.used != 100_000 {
		t.Fatalf("failed %v after %d different values", u.failed, u.used)
	}
	if u.add([]byte("99")); !u.failed || u.twice != "99" {
		t.Errorf("a value that is there twice: %+v", u.twice)
	}
}

func TestFieldsFindTheirColumns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"quanshudan", "quanshudanwei", true}, {"quanshu", "quanshudanwei", false},
		{"权属单位代", "权属单位代码", true}, {"坐落单", "坐落单位代码", true}, {"坐落", "坐落单位代码", false}, {"dlbm", "dlbm", false},
	} {
		if got := cutName(c.a, c.b); got != c.want {
			t.Errorf("%s of %s: %v", c.a, c.b, got)
		}
	}
}

func BenchmarkSee(b *testing.B) {
	var fields []format.Field
	for i := range 20 {
		fields = append(fields, format.Field{Name: fmt.Sprint("f", i), Kind: format.Text, Loose: i%2 == 0})
	}
	fields[0].Name = "BSM"
	rows := make([][][]byte, 5000)
	for i := range rows {
		for j := range fields {
			v := strconv.Itoa(i % slices.Max([]int{1, j * 40}))
			if j == 0 {
				v = "3708320000" + strconv.Itoa(10_000_000+i)
			}
			rows[i] = append(rows[i], []byte(v))
		}
	}
	p := newProfile(fields)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.see(rows[i%len(rows)])
	}
}
