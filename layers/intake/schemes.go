package intake

import (
	"context"

	"onemap/layers"
	"onemap/layers/format"
	"onemap/layers/standard"
)

// codeLists are the code lists of the database, and what fields that have their codes are called.
type codeLists struct {
	codes map[string]map[string]bool // scheme → codes
	names map[string][]string        // plain name or title of a property → schemes
}

func newCodeLists(ctx context.Context, store *layers.Store) (*codeLists, error) {
	schemes, err := store.Schemes(ctx)
	if err != nil {
		return nil, err
	}
	l := &codeLists{codes: map[string]map[string]bool{}, names: map[string][]string{}}
	for _, s := range schemes {
		l.codes[s.Name] = map[string]bool{}
		for _, c := range s.Codes {
			l.codes[s.Name][c.Code] = true
		}
	}
	for _, name := range standard.Names() {
		def, err := standard.Table(name)
		if err != nil {
			return nil, err
		}
		for _, c := range def.Columns {
			if c.Scheme != "" {
				for _, n := range []string{plainName(c.Name), plainName(c.Title)} {
					l.names[n] = append(l.names[n], c.Scheme)
				}
			}
		}
	}
	return l, nil
}

// recognise is the code list whose codes all values of a field are; "" where there is none. The name has to speak for it,
// or the codes have to be long and several: 1 and 2 are in many lists. A doubt names the strangers of a near miss.
func (l *codeLists) recognise(f *fieldProfile) (scheme string, doubt *Doubt) {
	if f.places == nil || len(f.distinct) == 0 {
		return "", nil
	}
	for _, name := range l.names[plainName(f.Name)] {
		known, strangers := l.share(name, f)
		switch {
		case len(strangers) == 0:
			return name, nil
		case known >= 0.9:
			return "", &Doubt{Rule: "field.codes", Severity: format.Warning, Words: format.Say(
				"%s: most values are codes of %s, but not %v: not bound to it", "字段 %s 的大部分值属于代码表 %s，但 %v 不在其中，未与代码表关联", f.Name, name, strangers)}
		}
	}
	if len(f.distinct) < 3 {
		return "", nil
	}
	for _, d := range f.distinct {
		if len(d.text) < 3 {
			return "", nil
		}
	}
	found := ""
	for name := range l.codes {
		if _, strangers := l.share(name, f); len(strangers) == 0 && (found == "" || name < found) {
			found = name
		}
	}
	return found, nil
}

// share is how much of the rows have codes of a list, and some values that are none.
func (l *codeLists) share(scheme string, f *fieldProfile) (known float64, strangers []string) {
	var in, all int64
	for _, d := range f.distinct {
		all += d.count
		if d.whole && l.codes[scheme][d.text] {
			in += d.count
		} else if len(strangers) < maxStrangers {
			strangers = append(strangers, d.text)
		}
	}
	return float64(in) / float64(max(all, 1)), strangers
}
