package intake

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"onemap/layers"
	"onemap/layers/format"
)

// plan is what becomes of the fields of a source.
type plan struct {
	columns []planned
	names   []layers.Column // of the new layer, or those that are written
	fields  []Field
	missing []Missing
	doubts  []Doubt
	label   string // property that names a feature, of a new layer
	id      string // property that tells features apart, of a new layer
}

// planned is one column and where its values come from.
type planned struct {
	layers.Column
	from    int // field of the source
	field   string
	convert converter
	codes   map[string]bool // that values have to be among; nil = any
	must    bool            // a row without a value can not be written
}

// settle decides on names and types, now that all values have been seen.
func (p *profile) settle(ctx context.Context, store *layers.Store, t *target, opt Options) (*plan, error) {
	lists, err := newCodeLists(ctx, store)
	if err != nil {
		return nil, err
	}
	s := &settling{profile: p, opt: opt, lists: lists, plan: &plan{missing: []Missing{}}}
	if t == nil {
		err = s.free()
	} else {
		err = s.aimed(t)
	}
	if err != nil {
		return nil, err
	}
	if opt.Mode == Upsert && s.plan.keyField(opt.Key) < 0 {
		s.plan.doubts = append(s.plan.doubts, Doubt{Rule: "key.missing", Severity: format.Error, Blocking: true,
			Words: layers.Say("no field of the file becomes %s, by which upsert tells features apart", "文件中没有字段对应更新所用的标识属性 %s", opt.Key)})
	}
	return s.plan, nil
}

// keyField is the source field of a property; −1 where none becomes it.
func (p *plan) keyField(name string) int {
	if i := p.column(name); i >= 0 {
		return p.columns[i].from
	}
	return -1
}

// column is the place of a property among the columns; −1 where no field becomes it.
func (p *plan) column(name string) int {
	return slices.IndexFunc(p.columns, func(c planned) bool { return c.Name == name })
}

// settling is the making of a plan.
type settling struct {
	profile *profile
	opt     Options
	lists   *codeLists
	plan    *plan
}

// free makes columns of the fields as they are.
func (s *settling) free() error {
	if err := checkMapping(s.profile.fields, nil, s.opt.Map); err != nil {
		return err
	}
	if d := proposeStandard(s.profile.fields); d != nil && s.opt.Standard == "" {
		s.plan.doubts = append(s.plan.doubts, *d)
	}
	names := s.newNames(nil)
	for i := range s.profile.fields {
		s.field(i, names[i])
	}
	s.name()
	return nil
}

// newNames are safe names of all fields, or what the mapping says; "" for fields that are left out.
func (s *settling) newNames(taken []string) []string {
	var titles []string
	for _, f := range s.profile.fields {
		title := f.Name
		if name, ok := s.opt.Map[f.Name]; ok && name != "" {
			title = name
		}
		titles = append(titles, title)
	}
	names := safeNames(titles, taken...)
	for i, f := range s.profile.fields {
		if name, ok := s.opt.Map[f.Name]; ok && name == "" {
			names[i] = ""
		}
	}
	return names
}

// field makes a column of its own of a field; none where name is "".
func (s *settling) field(i int, name string) {
	f := &s.profile.fields[i]
	told := s.told(f, name)
	if name == "" {
		told.Notes = append(told.Notes, layers.Say("left out", "不导入"))
		s.plan.fields = append(s.plan.fields, told)
		return
	}
	if _, wanted := s.opt.Map[f.Name]; f.Given && f.values == 0 && !wanted {
		told.Name, told.Notes = "", append(told.Notes, layers.Say("of the format, without a value in this file: left out", "格式自带字段，本文件中均无值，不导入"))
		s.plan.fields = append(s.plan.fields, told)
		return
	}
	t := f.settle()
	s.plan.doubts = append(s.plan.doubts, t.doubts...)
	scheme, doubt := s.lists.recognise(f)
	if doubt != nil {
		s.plan.doubts = append(s.plan.doubts, *doubt)
	}
	if scheme != "" && t.kind != layers.String {
		if f.judged {
			t = columnType{kind: layers.String, sql: "text", notes: []layers.Words{layers.Say("the values are codes: kept as text", "该字段的值为代码，按文本保存")}}
		} else {
			scheme = ""
		}
	}
	column := layers.Column{Property: layers.Property{Name: name, Title: f.Name, Type: t.kind, Scheme: scheme}, SQLType: t.sql}
	if t.kind == layers.String {
		column.Width = f.Width
	}
	told.Type, told.Scheme, told.Notes = t.kind, scheme, slices.Concat(told.Notes, t.notes, f.placeholders(t.kind))
	s.plan.fields = append(s.plan.fields, told)
	s.add(planned{Column: column, from: i, field: f.Name, convert: converterOf(t.sql, f.Loose)})
}

func (s *settling) add(c planned) {
	if c.Scheme != "" && c.Type == layers.String && c.SQLType != "uuid" {
		c.convert = codeIn(c.convert)
	}
	s.plan.columns = append(s.plan.columns, c)
	s.plan.names = append(s.plan.names, c.Column)
}

// told is what the report says of a field.
func (s *settling) told(f *fieldProfile, name string) Field {
	samples := f.samples
	if samples == nil {
		samples = []string{}
	}
	return Field{Source: f.Name, Name: name, Title: f.Name, Declared: f.Kind, Type: layers.String, Values: f.values,
		Distinct: f.different(), Sample: samples, Notes: []layers.Words{}}
}

// aimed maps the fields to a layer or a standard's table.
func (s *settling) aimed(t *target) error {
	places, err := assign(s.profile.fields, t.columns, s.opt.Map)
	if err != nil {
		return err
	}
	var taken, left []string
	for _, c := range t.columns {
		taken = append(taken, c.Name)
	}
	extra := s.newNames(taken)
	for i, at := range places {
		f := &s.profile.fields[i]
		switch {
		case at >= 0:
			s.mapped(i, t.columns[at])
		case t.layer == nil: // a new layer loses nothing
			s.field(i, extra[i])
		default:
			told := s.told(f, "")
			told.Notes = append(told.Notes, layers.Say("the layer has no such property: left out", "目标图层没有对应属性，不导入"))
			s.plan.fields = append(s.plan.fields, told)
			if _, ok := s.opt.Map[f.Name]; !ok {
				left = append(left, f.Name)
			}
		}
	}
	if len(left) > 0 {
		s.plan.doubts = append(s.plan.doubts, Doubt{Rule: "field.unknown", Severity: format.Warning, Words: layers.Say(
			"the layer has no properties for %s: they are left out; --map says otherwise", "目标图层没有与 %s 对应的属性，这些字段不导入；可用字段映射指定（--map）", strings.Join(left, ", "))})
	}
	s.lacking(t, places)
	s.identify(t)
	return nil
}

// identify warns of an identifier that can not be one: the new layer goes without it, and a layer that is there would
// refuse the rows.
func (s *settling) identify(t *target) {
	id := t.identifier()
	at := s.plan.keyField(id)
	if at < 0 {
		return
	}
	f := &s.profile.fields[at]
	switch {
	case f.unique != nil && !f.unique.failed:
		s.plan.id = id
		return
	case f.unique != nil && f.unique.twice != "" && s.opt.Mode != Upsert: // which judges row by row
		s.plan.doubts = append(s.plan.doubts, Doubt{Rule: "id.duplicate", Severity: format.Warning, Blocking: t.layer != nil, Words: layers.Say(
			"field %q should tell features apart, but %q is there more than once", "字段“%s”应唯一标识要素，但值“%s”重复出现", f.Name, f.unique.twice)})
	case t.layer == nil:
		s.plan.doubts = append(s.plan.doubts, Doubt{Rule: "id.unknown", Severity: format.Info, Words: layers.Say(
			"nobody has looked whether the values of field %q differ: the layer has no identifier", "未核对字段“%s”的值是否唯一，图层不设标识属性", f.Name)})
	}
	if t.layer == nil {
		t.def.IDField = "" // of our own copy
	}
}

// mapped makes a field one of the target's columns.
func (s *settling) mapped(i int, c layers.Column) {
	f := &s.profile.fields[i]
	told := s.told(f, c.Name)
	told.Title, told.Type, told.Scheme, told.Notes = c.Title, c.Type, c.Scheme, append(told.Notes, f.placeholders(c.Type)...)
	s.plan.fields = append(s.plan.fields, told)
	p := planned{Column: c, from: i, field: f.Name, convert: converterOf(c.SQLType, f.Loose), must: c.NotNull || s.opt.Mode == Upsert && c.Name == s.opt.Key}
	if c.Scheme != "" {
		p.codes = s.lists.codes[c.Scheme]
	}
	s.add(p)
}

// lacking names what of the target no field gives.
func (s *settling) lacking(t *target, places []int) {
	var required []string
	for i, c := range t.columns {
		if slices.Contains(places, i) {
			continue
		}
		s.plan.missing = append(s.plan.missing, Missing{Name: c.Name, Title: c.Title, Required: c.Required})
		if c.Required && !s.opt.Map.leavesEmpty(c.Name) {
			required = append(required, c.Name+" "+c.Title)
		}
		if t.layer == nil { // the new layer has the column all the same
			s.plan.names = append(s.plan.names, c)
		}
	}
	if len(required) > 0 && s.opt.Mode != Upsert {
		s.plan.doubts = append(s.plan.doubts, Doubt{Rule: "field.required", Severity: format.Error, Blocking: true, Words: layers.Say(
			"no field of the file becomes %s, which every feature must have: say which with --map, or leave it empty with {\"property\": \"\"}", "文件中没有字段对应必填属性 %s：请指定字段映射（--map），或在映射中写 {\"属性名\": \"\"} 表示留空", strings.Join(required, ", "))})
	}
}

// name finds the properties that name a feature and tell it from others.
func (s *settling) name() {
	var titles, ids []string
	for _, c := range s.plan.columns {
		title, id := "", ""
		if c.Type == layers.String {
			title = c.Title
		}
		if f := &s.profile.fields[c.from]; f.unique != nil && !f.unique.failed && f.values == s.profile.rows && (c.Type == layers.String || c.Type == layers.Integer) {
			id = c.Title
		}
		titles, ids = append(titles, title), append(ids, id)
	}
	if i := firstNamed(labelNames, titles); i >= 0 {
		s.plan.label = s.plan.columns[i].Name
		s.plan.names[i].Role = "search"
	}
	for _, pattern := range identifierNames {
		if i := slices.IndexFunc(ids, func(n string) bool { return n != "" && pattern.MatchString(plainName(n)) }); i >= 0 {
			s.plan.id = s.plan.columns[i].Name
			return
		}
	}
	s.repeats()
}

// repeats says that a field which is called like an identifier is none, as a value is there twice.
func (s *settling) repeats() {
	for _, c := range s.plan.columns {
		f := &s.profile.fields[c.from]
		if f.unique == nil || f.unique.twice == "" || firstNamed(identifierNames[:2], []string{f.Name}) < 0 {
			continue
		}
		s.plan.doubts = append(s.plan.doubts, Doubt{Rule: "id.duplicate", Severity: format.Warning, Words: layers.Say(
			"field %q is called like what tells features apart, but %q is there more than once: the layer has no identifier",
			"字段“%s”从名称看应唯一标识要素，但值“%s”重复出现，图层不设标识属性", f.Name, f.unique.twice)})
	}
}

// judge looks at what became of a value, of which its converter may have noted something.
func (c *planned) judge(value any, note *format.Note) *format.Note {
	switch {
	case value != nil && value != "":
		return c.check(value)
	case note == nil && (c.must && value == nil || c.Required):
		return c.missing(value)
	}
	return nil
}

// check looks at a value that its column takes: its code and its width.
func (c *planned) check(value any) *format.Note {
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case int64:
		text = strconv.FormatInt(v, 10)
	default:
		return nil
	}
	switch {
	case c.codes != nil && !c.codes[text]:
		return &format.Note{Rule: "value.code", Severity: format.Warning, Value: sample([]byte(text)),
			Words: layers.Say("no code of %s", "不在代码表 %s 中", c.Scheme)}
	case c.Type == layers.String && c.Width > 0 && len(text) > c.Width && utf8.RuneCountInString(text) > c.Width:
		return &format.Note{Rule: "value.width", Severity: format.Warning, Value: sample([]byte(text)),
			Words: layers.Say("longer than %d characters", "超过规定长度 %d 个字符", c.Width)}
	}
	return nil
}

// missing is the note of a value that a feature should have.
func (c *planned) missing(value any) *format.Note {
	n := &format.Note{Rule: "value.missing", Severity: format.Warning, Words: layers.Say("%s has to have a value", "必填属性 %s 没有值", c.Name)}
	if c.must && value == nil {
		n.Severity = format.Error
	}
	return n
}
