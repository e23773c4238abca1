package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"onemap/layers"
	"onemap/layers/intake"
)

func TestTheLanguageIsTheOneAskedForOrTheTerminals(t *testing.T) {
	for _, c := range []struct {
		asked, all, messages, lang string
		want                       language
	}{
		{"", "", "", "", "en"}, {"", "", "", "zh_CN.UTF-8", "zh"}, {"", "C.UTF-8", "", "zh_CN.UTF-8", "en"}, {"", "", "zh_TW", "en_GB", "zh"},
		{"", "ZH_cn.GB18030", "", "", "zh"}, {"zh", "C", "", "", "zh"}, {"en", "", "", "zh_CN.UTF-8", "en"},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", c.messages)
		t.Setenv("LANG", c.lang)
		if got := spoken(c.asked); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestAReportIsReadInEitherLanguage(t *testing.T) {
	t.Parallel()
	words := layers.Words{En: "the outline crosses itself", Zh: "边界自相交"}
	r := &intake.Report{Layer: "parcel", Title: "地块", Mode: intake.Append, Seconds: 1.5, GeometryType: "Polygon", HasZ: true,
		Sources:  []intake.Source{{Name: "地块", Format: "Shapefile", Geometry: "Polygon", Count: 7, Used: true}},
		Fields:   []intake.Field{{Source: "DLBM", Name: "dlbm", Type: layers.String, Scheme: "dlbm", Notes: []layers.Words{{En: "codes", Zh: "代码"}}}, {Source: "多余", Type: layers.Integer}},
		Missing:  []intake.Missing{{Name: "bsm", Title: "标识码", Required: true}},
		Doubts:   []intake.Doubt{{Rule: "crs.zone", Blocking: true, Words: layers.Words{En: "another zone", Zh: "带号不符"}}},
		Rules:    []intake.RuleCount{{Rule: "geometry.self-intersection", Count: 2}},
		Findings: []intake.Finding{{Row: 3, Rule: "geometry.self-intersection", Done: intake.Repaired, Words: words}}}
	r.Rows.Read, r.Rows.Taken, r.Rows.Rejected, r.Rows.Repaired = 7, 6, 1, 2
	for in, want := range map[language][]string{
		"en": {"(append)", ", 7 rows", "7 read, 6 taken in 1.5 s", "1 rejected", "2 mended", "Polygon with heights", "string, codes of dlbm; codes", "多余 → left out", "bsm  标识码 (required)",
			"! another zone", "geometry.self-intersection × 2; row 3: the outline crosses itself (repaired)"},
		"zh": {"图层", "(追加)", "，7 行", "读取 7 行，导入 6 行，用时 1.5 秒", "1 行已拒绝", "2 行已修复", "Polygon，带高程", "文件未说明坐标系", "文本，代码表 dlbm；代码", "多余 → 不导入", "bsm  标识码（必填）",
			"! 带号不符", "geometry.self-intersection × 2；第 3 行：边界自相交（已修复）"},
	} {
		var out strings.Builder
		printReport(&out, r, in)
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: no %q in\n%s", in, w, out.String())
			}
		}
	}
}

func TestErrorsAreToldInEitherLanguage(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("import: %w", layers.Refuse(layers.ErrConflict, "there is a layer %q", "图层“%s”已存在", "parcel"))
	if got := language("zh").tell(err); got.Error() != "图层“parcel”已存在" || !errors.Is(got, layers.ErrConflict) {
		t.Error(got)
	}
	if got := language("en").tell(err); got != err {
		t.Error(got)
	}
	if err := errors.New("disk full"); language("zh").tell(err) != err || language("zh").tell(nil) != nil {
		t.Error("an error without words is as it was")
	}
}
