package intake

import (
	"fmt"
	"slices"
	"strings"

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
	for _, same := range []func(name string, c layers.Column) bool{
		func(name string, c layers.Column) bool { return name == plainName(c.Name) },
		func(name string, c layers.Column) bool { return name == plainName(c.Title) },
		func(name string, c layers.Column) bool { return safeName(name) == c.Name },
		func(name string, c layers.Column) bool {
			return len(name) == 10 && strings.HasPrefix(plainName(c.Name), name)
		},
		func(name string, c layers.Column) bool {
			return len(name) >= 6 && strings.HasPrefix(plainName(c.Title), name) && name != plainName(c.Title)
		},
	} {
		for i, f := range fields {
			if _, ok := told[f.Name]; ok || places[i] >= 0 {
				continue
			}
			at := slices.IndexFunc(columns, func(c layers.Column) bool { return same(plainName(f.Name), c) })
			if at >= 0 && !taken[at] {
				places[i], taken[at] = at, true
			}
		}
	}
	return places, nil
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
		case !slices.Contains(have, field):
			return fmt.Errorf("%w: map: the file has no field %q; it has %s", layers.ErrInvalid, field, strings.Join(have, ", "))
		case property == "":
		case columns != nil && !slices.Contains(want, property):
			return fmt.Errorf("%w: map: there is no property %q; there are %s", layers.ErrInvalid, property, strings.Join(want, ", "))
		case used[property] != "":
			return fmt.Errorf("%w: map: %q and %q both become %q", layers.ErrInvalid, used[property], field, property)
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
	return &Doubt{Rule: "standard.like", Severity: format.Info, Words: format.Say(
		"the fields are like those of the standard table %s (without %s): --standard %[1]s maps to it",
		"字段与标准表 %s 相符（缺少 %s），可按该表导入（--standard %[1]s）", best, strings.Join(append(lack, "—")[:min(len(lack)+1, 8)], ", "))}
}
