package intake

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/layers/standard"
)

// codeLists are the code lists of the database, and what fields that have their codes are called.
type codeLists struct {
	codes  map[string]map[string]bool // scheme → codes
	labels map[string]map[string]bool // scheme → what its codes mean
	names  map[string][]string        // plain name or title of a standard's property → schemes
	used   []string                   // schemes that standards use, by name
}

func newCodeLists(ctx context.Context, store *layers.Store) (*codeLists, error) {
	schemes, err := store.Schemes(ctx)
	if err != nil {
		return nil, err
	}
	l := &codeLists{codes: map[string]map[string]bool{}, labels: map[string]map[string]bool{}, names: map[string][]string{}}
	for _, s := range schemes {
		l.codes[s.Name], l.labels[s.Name] = map[string]bool{}, map[string]bool{}
		for _, c := range s.Codes {
			l.codes[s.Name][c.Code], l.labels[s.Name][c.Name] = true, true
		}
	}
	for _, name := range standard.Names() {
		def, err := standard.Table(name)
		if err != nil {
			return nil, err
		}
		for _, c := range def.Columns {
			if c.Scheme != "" && l.codes[c.Scheme] != nil {
				l.use(c)
			}
		}
	}
	slices.Sort(l.used)
	return l, nil
}

// use notes what a column that has codes is called.
func (l *codeLists) use(c layers.Column) {
	if !slices.Contains(l.used, c.Scheme) {
		l.used = append(l.used, c.Scheme)
	}
	for _, n := range []string{plainName(c.Name), plainName(c.Title)} {
		if !slices.Contains(l.names[n], c.Scheme) {
			l.names[n] = append(l.names[n], c.Scheme)
		}
	}
}

// weakNames are names that say nothing about which list a code is of.
var weakNames = []string{"class", "type", "kind", "status", "mode", "use", "zone", "town", "code", "material", "类型", "类别", "等级", "用途", "状态"}

// recognise is the code list whose codes all values of a field are; "" where there is none. The name has to speak for
// it, or the codes have to be long and several: 1 and 2 are in many lists. The doubt names the strangers of a near miss,
// the lists among which nothing decides, or says that the values are what codes mean.
func (l *codeLists) recognise(f *fieldProfile) (scheme string, doubt *Doubt) {
	if f.places == nil || len(f.distinct) == 0 {
		return "", nil
	}
	name, special := plainName(f.Name), f.specific()
	named := l.names[name]
	if slices.Contains(weakNames, name) && !special {
		named = nil
	}
	if found := l.complete(f, named); len(found) == 1 {
		return found[0], nil
	}
	for _, scheme := range named {
		if doubt := l.nearly(f, scheme); doubt != nil {
			return "", doubt
		}
	}
	if special {
		switch found := l.complete(f, l.used); len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return "", warn("code.ambiguous", "field %q: the values are codes of each of %s: bound to none; a field name of the standard decides",
				"字段“%s”的值同时属于代码表 %s，未与代码表关联；使用标准字段名可以确定", f.Name, strings.Join(found, ", "))
		}
	}
	return "", l.named(f)
}

// complete are the schemes that have all values of a field.
func (l *codeLists) complete(f *fieldProfile, schemes []string) (found []string) {
	for _, scheme := range schemes {
		if _, strangers := l.share(scheme, f); len(strangers) == 0 {
			found = append(found, scheme)
		}
	}
	return found
}

// nearly says what keeps a field whose name is a code list's from having its codes.
func (l *codeLists) nearly(f *fieldProfile, scheme string) *Doubt {
	known, strangers := l.share(scheme, f)
	if known >= 0.9 {
		return warn("code.almost", "field %q: most values are codes of %s, but not %s: not bound to it",
			"字段“%s”的大部分值属于代码表 %s，但 %s 不在其中，未与代码表关联", f.Name, scheme, quoted(strangers))
	}
	for _, d := range f.distinct {
		if len(d.text) >= 4 || !l.codes[scheme]["0"+d.text] && !l.codes[scheme][d.text] {
			return nil
		}
	}
	return warn("code.zeros", "field %q: values such as %q are codes of %s without their leading 0: the program that wrote the file has lost it; write them as text",
		"字段“%s”的值（如 %s）是代码表 %s 中丢失首位 0 的代码：请在原软件中按文本重新导出", f.Name, f.distinct[0].text, scheme)
}

// named says that values are not codes but what codes mean.
func (l *codeLists) named(f *fieldProfile) *Doubt {
	if len(f.distinct) < 2 {
		return nil
	}
	for _, scheme := range l.used {
		if !slices.ContainsFunc(f.distinct, func(d distinct) bool { return !l.labels[scheme][d.text] }) {
			return &Doubt{Rule: "code.names", Severity: format.Info, Words: layers.Say(
				"field %q holds names of the codes of %s, not the codes: kept as they are", "字段“%s”的值是代码表 %s 中代码的名称，不是代码，按原值保存", f.Name, scheme)}
		}
	}
	return nil
}

func warn(rule, en, zh string, args ...any) *Doubt {
	return &Doubt{Rule: rule, Severity: format.Warning, Words: layers.Say(en, zh, args...)}
}

// specific tells whether values can hardly be anything but codes: three or more of three or more characters, and not
// just counting numbers.
func (f *fieldProfile) specific() bool {
	telling, shortest := false, maxShort
	for _, d := range f.distinct {
		n := utf8.RuneCountInString(d.text)
		first, _ := utf8.DecodeRuneInString(d.text)
		if unicode.Is(unicode.Han, first) {
			n++ // 三通 says as much as a code of three letters
		}
		shortest = min(shortest, n)
		telling = telling || first == '0' || strings.ContainsFunc(d.text, unicode.IsLetter)
	}
	switch {
	case len(f.distinct) < 3 || shortest < 3:
		return false
	case telling:
		return true
	}
	return len(f.distinct) >= 5 && shortest >= 4
}

// share is how much of the rows have codes of a list, and some values that are none. Full-width characters and spaces
// around do not matter.
func (l *codeLists) share(scheme string, f *fieldProfile) (known float64, strangers []string) {
	var in, all int64
	var room [foldSize]byte
	for _, d := range f.distinct {
		if blank([]byte(d.text)) {
			continue
		}
		all += d.count
		code, _ := fold([]byte(d.text), room[:])
		if d.whole && l.codes[scheme][string(code)] {
			in += d.count
		} else if len(strangers) < maxStrangers {
			strangers = append(strangers, d.text)
		}
	}
	if all == 0 {
		return 0, []string{""}
	}
	return float64(in) / float64(all), strangers
}
