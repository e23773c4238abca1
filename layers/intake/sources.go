package intake

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"onemap/layers"
	"onemap/layers/format"
)

// chosen is a source that is read, and where its coordinates lie.
type chosen struct {
	source *format.Source
	place  placing
}

// choose finds the sources that are read: the one that was asked for, the only one with rows, or several that are parts
// of one thing. In a dry run nobody has to have chosen: a doubt says that somebody must.
func (r *run) choose(all []*format.Source) error {
	used, err := pick(all, r.opt.From)
	for _, s := range all {
		r.report.Sources = append(r.report.Sources, Source{
			File: s.File, Name: s.Name, Format: s.Format.Title, Geometry: s.Geometry, Count: s.Count,
			Fields: len(s.Fields), Extent: s.Extent, Used: slices.Contains(used, s),
		})
	}
	if err != nil {
		return err
	}
	if len(used) == 0 {
		var names []string
		for _, s := range all {
			names = append(names, describe(s))
		}
		list := strings.Join(names, ", ")
		r.doubt(Doubt{Rule: "source.several", Severity: format.Error, Blocking: true, Words: layers.Say(
			"there are %d sources that can not be one layer; say which with --from: %s",
			"文件中有 %d 个数据源，不能合为一个图层，请选择其一（--from）：%s", len(all), list)})
		return r.blocked()
	}
	for _, s := range used {
		r.sources = append(r.sources, &chosen{source: s})
	}
	return nil
}

// propose gives the report a name for a new layer that nobody has named: of the source, or of the file of several.
func (r *run) propose(ctx context.Context) error {
	if r.opt.Layer != "" || len(r.sources) == 0 {
		return nil
	}
	title := r.sources[0].source.Name
	if len(r.sources) > 1 {
		file := r.report.Files[0].Name
		title = strings.TrimSuffix(file, path.Ext(file))
	}
	all, err := r.store.Layers(ctx, r.actor)
	if err != nil {
		return err
	}
	own := LayerName("", title)
	if !layers.ValidName(own) {
		own = "layer"
	}
	r.report.Layer = own
	for n := 2; slices.ContainsFunc(all, func(l *layers.Layer) bool { return l.Name == r.report.Layer }); n++ {
		r.report.Layer = fmt.Sprintf("%s_%d", own[:min(len(own), 44)], n)
	}
	return nil
}

// pick returns the sources to read; none where somebody has to choose.
func pick(all []*format.Source, from string) ([]*format.Source, error) {
	if len(all) == 0 {
		return nil, layers.Refuse(layers.ErrInvalid, "there is no data in the files", "文件中没有数据")
	}
	if from != "" {
		return named(all, from)
	}
	full := slices.DeleteFunc(slices.Clone(all), func(s *format.Source) bool { return s.Count == 0 })
	switch {
	case len(all) == 1:
		return all, nil
	case len(full) == 1:
		return full, nil
	case len(full) > 1 && alike(full):
		return full, nil
	}
	return nil, nil
}

// named finds the sources a person named: by name, by file, or by both with a slash between; several with commas.
func named(all []*format.Source, from string) ([]*format.Source, error) {
	var found []*format.Source
	wanted := strings.Split(from, ",")
	if slices.ContainsFunc(all, func(s *format.Source) bool { return calls(s, from) }) {
		wanted = []string{from} // the name itself has a comma
	}
	for _, name := range wanted {
		var matches []*format.Source
		for _, s := range all {
			if calls(s, strings.TrimSpace(name)) {
				matches = append(matches, s)
			}
		}
		if len(matches) == 0 {
			var names []string
			for _, s := range all {
				names = append(names, describe(s))
			}
			return nil, layers.Refuse(layers.ErrInvalid, "--from %q: there is no source of that name; there are %s", "没有名为 %q 的数据源（--from），只有 %s", name, strings.Join(names, ", "))
		}
		found = append(found, matches...)
	}
	if len(found) > 1 && !alike(found) {
		return nil, layers.Refuse(layers.ErrInvalid, "--from %q names %d sources with different fields or geometries; name one: file/name tells them apart",
			"%q 对应 %d 个数据源（--from），其字段或图形类型不同，不能合为一个图层；请以“文件/名称”指定其中一个", from, len(found))
	}
	return found, nil
}

func calls(s *format.Source, name string) bool {
	return name == s.Name || name == s.File || name == s.File+"/"+s.Name
}

// alike reports whether sources are parts of one thing: the same fields and kind of geometry, such as a shapefile per town.
func alike(sources []*format.Source) bool {
	first := sources[0]
	for _, s := range sources[1:] {
		same := s.Format.Name == first.Format.Name && flat(s.Geometry) == flat(first.Geometry) &&
			slices.EqualFunc(s.Fields, first.Fields, func(a, b format.Field) bool { return a.Name == b.Name && a.Kind == b.Kind })
		if !same || len(s.Fields) == 0 {
			return false
		}
	}
	return true
}

// flat is a kind of geometry in GDAL's words without heights and Multi.
func flat(geometry string) string {
	for _, word := range []string{"3D ", "Measured ", "Multi ", "Multi"} {
		geometry = strings.ReplaceAll(geometry, word, "")
	}
	return geometry
}

func describe(s *format.Source) string {
	count := ""
	if s.Count >= 0 {
		count = fmt.Sprintf(", %d", s.Count)
	}
	return fmt.Sprintf("%s (%s%s)", s.Name, s.Geometry, count)
}
