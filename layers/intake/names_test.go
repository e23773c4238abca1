package intake

import (
	"slices"
	"testing"
)

func TestNamesOfColumnsAreSafeUniqueAndNotTheMapsOwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		titles, taken, want []string
	}{
		{[]string{"DLBM", "Dlbm"}, nil, []string{"dlbm", "dlbm_2"}},
		{[]string{"图斑面积", "面积(亩)"}, nil, []string{"tu_ban_mian_ji", "mian_ji_mu"}},
		{[]string{"fid", "GEOM", "geom_3857", "Version"}, nil, []string{"fid_2", "geom_2", "geom_3857_2", "version_2"}},
		{[]string{"xmin", "CTID", "xmax"}, nil, []string{"xmin_2", "ctid_2", "xmax_2"}}, // PostgreSQL's own
		{[]string{"ＤＬＢＭ", " 编 号 "}, nil, []string{"dlbm", "bian_hao"}},
		{[]string{"", "!!", "2021", `a"; drop table x; --`}, nil, []string{"f1", "f2", "f_2021", "a_drop_table_x"}},
		{[]string{"bsm", "name"}, []string{"bsm"}, []string{"bsm_2", "name"}},
		{[]string{"这是一个长得没有道理的字段名称它一直不肯结束"}, nil, []string{"zhe_shi_yi_ge_zhang_de_mei_you_dao_li_de"}},
	} {
		if got := safeNames(c.titles, c.taken...); !slices.Equal(got, c.want) {
			t.Errorf("%q without %q: %q, want %q", c.titles, c.taken, got, c.want)
		}
	}
}

func TestInitialsNameFieldsAsTheStandardsDo(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"地类编码": "dlbm", "标识码": "bsm", "权属性质": "qsxz", "X 坐标": "", "": "",
	} {
		if got := initials(title); got != want {
			t.Errorf("%s: %q, want %q", title, got, want)
		}
	}
}
