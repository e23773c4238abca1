package intake

import (
	"slices"
	"strings"
	"unicode/utf8"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/layers/standard"
)

// target is what the rows go to: a layer that is there, or a standard's table that a new layer has.
type target struct {
	layer   *layers.Layer
	def     *layers.Definition
	columns []layers.Column // of either
}

// clone is a target whose definition may be changed.
func (t *target) clone() *target {
	if t == nil {
		return nil
	}
	c := *t
	if t.def != nil {
		def := *t.def
		c.def = &def
	}
	return &c
}

// identifier is the property that tells the target's features apart; "" = none.
func (t *target) identifier() string {
	if t.layer != nil {
		return t.layer.IDField
	}
	return t.def.IDField
}

// assign says by field the place of the target's column it becomes: −1 for none. What Options.Map says goes before names.
func assign(fields []fieldProfile, columns []layers.Column, told Mapping) ([]int, error) {
	if err := checkMapping(fields, columns, told); err != nil {
		return nil, err
	}
	taken := map[int]bool{}
	places := make([]int, len(fields))
	for i, f := range fields {
		places[i] = -1
		if name, ok := told[f.Name]; ok {
			places[i] = slices.IndexFunc(columns, func(c layers.Column) bool { return c.Name == name })
			taken[places[i]] = true
		}
	}
	names, candidates := spellings(fields), candidatesOf(columns)
	for _, same := range likenesses {
		for i, f := range fields {
			if _, ok := told[f.Name]; ok || places[i] >= 0 {
				continue
			}
			at := -1
			for j, c := range candidates {
				if !taken[j] && same(names[i], c) {
					at = j
					break
				}
			}
			if at >= 0 {
				places[i], taken[at] = at, true
			}
		}
	}
	return places, nil
}

// spelling is the name of a field as it is compared.
type spelling struct{ plain, safe string }

func spellings(fields []fieldProfile) []spelling {
	names := make([]spelling, len(fields))
	for i, f := range fields {
		plain := plainName(f.Name)
		names[i] = spelling{plain, safeName(plain)}
	}
	return names
}

// candidate is a column a field may be, with its names as they are compared.
type candidate struct{ name, plain, title, titleEn string }

func candidatesOf(columns []layers.Column) []candidate {
	all := make([]candidate, len(columns))
	for i, c := range columns {
		all[i] = candidate{c.Name, plainName(c.Name), plainName(c.Title), plainName(c.TitleEn)}
	}
	return all
}

// likenesses are the ways in which a field is a column, the surest first.
var likenesses = []func(f spelling, c candidate) bool{
	func(f spelling, c candidate) bool { return f.plain == c.plain },
	func(f spelling, c candidate) bool { return f.plain == c.title },
	func(f spelling, c candidate) bool { return c.titleEn != "" && f.plain == c.titleEn },
	func(f spelling, c candidate) bool { return f.safe == c.name },
	func(f spelling, c candidate) bool {
		return abbreviates(c.name, f.plain) || abbreviates(f.plain, c.title)
	},
	func(f spelling, c candidate) bool { return slices.Contains(aliases[c.name], f.plain) },
	func(f spelling, c candidate) bool { return cutName(f.plain, c.plain) || cutName(f.plain, c.title) },
}

// aliases are what properties of the standards are called in deliveries besides.
var aliases = map[string][]string{
	"bsm":      {"标识编码", "唯一标识码"},
	"dlbm":     {"地类代码", "地类码", "dldm"},
	"dlmc":     {"地类"},
	"xzqdm":    {"行政区代码", "区划代码", "政区代码", "xzdm", "adcode"},
	"xzqmc":    {"行政区名称", "行政区", "区划名称", "政区名称"},
	"ydyhfldm": {"用地用海代码", "用地用海分类编码", "ydyhdm", "ghydyhfldm"},
	"ydyhflmc": {"用地用海名称", "ydyhmc", "ghydyhflmc"},
	"mj":       {"面积(m2)", "面积（平方米）", "面积(平方米)"},
	"bz":       {"备注信息", "说明", "note", "remark", "remarks"},
	"note":     {"备注说明", "说明", "bz", "remark", "remarks"},
	"exp_no":   {"点号", "管点号", "管点编号", "物探号"},
	"lno":      {"管线编号", "管段编号", "线号"},
	"s_exp":    {"起点点号", "起始点号", "s_point"},
	"e_exp":    {"终点点号", "终止点号", "连接点号", "e_point"},
	"s_point":  {"起点点号", "起始点号", "s_exp"},
	"e_point":  {"终点点号", "终止点号", "连接点号", "e_exp"},
	"psize":    {"管径或断面尺寸", "断面尺寸", "管径(mm)", "d_s", "ds"},
	"material": {"管材", "材料", "管线材料"},
	"mdate":    {"埋设年代", "埋设时间", "建设年代"},
	"embed":    {"埋设类型", "敷设方式"},
	"belong":   {"权属", "产权单位"},
	"high":     {"地面标高", "高程"},
	"address":  {"所在道路", "位置", "road"},
}

// dbfName is how many bytes of a name a DBF keeps.
const dbfName = 10

// cutName tells whether a name is the beginning of another that a DBF, in GBK or UTF-8, would keep; either may be whole.
func cutName(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == len(b) || !strings.HasPrefix(b, a) {
		return false
	}
	gbk := 0
	for _, r := range a {
		gbk++
		if r >= utf8.RuneSelf {
			gbk++
		}
	}
	whole := func(n int) bool { return n == dbfName || n == dbfName-1 && len(a) != gbk }
	return whole(len(a)) || whole(gbk)
}

// leavesEmpty tells whether the mapping says that no field is to give a property: {"bsm": ""}.
func (m Mapping) leavesEmpty(property string) bool {
	field, ok := m[property]
	return ok && field == ""
}

// checkMapping refuses names that are not there.
func checkMapping(fields []fieldProfile, columns []layers.Column, told Mapping) error {
	var have, want []string
	for _, f := range fields {
		have = append(have, f.Name)
	}
	for _, c := range columns {
		want = append(want, c.Name)
	}
	used := map[string]string{}
	for field, property := range told {
		switch {
		case property == "" && slices.Contains(want, field):
			continue // the property stays empty
		case !slices.Contains(have, field):
			return layers.Refuse(layers.ErrInvalid, "map: the file has no field %q; it has %s", "字段对应：文件中没有字段 %q，只有 %s", field, strings.Join(have, ", "))
		case property == "":
		case columns != nil && !slices.Contains(want, property):
			return layers.Refuse(layers.ErrInvalid, "map: there is no property %q; there are %s", "字段对应：图层没有属性 %q，只有 %s", property, strings.Join(want, ", "))
		case used[property] != "":
			return layers.Refuse(layers.ErrInvalid, "map: %q and %q both become %q", "字段对应：%q 与 %q 都对应到 %q，请只留一个", used[property], field, property)
		}
		used[property] = field
	}
	return nil
}

// proposeStandard names the standard's table that the fields are like, where nobody asked for one.
func proposeStandard(fields []fieldProfile) *Doubt {
	best, share := "", 0.6
	var lack []string
	for _, name := range standard.Names() {
		def, err := standard.Table(name)
		if err != nil || len(def.Columns) < 4 || def.Synthetic {
			continue
		}
		places, err := assign(fields, def.Columns, nil)
		if err != nil {
			continue
		}
		var missing []string
		matched, required := 0, true
		for i, c := range def.Columns {
			if slices.Contains(places, i) {
				matched++
				continue
			}
			missing = append(missing, c.Name)
			required = required && !c.Required
		}
		if part := float64(matched) / float64(len(def.Columns)); required && part >= share {
			best, share, lack = name, part, missing
		}
	}
	if best == "" {
		return nil
	}
	const most = 7 // that are named of what is missing
	var without layers.Words
	if len(lack) > most {
		lack = append(lack[:most], "…")
	}
	if len(lack) > 0 {
		without = layers.Say(" (without %s)", "（缺少 %s）", strings.Join(lack, ", "))
	}
	return &Doubt{Rule: "standard.like", Severity: format.Info, Words: layers.Say(
		"the fields are like those of the standard table %[1]s%[2]s: --standard %[1]s maps to it",
		"字段与标准表 %[1]s 相符%[2]s，可按该表导入（--standard %[1]s）", best, without)}
}
